#include "news/news_int.h"

enum { NEWS_MAX = 512 * 1024 }; /* bytes of an article that are read; news is far shorter */

static enum rc read_page(struct page *p)
{
    TRY(page_open(p));
    TRY(mentions_find(p));
    TRY(orgs_resolve(p));
    TRY(people_find(p));
    orgs_roles(p);
    TRY(amounts_find(p));
    TRY(dates_find(p));
    actors_find(p);
    TRY(facts_find(p));
    TRY(parties_finish(p));
    return news_judge(p);
}

enum rc news_read(struct news *out, const struct article *x, const struct news_tables *t,
                  struct arena *a, struct err *e)
{
    struct article head = *x;
    head.text = str_sub(x->text, 0, NEWS_MAX);
    *out = (struct news){.event_type = "none", .event_date = STR(""), .event_date_end = STR("")};
    struct page p = {.t = t, .x = &head, .out = out, .a = a, .e = e};
    enum rc rc = read_page(&p);
    for (size_t i = 0; i < p.org.n; i++)
        vec_free(&p.org.p[i].alias);
    vec_free(&p.org);
    page_close(&p);
    if (rc != RC_OK)
        news_release(out);
    return rc;
}

void news_release(struct news *n)
{
    for (size_t i = 0; i < n->party.n; i++) {
        vec_free(&n->party.p[i].alias);
        vec_free(&n->party.p[i].at);
    }
    vec_free(&n->party);
    vec_free(&n->person);
    vec_free(&n->fact);
    vec_free(&n->area);
}
