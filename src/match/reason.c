#include "match/reason.h"

#include "match/pair.h"
#include "match/phrase.h"

#include <stdlib.h>

#define LEAST_SHARE 0.02

/* A run of terms at need token i and result token j. */
struct run {
    uint32_t need, result, n;
    double worth;
};
typedef VEC(struct run) vec_run;

struct phrases {
    struct str need_text, result_text;
    unsigned flags; /* of terms_read */
    const struct reason_desk *desk;
    struct phrase_book book;
    vec_concept_hit hit; /* of the result's text */
    vec_term_at result;  /* pairs and words only, in text order */
    struct map worth;    /* key -> place in product */
    VEC(double) product; /* x y of a shared key; 0 once it was used */
    vec_run run;
};

static void phrases_free(struct phrases *p)
{
    vec_free(&p->hit);
    vec_free(&p->result);
    map_free(&p->worth);
    vec_free(&p->product);
    vec_free(&p->run);
}

/* Tokens that phrases are made of: single characters are inside their pairs; of an English compound
 * the parts, not the whole that follows them. */
static enum rc read_tokens(vec_term_at *out, struct str text, unsigned flags, struct err *e)
{
    TRY(terms_read(out, text, flags, e));
    size_t n = 0;
    for (size_t i = 0; i < out->n; i++) {
        bool whole = flags & TERMS_ENGLISH && n && out->p[i].at.from < out->p[n - 1].at.to;
        if (term_class(out->p[i].key) == TERM_PAIR && !whole)
            out->p[n++] = out->p[i];
    }
    out->n = n;
    return RC_OK;
}

/* The need's tokens, those of a key linked. */
static enum rc lay_need(struct reason_desk *d, const struct concepts *c, struct str need,
                        unsigned flags, struct err *e)
{
    d->token.n = d->hit.n = 0;
    if (c)
        TRY(concepts_find(c, need, &d->hit, e));
    map_free(&d->first);
    TRY(read_tokens(&d->token, need, flags, e));
    d->next.n = 0;
    TRY(vec_reserve(&d->next, d->token.n, e));
    d->next.n = d->token.n;
    for (size_t i = d->token.n; i-- > 0;) {
        uint32_t *first = map_put(&d->first, d->token.p[i].key, UINT32_MAX);
        if (!first)
            return err_nomem(e);
        d->next.p[i] = *first;
        *first = (uint32_t)i;
    }
    return RC_OK;
}

void reason_desk_free(struct reason_desk *d)
{
    ready_free(&d->ready);
    vec_free(&d->token);
    vec_free(&d->next);
    vec_free(&d->hit);
    map_free(&d->first);
    d->need = 0;
}

/* What stands between neighbouring tokens of a run: nothing, where pairs overlap or touch, or one
 * blank (in English also a hyphen). Anything else ends it: a quotation must read the same on both
 * sides, but for English endings. */
enum gap { GAP_NONE, GAP_BLANK, GAP_OTHER };

static enum gap gap_between(unsigned flags, struct str text, struct term_at a, struct term_at b)
{
    if (b.at.from <= a.at.to)
        return GAP_NONE;
    char c = text.p[a.at.to];
    bool blank = c == ' ' || (flags & TERMS_ENGLISH && c == '-');
    return b.at.from == a.at.to + 1 && blank ? GAP_BLANK : GAP_OTHER;
}

/* Do the need's token i and the result's j follow the ones before them alike? */
static bool goes_on(const struct phrases *p, uint32_t i, uint32_t j)
{
    const struct term_at *x = &p->desk->token.p[i], *y = &p->result.p[j];
    enum gap gap = gap_between(p->flags, p->need_text, x[-1], x[0]);
    return gap != GAP_OTHER && gap == gap_between(p->flags, p->result_text, y[-1], y[0]);
}

static uint32_t run_length(const struct phrases *p, uint32_t i, uint32_t j)
{
    const vec_term_at *need = &p->desk->token;
    uint32_t n = 1;
    for (; i + n < need->n && j + n < p->result.n; n++)
        if (need->p[i + n].key != p->result.p[j + n].key || !goes_on(p, i + n, j + n))
            break;
    return n;
}

/* A run that begins where another ended may reach back into it: 涂层厚度 after 耐热涂层. */
static struct run reach_back(const struct phrases *p, struct run r)
{
    const vec_term_at *need = &p->desk->token;
    while (r.need && r.result && need->p[r.need - 1].key == p->result.p[r.result - 1].key &&
           goes_on(p, r.need, r.result)) {
        r.need--;
        r.result--;
        r.n++;
    }
    return r;
}

/* What of a run reads as a term. */
static struct run narrow(const struct phrases *p, struct run r)
{
    const struct phrase_side side[2] = {
        {p->result_text, p->result.p + r.result, &p->hit},
        {p->need_text, p->desk->token.p + r.need, &p->desk->hit},
    };
    uint32_t first = 0;
    phrase_trim(&p->book, side, &first, &r.n);
    r.need += first;
    r.result += first;
    return r;
}

static enum rc find_runs(struct phrases *p, struct err *e)
{
    for (uint32_t j = 0; j < p->result.n;) {
        const uint32_t *first = map_get(&p->desk->first, p->result.p[j].key);
        struct run best = {0, j, 0, 0};
        for (uint32_t i = first ? *first : UINT32_MAX; i != UINT32_MAX; i = p->desk->next.p[i]) {
            uint32_t n = run_length(p, i, j);
            if (n > best.n)
                best = (struct run){i, j, n, 0};
        }
        j += MAX(best.n, 1);
        if (best.n)
            best = narrow(p, reach_back(p, best));
        if (best.n)
            TRY(vec_push(&p->run, best, e));
    }
    return RC_OK;
}

static int longer_first(const void *x, const void *y)
{
    const struct run *a = x, *b = y;
    if (a->n != b->n)
        return a->n < b->n ? 1 : -1;
    return (a->result > b->result) - (a->result < b->result);
}

static int worthier_first(const void *x, const void *y)
{
    const struct run *a = x, *b = y;
    if (a->worth != b->worth)
        return a->worth < b->worth ? 1 : -1;
    return (a->result > b->result) - (a->result < b->result);
}

static double take_product(struct phrases *p, uint64_t key)
{
    const uint32_t *at = map_get(&p->worth, key);
    if (!at)
        return 0;
    double x = p->product.p[*at];
    p->product.p[*at] = 0;
    return x;
}

/* A key counts for the longest run it stands in, once; so do the characters of a pair, and a word
 * in its other class. */
static void weigh_runs(struct phrases *p, struct str result)
{
    if (p->run.n)
        qsort(p->run.p, p->run.n, sizeof *p->run.p, longer_first);
    for (size_t r = 0; r < p->run.n; r++) {
        struct run *run = &p->run.p[r];
        for (uint32_t k = 0; k < run->n; k++) {
            struct term_at t = p->result.p[run->result + k];
            run->worth += take_product(p, t.key);
            if (!term_is_han(t.key)) {
                run->worth += take_product(p, term_in_class(t.key, TERM_SINGLE));
                continue;
            }
            for (size_t i = t.at.from; i < t.at.to;)
                run->worth += take_product(p, term_han(utf8_next(result, &i)));
        }
    }
    if (p->run.n)
        qsort(p->run.p, p->run.n, sizeof *p->run.p, worthier_first);
}

static struct span span_of(const vec_term_at *t, uint32_t first, uint32_t n)
{
    return (struct span){t->p[first].at.from, t->p[first + n - 1].at.to};
}

static bool too_short(struct str text, struct span s)
{
    return utf8_len(str_sub(text, s.from, s.to)) < 2;
}

static enum rc put_phrases(struct phrases *p, double score, struct str result, vec_reason *out,
                           struct err *e)
{
    uint32_t put = 0;
    for (size_t r = 0; r < p->run.n && put < REASON_PHRASES; r++) {
        struct run *run = &p->run.p[r];
        struct reason x = {.code = REASON_TERMS, .verdict = VERDICT_UNKNOWN};
        x.share = score > 0 ? run->worth / score : 0;
        x.need = span_of(&p->desk->token, run->need, run->n);
        x.result = span_of(&p->result, run->result, run->n);
        if (x.share < LEAST_SHARE)
            break;
        if (too_short(result, x.result))
            continue;
        TRY(vec_push(out, x, e));
        put++;
    }
    return RC_OK;
}

static unsigned term_flags(const struct matcher *m)
{
    return match_flags(matcher_params(m));
}

/* Find by x y of every shared key, and their sum; `d` holds the need's tokens. */
static enum rc phrases_of(const struct reason_desk *d, const struct matcher *m,
                          const struct concepts *c, struct str need, struct str result,
                          const vec_product *v, double score, vec_reason *out, struct err *e)
{
    unsigned flags = term_flags(m);
    struct phrases p = {.need_text = need, .result_text = result, .flags = flags, .desk = d};
    p.book = (struct phrase_book){c, m, flags & TERMS_ENGLISH};
    enum rc rc = RC_OK;
    if (c)
        GOTO_OUT(concepts_find(c, result, &p.hit, e));
    for (size_t i = 0; i < v->n; i++) {
        if (!map_put(&p.worth, v->p[i].key, (uint32_t)p.product.n)) {
            rc = err_nomem(e);
            goto out;
        }
        GOTO_OUT(vec_push(&p.product, v->p[i].x * v->p[i].y, e));
    }
    GOTO_OUT(read_tokens(&p.result, result, flags, e));
    GOTO_OUT(find_runs(&p, e));
    weigh_runs(&p, result);
    rc = put_phrases(&p, score, result, out, e);
out:
    phrases_free(&p);
    return rc;
}

static enum rc desk_lay(struct reason_desk *d, const struct matcher *m, const struct concepts *c,
                        uint32_t need, struct err *e)
{
    if (d->need == need + 1)
        return RC_OK;
    d->need = 0;
    TRY(ready_make(&d->ready, m, need, e));
    TRY(lay_need(d, c, matcher_need(m, need).text, term_flags(m), e));
    d->need = need + 1;
    return RC_OK;
}

enum rc reasons_phrases(const struct matcher *m, const struct concepts *c, struct reason_desk *desk,
                        uint32_t need, uint32_t result, vec_reason *out, struct err *e)
{
    struct reason_desk own = {0}, *d = desk ? desk : &own;
    vec_product v = {0};
    double score = 0;
    enum rc rc = desk_lay(d, m, c, need, e);
    if (rc == RC_OK)
        rc = ready_products(&d->ready, m, result, &v, &score, e);
    if (rc == RC_OK)
        rc = phrases_of(d, m, c, matcher_need(m, need).text, matcher_result(m, result).text, &v,
                        score, out, e);
    vec_free(&v);
    reason_desk_free(&own);
    return rc;
}

enum rc reasons_phrases_between(const struct matcher *m, const struct concepts *c,
                                struct match_text need, struct match_text result, vec_reason *out,
                                struct err *e)
{
    struct reason_desk d = {0};
    vec_product v = {0};
    double score = 0;
    enum rc rc = pair_products(m, need, result, &v, &score, e);
    if (rc == RC_OK)
        rc = lay_need(&d, c, need.text, term_flags(m), e);
    if (rc == RC_OK)
        rc = phrases_of(&d, m, c, need.text, result.text, &v, score, out, e);
    vec_free(&v);
    reason_desk_free(&d);
    return rc;
}

/* ---- concepts ---- */

/* Distinct words, each at its first place. */
static void first_places(vec_concept_hit *h)
{
    size_t n = 0;
    for (size_t i = 0; i < h->n; i++) {
        bool seen = false;
        for (size_t k = 0; k < n && !seen; k++)
            seen = h->p[k].word == h->p[i].word;
        if (!seen)
            h->p[n++] = h->p[i];
    }
    h->n = n;
}

static bool holds(const vec_concept_hit *h, uint32_t word)
{
    for (size_t i = 0; i < h->n; i++)
        if (h->p[i].word == word)
            return true;
    return false;
}

/* The closest word of the result to a word of the need. */
static struct reason closest(const struct concepts *c, struct concept_hit a,
                             const vec_concept_hit *need, const vec_concept_hit *result)
{
    struct reason r = {.code = REASON_CONCEPT, .verdict = VERDICT_UNKNOWN, .need = a.at};
    for (size_t i = 0; i < result->n; i++) {
        double x =
            holds(need, result->p[i].word) ? 0 : concepts_relation(c, a.word, result->p[i].word);
        if (x > r.share) {
            r.share = x;
            r.result = result->p[i].at;
        }
    }
    return r;
}

static int closer_first(const void *x, const void *y)
{
    const struct reason *a = x, *b = y;
    if (a->share != b->share)
        return a->share < b->share ? 1 : -1;
    return (a->need.from > b->need.from) - (a->need.from < b->need.from);
}

/* The closest pairs, each word of the result once. */
static enum rc put_concepts(vec_reason *found, vec_reason *out, struct err *e)
{
    size_t first = out->n;
    if (found->n)
        qsort(found->p, found->n, sizeof *found->p, closer_first);
    for (size_t i = 0; i < found->n && out->n - first < REASON_CONCEPTS; i++) {
        bool used = false;
        for (size_t k = first; k < out->n && !used; k++)
            used = out->p[k].result.from == found->p[i].result.from;
        if (!used)
            TRY(vec_push(out, found->p[i], e));
    }
    return RC_OK;
}

enum rc reasons_concepts(const struct concepts *c, struct str need, struct str result,
                         vec_reason *out, struct err *e)
{
    vec_concept_hit a = {0}, b = {0};
    vec_reason found = {0};
    enum rc rc;
    GOTO_OUT(concepts_find(c, need, &a, e));
    GOTO_OUT(concepts_find(c, result, &b, e));
    first_places(&a);
    first_places(&b);
    for (size_t i = 0; i < a.n; i++) {
        if (holds(&b, a.p[i].word))
            continue;
        struct reason r = closest(c, a.p[i], &a, &b);
        if (r.share > 0)
            GOTO_OUT(vec_push(&found, r, e));
    }
    rc = put_concepts(&found, out, e);
out:
    vec_free(&a);
    vec_free(&b);
    vec_free(&found);
    return rc;
}

enum rc reasons_indicators(const struct units *u, struct str need, struct str result,
                           vec_reason *out, struct err *e)
{
    struct vec_quantity a = {0}, b = {0};
    struct vec_indicator v = {0};
    enum rc rc;
    GOTO_OUT(quantities_read(&a, need, u, e));
    if (!a.n)
        goto out;
    GOTO_OUT(quantities_read(&b, result, u, e));
    GOTO_OUT(indicators_judge(&v, &a, need, &b, result, u, e));
    for (size_t i = 0; rc == RC_OK && i < v.n; i++) {
        const struct quantity *q = &a.p[v.p[i].need];
        struct reason r = {.code = REASON_INDICATOR, .verdict = v.p[i].verdict};
        r.need = q->whole;
        r.need_name = q->name;
        if (v.p[i].offer != INDICATOR_NONE) {
            r.result = b.p[v.p[i].offer].whole;
            r.result_name = b.p[v.p[i].offer].name;
        }
        rc = vec_push(out, r, e);
    }
out:
    vec_free(&a);
    vec_free(&b);
    vec_free(&v);
    return rc;
}
