/* An expert is his items: results grouped by person and unit. For a need the items' scores,
 * sorted, are summed as s_i 0.7^i (docs/matching.md, yardstick B). */
#include "base/buf.h"
#include "base/map.h"
#include "service/matching_int.h"

#include <math.h>
#include <stdlib.h>

#define DECAY 0.7
#define SHOWN 0.5 /* of the sum is put on the scale of single results */

struct person {
    struct str name, unit;
    uint32_t first, n; /* of item */
};

struct expert_list {
    struct expert_match *p;
    uint32_t n;
};

struct experts {
    struct arena arena;
    VEC(struct person) person;
    uint32_t *item;           /* results, person by person */
    uint32_t *owner_at;       /* [results + 1] into owner */
    VEC(uint32_t) owner;      /* persons of each result */
    struct expert_list *list; /* [needs] */
};

/* Cut the next name off a list of names: 、，,;；/| and line breaks stand between them. A blank
 * does not: it stands inside Latin names. */
static bool next_name(struct str *rest, struct str *name)
{
    while (rest->n) {
        size_t i = 0, from = 0;
        bool cut = false;
        while (i < rest->n && !cut) {
            from = i;
            uint32_t c = utf8_next(*rest, &i);
            cut = c == ',' || c == ';' || c == '/' || c == '|' || c == '\n' || c == 0x3001 ||
                  c == 0xFF0C || c == 0xFF1B || c == 0xFF0F;
        }
        *name = str_trim(str_sub(*rest, 0, cut ? from : rest->n));
        *rest = str_sub(*rest, i, rest->n);
        if (name->n)
            return true;
    }
    return false;
}

static enum rc person_of(struct experts *x, struct strmap *known, struct str name, struct str unit,
                         uint32_t *out, struct err *e)
{
    struct buf key;
    buf_init(&key, 1u << 22);
    enum rc rc = buf_str(&key, name, e);
    if (rc == RC_OK)
        rc = buf_char(&key, 0, e);
    if (rc == RC_OK)
        rc = buf_str(&key, unit, e);
    const uint32_t *at = rc == RC_OK ? strmap_get(known, buf_view(&key)) : NULL;
    if (rc == RC_OK && !at) {
        struct str kept = arena_str(&x->arena, buf_view(&key));
        struct person p = {name, unit, 0, 0};
        at = kept.p ? strmap_put(known, kept, (uint32_t)x->person.n) : NULL;
        rc = at ? vec_push(&x->person, p, e) : err_nomem(e);
    }
    if (rc == RC_OK)
        *out = *at;
    buf_free(&key);
    return rc;
}

static enum rc add_item(struct experts *x, struct strmap *known, const struct collection *c,
                        enum field names, uint32_t i, struct err *e)
{
    struct item it = collection_item(c, i);
    struct str rest = it.field[names], name;
    size_t first = x->owner.n;
    while (next_name(&rest, &name)) {
        uint32_t p;
        TRY(person_of(x, known, name, it.field[FIELD_ORG], &p, e));
        bool twice = false;
        for (size_t k = first; k < x->owner.n; k++)
            twice = twice || x->owner.p[k] == p;
        if (twice)
            continue;
        TRY(vec_push(&x->owner, p, e));
        x->person.p[p].n++;
    }
    x->owner_at[i + 1] = (uint32_t)x->owner.n;
    return RC_OK;
}

static enum rc list_items(struct experts *x, uint32_t results, struct err *e)
{
    x->item = mem_alloc(x->owner.n * sizeof *x->item);
    if (!x->item)
        return err_nomem(e);
    uint32_t sum = 0;
    for (size_t p = 0; p < x->person.n; p++) {
        x->person.p[p].first = sum;
        sum += x->person.p[p].n;
        x->person.p[p].n = 0;
    }
    for (uint32_t i = 0; i < results; i++)
        for (uint32_t k = x->owner_at[i]; k < x->owner_at[i + 1]; k++) {
            struct person *p = &x->person.p[x->owner.p[k]];
            x->item[p->first + p->n++] = i;
        }
    return RC_OK;
}

static enum rc add_all(struct experts *x, const struct collection *c, enum field names,
                       struct err *e)
{
    struct strmap known = {0};
    enum rc rc = RC_OK;
    for (uint32_t i = 0; rc == RC_OK && i < collection_count(c); i++)
        rc = add_item(x, &known, c, names, i, e);
    strmap_free(&known);
    return rc;
}

/* Where no row names a person the rows are persons: their title is their name. */
enum rc experts_open(struct matching *m, struct err *e)
{
    uint32_t n = collection_count(m->results);
    struct experts *x = m->experts = mem_calloc(1, sizeof *x);
    if (!x)
        return err_nomem(e);
    x->owner_at = mem_calloc((size_t)n + 1, sizeof *x->owner_at);
    x->list = mem_calloc(collection_count(m->needs), sizeof *x->list);
    if (!x->owner_at || !x->list)
        return err_nomem(e);
    enum rc rc = add_all(x, m->results, FIELD_PERSON, e);
    if (rc == RC_OK && !x->person.n)
        rc = add_all(x, m->results, FIELD_TITLE, e);
    return rc == RC_OK ? list_items(x, n, e) : rc;
}

/* ---- scoring ---- */

struct tally {
    double score, next; /* so far; the weight of the next item */
    uint32_t n;
    struct hit item[EXPERT_ITEMS];
};

/* Hits come best first, so every expert's items arrive sorted. */
static void tally_hits(const struct experts *x, const struct hit *hit, uint32_t n, struct tally *t)
{
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t k = x->owner_at[hit[i].id]; k < x->owner_at[hit[i].id + 1]; k++) {
            struct tally *p = &t[x->owner.p[k]];
            p->next = p->n ? p->next * DECAY : 1;
            p->score += fmax(hit[i].score, 0) * p->next;
            if (p->n < EXPERT_ITEMS)
                p->item[p->n] = hit[i];
            p->n++;
        }
    }
}

static enum rc best_experts(struct matching *m, uint32_t need, const struct tally *t, struct err *e)
{
    const struct experts *x = m->experts;
    uint32_t k = MIN(m->options.k, (uint32_t)x->person.n);
    struct hit *best = mem_alloc(k * sizeof *best);
    struct expert_match *list = mem_calloc(k, sizeof *list);
    if (!best || !list) {
        mem_free(best);
        mem_free(list);
        return err_nomem(e);
    }
    struct topk top = {best, k, 0};
    for (uint32_t p = 0; p < x->person.n; p++)
        if (t[p].score > 0 && match_scale(t[p].item[0].score) >= m->options.min_score)
            topk_push(&top, (struct hit){t[p].score, p});
    topk_sort(&top);
    for (uint32_t i = 0; i < top.n; i++) {
        const struct tally *p = &t[best[i].id];
        double score = match_scale(best[i].score * SHOWN);
        double strongest = match_scale(p->item[0].score);
        struct expert_match *to = &list[i];
        *to = (struct expert_match){
            best[i].id, score, strongest >= MATCH_CREDIBLE, MIN(p->n, EXPERT_ITEMS), {{0}}};
        for (uint32_t j = 0; j < to->n; j++) {
            double s = match_scale(p->item[j].score);
            to->item[j] = (struct match){p->item[j].id, s, s >= MATCH_CREDIBLE};
        }
    }
    mem_free(best);
    x->list[need] = (struct expert_list){list, top.n};
    return RC_OK;
}

enum rc experts_round(struct matching *m, uint32_t first, uint32_t n, const struct hit *hit,
                      const uint32_t *count, struct err *e)
{
    const struct experts *x = m->experts;
    struct tally *t = mem_alloc(x->person.n * sizeof *t);
    if (!t)
        return err_nomem(e);
    enum rc rc = RC_OK;
    for (uint32_t i = 0; rc == RC_OK && i < n; i++) {
        for (size_t p = 0; p < x->person.n; p++)
            t[p] = (struct tally){0};
        tally_hits(x, hit + (size_t)i * m->pool, count[i], t);
        rc = best_experts(m, first + i, t, e);
    }
    mem_free(t);
    return rc;
}

void experts_close(struct matching *m, uint32_t needs)
{
    struct experts *x = m->experts;
    if (!x)
        return;
    for (uint32_t i = 0; x->list && i < needs; i++)
        mem_free(x->list[i].p);
    mem_free(x->list);
    mem_free(x->item);
    mem_free(x->owner_at);
    vec_free(&x->owner);
    vec_free(&x->person);
    arena_free(&x->arena);
    mem_free(x);
}

uint32_t matching_experts(const struct matching *m)
{
    return m->experts ? (uint32_t)m->experts->person.n : 0;
}

struct expert matching_expert(const struct matching *m, uint32_t expert)
{
    const struct person *p = &m->experts->person.p[expert];
    return (struct expert){p->name, p->unit, m->experts->item + p->first, p->n};
}

uint32_t matching_experts_of(const struct matching *m, uint32_t need,
                             const struct expert_match **out)
{
    *out = m->experts->list[need].p;
    return m->experts->list[need].n;
}
