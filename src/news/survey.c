/* What one look at every character tells: of a block what may have to be repaired in it, of the
 * page how damaged it is. */
#include "news/article_int.h"

bool in_words(const struct words *w, uint32_t c)
{
    char s[4];
    return bit_of(w->alone, c) && words_has(w, (struct str){s, utf8_put(s, c)});
}

bool is_invisible(uint32_t c)
{
    return (c < ' ' && c != '\t') || c == 0x7F || c == 0xAD || (c >= 0x200B && c <= 0x200F) ||
           (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x2064) || c == 0xFEFF;
}

static bool is_suspect(const struct article_tables *t, uint32_t c)
{
    bool han = c >= 0x3400 && (simplify_char(t->simplifier, c) != c ||
                               simplify_needs_phrase(t->simplifier, c) || c == 0x8457);
    bool other = is_invisible(c) || c == 0xA0 || c == '\t' || c == '&' || c == '?' || c == 0xFF1F ||
                 c == 0xFFFD || is_open(c);
    return han || other || bit_of(t->variants.alone, c) || bit_of(t->variant_words.first, c) ||
           bit_of(t->doubles.first, c);
}

/* A suspect character that is as it should be, by the one that follows it. */
static bool is_innocent(const struct article_tables *t, uint32_t c, uint32_t next)
{
    if (is_open(c))
        return next > 0x3000; /* no pinyin */
    bool word = bit_of(t->variant_words.first, c), twice = bit_of(t->doubles.first, c);
    if ((word && words_may(&t->variant_words, c, next)) ||
        (twice && words_may(&t->doubles, c, next)) || bit_of(t->variants.alone, c) ||
        simplify_needs_phrase(t->simplifier, c) || simplify_char(t->simplifier, c) != c ||
        c == 0x8457)
        return false;
    return word || twice;
}

/* Is all that may be with c only so where certain characters follow? */
static bool needs_pair(const struct article_tables *t, uint32_t c)
{
    const struct words *repaired[] = {&t->variant_words, &t->doubles};
    bool word = false;
    for (size_t k = 0; k < ARRAY_LEN(repaired); k++)
        word |= bit_of(repaired[k]->first, c) && !bit_of(repaired[k]->alone, c);
    bool suspect = is_suspect(t, c) && !(word && is_innocent(t, c, 0));
    return !suspect && !is_open(c) && !is_loss(c) && !bit_of(t->brand_alone, c);
}

static void seconds_fill(struct article_tables *t, const struct words *w)
{
    for (size_t k = 0; k < w->map.cap; k++) {
        size_t i = 0;
        if (!w->map.key[k].p)
            continue;
        utf8_next(w->map.key[k], &i);
        if (i < w->map.key[k].n)
            t->of[utf8_next(w->map.key[k], &i) & 0xFFFF] |= OF_SECOND;
    }
}

void characters_fill(struct article_tables *t)
{
    const struct words *brand[] = {&t->names, &t->doubtful, &t->sites, &t->games, &t->spam};
    for (size_t k = 0; k < ARRAY_LEN(brand); k++)
        for (size_t i = 0; i < ARRAY_LEN(t->brand_pair); i++) {
            t->brand_pair[i] |= brand[k]->pair[i];
            t->brand_alone[i] |= brand[k]->alone[i];
        }
    for (size_t i = 0; i < ARRAY_LEN(t->pair); i++)
        t->pair[i] = t->brand_pair[i] | t->variant_words.pair[i] | t->doubles.pair[i];
    const struct words *paired[] = {&t->names, &t->doubtful,      &t->sites,  &t->games,
                                    &t->spam,  &t->variant_words, &t->doubles};
    for (size_t k = 0; k < ARRAY_LEN(paired); k++)
        seconds_fill(t, paired[k]);
    for (uint32_t c = 0; c < 0x10000; c++) {
        bool name = bit_of(t->names.first, c) || bit_of(t->doubtful.first, c);
        unsigned look = (is_suspect(t, c) ? OF_SUSPECT : 0) | (name ? OF_NAME : 0) |
                        (bit_of(t->sites.first, c) ? OF_SITE : 0) |
                        (bit_of(t->games.first, c) ? OF_GAME : 0) |
                        (bit_of(t->spam.first, c) ? OF_SPAM : 0);
        t->of[c] |= (uint16_t)(look |
                               (!look              ? 0
                                : needs_pair(t, c) ? OF_PAIR
                                                   : OF_ALONE) |
                               (is_loss(c) ? OF_LOSS : 0) | (is_han(c) ? OF_HAN : 0));
    }
}

static uint32_t char_at(struct str s, size_t i)
{
    return i < s.n ? utf8_sure(s, &i) : 0;
}

/* Behind the characters from i on that are neither suspect nor may begin a brand: most. A character
 * that only a certain one behind it makes so is passed over with one that is no second at all. */
static size_t skip_usual(const struct article_tables *t, struct str s, size_t i, uint32_t *han)
{
    unsigned n = 0, last = 0; /* what the character before i is */
    for (; utf8_two_wide(s, i); i += 6) {
        unsigned a = t->of[utf8_wide(s, i)], b = t->of[utf8_wide(s, i + 3)];
        unsigned met = ((last & OF_PAIR) << 1 & a) | ((a & OF_PAIR) << 1 & b);
        if ((met & OF_SECOND) | ((a | b) & OF_ALONE))
            break;
        n += (a & OF_HAN) + (b & OF_HAN);
        last = b;
    }
    if (last & OF_PAIR) { /* it is looked at with what follows */
        n -= last & OF_HAN;
        i -= 3;
    }
    *han += n / OF_HAN;
    return i;
}

enum rc block_survey(struct page *p, struct block *b, const struct article_tables *t, struct err *e)
{
    enum { SPARSE = 64 }; /* bytes a place; denser, and the whole block is gone through */
    const struct str s = b->raw;
    const size_t most = s.n / SPARSE + 1;
    size_t found = 0, spam = 0;
    unsigned seen = 0, brands = 0;
    TRY(vec_reserve(&p->suspect, most, e));
    uint32_t *suspect = p->suspect.p + p->suspect.n, han = 0;
    for (size_t i = 0; i < s.n && found <= most;) {
        i = skip_usual(t, s, i, &han);
        if (i >= s.n)
            break;
        uint32_t from = (uint32_t)i, c = utf8_sure(s, &i);
        unsigned of = c <= 0xFFFF ? t->of[c] : OF_SUSPECT;
        han += (of & OF_HAN) != 0;
        if (!(of & (OF_BRAND | OF_SUSPECT)))
            continue;
        uint32_t next = char_at(s, i);
        if (of & OF_PAIR && !bit_of(t->pair, pair_of(c, next)))
            continue; /* most of these */
        unsigned words = of & OF_BRAND ? brand_words_of(t, c, next) : 0;
        brands |= words;
        spam += words & OF_SPAM && words_at(&t->spam, s, from, NULL);
        seen |= of;
        if (!(of & OF_SUSPECT) || (c <= 0xFFFF && is_innocent(t, c, next)))
            continue;
        if (found < most)
            suspect[found] = from;
        found++;
    }
    bool indent = !s.n || s.p[0] == ' ';
    b->han = han;
    b->clean = !found && !indent;
    b->of = (uint8_t)(b->clean && spam < SPAM ? brands & ~(unsigned)OF_SPAM : brands);
    b->whole = indent || found > most || seen & OF_LOSS;
    b->suspect = (uint32_t)p->suspect.n;
    b->suspects = b->whole ? 0 : (uint32_t)found;
    p->suspect.n += b->suspects;
    b->surveyed = true;
    return RC_OK;
}

/* ---- the whole page */

/* A bracket with a syllable that opens at s.p + i. */
static bool annotation_at(const struct article_tables *t, struct str s, size_t i, uint32_t prev)
{
    struct cell c[12];
    size_t n = 0;
    bool toned;
    for (; n < ARRAY_LEN(c) && i < s.n; n++)
        c[n].ch = next_char(s, &i);
    return pinyin_end(t, c, n, 0, prev, true, &toned) > 0;
}

/* The character before s.p + i that is no blank, 0: none. */
static uint32_t char_before(struct str s, size_t i)
{
    while (i > 0 && s.p[i - 1] == ' ')
        i--;
    return i ? utf8_prev(s, &i) : 0;
}

enum { TRADITIONAL = 3, ANNOTATIONS = 2 };

/* A suspect character at s.p + from. */
static void suspect_survey(struct page *p, const struct article_tables *t, struct str s,
                           size_t from, uint32_t c)
{
    if (is_open(c) && p->annotations < ANNOTATIONS) {
        uint32_t prev = char_before(s, from);
        p->annotations += is_han(prev) && annotation_at(t, s, from, prev);
    } else if (t->of[c] & OF_HAN) {
        p->converted += simplify_char(t->simplifier, c) != c && !in_words(&t->careful, c);
    }
    p->controls += c < ' ' && c != '\n' && c != '\r' && c != '\f';
    p->malformed += c == 0xFFFD;
}

void page_survey(struct page *p, const struct article_tables *t, struct str text)
{
    for (size_t i = 0; i < text.n;) {
        size_t from = i;
        uint32_t c = utf8_sure(text, &i);
        unsigned of = c <= 0xFFFF ? t->of[c] : 0;
        p->han += (of & OF_HAN) != 0;
        if (of & OF_SUSPECT)
            suspect_survey(p, t, text, from, c);
    }
}

enum rc line_survey(struct page *p, const struct article_tables *t, struct str line,
                    struct block *b, struct err *e)
{
    size_t from = (size_t)(b->raw.p - line.p);
    TRY(block_survey(p, b, t, e));
    if (b->whole) {
        page_survey(p, t, line);
        return RC_OK;
    }
    page_survey(p, t, str_sub(line, 0, from)); /* blanks before it */
    p->han += b->han;
    for (uint32_t k = 0; k < b->suspects; k++) {
        size_t at = from + p->suspect.p[b->suspect + k];
        uint32_t c = char_at(line, at);
        if (c <= 0xFFFF)
            suspect_survey(p, t, line, at, c);
    }
    page_survey(p, t, str_sub(line, from + b->raw.n, line.n));
    return RC_OK;
}

void survey_end(struct page *p)
{
    p->traditional = p->converted >= TRADITIONAL && p->han <= p->converted * 100;
    p->annotated = p->annotations >= ANNOTATIONS;
}
