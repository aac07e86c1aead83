#include "match/concepts.h"

#include "base/map.h"
#include "base/sort.h"
#include "text/norm.h"

#include <math.h>
#include <stdlib.h>

#define TERM_CHARS  64 /* longest term, in characters */
#define LEAST_CHARS 2

/* A distinct term stands in entries. */
struct place {
    uint32_t word, entry;
    enum concept_relation relation;
};

struct concepts {
    struct arena arena;
    VEC(struct concept_term) term;
    VEC(struct str) entry; /* names */
    struct strmap by_name; /* entry of a name */
    struct map trie;       /* node << 21 | character -> next node; node 0 is the root */
    VEC(uint32_t) word_at; /* by node: distinct term that ends there + 1, or 0 */
    uint32_t words;
    VEC(struct place) place; /* by word, once finished */
    uint32_t *first;         /* [words + 1] into place */
};

enum rc concepts_open(struct concepts **out, struct err *e)
{
    struct concepts *c = mem_calloc(1, sizeof *c);
    if (!c)
        return err_nomem(e);
    enum rc rc = vec_push(&c->word_at, 0u, e);
    if (rc != RC_OK) {
        concepts_close(c);
        return rc;
    }
    *out = c;
    return RC_OK;
}

void concepts_close(struct concepts *c)
{
    if (!c)
        return;
    vec_free(&c->term);
    vec_free(&c->entry);
    strmap_free(&c->by_name);
    map_free(&c->trie);
    vec_free(&c->word_at);
    vec_free(&c->place);
    mem_free(c->first);
    arena_free(&c->arena);
    mem_free(c);
}

/* ---- reading ---- */

static enum rc refuse(const char *file, const struct node *n, const char *why, struct err *e)
{
    return err_at(e, err_user(e, "match.concepts", "%s", why), file, NULL, n->line, 0);
}

/* The distinct term's number; a new path in the trie for a new one. */
static enum rc word_of(struct concepts *c, struct str text, uint32_t *word, struct err *e)
{
    struct norm n;
    struct span at;
    uint32_t node = 0;
    norm_start(&n, text);
    for (int32_t ch; (ch = norm_next(&n, &at)) >= 0;) {
        uint32_t *next = map_put(&c->trie, (uint64_t)node << 21 | (uint32_t)ch, 0);
        if (!next)
            return err_nomem(e);
        if (!*next) {
            *next = (uint32_t)c->word_at.n;
            TRY(vec_push(&c->word_at, 0u, e));
        }
        node = *next;
    }
    if (!c->word_at.p[node])
        c->word_at.p[node] = ++c->words;
    *word = c->word_at.p[node] - 1;
    return RC_OK;
}

static enum rc add_term(struct concepts *c, const char *file, const struct node *n, uint32_t entry,
                        enum concept_relation relation, struct err *e)
{
    if (n->type != NODE_TEXT)
        return refuse(file, n, "a term must be text", e);
    size_t chars = utf8_len(n->text);
    if (chars < LEAST_CHARS || chars > TERM_CHARS)
        return refuse(file, n, "a term has 2 to 64 characters", e);
    struct concept_term t = {arena_str(&c->arena, n->text), entry, relation};
    struct place p = {0, entry, relation};
    if (!t.text.p)
        return err_nomem(e);
    TRY(word_of(c, t.text, &p.word, e));
    TRY(vec_push(&c->place, p, e));
    return vec_push(&c->term, t, e);
}

static enum rc add_list(struct concepts *c, const char *file, const struct node *entry,
                        const char *key, uint32_t number, enum concept_relation relation,
                        struct err *e)
{
    const struct node *list = node_get(entry, key);
    if (list && list->type != NODE_LIST)
        return refuse(file, list, key, e);
    for (const struct node *n = list ? list->child : NULL; n; n = n->next)
        TRY(add_term(c, file, n, number, relation, e));
    return RC_OK;
}

static enum rc add_entry(struct concepts *c, const char *file, const struct node *n, struct err *e)
{
    const struct node *name = node_get(n, "name");
    if (!name || name->type != NODE_TEXT)
        return refuse(file, n, "an entry needs a name", e);
    uint32_t next = (uint32_t)c->entry.n;
    struct str kept = arena_str(&c->arena, name->text);
    uint32_t *number = kept.p ? strmap_put(&c->by_name, kept, next) : NULL;
    if (!number)
        return err_nomem(e);
    uint32_t entry = *number;
    if (entry == next) {
        TRY(vec_push(&c->entry, kept, e));
        TRY(add_term(c, file, name, entry, CONCEPT_NAME, e));
    }
    TRY(add_list(c, file, n, "same", entry, CONCEPT_NAME, e));
    TRY(add_list(c, file, n, "under", entry, CONCEPT_UNDER, e));
    return add_list(c, file, n, "near", entry, CONCEPT_NEAR, e);
}

enum rc concepts_add(struct concepts *c, const struct node *file, const char *name, struct err *e)
{
    const struct node *list = node_get(file, "concepts");
    if (!list || list->type != NODE_LIST)
        return refuse(name, file, "a list named \"concepts\" is expected", e);
    for (const struct node *n = list->child; n; n = n->next)
        TRY(add_entry(c, name, n, e));
    return RC_OK;
}

static int by_word(const void *x, const void *y)
{
    const struct place *a = x, *b = y;
    if (a->word != b->word)
        return a->word < b->word ? -1 : 1;
    if (a->entry != b->entry)
        return a->entry < b->entry ? -1 : 1;
    return (a->relation > b->relation) - (a->relation < b->relation);
}

enum rc concepts_finish(struct concepts *c, struct err *e)
{
    c->first = mem_calloc((size_t)c->words + 1, sizeof *c->first);
    if (!c->first)
        return err_nomem(e);
    if (c->place.n)
        qsort(c->place.p, c->place.n, sizeof *c->place.p, by_word);
    for (size_t i = 0; i < c->place.n; i++)
        c->first[c->place.p[i].word + 1] = (uint32_t)i + 1;
    return RC_OK;
}

uint32_t concepts_count(const struct concepts *c)
{
    return (uint32_t)c->entry.n;
}

uint32_t concepts_terms(const struct concepts *c, const struct concept_term **out)
{
    *out = c->term.p;
    return (uint32_t)c->term.n;
}

/* ---- finding ---- */

/* One normalised character of a text. */
struct glyph {
    uint32_t c;
    struct span at;
};
typedef VEC(struct glyph) vec_glyph;

static bool is_alnum(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Would a term [from, to) cut a Latin word? */
static bool cuts_word(const vec_glyph *g, size_t from, size_t to)
{
    return (from > 0 && is_alnum(g->p[from - 1].c) && is_alnum(g->p[from].c)) ||
           (to < g->n && is_alnum(g->p[to - 1].c) && is_alnum(g->p[to].c));
}

/* The longest term that begins at i: its end, or i. */
static size_t longest_at(const struct concepts *c, const vec_glyph *g, size_t i, uint32_t *word)
{
    uint32_t node = 0;
    size_t end = i;
    for (size_t j = i; j < g->n; j++) {
        const uint32_t *next = map_get(&c->trie, (uint64_t)node << 21 | g->p[j].c);
        if (!next)
            break;
        node = *next;
        if (c->word_at.p[node] && !cuts_word(g, i, j + 1)) {
            *word = c->word_at.p[node] - 1;
            end = j + 1;
        }
    }
    return end;
}

enum rc concepts_find(const struct concepts *c, struct str text, vec_concept_hit *out,
                      struct err *e)
{
    vec_glyph g = {0};
    struct norm n;
    struct glyph x;
    enum rc rc = RC_OK;
    norm_start(&n, text);
    for (int32_t ch; rc == RC_OK && (ch = norm_next(&n, &x.at)) >= 0;) {
        x.c = (uint32_t)ch;
        rc = vec_push(&g, x, e);
    }
    for (size_t i = 0; rc == RC_OK && i < g.n;) {
        struct concept_hit h = {0};
        size_t end = longest_at(c, &g, i, &h.word);
        if (end > i) {
            h.at = (struct span){g.p[i].at.from, g.p[end - 1].at.to};
            rc = vec_push(out, h, e);
        }
        i = end > i ? end : i + 1;
    }
    vec_free(&g);
    return rc;
}

bool concepts_has(const struct concepts *c, struct str text)
{
    struct norm n;
    struct span at;
    uint32_t node = 0;
    norm_start(&n, text);
    for (int32_t ch; (ch = norm_next(&n, &at)) >= 0;) {
        const uint32_t *next = map_get(&c->trie, (uint64_t)node << 21 | (uint32_t)ch);
        if (!next)
            return false;
        node = *next;
    }
    return node && c->word_at.p[node];
}

/* Two places in one entry. */
static double strength(enum concept_relation a, enum concept_relation b)
{
    if (a == CONCEPT_NAME && b == CONCEPT_NAME)
        return 1;
    if (a == CONCEPT_NAME || b == CONCEPT_NAME)
        return 0.5;
    return 0; /* near to the same thing is not near to each other */
}

static uint32_t places_of(const struct concepts *c, uint32_t word)
{
    uint32_t from = word ? c->first[word] : 0;
    return c->first[word + 1] - from;
}

double concepts_relation(const struct concepts *c, uint32_t a, uint32_t b)
{
    double best = 0;
    if (a == b)
        return 0;
    uint32_t i = a ? c->first[a] : 0, j = b ? c->first[b] : 0;
    while (i < c->first[a + 1] && j < c->first[b + 1]) {
        const struct place *x = &c->place.p[i], *y = &c->place.p[j];
        if (x->entry == y->entry)
            best = fmax(best, strength(x->relation, y->relation));
        i += x->entry <= y->entry;
        j += y->entry <= x->entry;
    }
    return best / sqrt(fmax(places_of(c, a), places_of(c, b)));
}
