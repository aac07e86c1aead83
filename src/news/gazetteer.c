/* The tables of model/news. */
#include "news/news_int.h"

const char *const org_kind_name[KIND__COUNT] = {
    "university", "college", "enterprise", "government", "park", "hospital", "institute", "other",
};
const char *const fact_type_name[FACT__COUNT] = {
    "agreement",        "joint_platform",
    "project",          "target",
    "coverage",         "dual_appointment",
    "results_transfer", "instrument_sharing",
    "internship",       "scholarship",
    "talent_training",  "statistic",
    "commitment",       "other",
};

const char *fact_type_str(enum fact_type type)
{
    return fact_type_name[type];
}

bool kind_is_school(enum org_kind k)
{
    return k == KIND_UNIVERSITY || k == KIND_COLLEGE;
}

static enum rc bad(const struct node *n, const char *what, struct err *e)
{
    return err_at(e, err_user(e, "news.table", "%s", what), NULL, NULL, n->line, 0);
}

static enum rc keep(struct news_tables *t, struct str *s, struct str from, struct err *e)
{
    *s = arena_str(&t->arena, from);
    return s->p ? RC_OK : err_nomem(e);
}

static bool flag(const struct node *n, const char *key)
{
    return str_eq(node_text(n, key, STR("false")), STR("true"));
}

/* ---- word lists ---- */

static enum rc add_words(struct news_tables *t, const struct node *list, enum sense_class class,
                         uint32_t value, struct err *e)
{
    if (!list || list->type != NODE_LIST)
        return list ? bad(list, "a list of words is wanted", e) : RC_OK;
    for (const struct node *w = list->child; w; w = w->next)
        TRY(lexicon_add(&t->words, w->text, class, value, e));
    return RC_OK;
}

static enum rc add_stops(struct news_tables *t, const struct node *n, struct err *e)
{
    return add_words(t, n, SENSE_STOP, 0, e);
}
static enum rc add_inside(struct news_tables *t, const struct node *n, struct err *e)
{
    return add_words(t, n, SENSE_INSIDE, 0, e);
}
static enum rc add_after(struct news_tables *t, const struct node *n, struct err *e)
{
    return add_words(t, n, SENSE_AFTER, 0, e);
}
static enum rc add_titles(struct news_tables *t, const struct node *n, struct err *e)
{
    return add_words(t, n, SENSE_TITLE, 0, e);
}
static enum rc add_units(struct news_tables *t, const struct node *n, struct err *e)
{
    return add_words(t, n, SENSE_UNIT, 0, e);
}
static enum rc add_generic(struct news_tables *t, const struct node *n, struct err *e)
{
    return add_words(t, n, SENSE_GENERIC, 0, e);
}
static enum rc add_vague(struct news_tables *t, const struct node *n, struct err *e)
{
    return add_words(t, n, SENSE_GENERIC, 1, e);
}
static enum rc add_prefixes(struct news_tables *t, const struct node *n, struct err *e)
{
    return add_words(t, n, SENSE_PREFIX, 0, e);
}

static enum rc add_areas(struct news_tables *t, const struct node *n, struct err *e)
{
    for (const struct node *w = n->child; w; w = w->next) {
        struct str s;
        TRY(lexicon_add(&t->words, w->text, SENSE_AREA, (uint32_t)t->area.n, e));
        TRY(keep(t, &s, w->text, e));
        TRY(vec_push(&t->area, s, e));
    }
    return RC_OK;
}

static enum rc add_surnames(struct news_tables *t, const struct node *n, struct err *e)
{
    (void)e;
    for (size_t i = 0; i < n->text.n;) {
        uint32_t c = utf8_next(n->text, &i);
        if (c >= 0x4E00 && c < 0xA000)
            t->surname[(c - 0x4E00) >> 3] |= (uint8_t)(1 << ((c - 0x4E00) & 7));
    }
    return RC_OK;
}

static enum rc add_ethnic(struct news_tables *t, const struct node *n, struct err *e)
{
    for (const struct node *w = n->child; w; w = w->next) {
        struct str s;
        TRY(keep(t, &s, w->text, e));
        TRY(vec_push(&t->ethnic, s, e));
    }
    return RC_OK;
}

static enum rc add_place_words(struct news_tables *t, const struct node *n, struct err *e)
{
    for (const struct node *w = n->child; w; w = w->next) {
        struct str s;
        TRY(keep(t, &s, w->text, e));
        TRY(vec_push(&t->place_word, s, e));
    }
    return RC_OK;
}

/* ---- organisations ---- */

static enum rc kind_read(enum org_kind *out, const struct node *n, struct str word, struct err *e)
{
    for (int k = 0; k < KIND__COUNT; k++)
        if (str_eq(word, str_of(org_kind_name[k]))) {
            *out = (enum org_kind)k;
            return RC_OK;
        }
    return bad(n, "kind", e);
}

static enum rc add_suffixes(struct news_tables *t, const struct node *n, struct err *e)
{
    for (const struct node *c = n->child; c; c = c->next) {
        struct suffix s = {.anchored = flag(c, "anchored"),
                           .office = flag(c, "office"),
                           .alone = flag(c, "alone")};
        TRY(kind_read(&s.kind, c, node_text(c, "kind", STR("")), e));
        TRY(add_words(t, node_get(c, "words"), SENSE_SUFFIX, (uint32_t)t->suffix.n, e));
        TRY(vec_push(&t->suffix, s, e));
    }
    return RC_OK;
}

static enum rc add_known(struct news_tables *t, const struct node *n, struct err *e)
{
    for (const struct node *kind = n->child; kind; kind = kind->next) {
        struct known_org k;
        TRY(kind_read(&k.kind, kind, kind->key, e));
        for (const struct node *w = kind->child; w; w = w->next) {
            TRY(keep(t, &k.name, w->text, e));
            TRY(lexicon_add(&t->words, k.name, SENSE_KNOWN, (uint32_t)t->known.n, e));
            TRY(vec_push(&t->known, k, e));
        }
    }
    return RC_OK;
}

static enum rc add_university(struct news_tables *t, struct str name, const struct node *brief,
                              struct err *e)
{
    struct known_org k = {.kind = str_ends(name, STR("大学")) ? KIND_UNIVERSITY : KIND_COLLEGE};
    uint32_t at = (uint32_t)t->university.n;
    TRY(keep(t, &k.name, name, e));
    TRY(lexicon_add(&t->words, k.name, SENSE_UNIVERSITY, at, e));
    TRY(add_words(t, brief, SENSE_UNIVERSITY, at, e));
    return vec_push(&t->university, k, e);
}

/* Either {name: [short names]} or [name]. */
static enum rc add_universities(struct news_tables *t, const struct node *n, struct err *e)
{
    for (const struct node *c = n->child; c; c = c->next)
        TRY(n->type == NODE_MAP ? add_university(t, c->key, c, e)
                                : add_university(t, c->text, NULL, e));
    return RC_OK;
}

/* ---- divisions ---- */

static enum rc add_division(struct news_tables *t, struct str name, uint32_t parent, struct err *e)
{
    struct division d = {.parent = parent};
    TRY(keep(t, &d.name, name, e));
    return vec_push(&t->division, d, e);
}

static enum rc add_divisions(struct news_tables *t, const struct node *n, struct err *e)
{
    for (const struct node *province = n->child; province; province = province->next) {
        uint32_t at = (uint32_t)t->division.n;
        TRY(add_division(t, province->key, NONE, e));
        for (const struct node *city = province->child; city; city = city->next) {
            uint32_t under = (uint32_t)t->division.n;
            TRY(add_division(t, city->key, at, e));
            for (const struct node *county = city->child; county; county = county->next)
                TRY(add_division(t, county->text, under, e));
        }
    }
    return RC_OK;
}

/* 苏州市 → 苏州, 广西壮族自治区 → 广西; districts (区) keep their word. */
static struct str division_brief(const struct news_tables *t, struct str name)
{
    static const char *const tails[] = {"特别行政区", "自治区", "自治州", "自治县", "自治旗",
                                        "地区",       "林区",   "新区",   "省",     "市",
                                        "县",         "盟",     "旗"};
    struct str s = name;
    for (size_t i = 0; i < ARRAY_LEN(tails) && s.n == name.n; i++)
        if (str_ends(s, str_of(tails[i])))
            s.n -= strlen(tails[i]);
    for (size_t i = 0; s.n < name.n && i < t->ethnic.n; i++)
        if (str_ends(s, t->ethnic.p[i]) && s.n >= t->ethnic.p[i].n + 6) { /* not 内|蒙古 */
            s.n -= t->ethnic.p[i].n;
            i = SIZE_MAX;
        }
    bool region = str_ends(name, STR("省")) || str_ends(name, STR("自治区"));
    for (size_t i = 0; i < t->place_word.n && !region; i++)
        if (str_eq(s, t->place_word.p[i]))
            return name; /* 公安|县 */
    return s.n >= 6 ? s : name;
}

static enum rc finish_divisions(struct news_tables *t, struct err *e)
{
    for (size_t i = 0; i < t->division.n; i++) {
        struct division *d = &t->division.p[i];
        d->brief = division_brief(t, d->name);
        TRY(lexicon_add(&t->words, d->name, SENSE_PLACE, (uint32_t)i, e));
        TRY(lexicon_add(&t->words, d->brief, SENSE_PLACE, (uint32_t)i, e));
    }
    return RC_OK;
}

/* ---- word groups and rules ---- */

uint32_t group_find(const struct news_tables *t, const char *name)
{
    const uint32_t *at = strmap_get(&t->group_number, str_of(name));
    return at ? *at : NONE;
}

static enum rc group_get(struct news_tables *t, uint32_t *out, const struct node *at,
                         struct str name, struct err *e)
{
    const uint32_t *known = strmap_get(&t->group_number, name);
    *out = known ? *known : (uint32_t)t->group.n;
    if (known)
        return RC_OK;
    if (t->group.n == GROUPS_MAX)
        return bad(at, "too many word groups", e);
    struct str copy;
    TRY(keep(t, &copy, name, e));
    TRY(vec_push(&t->group, copy, e));
    return strmap_put(&t->group_number, copy, *out) ? RC_OK : err_nomem(e);
}

static enum rc add_groups(struct news_tables *t, const struct node *n, bool stop, struct err *e)
{
    for (const struct node *c = n->child; c; c = c->next) {
        uint32_t g;
        TRY(group_get(t, &g, c, c->key, e));
        set_put(&t->declared, g);
        TRY(add_words(t, c, SENSE_GROUP, g, e));
        if (stop)
            TRY(add_words(t, c, SENSE_STOP, 1, e));
    }
    return RC_OK;
}

static enum rc add_verbs(struct news_tables *t, const struct node *n, struct err *e)
{
    return add_groups(t, n, true, e);
}
static enum rc add_nouns(struct news_tables *t, const struct node *n, struct err *e)
{
    return add_groups(t, n, false, e);
}

static enum rc set_read(struct news_tables *t, struct group_set *out, bool *has,
                        const struct node *rule, const char *key, struct err *e)
{
    const struct node *list = node_get(rule, key);
    for (const struct node *c = list ? list->child : NULL; c; c = c->next) {
        uint32_t g;
        TRY(group_get(t, &g, c, c->text, e));
        set_put(out, g);
        if (has)
            *has = true;
    }
    return RC_OK;
}

static enum rc choice(uint32_t *out, const struct node *n, const char *key,
                      const char *const *words, uint32_t count, struct err *e)
{
    struct str s = node_text(n, key, str_of(words[0]));
    for (*out = 0; *out < count; ++*out)
        if (str_eq(s, str_of(words[*out])))
            return RC_OK;
    return bad(n, key, e);
}

static enum rc rule_sets(struct news_tables *t, struct fact_rule *r, const struct node *n,
                         struct err *e)
{
    TRY(set_read(t, &r->verb, NULL, n, "verb", e));
    TRY(set_read(t, &r->noun, &r->has_noun, n, "noun", e));
    TRY(set_read(t, &r->with, &r->has_with, n, "with", e));
    TRY(set_read(t, &r->lead, &r->has_lead, n, "lead", e));
    TRY(set_read(t, &r->amid, &r->has_amid, n, "amid", e));
    TRY(set_read(t, &r->unless, NULL, n, "unless", e));
    return set_read(t, &r->without, NULL, n, "without", e);
}

static enum rc rule_read(struct news_tables *t, struct fact_rule *r, const struct node *n,
                         struct err *e)
{
    static const char *const orders[] = {"after", "before", "any"};
    static const char *const amounts[] = {"may", "must", "no"};
    uint32_t v;
    double gap, limit;
    TRY(choice(&v, n, "type", fact_type_name, FACT__COUNT, e));
    r->type = (enum fact_type)v;
    TRY(choice(&v, n, "order", orders, ARRAY_LEN(orders), e));
    r->order = (enum rule_order)v;
    TRY(choice(&v, n, "amount", amounts, ARRAY_LEN(amounts), e));
    r->amount = (enum rule_amount)v;
    TRY(node_number(&gap, n, "gap", 30, e));
    TRY(node_number(&limit, n, "limit", 1000, e));
    r->gap = gap > 0 && gap < 1000 ? (uint32_t)gap : 30;
    r->limit = limit > 0 && limit < 1000 ? (uint32_t)limit : 1000;
    r->deadline = flag(n, "deadline");
    r->partner = flag(n, "partner");
    r->split = flag(n, "split");
    r->weak = flag(n, "weak");
    r->fallback = flag(n, "fallback");
    r->plan = flag(n, "plan");
    r->outside = flag(n, "outside");
    return rule_sets(t, r, n, e);
}

static enum rc add_rules(struct news_tables *t, const struct node *n, struct err *e)
{
    for (const struct node *c = n->child; c; c = c->next) {
        struct fact_rule r = {0};
        if (t->rule.n >= RULES_MAX)
            return bad(c, "too many rules", e);
        TRY(rule_read(t, &r, c, e));
        TRY(vec_push(&t->rule, r, e));
    }
    return RC_OK;
}

static enum rc add_events(struct news_tables *t, const struct node *n, struct err *e)
{
    for (const struct node *c = n->child; c; c = c->next) {
        struct event_rule r = {0};
        struct str type;
        TRY(keep(t, &type, node_text(c, "type", STR("other")), e));
        r.type = type.p;
        TRY(set_read(t, &r.any, NULL, c, "any", e));
        TRY(vec_push(&t->event, r, e));
    }
    return RC_OK;
}

/* ---- the whole ---- */

enum rc news_tables_open(struct news_tables **out, struct err *e)
{
    *out = mem_calloc(1, sizeof **out);
    if (!*out)
        return err_nomem(e);
    enum rc rc = lexicon_init(&(*out)->words, e);
    if (rc != RC_OK) {
        news_tables_close(*out);
        *out = NULL;
    }
    return rc;
}

bool news_tables_wants(const char *name)
{
    static const char *const others[] = {"chrome.yaml", "brands.yaml", "repair.yaml"};
    for (size_t i = 0; i < ARRAY_LEN(others); i++)
        if (str_ends(str_of(name), str_of(others[i])))
            return false;
    return str_starts(str_of(name), STR("model/news/"));
}

enum rc news_tables_add(struct news_tables *t, const struct node *file, const char *name,
                        struct err *e)
{
    static const struct {
        const char *key;
        enum rc (*add)(struct news_tables *, const struct node *, struct err *);
    } parts[] = {
        {"stops", add_stops},       {"inside", add_inside},
        {"vague", add_vague},       {"after", add_after},
        {"titles", add_titles},     {"units", add_units},
        {"generic", add_generic},   {"prefixes", add_prefixes},
        {"areas", add_areas},       {"surnames", add_surnames},
        {"ethnic", add_ethnic},     {"words", add_place_words},
        {"suffixes", add_suffixes}, {"known", add_known},
        {"verbs", add_verbs},       {"universities", add_universities},
        {"nouns", add_nouns},       {"divisions", add_divisions},
        {"rules", add_rules},       {"events", add_events},
    };
    for (const struct node *c = file->type == NODE_MAP ? file->child : NULL; c; c = c->next) {
        size_t i = 0;
        while (i < ARRAY_LEN(parts) && !str_eq(c->key, str_of(parts[i].key)))
            i++;
        enum rc rc = i < ARRAY_LEN(parts) ? parts[i].add(t, c, e) : bad(c, "unknown part", e);
        if (rc != RC_OK)
            return err_at(e, rc, name, NULL, 0, 0);
    }
    return RC_OK;
}

enum rc news_tables_finish(struct news_tables *t, struct err *e)
{
    for (uint32_t g = 0; g < t->group.n; g++)
        if (!set_has(&t->declared, g))
            return err_user(e, "news.group", "%.*s", (int)t->group.p[g].n, t->group.p[g].p);
    for (size_t r = 0; r < t->rule.n; r++)
        for (uint32_t g = 0; g < GROUPS_MAX; g++)
            if (set_has(&t->rule.p[r].verb, g)) {
                t->by_verb[g][r / 64] |= (uint64_t)1 << (r & 63);
                set_put(&t->verbs, g);
                if (t->rule.p[r].fallback)
                    set_put(&t->late_verbs, g);
            }
    t->group_last = group_find(t, "last");
    for (uint32_t c = 0; c < ARRAY_LEN(t->flags); c++)
        t->flags[c] = char_flags(c);
    TRY(finish_divisions(t, e));
    return lexicon_freeze(&t->words, e);
}

void news_tables_close(struct news_tables *t)
{
    if (!t)
        return;
    lexicon_release(&t->words);
    vec_free(&t->suffix);
    vec_free(&t->division);
    vec_free(&t->university);
    vec_free(&t->known);
    vec_free(&t->rule);
    vec_free(&t->event);
    vec_free(&t->area);
    vec_free(&t->group);
    strmap_free(&t->group_number);
    vec_free(&t->ethnic);
    vec_free(&t->place_word);
    arena_free(&t->arena);
    mem_free(t);
}
