/* Structured fit: what both sides say in fields of their own. */
#include "service/engine_int.h"

static const struct rule {
    enum reason_code code;
    enum feature feature;
    const char *need[2], *offer[2]; /* field names, the first that the kind has */
} rules[] = {
    {REASON_INDUSTRY, FEATURE_INDUSTRY, {"industry"}, {"industry"}},
    {REASON_REGION, FEATURE_REGION, {"region"}, {"region"}},
    {REASON_TRL, FEATURE_TRL, {"trl"}, {"trl"}},
    {REASON_DEADLINE, FEATURE_DEADLINE, {"deadline"}, {"date", "delivery"}},
    {REASON_PRICE, FEATURE_PRICE, {"budget"}, {"price"}},
};

static uint32_t field_of(const struct kind *k, const struct rule *r)
{
    const char *const *name = k->side == MATCH_NEED ? r->need : r->offer;
    uint32_t f = NO_FIELD;
    for (int i = 0; i < 2 && f == NO_FIELD && name[i]; i++)
        f = field_find(k, str_of(name[i]));
    return f;
}

/* ---- reading ---- */

static void add_code(const struct codes *c, struct str text, const struct code **to, uint32_t *n)
{
    const struct code *found = code_find(c, text);
    if (found && *n < FACT_CODES)
        to[(*n)++] = found;
}

static void read_codes(const struct field_def *f, const struct val *v, const struct codes **table,
                       const struct code **to, uint32_t *n)
{
    if (f->type != TYPE_CODE)
        return;
    *table = f->codes;
    if (!f->list)
        add_code(f->codes, v->text, to, n);
    for (uint32_t i = 0; f->list && i < v->list.n; i++)
        add_code(f->codes, v->list.item[i].text, to, n);
}

static void read_number(const struct field_def *f, const struct val *v, enum type type, int64_t *to)
{
    if (f->type == type && !f->list)
        *to = v->num;
}

static void read_fact(struct facts *out, enum reason_code code, const struct field_def *f,
                      const struct val *v)
{
    if (code == REASON_INDUSTRY)
        read_codes(f, v, &out->industries, out->industry, &out->n_industry);
    else if (code == REASON_REGION)
        read_codes(f, v, &out->regions, out->region, &out->n_region);
    else if (code == REASON_TRL)
        read_number(f, v, TYPE_INT, &out->trl);
    else if (code == REASON_DEADLINE)
        read_number(f, v, TYPE_DATE, &out->due);
    else
        read_number(f, v, TYPE_MONEY, &out->money);
}

void facts_read(struct facts *out, const struct rec *r, bool private)
{
    *out = (struct facts){.trl = INT64_MIN, .due = INT64_MIN, .money = INT64_MIN};
    for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
        uint32_t f = field_of(r->kind, &rules[i]);
        if (f == NO_FIELD || !r->val[f].set)
            continue;
        if (private || r->kind->field[f].secret != SECRET_PRIVATE)
            read_fact(out, rules[i].code, &r->kind->field[f], &r->val[f]);
    }
}

/* ---- judging ---- */

/* The widest code that holds it, or, below that, the second widest. */
static struct str branch_of(const struct codes *t, const struct code *c, bool second)
{
    const struct code *below = c;
    while (c->under >= 0) {
        below = c;
        c = &t->code[c->under];
    }
    return second ? below->code : c->code;
}

/* Industries meet in a branch below the widest (manufacturing says nothing), places in a province.
 */
static enum verdict judge_codes(const struct codes *t, const struct code *a, const struct code *b,
                                bool second)
{
    if (code_under(t, a->code, b->code) || code_under(t, b->code, a->code))
        return VERDICT_MET;
    return str_eq(branch_of(t, a, second), branch_of(t, b, second)) ? VERDICT_UNKNOWN
                                                                    : VERDICT_MISSED;
}

/* The best of all pairs. */
static bool judge_lists(const struct codes *t, const struct codes *u, const struct code *const *a,
                        uint32_t n, const struct code *const *b, uint32_t m, bool second,
                        enum verdict *v)
{
    if (!n || !m || t != u)
        return false;
    *v = VERDICT_MISSED;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = 0; j < m; j++) {
            enum verdict x = judge_codes(t, a[i], b[j], second);
            if (x == VERDICT_MET || *v == VERDICT_MISSED)
                *v = x;
            if (*v == VERDICT_MET)
                return true;
        }
    return true;
}

static bool judge_numbers(int64_t need, int64_t offer, bool at_least, enum verdict *v)
{
    if (need == INT64_MIN || offer == INT64_MIN)
        return false;
    *v = (at_least ? offer >= need : offer <= need) ? VERDICT_MET : VERDICT_MISSED;
    return true;
}

bool facts_judge(enum reason_code code, const struct facts *a, const struct facts *b,
                 enum verdict *v)
{
    switch (code) {
    case REASON_INDUSTRY:
        return judge_lists(a->industries, b->industries, a->industry, a->n_industry, b->industry,
                           b->n_industry, true, v);
    case REASON_REGION:
        return judge_lists(a->regions, b->regions, a->region, a->n_region, b->region, b->n_region,
                           false, v);
    case REASON_TRL:
        return judge_numbers(a->trl, b->trl, true, v);
    case REASON_DEADLINE:
        return judge_numbers(a->due, b->due, false, v);
    case REASON_PRICE:
        return judge_numbers(a->money, b->money, false, v);
    case REASON_TERMS:
    case REASON_CONCEPT:
    case REASON_INDICATOR:
        break;
    }
    return false;
}

void facts_features(const struct facts *need, const struct facts *offer, double x[FEATURE__COUNT])
{
    for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
        enum verdict v = VERDICT_UNKNOWN;
        bool known = facts_judge(rules[i].code, need, offer, &v);
        x[rules[i].feature] = !known ? 0 : v == VERDICT_MET ? 1 : v == VERDICT_MISSED ? -1 : 0;
    }
}

/* ---- showing ---- */

static enum rc shown_value(const struct rec *r, const struct rule *rule, bool zh, struct arena *to,
                           struct str *out, struct err *e)
{
    uint32_t f = field_of(r->kind, rule);
    struct buf b;
    *out = (struct str){"", 0};
    if (f == NO_FIELD || !r->val[f].set)
        return RC_OK;
    buf_init(&b, 64u << 10);
    const struct field_def *d = &r->kind->field[f];
    enum rc rc;
    if (zh && d->type == TYPE_MONEY && !d->list)
        rc = buf_printf(&b, e, "%.10g 万元", (double)r->val[f].num / 1e6);
    else
        rc = val_text(&b, d, &r->val[f], zh, false, e);
    if (rc == RC_OK) {
        *out = arena_str(to, buf_view(&b));
        rc = out->p ? RC_OK : err_nomem(e);
    }
    buf_free(&b);
    return rc;
}

enum rc fits_of(struct why *out, const struct rec *need, const struct rec *offer, bool zh,
                struct arena *to, struct err *e)
{
    struct facts a, b;
    facts_read(&a, need, true);
    facts_read(&b, offer, true);
    out->n_fits = 0;
    for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
        struct fit f = {.code = rules[i].code, .verdict = VERDICT_UNKNOWN};
        TRY(shown_value(need, &rules[i], zh, to, &f.need, e));
        TRY(shown_value(offer, &rules[i], zh, to, &f.offer, e));
        if (!facts_judge(f.code, &a, &b, &f.verdict))
            f.verdict = VERDICT_UNKNOWN;
        if (f.need.n || f.offer.n)
            out->fit[out->n_fits++] = f;
    }
    return RC_OK;
}
