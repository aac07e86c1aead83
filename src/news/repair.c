#include "news/article_int.h"

enum { CODE_PINYIN = 1 + REPAIR_PINYIN, CODE_SIMPLIFIED = 1 + REPAIR_SIMPLIFIED };
enum { CODE_LOST = 1 + REPAIR_LOST_BYTE, CODE_PUNCTUATION = 1 + REPAIR_PUNCTUATION };
enum { NEAR = 8 }; /* characters looked at on either side */

/* Is the character itself one of the words? */
static bool in_words(const struct words *w, uint32_t c)
{
    char s[4];
    return bit_of(w->alone, c) && words_has(w, (struct str){s, utf8_put(s, c)});
}

/* Up to `most` characters from cell i on that were not taken out, as text; at[] gets their cells.
 */
static struct str text_from(char *to, size_t *at, const struct cell *c, size_t n, size_t i,
                            size_t most)
{
    size_t bytes = 0, k = 0;
    for (; i < n && k < most; i++)
        if (c[i].ch) {
            at[k++] = i;
            bytes += utf8_put(to + bytes, c[i].ch);
        }
    return (struct str){to, bytes};
}

/* ---- into cells and out of them */

static bool is_invisible(uint32_t c)
{
    return (c < ' ' && c != '\t') || c == 0x7F || c == 0xAD || (c >= 0x200B && c <= 0x200F) ||
           (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x2064) || c == 0xFEFF;
}

/* Entities that a careless copy left in plain text; *c gets the character, the bytes are returned.
 */
static size_t entity_at(struct str s, size_t i, uint32_t *c)
{
    static const struct {
        struct str name;
        uint32_t c;
    } entity[] = {
        {{"&nbsp;", 6}, ' '},      {{"&ensp;", 6}, ' '},     {{"&emsp;", 6}, ' '},
        {{"&amp;", 5}, '&'},       {{"&lt;", 4}, '<'},       {{"&gt;", 4}, '>'},
        {{"&quot;", 6}, '"'},      {{"&ldquo;", 7}, 0x201C}, {{"&rdquo;", 7}, 0x201D},
        {{"&lsquo;", 7}, 0x2018},  {{"&rsquo;", 7}, 0x2019}, {{"&mdash;", 7}, 0x2014},
        {{"&hellip;", 8}, 0x2026}, {{"&middot;", 8}, 0xB7},
    };
    for (size_t k = 0; k < ARRAY_LEN(entity); k++)
        if (str_starts(str_sub(s, i, s.n), entity[k].name)) {
            *c = entity[k].c;
            return entity[k].name.n;
        }
    return 0;
}

static enum rc split(struct cells *w, const struct article_tables *t, struct str raw, struct err *e)
{
    w->cell.n = 0;
    w->of = 0;
    TRY(vec_reserve(&w->cell, raw.n, e));
    for (size_t i = 0; i < raw.n;) {
        uint32_t from = (uint32_t)i, c = utf8_sure(raw, &i);
        unsigned of = c <= 0xFFFF ? t->of[c] : OF_SUSPECT;
        bool other = false;
        if (of & OF_SUSPECT) {
            if (is_invisible(c))
                continue;
            size_t entity = c == '&' ? entity_at(raw, from, &c) : 0;
            other = entity || c == 0xA0 || c == '\t';
            c = c == 0xA0 || c == '\t' ? ' ' : c;
            i = MAX(i, from + entity);
        }
        w->of |= of;
        w->cell.p[w->cell.n++] = (struct cell){c, from, (uint32_t)i, 0, other};
    }
    return RC_OK;
}

static enum rc add_repair(struct page *p, const struct block *b, struct cell first, uint32_t end,
                          struct span at, struct err *e)
{
    struct repair r = {(enum repair_code)(first.code - 1), at,
                       str_sub(b->raw, first.from, MAX(first.from, end))};
    return vec_push(&p->repair, r, e);
}

static uint32_t next_alive(const struct cell *c, size_t n, size_t i)
{
    while (++i < n)
        if (c[i].ch)
            return c[i].ch;
    return 0;
}

/* Counts a character that stays, and notes what brand words begin with it. */
static void count_cell(struct block *b, const struct article_tables *t, const struct cells *w,
                       size_t i)
{
    uint32_t c = w->cell.p[i].ch;
    unsigned of = t->of[c & 0xFFFF];
    b->han += is_han(c);
    if (of & OF_BRAND)
        b->of |= (uint8_t)brand_words_of(t, c, next_alive(w->cell.p, w->cell.n, i));
}

/* The cells as text; each run with one code is one repair. What is as it stood is copied at once.
 */
static enum rc join(struct page *p, struct block *b, const struct article_tables *t,
                    const struct cells *w, struct err *e)
{
    const struct cell *c = w->cell.p;
    char *to = arena_alloc(p->arena, w->cell.n * 4 + 1);
    if (!to)
        return err_nomem(e);
    uint32_t n = 0;
    b->repair = (uint32_t)p->repair.n;
    for (size_t i = 0; i < w->cell.n;) {
        struct cell first = c[i];
        uint32_t from = n, end = first.to;
        if (!first.code && !first.other) {
            end = first.from;
            for (; i < w->cell.n && !c[i].code && !c[i].other && c[i].from == end; i++) {
                count_cell(b, t, w, i);
                end = c[i].to;
            }
            memcpy(to + n, b->raw.p + first.from, end - first.from);
            n += end - first.from;
            continue;
        }
        for (; i < w->cell.n && c[i].code == first.code && (c[i].code || c[i].other); i++) {
            n += c[i].ch ? (uint32_t)utf8_put(to + n, c[i].ch) : 0;
            if (c[i].ch)
                count_cell(b, t, w, i);
            end = MAX(end, c[i].to);
        }
        if (first.code)
            TRY(add_repair(p, b, first, end, (struct span){from, n}, e));
    }
    b->repairs = (uint32_t)p->repair.n - b->repair;
    b->text = (struct str){to, n};
    return RC_OK;
}

/* ---- pinyin */

/* A letter of pinyin without its tone: 0 for anything else. */
static uint32_t plain_letter(uint32_t c, bool *toned)
{
    static const struct {
        uint32_t from[8], to;
    } vowel[] = {
        {{0x101, 0xE1, 0x1CE, 0xE0}, 'a'}, {{0x113, 0xE9, 0x11B, 0xE8, 0xEA}, 'e'},
        {{0x12B, 0xED, 0x1D0, 0xEC}, 'i'}, {{0x14D, 0xF3, 0x1D2, 0xF2}, 'o'},
        {{0x16B, 0xFA, 0x1D4, 0xF9}, 'u'}, {{0x1D6, 0x1D8, 0x1DA, 0x1DC}, 0xFC},
        {{0x144, 0x148, 0x1F9}, 'n'},
    };
    if (c < 0x80)
        return (c | 32) >= 'a' && (c | 32) <= 'z' ? c | 32 : 0;
    if (c == 0xFC || c == 0x261)
        return c == 0xFC ? c : 'g';
    for (size_t i = 0; i < ARRAY_LEN(vowel); i++)
        for (size_t k = 0; vowel[i].from[k]; k++)
            if (vowel[i].from[k] == c) {
                *toned = true;
                return vowel[i].to;
            }
    return 0;
}

static bool is_tone_mark(uint32_t c)
{
    return c == 0x304 || c == 0x301 || c == 0x30C || c == 0x300;
}

static bool is_open(uint32_t c)
{
    return c == '(' || c == 0xFF08;
}

static bool is_close(uint32_t c)
{
    return c == ')' || c == 0xFF09;
}

static size_t skip_blanks(const struct cell *c, size_t n, size_t i)
{
    while (i < n && (c[i].ch == ' ' || c[i].ch == 0x3000))
        i++;
    return i;
}

/* Behind a character that does not read so it is a unit or an abbreviation. */
static bool is_unit(const struct article_tables *t, struct str syllable, uint32_t prev)
{
    char s[4];
    const uint32_t *at = strmap_get(&t->units.map, syllable);
    size_t n = utf8_put(s, simplify_char(t->simplifier, prev));
    return at && str_find(t->to.p[*at], (struct str){s, n}, 0) == SIZE_MAX;
}

size_t pinyin_tail(const struct article_tables *t, const struct cell *c, size_t n, size_t i,
                   uint32_t prev, bool sure, bool *toned)
{
    char s[32];
    size_t bytes = 0, k = skip_blanks(c, n, i);
    bool capital = false;
    *toned = false;
    for (; k < n && bytes < 10; k++) {
        bool mark = is_tone_mark(c[k].ch);
        capital |= c[k].ch >= 'A' && c[k].ch <= 'Z';
        uint32_t letter = mark ? 0 : plain_letter(c[k].ch, toned);
        *toned |= mark;
        if (!letter && !mark)
            break;
        bytes += letter ? utf8_put(s + bytes, letter) : 0;
    }
    if (!*toned && k < n && c[k].ch >= '1' && c[k].ch <= '5')
        k++;
    k = skip_blanks(c, n, k);
    struct str syllable = {s, bytes};
    bool fits = k < n && is_close(c[k].ch) && bytes && words_has(&t->syllables, syllable);
    return fits && (*toned || (sure && !capital && !is_unit(t, syllable, prev))) ? k + 1 : i;
}

size_t pinyin_end(const struct article_tables *t, const struct cell *c, size_t n, size_t i,
                  uint32_t prev, bool sure, bool *toned)
{
    *toned = false;
    if (i >= n || !is_open(c[i].ch))
        return i;
    size_t end = pinyin_tail(t, c, n, i + 1, prev, sure, toned);
    return end > i + 1 ? end : i;
}

/* Behind a Traditional character a bracket with a syllable is no abbreviation. */
static void pinyin_pass(const struct page *p, const struct article_tables *t, struct cell *c,
                        size_t n)
{
    uint32_t prev = 0;
    size_t prev_at = 0;
    for (size_t i = 0; i < n; i++) {
        if (is_open(c[i].ch) && is_han(prev)) {
            bool toned, sure = p->annotated || simplify_char(t->simplifier, prev) != prev;
            size_t from = c[prev_at + 1].ch == ' ' ? prev_at + 1 : i;
            size_t end = pinyin_end(t, c, n, i, prev, sure, &toned);
            for (size_t k = from; end > i && k < end; k++)
                c[k].ch = 0, c[k].code = CODE_PINYIN;
            if (end > i) {
                i = end - 1;
                continue;
            }
        }
        if (c[i].ch && c[i].ch != ' ')
            prev = c[i].ch, prev_at = i;
    }
}

/* ---- Traditional and variants */

static bool near_zhu(const struct article_tables *t, const struct cell *c, size_t n, size_t i)
{
    char s[NEAR * 4];
    size_t at[NEAR], from = i;
    for (size_t back = 0; from > 0 && back < 3; from--)
        back += c[from - 1].ch != 0;
    for (; from <= i; from++) {
        if (!c[from].ch)
            continue;
        struct str near = text_from(s, at, c, n, from, NEAR);
        size_t bytes = words_at(&t->zhu, near, 0, NULL);
        size_t chars = utf8_len(str_sub(near, 0, bytes));
        if (chars && at[chars - 1] >= i)
            return true;
    }
    return false;
}

static uint32_t by_phrase(const struct article_tables *t, const struct cell *c, size_t n, size_t i)
{
    uint32_t ch[2 * NEAR + 1];
    size_t k = 0, from = i, here = 0;
    for (size_t back = 0; from > 0 && back < NEAR; from--)
        back += c[from - 1].ch != 0;
    for (; from < n && k < ARRAY_LEN(ch); from++)
        if (c[from].ch) {
            here = from == i ? k : here;
            ch[k++] = c[from].ch;
        }
    simplify_phrase(t->simplifier, ch, k);
    return ch[here];
}

static uint32_t simplified(const struct page *p, const struct article_tables *t,
                           const struct cell *c, size_t n, size_t i)
{
    uint32_t ch = c[i].ch, to = ch;
    char s[4];
    if (in_words(&t->careful, ch) && !p->traditional)
        return ch;
    if (ch == 0x8457) /* 著 */
        return near_zhu(t, c, n, i) ? ch : 0x7740;
    if (bit_of(t->variants.alone, ch) &&
        words_at(&t->variants, (struct str){s, utf8_put(s, ch)}, 0, &to))
        return to;
    return simplify_needs_phrase(t->simplifier, ch) ? by_phrase(t, c, n, i)
                                                    : simplify_char(t->simplifier, ch);
}

static void simplify_pass(const struct page *p, const struct article_tables *t, struct cell *c,
                          size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (c[i].ch <= 0xFFFF && !(t->of[c[i].ch] & OF_SUSPECT))
            continue;
        if (c[i].ch < 0x3400)
            continue;
        uint32_t to = simplified(p, t, c, n, i);
        if (to != c[i].ch && !c[i].code)
            c[i].code = CODE_SIMPLIFIED;
        c[i].ch = to;
    }
}

/* The word that begins at cell i becomes another of no more characters; false: none does. */
static bool replace_at(const struct article_tables *t, const struct words *w, struct cell *c,
                       size_t n, size_t i, uint8_t code)
{
    char s[NEAR * 4];
    size_t at[NEAR], k = 0, b = 0;
    uint32_t val = 0;
    struct str near = text_from(s, at, c, n, i, NEAR);
    size_t bytes = words_at(w, near, 0, &val);
    size_t chars = utf8_len(str_sub(near, 0, bytes));
    struct str to = bytes ? t->to.p[val] : STR("");
    for (; k < chars && b < to.n; k++) {
        uint32_t ch = next_char(to, &b);
        if (ch != c[at[k]].ch && !c[at[k]].code)
            c[at[k]].code = code;
        c[at[k]].ch = ch;
    }
    for (; k < chars; k++)
        c[at[k]].ch = 0, c[at[k]].code = code;
    return bytes > 0;
}

static void words_pass(const struct article_tables *t, struct cell *c, size_t n)
{
    enum { AGAIN = 8 }; /* ，，，， */
    for (size_t i = 0; i < n; i++) {
        uint32_t ch = c[i].ch;
        if (ch <= 0xFFFF && !(t->of[ch] & OF_SUSPECT))
            continue;
        bool word = bit_of(t->variant_words.first, ch), twice = bit_of(t->doubles.first, ch);
        if (!ch || (!word && !twice))
            continue;
        if (word && words_may(&t->variant_words, ch, next_alive(c, n, i)))
            replace_at(t, &t->variant_words, c, n, i, CODE_SIMPLIFIED);
        for (int k = 0; k < AGAIN && words_may(&t->doubles, c[i].ch, next_alive(c, n, i)); k++)
            if (!replace_at(t, &t->doubles, c, n, i, CODE_PUNCTUATION))
                break;
    }
}

/* Question marks in the place of the blanks that a paragraph begins with. */
static void indent_pass(struct cell *c, size_t n)
{
    size_t k = 0;
    while (k < n && (c[k].ch == '?' || c[k].ch == 0xFFFD || c[k].ch == ' '))
        k++;
    for (size_t i = 0; k >= 4 && k < n && i < k; i++)
        c[i].ch = 0, c[i].code = CODE_LOST;
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

void characters_fill(struct article_tables *t)
{
    const struct words *brand[] = {&t->names, &t->doubtful, &t->sites, &t->games, &t->spam};
    for (size_t k = 0; k < ARRAY_LEN(brand); k++)
        for (size_t i = 0; i < ARRAY_LEN(t->brand_pair); i++) {
            t->brand_pair[i] |= brand[k]->pair[i];
            t->brand_alone[i] |= brand[k]->alone[i];
        }
    for (uint32_t c = 0; c < 0x10000; c++) {
        bool name = bit_of(t->names.first, c) || bit_of(t->doubtful.first, c);
        bool loss = c == '?' || c == 0xFF1F || c == 0xFFFD;
        t->of[c] = (uint8_t)((is_suspect(t, c) ? OF_SUSPECT : 0) | (loss ? OF_LOSS : 0) |
                             (is_open(c) ? OF_OPEN : 0) | (is_han(c) ? OF_HAN : 0) |
                             (name ? OF_NAME : 0) | (bit_of(t->sites.first, c) ? OF_SITE : 0) |
                             (bit_of(t->games.first, c) ? OF_GAME : 0) |
                             (bit_of(t->spam.first, c) ? OF_SPAM : 0));
    }
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

static uint32_t char_at(struct str s, size_t i)
{
    return i < s.n ? utf8_sure(s, &i) : 0;
}

/* Most paragraphs need no repair at all, which is seen sooner than done. Counts the Han characters
 * and notes what brand words there may be. */
static bool is_clean(const struct article_tables *t, struct block *b)
{
    uint32_t han = 0;
    unsigned brands = 0;
    struct str s = b->raw;
    if (!s.n || s.p[0] == ' ')
        return false;
    for (size_t i = 0; i < s.n;) {
        uint32_t c = utf8_sure(s, &i);
        if (c > 0xFFFF)
            return false;
        unsigned of = t->of[c];
        han += of >> 5 & 1;
        if (!(of & (OF_BRAND | OF_SUSPECT)))
            continue;
        uint32_t next = char_at(s, i);
        if (of & OF_SUSPECT && !is_innocent(t, c, next))
            return false;
        brands |= brand_words_of(t, c, next);
    }
    b->han = han;
    b->of = (uint8_t)brands;
    return true;
}

enum rc block_repair(struct page *p, struct block *b, const struct article_tables *t,
                     struct cells *work, struct err *e)
{
    if (b->surveyed ? b->clean : is_clean(t, b)) {
        b->text = b->raw;
        b->repair = (uint32_t)p->repair.n;
        b->repairs = 0;
        return RC_OK;
    }
    TRY(split(work, t, b->raw, e));
    struct cell *c = work->cell.p;
    size_t n = work->cell.n;
    indent_pass(c, n);
    if (work->of & OF_OPEN)
        pinyin_pass(p, t, c, n);
    if (work->of & OF_LOSS) {
        shift_repair(t, c, n);
        pinyin_pass(p, t, c, n);
    }
    simplify_pass(p, t, c, n);
    words_pass(t, c, n);
    return join(p, b, t, work, e);
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
    if (i == 0)
        return 0;
    while (((unsigned char)s.p[--i] & 0xC0) == 0x80) {
    }
    return utf8_sure(s, &i);
}

static bool has_more_han(struct str s, size_t than)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n && n <= than;)
        n += is_han(utf8_sure(s, &i));
    return n > than;
}

enum { TRADITIONAL = 3, ANNOTATIONS = 2 };

void page_survey(struct page *p, const struct article_tables *t, struct str text)
{
    for (size_t i = 0; i < text.n;) {
        size_t from = i;
        uint32_t c = utf8_sure(text, &i);
        if (c > 0xFFFF || !(t->of[c] & OF_SUSPECT))
            continue;
        if (is_open(c) && p->annotations < ANNOTATIONS) {
            uint32_t prev = char_before(text, from);
            p->annotations += is_han(prev) && annotation_at(t, text, from, prev);
        } else if (t->of[c] & OF_HAN) {
            p->converted += simplify_char(t->simplifier, c) != c && !in_words(&t->careful, c);
        }
        p->controls += c < ' ' && c != '\n' && c != '\r' && c != '\f';
        p->malformed += c == 0xFFFD;
    }
}

void line_survey(struct page *p, const struct article_tables *t, struct str line, struct block *b)
{
    size_t from = (size_t)(b->raw.p - line.p);
    b->surveyed = true;
    b->clean = is_clean(t, b);
    page_survey(p, t, b->clean ? str_sub(line, 0, from) : line); /* blanks before it */
    if (b->clean)
        page_survey(p, t, str_sub(line, from + b->raw.n, line.n));
}

void survey_end(struct page *p, struct str text)
{
    p->traditional = p->converted >= TRADITIONAL && !has_more_han(text, p->converted * 100);
    p->annotated = p->annotations >= ANNOTATIONS;
}
