/* Why a pair fits, on the faces that the actor may see. */
#include "match/scale.h"
#include "service/pairing_int.h"

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
    TRY(reasons_phrases_between(m, need, offer, &out->reason, e));
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

static enum rc score_pair(struct site *s, const struct actor *a, int64_t need, int64_t offer,
                          struct why *out, const struct kind *kind[3], struct err *e)
{
    struct lister l;
    unsigned f, g;
    TRY(lister_open(&l, s, a, e));
    const struct doc *x = lister_doc(&l, need, &f), *y = lister_doc(&l, offer, &g);
    bool pair = x && y && x->kind->side == MATCH_NEED && y->kind->side == MATCH_OFFER;
    enum rc rc = pair ? score_of(&l, x, f, y, g, out, e) : err_user(e, "service.missing", "%s", "");
    if (rc == RC_OK) {
        const struct doc *via = out->via ? table_doc(l.t, out->via) : NULL;
        kind[0] = x->kind;
        kind[1] = y->kind;
        kind[2] = via ? via->kind : NULL;
    }
    lister_close(&l);
    return rc;
}

enum rc pairing_why(struct site *s, const struct actor *a, int64_t need, int64_t offer,
                    struct arena *to, struct why *out, struct err *e)
{
    const struct kind *kind[3] = {NULL};
    struct shown shown, speaker;
    struct lister l;
    unsigned faces;
    *out = (struct why){0};
    TRY(score_pair(s, a, need, offer, out, kind, e));
    TRY(record_show(s, a, kind[0], need, to, &shown, e));
    out->need = shown.rec;
    faces = shown.face * 4u;
    TRY(record_show(s, a, kind[1], offer, to, &shown, e));
    out->offer = shown.rec;
    if (kind[2])
        TRY(record_show(s, a, kind[2], out->via, to, &speaker, e));
    faces += kind[2] ? speaker.face : shown.face;
    TRY(lister_open(&l, s, a, e));
    enum rc rc = explain(&l, kind[2] ? &speaker.rec : NULL, faces, to, out, e);
    lister_close(&l);
    if (rc != RC_OK)
        vec_free(&out->reason);
    return rc;
}
