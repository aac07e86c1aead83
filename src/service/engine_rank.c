/* Ranking over a base and what changed since: the base's hits that still hold, and the changed
 * records one by one. */
#include "service/engine_int.h"

#include <math.h>
#include <stdlib.h>

#define LEARNT_KEPT 200u /* candidates that learnt weights order anew */

/* What one record of the other side is compared with. */
struct ranking {
    const struct table *t;
    const struct units *units;
    const struct doc *self;
    unsigned face;                 /* of self */
    const struct matcher *matcher; /* the offers' */
    const struct kind *offers;
    struct asked *asked;     /* self is a need */
    struct offered *offered; /* self is an offer */
};

static const struct offers *offers_of(const struct table *t, const struct kind *k)
{
    return &t->base->offers[k->index];
}

/* An offer's side: as the matcher holds it, or as it is now. */
static enum rc offered_of(struct offered **out, const struct table *t, const struct doc *d,
                          unsigned face, struct err *e)
{
    const struct offers *o = offers_of(t, d->kind);
    const uint32_t *at = map_get(&t->at, (uint64_t)d->id);
    const struct slot *s = at ? &t->slot.p[*at] : NULL;
    if (s && s->doc == d && s->offer != NO_PLACE && (face == 0 || !d->masked))
        return offered_held(out, o->matcher, s->offer, e);
    return offered_open(out, o->matcher, d->match[face], e);
}

static struct match_params const *params_of(const struct ranking *r)
{
    return matcher_params(r->matcher);
}

/* ---- features ---- */

/* Shares of the indicators asked for. */
static enum rc indicator_features(const struct units *u, struct str need, struct str offer,
                                  double x[FEATURE__COUNT], struct err *e)
{
    vec_reason v = {0};
    double asked = 0, met = 0, missed = 0;
    enum rc rc = reasons_indicators(u, need, offer, &v, e);
    for (size_t i = 0; i < v.n; i++) {
        asked++;
        met += v.p[i].verdict == VERDICT_MET;
        missed += v.p[i].verdict == VERDICT_MISSED;
    }
    x[FEATURE_MET] = asked > 0 ? met / asked : 0;
    x[FEATURE_MISSED] = asked > 0 ? missed / asked : 0;
    vec_free(&v);
    return rc;
}

static enum rc features_of(const struct units *u, const struct doc *need, unsigned need_face,
                           const struct doc *offer, unsigned offer_face, struct match_parts p,
                           double x[FEATURE__COUNT], struct err *e)
{
    memset(x, 0, FEATURE__COUNT * sizeof *x);
    x[FEATURE_COSINE] = p.cosine;
    x[FEATURE_KNOWLEDGE] = p.knowledge;
    x[FEATURE_LATENT] = p.latent;
    facts_features(&need->facts, &offer->facts, x);
    return indicator_features(u, need->match[need_face].text, offer->match[offer_face].text, x, e);
}

static enum rc pair_of(const struct table *t, const struct doc *need, unsigned need_face,
                       const struct doc *offer, unsigned offer_face, struct match_parts *out,
                       struct err *e)
{
    struct asked *a = NULL;
    struct offered *o = NULL;
    const struct matcher *m = offers_of(t, offer->kind)->matcher;
    enum rc rc;
    GOTO_OUT(asked_open(&a, m, need->match[need_face], e));
    GOTO_OUT(offered_of(&o, t, offer, offer_face, e));
    *out = pair_parts(m, a, o);
out:
    asked_close(a);
    offered_close(o);
    return rc;
}

enum rc rank_features(const struct table *t, const struct units *u, const struct doc *need,
                      unsigned need_face, const struct doc *offer, unsigned offer_face,
                      double x[FEATURE__COUNT], struct err *e)
{
    struct match_parts p = {0};
    TRY(pair_of(t, need, need_face, offer, offer_face, &p, e));
    return features_of(u, need, need_face, offer, offer_face, p, x, e);
}

enum rc rank_pair(const struct table *t, const struct units *u, const struct doc *need,
                  unsigned need_face, const struct doc *offer, unsigned offer_face, double *out,
                  struct err *e)
{
    double x[FEATURE__COUNT];
    struct match_parts p = {0};
    TRY(pair_of(t, need, need_face, offer, offer_face, &p, e));
    *out = match_sum(matcher_params(offers_of(t, offer->kind)->matcher), p);
    if (t->learnt) {
        TRY(features_of(u, need, need_face, offer, offer_face, p, x, e));
        *out = weights_sum(&t->weights, x);
    }
    return RC_OK;
}

/* ---- lists ---- */

uint32_t rank_most(const struct table *t)
{
    return t->learnt ? LEARNT_KEPT : RANK_KEPT;
}

static int better_first(const void *x, const void *y)
{
    const struct ranked *a = x, *b = y;
    if (a->whole != b->whole)
        return a->whole < b->whole ? 1 : -1;
    return (a->id > b->id) - (a->id < b->id);
}

/* The parts for one face of the other record. */
static enum rc parts_with(const struct ranking *r, const struct doc *other, unsigned face,
                          struct match_parts *out, struct err *e)
{
    if (r->asked) {
        struct offered *o = NULL;
        TRY(offered_of(&o, r->t, other, face, e));
        *out = pair_parts(r->matcher, r->asked, o);
        offered_close(o);
        return RC_OK;
    }
    struct asked *a = NULL;
    TRY(asked_open(&a, r->matcher, other->match[face], e));
    *out = pair_parts(r->matcher, a, r->offered);
    asked_close(a);
    return RC_OK;
}

/* By learnt weights, or the mix. */
static enum rc sum_with(const struct ranking *r, const struct doc *other, unsigned face,
                        double *out, struct err *e)
{
    struct match_parts p = {0};
    double x[FEATURE__COUNT];
    TRY(parts_with(r, other, face, &p, e));
    *out = match_sum(params_of(r), p);
    if (!r->t->learnt)
        return RC_OK;
    if (r->asked)
        TRY(features_of(r->units, r->self, r->face, other, face, p, x, e));
    else
        TRY(features_of(r->units, other, face, r->self, r->face, p, x, e));
    *out = weights_sum(&r->t->weights, x);
    return RC_OK;
}

/* The public face's score, where it is another; and learnt weights. */
static enum rc finish(const struct ranking *r, struct ranked *x, struct err *e)
{
    const struct doc *d = table_doc(r->t, x->id);
    double sum = x->whole;
    if (r->t->learnt)
        TRY(sum_with(r, d, 0, &sum, e));
    x->whole = (float)sum;
    x->open = d->visible ? x->whole : NAN;
    if (d->visible && d->masked) {
        TRY(sum_with(r, d, 1, &sum, e));
        x->open = (float)sum;
    }
    return RC_OK;
}

static enum rc finish_list(const struct ranking *r, vec_ranked *v, const struct keep *keep,
                           struct err *e)
{
    size_t n = 0;
    for (size_t i = 0; i < v->n; i++)
        if (!keep || keep->wants(keep->ctx, table_doc(r->t, v->p[i].id)))
            v->p[n++] = v->p[i];
    v->n = n;
    if (v->n)
        qsort(v->p, v->n, sizeof *v->p, better_first);
    v->n = MIN(v->n, (size_t)rank_most(r->t));
    for (size_t i = 0; i < v->n; i++)
        TRY(finish(r, &v->p[i], e));
    if (v->n)
        qsort(v->p, v->n, sizeof *v->p, better_first);
    return RC_OK;
}

static enum rc push(vec_ranked *out, int64_t id, double sum, struct err *e)
{
    struct ranked x = {id, (float)sum, NAN};
    return vec_push(out, x, e);
}

/* ---- offers for a need ---- */

static enum rc base_offers(const struct ranking *r, bool all, vec_ranked *out, struct err *e)
{
    const struct offers *o = offers_of(r->t, r->offers);
    uint32_t k = all ? o->n : MIN(o->n, RANK_KEPT), n = 0;
    if (!k)
        return RC_OK;
    struct hit *hit = mem_alloc(k * sizeof *hit);
    enum rc rc = hit ? asked_rank(o->matcher, r->asked, k, hit, &n, NULL, e) : err_nomem(e);
    for (uint32_t i = 0; rc == RC_OK && i < n; i++) {
        uint32_t slot = r->t->offer_slot[r->offers->index][hit[i].id];
        if (slot != NO_PLACE)
            rc = push(out, r->t->slot.p[slot].doc->id, hit[i].score, e);
    }
    mem_free(hit);
    return rc;
}

static enum rc changed_offers(const struct ranking *r, vec_ranked *out, struct err *e)
{
    for (size_t i = 0; i < r->t->delta.n; i++) {
        const struct changed *c = &r->t->delta.p[i];
        const struct doc *d = c->slot == NO_PLACE ? NULL : r->t->slot.p[c->slot].doc;
        if (!d || !c->offered || d->kind != r->offers)
            continue;
        struct match_parts p = pair_parts(r->matcher, r->asked, c->offered);
        TRY(push(out, d->id, match_sum(params_of(r), p), e));
    }
    return RC_OK;
}

enum rc rank_offers(const struct table *t, const struct units *u, const struct doc *self,
                    unsigned face, const struct kind *k, const struct keep *keep, vec_ranked *out,
                    struct err *e)
{
    struct ranking r = {.t = t, .units = u, .self = self, .face = face, .offers = k};
    r.matcher = offers_of(t, k)->matcher;
    enum rc rc;
    out->n = 0;
    GOTO_OUT(asked_open(&r.asked, r.matcher, self->match[face], e));
    GOTO_OUT(base_offers(&r, keep != NULL, out, e));
    GOTO_OUT(changed_offers(&r, out, e));
    rc = finish_list(&r, out, keep, e);
out:
    asked_close(r.asked);
    return rc;
}

/* ---- needs for an offer ---- */

static enum rc base_needs(const struct ranking *r, vec_ranked *out, struct err *e)
{
    const struct table *t = r->t;
    struct match_parts *part = mem_alloc(t->base->n_needs * sizeof *part);
    enum rc rc = part ? RC_OK : err_nomem(e);
    if (rc == RC_OK)
        askers_parts(offers_of(t, r->offers)->askers, r->offered, part);
    for (uint32_t i = 0; rc == RC_OK && i < t->base->n_needs; i++)
        if (t->need_slot[i] != NO_PLACE)
            rc = push(out, t->base->need[i]->id, match_sum(params_of(r), part[i]), e);
    mem_free(part);
    return rc;
}

static enum rc changed_needs(const struct ranking *r, vec_ranked *out, struct err *e)
{
    for (size_t i = 0; i < r->t->delta.n; i++) {
        uint32_t slot = r->t->delta.p[i].slot;
        const struct slot *s = slot == NO_PLACE ? NULL : &r->t->slot.p[slot];
        if (!s || s->doc->kind->side != MATCH_NEED || s->need != NO_PLACE)
            continue;
        struct match_parts p = {0};
        TRY(parts_with(r, s->doc, 0, &p, e));
        TRY(push(out, s->doc->id, match_sum(params_of(r), p), e));
    }
    return RC_OK;
}

enum rc rank_needs(const struct table *t, const struct units *u, const struct doc *self,
                   unsigned face, const struct keep *keep, vec_ranked *out, struct err *e)
{
    struct ranking r = {.t = t, .units = u, .self = self, .face = face, .offers = self->kind};
    r.matcher = offers_of(t, self->kind)->matcher;
    enum rc rc;
    out->n = 0;
    GOTO_OUT(offered_of(&r.offered, t, self, face, e));
    GOTO_OUT(base_needs(&r, out, e));
    GOTO_OUT(changed_needs(&r, out, e));
    rc = finish_list(&r, out, keep, e);
out:
    offered_close(r.offered);
    return rc;
}
