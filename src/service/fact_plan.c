/* From what a page says to the record that is written when a person accepts it. Nothing is
 * invented: what the target needs and the page does not tell is reported as missing. */
#include "record/value.h"
#include "service/pages_int.h"

#include <math.h>
#include <stdio.h>

#define TYPED_MOST 24u

/* ---- what becomes of a type ---- */

static const struct {
    const char *type, *target;
} targets[] = {
    {"event", "event"},
    {"agreement", "agreement"},
    {"joint_platform", "agreement"},
    {"project", "project"},
    {"results_transfer", "agreement"},
    {"target", "commitment"},
    {"coverage", "commitment"},
    {"commitment", "commitment"},
    {"dual_appointment", "position"},
    {"talent_training", "agreement"},
    {"internship", "agreement"},
    {"scholarship", "agreement"},
    {"instrument_sharing", "note"},
    {"statistic", "note"},
    {"other", "note"},
};

static const char *target_of(struct str type)
{
    for (size_t i = 0; i < ARRAY_LEN(targets); i++)
        if (str_eq(type, str_of(targets[i].type)))
            return targets[i].target;
    return "note";
}

static bool is_target(const struct rec *fact, const char *target)
{
    return str_eq(rec_text(fact, "target"), str_of(target));
}

const struct kind *fact_writes(const struct site *s, const struct rec *fact)
{
    struct str target = rec_text(fact, "target");
    return str_eq(target, STR("note")) ? NULL : kind_find(s->kinds, target);
}

/* ---- deadlines ---- */

static bool has(struct str s, const char *word)
{
    return str_find(s, str_of(word), 0) != SIZE_MAX;
}

static int64_t month_end(int year, int month)
{
    return month == 12 ? days_of(year, 12, 31) : days_of(year, month + 1, 1) - 1;
}

/* 十四五 is 2021 to 2025. */
static bool plan_end(struct str s, int64_t *day)
{
    static const char *const plans[] = {"十三五", "十四五", "十五五", "十六五"};
    for (size_t i = 0; i < ARRAY_LEN(plans); i++)
        if (has(s, plans[i])) {
            *day = days_of(2020 + 5 * (int)i, 12, 31);
            return true;
        }
    return false;
}

/* The number before `unit`: 三 of 未来三年内. */
static bool count_before(struct str s, const char *unit, int *n)
{
    static const char digits[][4] = {"一", "二", "三", "四", "五", "六", "七", "八", "九", "十"};
    size_t at = str_find(s, str_of(unit), 0);
    if (at == SIZE_MAX || !at)
        return false;
    if (s.p[at - 1] >= '0' && s.p[at - 1] <= '9') {
        size_t from = at;
        while (from && s.p[from - 1] >= '0' && s.p[from - 1] <= '9')
            from--;
        *n = 0;
        for (size_t i = from; i < at && *n < 1000; i++)
            *n = *n * 10 + (s.p[i] - '0');
        return *n > 0 && *n < 100;
    }
    struct str before = str_sub(s, at >= 3 ? at - 3 : 0, at);
    for (size_t i = 0; i < ARRAY_LEN(digits); i++)
        if (str_eq(before, str_of(digits[i]))) {
            *n = (int)i + 1;
            return true;
        }
    return str_eq(before, STR("两")) ? (*n = 2) : false;
}

static bool counted(struct str s, int64_t from, int64_t *day)
{
    int n, year, month, mday;
    bool within = has(s, "内") || has(s, "未来") || has(s, "今后");
    if (from == INT64_MIN || !within)
        return false;
    days_to(from, &year, &month, &mday);
    if (has(s, "年内") && !count_before(s, "年", &n)) {
        *day = days_of(year, 12, 31);
        return has(s, "今年") || has(s, "年内");
    }
    if (count_before(s, "年", &n)) {
        *day = MIN(days_of(year + n, month, MIN(mday, 28)) + (mday > 28 ? mday - 28 : 0),
                   month_end(year + n, month));
        return true;
    }
    if (count_before(s, "个月", &n)) {
        int m = month - 1 + n;
        *day = MIN(days_of(year + m / 12, m % 12 + 1, MIN(mday, 28)),
                   month_end(year + m / 12, m % 12 + 1));
        return true;
    }
    return false;
}

bool deadline_day(struct str text, int64_t from, int64_t *day)
{
    int year = 0, month = 0;
    if (!text.n || text.n > 120)
        return false;
    if (plan_end(text, day) || counted(text, from, day))
        return true;
    for (size_t i = 0; i + 4 <= text.n && !year; i++) {
        const char *p = text.p + i;
        bool lone =
            (i == 0 || p[-1] < '0' || p[-1] > '9') && (i + 4 == text.n || p[4] < '0' || p[4] > '9');
        if (lone && p[0] == '2' && p[1] == '0' && p[2] >= '0' && p[2] <= '9' && p[3] >= '0' &&
            p[3] <= '9') {
            year = 2000 + (p[2] - '0') * 10 + (p[3] - '0');
            text = str_sub(text, i + 4, text.n);
        }
    }
    if (!year)
        return false;
    if (has(text, "上半年"))
        month = 6;
    if (count_before(text, "月", &month) && (month < 1 || month > 12))
        return false;
    int mday = 0;
    if (month && has(text, "月") && count_before(text, "日", &mday) && mday >= 1 &&
        days_of(year, month, mday) <= month_end(year, month))
        *day = days_of(year, month, mday);
    else
        *day = month ? month_end(year, month) : days_of(year, 12, 31);
    return true;
}

/* ---- what a fact begins with ---- */

/* Who heads the party on this page: the first that is named with it. */
static struct str head_of(const struct rec *page, struct str party)
{
    for (uint32_t i = 0; party.n && i < rows_of(page, "people"); i++)
        if (str_eq(row_text(page, "people", i, "org"), party))
            return row_text(page, "people", i, "name");
    return STR("");
}

/* A person within the sentence. */
static struct str person_in(const struct rec *page, struct str quote)
{
    for (uint32_t i = 0; i < rows_of(page, "people"); i++) {
        struct str name = row_text(page, "people", i, "name");
        if (name.n >= 6 && str_find(quote, name, 0) != SIZE_MAX)
            return name;
    }
    return STR("");
}

static bool unset(const struct rec *r, const char *field)
{
    return !saving_val(r, field);
}

void fact_defaults(struct rec *f, const struct rec *page, const struct rec *event, struct arena *to)
{
    int64_t day, from = event && event->kind ? rec_num(event, "day", INT64_MIN) : INT64_MIN;
    bool is_event = str_eq(rec_text(f, "type"), STR("event"));
    (void)to;
    if (unset(f, "target"))
        rec_put_text(f, "target", str_of(target_of(rec_text(f, "type"))));
    if (is_event)
        return;
    if (from == INT64_MIN)
        from = rec_num(page, "published", INT64_MIN);
    if (unset(f, "due") && deadline_day(rec_text(f, "deadline"), from, &day))
        rec_put_num(f, "due", day);
    bool dated =
        is_target(f, "agreement") || is_target(f, "project") || is_target(f, "appointment");
    if (dated && unset(f, "day") && event && event->kind && !unset(event, "day"))
        rec_put_num(f, "day", rec_num(event, "day", 0));
    if (is_target(f, "commitment") && unset(f, "owner_name"))
        rec_put_text(f, "owner_name", head_of(page, rec_text(f, "subject")));
    if (str_eq(rec_text(f, "type"), STR("dual_appointment")) && unset(f, "person"))
        rec_put_text(f, "person", person_in(page, rec_text(f, "quote")));
}

/* Without what stands in the other already. */
static struct str apart(struct str s, struct str from)
{
    return s.n && str_find(from, s, 0) != SIZE_MAX ? STR("") : s;
}

enum rc fact_title(struct rec *f, struct arena *to, struct err *e)
{
    struct str who = rec_text(f, "subject"), does = rec_text(f, "predicate"),
               what = rec_text(f, "object"), value = rec_text(f, "value");
    struct str quote = rec_text(f, "quote");
    what = apart(what, does);
    value = apart(apart(value, does), what);
    bool between = str_eq(rec_text(f, "type"), STR("agreement")) && who.n && does.n && what.n;
    struct str title =
        between
            ? text_made(to, "%.*s与%.*s%.*s", (int)who.n, who.p, (int)what.n, what.p, (int)does.n,
                        does.p)
            : text_made(to, "%.*s%s%.*s%s%.*s%s%.*s", (int)who.n, who.p ? who.p : "",
                        who.n && does.n ? " " : "", (int)does.n, does.p ? does.p : "",
                        what.n && (who.n || does.n) ? " " : "", (int)what.n, what.p ? what.p : "",
                        value.n ? " " : "", (int)value.n, value.p ? value.p : "");
    if (!title.p) /* the words of the page, in its order */
        return err_nomem(e);
    rec_put_text(f, "title", str_trim(title).n ? title : quote);
    return RC_OK;
}

uint32_t fact_missing(const struct rec *f, const struct rec *page, bool event_known,
                      uint32_t missing[4])
{
    static const struct {
        const char *target, *field[4];
    } needs[] = {
        {"event", {"day"}},
        {"commitment", {"subject", "due", "owner_name"}},
        {"agreement", {"subject"}},
        {"project", {"day", "due"}},
        {"position", {"subject", "object"}},
        {"appointment", {"person", "day", "due", "share"}},
    };
    uint32_t n = 0;
    for (size_t i = 0; i < ARRAY_LEN(needs); i++)
        for (size_t j = 0; is_target(f, needs[i].target) && j < 4 && needs[i].field[j]; j++) {
            const char *name = needs[i].field[j];
            bool party = strcmp(name, "subject") == 0 || strcmp(name, "object") == 0;
            bool lacks =
                party ? party_named(page, rec_text(f, name)) == UINT32_MAX : unset(f, name);
            if (strcmp(name, "object") == 0 && rows_of(page, "parties") == 2)
                lacks = false; /* the other of the two */
            if (lacks)
                missing[n++] = field_find(f->kind, str_of(name));
        }
    if (is_target(f, "note") && !event_known)
        missing[n++] = field_find(f->kind, STR("target"));
    return n;
}

/* ---- the record ---- */

struct plan {
    const struct planning *p;
    struct rec *out;
    struct typed typed[TYPED_MOST];
    uint32_t n;
    bool nomem;
};

static void put(struct plan *x, const char *field, struct str text)
{
    struct str name = arena_str(x->p->x->to, str_of(field));
    size_t dot = str_find(name, STR("."), 0);
    x->nomem |= !name.p || !text.p;
    uint32_t f = field_find(x->out->kind, str_sub(name, 0, MIN(dot, name.n)));
    if (f != NO_FIELD && !x->out->kind->field[f].computed && x->n < TYPED_MOST && text.n)
        x->typed[x->n++] = (struct typed){name, text};
}

static void put_ref(struct plan *x, const char *field, int64_t id)
{
    if (id)
        put(x, field, text_made(x->p->x->to, "#%lld", (long long)id));
}

static void put_day(struct plan *x, const char *field, const char *from)
{
    const struct val *v = saving_val(x->p->fact, from);
    char text[12];
    if (v)
        put(x, field, arena_str(x->p->x->to, date_put(text, v->num)));
}

/* Only an amount that is told exactly. */
static void put_amount(struct plan *x, const char *field)
{
    struct str value = rec_text(x->p->fact, "value");
    struct money m;
    if (!value.n || !has(value, "元") || !value_money(value, &m) || m.low != m.high ||
        !isfinite(m.high))
        return;
    if (has(value, "近") || has(value, "约") || has(value, "余") || has(value, "超") ||
        has(value, "多") || has(value, "以上"))
        return;
    put(x, field, value);
}

void fact_parties(const struct rec *f, const struct rec *page, const struct links *l,
                  uint32_t *first, uint32_t *second)
{
    *first = party_named(page, rec_text(f, "subject"));
    *second = party_named(page, rec_text(f, "object"));
    if (*second == *first)
        *second = UINT32_MAX;
    bool two = is_target(f, "agreement") || is_target(f, "position") || is_target(f, "appointment");
    if (!two || *second != UINT32_MAX || *first == UINT32_MAX || l->n_parties != 2)
        return;
    if (!l->party[1 - *first].wrong && row_text(page, "parties", 1 - *first, "name").n)
        *second = 1 - *first;
}

static int64_t party_id(const struct plan *x, uint32_t i)
{
    return i < x->p->links->n_parties ? x->p->links->party[i].id : 0;
}

static const char *agreement_type(const struct rec *f, const char **contract)
{
    static const struct {
        const char *word, *type, *contract;
    } words[] = {
        {"联合体", "consortium", NULL},
        {"技术开发", "contract", "development"},
        {"技术转让", "contract", "transfer"},
        {"专利转让", "contract", "transfer"},
        {"许可", "contract", "licence"},
        {"技术咨询", "contract", "consulting"},
        {"技术服务", "contract", "service"},
        {"实习", "internship", NULL},
        {"实践基地", "internship", NULL},
        {"捐赠", "donation", NULL},
        {"奖学金", "donation", NULL},
        {"助学金", "donation", NULL},
        {"研究院", "institute", NULL},
        {"实验室", "institute", NULL},
        {"研究中心", "institute", NULL},
        {"创新中心", "institute", NULL},
        {"战略合作", "framework", NULL},
        {"框架", "framework", NULL},
        {"培养", "talent", NULL},
    };
    static const char *const by_type[][2] = {{"joint_platform", "institute"},
                                             {"internship", "internship"},
                                             {"scholarship", "donation"},
                                             {"talent_training", "talent"}};
    *contract = NULL;
    for (size_t i = 0; i < ARRAY_LEN(by_type); i++)
        if (str_eq(rec_text(f, "type"), str_of(by_type[i][0])))
            return by_type[i][1];
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (has(rec_text(f, "predicate"), words[i].word) ||
            has(rec_text(f, "object"), words[i].word) || has(rec_text(f, "quote"), words[i].word)) {
            *contract = words[i].contract;
            return words[i].type;
        }
    return "other";
}

static void plan_agreement(struct plan *x)
{
    const char *contract, *type = agreement_type(x->p->fact, &contract);
    bool consortium = strcmp(type, "consortium") == 0;
    uint32_t first, second;
    fact_parties(x->p->fact, x->p->page, x->p->links, &first, &second);
    put(x, "type", str_of(type));
    if (contract)
        put(x, "contract", str_of(contract));
    put_ref(x, "parties.0.org", party_id(x, first));
    put(x, "parties.0.role", consortium ? STR("lead") : STR("a"));
    put_ref(x, "parties.1.org", party_id(x, second));
    if (party_id(x, second))
        put(x, "parties.1.role", consortium ? STR("member") : STR("b"));
    put_day(x, "signed", "day");
    put_day(x, "start", "day");
    put_day(x, "end", "due");
    put_amount(x, "amount");
    put_ref(x, "event", x->p->event);
}

static void plan_commitment(struct plan *x)
{
    const struct rec *f = x->p->fact;
    uint32_t creditor = party_named(x->p->page, rec_text(f, "object"));
    uint32_t debtor = party_named(x->p->page, rec_text(f, "subject"));
    put_ref(x, "debtor", party_id(x, debtor));
    if (creditor != debtor)
        put_ref(x, "creditor", party_id(x, creditor));
    put(x, "owner_name", rec_text(f, "owner_name"));
    put_day(x, "due", "due");
    put_ref(x, "event", x->p->event);
}

static void plan_project(struct plan *x)
{
    struct str quote = rec_text(x->p->fact, "quote");
    put(x, "type",
        has(quote, "转化")   ? STR("transfer")
        : has(quote, "平台") ? STR("platform")
                             : STR("attack"));
    put(x, "stage",
        has(quote, "产业化")     ? STR("sn")
        : has(quote, "基础研究") ? STR("s0")
                                 : STR("s1"));
    put_day(x, "start", "day");
    put_day(x, "end", "due");
    put_amount(x, "budget_total");
    put(x, "body", quote);
}

/* The school employs, the other side is where the work is done. */
static void sides(struct plan *x, int64_t *home, int64_t *host)
{
    uint32_t first, second;
    fact_parties(x->p->fact, x->p->page, x->p->links, &first, &second);
    struct str kind = row_text(x->p->page, "parties", second, "type");
    bool turn = str_eq(kind, STR("university")) || str_eq(kind, STR("college"));
    struct str other = row_text(x->p->page, "parties", first, "type");
    turn &= !str_eq(other, STR("university")) && !str_eq(other, STR("college"));
    *home = party_id(x, turn ? second : first);
    *host = party_id(x, turn ? first : second);
}

static void plan_position(struct plan *x)
{
    int64_t home, host;
    double n = 0;
    struct str value = rec_text(x->p->fact, "value");
    size_t digits = 0;
    while (digits < value.n && value.p[digits] >= '0' && value.p[digits] <= '9')
        n = n * 10 + (value.p[digits++] - '0');
    sides(x, &home, &host);
    put_ref(x, "home", home);
    put_ref(x, "host", host);
    put(x, "count", text_made(x->p->x->to, "%.0f", n >= 1 && n <= 999 ? n : 1));
    put(x, "duties", rec_text(x->p->fact, "quote"));
}

static void plan_appointment(struct plan *x)
{
    const struct val *share = saving_val(x->p->fact, "share");
    struct str name = rec_text(x->p->fact, "person");
    int64_t home, host, person = 0;
    for (uint32_t i = 0; i < x->p->links->n_people; i++)
        if (str_eq(row_text(x->p->page, "people", i, "name"), name))
            person = x->p->links->person[i].id;
    sides(x, &home, &host);
    if (person)
        put_ref(x, "person", person);
    else
        put(x, "person", name);
    put_ref(x, "home", home);
    put_ref(x, "host", host);
    put_day(x, "start", "day");
    put_day(x, "end", "due");
    if (share) {
        put(x, "host_share", text_made(x->p->x->to, "%g", share->real));
        put(x, "home_share", text_made(x->p->x->to, "%g", 100 - share->real));
    }
}

/* Everybody who is named: records where they are, else by name and office. */
static void plan_event(struct plan *x)
{
    const struct planning *p = x->p;
    struct arena *to = p->x->to;
    struct str orgs = STR(""), people = STR(""), guests = STR("");
    for (uint32_t i = 0; i < p->links->n_parties; i++)
        if (p->links->party[i].id && !p->links->party[i].wrong)
            orgs =
                text_made(to, "%.*s#%lld\n", (int)orgs.n, orgs.p, (long long)p->links->party[i].id);
    for (uint32_t i = 0; i < p->links->n_people; i++) {
        struct str name = row_text(p->page, "people", i, "name");
        struct str title = text_cut(row_text(p->page, "people", i, "title"), 30);
        if (p->links->person[i].id)
            people = text_made(to, "%.*s#%lld\n", (int)people.n, people.p ? people.p : "",
                               (long long)p->links->person[i].id);
        else if (!p->links->person[i].wrong)
            guests = text_made(to, "%.*s%.*s%s%.*s%s\n", (int)guests.n, guests.p ? guests.p : "",
                               (int)name.n, name.p, title.n ? "（" : "", (int)title.n,
                               title.p ? title.p : "", title.n ? "）" : "");
    }
    put(x, "type", rec_text(p->fact, "event_type"));
    put_day(x, "day", "day");
    put_day(x, "until", "due");
    put(x, "orgs", orgs);
    put(x, "people", people);
    put(x, "guests", guests);
}

static int64_t owner_of(const struct plan *x)
{
    const struct planning *p = x->p;
    uint32_t first, second;
    if (!actor_writes_all(p->x->a))
        return p->x->a->org;
    fact_parties(p->fact, p->page, p->links, &first, &second);
    for (uint32_t i = 0; first == UINT32_MAX && i < p->links->n_parties; i++)
        if (p->links->party[i].id && !p->links->party[i].wrong)
            first = i;
    int64_t id = party_id(x, first);
    return id ? id : p->page->org;
}

static enum rc fill(struct plan *x, vec_fault *faults, struct err *e)
{
    const struct planning *p = x->p;
    struct str title = rec_text(p->fact, "title");
    static const struct {
        const char *target;
        void (*plan)(struct plan *x);
    } plans[] = {{"agreement", plan_agreement},     {"commitment", plan_commitment},
                 {"project", plan_project},         {"position", plan_position},
                 {"appointment", plan_appointment}, {"event", plan_event}};
    if (is_target(p->fact, "event"))
        title = rec_text(p->fact, "object");
    put(x, "title", text_cut(title, 200));
    put(x, "quote", rec_text(p->fact, "quote"));
    put(x, "source", rec_text(p->page, "address"));
    for (size_t i = 0; i < ARRAY_LEN(plans); i++)
        if (is_target(p->fact, plans[i].target))
            plans[i].plan(x);
    if (x->nomem)
        return err_nomem(e);
    TRY(fill_in(p->x->s, p->x->tx, p->x->a, x->out, x->typed, x->n, p->x->to, faults, e));
    x->out->org = owner_of(x);
    return source_add(x->out, p->page, p->fact, p->x->to, NULL, e);
}

enum rc fact_plan(const struct planning *p, struct rec *out, vec_fault *faults, struct err *e)
{
    const struct kind *k = fact_writes(p->x->s, p->fact);
    struct plan x = {.p = p, .out = out};
    if (!k)
        return view_missing(e);
    TRY(rec_new(out, k, p->x->to, e));
    return fill(&x, faults, e);
}
