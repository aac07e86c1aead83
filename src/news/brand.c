#include "news/article_int.h"

enum { PIECES = 10, CODE_MAX = 12, STRANGERS = 6 };

static bool is_alnum(char c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

/* Units behind a number that is no code: 2024年, 88名. */
static bool is_counted(struct str s, size_t i)
{
    static const struct str units = {
        "年月日号级届名个所家项万亿元周点时分岁人次位期度余多种类套台门",
        sizeof "年月日号级届名个所家项万亿元周点时分岁人次位期度余多种类套台门" - 1};
    size_t from = i;
    if (i >= s.n)
        return false;
    if (next_char(s, &i) < 0x80)
        return s.p[from] == '%' || s.p[from] == '.' || s.p[from] == '-';
    return str_find(units, str_sub(s, from, i), 0) != SIZE_MAX;
}

/* A number, or letters with one: bytes, 0 for none. */
static size_t code_at(const struct article_tables *t, struct str s, size_t i)
{
    size_t n = i, digits = 0;
    if (i > 0 && (is_alnum(s.p[i - 1]) || s.p[i - 1] == '.'))
        return 0;
    for (; n < s.n && is_alnum(s.p[n]); n++)
        digits += s.p[n] <= '9';
    bool fits = digits >= 2 && n - i >= 3 && n - i <= CODE_MAX;
    if (!fits || is_counted(s, n) || words_has(&t->honest, str_sub(s, i, n)))
        return 0;
    return n - i;
}

struct brand {
    struct str name; /* the last doubtful or certain name in it */
    unsigned names, doubtful, sites, parts, codes;
    size_t end;
};

static size_t bracketed(const struct article_tables *t, struct str s, size_t i)
{
    size_t open = str_starts(str_sub(s, i, s.n), STR("（")) ? 3 : i < s.n && s.p[i] == '(';
    size_t part = open ? words_at(&t->parts, s, i + open, NULL) : 0;
    size_t close = i + open + part;
    if (!part)
        return 0;
    if (close < s.n && s.p[close] == ')')
        return open + part + 1;
    return str_starts(str_sub(s, close, s.n), STR("）")) ? open + part + 3 : 0;
}

static size_t joint_at(struct str s, size_t i)
{
    static const struct str joints[] = {{"·", 2}, {"•", 3}, {"-", 1}, {"_", 1}, {"—", 3}};
    for (size_t k = 0; k < ARRAY_LEN(joints); k++)
        if (str_starts(str_sub(s, i, s.n), joints[k]))
            return joints[k].n;
    return 0;
}

/* One more piece of a brand at b->end; its bytes, 0 when none follows. */
static size_t piece(struct brand *b, const struct article_tables *t, struct str s)
{
    size_t i = b->end, n;
    if ((n = words_at(&t->names, s, i, NULL)) || (n = words_at(&t->doubtful, s, i, NULL))) {
        bool certain = words_at(&t->names, s, i, NULL) == n;
        b->names += certain;
        b->doubtful += !certain;
        b->name = str_sub(s, i, i + n);
        return n;
    }
    if ((n = code_at(t, s, i))) {
        b->codes++;
        return n;
    }
    if (!b->names && !b->doubtful)
        return 0;
    if ((n = words_at(&t->sites, s, i, NULL)))
        b->sites++;
    else if ((n = words_at(&t->parts, s, i, NULL)) || (n = bracketed(t, s, i)))
        b->parts++;
    return n;
}

static struct brand parse(const struct article_tables *t, struct str s, size_t i)
{
    struct brand b = {.end = i};
    for (int k = 0; k < PIECES; k++) {
        size_t n = piece(&b, t, s), joint = n || k == 0 ? 0 : joint_at(s, b.end);
        size_t here = b.end;
        if (joint) {
            b.end += joint;
            n = piece(&b, t, s);
        }
        if (!n) {
            b.end = here;
            break;
        }
        b.end += n;
    }
    return b;
}

/* yl6809…官网: a code, a few unknown characters, a site's word. */
static size_t coded(const struct article_tables *t, struct str s, size_t i)
{
    size_t at = i + code_at(t, s, i);
    if (at == i)
        return 0;
    for (int k = 0; k < STRANGERS && at < s.n; k++) {
        if (!is_han(next_char(s, &at)))
            return 0;
        size_t n = words_at(&t->sites, s, at, NULL);
        if (n >= 6)
            return at + n - i;
    }
    return 0;
}

/* Does a clause begin at s.p + i: nothing that is part of a word stands before it? */
static bool begins_clause(struct str s, size_t i)
{
    if (han_before(s, i))
        return false;
    if (i == 0)
        return true;
    uint32_t c = utf8_prev(s, &i);
    return !is_han(c) && !is_alnum((char)MIN(c, 127u));
}

/* 某某体育官网 where a clause begins: unknown characters, a game, a site's word. */
static size_t framed(const struct article_tables *t, struct str s, size_t i)
{
    size_t at = i;
    if (!begins_clause(s, i))
        return 0;
    for (int k = 0; k < STRANGERS && at < s.n; k++) {
        uint32_t c = next_char(s, &at);
        if (!is_han(c) && !(c < 0x80 && is_alnum((char)c)))
            return 0;
        size_t n = words_at(&t->games, s, at, NULL);
        if (!n || k == 0)
            continue;
        size_t end = at + n;
        end += bracketed(t, s, end);
        end += joint_at(s, end);
        n = words_at(&t->sites, s, end, NULL);
        if (n >= 6)
            return end + n - i;
    }
    return 0;
}

static bool holds(const struct str *p, size_t n, struct str s)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(p[i], s))
            return true;
    return false;
}

/* A name alone where this page has shown it to be a brand, in the place of an organisation. */
static bool stands_alone(const struct page *p, const struct article_tables *t, struct str s,
                         size_t i, const struct brand *b)
{
    size_t next = b->end, prev = i;
    if (!holds(p->bare.p, p->bare.n, b->name))
        return false;
    if (i > 0 && is_han(utf8_prev(s, &prev)) && !words_at(&t->beside, s, prev, NULL))
        return false;
    return next >= s.n || words_at(&t->beside, s, next, NULL) || !is_han(next_char(s, &next));
}

static bool proven(const struct brand *b)
{
    return (b->names && b->names + b->doubtful + b->sites + b->parts + b->codes > 1) ||
           (b->doubtful && (b->sites || (b->codes && b->parts)));
}

/* With what parse() says of the place. */
static size_t brand_parsed(const struct page *p, const struct article_tables *t, struct str text,
                           size_t i, const struct brand *b)
{
    bool named = b->names || b->doubtful;
    if (named && (proven(b) || stands_alone(p, t, text, i, b)))
        return b->end - i;
    size_t n = named ? 0 : coded(t, text, i);
    return n ? n : framed(t, text, i);
}

size_t brand_at(const struct page *p, const struct article_tables *t, struct str text, size_t i)
{
    struct brand b = parse(t, text, i);
    return brand_parsed(p, t, text, i, &b);
}

static enum rc note(struct page *p, struct str text, const struct brand *b, struct err *e)
{
    if (!holds(p->brand.p, p->brand.n, text))
        TRY(vec_push(&p->brand, text, e));
    if (b->name.n && !holds(p->bare.p, p->bare.n, b->name))
        TRY(vec_push(&p->bare, b->name, e));
    return RC_OK;
}

/* Somewhere in the text: a cheap test before every clause is looked at. */
bool brands_game(const struct article_tables *t, struct str s)
{
    return words_count(&t->games, s, 1) && words_count(&t->sites, s, 1);
}

/* A code has three letters or digits. */
static bool may_be_code(struct str s, size_t i)
{
    return i + 2 < s.n && is_alnum(s.p[i + 1]) && is_alnum(s.p[i + 2]);
}

static bool brand_begins(const struct article_tables *t, struct str text, size_t i, uint32_t c,
                         bool game)
{
    bool ascii = c < 0x80, alnum = ascii && is_alnum((char)c);
    bool name = t->of[c & 0xFFFF] & OF_NAME;
    if (game && (alnum || is_han(c)) && begins_clause(text, i))
        return true;
    if (!game && ascii && (!alnum || (i > 0 && is_alnum(text.p[i - 1]))))
        return false;
    if (alnum && may_be_code(text, i))
        return true;
    size_t next = i;
    if (!name)
        return false;
    next_char(text, &next);
    uint32_t b = next < text.n ? next_char(text, &next) : 0;
    return brand_words_of(t, c, b) & OF_NAME;
}

/* Where no game is near most of the text is passed over, two characters at a step. */
size_t brand_next(const struct article_tables *t, struct str text, size_t i, bool game)
{
    while (i < text.n) {
        if (!game && utf8_two_wide(text, i)) {
            uint32_t a = utf8_wide(text, i), b = utf8_wide(text, i + 3);
            if (t->of[a] & OF_NAME && brand_words_of(t, a, b) & OF_NAME)
                return i;
            i += t->of[b] & OF_NAME ? 3 : 6;
            continue;
        }
        size_t from = i;
        uint32_t c = utf8_sure(text, &i);
        bool may = c < 0x80 || t->of[c & 0xFFFF] & OF_NAME || (game && !han_before(text, from));
        if (may && brand_begins(t, text, from, c, game))
            return from;
    }
    return text.n;
}

/* A place where a brand may begin: looked at again once it is known which names are brands. */
struct maybe {
    uint32_t block, at;
};

typedef VEC(struct maybe) vec_maybe;

/* What is proven without the rest of the page; its bytes, 0: nothing. */
static size_t sure_brand(const struct article_tables *t, struct str s, size_t i, bool game,
                         const struct brand *b)
{
    if ((b->names || b->doubtful) && proven(b))
        return b->end - i;
    size_t n = b->codes ? coded(t, s, i) : 0;
    return !n && game ? framed(t, s, i) : n;
}

static enum rc find_sure(struct page *p, const struct article_tables *t, uint32_t block,
                         vec_maybe *all, struct err *e)
{
    const struct block *of = &p->block.p[block];
    struct str s = of->text;
    bool game = of->of & OF_GAME && of->of & OF_SITE && brands_game(t, s);
    size_t end = 0; /* of the one before */
    for (size_t from = 0, i = 0; (from = brand_next(t, s, i, game)) < s.n;) {
        i = from;
        utf8_sure(s, &i);
        struct brand b = parse(t, s, from);
        if (!b.names && !b.doubtful && !b.codes && !game)
            continue;
        TRY(vec_push(all, ((struct maybe){block, (uint32_t)from}), e));
        size_t n = from >= end ? sure_brand(t, s, from, game, &b) : 0;
        if (n) {
            end = from + n;
            TRY(note(p, str_sub(s, from, end), &b, e));
        }
    }
    return RC_OK;
}

static enum rc find_alone(struct page *p, const struct article_tables *t, const vec_maybe *all,
                          struct err *e)
{
    uint32_t block = NO_BLOCK;
    size_t end = 0;
    for (size_t k = 0; k < all->n; k++) {
        size_t at = all->p[k].at;
        if (all->p[k].block == block && at < end)
            continue; /* inside the one before */
        struct str s = p->block.p[all->p[k].block].text;
        struct brand b = parse(t, s, at);
        size_t n = brand_parsed(p, t, s, at, &b);
        if (!n)
            continue;
        block = all->p[k].block;
        end = at + n;
        TRY(note(p, str_sub(s, at, end), &b, e));
    }
    return RC_OK;
}

enum rc brands_find(struct page *p, const struct article_tables *t, struct err *e)
{
    vec_maybe all = {0};
    enum rc rc = RC_OK;
    for (uint32_t i = 0; i < p->block.n && rc == RC_OK; i++)
        if (p->block.p[i].of & (OF_NAME | OF_SITE)) /* every brand has a name or a site's word */
            rc = find_sure(p, t, i, &all, e);
    if (rc == RC_OK && p->brand.n)
        rc = find_alone(p, t, &all, e);
    vec_free(&all);
    return rc;
}

bool is_spam(const struct article_tables *t, struct str s)
{
    return words_count(&t->spam, s, SPAM) >= SPAM;
}

bool is_all_spam(const struct article_tables *t, struct str s)
{
    enum { HONEST = 10 }; /* characters of a sentence that is worth keeping */
    if (!is_spam(t, s))
        return false;
    for (size_t i = 0; i < s.n;) {
        size_t end = str_find(s, STR("。"), i);
        end = end == SIZE_MAX ? s.n : end + 3;
        struct str sentence = str_sub(s, i, end);
        if (count_han(sentence) >= HONEST && !is_spam(t, sentence))
            return false;
        i = end;
    }
    return true;
}
