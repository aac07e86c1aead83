/* Shared by the tests of src/match: collections made of strings, and R3 by its formulas, over
 * strings and without an index: the yardstick for exactness. */
#ifndef MATCH_HELP_H
#define MATCH_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/map.h"
#include "match/match.h"
#include "text/english.h"

#include <math.h>
#include <stdio.h>

#define TEXTS 6000u
#define VOCAB 6000u

struct texts {
    struct match_text t[TEXTS];
    uint32_t n;
};

static inline struct match_text text_of(void *ctx, uint32_t i)
{
    return ((struct texts *)ctx)->t[i];
}

static inline struct match_source source_of(struct texts *t)
{
    return (struct match_source){t->n, text_of, t};
}

static uint64_t match_state = 1;

static inline uint32_t any(uint32_t below)
{
    match_state = match_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((match_state >> 33) % below);
}

/* Title and body, a line break between them; freed by texts_free. */
static inline void texts_add(struct texts *t, const char *title, const char *body)
{
    size_t n = strlen(title) + strlen(body) + 2;
    char *p = malloc(n);
    assert_non_null(p);
    assert_true(t->n < TEXTS);
    snprintf(p, n, "%s%s%s", title, *body ? "\n" : "", body);
    t->t[t->n++] = (struct match_text){str_of(p), (uint32_t)strlen(title)};
}

static inline void texts_free(struct texts *t)
{
    for (uint32_t i = 0; i < t->n; i++)
        free((void *)(uintptr_t)t->t[i].text.p);
    t->n = 0;
}

/* Random words of few characters, so that much is shared; `han` of 10 pieces are Chinese. */
static inline void random_words(char *to, size_t cap, uint32_t pieces, uint32_t han)
{
    static const char *const chars[] = {"锂", "电", "池", "膜", "铝", "合", "金", "热", "处", "理",
                                        "水", "泵", "阀", "钢", "焊", "接", "涂", "层", "轴", "承"};
    static const char *const words[] = {"peek", "steel",    "x-ray", "1.5",  "lidar", "net",
                                        "deep", "learning", "sic",   "oled", "igbt",  "cnc"};
    static const char *const gaps[] = {" ", " ", " ", "，", ", ", "\n"};
    size_t n = 0;
    to[0] = 0;
    for (uint32_t i = 0; i < pieces && n + 40 < cap; i++) {
        if (any(10) < han)
            for (uint32_t k = any(6) + 1; k > 0; k--)
                n += (size_t)snprintf(to + n, cap - n, "%s", chars[any(any(20) + 1)]);
        else
            n += (size_t)snprintf(to + n, cap - n, "%s", words[any(any(12) + 1)]);
        n += (size_t)snprintf(to + n, cap - n, "%s", gaps[any(6)]);
    }
}

static inline void random_texts(struct texts *t, uint32_t n, uint32_t pieces, uint32_t han)
{
    char title[200], body[2000];
    while (n-- > 0) {
        random_words(title, sizeof title, any(6) + 1, han);
        random_words(body, sizeof body, any(pieces), han);
        texts_add(t, title, any(8) ? body : "");
    }
}

/* ---- R3, plainly ---- */

/* Term counts of a text; terms are strings: 锂电, #锂, peek, #peek, "deep net". */
struct bag {
    uint32_t f[VOCAB];
    uint32_t len;
};

struct plain {
    struct arena arena;
    struct strmap vocab;
    struct bag *result, *title, *body;
    uint32_t n, nn;
    uint32_t df[VOCAB], need_df[VOCAB];
    double weight[VOCAB];
    double avg;
    bool english;
};

static inline void count_term(struct plain *p, struct bag *b, const char *form, struct str a,
                              struct str c)
{
    char text[200];
    int n = snprintf(text, sizeof text, form, (int)a.n, a.p, (int)c.n, c.p);
    uint32_t *at = strmap_get(&p->vocab, (struct str){text, (size_t)n});
    if (!at)
        at = strmap_put(&p->vocab, arena_str(&p->arena, (struct str){text, (size_t)n}),
                        (uint32_t)p->vocab.n);
    assert_true(at && *at < VOCAB);
    b->f[*at]++;
    b->len++;
}

static inline bool is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* A word of an English text: its parts by their stems, with pairs, then the whole. */
static inline void count_english(struct plain *p, struct bag *b, struct str w, struct str *before,
                                 char keep[2][40], unsigned *turn)
{
    char whole[80];
    size_t whole_n = 0, parts = 0;
    for (size_t i = 0, from = 0; i <= w.n; i++) {
        if (i < w.n && w.p[i] != '-')
            continue;
        char *part = keep[++*turn % 2];
        memcpy(part, w.p + from, i - from);
        memcpy(whole + whole_n, part, i - from);
        whole_n += i - from;
        struct str stem = {part, stem_english(part, i - from)};
        count_term(p, b, "%.*s%.*s", stem, STR(""));
        if (before->n)
            count_term(p, b, "%.*s %.*s", *before, stem);
        *before = stem;
        from = i + 1;
        parts++;
    }
    if (parts > 1)
        count_term(p, b, "%.*s%.*s", (struct str){whole, stem_english(whole, whole_n)}, STR(""));
}

/* Lower-case ASCII and three-byte Han only: what random_words makes. */
static inline void count_text(struct plain *p, struct bag *b, struct str s)
{
    struct str before = {0};
    char keep[2][40];
    unsigned turn = 0;
    for (size_t i = 0, from; i < s.n;) {
        from = i;
        if (is_word_byte(s.p[i])) {
            while (i < s.n && (is_word_byte(s.p[i]) || ((s.p[i] == '.' || s.p[i] == '-') &&
                                                        i + 1 < s.n && is_word_byte(s.p[i + 1]))))
                i++;
            struct str w = str_sub(s, from, i);
            if (p->english) {
                count_english(p, b, w, &before, keep, &turn);
                continue;
            }
            count_term(p, b, "%.*s%.*s", w, STR(""));
            count_term(p, b, "#%.*s%.*s", w, STR(""));
            continue;
        }
        size_t k = i;
        uint32_t c = utf8_next(s, &k);
        if (is_han(c)) {
            struct str last = {0};
            uint32_t n = 0;
            for (; i < s.n; i = k, n++) {
                k = i;
                if (!is_han(utf8_next(s, &k)))
                    break;
                struct str one = str_sub(s, i, k);
                count_term(p, b, "#%.*s%.*s", one, STR(""));
                if (n)
                    count_term(p, b, "%.*s%.*s", last, one);
                last = one;
            }
            if (n == 1)
                count_term(p, b, "%.*s%.*s", last, STR(""));
            before = (struct str){0};
            continue;
        }
        if (c != ' ')
            before = (struct str){0};
        i = k;
    }
}

static inline double plain_idf(double n, double df)
{
    return log(1 + (n - df + .5) / (df + .5));
}

static inline double plain_weight(const struct plain *p, uint32_t w, bool single)
{
    double idf = plain_idf(p->n, p->df[w]);
    if (p->english)
        return single ? 0 : idf;
    double damp = plain_idf(p->nn, p->need_df[w]) / plain_idf(p->nn, 0);
    return sqrt(idf) * pow(damp, .5 * fmin(1, p->nn / 100.)) * (single ? 1.5 : 1);
}

static inline void plain_make(struct plain *p, const struct texts *results,
                              const struct texts *needs, bool english)
{
    double tokens = 0, nonempty = 0;
    *p = (struct plain){.n = results->n, .nn = needs->n, .english = english};
    p->result = calloc(results->n + 1, sizeof *p->result);
    p->title = calloc(needs->n + 1, sizeof *p->title);
    p->body = calloc(needs->n + 1, sizeof *p->body);
    assert_true(p->result && p->title && p->body);
    for (uint32_t i = 0; i < results->n; i++) {
        count_text(p, &p->result[i], results->t[i].text);
        tokens += p->result[i].len;
        nonempty += p->result[i].len > 0;
    }
    p->avg = nonempty ? tokens / nonempty : 1;
    for (uint32_t i = 0; i < needs->n; i++) {
        struct match_text t = needs->t[i];
        count_text(p, &p->title[i], str_sub(t.text, 0, t.title));
        count_text(p, &p->body[i], str_sub(t.text, t.title, t.text.n));
    }
    for (uint32_t w = 0; w < p->vocab.n; w++) {
        for (uint32_t i = 0; i < p->n; i++)
            p->df[w] += p->result[i].f[w] > 0;
        for (uint32_t i = 0; i < p->nn; i++)
            p->need_df[w] += p->title[i].f[w] + p->body[i].f[w] > 0;
    }
    for (size_t i = 0; i < p->vocab.cap; i++)
        if (p->vocab.key[i].p)
            p->weight[p->vocab.val[i]] =
                plain_weight(p, p->vocab.val[i], p->vocab.key[i].p[0] == '#');
}

static inline void plain_free(struct plain *p)
{
    strmap_free(&p->vocab);
    arena_free(&p->arena);
    free(p->result);
    free(p->title);
    free(p->body);
}

static inline double plain_score(const struct plain *p, uint32_t need, uint32_t result)
{
    const struct bag *t = &p->title[need], *b = &p->body[need], *r = &p->result[result];
    double xx = 0, yy = 0, xy = 0;
    for (uint32_t w = 0; w < p->vocab.n; w++) {
        double x = 0, f = r->f[w];
        if (!t->f[w] && !b->f[w] && !r->f[w])
            continue;
        x += t->f[w] ? (p->english ? 1 : 3) * (1 + log(t->f[w])) : 0;
        x += b->f[w] ? 1 + log(b->f[w]) : 0;
        double y = f ? f * 3 / (f + 2 * (.25 + .75 * r->len / p->avg)) : 0;
        x *= p->weight[w];
        y *= p->weight[w];
        xx += x * x;
        yy += y * y;
        xy += x * y;
    }
    return xy > 0 ? xy / sqrt(xx) / sqrt(yy) : 0;
}

#endif
