#include "base/map.h"
#include "service/pairing_int.h"
#include "service/site_int.h"

#define SEARCH_LIMIT 50u
#define SEARCH_MOST  1000u

/* What the actor's organisation takes part in it sees whole. */
struct searcher {
    const struct actor *a;
    struct map party; /* id -> 1 */
};

static int face_for(void *ctx, const struct doc *d)
{
    const struct searcher *x = ctx;
    int face = doc_face(x->a, d);
    bool party = face && d->kind->n_parties && actor_reads_kind(x->a, d->kind) &&
                 map_get(&x->party, (uint64_t)d->id);
    return party ? 0 : face;
}

static enum rc read_parties(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct searcher *x = ctx;
    vec_id id = {0};
    (void)s;
    enum rc rc = store_grants_of(tx, x->a->org, &id, e);
    for (size_t i = 0; rc == RC_OK && i < id.n; i++)
        if (!map_put(&x->party, (uint64_t)id.p[i], 1))
            rc = err_nomem(e);
    vec_free(&id);
    return rc;
}

struct showing {
    const struct actor *a;
    struct str query;
    const vec_found *found;
    struct arena *to;
    vec_shown *out;
};

/* The text is made anew from the face that the store gives now: what the engine holds only chose
 * which records to show. */
static enum rc show(struct tx *tx, const struct showing *x, struct found f, struct err *e)
{
    struct viewed v;
    struct buf b;
    uint32_t title;
    TRY(view_get(tx, x->a, NULL, f.id, x->to, &v, e));
    if (!v.found) /* gone, or hidden since */
        return RC_OK;
    struct hit_shown h = {.rec = v.rec, .score = f.score};
    buf_init(&b, 1u << 20);
    enum rc rc = rec_search_text(&b, &title, &h.rec, x->a->zh, e);
    if (rc == RC_OK) {
        h.text = arena_str(x->to, buf_view(&b));
        rc = h.text.p ? RC_OK : err_nomem(e);
    }
    buf_free(&b);
    if (rc == RC_OK)
        rc = search_spans(x->query, h.text, h.span, ARRAY_LEN(h.span), &h.n_spans, e);
    return rc == RC_OK ? vec_push(x->out, h, e) : rc;
}

static enum rc show_all(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    const struct showing *x = ctx;
    (void)s;
    for (size_t i = 0; i < x->found->n; i++)
        TRY(show(tx, x, x->found->p[i], e));
    return RC_OK;
}

enum rc search_all(struct site *s, const struct actor *a, struct str text, const struct kind *only,
                   uint32_t limit, struct arena *to, vec_shown *out, struct err *e)
{
    const struct table *t;
    vec_found v = {0};
    struct showing x = {a, text, &v, to, out};
    struct searcher who = {.a = a};
    enum rc rc = RC_OK;
    limit = MIN(limit ? limit : SEARCH_LIMIT, SEARCH_MOST);
    if (actor_scope(a).reach == SCOPE_ORG)
        rc = site_read(s, read_parties, &who, e);
    if (rc == RC_OK)
        rc = engine_read(s, &t, e);
    if (rc == RC_OK) {
        rc = table_search(t, text, only, limit, face_for, &who, &v, e);
        engine_done(s); /* the store is read without holding the engine */
    }
    map_free(&who.party);
    if (rc == RC_OK && v.n)
        rc = site_read(s, show_all, &x, e);
    vec_free(&v);
    return rc;
}
