/* The facts of a page beside it, with what accepting each would write; and whom the page names. */
#include "web/review_int.h"

/* ---- values ---- */

struct str fact_text(const struct rec *r, const char *field)
{
    uint32_t f = field_find(r->kind, str_of(field));
    return f == NO_FIELD || !r->val[f].set ? STR("") : r->val[f].text;
}

int64_t fact_num(const struct rec *r, const char *field, int64_t otherwise)
{
    uint32_t f = field_find(r->kind, str_of(field));
    return f == NO_FIELD || !r->val[f].set ? otherwise : r->val[f].num;
}

bool fact_in(const struct rec *r, const char *state)
{
    return r->state != NO_STATE && str_eq(r->kind->state[r->state].name, str_of(state));
}

static const struct code *code_of(const struct rec *r, const char *field)
{
    uint32_t f = field_find(r->kind, str_of(field));
    if (f == NO_FIELD || !r->val[f].set || r->kind->field[f].type != TYPE_CODE)
        return NULL;
    return code_find(r->kind->field[f].codes, r->val[f].text);
}

struct str code_label(const struct request *rq, const struct rec *r, const char *field)
{
    const struct code *c = code_of(r, field);
    return c ? label_text(&c->label, rq->zh) : STR("");
}

struct str code_tone(const struct rec *r, const char *field)
{
    const struct code *c = code_of(r, field);
    return c && c->tone.n ? c->tone : STR("neutral");
}

static struct str sub_text(const struct rec *r, const char *group, uint32_t row, const char *sub)
{
    uint32_t f = field_find(r->kind, str_of(group));
    if (f == NO_FIELD || !r->val[f].set || row >= r->val[f].list.n)
        return STR("");
    const struct val *g = &r->val[f].list.item[row];
    const struct val *v = val_sub(&r->kind->field[f], g, sub);
    return v ? v->text : STR("");
}

static const struct codes *sub_codes(const struct rec *r, const char *group, const char *sub)
{
    uint32_t f = field_find(r->kind, str_of(group));
    for (uint32_t i = 0; f != NO_FIELD && i < r->kind->field[f].n_sub; i++)
        if (str_eq(r->kind->field[f].sub[i].name, str_of(sub)))
            return r->kind->field[f].sub[i].codes;
    return NULL;
}

/* ---- the small form ---- */

static const char *const form_fields[] = {
    "type",       "target", "subject", "predicate",  "object", "value", "deadline", "quote",
    "event_type", "day",    "due",     "owner_name", "person", "share", "separate"};

static bool has_use(const struct rec *r, const char *field)
{
    static const struct {
        const char *field, *targets[4];
    } uses[] = {
        {"event_type", {"event"}},
        {"day", {"event", "agreement", "project", "appointment"}},
        {"due", {"commitment", "agreement", "project", "appointment"}},
        {"owner_name", {"commitment"}},
        {"person", {"appointment"}},
        {"share", {"appointment"}},
    };
    struct str target = fact_text(r, "target");
    for (size_t i = 0; target.n && i < ARRAY_LEN(uses); i++) {
        if (strcmp(uses[i].field, field) != 0)
            continue;
        for (size_t j = 0; j < 4 && uses[i].targets[j]; j++)
            if (str_eq(target, str_of(uses[i].targets[j])))
                return true;
        return false;
    }
    return true;
}

static struct str typed_text(const struct review *x, const char *field, struct str otherwise)
{
    for (uint32_t i = 0; i < x->n_typed; i++)
        if (str_eq(x->typed[i].name, str_of(field)))
            return x->typed[i].text;
    return otherwise;
}

static struct str value_text(const struct review *x, const struct rec *r, uint32_t f)
{
    struct buf b;
    struct err ignored;
    struct str s = STR("");
    if (!r->val || !r->val[f].set)
        return s;
    buf_init(&b, 64u << 10);
    if (val_text(&b, &r->kind->field[f], &r->val[f], x->rq->zh, true, &ignored) == RC_OK)
        s = arena_str(x->rq->arena, buf_view(&b));
    buf_free(&b);
    return s.p ? s : STR("");
}

static void option(struct view *list, struct str value, struct str label, struct str now)
{
    struct view *o = view_item(list);
    view_str(o, "value", value);
    view_str(o, "label", label);
    view_flag(o, "on", str_eq(value, now));
}

/* Names of the page's parties or people, and what stands there besides. */
static void name_options(const struct review *x, struct view *list, const char *group,
                         struct str now)
{
    uint32_t n = strcmp(group, "people") == 0 ? x->r.n_people : x->r.n_parties;
    bool listed = !now.n;
    option(list, STR(""), STR(""), now);
    for (uint32_t i = 0; i < n; i++) {
        struct str name = sub_text(&x->r.page.rec, group, i, "name");
        if (name.n)
            option(list, name, name, now);
        listed |= name.n && str_eq(name, now);
    }
    if (!listed)
        option(list, now, now, now);
}

static void code_options(const struct review *x, struct view *list, const struct codes *c,
                         struct str now)
{
    option(list, STR(""), STR(""), now);
    for (uint32_t i = 0; c && i < c->n; i++)
        option(list, c->code[i].code, label_text(&c->code[i].label, x->rq->zh), now);
}

static void put_field(const struct review *x, struct view *v, const struct rec *r, const char *name,
                      int64_t id, const uint32_t *missing, uint32_t n_missing)
{
    uint32_t f = field_find(r->kind, str_of(name));
    const struct field_def *d = &r->kind->field[f];
    struct str now = typed_text(x, name, value_text(x, r, f));
    bool party = strcmp(name, "subject") == 0, person = strcmp(name, "person") == 0;
    view_text(v, "name", name);
    view_printf(v, "id", "f%lld-%s", (long long)id, name);
    view_str(v, "label", label_text(&d->label, x->rq->zh));
    view_str(v, "hint", label_text(&d->hint, x->rq->zh));
    view_str(v, "value", now);
    view_flag(v, "wide", d->type == TYPE_LONG);
    view_text(v, "type",
              party || person || d->type == TYPE_CODE ? "select"
              : d->type == TYPE_LONG                  ? "long"
              : d->type == TYPE_DATE                  ? "date"
              : d->type == TYPE_BOOL                  ? "bool"
                                                      : "text");
    for (uint32_t i = 0; i < n_missing; i++)
        view_flag(v, "missing", missing[i] == f);
    if (party || person)
        name_options(x, view_list(v, "options"), party ? "parties" : "people", now);
    else if (d->type == TYPE_CODE)
        code_options(x, view_list(v, "options"), d->codes, now);
    for (size_t i = 0; x->faults && i < x->faults->n; i++)
        if (x->faults->p[i].field == f)
            view_str(v, "error", msg_fault(x->rq, &x->faults->p[i]));
}

static void put_form(const struct review *x, struct view *v, const struct rec *r,
                     const uint32_t *missing, uint32_t n_missing)
{
    struct view *list = view_list(v, "fields");
    for (size_t i = 0; i < ARRAY_LEN(form_fields); i++)
        if (field_find(r->kind, str_of(form_fields[i])) != NO_FIELD && has_use(r, form_fields[i]))
            put_field(x, view_item(list), r, form_fields[i], r->id, missing, n_missing);
}

/* ---- facts ---- */

static struct str titled(const struct review *x, int64_t id, const struct kind **k)
{
    return id ? titles_of(&x->titles, id, k) : STR("");
}

static void put_record(const struct review *x, struct view *v, int64_t id)
{
    const struct kind *k = NULL;
    struct str title = titled(x, id, &k);
    if (!k)
        return;
    struct view *r = view_map(v, "record");
    view_str(r, "title", title.n ? title : textf(x->rq, "#%lld", (long long)id));
    view_str(r, "kind", label_text(&k->label, x->rq->zh));
    view_str(r, "href", textf(x->rq, "/%.*s/%lld", (int)k->name.n, k->name.p, (long long)id));
}

static void put_twin(const struct review *x, struct view *v, const struct fact_twin *t)
{
    const struct kind *k = NULL;
    struct str title = titled(x, t->record, &k);
    if (!t->record || !k)
        return;
    struct view *w = view_map(v, "twin");
    view_str(w, "title", title);
    view_str(w, "href",
             textf(x->rq, "/%.*s/%lld", (int)k->name.n, k->name.p, (long long)t->record));
    view_str(w, "page", t->page_title);
}

static void put_prospect(const struct review *x, struct view *v, const struct page_fact *f)
{
    struct view *missing = view_list(v, "missing");
    view_str(v, "writes",
             f->writes ? label_text(&f->writes->label, x->rq->zh)
                       : code_label(x->rq, &f->rec, "target"));
    view_str(v, "about", f->about);
    if (has_use(&f->rec, "owner_name"))
        view_str(v, "owner", fact_text(&f->rec, "owner_name"));
    if (has_use(&f->rec, "due") && fact_num(&f->rec, "due", 0))
        view_str(v, "due", show_day(x->rq, fact_num(&f->rec, "due", 0)));
    for (uint32_t i = 0; i < f->n_missing; i++)
        if (f->missing[i] != NO_FIELD)
            view_item_str(missing, label_text(&f->rec.kind->field[f->missing[i]].label, x->rq->zh));
    if (f->doubt != UINT32_MAX)
        view_str(v, "doubt", sub_text(&x->r.page.rec, "parties", f->doubt, "name"));
    put_twin(x, v, &f->twin);
}

static void put_fact(const struct review *x, struct view *v, const struct page_fact *f, uint32_t i)
{
    struct request *rq = x->rq;
    const struct rec *r = &f->rec;
    struct str path = record_path(rq, &x->r.page.rec), origin = fact_text(r, "origin");
    view_int(v, "id", r->id);
    view_int(v, "number", (int64_t)i + 1);
    view_int(v, "version", r->version);
    view_str(v, "type", code_label(rq, r, "type"));
    view_str(v, "tone", code_tone(r, "type"));
    view_state(rq, view_map(v, "state"), r);
    view_flag(v, "proposed", fact_in(r, "proposed"));
    view_flag(v, "accepted", fact_in(r, "accepted"));
    view_flag(v, "rejected", fact_in(r, "rejected"));
    view_flag(v, "focus", r->id == x->focus);
    view_str(v, "title", rec_title(r));
    view_str(v, "quote", fact_text(r, "quote"));
    view_str(v, "deadline", fact_text(r, "deadline"));
    view_str(v, "span",
             textf(rq, "#s-%lld-%lld", (long long)fact_num(r, "from", 0),
                   (long long)fact_num(r, "to", 0)));
    if (!str_eq(origin, STR("reader")))
        view_str(v, "origin", code_label(rq, r, "origin"));
    view_flag(v, "corrected", fact_num(r, "corrected", 0));
    view_flag(v, "joined", fact_num(r, "joined", 0));
    view_str(v, "edit_href",
             textf(rq, "%s?edit=%lld#fact-%lld", path.p, (long long)r->id, (long long)r->id));
    put_record(x, v, fact_num(r, "record", 0));
    if (fact_in(r, "proposed"))
        put_prospect(x, v, f);
    if (x->edit != r->id)
        return;
    view_str(v, "error", x->error);
    view_flag(v, "edit", true);
    put_form(x, v, r, f->missing, f->n_missing);
}

static enum rc want_titles(struct review *x, struct err *e)
{
    for (uint32_t i = 0; i < x->r.n_facts; i++) {
        int64_t record = fact_num(&x->r.fact[i].rec, "record", 0), twin = x->r.fact[i].twin.record;
        if (record)
            TRY(titles_want(&x->titles, record, e));
        if (twin)
            TRY(titles_want(&x->titles, twin, e));
    }
    return titles_load(&x->titles, x->rq, e);
}

static enum rc put_new(struct review *x, struct err *e)
{
    const struct kind *k = kind_find(site_kinds(x->rq->site), STR("fact"));
    struct view *v = view_map(x->v, "added");
    struct rec r;
    if (!k)
        return RC_OK;
    TRY(rec_new(&r, k, x->rq->arena, e));
    view_str(v, "error", x->error);
    put_form(x, v, &r, NULL, 0);
    return RC_OK;
}

enum rc review_facts(struct review *x, struct err *e)
{
    const struct kind *k = kind_find(site_kinds(x->rq->site), STR("fact"));
    struct view *list = view_list(x->v, "facts"), *reasons = view_list(x->v, "reasons");
    uint32_t left = 0;
    bool may = k && actor_may(x->rq->actor, k, RIGHT_CREATE, NULL) && x->r.page.may_write;
    TRY(want_titles(x, e));
    for (uint32_t i = 0; i < x->r.n_facts; i++) {
        put_fact(x, view_item(list), &x->r.fact[i], i);
        left += fact_in(&x->r.fact[i].rec, "proposed");
    }
    for (uint32_t i = 0; k && i < k->n_actions; i++)
        if (str_eq(k->action[i].name, STR("reject")) && k->action[i].reason)
            code_options(x, reasons, k->action[i].reason, STR("none"));
    view_int(x->v, "left", left);
    view_int(x->v, "total", x->r.n_facts);
    view_flag(x->v, "may", may);
    view_str(x->v, "add_href",
             textf(x->rq, "%s?edit=new#new", record_path(x->rq, &x->r.page.rec).p));
    return x->edit == -1 && may ? put_new(x, e) : RC_OK;
}

/* ---- whom it names ---- */

static struct str state_word(const struct review *x, const struct page_link *l, bool person)
{
    const char *key = l->wrong                 ? "web.link_wrong"
                      : l->state == LINK_SURE  ? "web.link_sure"
                      : l->state == LINK_DOUBT ? "web.link_doubt"
                      : l->state == LINK_NEW   ? "web.link_new"
                      : person                 ? "web.link_guest"
                                               : "web.link_none";
    return msg(x->rq, key);
}

static void put_options(const struct review *x, struct view *v, const struct page_link *l,
                        struct str choice, bool person)
{
    struct view *list = view_list(v, "options");
    struct view *o = view_item(list);
    view_text(o, "value", "");
    view_str(o, "label", msg(x->rq, l->state == LINK_DOUBT ? "web.link_later" : "web.link_auto"));
    view_flag(o, "on", !choice.n);
    for (uint32_t i = 0; i < l->n || (i == 0 && !l->n && l->chosen && l->id); i++) {
        int64_t id = l->n ? l->choice[i].id : l->id;
        o = view_item(list);
        view_str(o, "value", textf(x->rq, "%lld", (long long)id));
        view_str(o, "label", l->n ? l->choice[i].title : l->title);
        view_str(o, "about", l->n ? l->choice[i].about : STR(""));
        view_flag(o, "on", str_eq(choice, STR("linked")) && l->id == id);
    }
    static const struct {
        const char *value, *org, *person;
    } words[] = {{"new", "web.choose_new", "web.choose_new"},
                 {"none", "web.choose_none", "web.choose_none_person"},
                 {"wrong", "web.choose_wrong", "web.choose_wrong"}};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        o = view_item(list);
        view_text(o, "value", words[i].value);
        view_str(o, "label", msg(x->rq, person ? words[i].person : words[i].org));
        view_flag(o, "on", str_eq(choice, str_of(words[i].value)));
    }
}

static void put_names(const struct review *x, struct view *list, const char *group,
                      const struct page_link *link, uint32_t n)
{
    bool person = strcmp(group, "people") == 0;
    struct view *v = view_item(list), *rows = view_list(v, "rows");
    const struct rec *page = &x->r.page.rec;
    uint32_t doubtful = 0;
    view_str(v, "label", msg(x->rq, person ? "web.news_people" : "web.news_parties"));
    for (uint32_t i = 0; i < n; i++) {
        const struct page_link *l = &link[i];
        struct view *row = view_item(rows);
        struct str name = sub_text(page, group, i, "name"), type = sub_text(page, group, i, "type");
        const struct codes *types = sub_codes(page, group, "type");
        const struct code *c = types ? code_find(types, type) : NULL;
        doubtful += l->state == LINK_DOUBT;
        view_printf(row, "id", "%s%u", person ? "q" : "p", i);
        view_str(row, "name", name.n ? name : msg(x->rq, "web.news_unnamed"));
        view_str(row, "type", c ? label_text(&c->label, x->rq->zh) : STR(""));
        view_str(row, "title", sub_text(page, group, i, "title"));
        view_str(row, "org", sub_text(page, group, i, person ? "org" : "aliases"));
        view_text(row, "tone",
                  l->wrong                 ? "bad"
                  : l->state == LINK_SURE  ? "good"
                  : l->state == LINK_DOUBT ? "warn"
                                           : "neutral");
        view_str(row, "state", state_word(x, l, person));
        view_flag(row, "open", l->state == LINK_DOUBT);
        if (l->state == LINK_SURE && l->id) {
            view_str(row, "href",
                     textf(x->rq, "/%s/%lld", person ? "person" : "org", (long long)l->id));
            view_str(row, "said", str_eq(l->title, name) ? STR("") : l->title);
        }
        put_options(x, row, l, sub_text(page, group, i, "choice"), person);
    }
    view_int(v, "doubtful", doubtful);
}

enum rc review_names(struct review *x, struct err *e)
{
    (void)e;
    struct view *list = view_list(x->v, "names");
    if (x->r.n_parties)
        put_names(x, list, "parties", x->r.party, x->r.n_parties);
    if (x->r.n_people)
        put_names(x, list, "people", x->r.person, x->r.n_people);
    return RC_OK;
}
