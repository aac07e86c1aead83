/* The language and its documents; what it is and why is in prose.h. */
#include <errno.h>
#include <iconv.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prose.h"

enum {
    WORDS = 60000, /* of Han characters; then the Latin ones, then one that means a number */
    W_NUMBER = WORDS + LATIN,
    WORD_MAX = 4,
    FOLLOWERS = 24, /* the characters one character likes to be followed by */
    TOPICS = 2000,
    TOPIC_WORDS = 100,
    PHRASES = 24, /* of a topic */
    PHRASE_MAX = 12,
    SUBS = TOPICS * 8, /* sub-topics */
    SUB_WORDS = 60,
    CLAUSES = 6000, /* boilerplate */
    COMMON = 800,   /* words too common to mark a topic */
};

/* Streams of chance, one a purpose; the names of sub-topic s have KIND_NAME + s. */
enum {
    KIND_CHARS,
    KIND_LATIN,
    KIND_WORDS,
    KIND_TOPIC,
    KIND_SUB,
    KIND_CLAUSE,
    KIND_DOC,
    KIND_NAME = KIND_DOC + 2
};

/* ---- chance ---- */

static uint64_t rng_next(uint64_t *r) /* splitmix64 (Steele, Lea, Flood 2014) */
{
    uint64_t z = *r += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* Stream `i` of kind `kind`: a document depends on its number only, not on those before it. */
static uint64_t rng_make(uint64_t seed, unsigned kind, uint64_t i)
{
    uint64_t r = seed * 0xd1342543de82ef95u + kind;
    r = rng_next(&r) + i * 0xa0761d6478bd642fu;
    return rng_next(&r);
}

static double rng_unit(uint64_t *r)
{
    return (double)(rng_next(r) >> 11) * 0x1p-53;
}

static uint32_t rng_below(uint64_t *r, uint32_t n)
{
    return (uint32_t)((rng_next(r) >> 32) * n >> 32);
}

static double rng_normal(uint64_t *r)
{
    double u = rng_unit(r), v = rng_unit(r);
    return sqrt(-2 * log(1 - u)) * cos(6.283185307179586 * v);
}

/* Draws from fixed weights in constant time (Walker's alias method, tables after Vose 1991). */
struct alias {
    uint32_t n, *other;
    double *keep;
};

static struct alias alias_make(const double *weight, uint32_t n)
{
    struct alias a = {n, grab(n, sizeof *a.other), grab(n, sizeof *a.keep)};
    uint32_t *stack = grab(n, sizeof *stack), small = 0, large = n;
    double sum = 0;
    for (uint32_t i = 0; i < n; i++)
        sum += weight[i];
    for (uint32_t i = 0; i < n; i++) {
        a.other[i] = i;
        a.keep[i] = weight[i] * n / sum;
        stack[a.keep[i] < 1 ? small++ : --large] = i;
    }
    while (small && large < n) {
        uint32_t s = stack[--small], l = stack[large];
        a.other[s] = l;
        a.keep[l] -= 1 - a.keep[s];
        if (a.keep[l] < 1) { /* moves from the large end to the small */
            large++;
            stack[small++] = l;
        }
    }
    free(stack);
    return a;
}

static uint32_t alias_draw(const struct alias *a, uint64_t *r)
{
    uint32_t i = rng_below(r, a->n);
    return rng_unit(r) < a->keep[i] ? i : a->other[i];
}

/* Weight of rank i is (i + shift)^-power. */
static struct alias alias_zipf(uint32_t n, double shift, double power)
{
    double *w = grab(n, sizeof *w);
    for (uint32_t i = 0; i < n; i++)
        w[i] = pow(i + shift, -power);
    struct alias a = alias_make(w, n);
    free(w);
    return a;
}

/* ---- the language ---- */

struct word {
    uint16_t sym[WORD_MAX];
    uint8_t n;
};
struct phrase {
    uint32_t word[PHRASE_MAX];
    uint8_t n;
};
struct topic {
    uint32_t word[TOPIC_WORDS];
    struct phrase phrase[PHRASES];
};
struct sub {
    uint32_t topic, word[SUB_WORDS];
};

static struct model {
    uint64_t seed;
    struct symbol symbol[SYMBOLS];
    struct word word[W_NUMBER];
    struct topic topic[TOPICS];
    struct sub sub[SUBS];
    struct phrase clause[CLAUSES];
    struct alias chars;   /* characters */
    struct alias general; /* words of the language */
    struct alias special; /* words that can mark a topic */
    struct alias popular; /* sub-topics */
    struct alias head;    /* words within a sub-topic */
    struct alias boiler;  /* clauses */
} * M;

static void name_symbol(uint32_t s, const char *text)
{
    struct symbol *sym = &M->symbol[s];
    sym->n = (uint8_t)snprintf(sym->text, sizeof sym->text, "%s", text);
}

/* The characters in daily use: GB 2312 level 1, in an order that the seed decides: their rank. */
static void make_characters(void)
{
    uint64_t r = rng_make(M->seed, KIND_CHARS, 0);
    uint16_t order[HAN];
    for (uint32_t i = 0; i < HAN; i++) {
        uint32_t j = rng_below(&r, i + 1);
        order[i] = order[j];
        order[j] = (uint16_t)i;
    }
    iconv_t cd = iconv_open("UTF-8", "GB2312");
    if (cd == (iconv_t)-1)
        die("iconv knows no GB2312");
    for (uint32_t i = 0; i < HAN; i++) {
        char gb[2] = {(char)(0xb0 + order[i] / 94), (char)(0xa1 + order[i] % 94)}, utf8[8] = {0};
        char *in = gb, *out = utf8;
        size_t left = 2, room = sizeof utf8 - 1;
        if (iconv(cd, &in, &left, &out, &room) == (size_t)-1)
            die("GB 2312 character %u: %s", order[i], strerror(errno));
        name_symbol(i, utf8);
    }
    iconv_close(cd);
    M->chars = alias_zipf(HAN, 60, 1.35);
}

static void make_latin(void)
{
    uint64_t r = rng_make(M->seed, KIND_LATIN, 0);
    char text[16];
    for (uint32_t i = 0; i < LATIN; i++) {
        uint32_t n = 2 + rng_below(&r, 5), k = 0;
        for (; k < n; k++)
            text[k] = (char)('a' + rng_below(&r, 26));
        text[k] = 0;
        if (i % 4 == 0)
            snprintf(text + k, sizeof text - k, "%u", rng_below(&r, 100));
        name_symbol(S_LATIN + i, text);
        M->word[WORDS + i] = (struct word){{(uint16_t)(S_LATIN + i)}, 1};
    }
    for (uint32_t i = 0; i < NUMBER; i++) {
        snprintf(text, sizeof text, i < 8000 ? "%u" : "%u.%u", i < 8000 ? i : (i - 8000) / 10,
                 i % 10);
        name_symbol(S_NUMBER + i, text);
    }
    name_symbol(S_COMMA, "，");
    name_symbol(S_STOP, "。");
}

/* Rank is frequency: the commonest words are often one character, the rest mostly two. */
static uint8_t word_length(uint32_t rank, uint64_t *r)
{
    double u = rng_unit(r), one = rank < 60 ? .6 : rank < 2000 ? .12 : .02;
    if (u < one)
        return 1;
    u = rng_unit(r);
    return u < .74 ? 2 : u < .89 ? 3 : 4;
}

static void make_words(void)
{
    uint64_t r = rng_make(M->seed, KIND_WORDS, 0);
    struct alias near = alias_zipf(FOLLOWERS, 2, 1);
    uint16_t(*follow)[FOLLOWERS] = grab(HAN, sizeof *follow);
    for (uint32_t i = 0; i < HAN; i++)
        for (uint32_t k = 0; k < FOLLOWERS; k++)
            follow[i][k] = (uint16_t)alias_draw(&M->chars, &r);
    for (uint32_t i = 0; i < WORDS; i++) {
        struct word *w = &M->word[i];
        w->n = word_length(i, &r);
        w->sym[0] = (uint16_t)alias_draw(&M->chars, &r);
        for (uint32_t k = 1; k < w->n; k++)
            w->sym[k] = rng_unit(&r) < .75 ? follow[w->sym[k - 1]][alias_draw(&near, &r)]
                                           : (uint16_t)alias_draw(&M->chars, &r);
    }
    free(follow);
    double *w = grab(WORDS, sizeof *w);
    for (uint32_t i = 0; i < WORDS; i++)
        w[i] = i < COMMON ? 0 : pow(i, -.6);
    M->special = alias_make(w, WORDS);
    free(w);
    M->general = alias_zipf(WORDS, 25, 1.5);
}

static uint32_t draw_general(uint64_t *r)
{
    double u = rng_unit(r);
    return u < .008   ? W_NUMBER
           : u < .013 ? WORDS + rng_below(r, LATIN)
                      : alias_draw(&M->general, r);
}

static void make_phrase(struct phrase *p, const struct topic *t, uint64_t *r)
{
    p->n = (uint8_t)(3 + rng_below(r, PHRASE_MAX - 3));
    for (uint32_t i = 0; i < p->n; i++)
        p->word[i] = t && rng_unit(r) < .46 ? t->word[rng_below(r, TOPIC_WORDS)] : draw_general(r);
}

static void make_topics(void)
{
    for (uint32_t i = 0; i < TOPICS; i++) {
        uint64_t r = rng_make(M->seed, KIND_TOPIC, i);
        struct topic *t = &M->topic[i];
        for (uint32_t k = 0; k < TOPIC_WORDS; k++)
            t->word[k] =
                rng_unit(&r) < .03 ? WORDS + rng_below(&r, LATIN) : alias_draw(&M->special, &r);
        for (uint32_t k = 0; k < PHRASES; k++)
            make_phrase(&t->phrase[k], t, &r);
    }
    for (uint32_t i = 0; i < SUBS; i++) {
        uint64_t r = rng_make(M->seed, KIND_SUB, i);
        M->sub[i].topic = rng_below(&r, TOPICS);
        for (uint32_t k = 0; k < SUB_WORDS; k++)
            M->sub[i].word[k] = alias_draw(&M->special, &r);
    }
    uint64_t r = rng_make(M->seed, KIND_CLAUSE, 0);
    for (uint32_t i = 0; i < CLAUSES; i++)
        make_phrase(&M->clause[i], NULL, &r);
    M->popular = alias_zipf(SUBS, 20, .8);
    M->head = alias_zipf(SUB_WORDS, 2, 1.1);
    M->boiler = alias_zipf(CLAUSES, 30, .8);
}

const struct symbol *prose_init(uint64_t seed)
{
    M = grab(1, sizeof *M);
    M->seed = seed;
    make_characters();
    make_latin();
    make_words();
    make_topics();
    return M->symbol;
}

/* ---- documents ---- */

/* How a kind of document is written: shares of the sentences, the rest being free spans. */
struct manner {
    double phrase, boiler; /* share of topic phrases and of boilerplate clauses */
    double median, spread; /* characters: log-normal */
    double least, most;
};
static const struct manner manners[] = {
    [PROSE_RESULT] = {.56, .16, 190, .35, 100, 300}, [PROSE_NEED] = {.68, .12, 115, .5, 50, 400}};
static const struct manner title_manner = {.6, 0, 0, 0, 0, 0};

static void put(struct doc *d, uint32_t sym)
{
    if (d->n == DOC_MAX)
        die("a document outgrew its buffer");
    d->sym[d->n++] = (uint16_t)sym;
    d->chars += sym < HAN ? 1 : M->symbol[sym].n;
}

static void put_word(struct doc *d, uint32_t word)
{
    if (word == W_NUMBER) {
        uint32_t v = (uint32_t)exp(rng_unit(&d->chance) * log(8000));
        put(d, S_NUMBER + (rng_unit(&d->chance) < .2 ? 8000 + v % 2000 : v % 8000));
        return;
    }
    for (uint32_t i = 0; i < M->word[word].n; i++)
        put(d, M->word[word].sym[i]);
}

/* A name of this sub-topic that no word list knows: few are common, most occur once. */
static void put_name(struct doc *d)
{
    double u = pow(rng_unit(&d->chance) + 1e-9, -1.6);
    uint64_t id = u < 2e6 ? (uint64_t)u : rng_below(&d->chance, 2000000);
    uint64_t r = rng_make(M->seed, KIND_NAME + d->sub_id, id);
    uint32_t n = 2 + !rng_below(&r, 3);
    for (uint32_t i = 0; i < n; i++)
        put(d, alias_draw(&M->chars, &r));
}

static uint32_t draw_local(struct doc *d)
{
    return d->sub->word[alias_draw(&M->head, &d->chance)];
}

static void put_other(struct doc *d) /* what replaces a word of a phrase */
{
    double u = rng_unit(&d->chance);
    const struct topic *t = &M->topic[d->sub->topic];
    if (u < .5)
        put_word(d, draw_local(d));
    else if (u < .85)
        put_word(d, t->word[rng_below(&d->chance, TOPIC_WORDS)]);
    else if (u < .985)
        put_word(d, draw_general(&d->chance));
    else
        put_name(d);
}

static void put_phrase(struct doc *d, const struct phrase *p, double change)
{
    uint32_t a = 0, b = p->n;
    if (b > 3 && rng_unit(&d->chance) < .4)
        a = rng_below(&d->chance, b / 2);
    if (b - a > 4 && rng_unit(&d->chance) < .4)
        b -= rng_below(&d->chance, (b - a) / 2);
    for (uint32_t i = a; i < b; i++)
        if (rng_unit(&d->chance) < change)
            put_other(d);
        else
            put_word(d, p->word[i]);
}

static void put_free(struct doc *d)
{
    const struct topic *t = &M->topic[d->sub->topic];
    for (uint32_t n = 2 + rng_below(&d->chance, 4); n; n--) {
        double u = rng_unit(&d->chance);
        if (u < .7) { /* a piece of a phrase */
            const struct phrase *p = &t->phrase[rng_below(&d->chance, PHRASES)];
            uint32_t i = rng_below(&d->chance, p->n), end = i + 1 + rng_below(&d->chance, 3);
            for (; i < end && i < p->n; i++)
                put_word(d, p->word[i]);
        } else if (u < .85) {
            put_word(d, draw_local(d));
        } else if (u < .99) {
            put_word(d, draw_general(&d->chance));
        } else {
            put_name(d);
        }
    }
}

static void put_sentence(struct doc *d, const struct manner *m)
{
    const struct topic *t = &M->topic[d->sub->topic];
    double u = rng_unit(&d->chance);
    if (u < m->phrase)
        put_phrase(d, &t->phrase[rng_below(&d->chance, PHRASES)], .07);
    else if (u < m->phrase + m->boiler)
        put_phrase(d, &M->clause[alias_draw(&M->boiler, &d->chance)], .14);
    else
        put_free(d);
}

void prose_write(struct doc *d, enum prose kind, uint64_t i)
{
    const struct manner *m = &manners[kind];
    d->chance = rng_make(M->seed, KIND_DOC + kind, i);
    d->sub_id = alias_draw(&M->popular, &d->chance);
    d->sub = &M->sub[d->sub_id];
    double length = m->median * exp(m->spread * rng_normal(&d->chance));
    if (length < m->least)
        length = m->least + rng_unit(&d->chance) * (m->most - m->least) * .1;
    if (length > m->most)
        length = m->most - rng_unit(&d->chance) * (m->most - m->least) * .1;
    d->n = d->chars = 0;
    while (d->chars < 8)
        put_sentence(d, &title_manner);
    d->title = d->n;
    while (d->chars < length) {
        put_sentence(d, m);
        double u = rng_unit(&d->chance);
        if (u < .4)
            put(d, u < .15 ? S_STOP : S_COMMA);
    }
}
