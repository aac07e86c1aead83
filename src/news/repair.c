#include "news/article_int.h"

enum { CODE_PINYIN = 1 + REPAIR_PINYIN, CODE_SIMPLIFIED = 1 + REPAIR_SIMPLIFIED };
enum { CODE_LOST = 1 + REPAIR_LOST_BYTE, CODE_PUNCTUATION = 1 + REPAIR_PUNCTUATION };
enum { NEAR = 8 }; /* characters looked at on either side */

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

/* The characters of a part of the block. */
static enum rc split(struct cells *w, const struct article_tables *t, const struct block *b,
                     struct span part, struct err *e)
{
    const struct str raw = str_sub(b->raw, 0, part.to);
    w->cell.n = 0;
    w->of = 0;
    w->han = 0;
    w->open = false;
    TRY(vec_reserve(&w->cell, part.to - part.from, e));
    for (size_t i = part.from; i < raw.n;) {
        uint32_t from = (uint32_t)i, c = utf8_sure(raw, &i);
        unsigned of = c <= 0xFFFF ? t->of[c] : OF_SUSPECT;
        bool other = false;
        w->han += (of & OF_HAN) != 0;
        if (of & OF_SUSPECT) {
            w->open |= is_open(c);
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
                    struct cells *w, struct err *e)
{
    const struct cell *c = w->cell.p;
    for (size_t i = 0; i < w->cell.n;) {
        struct cell first = c[i];
        uint32_t from = (uint32_t)w->text.n, end = first.to;
        if (!first.code && !first.other) {
            end = first.from;
            for (; i < w->cell.n && !c[i].code && !c[i].other && c[i].from == end; i++) {
                count_cell(b, t, w, i);
                end = c[i].to;
            }
            TRY(buf_str(&w->text, str_sub(b->raw, first.from, end), e));
            continue;
        }
        for (; i < w->cell.n && c[i].code == first.code && (c[i].code || c[i].other); i++) {
            char s[4];
            if (c[i].ch) {
                TRY(buf_put(&w->text, s, utf8_put(s, c[i].ch), e));
                count_cell(b, t, w, i);
            }
            end = MAX(end, c[i].to);
        }
        if (first.code)
            TRY(add_repair(p, b, first, end, (struct span){from, (uint32_t)w->text.n}, e));
    }
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
        if (letter && letter < 0x80)
            s[bytes++] = (char)letter;
        else if (letter)
            bytes += utf8_put(s + bytes, letter);
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

/* ---- a block */

static enum rc part_repair(struct page *p, struct block *b, const struct article_tables *t,
                           struct cells *work, struct span part, struct err *e)
{
    TRY(split(work, t, b, part, e));
    struct cell *c = work->cell.p;
    size_t n = work->cell.n;
    if (part.from == 0)
        indent_pass(c, n);
    if (work->open)
        pinyin_pass(p, t, c, n);
    if (work->of & OF_LOSS) {
        shift_repair(t, c, n);
        pinyin_pass(p, t, c, n);
    }
    simplify_pass(p, t, c, n);
    words_pass(t, c, n);
    b->han = b->whole ? 0 : b->han - work->han; /* those that stay are counted anew */
    return join(p, b, t, work, e);
}

/* No repair but that of a lost byte looks at more Han characters on either side of a place; of
 * pinyin, marks and blanks, which are none, at any number. */
enum { AROUND = NEAR + 1 };

static uint32_t han_before_to(struct str s, size_t i)
{
    for (unsigned han = 0; i > 0 && han < AROUND;) {
        size_t at = --i;
        if (((unsigned char)s.p[i] & 0xC0) != 0x80)
            han += is_han(utf8_sure(s, &at));
    }
    while (i > 0 && ((unsigned char)s.p[i] & 0xC0) == 0x80)
        i--;
    return (uint32_t)i;
}

static uint32_t han_behind_to(struct str s, size_t i)
{
    for (unsigned han = 0; i < s.n && han <= AROUND;) /* the first stands at i */
        han += is_han(utf8_sure(s, &i));
    return (uint32_t)i;
}

/* The parts around the suspect places, each with what its repair looks at. */
static enum rc parts_repair(struct page *p, struct block *b, const struct article_tables *t,
                            struct cells *work, struct err *e)
{
    uint32_t done = 0;
    for (uint32_t k = 0; k < b->suspects;) {
        const uint32_t *at = p->suspect.p + b->suspect;
        struct span part = {han_before_to(b->raw, at[k]), 0};
        do {
            part.to = han_behind_to(b->raw, at[k]);
            k++;
        } while (k < b->suspects && han_before_to(b->raw, at[k]) <= part.to);
        TRY(buf_str(&work->text, str_sub(b->raw, done, part.from), e));
        TRY(part_repair(p, b, t, work, part, e));
        done = part.to;
    }
    return buf_str(&work->text, str_sub(b->raw, done, b->raw.n), e);
}

enum rc block_repair(struct page *p, struct block *b, const struct article_tables *t,
                     struct cells *work, struct err *e)
{
    size_t suspects = p->suspect.n;
    if (!b->surveyed)
        TRY(block_survey(p, b, t, e));
    b->repair = (uint32_t)p->repair.n;
    b->text = b->raw;
    if (!b->clean) {
        buf_clear(&work->text);
        TRY(b->whole ? part_repair(p, b, t, work, (struct span){0, (uint32_t)b->raw.n}, e)
                     : parts_repair(p, b, t, work, e));
        b->text = arena_str(p->arena, buf_view(&work->text));
        if (!b->text.p)
            return err_nomem(e);
    }
    b->repairs = (uint32_t)p->repair.n - b->repair;
    p->suspect.n = suspects;
    return RC_OK;
}
