#include "news/article_int.h"

#include <string.h>

static enum rc wrong(const struct node *n, struct err *e)
{
    return err_at(e, err_user(e, "news.table", "%.*s", (int)MIN(n->key.n, 60), n->key.p), NULL,
                  NULL, n->line, 0);
}

static enum rc add_word(struct article_tables *t, struct words *w, struct str word, uint32_t val,
                        struct err *e)
{
    struct str kept = arena_str(&t->arena, word);
    if (!kept.p)
        return err_nomem(e);
    if (!kept.n || kept.n > WORD_MAX)
        return RC_OK;
    size_t i = 0;
    uint32_t a = next_char(kept, &i), b = i < kept.n ? next_char(kept, &i) : 0;
    w->first[(a & 0xFFFF) / 64] |= 1ull << (a & 63);
    if (b)
        w->pair[pair_of(a, b) / 64] |= 1ull << (pair_of(a, b) & 63);
    else
        w->alone[(a & 0xFFFF) / 64] |= 1ull << (a & 63);
    w->lengths[a & 63] |= 1ull << kept.n;
    w->tails[kept.p[kept.n - 1] & 63] |= 1ull << kept.n;
    return strmap_put(&w->map, kept, val) ? RC_OK : err_nomem(e);
}

/* A list of words, or a text each of whose characters is one. */
static enum rc add_list(struct article_tables *t, struct words *w, const struct node *list,
                        struct err *e)
{
    if (!list)
        return RC_OK;
    if (list->type == NODE_MAP)
        return wrong(list, e);
    if (list->type == NODE_TEXT) {
        for (size_t i = 0; i < list->text.n;) {
            size_t from = i;
            next_char(list->text, &i);
            TRY(add_word(t, w, str_sub(list->text, from, i), 0, e));
        }
        return RC_OK;
    }
    for (const struct node *c = list->child; c; c = c->next) {
        if (c->type != NODE_TEXT)
            return wrong(c, e);
        TRY(add_word(t, w, c->text, 0, e));
    }
    return RC_OK;
}

struct list {
    const char *key;
    size_t at; /* of the struct words in the tables */
};

#define LIST(key, member)                                                                          \
    {                                                                                              \
        key, offsetof(struct article_tables, member)                                               \
    }

static const struct list chrome_lists[] = {
    LIST("stop", stop),
    LIST("begins", begins),
    LIST("is", is),
    LIST("has", has),
    LIST("ends", ends),
    LIST("captions", captions),
    LIST("credits", credits),
    LIST("datelines", datelines),
    LIST("title_cuts", title_cuts),
    LIST("not_headlines", not_headlines),
    LIST("meta_dates", meta_dates),
};
static const struct list brand_lists[] = {
    LIST("names", names),   LIST("doubtful", doubtful), LIST("sites", sites), LIST("parts", parts),
    LIST("honest", honest), LIST("beside", beside),     LIST("spam", spam),   LIST("games", games),
};
static const struct list repair_lists[] = {LIST("careful", careful), LIST("zhu", zhu)};
static const struct list pinyin_lists[] = {LIST("initials", initials), LIST("finals", finals)};

static enum rc add_lists(struct article_tables *t, const struct list *list, size_t n,
                         const struct node *map, struct err *e)
{
    for (size_t i = 0; i < n; i++)
        TRY(add_list(t, (struct words *)((char *)t + list[i].at), node_get(map, list[i].key), e));
    return RC_OK;
}

/* A map from a word to what stands for it. */
static enum rc add_map(struct article_tables *t, struct words *w, const struct node *map,
                       struct err *e)
{
    for (const struct node *c = map ? map->child : NULL; c; c = c->next) {
        if (c->type != NODE_TEXT)
            return wrong(c, e);
        struct str to = arena_str(&t->arena, c->text);
        if (!to.p)
            return err_nomem(e);
        TRY(add_word(t, w, c->key, (uint32_t)t->to.n, e));
        TRY(vec_push(&t->to, to, e));
    }
    return RC_OK;
}

/* A character to a character. */
static enum rc add_variants(struct article_tables *t, const struct node *map, struct err *e)
{
    for (const struct node *c = map ? map->child : NULL; c; c = c->next) {
        if (c->type != NODE_TEXT || utf8_len(c->key) != 1 || utf8_len(c->text) != 1)
            return wrong(c, e);
        size_t i = 0;
        TRY(add_word(t, &t->variants, c->key, next_char(c->text, &i), e));
    }
    return RC_OK;
}

static enum rc add_lost(struct article_tables *t, const struct node *list, struct err *e)
{
    for (const struct node *c = list ? list->child : NULL; c; c = c->next) {
        struct lost l = {.always = node_text(c, "always", STR("")).n > 0};
        struct str ch = node_text(c, "char", STR(""));
        size_t i = 0;
        if (utf8_len(ch) != 1)
            return wrong(c, e);
        l.ch = next_char(ch, &i);
        TRY(vec_push(&t->lost, l, e));
        struct lost *kept = &t->lost.p[t->lost.n - 1];
        TRY(add_list(t, &kept->after, node_get(c, "after"), e));
        TRY(add_list(t, &kept->before, node_get(c, "before"), e));
        TRY(add_list(t, &kept->never, node_get(c, "never"), e));
        TRY(add_list(t, &kept->never_before, node_get(c, "never_before"), e));
    }
    return RC_OK;
}

/* Every syllable of pinyin without its tone. */
static enum rc add_syllables(struct article_tables *t, struct err *e)
{
    enum { INITIAL_MAX = 2 }; /* bytes */
    const struct strmap *first = &t->initials.map, *last = &t->finals.map;
    char s[INITIAL_MAX + WORD_MAX];
    for (size_t i = 0; i < last->cap; i++) {
        if (!last->key[i].p)
            continue;
        TRY(add_word(t, &t->syllables, last->key[i], 0, e));
        for (size_t k = 0; k < first->cap; k++) {
            struct str head = first->key[k];
            if (!head.p || head.n > INITIAL_MAX)
                continue;
            memcpy(s, head.p, head.n);
            memcpy(s + head.n, last->key[i].p, last->key[i].n);
            TRY(add_word(t, &t->syllables, (struct str){s, head.n + last->key[i].n}, 0, e));
        }
    }
    return RC_OK;
}

static enum rc add_dates(struct article_tables *t, const struct node *list, struct err *e)
{
    const struct node *c = list ? list->child : NULL;
    for (size_t i = 0; c && i < ARRAY_LEN(t->dates); i++, c = c->next)
        TRY(add_list(t, &t->dates[i], c, e));
    return RC_OK;
}

static enum rc fill(struct article_tables *t, const struct node *chrome, const struct node *brands,
                    const struct node *repair, struct err *e)
{
    TRY(simplify_open(&t->simplifier, e));
    TRY(gbk_open(&t->gbk, e));
    TRY(add_lists(t, chrome_lists, ARRAY_LEN(chrome_lists), chrome, e));
    TRY(add_dates(t, node_get(chrome, "dates"), e));
    TRY(add_lists(t, brand_lists, ARRAY_LEN(brand_lists), brands, e));
    TRY(add_lists(t, repair_lists, ARRAY_LEN(repair_lists), repair, e));
    TRY(add_lists(t, pinyin_lists, ARRAY_LEN(pinyin_lists), node_get(repair, "pinyin"), e));
    TRY(add_syllables(t, e));
    TRY(add_map(t, &t->units, node_get(node_get(repair, "pinyin"), "units"), e));
    TRY(add_variants(t, node_get(repair, "variants"), e));
    TRY(add_map(t, &t->variant_words, node_get(repair, "words"), e));
    TRY(add_map(t, &t->doubles, node_get(repair, "doubles"), e));
    TRY(add_lost(t, node_get(repair, "lost"), e));
    characters_fill(t);
    return RC_OK;
}

enum rc article_tables_open(struct article_tables **out, const struct node *chrome,
                            const struct node *brands, const struct node *repair, struct err *e)
{
    struct article_tables *t = mem_calloc(1, sizeof *t);
    if (!t)
        return err_nomem(e);
    enum rc rc = fill(t, chrome, brands, repair, e);
    if (rc == RC_OK)
        *out = t;
    else
        article_tables_close(t);
    return rc;
}

static void free_lists(struct article_tables *t, const struct list *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        strmap_free(&((struct words *)((char *)t + list[i].at))->map);
}

void article_tables_close(struct article_tables *t)
{
    if (!t)
        return;
    free_lists(t, chrome_lists, ARRAY_LEN(chrome_lists));
    free_lists(t, brand_lists, ARRAY_LEN(brand_lists));
    free_lists(t, repair_lists, ARRAY_LEN(repair_lists));
    free_lists(t, pinyin_lists, ARRAY_LEN(pinyin_lists));
    strmap_free(&t->variants.map);
    strmap_free(&t->variant_words.map);
    strmap_free(&t->doubles.map);
    strmap_free(&t->syllables.map);
    strmap_free(&t->units.map);
    for (size_t i = 0; i < ARRAY_LEN(t->dates); i++)
        strmap_free(&t->dates[i].map);
    for (size_t i = 0; i < t->lost.n; i++) {
        strmap_free(&t->lost.p[i].after.map);
        strmap_free(&t->lost.p[i].before.map);
        strmap_free(&t->lost.p[i].never.map);
        strmap_free(&t->lost.p[i].never_before.map);
    }
    vec_free(&t->lost);
    vec_free(&t->to);
    simplify_close(t->simplifier);
    gbk_close(t->gbk);
    arena_free(&t->arena);
    mem_free(t);
}

static bool begins_char(struct str s, size_t i)
{
    return i >= s.n || ((unsigned char)s.p[i] & 0xC0) != 0x80;
}

/* The next length below `n`, 0: none. */
static size_t shorter(uint64_t lengths, size_t n)
{
    uint64_t below = lengths & ((1ull << n) - 1);
    return below ? 63u - (size_t)__builtin_clzll(below) : 0;
}

size_t words_at(const struct words *w, struct str s, size_t i, uint32_t *val)
{
    if (i >= s.n)
        return 0;
    size_t next = i;
    uint32_t a = next_char(s, &next), b = next < s.n ? next_char(s, &next) : 0;
    if (!words_may(w, a, b))
        return 0;
    for (size_t n = MIN(WORD_MAX, s.n - i + 1); (n = shorter(w->lengths[a & 63], n)) > 0;) {
        if (!begins_char(s, i + n))
            continue;
        const uint32_t *found = strmap_get(&w->map, str_sub(s, i, i + n));
        if (found) {
            if (val)
                *val = *found;
            return n;
        }
    }
    return 0;
}

size_t words_end(const struct words *w, struct str s)
{
    uint64_t lengths = s.n ? w->tails[s.p[s.n - 1] & 63] : 0;
    for (size_t n = MIN(WORD_MAX, s.n + 1); (n = shorter(lengths, n)) > 0;)
        if (begins_char(s, s.n - n) && strmap_get(&w->map, str_sub(s, s.n - n, s.n)))
            return n;
    return 0;
}

size_t words_count(const struct words *w, struct str s, size_t most)
{
    size_t found = 0;
    for (size_t i = 0; i < s.n && found < most;) {
        while (utf8_two_wide(s, i) && !bit_of(w->first, utf8_wide(s, i)) &&
               !bit_of(w->first, utf8_wide(s, i + 3)))
            i += 6; /* most */
        if (i >= s.n)
            break;
        size_t from = i, after;
        uint32_t c = utf8_sure(s, &i);
        if (!bit_of(w->first, c))
            continue;
        after = i;
        uint32_t next = i < s.n ? utf8_sure(s, &after) : 0;
        bool may = bit_of(w->pair, pair_of(c, next)) || bit_of(w->alone, c);
        size_t n = may ? words_at(w, s, from, NULL) : 0;
        found += n > 0;
        i = n ? from + n : i;
    }
    return found;
}

bool words_has(const struct words *w, struct str s)
{
    return s.n && s.n <= WORD_MAX && (w->tails[s.p[s.n - 1] & 63] >> s.n & 1) &&
           strmap_get(&w->map, s);
}
