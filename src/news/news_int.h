/* Private to src/news: the tables as read, and a page while it is being read. Positions are
 * indexes of characters, not bytes, until facts leave the folder. */
#ifndef QIAO_NEWS_INT_H
#define QIAO_NEWS_INT_H

#include "news/lexicon.h"
#include "news/news.h"

#define NONE UINT32_MAX

/* ---- tables ---- */

enum org_kind {
    KIND_UNIVERSITY,
    KIND_COLLEGE,
    KIND_ENTERPRISE,
    KIND_GOVERNMENT,
    KIND_PARK,
    KIND_HOSPITAL,
    KIND_INSTITUTE,
    KIND_OTHER,
    KIND__COUNT
};
extern const char *const org_kind_name[KIND__COUNT];
bool kind_is_school(enum org_kind k);

/* Ends the name of an organisation. `anchored`: only where the name begins with a place or a known
 * name; `office`: only where a level of government precedes (市科技局); `alone`: only where the
 * word ends there. */
struct suffix {
    enum org_kind kind;
    bool anchored, office, alone;
};

struct division {
    struct str name;  /* 苏州市 */
    struct str brief; /* 苏州 */
    uint32_t parent;  /* province or prefecture, NONE */
};

struct known_org {
    struct str name;
    enum org_kind kind;
};

/* A rule of facts.yaml; its head explains the keys. Sets of word groups are bit sets. */
#define GROUPS_MAX 192
#define RULES_MAX  256
struct group_set {
    uint64_t bit[GROUPS_MAX / 64];
};

enum rule_order { ORDER_AFTER, ORDER_BEFORE, ORDER_ANY };
enum rule_amount { AMOUNT_MAY, AMOUNT_MUST, AMOUNT_NO };

struct fact_rule {
    enum fact_type type;
    struct group_set verb, noun, with, without, unless, lead, amid;
    bool has_noun, has_with, has_lead, has_amid;
    enum rule_order order;
    enum rule_amount amount;
    bool deadline;  /* only where a deadline is told */
    bool partner;   /* the object is the other party */
    bool split;     /* a list of nouns makes a fact each */
    bool weak;      /* only where the clause says nothing else */
    bool fallback;  /* only where the page has no fact of this type */
    bool plan;      /* only on pages whose lead announces a plan */
    bool outside;   /* only where a named organisation stands in the sentence */
    uint32_t gap;   /* most characters between verb and noun */
    uint32_t limit; /* most facts of this rule a page */
};

/* What a character may begin or be; the steps look only at the places that have their flag. */
enum char_flag {
    CHAR_NUMBER = 1,
    CHAR_MOMENT = 2,    /* a deadline */
    CHAR_DAY = 4,       /* a day, or a word that says none is told; the end of a paragraph */
    CHAR_NAME = 8,      /* a level, the page's school, a company: mentions.c */
    CHAR_CUT = 16,      /* the end of a clause */
    CHAR_LIST = 32,     /* the end of a list of names */
    CHAR_JOIN = 64,     /* 与和同 */
    CHAR_BREAK = 128,   /* is_break */
    CHAR_TOWARDS = 256, /* the last of a preposition (actors.c) */
    CHAR_PERSON = 512,  /* in the name of a person of the page */
};

struct event_rule {
    const char *type;
    struct group_set any;
};

struct news_tables {
    struct lexicon words;
    struct arena arena;
    VEC(struct suffix) suffix;
    VEC(struct division) division;
    VEC(struct known_org) university, known;
    VEC(struct fact_rule) rule;
    VEC(struct event_rule) event;
    VEC(struct str) area, group, ethnic, place_word;
    struct strmap group_number;                   /* of a group's name */
    struct group_set declared;                    /* groups that have words */
    uint64_t by_verb[GROUPS_MAX][RULES_MAX / 64]; /* bit set of the rules with the group as verb */
    struct group_set verbs, late_verbs;           /* of all rules, of those with `fallback` */
    uint32_t group_last;                          /* NONE when not declared */
    uint16_t flags[0x10000];                      /* enum char_flag of a character */
    uint8_t surname[0x5200 / 8];                  /* bit set from U+4E00 */
};

static inline bool is_surname(const struct news_tables *t, uint32_t c)
{
    return c - 0x4E00 < 0x5200 && t->surname[(c - 0x4E00) / 8] >> (c & 7) & 1;
}
/* Number of a word group, NONE when not declared. */
uint32_t group_find(const struct news_tables *t, const char *name);
extern const char *const fact_type_name[FACT__COUNT];
static inline bool set_has(const struct group_set *s, uint32_t g)
{
    return s->bit[g >> 6] >> (g & 63) & 1;
}
static inline void set_put(struct group_set *s, uint32_t g)
{
    s->bit[g >> 6] |= (uint64_t)1 << (g & 63);
}
static inline bool set_meets(const struct group_set *a, const struct group_set *b)
{
    uint64_t meet = 0;
    for (size_t i = 0; i < GROUPS_MAX / 64; i++)
        meet |= a->bit[i] & b->bit[i];
    return meet != 0;
}

/* ---- a page ---- */

struct mark {
    uint32_t from, to, value;
    uint32_t same_end; /* next mark that ends here, NONE */
    uint8_t class;
};

/* A stretch of the text between two marks of punctuation. */
struct clause {
    uint32_t from, to;
    uint32_t sentence; /* number of its sentence */
    uint32_t para;
    struct group_set groups;
    uint32_t speaker; /* org whose words these are, NONE */
    uint32_t subject; /* org that acts, NONE */
    uint32_t partner; /* org acted with, NONE */
};

/* Where an organisation is named. */
struct mention {
    uint32_t from, to;
    uint32_t org;         /* NONE until resolved */
    uint32_t suffix_from; /* where the ending of the name begins */
    uint32_t value;       /* university, known organisation or division, NONE */
    enum org_kind kind;
    bool anchored;
    bool place;  /* a division by itself: acts only in some contexts */
    bool level;  /* 市委, 我市: the place must come from the page */
    bool host;   /* 学校, 我校: the page's school */
    bool firm;   /* 公司, 集团: the enterprise spoken of */
    bool own;    /* 校教育基金会: a body of the page's school */
    bool unsure; /* a short form that fits several */
};

/* An organisation of the page; becomes a party when it takes part. */
struct org {
    struct str name;
    enum org_kind kind;
    uint32_t first;    /* first mention, character */
    uint32_t count;    /* mentions */
    uint32_t division; /* of a government, NONE */
    uint32_t into;     /* merged into this one, NONE */
    uint32_t party;    /* number in the result, NONE */
    VEC(struct str) alias;
    uint32_t built; /* mentions of it as something built */
    bool lead, acts, staffed, brand;
    bool named; /* somewhere by more than its level (我省) */
};

struct amount {
    uint32_t from, to; /* with its modifiers */
    uint32_t unit_from;
    bool attendance, used;
    bool lasts; /* a length of time */
    bool soft;  /* 两个: a figure only where a rule asks for one */
};

/* Where a person of the page is named, also beside no office. */
struct naming {
    uint32_t from, to, person;
};

struct town { /* a 市 or 县 */
    uint32_t at;
};

struct moment { /* a deadline */
    uint32_t from, to;
    uint32_t clause; /* clause_of its beginning */
};

struct page {
    const struct news_tables *t;
    const struct article *x;
    struct news *out;
    struct arena *a;
    struct err *e;
    uint32_t n, title; /* characters; of the title line */
    uint32_t lead;     /* end of the first paragraph that tells something */
    struct span verse; /* lines set as verse: one paragraph; empty: none */
    bool plan;         /* the lead announces a plan: everything in it is wanted */
    bool recent;       /* 近日, 日前: it happened, the day is not told */
    uint32_t *ch;      /* folded; ch[n] == 0 and a few more zeros */
    uint16_t *letter;  /* lexicon_letter of character i; 0 behind the end */
    uint32_t *at;      /* byte offset of character i; at[n] is the length */
    uint32_t *first;   /* first mark that starts at i; first[n] ends the last */
    uint32_t *ending;  /* a mark that ends at i, NONE */
    uint16_t *begins;  /* bit set of the classes of marks that start at i */
    uint16_t *ends;    /* … that end at i */
    uint16_t *flags;   /* enum char_flag of character i; SET_ROOM zeros stand behind all three */
    VEC(struct mark) mark;
    VEC(struct clause) clause;
    VEC(struct mention) mention; /* in text order, none overlap */
    VEC(struct org) org;
    VEC(struct town) town;     /* in text order */
    VEC(struct naming) naming; /* in text order, of one place the person found first */
    VEC(struct amount) amount;
    VEC(struct moment) moment;
    uint32_t host; /* org of the page's school, NONE */
    uint32_t city; /* division the page is about, NONE */
};

/* The first of n elements of `step` bytes, which rise by the number at `member` of the first one,
 * whose number is at least `least`; n when none. O(log n). */
static inline uint32_t first_with(const uint32_t *member, size_t step, size_t n, uint32_t least)
{
    size_t lo = 0;
    while (n > 0) {
        size_t half = n / 2;
        if (*(const uint32_t *)(const void *)((const char *)member + (lo + half) * step) < least) {
            lo += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return (uint32_t)lo;
}
#define FIRST_WITH(vec, member, least)                                                             \
    ((vec).n ? first_with(&(vec).p[0].member, sizeof *(vec).p, (vec).n, least) : 0)
/* First mention that ends after i; mention.n when none. O(log n). */
static inline uint32_t mention_from(const struct page *p, uint32_t i)
{
    return FIRST_WITH(p->mention, to, i + 1);
}
/* The first naming from i on; naming.n when none. O(log n). */
static inline uint32_t naming_from(const struct page *p, uint32_t i)
{
    return FIRST_WITH(p->naming, from, i);
}

enum { PAGE_MENTIONS = 4000, PAGE_ORGS = 200, PAGE_PEOPLE = 300, PAGE_FACTS = 400 };

/* Decode, mark and cut into clauses. */
enum rc page_open(struct page *p) MUST_CHECK;
void page_close(struct page *p);

/* The longest mark of a class that starts (ends) at i, or NULL. */
const struct mark *mark_at_some(const struct page *p, uint32_t i, enum sense_class class);
const struct mark *mark_to_some(const struct page *p, uint32_t i, enum sense_class class);
static inline const struct mark *mark_at(const struct page *p, uint32_t i, enum sense_class class)
{
    return i < p->n && (p->begins[i] >> class & 1) ? mark_at_some(p, i, class) : NULL;
}
static inline const struct mark *mark_to(const struct page *p, uint32_t i, enum sense_class class)
{
    return p->ends[i] >> class & 1 ? mark_to_some(p, i, class) : NULL;
}
/* A mark of this word group at i. */
const struct mark *group_at_some(const struct page *p, uint32_t i, uint32_t group);
static inline const struct mark *group_at(const struct page *p, uint32_t i, uint32_t group)
{
    return i < p->n && (p->begins[i] >> SENSE_GROUP & 1) ? group_at_some(p, i, group) : NULL;
}
/* The first place from i on whose set has one of `bits`, n when there is none; four at a step. */
enum { SET_ROOM = 64 };
static inline uint32_t next_with(const uint16_t *set, uint32_t i, uint32_t n, unsigned bits)
{
    const uint64_t all = bits * (UINT64_MAX / UINT16_MAX);
    for (uint64_t four; i < n; i += 4) {
        memcpy(&four, set + i, sizeof four);
        if (!(four & all))
            continue;
        while (!(set[i] & bits))
            i++;
        return MIN(i, n);
    }
    return n;
}
/* The first place from i on where `a` has one of a_bits or `b` one of b_bits. */
static inline uint32_t next_either(const uint16_t *a, unsigned a_bits, const uint16_t *b,
                                   unsigned b_bits, uint32_t i, uint32_t n)
{
    const uint64_t all_a = a_bits * (UINT64_MAX / UINT16_MAX);
    const uint64_t all_b = b_bits * (UINT64_MAX / UINT16_MAX);
    for (uint64_t x, y; i < n; i += 4) {
        memcpy(&x, a + i, sizeof x);
        memcpy(&y, b + i, sizeof y);
        if (!((x & all_a) | (y & all_b)))
            continue;
        while (!(a[i] & a_bits) && !(b[i] & b_bits))
            i++;
        return MIN(i, n);
    }
    return n;
}
/* A set of first characters, of which the lower 14 bits count: a look that spares a comparison. */
struct heads {
    uint64_t bit[(1 << 14) / 64];
};
static inline void heads_put(struct heads *h, uint32_t c)
{
    h->bit[(c & 0x3FFF) / 64] |= (uint64_t)1 << (c & 63);
}
static inline bool heads_has(const struct heads *h, uint32_t c)
{
    return h->bit[(c & 0x3FFF) / 64] >> (c & 63) & 1;
}
/* Punctuation, blank, bracket, quote, end of text. */
bool is_break_mark(uint32_t c);
static inline bool is_break(uint32_t c)
{
    return c <= 0x3015 && is_break_mark(c);
}
static inline bool is_digit(uint32_t c)
{
    return c - '0' < 10;
}
bool is_zh_digit(uint32_t c); /* 一二两三四五六七八九十百千万数几 */
/* Is it one of the characters of `set`, each ASCII or of three bytes, or the 0 behind them? */
bool is_one_of(uint32_t c, const char *set);
bool is_crossed(const struct page *p, uint32_t i); /* a word that is no name goes on at i */
bool is_river(const struct page *p, uint32_t i);   /* 长江 … around i */
bool is_level(uint32_t c);                         /* 省市县区州 */
struct str page_str(const struct page *p, uint32_t from, uint32_t to); /* slice of the article */
struct span page_span(const struct page *p, uint32_t from, uint32_t to);
/* Does the literal (UTF-8; each character ASCII or of three bytes) stand at character
 * i? Length in characters, 0: no. */
uint32_t looking_at_rest(const struct page *p, uint32_t i, const char *literal);
static inline uint32_t looking_at(const struct page *p, uint32_t i, const char *literal)
{
    const unsigned char *b = (const unsigned char *)literal;
    uint32_t first = b[0] < 0x80 ? b[0] : (b[0] & 15u) << 12 | (b[1] & 63u) << 6 | (b[2] & 63u);
    return p->ch[i] == first ? looking_at_rest(p, i, literal) : 0; /* mostly the first differs */
}
/* First place of the literal in [from, to), NONE. */
uint32_t find_in(const struct page *p, uint32_t from, uint32_t to, const char *literal);
/* The clause that holds character i. */
uint32_t clause_of(const struct page *p, uint32_t i);

/* Places that divisions.yaml does not have (places.c). */
bool is_town(uint32_t c);                           /* 市县 */
bool may_end_town(uint32_t c);                      /* not of 城市, 五市 */
bool starts_word(const struct page *p, uint32_t i); /* growth.c */
/* A whole word in Latin letters, GmbH but not the AG of AGV (growth.c). */
bool is_latin_word(const struct page *p, uint32_t from, uint32_t to);
/* Does the name stand at the beginning of a word in another place near here? */
bool stem_again(const struct page *p, uint32_t from, uint32_t to);
bool comes_again(const struct page *p, uint32_t from, uint32_t to);
/* Fills p->town, for begins_unlisted. */
enum rc towns_find(struct page *p) MUST_CHECK;
/* 渭原县第一中学, 浔阳江学院 where 浔阳江市 stands near. */
bool begins_unlisted(const struct page *p, uint32_t from, uint32_t to);
/* Takes away the places that are the end of another word wherever they stand: 浔|阳江市. */
void drop_tails(struct page *p);

/* Where names begin (growth.c). A place that ends at i, NULL when its first character belongs to
 * the word before it; from behind a place, further places or a whole name before it; the beginning
 * of the name whose ending begins at `from`, and whether a place or known name begins it. */
const struct mark *place_to(const struct page *p, uint32_t i);
uint32_t grow_places(const struct page *p, uint32_t i);
bool begins_names(uint32_t c); /* 中正同双外: particles elsewhere */
uint32_t name_start(const struct page *p, uint32_t from, enum org_kind kind, bool *anchored);

/* Names by themselves (mentions.c), then who they are (orgs.c). */
enum rc mentions_find(struct page *p) MUST_CHECK;
enum rc orgs_resolve(struct page *p) MUST_CHECK;
/* The organisation of this name, made when new; NONE past the ceiling. */
enum rc org_get(struct page *p, uint32_t *out, struct str name, enum org_kind kind,
                uint32_t at) MUST_CHECK;
enum rc org_alias(struct page *p, uint32_t org, struct str name) MUST_CHECK;
/* Join short forms and find further mentions by them (shortforms.c). */
enum rc short_forms_join(struct page *p) MUST_CHECK;
/* What every organisation does here, after people_find (parties.c). */
void orgs_roles(struct page *p);
/* Something built here, or a level of government that is never named (我省): acts for nobody. */
bool org_is_object(const struct page *p, uint32_t org);
/* Those that take part become parties; people and facts are renumbered (parties.c). */
enum rc parties_finish(struct page *p) MUST_CHECK;
/* What `org` was merged into. */
uint32_t org_root(const struct page *p, uint32_t org);
/* Is every character of a found in b, in order? */
bool is_subsequence(struct str a, struct str b);
enum rc people_find(struct page *p) MUST_CHECK;
uint16_t char_flags(uint32_t c); /* for the table */

/* Behind the figures (with . and , between), the numerals, the range (20至30) that begins at i. */
uint32_t digits_end(const struct page *p, uint32_t i);
uint32_t numerals_end(const struct page *p, uint32_t i);
uint32_t range_end(const struct page *p, uint32_t i);
enum rc amounts_find(struct page *p) MUST_CHECK;
enum rc moments_find(struct page *p) MUST_CHECK;
/* The deadline of a fact of clause c; `wanted`: one before it in the sentence counts, too. */
struct str deadline_of(const struct page *p, const struct clause *c, enum fact_type type,
                       bool wanted);
enum rc dates_find(struct page *p) MUST_CHECK; /* moments, then the day of the event (day.c) */
/* Who acts in every clause (actors.c). */
void actors_find(struct page *p);
enum rc facts_find(struct page *p) MUST_CHECK;
enum rc news_judge(struct page *p) MUST_CHECK;
enum rc areas_find(struct page *p) MUST_CHECK; /* after the facts */

#endif
