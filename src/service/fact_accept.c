/* Accepting a fact writes the records in its own transaction: the event first, where the page tells
 * its day, organisations that nobody has on record, then the record itself, each with its sentence
 * in `sources`. What another page of the event has told already gets a further sentence instead. */
#include "service/pages_int.h"

#include <stdio.h>

struct accepting {
    struct saving *x; /* of the fact that was clicked */
    const struct rec *page;
    struct links links;
};

/* ---- writing ---- */

/* A record of the actor's own making, checked and put; faults become one error. */
static enum rc put_new(struct saving *x, struct rec *r, vec_fault *faults, struct err *e)
{
    struct saving own = {x->s, x->tx, x->a, x->to, NULL, r, NULL, faults, false};
    struct by by = actor_by(x->s, x->a, STR("create"), STR(""), STR(""));
    if (!actor_may(x->a, r->kind, RIGHT_CREATE, NULL))
        return err_user(e, "service.denied", "%s", "");
    if (!faults->n)
        TRY(record_check_in(&own, e));
    if (faults->n) {
        const struct fault_at *f = &faults->p[0];
        struct str name = f->field == NO_FIELD ? STR("") : r->kind->field[f->field].name;
        return err_user(e, "news.not_written", "%.*s\t%.*s\t%s", (int)r->kind->name.n,
                        r->kind->name.p, (int)name.n, name.p, f->key);
    }
    return record_put_in(&own, &by, e);
}

enum rc fact_put_changed(struct saving *x, const struct rec *before, struct rec *r, struct err *e)
{
    vec_fault faults = {0};
    struct saving own = {x->s, x->tx, x->a, x->to, before, r, NULL, &faults, false};
    struct by by = actor_by(x->s, x->a, STR("update"), STR(""), STR(""));
    enum rc rc = record_put_in(&own, &by, e);
    vec_free(&faults);
    return rc;
}

static enum rc remember_made(struct saving *x, struct rec *fact, int64_t id, struct err *e)
{
    uint32_t f = field_find(fact->kind, STR("made"));
    if (f == NO_FIELD)
        return RC_OK;
    uint32_t n = fact->val[f].set ? fact->val[f].list.n : 0;
    struct val *item = arena_calloc(x->to, n + 1, sizeof *item);
    if (!item)
        return err_nomem(e);
    if (n)
        memcpy(item, fact->val[f].list.item, n * sizeof *item);
    item[n] = (struct val){.set = true, .num = id};
    fact->val[f].set = true;
    fact->val[f].list.item = item;
    fact->val[f].list.n = n + 1;
    return RC_OK;
}

/* ---- whom it names ---- */

static const char *org_type(struct str kind)
{
    static const char *const names[][2] = {
        {"university", "university"}, {"college", "university"}, {"enterprise", "company"},
        {"government", "government"}, {"park", "park"},          {"institute", "institute"},
        {"hospital", "hospital"},
    };
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (str_eq(kind, str_of(names[i][0])))
            return names[i][1];
    return "association";
}

static enum rc make_org(struct accepting *c, struct rec *fact, uint32_t i, struct err *e)
{
    struct saving *x = c->x;
    const struct kind *k = kind_find(x->s->kinds, STR("org"));
    struct str name = row_text(c->page, "parties", i, "name");
    vec_fault faults = {0};
    struct rec r;
    if (!k)
        return view_missing(e);
    struct typed t[] = {{k->field[k->title].name, name},
                        {STR("type"), str_of(org_type(row_text(c->page, "parties", i, "type")))}};
    TRY(rec_new(&r, k, x->to, e));
    enum rc rc = fill_in(x->s, x->tx, x->a, &r, t, 2, x->to, &faults, e);
    if (rc == RC_OK)
        rc = put_new(x, &r, &faults, e);
    vec_free(&faults);
    TRY(rc);
    c->links.party[i] = (struct page_link){.state = LINK_SURE, .id = r.id, .title = name};
    return remember_made(x, fact, r.id, e);
}

/* An organisation that the record needs is certain, or made. */
static enum rc need_party(struct accepting *c, struct rec *fact, uint32_t i, bool optional,
                          struct err *e)
{
    const struct kind *k = kind_find(c->x->s->kinds, STR("org"));
    if (i >= c->links.n_parties)
        return RC_OK;
    const struct page_link *l = &c->links.party[i];
    struct str name = text_cut(row_text(c->page, "parties", i, "name"), 60);
    if (l->wrong || l->state == LINK_SURE)
        return RC_OK;
    if (l->state == LINK_DOUBT)
        return err_user(e, "news.undecided", "%.*s", (int)name.n, name.p);
    if (l->state == LINK_NEW && k && actor_may(c->x->a, k, RIGHT_CREATE, NULL))
        return make_org(c, fact, i, e);
    return optional ? RC_OK : err_user(e, "news.new_org", "%.*s", (int)name.n, name.p);
}

static enum rc need_parties(struct accepting *c, struct rec *fact, struct err *e)
{
    uint32_t first, second;
    if (str_eq(rec_text(fact, "target"), STR("event"))) {
        for (uint32_t i = 0; i < c->links.n_parties; i++)
            TRY(need_party(c, fact, i, true, e));
        return RC_OK;
    }
    if (str_eq(rec_text(fact, "target"), STR("note")))
        return RC_OK;
    fact_parties(fact, c->page, &c->links, &first, &second);
    TRY(need_party(c, fact, first, false, e));
    return need_party(c, fact, second, false, e);
}

/* People that somebody said are to be put on record: with their organisation, where it is there. */
static enum rc make_people(struct accepting *c, struct rec *fact, struct err *e)
{
    struct saving *x = c->x;
    const struct kind *k = kind_find(x->s->kinds, STR("person"));
    for (uint32_t i = 0; k && i < c->links.n_people; i++) {
        uint32_t party = party_named(c->page, row_text(c->page, "people", i, "org"));
        int64_t org = party < c->links.n_parties ? c->links.party[party].id : 0;
        vec_fault faults = {0};
        struct rec r;
        if (c->links.person[i].state != LINK_NEW || !org)
            continue;
        struct typed t[] = {{k->field[k->title].name, row_text(c->page, "people", i, "name")},
                            {STR("units"), text_made(x->to, "#%lld", (long long)org)}};
        TRY(rec_new(&r, k, x->to, e));
        enum rc rc = fill_in(x->s, x->tx, x->a, &r, t, 2, x->to, &faults, e);
        r.org = actor_writes_all(x->a) ? org : x->a->org;
        if (rc == RC_OK)
            rc = put_new(x, &r, &faults, e);
        vec_free(&faults);
        TRY(rc);
        c->links.person[i] = (struct page_link){.state = LINK_SURE, .id = r.id};
        TRY(remember_made(x, fact, r.id, e));
    }
    return RC_OK;
}

/* ---- accepting ---- */

/* The record of an accepted fact of another page that tells the same; 0: none. */
static enum rc find_twin(struct accepting *c, const struct rec *fact, int64_t *record,
                         struct err *e)
{
    vec_rec pages = {0}, facts = {0};
    *record = 0;
    if (rec_num(fact, "separate", 0))
        return RC_OK;
    enum rc rc = same_pages(c->x->s, c->x->tx, c->x->a, c->page, c->x->to, &pages, e);
    if (rc == RC_OK)
        rc = same_facts(c->x->s, c->x->tx, c->x->a, &pages, c->x->to, &facts, e);
    for (size_t i = 0; rc == RC_OK && i < facts.n && !*record; i++)
        if (fact_same(fact, &facts.p[i]) &&
            str_eq(rec_text(fact, "target"), rec_text(&facts.p[i], "target")))
            *record = rec_num(&facts.p[i], "record", 0);
    vec_free(&facts);
    vec_free(&pages);
    return rc;
}

static struct str with_line(struct str text, struct str line, struct arena *to)
{
    if (str_find(text, line, 0) != SIZE_MAX)
        return text;
    return text_made(to, "%.*s%s%.*s", (int)text.n, text.p ? text.p : "", text.n ? "\n" : "",
                     (int)line.n, line.p);
}

/* A further sentence for a record that is there; a note is also a line of its minutes. */
static enum rc join(struct accepting *c, struct rec *fact, int64_t record, struct err *e)
{
    struct saving *x = c->x;
    struct viewed v;
    bool added, note = str_eq(rec_text(fact, "target"), STR("note"));
    TRY(view_get(x->tx, x->a, NULL, record, x->to, &v, e));
    if (!v.found)
        return view_missing(e);
    if (v.face != FACE_FULL || !actor_may_write_as(x->a, &v.full, false))
        return err_user(e, "service.denied", "%s", "");
    struct rec *r = record_copy(&v.full, x->to);
    if (!r)
        return err_nomem(e);
    TRY(source_add(r, c->page, fact, x->to, &added, e));
    if (note)
        rec_put_text(r, "minutes",
                     with_line(rec_text(r, "minutes"), rec_text(fact, "quote"), x->to));
    if (added)
        TRY(fact_put_changed(x, &v.full, r, e));
    rec_put_num(fact, "record", record);
    rec_put_num(fact, "joined", 1);
    return RC_OK;
}

static enum rc missing_error(const struct rec *fact, const uint32_t *missing, uint32_t n,
                             struct err *e)
{
    char names[200];
    size_t at = 0;
    for (uint32_t i = 0; i < n; i++)
        if (missing[i] != NO_FIELD)
            at += (size_t)snprintf(names + at, sizeof names - at, "%s%.*s", at ? "," : "",
                                   (int)MIN(fact->kind->field[missing[i]].name.n, 40u),
                                   fact->kind->field[missing[i]].name.p);
    names[at] = 0;
    return err_user(e, "news.missing", "%s", names);
}

static enum rc write_record(struct accepting *c, struct rec *fact, int64_t event, struct err *e)
{
    struct planning p = {c->x, c->page, fact, &c->links, event};
    vec_fault faults = {0};
    struct rec r = {0};
    enum rc rc = fact_plan(&p, &r, &faults, e);
    uint32_t held = rc == RC_OK ? state_find(r.kind, STR("held")) : UINT32_MAX;
    if (rc == RC_OK && held != UINT32_MAX && str_eq(r.kind->name, STR("event")))
        r.state = held; /* what the news tells has happened */
    if (rc == RC_OK)
        rc = put_new(c->x, &r, &faults, e);
    vec_free(&faults);
    TRY(rc);
    rec_put_num(fact, "record", r.id);
    rec_put_num(fact, "record_version", r.version);
    rec_put_num(fact, "joined", 0);
    return RC_OK;
}

static enum rc accept_one(struct accepting *c, struct rec *fact, int64_t event, struct err *e)
{
    uint32_t missing[4], n;
    int64_t twin;
    TRY(find_twin(c, fact, &twin, e));
    if (twin)
        return join(c, fact, twin, e);
    n = fact_missing(fact, c->page, event != 0, missing);
    if (n)
        return missing_error(fact, missing, n, e);
    if (str_eq(rec_text(fact, "target"), STR("note")))
        return join(c, fact, event, e);
    TRY(need_parties(c, fact, e));
    if (str_eq(rec_text(fact, "target"), STR("event")))
        TRY(make_people(c, fact, e));
    return write_record(c, fact, event, e);
}

enum rc fact_event(struct saving *x, int64_t page, struct rec *out, struct err *e)
{
    vec_rec all = {0};
    struct str filter = text_made(x->to, "page = %lld and type = event", (long long)page);
    enum rc rc = records_by(x->s, x->tx, x->a, "fact", filter, "id", x->to, &all, e);
    *out = rc == RC_OK && all.n ? all.p[0] : (struct rec){0};
    vec_free(&all);
    return rc;
}

/* The page's event, accepted with its first fact where its day is told. */
static enum rc need_event(struct accepting *c, int64_t *event, struct err *e)
{
    struct saving *x = c->x;
    struct rec ev;
    vec_fault faults = {0};
    *event = 0;
    TRY(fact_event(x, c->page->id, &ev, e));
    if (!ev.kind)
        return RC_OK;
    *event = rec_num(&ev, "record", 0);
    const struct step *step = step_find(ev.kind, ev.state, STR("accept"));
    if (!step || !rec_is(&ev, "proposed") || !saving_val(&ev, "day"))
        return RC_OK;
    struct rec *r = record_copy(&ev, x->to);
    if (!r)
        return err_nomem(e);
    TRY(accept_one(c, r, 0, e));
    r->state = step->to;
    struct saving own = {x->s, x->tx, x->a, x->to, &ev, r, step, &faults, false};
    struct by by = actor_by(x->s, x->a, STR("accept"), STR(""), STR(""));
    enum rc rc = record_put_in(&own, &by, e);
    vec_free(&faults);
    *event = rec_num(r, "record", 0);
    return rc;
}

enum rc fact_accept(struct saving *x, const struct rec *page, struct err *e)
{
    struct accepting c = {.x = x, .page = page};
    int64_t event = 0;
    TRY(links_find(x->s, x->tx, x->a, page, true, x->to, &c.links, e));
    if (!str_eq(rec_text(x->r, "type"), STR("event")))
        TRY(need_event(&c, &event, e));
    return accept_one(&c, x->r, event, e);
}
