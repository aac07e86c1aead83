#include "service/pairing.h"

#include "match/scale.h"
#include "service/engine_int.h"
#include "service/pairing_int.h"
#include "service/site_int.h"

#include <math.h>
#include <stdlib.h>

#define LIST_MOST 200u
/* An expert is his items (docs/match.md): sorted scores s_i count s_i DECAY^i. */
#define DECAY     0.7
#define SHOWN     0.5 /* of the sum is put on the scale of single records */
#define SPEAKERS  60u /* newest records that are asked for whom a person or organisation is */

/* ---- who sees what ---- */

int doc_face(const struct actor *a, const struct doc *d)
{
    struct rec r = {.kind = d->kind,
                    .id = d->id,
                    .org = d->org,
                    .state = d->state,
                    .secrecy = d->secrecy,
                    .version = d->version};
    if (!actor_may(a, d->kind, RIGHT_READ, NULL))
        return -1;
    return actor_sees_all(a, &r) ? 0 : d->visible ? 1 : -1;
}

bool doc_listed(const struct actor *a, const struct doc *d)
{
    return doc_face(a, d) >= 0 && (d->standing || (a->org && d->org == a->org));
}

/* Does a record say of itself for whom it speaks? A masked one does not. */
static bool speaks_openly(const struct actor *a, const struct doc *d)
{
    int face = doc_face(a, d);
    return face == 0 || (face == 1 && d->secrecy == SECRECY_OPEN);
}

/* ---- lists ---- */

/* The ranked records of kind `other` (NULL: needs) for d's face: kept from before or made now. */
static enum rc ranked_for(struct lister *l, const struct doc *d, unsigned face,
                          const struct kind *other, vec_ranked *out, struct err *e)
{
    struct list_key key = {.id = d->id, .version = d->version, .other = other};
    void *kept = NULL;
    size_t n = 0;
    bool found;
    key.face = d->masked ? face : 0;
    TRY(list_cache_get(l->cache, &key, l->generation, sizeof *out->p, &kept, &n, &found, e));
    if (found) {
        vec_free(out);
        out->p = kept;
        out->n = out->cap = n;
        return RC_OK;
    }
    if (other)
        TRY(rank_offers(l->t, l->units, d, key.face, other, NULL, out, e));
    else
        TRY(rank_needs(l->t, l->units, d, key.face, NULL, out, e));
    list_cache_put(l->cache, &key, l->generation, sizeof *out->p, out->p, out->n);
    return RC_OK;
}

/* The score that the actor may know: of the face it sees. false: not for it. */
static bool seen_score(const struct lister *l, const struct ranked *x, const struct doc **d,
                       double *score)
{
    *d = table_doc(l->t, x->id);
    if (!*d || !doc_listed(l->actor, *d))
        return false;
    *score = doc_face(l->actor, *d) == 0 ? x->whole : x->open;
    return true;
}

static enum rc add(vec_item *out, int64_t id, int64_t via, double score, struct err *e)
{
    struct item_score x = {id, via, score, score};
    return vec_push(out, x, e);
}

static enum rc add_seen(const struct lister *l, const vec_ranked *v, const struct kind *other,
                        vec_item *out, struct err *e)
{
    for (size_t i = 0; i < v->n; i++) {
        const struct doc *x;
        double score;
        if (seen_score(l, &v->p[i], &x, &score) && x->kind == other)
            TRY(add(out, x->id, 0, score, e));
    }
    return RC_OK;
}

struct wanted {
    const struct lister *l;
    const struct kind *kind;
};

static bool wants(void *ctx, const struct doc *d)
{
    const struct wanted *w = ctx;
    return d->kind == w->kind && doc_listed(w->l->actor, d);
}

/* The records of one kind that the actor may see, for a doc. */
static enum rc direct(struct lister *l, const struct doc *d, unsigned face,
                      const struct kind *other, vec_item *out, struct err *e)
{
    vec_ranked v = {0};
    const struct kind *key = other->side == MATCH_OFFER ? other : NULL;
    size_t first = out->n;
    enum rc rc = ranked_for(l, d, face, key, &v, e);
    if (rc == RC_OK)
        rc = add_seen(l, &v, other, out, e);
    /* so many are not for this actor that too few are left: rank those it may see */
    if (rc == RC_OK && v.n >= rank_most(l->t) && out->n - first < LIST_MOST) {
        struct wanted w = {l, other};
        struct keep keep = {wants, &w};
        out->n = first;
        rc = key ? rank_offers(l->t, l->units, d, face, key, &keep, &v, e)
                 : rank_needs(l->t, l->units, d, face, &keep, &v, e);
        if (rc == RC_OK)
            rc = add_seen(l, &v, other, out, e);
    }
    vec_free(&v);
    return rc;
}

/* ---- people and organisations ---- */

/* Do records of kind k speak for records of kind `whom`? */
static bool speaks_for(const struct kind *k, const struct kind *whom)
{
    if (k == whom || k->side != MATCH_OFFER)
        return false;
    if (k->owned && str_eq(whom->name, STR("org")))
        return true;
    for (uint32_t f = 0; f < k->n_fields; f++)
        if (k->field[f].type == TYPE_REF && k->field[f].of_kind == whom)
            return true;
    return false;
}

/* The scores of records that speak for some of kind `whom`. */
static enum rc spoken(struct lister *l, const struct doc *need, unsigned face,
                      const struct kind *whom, vec_item *out, struct err *e)
{
    vec_item v = {0};
    enum rc rc = RC_OK;
    for (uint32_t k = 0; rc == RC_OK && k < l->t->base->n_kinds; k++) {
        const struct kind *kind = l->t->base->offers[k].kind;
        v.n = 0;
        if (speaks_for(kind, whom))
            rc = direct(l, need, face, kind, &v, e);
        for (size_t i = 0; rc == RC_OK && i < v.n; i++) {
            const struct doc *d = table_doc(l->t, v.p[i].id);
            if (!speaks_openly(l->actor, d))
                continue;
            for (uint32_t r = 0; rc == RC_OK && r <= d->n_ref; r++) {
                int64_t id = r < d->n_ref ? d->ref[r] : d->org;
                const struct doc *x = id ? table_doc(l->t, id) : NULL;
                if (x && x->kind == whom && doc_listed(l->actor, x))
                    rc = add(out, id, d->id, v.p[i].score, e);
            }
        }
    }
    vec_free(&v);
    return rc;
}

static int by_id(const void *x, const void *y)
{
    const struct item_score *a = x, *b = y;
    if (a->id != b->id)
        return a->id < b->id ? -1 : 1;
    if (a->score != b->score)
        return a->score < b->score ? 1 : -1;
    return (a->via > b->via) - (a->via < b->via);
}

/* Items of one id become one: sum_i s_i DECAY^i, best first; `best` the strongest's score. */
static void fold_items(vec_item *v)
{
    size_t n = 0;
    if (v->n)
        qsort(v->p, v->n, sizeof *v->p, by_id);
    for (size_t i = 0; i < v->n;) {
        struct item_score x = v->p[i];
        double sum = 0, next = 1;
        int64_t last = -1;
        for (; i < v->n && v->p[i].id == x.id; i++) {
            if (v->p[i].via == last && last) /* named twice by one record */
                continue;
            last = v->p[i].via;
            sum += fmax(v->p[i].score, 0) * next;
            next *= DECAY;
        }
        x.best = x.score;
        x.score = sum * ITEMS_SHOWN;
        v->p[n++] = x;
    }
    v->n = n;
}

/* The needs that suit what speaks for a person or organisation. */
static enum rc needs_by_speakers(struct lister *l, const struct doc *whom, const struct kind *needs,
                                 vec_item *out, struct err *e)
{
    const vec_id *id = table_speakers(l->t, whom->id);
    uint32_t taken = 0;
    vec_item v = {0};
    enum rc rc = RC_OK;
    for (size_t i = id ? id->n : 0; rc == RC_OK && i-- > 0 && taken < SPEAKERS;) {
        const struct doc *d = table_doc(l->t, id->p[i]);
        if (!d || !doc_names(d, whom->id) || !doc_listed(l->actor, d) ||
            !speaks_openly(l->actor, d))
            continue;
        v.n = 0;
        rc = direct(l, d, (unsigned)doc_face(l->actor, d), needs, &v, e);
        for (size_t k = 0; rc == RC_OK && k < v.n; k++)
            rc = add(out, v.p[k].id, d->id, v.p[k].score, e);
        taken++;
    }
    vec_free(&v);
    return rc;
}

bool is_spoken_for(const struct lister *l, const struct kind *k)
{
    for (uint32_t i = 0; i < l->t->base->n_kinds; i++)
        if (speaks_for(l->t->base->offers[i].kind, k))
            return true;
    return false;
}

/* ---- one list ---- */

static int best_first(const void *x, const void *y)
{
    const struct item_score *a = x, *b = y;
    if (a->score != b->score)
        return a->score < b->score ? 1 : -1;
    return (a->id > b->id) - (a->id < b->id);
}

static enum rc make_items(struct lister *l, const struct doc *self, unsigned face,
                          const struct kind *other, vec_item *out, struct err *e)
{
    TRY(direct(l, self, face, other, out, e));
    bool need = self->kind->side == MATCH_NEED;
    bool grouped = is_spoken_for(l, need ? other : self->kind);
    if (grouped && need)
        TRY(spoken(l, self, face, other, out, e));
    else if (grouped)
        TRY(needs_by_speakers(l, self, other, out, e));
    if (grouped)
        fold_items(out);
    if (out->n)
        qsort(out->p, out->n, sizeof *out->p, best_first);
    out->n = MIN(out->n, (size_t)LIST_MOST);
    return RC_OK;
}

enum rc list_items(struct lister *l, const struct doc *self, unsigned face,
                   const struct kind *other, vec_item *out, struct err *e)
{
    struct list_key key = {.id = self->id, .version = self->version, .other = other};
    void *kept = NULL;
    size_t n = 0;
    bool found;
    out->n = 0;
    if (self->kind->side == MATCH_NONE || other->side == MATCH_NONE ||
        self->kind->side == other->side)
        return RC_OK;
    key.org = l->actor->org;
    key.face = face;
    key.reader = actor_is_system(l->actor) ? ROLE__COUNT + 1u : (unsigned)l->actor->role + 1;
    TRY(list_cache_get(l->cache, &key, l->generation, sizeof *out->p, &kept, &n, &found, e));
    if (found) {
        vec_free(out);
        out->p = kept;
        out->n = out->cap = n;
        return RC_OK;
    }
    TRY(make_items(l, self, face, other, out, e));
    list_cache_put(l->cache, &key, l->generation, sizeof *out->p, out->p, out->n);
    return RC_OK;
}

enum rc lister_open(struct lister *l, struct site *s, const struct actor *a, struct err *e)
{
    TRY(engine_read(s, &l->t, e));
    l->site = s;
    l->actor = a;
    l->units = model_units(site_model(s));
    l->cache = engine_cache(engine_of(s));
    l->generation = engine_generation(s);
    return RC_OK;
}

void lister_close(struct lister *l)
{
    engine_done(l->site);
}

/* A record that the actor may see, and its face; NULL: none. */
const struct doc *lister_doc(const struct lister *l, int64_t id, unsigned *face)
{
    const struct doc *d = table_doc(l->t, id);
    int f = d ? doc_face(l->actor, d) : -1;
    *face = f > 0 ? 1 : 0;
    return f < 0 ? NULL : d;
}

static enum rc put_list(const struct lister *l, const struct doc *self, const vec_item *v,
                        uint32_t k, vec_pairing *out, struct err *e)
{
    bool need = self->kind->side == MATCH_NEED;
    for (size_t i = 0; i < v->n && i < k; i++) {
        const struct doc *d = table_doc(l->t, v->p[i].id);
        struct pairing p = {.id = d->id, .kind = d->kind, .score = match_scale(v->p[i].score)};
        p.credible = match_scale(v->p[i].best) >= MATCH_CREDIBLE;
        const struct decision *x =
            need ? table_decision(l->t, self->id, d->id) : table_decision(l->t, d->id, self->id);
        /* an introduction is known to its two sides and to brokers */
        if (x && (doc_face(l->actor, self) == 0 || doc_face(l->actor, d) == 0)) {
            p.introduction = x->id;
            p.state = x->state;
        }
        TRY(vec_push(out, p, e));
    }
    return RC_OK;
}

enum rc pairing_list(struct site *s, const struct actor *a, const struct kind *k, int64_t id,
                     const struct kind *other, uint32_t k_best, struct arena *to, vec_pairing *out,
                     struct err *e)
{
    struct lister l;
    vec_item v = {0};
    unsigned face;
    (void)to;
    TRY(lister_open(&l, s, a, e));
    const struct doc *self = lister_doc(&l, id, &face);
    enum rc rc = self && self->kind == k ? list_items(&l, self, face, other, &v, e)
                                         : err_user(e, "service.missing", "%s", "");
    if (rc == RC_OK)
        rc = put_list(&l, self, &v, k_best, out, e);
    lister_close(&l);
    vec_free(&v);
    return rc;
}
