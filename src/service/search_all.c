#include "service/pairing_int.h"

#define SEARCH_LIMIT 50u
#define SEARCH_MOST  1000u

static int face_for(void *ctx, const struct doc *d)
{
    const struct actor *a = ctx;
    return doc_face(a, d);
}

/* The text is made anew from the face that the store gives now: what the engine holds only chose
 * which records to show. */
static enum rc show(struct site *s, const struct actor *a, struct found f, const struct kind *k,
                    struct str query, struct arena *to, vec_shown *out, struct err *e)
{
    struct shown shown;
    struct err why = {0};
    struct buf b;
    uint32_t title;
    enum rc rc = record_show(s, a, k, f.id, to, &shown, &why);
    if (rc == RC_USER) /* gone, or hidden since */
        return RC_OK;
    if (rc != RC_OK) {
        if (e)
            *e = why;
        return rc;
    }
    struct hit_shown h = {.rec = shown.rec, .score = f.score};
    buf_init(&b, 1u << 20);
    rc = rec_search_text(&b, &title, &h.rec, a->zh, e);
    if (rc == RC_OK) {
        h.text = arena_str(to, buf_view(&b));
        rc = h.text.p ? RC_OK : err_nomem(e);
    }
    buf_free(&b);
    if (rc == RC_OK)
        rc = search_spans(query, h.text, h.span, ARRAY_LEN(h.span), &h.n_spans, e);
    return rc == RC_OK ? vec_push(out, h, e) : rc;
}

struct chosen {
    struct found found;
    const struct kind *kind;
};

enum rc search_all(struct site *s, const struct actor *a, struct str text, const struct kind *only,
                   uint32_t limit, struct arena *to, vec_shown *out, struct err *e)
{
    const struct table *t;
    vec_found v = {0};
    VEC(struct chosen) chosen = {0};
    TRY(engine_read(s, &t, e));
    limit = MIN(limit ? limit : SEARCH_LIMIT, SEARCH_MOST);
    enum rc rc = table_search(t, text, only, limit, face_for, (void *)(uintptr_t)a, &v, e);
    for (size_t i = 0; rc == RC_OK && i < v.n; i++) {
        struct chosen c = {v.p[i], table_doc(t, v.p[i].id)->kind};
        rc = vec_push(&chosen, c, e);
    }
    engine_done(s); /* the store is read without holding the engine */
    for (size_t i = 0; rc == RC_OK && i < chosen.n; i++)
        rc = show(s, a, chosen.p[i].found, chosen.p[i].kind, text, to, out, e);
    vec_free(&v);
    vec_free(&chosen);
    return rc;
}
