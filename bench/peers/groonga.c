/* Groonga, set up for speed: no key, no positions, the index built offline after the load; tf-idf,
 * the best scorer that counts every term. */
#include <groonga.h>
#include <stdlib.h>
#include <string.h>

#include "peer.h"

struct handle {
    grn_ctx ctx;
    grn_obj *table, *column, value;
};

/* Runs a command; the reply lives until the next one. */
static char *command(grn_ctx *ctx, const char *text, unsigned *n)
{
    int flags;
    char *reply;
    grn_ctx_send(ctx, text, (unsigned)strlen(text), 0);
    do
        grn_ctx_recv(ctx, &reply, n, &flags);
    while (flags & GRN_CTX_MORE);
    if (ctx->rc)
        peer_die(ctx->errbuf);
    return reply;
}

static void db_path(char path[4096], const char *index)
{
    snprintf(path, 4096, "%s/db", index);
}

static void find_column(struct handle *h)
{
    h->table = grn_ctx_get(&h->ctx, "Docs", -1);
    h->column = grn_ctx_get(&h->ctx, "Docs.body", -1);
    GRN_TEXT_INIT(&h->value, 0);
    if (!h->table || !h->column)
        peer_die("groonga: no table");
}

static void insert(struct handle *h, const char *line, size_t n)
{
    grn_id id = grn_table_add(&h->ctx, h->table, NULL, 0, NULL);
    GRN_TEXT_SET(&h->ctx, &h->value, line, n);
    if (grn_obj_set_value(&h->ctx, h->column, id, &h->value, GRN_OBJ_SET) != GRN_SUCCESS)
        peer_die(h->ctx.errbuf);
}

static void build(FILE *results, const char *index)
{
    static const char *const schema[] = {
        "table_create Docs TABLE_NO_KEY", "column_create Docs body COLUMN_SCALAR Text",
        "table_create Terms TABLE_HASH_KEY ShortText --default_tokenizer TokenDelimit"};
    static struct handle h;
    char path[4096];
    unsigned ignored;
    db_path(path, index);
    grn_ctx_init(&h.ctx, 0);
    if (!grn_db_create(&h.ctx, path, NULL))
        peer_die(path);
    for (size_t i = 0; i < sizeof schema / sizeof *schema; i++)
        command(&h.ctx, schema[i], &ignored);
    find_column(&h);
    size_t n;
    for (char *line; (line = peer_line(results, &n));)
        insert(&h, line, n);
    command(&h.ctx, "column_create Terms idx COLUMN_INDEX Docs body", &ignored);
    grn_obj_close(&h.ctx, grn_ctx_db(&h.ctx));
    grn_ctx_fin(&h.ctx);
}

static void *open_handle(const char *index)
{
    struct handle *h = calloc(1, sizeof *h);
    char path[4096];
    db_path(path, index);
    if (!h || grn_ctx_init(&h->ctx, 0) != GRN_SUCCESS || !grn_db_open(&h->ctx, path))
        peer_die(path);
    find_column(h);
    return h;
}

/* The reply is [[[hits],[["_id","UInt32"],["_score","Int32"]],[id,score],...]]. */
static int read_ids(const char *reply, unsigned n, uint32_t doc[PEER_TOP])
{
    const char *end = reply + n, *p = memmem(reply, n, "]],[", 4);
    int k = 0;
    for (p = p ? p + 3 : end; p < end && *p == '[' && k < PEER_TOP; k++) {
        doc[k] = (uint32_t)strtoul(p + 1, NULL, 10) - 1; /* its numbers start at 1 */
        p = memchr(p, ']', (size_t)(end - p));
        p = p && p + 2 < end && p[1] == ',' ? p + 2 : end;
    }
    return k;
}

static int ask(void *handle, const char *const *term, int n, uint32_t doc[PEER_TOP])
{
    struct handle *h = handle;
    static char text[1 << 16];
    unsigned got;
    size_t at = (size_t)snprintf(text, sizeof text,
                                 "select Docs --match_columns 'scorer_tf_idf(body)' "
                                 "--output_columns _id,_score --sort_keys -_score,_id "
                                 "--limit 10 --cache no --query '");
    for (int i = 0; i < n; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, i ? " OR %s" : "%s", term[i]);
    snprintf(text + at, sizeof text - at, "'");
    char *reply = command(&h->ctx, text, &got);
    return read_ids(reply, got, doc);
}

static void add(void *handle, char *line, size_t n)
{
    insert(handle, line, n); /* the index follows at once */
}

static void close_handle(void *handle)
{
    struct handle *h = handle;
    grn_obj_close(&h->ctx, grn_ctx_db(&h->ctx));
    grn_ctx_fin(&h->ctx);
    free(h);
}

int main(int argc, char **argv)
{
    grn_init();
    const struct peer p = {"groonga", grn_get_version(), build, open_handle,
                           ask,       open_handle,       add,   close_handle};
    return peer_main(argc, argv, &p);
}
