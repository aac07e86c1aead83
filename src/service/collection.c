#include "service/collection.h"

#include "base/map.h"

#include <stdio.h>

#define RECORDS_MAX 20000000u
#define TEXT_MAX    (64u << 10) /* bytes of a text that are compared; the rest is only kept */

/* A record as it lies in the arena: the number of fields, then for each its number and length;
 * then the compared text (title, body, keywords, indicators, joined by line breaks), then the
 * other fields end to end. The parts of the compared text are slices of it, kept once. */
struct stored {
    uint32_t sheet_name; /* place in names */
    uint32_t sheet, row;
    uint32_t text_n;
    uint32_t len[FIELD__COUNT];
    char bytes[];
};

static const enum field compared[] = {FIELD_TITLE, FIELD_BODY, FIELD_KEYWORDS, FIELD_INDICATORS};

struct collection {
    const char *path;
    struct arena arena;
    VEC(struct stored *) record;
    VEC(struct str) names;
    VEC(struct row_problem) problems;
    struct strmap by_id;
    bool has_by_id;
    bool has_ids; /* some record has an id of its own */
    progress_fn progress;
    void *progress_ctx;
    const char *stage;
    const struct collection_watch *watch; /* while reading; NULL: none */
};

static bool is_compared(enum field f)
{
    for (size_t i = 0; i < ARRAY_LEN(compared); i++)
        if (compared[i] == f)
            return true;
    return false;
}

static enum rc name_of(struct collection *c, struct str name, uint32_t *out, struct err *e)
{
    if (c->names.n && str_eq(c->names.p[c->names.n - 1], name)) {
        *out = (uint32_t)c->names.n - 1;
        return RC_OK;
    }
    struct str kept = arena_str(&c->arena, name);
    if (!kept.p)
        return err_nomem(e);
    *out = (uint32_t)c->names.n;
    return vec_push(&c->names, kept, e);
}

static char *put(char *to, struct str s)
{
    if (s.n)
        memcpy(to, s.p, s.n);
    return to + s.n;
}

static void store(struct stored *s, const struct record *r)
{
    char *p = s->bytes;
    for (size_t i = 0; i < ARRAY_LEN(compared); i++) {
        struct str f = r->field[compared[i]];
        if (i && f.n)
            *p++ = '\n';
        p = put(p, f);
    }
    s->text_n = (uint32_t)(p - s->bytes);
    for (int f = 0; f < FIELD__COUNT; f++) {
        s->len[f] = (uint32_t)r->field[f].n;
        if (!is_compared((enum field)f))
            p = put(p, r->field[f]);
    }
}

static enum rc take_record(void *ctx, const struct record *r, struct err *e)
{
    struct collection *c = ctx;
    if (c->record.n >= RECORDS_MAX)
        return err_too_big(e, "service.too_many_records", "%u", RECORDS_MAX);
    size_t n = sizeof(struct stored) + ARRAY_LEN(compared);
    for (int f = 0; f < FIELD__COUNT; f++)
        n += r->field[f].n;
    struct stored *s = arena_alloc(&c->arena, n);
    if (!s)
        return err_nomem(e);
    TRY(name_of(c, r->sheet_name, &s->sheet_name, e));
    s->sheet = r->sheet;
    s->row = r->row;
    c->has_ids |= r->field[FIELD_ID].n > 0;
    store(s, r);
    TRY(vec_push(&c->record, s, e));
    if (c->watch && c->record.n % c->watch->every == 0)
        TRY(c->watch->fn(c->watch->ctx, c, (uint32_t)c->record.n - c->watch->every, e));
    if (c->progress && c->record.n % 1024 == 0)
        return c->progress(c->progress_ctx, c->stage, r->done, e);
    return RC_OK;
}

static enum rc take_problem(void *ctx, const struct problem *p, struct err *e)
{
    struct collection *c = ctx;
    struct row_problem q = {p->sheet,  p->row,
                            p->col,    arena_str(&c->arena, p->sheet_name),
                            p->key,    arena_str(&c->arena, p->detail),
                            p->dropped};
    if (!q.sheet_name.p || !q.detail.p)
        return err_nomem(e);
    return vec_push(&c->problems, q, e);
}

enum rc collection_open(struct collection **out, const char *path, const struct columns *columns,
                        const struct table_options *options, progress_fn progress, void *ctx,
                        struct err *e)
{
    return collection_open_watched(out, path, columns, options, progress, ctx, NULL, e);
}

enum rc collection_open_watched(struct collection **out, const char *path,
                                const struct columns *columns, const struct table_options *options,
                                progress_fn progress, void *ctx,
                                const struct collection_watch *watch, struct err *e)
{
    struct collection *c = mem_calloc(1, sizeof *c);
    if (!c)
        return err_nomem(e);
    c->path = path;
    c->progress = progress;
    c->progress_ctx = ctx;
    c->watch = watch;
    c->stage = options->side == SIDE_NEED ? "needs" : "results";
    struct table_sink sink = {.ctx = c, .record = take_record, .problem = take_problem};
    enum rc rc = progress ? progress(ctx, c->stage, 0, e) : RC_OK;
    if (rc == RC_OK)
        rc = table_read(path, columns, options, &sink, e);
    c->watch = NULL;
    if (rc == RC_OK && progress)
        rc = progress(ctx, c->stage, 1, e);
    if (rc != RC_OK) {
        collection_close(c);
        return rc;
    }
    *out = c;
    return RC_OK;
}

void collection_close(struct collection *c)
{
    if (!c)
        return;
    vec_free(&c->record);
    vec_free(&c->names);
    vec_free(&c->problems);
    strmap_free(&c->by_id);
    arena_free(&c->arena);
    mem_free(c);
}

const char *collection_path(const struct collection *c)
{
    return c->path;
}

uint32_t collection_count(const struct collection *c)
{
    return (uint32_t)c->record.n;
}

/* At most `most` bytes of s, cut between characters. */
static struct str cut_at(struct str s, size_t most)
{
    if (s.n <= most)
        return s;
    while (most && ((unsigned char)s.p[most] & 0xC0) == 0x80)
        most--;
    return (struct str){s.p, most};
}

struct str collection_text(const struct collection *c, uint32_t i, uint32_t *title)
{
    const struct stored *s = c->record.p[i];
    struct str text = cut_at((struct str){s->bytes, s->text_n}, TEXT_MAX);
    *title = MIN(s->len[FIELD_TITLE], (uint32_t)text.n);
    return text;
}

struct item collection_item(const struct collection *c, uint32_t i)
{
    const struct stored *s = c->record.p[i];
    struct item it = {.sheet = s->sheet,
                      .row = s->row,
                      .sheet_name = c->names.p[s->sheet_name],
                      .has_id = s->len[FIELD_ID] > 0};
    it.text = collection_text(c, i, &it.title);
    const char *p = s->bytes;
    for (size_t k = 0; k < ARRAY_LEN(compared); k++) {
        uint32_t n = s->len[compared[k]];
        p += k && n;
        it.field[compared[k]] = (struct str){p, n};
        p += n;
    }
    for (int f = 0; f < FIELD__COUNT; f++) {
        if (is_compared((enum field)f))
            continue;
        it.field[f] = (struct str){p, s->len[f]};
        p += s->len[f];
    }
    it.id = it.field[FIELD_ID];
    return it;
}

/* A bare row number could be another record's id where there are ids. */
struct str collection_id(const struct collection *c, uint32_t i, char to[COLLECTION_ID])
{
    const struct stored *s = c->record.p[i];
    if (s->len[FIELD_ID])
        return collection_item(c, i).field[FIELD_ID];
    struct str sheet = cut_at(c->names.p[s->sheet_name], COLLECTION_ID - sizeof "!4294967295");
    int n;
    if (c->names.n > 1)
        n = snprintf(to, COLLECTION_ID, "%.*s!%u", (int)sheet.n, sheet.p, s->row);
    else
        n = snprintf(to, COLLECTION_ID, "%s%u", c->has_ids ? "#" : "", s->row);
    return (struct str){to, (size_t)n};
}

static enum rc index_ids(struct collection *c, struct err *e)
{
    for (uint32_t i = 0; i < c->record.n; i++) {
        char buf[COLLECTION_ID];
        struct str id = collection_id(c, i, buf);
        if (id.p == buf && !(id = arena_str(&c->arena, id)).p)
            return err_nomem(e);
        if (!strmap_put(&c->by_id, id, i))
            return err_nomem(e);
    }
    c->has_by_id = true;
    return RC_OK;
}

enum rc collection_find(struct collection *c, struct str id, uint32_t *out, struct err *e)
{
    if (!c->has_by_id)
        TRY(index_ids(c, e));
    const uint32_t *at = strmap_get(&c->by_id, id);
    *out = at ? *at : UINT32_MAX;
    return RC_OK;
}

uint32_t collection_problems(const struct collection *c, const struct row_problem **out)
{
    *out = c->problems.p;
    return (uint32_t)c->problems.n;
}
