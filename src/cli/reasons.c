/* Reasons into words. */
#include "cli/sentence.h"

const char *verdict_code(enum verdict v)
{
    static const char *const names[] = {"met", "missed", "unknown"};
    return names[v];
}

const char *reason_name(enum reason_code code)
{
    static const char *const names[] = {"terms",  "concept", "indicator", "industry",
                                        "region", "trl",     "price",     "deadline"};
    return names[code];
}

static struct str need_part(const struct pair *p, struct span at)
{
    return str_trim(span_str(p->need->text, at));
}

static struct str result_part(const struct pair *p, struct span at)
{
    return str_trim(span_str(p->result->text, at));
}

/* Was this phrase already quoted, alone or inside a longer one? */
static bool quoted(const struct pair *p, size_t before, struct str phrase)
{
    for (size_t i = 0; i < before; i++) {
        const struct reason *r = &p->reasons->p[i];
        if (r->code == REASON_TERMS && str_find(need_part(p, r->need), phrase, 0) != SIZE_MAX)
            return true;
    }
    return false;
}

/* Numbers, units and words like 以内 say nothing by themselves: what stands within a quantity is
 * told with the indicators. */
static bool says_nothing(const struct pair *p, const struct reason *phrase)
{
    struct str text = need_part(p, phrase->need);
    bool digits = true;
    for (size_t i = 0; i < text.n; i++)
        digits = digits && strchr("0123456789.,%- ", text.p[i]);
    for (size_t i = 0; i < p->reasons->n; i++) {
        const struct reason *r = &p->reasons->p[i];
        if (r->code == REASON_INDICATOR && r->need.from <= phrase->need.from &&
            phrase->need.to <= r->need.to)
            return true;
    }
    return digits;
}

static enum rc say_phrases(struct buf *to, const struct speaker *s, const struct pair *p,
                           size_t most, struct err *e)
{
    size_t said = 0;
    for (size_t i = 0; i < p->reasons->n && said < most; i++) {
        const struct reason *r = &p->reasons->p[i];
        struct str phrase = need_part(p, r->need);
        if (r->code != REASON_TERMS || says_nothing(p, r) || quoted(p, i, phrase))
            continue;
        TRY(buf_str(to, sentence(s, said++ ? "reason.phrase_between" : "reason.phrases"), e));
        TRY(SAY(to, s, "reason.quoted", e, {"text", phrase}));
    }
    return RC_OK;
}

enum rc say_words(struct buf *to, const struct speaker *s, const struct pair *p, size_t most,
                  struct err *e)
{
    size_t start = to->n, said = 0;
    TRY(say_phrases(to, s, p, most, e));
    for (size_t i = 0; i < p->reasons->n && said < most; i++) {
        const struct reason *r = &p->reasons->p[i];
        if (r->code != REASON_CONCEPT)
            continue;
        if (!said++) {
            if (to->n > start)
                TRY(buf_str(to, sentence(s, "reason.between"), e));
            TRY(buf_str(to, sentence(s, "reason.concepts"), e));
        } else {
            TRY(buf_str(to, sentence(s, "reason.concept_between"), e));
        }
        TRY(SAY(to, s, "reason.concept", e, {"need", need_part(p, r->need)},
                {"result", result_part(p, r->result)}));
    }
    return RC_OK;
}

/* An indicator by one of its patterns; a name that is not known leaves no blank behind. */
static enum rc say_asked(struct buf *to, const struct speaker *s, const struct pair *p,
                         const struct reason *r, const char *key, struct err *e)
{
    static const char *const verdicts[] = {"reason.met", "reason.missed", "reason.unclear"};
    struct str name = need_part(p, r->need_name);
    if (!name.n)
        name = result_part(p, r->result_name);
    size_t start = to->n;
    TRY(SAY(to, s, key, e, {"name", name}, {"need", need_part(p, r->need)},
            {"result", result_part(p, r->result)}, {"verdict", sentence(s, verdicts[r->verdict])}));
    if (!name.n) {
        struct str said = str_trim((struct str){to->p + start, to->n - start});
        memmove(to->p + start, said.p, said.n);
        to->n = start + said.n;
    }
    return RC_OK;
}

static enum rc say_indicator(struct buf *to, const struct speaker *s, const struct pair *p,
                             const struct reason *r, struct err *e)
{
    bool silent = r->result.from == r->result.to;
    return say_asked(to, s, p, r, silent ? "reason.not_mentioned" : "reason.indicator", e);
}

static const struct {
    enum field need, result;
    const char *met, *missed;
} columns[] = {
    /* Another industry says little: the words of industries are chosen freely. */
    [REASON_INDUSTRY] = {FIELD_INDUSTRY, FIELD_INDUSTRY, "reason.industry_met", NULL},
    [REASON_REGION] = {FIELD_REGION, FIELD_REGION, "reason.region_met", "reason.region_missed"},
    [REASON_TRL] = {FIELD_TRL, FIELD_TRL, "reason.trl_met", "reason.trl_missed"},
    [REASON_PRICE] = {FIELD_BUDGET, FIELD_BUDGET, "reason.price_met", "reason.price_missed"},
    [REASON_DEADLINE] = {FIELD_DEADLINE, FIELD_DATE, "reason.deadline_met",
                         "reason.deadline_missed"},
};

static const char *column_key(const struct reason *r)
{
    return r->verdict == VERDICT_MET      ? columns[r->code].met
           : r->verdict == VERDICT_MISSED ? columns[r->code].missed
                                          : NULL;
}

static enum rc say_column(struct buf *to, const struct speaker *s, const struct pair *p,
                          const struct reason *r, struct err *e)
{
    const char *key = column_key(r);
    if (!key)
        return RC_OK;
    return SAY(to, s, key, e, {"need", str_trim(p->need->field[columns[r->code].need])},
               {"result", str_trim(p->result->field[columns[r->code].result])});
}

enum rc say_fact(struct buf *to, const struct speaker *s, const struct pair *p,
                 const struct reason *r, struct err *e)
{
    switch (r->code) {
    case REASON_TERMS:
    case REASON_CONCEPT:
        return RC_OK;
    case REASON_INDICATOR:
        return say_indicator(to, s, p, r, e);
    default:
        return say_column(to, s, p, r, e);
    }
}

/* Does the result say anything about it? */
static bool mentioned(const struct reason *r)
{
    return r->result.from < r->result.to;
}

enum rc say_indicators(struct buf *to, const struct speaker *s, const struct pair *p,
                       struct str between, struct err *e)
{
    size_t start = to->n;
    for (size_t i = 0; i < p->reasons->n; i++) {
        const struct reason *r = &p->reasons->p[i];
        if (r->code != REASON_INDICATOR || !mentioned(r))
            continue;
        if (to->n > start)
            TRY(buf_str(to, between, e));
        TRY(say_indicator(to, s, p, r, e));
    }
    bool first = true;
    for (size_t i = 0; i < p->reasons->n; i++) {
        const struct reason *r = &p->reasons->p[i];
        if (r->code != REASON_INDICATOR || mentioned(r))
            continue;
        if (first && to->n > start)
            TRY(buf_str(to, between, e));
        TRY(buf_str(to, sentence(s, first ? "reason.unmentioned" : "reason.list"), e));
        TRY(say_asked(to, s, p, r, "reason.asked", e));
        first = false;
    }
    return RC_OK;
}

enum rc say_columns(struct buf *to, const struct speaker *s, const struct pair *p,
                    struct str between, struct err *e)
{
    size_t start = to->n;
    for (size_t i = 0; i < p->reasons->n; i++) {
        const struct reason *r = &p->reasons->p[i];
        if (r->code < REASON_INDUSTRY || !column_key(r))
            continue;
        if (to->n > start)
            TRY(buf_str(to, between, e));
        TRY(say_column(to, s, p, r, e));
    }
    return RC_OK;
}
