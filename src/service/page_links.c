/* Whom a page names: organisations and people on record. Certain where the full name is the same,
 * or a short name that one full name holds (known.h); a person, where the name is the same and the
 * organisation is theirs. What is less certain is offered, and never taken by itself. */
#include "service/pages_int.h"

#include <stdlib.h>

struct linking {
    struct site *s;
    struct tx *tx;
    const struct actor *a;
    const struct rec *page;
    struct arena *to;
    const struct known *known;
};

static int64_t id_of(struct str s)
{
    int64_t id = 0;
    for (size_t i = 0; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++)
        id = id * 10 + (s.p[i] - '0');
    return id;
}

/* A candidate that the actor may see. */
static enum rc add_choice(struct linking *l, struct page_link *link, const struct kind *k,
                          int64_t id, struct err *e)
{
    struct viewed v;
    for (uint32_t i = 0; i < link->n; i++)
        if (link->choice[i].id == id)
            return RC_OK;
    if (link->n == LINK_CHOICES)
        return RC_OK;
    TRY(view_get(l->tx, l->a, k, id, l->to, &v, e));
    if (v.found)
        link->choice[link->n++] = (struct link_choice){.id = id, .title = rec_title(&v.rec)};
    return RC_OK;
}

/* One choice alone is it, where it is certain. */
static void settle(struct page_link *link, bool certain)
{
    if (!link->n)
        return;
    link->state = certain && link->n == 1 ? LINK_SURE : LINK_DOUBT;
    link->id = link->state == LINK_SURE ? link->choice[0].id : 0;
    link->title = link->state == LINK_SURE ? link->choice[0].title : STR("");
}

/* What a person has decided; false: nothing. */
static enum rc decided(struct linking *l, const char *group, uint32_t row, const char *ref,
                       struct page_link *link, bool *is, struct err *e)
{
    struct str choice = row_text(l->page, group, row, "choice");
    int64_t id = row_num(l->page, group, row, ref, 0);
    struct viewed v;
    *is = choice.n > 0;
    link->chosen = *is;
    link->wrong = str_eq(choice, STR("wrong"));
    if (str_eq(choice, STR("new")))
        link->state = LINK_NEW;
    if (!str_eq(choice, STR("linked")) || !id)
        return RC_OK;
    TRY(view_get(l->tx, l->a, NULL, id, l->to, &v, e));
    link->state = v.found ? LINK_SURE : LINK_NONE;
    link->id = v.found ? id : 0;
    link->title = v.found ? rec_title(&v.rec) : STR("");
    return RC_OK;
}

/* The organisation of exactly this name, one made in this transaction included. */
static enum rc by_name(struct linking *l, struct str name, struct page_link *link, struct err *e)
{
    const struct kind *k = kind_find(l->s->kinds, STR("org"));
    vec_id ids = {0};
    if (!k || !name.n)
        return RC_OK;
    enum rc rc = store_by_title(l->tx, k, name, &ids, e);
    for (size_t i = 0; rc == RC_OK && i < ids.n; i++)
        rc = add_choice(l, link, k, ids.p[i], e);
    vec_free(&ids);
    settle(link, true);
    return rc;
}

static enum rc fill_party(struct linking *l, uint32_t row, struct news_party *p, struct err *e)
{
    struct str all = row_text(l->page, "parties", row, "aliases"), kind;
    kind = arena_str(l->to, row_text(l->page, "parties", row, "type"));
    *p = (struct news_party){.name = row_text(l->page, "parties", row, "name"), .kind = kind.p};
    if (!kind.p)
        return err_nomem(e);
    for (size_t at = 0; at < all.n;) {
        size_t end = MIN(str_find(all, STR("、"), at), all.n);
        TRY(vec_push(&p->alias, str_sub(all, at, end), e));
        at = end + strlen("、");
    }
    return RC_OK;
}

static enum rc find_org(struct linking *l, uint32_t row, struct page_link *link, struct err *e)
{
    const struct kind *k = kind_find(l->s->kinds, STR("org"));
    struct known_link found = {0};
    struct news_party p = {0};
    enum rc rc = k ? fill_party(l, row, &p, e) : view_missing(e);
    if (rc == RC_OK)
        rc = known_find(l->known, &p, &found, e);
    for (uint32_t i = 0; rc == RC_OK && i < found.n; i++)
        rc = add_choice(l, link, k, id_of(known_at(l->known, found.org[i]).id), e);
    vec_free(&p.alias);
    settle(link, found.by != KNOWN_DOUBT);
    return rc;
}

static enum rc link_party(struct linking *l, uint32_t row, struct page_link *link, struct err *e)
{
    struct str name = row_text(l->page, "parties", row, "name");
    bool is;
    TRY(decided(l, "parties", row, "org", link, &is, e));
    if (is && link->state != LINK_NEW)
        return RC_OK;
    TRY(by_name(l, name, link, e));
    if (link->state == LINK_SURE || is)
        return RC_OK;
    TRY(find_org(l, row, link, e));
    if (link->state == LINK_NONE && name.n)
        link->state = LINK_NEW;
    return RC_OK;
}

/* ---- people ---- */

static bool is_unit(const struct rec *person, int64_t org)
{
    uint32_t f = field_find(person->kind, STR("units"));
    return org && f != NO_FIELD &&
           (val_holds_ref(&person->kind->field[f], &person->val[f], org) || person->org == org);
}

static enum rc about_person(struct linking *l, struct link_choice *c, const struct rec *person,
                            struct err *e)
{
    uint32_t f = field_find(person->kind, STR("units"));
    struct viewed v;
    if (f == NO_FIELD || !person->val[f].set || !person->kind->field[f].list ||
        !person->val[f].list.n)
        return RC_OK;
    TRY(view_get(l->tx, l->a, NULL, person->val[f].list.item[0].num, l->to, &v, e));
    c->about = v.found ? rec_title(&v.rec) : STR("");
    return RC_OK;
}

/* Those of the name whose unit it is, or, where there are none, all of the name, in doubt. */
static enum rc people_called(struct linking *l, const vec_id *ids, int64_t org, bool at_home,
                             struct page_link *link, struct err *e)
{
    const struct kind *k = kind_find(l->s->kinds, STR("person"));
    struct viewed v;
    for (size_t i = 0; i < ids->n && link->n < LINK_CHOICES; i++) {
        TRY(view_get(l->tx, l->a, k, ids->p[i], l->to, &v, e));
        if (!v.found || (at_home && !is_unit(&v.rec, org)))
            continue;
        struct link_choice *c = &link->choice[link->n++];
        *c = (struct link_choice){.id = v.rec.id, .title = rec_title(&v.rec)};
        TRY(about_person(l, c, &v.rec, e));
    }
    settle(link, at_home);
    return RC_OK;
}

static enum rc link_person(struct linking *l, uint32_t row, const struct links *all,
                           struct page_link *link, struct err *e)
{
    const struct kind *k = kind_find(l->s->kinds, STR("person"));
    struct str name = row_text(l->page, "people", row, "name");
    uint32_t party = party_named(l->page, row_text(l->page, "people", row, "org"));
    int64_t org = party < all->n_parties ? all->party[party].id : 0;
    vec_id ids = {0};
    bool is;
    TRY(decided(l, "people", row, "person", link, &is, e));
    if ((is && link->state != LINK_NEW) || !k || !name.n)
        return RC_OK;
    enum rc rc = store_by_title(l->tx, k, name, &ids, e);
    if (rc == RC_OK)
        rc = people_called(l, &ids, org, true, link, e);
    if (rc == RC_OK && !link->n && !is)
        rc = people_called(l, &ids, org, false, link, e);
    vec_free(&ids);
    return rc;
}

/* ---- all ---- */

uint32_t party_named(const struct rec *page, struct str name)
{
    uint32_t n = rows_of(page, "parties");
    for (uint32_t i = 0; name.n && i < n; i++)
        if (str_eq(row_text(page, "parties", i, "name"), name))
            return i;
    for (uint32_t i = 0; name.n && i < n; i++) {
        struct str all = row_text(page, "parties", i, "aliases");
        for (size_t at = 0; at < all.n;) {
            size_t end = MIN(str_find(all, STR("、"), at), all.n);
            if (str_eq(str_sub(all, at, end), name))
                return i;
            at = end + strlen("、");
        }
    }
    return UINT32_MAX;
}

static enum rc link_all(struct linking *l, struct links *out, struct err *e)
{
    for (uint32_t i = 0; i < out->n_parties; i++)
        TRY(link_party(l, i, &out->party[i], e));
    for (uint32_t i = 0; i < out->n_people; i++)
        TRY(link_person(l, i, out, &out->person[i], e));
    return RC_OK;
}

enum rc links_find(struct site *s, struct tx *tx, const struct actor *a, const struct rec *page,
                   bool writing, struct arena *to, struct links *out, struct err *e)
{
    struct linking l = {.s = s, .tx = tx, .a = a, .page = page, .to = to};
    *out =
        (struct links){.n_parties = rows_of(page, "parties"), .n_people = rows_of(page, "people")};
    out->party = arena_calloc(to, out->n_parties + 1, sizeof *out->party);
    out->person = arena_calloc(to, out->n_people + 1, sizeof *out->person);
    if (!out->party || !out->person)
        return err_nomem(e);
    TRY(newsroom_known(s, tx, writing, &l.known, e));
    enum rc rc = link_all(&l, out, e);
    newsroom_done(s, l.known);
    return rc;
}

/* ---- what a person says ---- */

struct choosing {
    const struct actor *a;
    const struct page_choice *c;
    uint32_t n;
    struct arena *to;
};

static struct val *cell_of(struct rec *r, const char *group, uint32_t row, const char *sub)
{
    uint32_t f = field_find(r->kind, str_of(group));
    if (f == NO_FIELD || !r->val[f].set || row >= r->val[f].list.n)
        return NULL;
    return val_sub_at(&r->kind->field[f], &r->val[f].list.item[row], sub);
}

static enum rc choose(struct choosing *x, struct site *s, struct tx *tx, struct rec *page,
                      const struct page_choice *c, struct err *e)
{
    const char *group = c->person ? "people" : "parties", *ref = c->person ? "person" : "org";
    const struct kind *k = kind_find(s->kinds, str_of(ref));
    struct val *choice = cell_of(page, group, c->i, "choice"),
               *id = cell_of(page, group, c->i, ref);
    bool linked = str_eq(c->choice, STR("linked"));
    struct viewed v = {0};
    if (!choice || !id || !k)
        return err_user(e, "news.choice", "%u", c->i);
    if (linked)
        TRY(view_get(tx, x->a, k, c->id, x->to, &v, e));
    if (linked && !v.found)
        return err_user(e, "news.choice", "%u", c->i);
    *choice = (struct val){.set = c->choice.n > 0, .text = c->choice};
    *id = (struct val){.set = linked, .num = linked ? c->id : 0};
    return RC_OK;
}

static enum rc choose_all(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct choosing *x = ctx;
    const struct kind *k = kind_find(s->kinds, STR("page"));
    vec_fault faults = {0};
    struct viewed v;
    TRY(view_get(tx, x->a, k, x->c[0].page, x->to, &v, e));
    if (!k || !v.found || v.face != FACE_FULL)
        return view_missing(e);
    v.full.version = x->c[0].version;
    struct rec *page = record_copy(&v.full, x->to);
    if (!page)
        return err_nomem(e);
    for (uint32_t i = 0; i < x->n; i++)
        TRY(choose(x, s, tx, page, &x->c[i], e));
    enum rc rc = record_save_computed_in(s, tx, x->a, page, STR(""), x->to, &faults, e);
    vec_free(&faults);
    return rc;
}

enum rc page_choose(struct site *s, const struct actor *a, const struct page_choice *c, uint32_t n,
                    struct arena *to, struct err *e)
{
    struct choosing x = {a, c, n, to};
    return n ? site_write(s, choose_all, &x, e) : RC_OK;
}
