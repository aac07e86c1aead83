#include "service/engine_int.h"

#include <stdlib.h>

/* ---- places ---- */

static bool same_text(struct match_text a, struct match_text b)
{
    return a.title == b.title && str_eq(a.text, b.text);
}

static bool is_looked(const struct doc *d, unsigned face)
{
    return face ? d->visible : d->search_masked;
}

static void leave(struct table *t, uint32_t *slot_of, uint32_t *place)
{
    if (*place == NO_PLACE)
        return;
    slot_of[*place] = NO_PLACE;
    *place = NO_PLACE;
    t->n_changed++;
}

/* Give up the places of the base where its text is another now; `d` NULL: all. */
static void leave_places(struct table *t, struct slot *s, const struct doc *d)
{
    const struct doc *old = s->doc;
    bool same = old && d && same_text(old->match[0], d->match[0]);
    if (!same && old) {
        leave(t, t->offer_slot[old->kind->index], &s->offer);
        leave(t, t->need_slot, &s->need);
    }
    for (unsigned f = 0; f < 2; f++)
        if (!d || !old || !is_looked(d, f) || !same_text(old->search[f], d->search[f]))
            leave(t, t->look_slot[f], &s->look[f]);
}

static void changed_clear(struct changed *c)
{
    offered_close(c->offered);
    vec_free(&c->look[0]);
    vec_free(&c->look[1]);
    *c = (struct changed){.slot = NO_PLACE};
}

static bool is_at_home(const struct slot *s)
{
    const struct doc *d = s->doc;
    if (d->kind->side == MATCH_OFFER && s->offer == NO_PLACE)
        return false;
    if (d->kind->side == MATCH_NEED && s->need == NO_PLACE)
        return false;
    return (s->look[0] != NO_PLACE || !is_looked(d, 0)) &&
           (s->look[1] != NO_PLACE || !is_looked(d, 1));
}

/* What the base does not hold of a doc. */
static enum rc make_changed(const struct table *t, uint32_t slot, struct changed *c, struct err *e)
{
    const struct slot *s = &t->slot.p[slot];
    const struct doc *d = s->doc;
    c->slot = slot;
    if (d->kind->side == MATCH_OFFER && s->offer == NO_PLACE)
        TRY(offered_open(&c->offered, t->base->offers[d->kind->index].matcher, d->match[0], e));
    for (unsigned f = 0; f < 2; f++)
        if (is_looked(d, f) && s->look[f] == NO_PLACE)
            TRY(base_search_vector(t->base, d->search[f], &c->look[f], e));
    return RC_OK;
}

static enum rc put_changed(struct table *t, uint32_t slot, struct err *e)
{
    struct slot *s = &t->slot.p[slot];
    struct changed c = {.slot = NO_PLACE};
    if (s->delta != NO_PLACE)
        changed_clear(&t->delta.p[s->delta]);
    if (is_at_home(s))
        return RC_OK;
    enum rc rc = make_changed(t, slot, &c, e);
    if (rc == RC_OK && s->delta == NO_PLACE) {
        rc = vec_push(&t->delta, c, e);
        if (rc == RC_OK) {
            s->delta = (uint32_t)t->delta.n - 1;
            t->n_changed++;
        }
    } else if (rc == RC_OK) {
        t->delta.p[s->delta] = c;
    }
    if (rc != RC_OK)
        changed_clear(&c);
    return rc;
}

/* ---- who speaks for whom ---- */

static bool names(const struct doc *d, int64_t id)
{
    for (uint32_t i = 0; d && i < d->n_ref; i++)
        if (d->ref[i] == id)
            return true;
    return d && d->org == id;
}

static enum rc add_speaker(struct table *t, int64_t of, const struct doc *d, const struct doc *old,
                           struct err *e)
{
    if (!of || of == d->id || names(old, of))
        return RC_OK;
    uint32_t *at = map_put(&t->spoken, (uint64_t)of, (uint32_t)t->speaker.n);
    if (!at)
        return err_nomem(e);
    vec_id none = {0};
    if (*at == t->speaker.n)
        TRY(vec_push(&t->speaker, none, e));
    vec_id *v = &t->speaker.p[*at];
    for (size_t i = 0; old && i < v->n; i++)
        if (v->p[i] == d->id)
            return RC_OK;
    return vec_push(v, d->id, e);
}

static enum rc add_speakers(struct table *t, const struct doc *d, const struct doc *old,
                            struct err *e)
{
    if (d->kind->side != MATCH_OFFER)
        return RC_OK;
    for (uint32_t i = 0; i < d->n_ref; i++)
        TRY(add_speaker(t, d->ref[i], d, old, e));
    return add_speaker(t, d->org, d, old, e);
}

const vec_id *table_speakers(const struct table *t, int64_t id)
{
    const uint32_t *at = map_get(&t->spoken, (uint64_t)id);
    return at ? &t->speaker.p[*at] : NULL;
}

bool doc_names(const struct doc *d, int64_t id)
{
    return d->id != id && names(d, id);
}

/* ---- records ---- */

struct doc *table_doc(const struct table *t, int64_t id)
{
    const uint32_t *at = map_get(&t->at, (uint64_t)id);
    return at ? t->slot.p[*at].doc : NULL;
}

static enum rc slot_of(struct table *t, int64_t id, uint32_t *out, struct err *e)
{
    struct slot s = {NULL, NO_PLACE, NO_PLACE, {NO_PLACE, NO_PLACE}, NO_PLACE};
    TRY(vec_reserve(&t->slot, 1, e));
    uint32_t *at = map_put(&t->at, (uint64_t)id, (uint32_t)t->slot.n);
    if (!at)
        return err_nomem(e);
    if (*at == t->slot.n)
        t->slot.p[t->slot.n++] = s;
    *out = *at;
    return RC_OK;
}

static bool same_title(const struct doc *a, const struct doc *b)
{
    for (int f = 0; f < 2; f++)
        if (!str_eq(str_sub(a->search[f].text, 0, a->search[f].title),
                    str_sub(b->search[f].text, 0, b->search[f].title)))
            return false;
    return true;
}

enum rc table_put(struct table *t, struct doc *d, struct err *e)
{
    uint32_t slot = 0;
    enum rc rc = slot_of(t, d->id, &slot, e);
    if (rc == RC_OK)
        rc = add_speakers(t, d, t->slot.p[slot].doc, e);
    if (rc != RC_OK) {
        doc_drop(d);
        return rc;
    }
    struct slot *s = &t->slot.p[slot];
    struct doc *old = s->doc;
    if (t->base)
        leave_places(t, s, d);
    s->doc = d;
    bool called = old && same_title(old, d);
    doc_drop(old);
    if (!called)
        TRY(titles_add(t, slot, e));
    return t->base ? put_changed(t, slot, e) : RC_OK;
}

void table_remove(struct table *t, int64_t id)
{
    const uint32_t *at = map_get(&t->at, (uint64_t)id);
    struct slot *s = at ? &t->slot.p[*at] : NULL;
    if (!s || !s->doc)
        return;
    if (t->base)
        leave_places(t, s, NULL);
    if (s->delta != NO_PLACE)
        changed_clear(&t->delta.p[s->delta]);
    doc_drop(s->doc);
    s->doc = NULL;
}

static int doc_by_id(const void *x, const void *y)
{
    const struct doc *a = *(struct doc *const *)x, *b = *(struct doc *const *)y;
    return (a->id > b->id) - (a->id < b->id);
}

enum rc table_docs(const struct table *t, struct doc ***out, uint32_t *n, struct err *e)
{
    struct doc **v = mem_alloc(t->slot.n * sizeof(struct doc *));
    if (!v)
        return err_nomem(e);
    *n = 0;
    for (size_t i = 0; i < t->slot.n; i++)
        if (t->slot.p[i].doc)
            v[(*n)++] = doc_keep(t->slot.p[i].doc);
    if (*n)
        qsort(v, *n, sizeof(struct doc *), doc_by_id);
    *out = v;
    return RC_OK;
}

/* ---- another base ---- */

struct places {
    uint32_t **offer, *need, *look[2], n_kinds;
};

static void places_free(struct places *p)
{
    for (uint32_t k = 0; p->offer && k < p->n_kinds; k++)
        mem_free(p->offer[k]);
    mem_free(p->offer);
    mem_free(p->need);
    mem_free(p->look[0]);
    mem_free(p->look[1]);
}

static enum rc places_make(struct places *p, const struct base *b, struct err *e)
{
    *p = (struct places){.n_kinds = b->n_kinds};
    p->offer = mem_calloc(b->n_kinds, sizeof *p->offer);
    p->need = mem_alloc(b->n_needs * sizeof *p->need);
    p->look[0] = mem_alloc(b->lookup[0].n * sizeof(uint32_t));
    p->look[1] = mem_alloc(b->lookup[1].n * sizeof(uint32_t));
    bool room = p->offer && p->need && p->look[0] && p->look[1];
    for (uint32_t k = 0; room && k < b->n_kinds; k++) {
        p->offer[k] = mem_alloc(b->offers[k].n * sizeof(uint32_t));
        room = p->offer[k] != NULL;
    }
    if (room)
        return RC_OK;
    places_free(p);
    return err_nomem(e);
}

/* The slot where `d` still says what it said when the base was made, or NO_PLACE. */
static uint32_t slot_as(const struct table *t, const struct doc *d, int look)
{
    const uint32_t *at = map_get(&t->at, (uint64_t)d->id);
    const struct doc *now = at ? t->slot.p[*at].doc : NULL;
    if (now == d)
        return *at;
    if (!now || now->kind != d->kind)
        return NO_PLACE;
    if (look < 0)
        return same_text(d->match[0], now->match[0]) ? *at : NO_PLACE;
    bool same = is_looked(now, (unsigned)look) && same_text(d->search[look], now->search[look]);
    return same ? *at : NO_PLACE;
}

static void settle(struct table *t, struct doc *const *doc, uint32_t n, int look, uint32_t *slot)
{
    for (uint32_t i = 0; i < n; i++) {
        slot[i] = slot_as(t, doc[i], look);
        t->n_changed += slot[i] == NO_PLACE;
        if (slot[i] == NO_PLACE)
            continue;
        struct slot *s = &t->slot.p[slot[i]];
        if (look >= 0)
            s->look[look] = i;
        else if (doc[i]->kind->side == MATCH_NEED)
            s->need = i;
        else
            s->offer = i;
    }
}

static void forget_base(struct table *t)
{
    struct places p = {t->offer_slot,
                       t->need_slot,
                       {t->look_slot[0], t->look_slot[1]},
                       t->base ? t->base->n_kinds : 0};
    places_free(&p);
    for (size_t i = 0; i < t->delta.n; i++)
        changed_clear(&t->delta.p[i]);
    t->delta.n = 0;
    t->n_changed = 0;
    for (size_t i = 0; i < t->slot.n; i++) {
        struct slot *s = &t->slot.p[i];
        s->offer = s->need = s->look[0] = s->look[1] = s->delta = NO_PLACE;
    }
    base_close(t->base);
    t->base = NULL;
}

enum rc table_attach(struct table *t, struct base *b, struct err *e)
{
    struct places p;
    enum rc rc = places_make(&p, b, e);
    if (rc != RC_OK) {
        base_close(b);
        return rc;
    }
    forget_base(t);
    t->base = b;
    t->offer_slot = p.offer;
    t->need_slot = p.need;
    t->look_slot[0] = p.look[0];
    t->look_slot[1] = p.look[1];
    for (uint32_t k = 0; k < b->n_kinds; k++)
        settle(t, b->offers[k].doc, b->offers[k].n, -1, p.offer[k]);
    settle(t, b->need, b->n_needs, -1, p.need);
    for (int f = 0; f < 2; f++)
        settle(t, b->lookup[f].doc, b->lookup[f].n, f, p.look[f]);
    for (uint32_t i = 0; i < t->slot.n; i++)
        if (t->slot.p[i].doc)
            TRY(put_changed(t, i, e));
    return RC_OK;
}

void table_close(struct table *t)
{
    forget_base(t);
    for (size_t i = 0; i < t->slot.n; i++)
        doc_drop(t->slot.p[i].doc);
    for (size_t i = 0; i < t->speaker.n; i++)
        vec_free(&t->speaker.p[i]);
    vec_free(&t->speaker);
    vec_free(&t->slot);
    vec_free(&t->delta);
    vec_free(&t->decision);
    vec_free(&t->titled);
    map_free(&t->at);
    map_free(&t->title);
    map_free(&t->spoken);
    map_free(&t->pair);
    *t = (struct table){0};
}

/* ---- decisions ---- */

static uint64_t pair_key(int64_t need, int64_t offer)
{
    return mix64(mix64((uint64_t)need) + (uint64_t)offer);
}

/* Of several on one pair the newest counts. */
enum rc table_decide(struct table *t, struct decision d, struct err *e)
{
    TRY(vec_reserve(&t->decision, 1, e));
    uint32_t *at = map_put(&t->pair, pair_key(d.need, d.offer), (uint32_t)t->decision.n);
    if (!at)
        return err_nomem(e);
    if (*at == t->decision.n)
        t->decision.p[t->decision.n++] = d;
    else if (t->decision.p[*at].id <= d.id || t->decision.p[*at].id == 0)
        t->decision.p[*at] = d;
    return RC_OK;
}

void table_undecide(struct table *t, int64_t id)
{
    for (size_t i = 0; i < t->decision.n; i++)
        if (t->decision.p[i].id == id)
            t->decision.p[i].id = 0;
}

const struct decision *table_decision(const struct table *t, int64_t need, int64_t offer)
{
    const uint32_t *at = map_get(&t->pair, pair_key(need, offer));
    const struct decision *d = at ? &t->decision.p[*at] : NULL;
    return d && d->id && d->need == need && d->offer == offer ? d : NULL;
}
