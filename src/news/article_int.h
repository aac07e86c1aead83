/* Private to the page reader: article.c, html.c, tables.c, survey.c, repair.c, shift.c, brand.c,
 * pick.c, date.c.
 *
 * A page becomes blocks (a paragraph, a heading, a list item: one line each); each block is
 * repaired; the repaired blocks are judged, and the article is put together of those that are
 * kept. */
#ifndef QIAO_ARTICLE_INT_H
#define QIAO_ARTICLE_INT_H

#include "base/buf.h"
#include "base/map.h"
#include "news/article.h"
#include "text/gbk.h"
#include "text/simplify.h"

enum { PAGE_MAX = 16 << 20 };

/* ---- tables */

/* Words looked up at a place of a text: the longest that begins there. The bit sets turn most
 * places away by the two characters that stand there. */
struct words {
    struct strmap map;
    uint64_t first[65536 / 64]; /* characters that one begins with */
    uint64_t alone[65536 / 64]; /* characters that are one */
    uint64_t pair[65536 / 64];  /* hashes of the first two characters */
    uint64_t lengths[64];       /* bit n: of those whose first character is k modulo 64 one has
                                 * n bytes */
    uint64_t tails[64];         /* the same by the last byte */
};

enum { WORD_MAX = 63 }; /* bytes */

static inline bool bit_of(const uint64_t *set, uint32_t i)
{
    return set[(i & 0xFFFF) / 64] >> (i & 63) & 1;
}

static inline uint32_t pair_of(uint32_t a, uint32_t b)
{
    return (a * 0x9E3779B1u ^ b * 0x85EBCA6Bu) >> 16;
}

/* Can a word begin with these two characters (b 0: the text ends)? */
static inline bool words_may(const struct words *w, uint32_t a, uint32_t b)
{
    return bit_of(w->first, a) && (bit_of(w->alone, a) || bit_of(w->pair, pair_of(a, b)));
}

#define next_char utf8_next

struct lost {
    uint32_t ch;
    bool always;
    struct words after, before, never, never_before;
};

struct article_tables {
    struct arena arena;
    struct simplifier *simplifier;
    struct gbk *gbk;
    /* chrome */
    struct words stop, begins, is, has, ends, captions, credits, datelines, title_cuts, meta_dates;
    struct words not_headlines;
    struct words dates[2];
    /* brands */
    struct words names, doubtful, sites, parts, honest, beside, spam, games;
    /* repair */
    struct words variants, variant_words, careful, zhu, initials, finals, doubles;
    struct words syllables; /* finals, and initials with finals */
    struct words units;     /* to the characters that read so */
    VEC(struct str) to;     /* what variant_words, doubles and units become: their values */
    VEC(struct lost) lost;
    uint16_t of[65536];                                       /* enum char_of of a character */
    uint64_t brand_pair[65536 / 64], brand_alone[65536 / 64]; /* of all words of OF_BRAND */
    uint64_t pair[65536 / 64]; /* of these, and of the words that make a character suspect */
};

/* What a character may begin, so that one look at it spares most look-ups of words. */
enum char_of {
    OF_NAME = 1, /* a brand's name, certain or doubtful */
    OF_SITE = 2,
    OF_GAME = 4,
    OF_SPAM = 8,
    OF_BRAND = OF_NAME | OF_SITE | OF_GAME | OF_SPAM,
    OF_SUSPECT = 16, /* a repair (repair.c) */
    OF_HAN = 32,
    OF_LOSS = 64,    /* what takes the place of a lost byte */
    OF_PAIR = 128,   /* all but OF_HAN only with a character behind it that t->pair has */
    OF_SECOND = 256, /* such a character */
    OF_ALONE = 512,  /* OF_BRAND or OF_SUSPECT, and not OF_PAIR */
};

/* Which of OF_BRAND begin with these two characters. */
static inline unsigned brand_words_of(const struct article_tables *t, uint32_t a, uint32_t b)
{
    unsigned of = t->of[a & 0xFFFF] & OF_BRAND;
    if (!of || !(bit_of(t->brand_pair, pair_of(a, b)) || bit_of(t->brand_alone, a)))
        return 0; /* most */
    if (of & OF_NAME && !words_may(&t->names, a, b) && !words_may(&t->doubtful, a, b))
        of &= ~(unsigned)OF_NAME;
    if (of & OF_SITE && !words_may(&t->sites, a, b))
        of &= ~(unsigned)OF_SITE;
    if (of & OF_GAME && !words_may(&t->games, a, b))
        of &= ~(unsigned)OF_GAME;
    if (of & OF_SPAM && !words_may(&t->spam, a, b))
        of &= ~(unsigned)OF_SPAM;
    return of;
}

/* Bytes of the longest of `w` at s.p + i, 0: none. *val (may be NULL) gets its value. */
size_t words_at(const struct words *w, struct str s, size_t i, uint32_t *val);
/* Bytes of the longest of `w` that s ends with. */
size_t words_end(const struct words *w, struct str s);
/* How many places of s have one; stops at `most`. */
size_t words_count(const struct words *w, struct str s, size_t most);
bool words_has(const struct words *w, struct str s);

/* ---- blocks */

enum block_kind { BLOCK_TEXT, BLOCK_HEADING, BLOCK_CAPTION };
enum { NO_BOX = UINT32_MAX };

struct block {
    struct str raw;
    uint32_t links; /* bytes of raw that are links */
    uint32_t box;   /* container it stands in */
    enum block_kind kind;
    bool surveyed, clean;       /* block_survey saw it; and nothing in it is to be repaired */
    bool whole;                 /* a repair may reach over all of it */
    uint32_t suspect, suspects; /* else: first and number in page.suspect, bytes of `raw` */
    /* Once repaired: */
    struct str text;
    bool spam;                /* some of its words are an advertisement's */
    uint8_t of;               /* OF_BRAND: words that it may have */
    uint32_t repair, repairs; /* first and number in page.repair; places count in `text` */
    uint32_t han;
};

struct box {
    uint32_t parent;
    uint32_t first, end; /* blocks [first, end) stand in it */
    double total, score; /* of its paragraphs; as the container of the article */
};

struct page {
    struct arena *arena;
    VEC(struct block) block;
    VEC(struct box) box;
    VEC(struct repair) repair;
    VEC(uint32_t) suspect;         /* places where something may be to repair */
    struct str title, meta_title;  /* <title> and og:title, raw */
    struct str meta_date;          /* raw */
    struct str time_date;          /* of the first <time datetime="…">, raw */
    struct str script_date;        /* "datePublished": "…" and the like, raw */
    struct str address;            /* what the page calls its own (canonical, og:url), raw */
    struct str label;              /* charset named in the page */
    size_t controls, malformed;    /* characters that are no text's; U+FFFD */
    size_t han;                    /* Han characters */
    size_t annotations, converted; /* brackets with pinyin; Traditional characters */
    bool traditional;              /* much of it is Traditional */
    bool annotated;                /* pinyin in brackets stands in several places */
    VEC(struct str) brand;         /* found, each once */
    VEC(struct str) bare;          /* doubtful names that were seen beside a site's word */
    unsigned of;                   /* OF_BRAND: words that some block may have */
};

/* What gumbo is given of a page (tags.c): the runs of text are numbered and one character each. */
struct tags {
    struct buf html;
    VEC(struct str) run; /* slices of the page */
};

/* RC_NOMEM. Call tags_free in any case; the page must outlive it. O(n). */
enum rc tags_slim(struct tags *out, struct str html, struct err *e) MUST_CHECK;
void tags_free(struct tags *t);
/* The run that a character of four bytes stands for, UINT32_MAX: none. */
uint32_t tags_run(const struct tags *t, struct str s);

/* HTML into blocks (html.c). Nothing in it recurses. RC_TOO_BIG, RC_NOMEM. */
bool html_looks_like(struct str text);
enum rc html_blocks(struct page *p, const struct article_tables *t, struct str html,
                    struct err *e) MUST_CHECK;

/* Plain text with hard line ends (wrap.c): the width of its lines, 0 when it has none. */
size_t wrap_width(struct str text);
/* Does `line` go on in `next`, the line below it? */
bool wrap_goes_on(size_t width, struct str line, struct str next);
bool is_page_number(struct str line);
/* The line at *i without blanks at its end; *i goes to the next. */
struct str next_line(struct str text, size_t *i);

/* ---- repair */

/* A character of a block on its way; ch 0: taken out. */
struct cell {
    uint32_t ch;
    uint32_t from, to; /* bytes of the raw text it came from */
    uint8_t code;      /* 0 as it stood, else 1 + enum repair_code */
    bool other;        /* not what stands at `from`, and that is no repair: a blank, an entity */
};

struct cells {
    VEC(struct cell) cell;
    unsigned of;     /* enum char_of of any of them */
    bool open;       /* a bracket opens */
    uint32_t han;    /* Han characters as they stood */
    struct buf text; /* the block as far as it is repaired */
};

static inline bool is_open(uint32_t c) /* a bracket */
{
    return c == '(' || c == 0xFF08;
}
static inline bool is_loss(uint32_t c) /* what takes the place of a lost byte */
{
    return c == '?' || c == 0xFF1F || c == 0xFFFD;
}
bool is_invisible(uint32_t c);
/* Is the character itself one of the words? */
bool in_words(const struct words *w, uint32_t c);
/* Fill t->of, once the other tables are there. */
void characters_fill(struct article_tables *t);
/* One look at every character of b->raw: counts the Han characters, notes what brand words there
 * may be (of; at least those of the repaired text) and where something may be to repair. */
enum rc block_survey(struct page *p, struct block *b, const struct article_tables *t,
                     struct err *e) MUST_CHECK;
/* Counts what is told of the whole page: han, controls, malformed, annotations, converted. */
void page_survey(struct page *p, const struct article_tables *t, struct str text);
/* Both for a line that became block b, a part of it; most need no survey but the block's. */
enum rc line_survey(struct page *p, const struct article_tables *t, struct str line,
                    struct block *b, struct err *e) MUST_CHECK;
/* All of the page is counted: traditional, annotated. */
void survey_end(struct page *p);
enum rc block_repair(struct page *p, struct block *b, const struct article_tables *t,
                     struct cells *work, struct err *e) MUST_CHECK;
/* A bracket with pinyin that opens at cell i, behind the character `prev` (0: not known); returns
 * the cell behind it, or i. A syllable without tone counts only where `sure`. */
size_t pinyin_end(const struct article_tables *t, const struct cell *c, size_t n, size_t i,
                  uint32_t prev, bool sure, bool *toned);
/* The same from the first letter on; returns the cell behind the closing bracket, or i. */
size_t pinyin_tail(const struct article_tables *t, const struct cell *c, size_t n, size_t i,
                   uint32_t prev, bool sure, bool *toned);
/* Runs shifted by a lost byte (shift.c). */
void shift_repair(const struct article_tables *t, struct cell *c, size_t n);

/* ---- brands (brand.c) */

/* First pass over all repaired blocks: what brands are there. */
enum rc brands_find(struct page *p, const struct article_tables *t, struct err *e) MUST_CHECK;
/* Bytes of the brand that stands at text.p + i, 0: none. */
size_t brand_at(const struct page *p, const struct article_tables *t, struct str text, size_t i);
/* The first place from i on where a brand can begin, text.n: none. `game`: brands_game of the text.
 */
size_t brand_next(const struct article_tables *t, struct str text, size_t i, bool game);
/* U+5000 … U+9FFF before text.p + i? */
static inline bool han_before(struct str text, size_t i)
{
    return i >= 3 && (unsigned char)text.p[i - 3] - 0xE5u < 5;
}
bool brands_game(const struct article_tables *t, struct str text);
/* Is this sentence or short line an advertisement? */
enum { SPAM = 2 }; /* words of it */
bool is_spam(const struct article_tables *t, struct str s);
/* Does it have no other sentence? */
bool is_all_spam(const struct article_tables *t, struct str s);

/* ---- lines (line.c) */

enum line_kind { LINE_CHROME, LINE_STOP, LINE_SPAM, LINE_SHORT, LINE_BODY };

/* What a repaired block is by itself. */
enum line_kind line_judge(const struct article_tables *t, const struct block *b);
/* A line as the tables of chrome compare it. Writes at most cap bytes. */
struct str line_key(char *to, size_t cap, struct str line);
size_t count_han(struct str s);
/* Nothing but who wrote, took pictures and checked. */
bool is_credit(const struct article_tables *t, struct str line);
/* A paragraph without the date, source and counters it may begin with: 发布时间：… 来源：… */
struct str without_meta(const struct article_tables *t, struct str s);
/* A paragraph without the credits at its end. */
struct str without_credits(const struct article_tables *t, struct str s);

/* ---- choosing (pick.c) and dates (date.c) */

enum { NO_BLOCK = UINT32_MAX };

struct choice {
    VEC(uint32_t) block;   /* kept, in order; the title is not among them */
    VEC(uint8_t) kind;     /* enum line_kind of every block of the page */
    uint32_t title;        /* the block it stands in, NO_BLOCK: only in <title> */
    struct str title_text; /* "" for none */
    struct str site;       /* what the page calls itself: lines; "" for nothing */
};

/* Which blocks are the article. Call choice_free in any case. */
enum rc article_choose(struct choice *out, struct page *p, const struct article_tables *t,
                       struct err *e) MUST_CHECK;
void choice_free(struct choice *c);

/* Bytes of the full date that stands at s.p + i, 0: none. */
size_t date_at(struct str s, size_t i);
/* A label of chrome with its colon at the head of s: 来源：, 作者：. */
bool has_label(const struct article_tables *t, struct str s);

enum { DATE_SIZE = 11 };

/* What a script of the page says of its day of publication, raw; "" for nothing. A slice of html.
 */
struct str script_date(struct str html);
/* The address that the page's head says is its own; "" for none. A slice of html. */
struct str own_address(struct str html);
/* ISO date of publication into `to`; false: not known. */
bool publish_date(char to[DATE_SIZE], const struct page *p, const struct choice *c,
                  const struct article_tables *t, struct str url);

#endif
