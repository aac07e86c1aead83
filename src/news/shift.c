/* A GBK text that lost one byte: c1 c2 | c3 c4 | … without c1 is read as c2 c3 | c4 …, and what
 * took the place of the missing byte is "?". The run goes on until a byte below 0x80 is reached:
 * the second byte of the last character, read as a letter. Taking the bytes of what is seen and
 * pairing them again gives everything but the first character, and of that its second byte.
 *
 * An honest question mark is told from a lost byte by what the new pairing yields: common
 * characters throughout, where the text as it stands has rare ones (or, for a run of one, where
 * pinyin in brackets stands behind a letter). */
#include "news/article_int.h"

enum { RUN_MAX = 64, LOSSES_MAX = 4, CODE = 1 + REPAIR_LOST_BYTE };

struct run {
    unsigned char byte[2 * RUN_MAX + 2];
    size_t bytes;
    size_t end;     /* the cell behind the run */
    size_t rare;    /* characters of it that no usual text has */
    bool open;      /* it ends in a second lost byte */
    bool pinyin;    /* with pinyin behind it */
    size_t unusual; /* decoded characters that no usual text has */
    uint32_t to[RUN_MAX + 1];
    size_t n;
    uint32_t lost; /* the first character, '?' where it is not known */
    bool fits;     /* its neighbours ask for it */
};

static bool is_letter_byte(uint32_t c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z' && c < 0x80;
}

static bool is_usual_mark(uint32_t c)
{
    static const uint32_t marks[] = {0x3001, 0x3002, 0xFF0C, 0xFF1B, 0xFF1A, 0x201C,
                                     0x201D, 0xFF08, 0xFF09, 0x300A, 0x300B, 0x2014,
                                     0x2026, 0xB7,   0xFF01, 0xFF1F};
    for (size_t i = 0; i < ARRAY_LEN(marks); i++)
        if (marks[i] == c)
            return true;
    return false;
}

static bool is_usual(const struct article_tables *t, uint32_t c)
{
    return is_usual_mark(c) || gbk_common(t->gbk, simplify_char(t->simplifier, c));
}

static bool pinyin_follows(const struct article_tables *t, const struct cell *c, size_t n, size_t i)
{
    bool toned;
    return pinyin_end(t, c, n, i, 0, true, &toned) > i;
}

/* The cell behind a syllable whose opening bracket went with the lost byte, or i. */
static size_t behind_syllable(const struct article_tables *t, const struct cell *c, size_t n,
                              size_t i)
{
    bool toned;
    size_t end = pinyin_tail(t, c, n, i, 0, true, &toned);
    return toned ? end : i;
}

/* Full-width characters were often folded to ASCII afterwards. */
static unsigned code_of(const struct article_tables *t, uint32_t c)
{
    if (c > ' ' && c < 0x7F)
        return 0xA380u + c;
    return gbk_code(t->gbk, c);
}

/* The bytes behind the loss at cell i, up to a letter or a second loss. The first `skip` letters
 * are taken for folded full-width ones. */
static bool collect(struct run *r, const struct article_tables *t, const struct cell *c, size_t n,
                    size_t i, unsigned skip)
{
    *r = (struct run){0};
    unsigned losses = 0;
    for (size_t k = i + 1; k < n && k <= i + RUN_MAX; k++) {
        uint32_t ch = c[k].ch;
        bool first = k == i + 1;
        losses += is_loss(ch);
        if (losses > LOSSES_MAX) /* a row of question marks, not a shifted text */
            return false;
        bool letter = !first && is_letter_byte(ch);
        if (letter && skip > 0)
            skip--;
        else if (letter) {
            r->byte[r->bytes++] = (unsigned char)ch;
            bool toned;
            r->end = pinyin_end(t, c, n, k + 1, 0, true, &toned);
            r->pinyin = r->end > k + 1;
            return true;
        }
        size_t behind = !first && is_loss(ch) ? behind_syllable(t, c, n, k + 1) : 0;
        bool pinyin = behind > k + 1 || (!first && is_loss(ch) && pinyin_follows(t, c, n, k + 1));
        if (!first && is_loss(ch) && (k + 1 == n || pinyin)) {
            r->end = MAX(behind, k + 1);
            r->open = true;
            r->pinyin = pinyin;
            return true;
        }
        unsigned code = ch ? code_of(t, ch) : 0;
        if (!code)
            return false;
        r->byte[r->bytes++] = (unsigned char)(code >> 8);
        r->byte[r->bytes++] = (unsigned char)code;
        bool odd = first && (ch == 0xFF1A || ch == 0xFF1B); /* ?： */
        r->rare += odd || (ch >= 0x80 && !is_usual(t, ch));
    }
    return false;
}

/* Pairs from the second byte on; is the outcome a usual text? */
static bool decode(struct run *r, const struct article_tables *t)
{
    for (size_t i = 1; i + 1 < r->bytes; i += 2) {
        uint32_t c = gbk_char(t->gbk, r->byte[i], r->byte[i + 1]);
        if (!c)
            return false;
        r->unusual += !is_usual(t, c);
        r->to[r->n++] = c;
    }
    return r->n && r->unusual * 8 <= r->n;
}

/* ---- the lost character itself */

/* Up to 4 characters before cell i, and the decoded ones behind it, simplified. */
static struct str text_before(char *to, const struct article_tables *t, const struct cell *c,
                              size_t i)
{
    uint32_t ch[4];
    size_t n = 0, bytes = 0;
    while (i > 0 && n < ARRAY_LEN(ch))
        if (c[--i].ch)
            ch[n++] = c[i].ch;
    while (n)
        bytes += utf8_put(to + bytes, simplify_char(t->simplifier, ch[--n]));
    return (struct str){to, bytes};
}

static struct str text_behind(char *to, const struct article_tables *t, const struct run *r)
{
    size_t bytes = 0;
    for (size_t i = 0; i < r->n && i < 4; i++)
        bytes += utf8_put(to + bytes, simplify_char(t->simplifier, r->to[i]));
    return (struct str){to, bytes};
}

static bool can_end(struct str before)
{
    size_t at = 0;
    uint32_t c = 0;
    while (at < before.n)
        c = next_char(before, &at);
    return c && c != ' ' && (!is_usual_mark(c) || c == 0x201D || c == 0xFF09 || c == 0x300B);
}

static void find_lost(struct run *r, const struct article_tables *t, const struct cell *c, size_t i)
{
    char a[16], b[16];
    struct str before = text_before(a, t, c, i), behind = text_behind(b, t, r);
    r->lost = '?';
    for (size_t k = 0; k < t->lost.n; k++) {
        const struct lost *l = &t->lost.p[k];
        if ((gbk_code(t->gbk, l->ch) & 0xFF) != r->byte[0])
            continue;
        bool after = words_end(&l->after, before) && !words_end(&l->never, before);
        r->fits = after || (words_at(&l->before, behind, 0, NULL) &&
                            !words_at(&l->never_before, behind, 0, NULL));
        r->lost = l->ch;
        if (r->fits || (l->always && can_end(before)))
            return;
        r->lost = '?';
    }
}

/* Rare characters, pinyin behind a letter, or a neighbour that asks for the lost character. */
static bool believable(const struct run *r)
{
    if (r->open)
        return r->rare && (r->pinyin || r->n >= 2);
    return r->pinyin || (r->rare && r->n >= 2) || (r->fits && r->n >= 3 && r->unusual == 0);
}

static void put(struct cell *c, size_t i, const struct run *r)
{
    uint32_t from = c[i].from, end = c[r->end - 1].to;
    size_t k = 0;
    for (size_t at = i; at < r->end; at++, k++) {
        uint32_t ch = k == 0                     ? r->lost
                      : k <= r->n                ? r->to[k - 1]
                      : k == r->n + 1 && r->open ? '?'
                                                 : 0;
        c[at] = (struct cell){ch, k ? end : from, end, CODE, false};
    }
}

/* The end of a run may be any of its letters; the one that yields the most usual text is taken. */
static bool find_run(struct run *best, const struct article_tables *t, const struct cell *c,
                     size_t n, size_t i)
{
    enum { SKIP_MAX = 4 };
    struct run r;
    bool found = false;
    for (unsigned skip = 0; skip <= SKIP_MAX && collect(&r, t, c, n, i, skip); skip++) {
        if (!decode(&r, t) || (found && r.unusual >= best->unusual))
            continue;
        find_lost(&r, t, c, i);
        if (!believable(&r))
            continue;
        *best = r;
        found = true;
        if (r.unusual == 0)
            break;
    }
    return found;
}

/* An honest question mark may stand before a lost byte: the cell of a later loss whose run is the
 * better one, or i. Few are tried, so that a page of question marks costs no more than its length.
 */
static size_t better_start(const struct run *r, const struct article_tables *t,
                           const struct cell *c, size_t n, size_t i)
{
    struct run later;
    int tries = 4;
    for (size_t k = i + 2; k < r->end && tries > 0; k++) {
        if (!is_loss(c[k].ch))
            continue;
        tries--;
        if (find_run(&later, t, c, n, k) &&
            (later.unusual < r->unusual || (later.unusual == r->unusual && later.fits && !r->fits)))
            return k;
    }
    return i;
}

void shift_repair(const struct article_tables *t, struct cell *c, size_t n)
{
    struct run r;
    for (size_t i = 0; i < n; i++) {
        if (!is_loss(c[i].ch) || !find_run(&r, t, c, n, i))
            continue;
        size_t start = better_start(&r, t, c, n, i);
        if (start > i) {
            i = start - 1;
            continue;
        }
        put(c, i, &r);
        i = r.end - 1;
    }
}
