/* Results counted for the index while later ones are being read: reading a spreadsheet is the work
 * of one thread, and takes about as long as counting it. */
#include "base/pool.h"
#include "service/matching_int.h"

#define CHUNKS 2048u /* handed over at most; the rest is counted afterwards */

struct counting {
    struct collection_watch watch;
    struct match_early *early;
    struct beside *thread;
    struct match_text *chunk[CHUNKS]; /* texts of INDEX_CHUNK results each; NULL once counted */
    size_t ready;
};

static enum rc count_chunk(void *ctx, size_t i, unsigned worker, struct err *e)
{
    (void)worker;
    struct counting *c = ctx;
    enum rc rc = match_early_chunk(c->early, c->chunk[i], e);
    mem_free(c->chunk[i]);
    c->chunk[i] = NULL;
    return rc;
}

/* The collection goes on growing: only where its texts lie is handed over. */
static enum rc hand_over(void *ctx, const struct collection *from, uint32_t first, struct err *e)
{
    struct counting *c = ctx;
    if (c->ready >= CHUNKS)
        return RC_OK;
    struct match_text *text = mem_alloc(INDEX_CHUNK * sizeof *text);
    if (!text)
        return err_nomem(e);
    for (uint32_t i = 0; i < INDEX_CHUNK; i++)
        text[i].text = collection_text(from, first + i, &text[i].title);
    c->chunk[c->ready++] = text;
    beside_ready(c->thread, c->ready);
    return RC_OK;
}

static void counting_free(struct counting *c)
{
    for (size_t i = 0; i < c->ready; i++)
        mem_free(c->chunk[i]);
    match_early_close(c->early);
    mem_free(c);
}

enum rc counting_open(struct counting **out, struct err *e)
{
    struct counting *c = mem_calloc(1, sizeof *c);
    if (!c)
        return err_nomem(e);
    c->watch = (struct collection_watch){INDEX_CHUNK, hand_over, c};
    enum rc rc = match_early_open(&c->early, e);
    if (rc == RC_OK)
        rc = beside_open(&c->thread, count_chunk, c, e);
    if (rc == RC_OK)
        *out = c;
    else
        counting_free(c);
    return rc;
}

const struct collection_watch *counting_watch(const struct counting *c)
{
    return &c->watch;
}

enum rc counting_close(struct counting *c, enum rc read, struct match_early **out, struct err *e)
{
    struct err other = {0};
    enum rc rc = beside_close(c->thread, NULL, &other);
    if (read == RC_OK && rc == RC_OK) {
        *out = c->early;
        c->early = NULL;
    } else if (read == RC_OK && e) {
        *e = other;
    }
    counting_free(c);
    return read == RC_OK ? rc : read;
}
