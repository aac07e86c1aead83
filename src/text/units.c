#include "text/units.h"

#include "base/map.h"
#include "text/quantity_int.h"

enum { SYMBOL_MAX = 24, WORD_MAX = 24, NEAR_GLYPHS = 16 };
#define NO_ENTRY UINT32_MAX

/* Bit k of slot c: a word of k glyphs begins (ends) with a glyph of that slot. Spares nearly all
 * lookups. */
enum { SLOTS = 1024 };

struct lengths {
    uint32_t of[SLOTS];
};

static uint32_t *slot(struct lengths *l, uint32_t c)
{
    return &l->of[c % SLOTS];
}

static bool may_be(const struct lengths *l, uint32_t c, size_t n)
{
    return l->of[c % SLOTS] >> n & 1;
}

struct glyph_str {
    const uint32_t *p;
    size_t n;
};

/* One meaning of a symbol; meanings of the same symbol are chained in table order. */
struct meaning {
    const struct unit *unit; /* NULL: a word that only begins like a unit */
    const struct glyph_str *near;
    uint32_t nears, next;
    bool leads;
};

struct units {
    struct arena arena;
    struct strmap exact, folded; /* symbol -> first meaning */
    struct strmap lexicon;       /* word -> index into words */
    VEC(struct meaning) meanings;
    VEC(struct word) words;
    VEC(struct opposite) opposites;
    uint16_t groups;
    struct lengths symbol_starts, word_starts, word_ends;
};

static struct str key_of(const uint32_t *p, size_t n)
{
    return (struct str){(const char *)p, n * sizeof *p};
}

static enum rc bad(const struct node *n, const char *what, struct err *e)
{
    return err_at(e, err_user(e, "text.units", "%s", what), NULL, NULL, n ? n->line : 0, 0);
}

/* A symbol without what is written in several ways; ends[i] is the glyph after key glyph i. */
struct symbol {
    uint32_t ch[SYMBOL_MAX], low[SYMBOL_MAX];
    size_t end[SYMBOL_MAX], n;
};

static void symbol_read(struct symbol *s, const uint32_t *ch, size_t at, size_t n)
{
    s->n = 0;
    for (size_t i = at; i < n && s->n < SYMBOL_MAX; i++) {
        uint32_t c = ch[i], last = s->n ? s->ch[s->n - 1] : 0, next = i + 1 < n ? ch[i + 1] : 0;
        if (c == '\n' || c == '\t' || c == ',' || c == ';')
            break;
        if (c == '^' || (c == ' ' && (last == '/' || last == 0xB7 || next == '/' || next == 0xB7)))
            continue;
        if (c == '*' || (c == '.' && is_letter(last) && is_letter(next)))
            c = 0xB7;
        s->ch[s->n] = c;
        s->low[s->n] = glyph_lower(c);
        s->end[s->n++] = i + 1;
    }
}

/* ---- the table ---- */

/* Lower-cased glyphs of a text in the arena. */
static enum rc put_glyphs(struct glyph_str *out, struct units *u, struct str s, struct err *e)
{
    uint32_t low[WORD_MAX];
    size_t n = glyphs_low(low, WORD_MAX, s);
    uint32_t *p = arena_alloc(&u->arena, (n + 1) * sizeof *p);
    if (!p)
        return err_nomem(e);
    memcpy(p, low, n * sizeof *p);
    *out = (struct glyph_str){p, n};
    return RC_OK;
}

static enum rc add_meaning(struct units *u, struct strmap *map, const uint32_t *key, size_t n,
                           struct meaning m, struct err *e)
{
    uint32_t *copy = arena_alloc(&u->arena, n * sizeof *copy);
    if (!copy)
        return err_nomem(e);
    memcpy(copy, key, n * sizeof *copy);
    uint32_t *first = strmap_put(map, key_of(copy, n), NO_ENTRY);
    if (!first)
        return err_nomem(e);
    uint32_t *link = first;
    while (*link != NO_ENTRY)
        link = &u->meanings.p[*link].next;
    uint32_t *in_vector = link == first ? NULL : link;
    size_t owner = in_vector ? (size_t)((char *)link - (char *)u->meanings.p) : 0;
    m.next = NO_ENTRY;
    TRY(vec_push(&u->meanings, m, e));
    if (in_vector) /* the vector may have moved */
        link = (uint32_t *)(void *)((char *)u->meanings.p + owner);
    *link = (uint32_t)u->meanings.n - 1;
    return RC_OK;
}

static enum rc add_symbol(struct units *u, struct str text, struct meaning m, const struct node *n,
                          struct err *e)
{
    struct glyphs g;
    struct symbol s;
    TRY(glyphs_init(&g, text, e));
    symbol_read(&s, g.ch, 0, g.n);
    bool whole = s.n && s.end[s.n - 1] == g.n;
    glyphs_free(&g);
    if (!whole)
        return bad(n, "symbol", e);
    *slot(&u->symbol_starts, s.low[0]) |= 1u << s.n;
    TRY(add_meaning(u, &u->exact, s.ch, s.n, m, e));
    bool one_letter = s.n == 1 && is_letter(s.ch[0]);
    return one_letter ? RC_OK : add_meaning(u, &u->folded, s.low, s.n, m, e);
}

static enum rc read_near(struct meaning *m, struct units *u, const struct node *list, struct err *e)
{
    m->nears = (uint32_t)node_count(list);
    struct glyph_str *near = arena_calloc(&u->arena, m->nears + 1, sizeof *near);
    if (!near)
        return err_nomem(e);
    m->near = near;
    for (const struct node *c = list ? list->child : NULL; c; c = c->next)
        TRY(put_glyphs(near++, u, c->text, e));
    return RC_OK;
}

static enum rc read_unit(struct units *u, const struct dimension *d, const struct node *n,
                         struct err *e)
{
    struct unit *unit = arena_calloc(&u->arena, 1, sizeof *unit);
    if (!unit)
        return err_nomem(e);
    unit->dimension = d;
    unit->symbol = arena_str(&u->arena, n->key);
    if (!unit->symbol.p)
        return err_nomem(e);
    TRY(node_number(&unit->factor, n, "factor", 0, e));
    TRY(node_number(&unit->offset, n, "offset", 0, e));
    if (!(unit->factor > 0))
        return bad(n, "factor", e);
    struct meaning m = {.unit = unit, .leads = node_get(n, "leads") != NULL};
    TRY(read_near(&m, u, node_get(n, "near"), e));
    TRY(add_symbol(u, n->key, m, n, e));
    const struct node *also = node_get(n, "also");
    for (const struct node *c = also ? also->child : NULL; c; c = c->next)
        TRY(add_symbol(u, c->text, m, c, e));
    return RC_OK;
}

static enum rc read_dimensions(struct units *u, const struct node *map, struct err *e)
{
    if (!map || map->type != NODE_MAP)
        return bad(map, "dimensions", e);
    for (const struct node *n = map->child; n; n = n->next) {
        const struct node *units = node_get(n, "units");
        struct dimension *d = arena_calloc(&u->arena, 1, sizeof *d);
        if (!d)
            return err_nomem(e);
        if (!units || units->type != NODE_MAP)
            return bad(n, "units", e);
        d->name = arena_str(&u->arena, n->key);
        d->specific = str_eq(node_text(n, "specific", STR("")), STR("true"));
        d->count = str_eq(node_text(n, "count", STR("")), STR("true"));
        d->weak = d->count || str_eq(node_text(n, "weak", STR("")), STR("true"));
        for (const struct node *c = units->child; c; c = c->next)
            TRY(read_unit(u, d, c, e));
    }
    return RC_OK;
}

static enum rc read_not_units(struct units *u, const struct node *list, struct err *e)
{
    for (const struct node *c = list ? list->child : NULL; c; c = c->next)
        TRY(add_symbol(u, c->text, (struct meaning){0}, c, e));
    return RC_OK;
}

/* Where each list of words stands and what it makes of them. */
static const struct list {
    const char *section, *name;
    uint32_t role;
    int8_t value;
} lists[] = {
    {"before", "ge", ROLE_BEFORE, COMPARE_GE},
    {"before", "gt", ROLE_BEFORE, COMPARE_GT},
    {"before", "le", ROLE_BEFORE, COMPARE_LE},
    {"before", "lt", ROLE_BEFORE, COMPARE_LT},
    {"before", "about", ROLE_BEFORE, COMPARE_ABOUT},
    {"before", "eq", ROLE_BEFORE, COMPARE_EQ},
    {"before", "plusminus", ROLE_BEFORE, COMPARE_PLUSMINUS},
    {"before", "reach", ROLE_BEFORE, COMPARE_REACH},
    {"before", "better", ROLE_BEFORE, COMPARE_BETTER},
    {"after", "ge", ROLE_AFTER, COMPARE_GE},
    {"after", "le", ROLE_AFTER, COMPARE_LE},
    {"after", "about", ROLE_AFTER, COMPARE_ABOUT},
    {"change", "rise", ROLE_CHANGE, 1},
    {"change", "fall", ROLE_CHANGE, -1},
    {"words", "to", ROLE_TO, 0},
    {"words", "range", ROLE_RANGE, 0},
    {"words", "from", ROLE_FROM, 0},
    {"words", "filler", ROLE_FILLER, 0},
    {"words", "cut", ROLE_CUT, 0},
    {"words", "keep", ROLE_KEEP, 0},
    {"words", "not_name", ROLE_NOT_NAME, 0},
    {"words", "not_behind", ROLE_NOT_BEHIND, 0},
    {"words", "vague", ROLE_VAGUE, 0},
    {"words", "minus", ROLE_MINUS, 0},
    {"words", "join", ROLE_JOIN, 0},
    {"words", "between", ROLE_BETWEEN, 0},
    {"words", "share", ROLE_SHARE, 0},
    {"words", "suffix", ROLE_SUFFIX, 0},
    {"words", "label", ROLE_LABEL, 0},
    {"words", "condition", ROLE_CONDITION, 0},
    {"words", "arrive", ROLE_ARRIVE, 0},
    {"stated", "present", ROLE_PRESENT, 0},
    {"stated", "usual", ROLE_USUAL, 0},
    {"words", "leftover", ROLE_LEFTOVER, 0},
    {"stated", "others", ROLE_OTHERS, 0},
    {"stated", "demand", ROLE_DEMAND, 0},
    {"stated", "reach", ROLE_REACH, 0},
    {"stated", "turn", ROLE_TURN, 0},
    {"stated", "problem", ROLE_PROBLEM, 0},
    {"stated", "condition_name", ROLE_CONDITION_NAME, 0},
    {NULL, "higher_as_share", ROLE_BETTER, BETTER_AS_SHARE},
    {NULL, "higher_is_better", ROLE_BETTER, 1},
    {NULL, "lower_is_better", ROLE_BETTER, -1},
};

static enum rc add_word(struct units *u, const struct node *n, uint32_t role, int8_t value,
                        struct err *e)
{
    struct glyph_str key;
    TRY(put_glyphs(&key, u, n->text, e));
    if (n->type != NODE_TEXT || key.n == 0)
        return bad(n, "word", e);
    uint32_t *at = strmap_put(&u->lexicon, key_of(key.p, key.n), NO_ENTRY);
    if (!at)
        return err_nomem(e);
    if (*at == NO_ENTRY) {
        TRY(vec_push(&u->words, (struct word){0}, e));
        *at = (uint32_t)u->words.n - 1;
    }
    struct word *w = &u->words.p[*at];
    w->roles |= role;
    if (role == ROLE_BEFORE)
        w->before = (uint8_t)value;
    if (role == ROLE_AFTER)
        w->after = (uint8_t)value;
    if (role == ROLE_CHANGE)
        w->change = value;
    if (role == ROLE_BETTER)
        w->better = value;
    if (role == ROLE_SAME)
        w->same = u->groups;
    *slot(&u->word_starts, key.p[0]) |= 1u << key.n;
    *slot(&u->word_ends, key.p[key.n - 1]) |= 1u << key.n;
    return RC_OK;
}

static enum rc read_words(struct units *u, const struct node *table, struct err *e)
{
    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        const struct list *l = &lists[i];
        const struct node *list =
            node_get(l->section ? node_get(table, l->section) : table, l->name);
        for (const struct node *c = list ? list->child : NULL; c; c = c->next)
            TRY(add_word(u, c, l->role, l->value, e));
    }
    const struct node *same = node_get(table, "same_name");
    for (const struct node *group = same ? same->child : NULL; group; group = group->next) {
        u->groups++;
        for (const struct node *c = group->child; c; c = c->next)
            TRY(add_word(u, c, ROLE_SAME, 0, e));
    }
    return RC_OK;
}

static enum rc read_opposites(struct units *u, const struct node *list, struct err *e)
{
    for (const struct node *pair = list ? list->child : NULL; pair; pair = pair->next) {
        struct opposite o = {0};
        struct glyph_str side;
        if (node_count(pair) != 2)
            return bad(pair, "opposites", e);
        for (int k = 0; k < 2; k++) {
            const struct node *c = k ? pair->child->next : pair->child;
            TRY(put_glyphs(&side, u, c->text, e));
            o.side[k] = side.p;
            o.n[k] = (uint8_t)side.n;
        }
        TRY(vec_push(&u->opposites, o, e));
    }
    return RC_OK;
}

enum rc units_init(struct units **out, const struct node *table, struct err *e)
{
    enum rc rc;
    *out = NULL;
    struct units *u = mem_calloc(1, sizeof *u);
    if (!u)
        return err_nomem(e);
    GOTO_OUT(read_dimensions(u, node_get(table, "dimensions"), e));
    GOTO_OUT(read_not_units(u, node_get(table, "not_units"), e));
    GOTO_OUT(read_words(u, table, e));
    GOTO_OUT(read_opposites(u, node_get(table, "opposites"), e));
    *out = u;
    u = NULL;
out:
    units_free(u);
    return rc;
}

void units_free(struct units *u)
{
    if (!u)
        return;
    strmap_free(&u->exact);
    strmap_free(&u->folded);
    strmap_free(&u->lexicon);
    vec_free(&u->meanings);
    vec_free(&u->words);
    vec_free(&u->opposites);
    arena_free(&u->arena);
    mem_free(u);
}

/* ---- looking up ---- */

const struct opposite *units_opposites(const struct units *u, size_t *n)
{
    *n = u->opposites.n;
    return u->opposites.p;
}

const struct unit *units_find(const struct units *u, struct str symbol)
{
    uint32_t ch[SYMBOL_MAX + GLYPH_FOLD_MAX];
    size_t n = 0;
    for (size_t i = 0; i < symbol.n && n < SYMBOL_MAX;)
        n += glyph_fold(ch + n, symbol, &i, n ? ch[n - 1] : 0);
    struct symbol s;
    symbol_read(&s, ch, 0, n);
    const uint32_t *first = s.n ? strmap_get(&u->exact, key_of(s.ch, s.n)) : NULL;
    return first ? u->meanings.p[*first].unit : NULL;
}

static const struct word *word_get(const struct units *u, const uint32_t *p, size_t n,
                                   unsigned roles)
{
    const uint32_t *at = strmap_get(&u->lexicon, key_of(p, n));
    return at && (u->words.p[*at].roles & roles) ? &u->words.p[*at] : NULL;
}

const struct word *word_ending(const struct units *u, const uint32_t *low, size_t from, size_t end,
                               unsigned roles, size_t *n)
{
    for (size_t k = MIN((size_t)WORD_MAX, end - from); k > 0; k--) {
        if (!may_be(&u->word_ends, low[end - 1], k))
            continue;
        if (end > k && is_letter(low[end - k]) && is_letter(low[end - k - 1]))
            continue;
        const struct word *w = word_get(u, low + end - k, k, roles);
        if (w) {
            *n = k;
            return w;
        }
    }
    return NULL;
}

const struct word *word_starting(const struct units *u, const uint32_t *low, size_t at, size_t size,
                                 unsigned roles, size_t *n)
{
    for (size_t k = MIN((size_t)WORD_MAX, size - at); k > 0; k--) {
        if (!may_be(&u->word_starts, low[at], k))
            continue;
        if (is_letter(low[at + k - 1]) && is_letter(low[at + k]))
            continue;
        const struct word *w = word_get(u, low + at, k, roles);
        if (w) {
            *n = k;
            return w;
        }
    }
    return NULL;
}

static bool contains(const uint32_t *p, size_t n, struct glyph_str what)
{
    for (size_t i = 0; i + what.n <= n; i++)
        if (memcmp(p + i, what.p, what.n * sizeof *p) == 0)
            return true;
    return false;
}

/* The meaning that fits what stands before the number; *word: the symbol is a word that is no unit.
 */
static const struct unit *choose(const struct units *u, uint32_t first, bool leads,
                                 const uint32_t *near, size_t n, bool *word)
{
    const struct unit *plain = NULL;
    for (uint32_t i = first; i != NO_ENTRY; i = u->meanings.p[i].next) {
        const struct meaning *m = &u->meanings.p[i];
        if (!m->unit)
            *word = true;
        if (leads && !m->leads)
            continue;
        for (uint32_t k = 0; k < m->nears; k++)
            if (contains(near, n, m->near[k]))
                return m->unit;
        if (!plain && m->nears == 0)
            plain = m->unit;
    }
    return plain;
}

/* The unit of the longest symbol at `at`, one symbol only. */
static struct unit_hit simple_unit(const struct units *u, const struct glyphs *g, size_t at,
                                   size_t near, size_t number)
{
    struct symbol s;
    symbol_read(&s, g->ch, at, g->n);
    for (size_t k = s.n; k > 0; k--) {
        size_t end = s.end[k - 1];
        if (!may_be(&u->symbol_starts, s.low[0], k))
            continue;
        if (is_letter(s.ch[k - 1]) && (is_letter(g->ch[end]) || is_digit(g->ch[end])))
            continue;
        const uint32_t *first = strmap_get(&u->exact, key_of(s.ch, k));
        bool word = false;
        const struct unit *unit =
            first ? choose(u, *first, false, g->low + near, number - near, &word) : NULL;
        if (!unit && !word && (first = strmap_get(&u->folded, key_of(s.low, k))))
            unit = choose(u, *first, false, g->low + near, number - near, &word);
        if (unit || word)
            return (struct unit_hit){.unit = unit, .end = end, .foreign = word};
    }
    return (struct unit_hit){.end = at};
}

struct unit_hit unit_at(const struct units *u, const struct glyphs *g, size_t at, size_t near,
                        size_t number)
{
    near = number - near > NEAR_GLYPHS ? number - NEAR_GLYPHS : near;
    bool spaced = g->ch[at] == ' ';
    at += spaced;
    struct unit_hit hit = simple_unit(u, g, at, near, number);
    if (!hit.unit) {
        hit.foreign = hit.foreign || (is_letter(g->ch[at]) && !spaced);
        return hit;
    }
    uint32_t c = g->ch[hit.end], next = c ? g->ch[hit.end + 1] : 0;
    if (c == '/' && (is_letter(next) || is_han(next) || next == 0xB0)) {
        struct unit_hit per = simple_unit(u, g, hit.end + 1, near, number);
        hit.per = per.unit;
        hit.end = per.end;
        hit.foreign = !per.unit;
        c = g->ch[hit.end];
        next = c ? g->ch[hit.end + 1] : 0;
    }
    if (c == '^' || ((c == 0xB7 || c == '*') && is_letter(next)))
        hit.foreign = true;
    return hit;
}

const struct unit *unit_leading(const struct units *u, const struct glyphs *g, size_t end,
                                size_t *from)
{
    for (size_t k = MIN((size_t)8, end); k > 0; k--) {
        struct symbol s;
        symbol_read(&s, g->ch, end - k, end);
        if (s.n == 0 || s.end[s.n - 1] != end || !may_be(&u->symbol_starts, s.low[0], s.n) ||
            (end > k && is_letter(g->ch[end - k]) && is_letter(g->ch[end - k - 1])))
            continue;
        bool word = false;
        const uint32_t *first = strmap_get(&u->exact, key_of(s.ch, s.n));
        if (!first)
            first = strmap_get(&u->folded, key_of(s.low, s.n));
        const struct unit *unit = first ? choose(u, *first, true, g->low, 0, &word) : NULL;
        if (unit) {
            *from = end - k;
            return unit;
        }
    }
    return NULL;
}
