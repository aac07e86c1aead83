/* Why a pair fits, on the faces that the actor may see. */
#include "match/scale.h"
#include "service/pairing_int.h"
#include "service/site_int.h"

#include <stdlib.h>

#define TEXT_MAX (1u << 20)

/* ---- texts of faces ---- */

static enum rc face_text(const struct rec *r, struct arena *to, struct str *text, uint32_t *title,
                         struct err *e)
{
    struct buf b;
    buf_init(&b, TEXT_MAX);
    enum rc rc = rec_match_text(&b, title, r, e);
    if (rc == RC_OK) {
        *text = arena_str(to, buf_view(&b));
        rc = text->p ? RC_OK : err_nomem(e);
    }
    buf_free(&b);
    return rc;
}

/* ---- reasons ---- */

static bool same_words(struct str a, struct span x, struct span y)
{
    return str_eq(span_str(a, x), span_str(a, y));
}

/* A need's confirmed targets stand behind its prose: an indicator of the same name that is said in
 * both is told once, as the target. */
static void drop_repeated(struct str need, vec_reason *v, size_t first)
{
    size_t n = first;
    for (size_t i = first; i < v->n; i++) {
        bool again = false;
        for (size_t k = i + 1; k < v->n && !again; k++)
            again = v->p[i].need_name.to > v->p[i].need_name.from &&
                    same_words(need, v->p[i].need_name, v->p[k].need_name);
        if (!again)
            v->p[n++] = v->p[i];
    }
    v->n = n;
}

static enum rc reasons_of(const struct lister *l, const struct matcher *m, struct why *out,
                          struct err *e)
{
    const struct model *model = site_model(l->site);
    struct match_text need = {out->need_text, out->need_title};
    struct match_text offer = {out->offer_text, out->offer_title};
    TRY(reasons_phrases_between(m, model_concepts(model), need, offer, &out->reason, e));
    TRY(reasons_concepts(model_concepts(model), need.text, offer.text, &out->reason, e));
    size_t first = out->reason.n;
    TRY(reasons_indicators(l->units, need.text, offer.text, &out->reason, e));
    drop_repeated(need.text, &out->reason, first);
    return RC_OK;
}

/* The same pair of texts has the same reasons: a page of matches explains fifteen pairs, and is
 * looked at again and again. */
static enum rc reasons_kept(const struct lister *l, const struct matcher *m,
                            const struct rec *offer, unsigned faces, struct why *out, struct err *e)
{
    struct list_cache *c = engine_reasons(engine_of(l->site));
    struct list_key key = {.id = out->need.id,
                           .version = (out->need.version << 24) + offer->version,
                           .other = offer->kind,
                           .org = offer->id,
                           .face = faces};
    void *kept = NULL;
    size_t n = 0;
    bool found = false;
    TRY(list_cache_get(c, &key, l->generation, sizeof *out->reason.p, &kept, &n, &found, e));
    if (found) {
        out->reason.p = kept;
        out->reason.n = out->reason.cap = n;
        return RC_OK;
    }
    TRY(reasons_of(l, m, out, e));
    list_cache_put(c, &key, l->generation, sizeof *out->reason.p, out->reason.p, out->reason.n);
    return RC_OK;
}

/* ---- one pair ---- */

/* The pair's place in the need's list: its score, and what speaks for it. */
static enum rc score_of(struct lister *l, const struct doc *need, unsigned face,
                        const struct doc *offer, unsigned offer_face, struct why *out,
                        struct err *e)
{
    vec_item v = {0};
    double sum = 0;
    enum rc rc = list_items(l, need, face, offer->kind, &v, e);
    const struct item_score *x = NULL;
    for (size_t i = 0; i < v.n && !x; i++)
        x = v.p[i].id == offer->id ? &v.p[i] : NULL;
    if (x) {
        out->score = match_scale(x->score);
        out->credible = match_scale(x->best) >= MATCH_CREDIBLE;
        out->via = x->via;
    } else if (rc == RC_OK) { /* too far down, or in no list */
        rc = rank_pair(l->t, l->units, need, face, offer, offer_face, &sum, e);
        out->score = match_scale(is_spoken_for(l, offer->kind) ? sum * ITEMS_SHOWN : sum);
        out->credible = match_scale(sum) >= MATCH_CREDIBLE;
    }
    vec_free(&v);
    return rc;
}

/* Under the engine's lock; texts and faces are the store's of now. */
static enum rc explain(struct lister *l, const struct rec *speaker, unsigned faces,
                       struct arena *to, struct why *out, struct err *e)
{
    const struct rec *offer = speaker ? speaker : &out->offer;
    TRY(face_text(&out->need, to, &out->need_text, &out->need_title, e));
    TRY(face_text(offer, to, &out->offer_text, &out->offer_title, e));
    TRY(fits_of(out, &out->need, offer, l->actor->zh, to, e));
    return reasons_kept(l, l->t->base->offers[offer->kind->index].matcher, offer, faces, out, e);
}

/* ---- many pairs ---- */

/* A pair on its way: what its two records and what speaks for the offer are. */
struct asked {
    int64_t need, offer;
    const struct kind *kind[3]; /* of the need, the offer, out->via */
    struct rec speaker;
    unsigned faces;
};
struct explaining {
    const struct actor *a;
    struct asked *ask;
    uint32_t n;
    struct arena *to;
    struct why *out;
};

static enum rc score_all(struct site *s, struct explaining *x, struct err *e)
{
    struct lister l;
    enum rc rc = RC_OK;
    TRY(lister_open(&l, s, x->a, e));
    for (uint32_t i = 0; rc == RC_OK && i < x->n; i++) {
        struct asked *q = &x->ask[i];
        unsigned f, g;
        const struct doc *need = lister_doc(&l, q->need, &f), *offer = lister_doc(&l, q->offer, &g);
        bool pair =
            need && offer && need->kind->side == MATCH_NEED && offer->kind->side == MATCH_OFFER;
        rc = pair ? score_of(&l, need, f, offer, g, &x->out[i], e)
                  : err_user(e, "service.missing", "%s", "");
        if (rc != RC_OK)
            break;
        const struct doc *via = x->out[i].via ? table_doc(l.t, x->out[i].via) : NULL;
        q->kind[0] = need->kind;
        q->kind[1] = offer->kind;
        q->kind[2] = via ? via->kind : NULL;
    }
    lister_close(&l);
    return rc;
}

static enum rc face_of(struct site *s, struct tx *tx, const struct explaining *x,
                       const struct kind *k, int64_t id, struct viewed *v, struct err *e)
{
    TRY(view_get(tx, x->a, k, id, x->to, v, e));
    if (!v->found)
        return view_missing(e);
    rec_compute(&v->rec, site_today(s));
    return RC_OK;
}

/* All records in one transaction; the side that all pairs share is read once. */
static enum rc read_faces(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct explaining *x = ctx;
    struct viewed need = {0}, offer = {0}, via;
    for (uint32_t i = 0; i < x->n; i++) {
        struct asked *q = &x->ask[i];
        if (!i || q->need != x->ask[i - 1].need)
            TRY(face_of(s, tx, x, q->kind[0], q->need, &need, e));
        if (!i || q->offer != x->ask[i - 1].offer)
            TRY(face_of(s, tx, x, q->kind[1], q->offer, &offer, e));
        x->out[i].need = need.rec;
        x->out[i].offer = offer.rec;
        if (q->kind[2]) {
            TRY(face_of(s, tx, x, q->kind[2], x->out[i].via, &via, e));
            q->speaker = via.rec;
        }
        q->faces = need.face * 4u + (q->kind[2] ? via.face : offer.face);
    }
    return RC_OK;
}

static enum rc explain_all(struct site *s, struct explaining *x, struct err *e)
{
    struct lister l;
    enum rc rc = RC_OK;
    TRY(lister_open(&l, s, x->a, e));
    for (uint32_t i = 0; rc == RC_OK && i < x->n; i++)
        rc = explain(&l, x->ask[i].kind[2] ? &x->ask[i].speaker : NULL, x->ask[i].faces, x->to,
                     &x->out[i], e);
    lister_close(&l);
    return rc;
}

enum rc pairing_whys(struct site *s, const struct actor *a, enum match_side side, int64_t self,
                     const int64_t *other, uint32_t n, struct arena *to, struct why *out,
                     struct err *e)
{
    struct explaining x = {.a = a, .n = n, .to = to, .out = out};
    x.ask = arena_calloc(to, n + 1, sizeof *x.ask);
    for (uint32_t i = 0; i < n; i++)
        out[i] = (struct why){0};
    if (!x.ask)
        return err_nomem(e);
    for (uint32_t i = 0; i < n; i++) {
        x.ask[i].need = side == MATCH_NEED ? self : other[i];
        x.ask[i].offer = side == MATCH_NEED ? other[i] : self;
    }
    enum rc rc = score_all(s, &x, e);
    if (rc == RC_OK)
        rc = site_read(s, read_faces, &x, e);
    if (rc == RC_OK)
        rc = explain_all(s, &x, e);
    for (uint32_t i = 0; rc != RC_OK && i < n; i++)
        vec_free(&out[i].reason);
    return rc;
}

enum rc pairing_why(struct site *s, const struct actor *a, int64_t need, int64_t offer,
                    struct arena *to, struct why *out, struct err *e)
{
    return pairing_whys(s, a, MATCH_NEED, need, &offer, 1, to, out, e);
}
