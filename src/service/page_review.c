/* All that the review of a page shows: its facts, whom it names, what other pages tell the same. */
#include "service/pages_int.h"

#include <stdlib.h>

struct reviewing {
    const struct actor *a;
    int64_t id;
    struct arena *to;
    struct page_review *out;
};

static enum rc find_twins(struct site *s, struct tx *tx, struct reviewing *v, struct err *e)
{
    vec_rec facts = {0};
    enum rc rc = same_facts(s, tx, v->a, &v->out->same, v->to, &facts, e);
    for (uint32_t i = 0; rc == RC_OK && i < v->out->n_facts; i++)
        for (size_t j = 0; j < facts.n && !v->out->fact[i].twin.record; j++) {
            struct fact_twin *t = &v->out->fact[i].twin;
            if (!fact_same(&v->out->fact[i].rec, &facts.p[j]))
                continue;
            t->record = rec_num(&facts.p[j], "record", 0);
            t->page = rec_num(&facts.p[j], "page", 0);
            for (size_t k = 0; k < v->out->same.n; k++)
                if (v->out->same.p[k].id == t->page)
                    t->page_title = rec_title(&v->out->same.p[k]);
        }
    vec_free(&facts);
    return rc;
}

/* The party that must be decided before the fact can be accepted. */
static uint32_t in_doubt(const struct page_fact *f, const struct rec *page, const struct links *l)
{
    uint32_t first, second;
    if (str_eq(rec_text(&f->rec, "target"), STR("note")) || f->twin.record)
        return UINT32_MAX;
    for (uint32_t i = 0; str_eq(rec_text(&f->rec, "target"), STR("event")) && i < l->n_parties; i++)
        if (l->party[i].state == LINK_DOUBT)
            return i;
    fact_parties(&f->rec, page, l, &first, &second);
    if (first < l->n_parties && l->party[first].state == LINK_DOUBT)
        return first;
    return second < l->n_parties && l->party[second].state == LINK_DOUBT ? second : UINT32_MAX;
}

static void judge_facts(struct site *s, struct reviewing *v, const struct links *l)
{
    bool event = false;
    for (uint32_t i = 0; i < v->out->n_facts; i++) {
        const struct rec *r = &v->out->fact[i].rec;
        if (str_eq(rec_text(r, "type"), STR("event")))
            event |= rec_is(r, "accepted") || (rec_is(r, "proposed") && saving_val(r, "day"));
    }
    for (uint32_t i = 0; i < v->out->n_facts; i++) {
        struct page_fact *f = &v->out->fact[i];
        f->writes = fact_writes(s, &f->rec);
        f->about = rec_title(&f->rec);
        f->doubt = UINT32_MAX;
        if (!rec_is(&f->rec, "proposed"))
            continue;
        f->doubt = in_doubt(f, &v->out->page.rec, l);
        if (!f->twin.record)
            f->n_missing = fact_missing(&f->rec, &v->out->page.rec, event, f->missing);
    }
}

static int by_place(const void *p, const void *q)
{
    const struct page_fact *a = p, *b = q;
    bool event = str_eq(rec_text(&a->rec, "type"), STR("event"));
    bool other = str_eq(rec_text(&b->rec, "type"), STR("event"));
    if (event != other)
        return event ? -1 : 1;
    int64_t x = rec_num(&a->rec, "from", 0), y = rec_num(&b->rec, "from", 0);
    if (x != y)
        return x < y ? -1 : 1;
    return (a->rec.id > b->rec.id) - (a->rec.id < b->rec.id);
}

static enum rc take_facts(struct reviewing *v, const vec_rec *all, struct err *e)
{
    v->out->fact = arena_calloc(v->to, all->n + 1, sizeof *v->out->fact);
    if (!v->out->fact)
        return err_nomem(e);
    for (size_t i = 0; i < all->n; i++)
        v->out->fact[v->out->n_facts++].rec = all->p[i];
    if (all->n)
        qsort(v->out->fact, all->n, sizeof *v->out->fact, by_place);
    return RC_OK;
}

static enum rc review(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct reviewing *v = ctx;
    const struct rec *page = &v->out->page.rec;
    struct links l;
    vec_rec facts = {0};
    struct str filter = text_made(v->to, "page = %lld", (long long)v->id);
    enum rc rc = records_by(s, tx, v->a, "fact", filter, "id", v->to, &facts, e);
    if (rc == RC_OK)
        rc = take_facts(v, &facts, e);
    vec_free(&facts);
    TRY(rc);
    TRY(links_find(s, tx, v->a, page, false, v->to, &l, e));
    v->out->party = l.party;
    v->out->n_parties = l.n_parties;
    v->out->person = l.person;
    v->out->n_people = l.n_people;
    TRY(same_pages(s, tx, v->a, page, v->to, &v->out->same, e));
    TRY(find_twins(s, tx, v, e));
    judge_facts(s, v, &l);
    return RC_OK;
}

enum rc page_review(struct site *s, const struct actor *a, int64_t id, struct arena *to,
                    struct page_review *out, struct err *e)
{
    struct reviewing v = {a, id, to, out};
    const struct kind *k = kind_find(s->kinds, STR("page"));
    *out = (struct page_review){0};
    if (!k)
        return view_missing(e);
    TRY(record_show(s, a, k, id, to, &out->page, e));
    enum rc rc = site_read(s, review, &v, e);
    if (rc != RC_OK)
        vec_free(&out->same);
    return rc;
}
