/* What gumbo is given of a page. It goes through every character several times, so what the walk
 * over its tree (html.c) never looks at is left out: attributes, comments, scripts and styles; and
 * every run of text becomes one character, which the walk changes back. Blanks at both ends of a
 * run, references and whatever is read in another way inside some elements stay as they are, so
 * that the tree is the same. Gumbo also looks through all open elements at every tag, so tags
 * nested deeper than DEPTH become line breaks. */
#include "news/article_int.h"

#include <string.h>
#include <strings.h>

enum { DEPTH = 200, RUN_LEAST = 8, RUNS_MAX = 0xFFF0, STAND_IN = 0xF0000 };

struct slim {
    struct tags *out;
    struct str s;
    size_t copied; /* up to here it is in the output */
    size_t depth;
    bool whole; /* runs of text stay: the page has such characters itself */
    bool as_is; /* no more is left out */
};

static bool is_blank(char c)
{
    return (unsigned char)c <= ' ';
}

static bool is_alpha(char c)
{
    return ((unsigned char)c | 32) >= 'a' && ((unsigned char)c | 32) <= 'z';
}

static bool is_alnum(char c)
{
    return is_alpha(c) || (c >= '0' && c <= '9');
}

/* ---- one tag */

struct tag {
    struct str name;
    size_t end; /* behind its >; 0: the page ends before */
    bool close; /* </p> */
    bool alone; /* <br/> */
};

static size_t skip_blanks(struct str s, size_t i)
{
    while (i < s.n && is_blank(s.p[i]))
        i++;
    return i;
}

/* Behind the attribute that begins at i; s.n where the page ends in it. */
static size_t attribute_end(struct str s, size_t i)
{
    for (i++; i < s.n && !is_blank(s.p[i]) && s.p[i] != '/' && s.p[i] != '>' && s.p[i] != '=';)
        i++;
    size_t k = skip_blanks(s, i);
    if (k >= s.n || s.p[k] != '=')
        return i;
    i = skip_blanks(s, k + 1);
    if (i < s.n && (s.p[i] == '"' || s.p[i] == '\'')) {
        const char *end = memchr(s.p + i + 1, s.p[i], s.n - i - 1);
        return end ? (size_t)(end - s.p) + 1 : s.n;
    }
    while (i < s.n && !is_blank(s.p[i]) && s.p[i] != '>')
        i++;
    return i;
}

/* The tag at s.p[i] == '<'; false for anything else that begins with <. */
static bool tag_at(struct tag *t, struct str s, size_t i)
{
    size_t k = i + 1;
    t->close = k < s.n && s.p[k] == '/';
    t->alone = false;
    t->end = 0;
    k += t->close;
    if (k >= s.n || !is_alpha(s.p[k]))
        return false;
    size_t from = k;
    while (k < s.n && !is_blank(s.p[k]) && s.p[k] != '/' && s.p[k] != '>')
        k++;
    t->name = str_sub(s, from, k);
    while (k < s.n && s.p[k] != '>') {
        if (is_blank(s.p[k]) || s.p[k] == '/') {
            t->alone = s.p[k++] == '/' && k < s.n && s.p[k] == '>';
            continue;
        }
        k = attribute_end(s, k);
    }
    t->end = k < s.n ? k + 1 : 0;
    return true;
}

static bool is_named(struct str name, const char *what)
{
    return name.n == strlen(what) && strncasecmp(name.p, what, name.n) == 0;
}

enum tag_kind {
    TAG_PAIRED,
    TAG_UNPAIRED, /* needs no end tag or has none: it cannot nest by itself */
    TAG_TOLD,     /* unpaired, and its attributes matter */
    TAG_CODE,     /* what is inside is no text and not looked at */
    TAG_RAW,      /* what is inside is read in another way, to the end tag */
    TAG_REST,     /* to the end of the page */
    TAG_FONT,     /* paired, and its attributes matter */
};

static const struct {
    const char *name;
    enum tag_kind kind;
} tags[] = {
    {"p", TAG_UNPAIRED},        {"br", TAG_UNPAIRED},    {"li", TAG_UNPAIRED},
    {"td", TAG_UNPAIRED},       {"tr", TAG_UNPAIRED},    {"img", TAG_UNPAIRED},
    {"dd", TAG_UNPAIRED},       {"dt", TAG_UNPAIRED},    {"th", TAG_UNPAIRED},
    {"script", TAG_CODE},       {"style", TAG_CODE},     {"meta", TAG_TOLD},
    {"input", TAG_TOLD},        {"link", TAG_UNPAIRED},  {"hr", TAG_UNPAIRED},
    {"area", TAG_UNPAIRED},     {"base", TAG_UNPAIRED},  {"col", TAG_UNPAIRED},
    {"embed", TAG_UNPAIRED},    {"param", TAG_UNPAIRED}, {"source", TAG_UNPAIRED},
    {"track", TAG_UNPAIRED},    {"wbr", TAG_UNPAIRED},   {"option", TAG_UNPAIRED},
    {"thead", TAG_UNPAIRED},    {"tbody", TAG_UNPAIRED}, {"tfoot", TAG_UNPAIRED},
    {"rp", TAG_UNPAIRED},       {"rt", TAG_UNPAIRED},    {"html", TAG_UNPAIRED},
    {"head", TAG_UNPAIRED},     {"body", TAG_UNPAIRED},  {"colgroup", TAG_UNPAIRED},
    {"optgroup", TAG_UNPAIRED}, {"title", TAG_RAW},      {"textarea", TAG_RAW},
    {"noscript", TAG_RAW},      {"xmp", TAG_RAW},        {"iframe", TAG_RAW},
    {"noembed", TAG_RAW},       {"noframes", TAG_RAW},   {"plaintext", TAG_REST},
    {"font", TAG_FONT},         {"time", TAG_FONT},      {"isindex", TAG_TOLD},
    {"svg", TAG_RAW},           {"math", TAG_RAW},
};

static enum tag_kind kind_of(struct str name)
{
    char first = (char)(name.p[0] | 32);
    for (size_t i = 0; i < ARRAY_LEN(tags); i++)
        if (tags[i].name[0] == first && is_named(name, tags[i].name))
            return tags[i].kind;
    return TAG_PAIRED;
}

/* ---- text */

/* A carriage return by itself is a line end for gumbo. */
static bool has_lone_return(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        const char *r = memchr(s.p + i, '\r', s.n - i);
        if (!r)
            return false;
        i = (size_t)(r - s.p);
        if (i + 1 >= s.n || s.p[i + 1] != '\n')
            return true;
    }
    return false;
}

/* Text without references. */
static enum rc put_run(struct slim *x, struct str s, struct err *e)
{
    size_t from = skip_blanks(s, 0), to = s.n;
    while (to > from && is_blank(s.p[to - 1]))
        to--;
    struct str run = str_sub(s, from, to);
    struct tags *out = x->out;
    if (x->whole || run.n < RUN_LEAST || out->run.n >= RUNS_MAX || has_lone_return(run))
        return buf_str(&out->html, s, e);
    char c[4];
    size_t n = utf8_put(c, STAND_IN + (uint32_t)out->run.n);
    TRY(vec_push(&out->run, run, e));
    TRY(buf_put(&out->html, s.p, from, e));
    TRY(buf_put(&out->html, c, n, e));
    return buf_put(&out->html, s.p + to, s.n - to, e);
}

/* Text between tags; &nbsp; and what could belong to it stays. */
static enum rc put_text(struct slim *x, size_t to, struct err *e)
{
    struct str s = str_sub(x->s, x->copied, to);
    for (size_t i = 0; i < s.n;) {
        const char *amp = memchr(s.p + i, '&', s.n - i);
        size_t end = amp ? (size_t)(amp - s.p) : s.n, k = end + 1;
        TRY(put_run(x, str_sub(s, i, end), e));
        while (k < s.n && (is_alnum(s.p[k]) || s.p[k] == '#' || s.p[k] == ';'))
            k++;
        TRY(buf_str(&x->out->html, str_sub(s, end, k), e));
        i = k;
    }
    x->copied = to;
    return RC_OK;
}

static enum rc put_as_is(struct slim *x, size_t to, struct err *e)
{
    TRY(buf_str(&x->out->html, str_sub(x->s, x->copied, to), e));
    x->copied = to;
    return RC_OK;
}

uint32_t tags_run(const struct tags *t, struct str s)
{
    size_t i = 0;
    uint32_t k = s.n == 4 && s.p[0] == '\xF3' ? utf8_next(s, &i) - STAND_IN : UINT32_MAX;
    return k < t->run.n ? k : UINT32_MAX;
}

/* ---- what is no text */

/* Behind a comment, or <!doctype …>. */
static size_t declaration_end(struct str s, size_t i, bool *comment)
{
    *comment = str_starts(str_sub(s, i, s.n), STR("<!--"));
    if (!*comment) {
        const char *gt = memchr(s.p + i, '>', s.n - i);
        return gt ? (size_t)(gt - s.p) + 1 : s.n;
    }
    if (str_starts(str_sub(s, i + 4, s.n), STR(">")))
        return i + 5;
    if (str_starts(str_sub(s, i + 4, s.n), STR("->")))
        return i + 6;
    for (i += 4; i < s.n; i++) {
        const char *dash = memchr(s.p + i, '-', s.n - i);
        if (!dash)
            break;
        i = (size_t)(dash - s.p);
        struct str rest = str_sub(s, i, s.n);
        if (str_starts(rest, STR("-->")))
            return i + 3;
        if (str_starts(rest, STR("--!>")))
            return i + 4;
    }
    return s.n;
}

static enum rc put_declaration(struct slim *x, size_t at, size_t *i, struct err *e)
{
    bool comment;
    TRY(put_text(x, at, e));
    *i = declaration_end(x->s, at, &comment);
    if (!comment || x->as_is)
        return put_as_is(x, *i, e);
    x->copied = *i;
    return buf_str(&x->out->html, STR("<!---->"), e);
}

/* Where the end tag of the element begins. */
static size_t raw_end(struct str s, size_t i, struct str name)
{
    for (; i + name.n + 2 <= s.n; i++) {
        const char *lt = memchr(s.p + i, '<', s.n - i - name.n - 1);
        if (!lt)
            break;
        i = (size_t)(lt - s.p);
        char behind = (char)(i + 2 + name.n < s.n ? s.p[i + 2 + name.n] : '>');
        if (s.p[i + 1] == '/' && strncasecmp(s.p + i + 2, name.p, name.n) == 0 &&
            (is_blank(behind) || behind == '/' || behind == '>'))
            return i;
    }
    return s.n;
}

/* A script that writes scripts in a comment is read in its own way, and so is <script/> in SVG. */
static bool is_odd_code(struct str code, const struct tag *t)
{
    return t->alone || str_find(code, STR("<!--"), 0) != SIZE_MAX;
}

/* ---- the page */

static enum rc put_tag(struct slim *x, const struct tag *t, size_t at, enum tag_kind kind,
                       struct err *e)
{
    bool paired = kind != TAG_UNPAIRED && kind != TAG_TOLD;
    bool deep = paired && (t->close ? x->depth > DEPTH : x->depth >= DEPTH);
    if (paired)
        x->depth = t->close ? x->depth - (x->depth > 0) : x->depth + 1;
    if (deep) {
        x->copied = t->end;
        return buf_str(&x->out->html, STR("<br>"), e);
    }
    if (x->as_is || kind == TAG_TOLD || kind == TAG_FONT)
        return put_as_is(x, t->end, e);
    TRY(buf_str(&x->out->html, str_sub(x->s, at, (size_t)(t->name.p + t->name.n - x->s.p)), e));
    x->copied = t->end;
    return t->alone ? buf_str(&x->out->html, STR("/>"), e) : buf_char(&x->out->html, '>', e);
}

/* What is inside an element that has no tags; *i goes to its end tag. */
static enum rc put_raw(struct slim *x, const struct tag *t, enum tag_kind kind, size_t *i,
                       struct err *e)
{
    if (kind == TAG_REST) {
        x->as_is = x->whole = true;
        return RC_OK;
    }
    *i = raw_end(x->s, t->end, t->name);
    if (kind == TAG_CODE && is_odd_code(str_sub(x->s, t->end, *i), t)) {
        *i = t->end;
        x->as_is = x->whole = true;
        return RC_OK;
    }
    if (kind == TAG_CODE && !x->as_is)
        x->copied = *i;
    return put_as_is(x, *i, e);
}

static enum rc slim_all(struct slim *x, struct err *e)
{
    struct str s = x->s;
    for (size_t i = 0; i < s.n;) {
        const char *lt = memchr(s.p + i, '<', s.n - i);
        struct tag t;
        if (!lt)
            break;
        size_t at = i = (size_t)(lt - s.p);
        char next = (char)(i + 1 < s.n ? s.p[i + 1] : 0);
        if (tag_at(&t, s, at)) {
            if (!t.end) { /* the page ends inside a tag */
                TRY(put_text(x, at, e));
                return put_as_is(x, s.n, e);
            }
            enum tag_kind kind = kind_of(t.name);
            bool inside = kind >= TAG_CODE && kind <= TAG_REST && !t.close;
            TRY(put_text(x, at, e));
            TRY(put_tag(x, &t, at, kind, e));
            i = t.end;
            if (inside)
                TRY(put_raw(x, &t, kind, &i, e));
        } else if (next == '!' || next == '?' || next == '/')
            TRY(put_declaration(x, at, &i, e));
        else
            i++;
    }
    return put_text(x, s.n, e);
}

enum rc tags_slim(struct tags *out, struct str html, struct err *e)
{
    struct slim x = {.out = out, .s = html};
    *out = (struct tags){0};
    buf_init(&out->html, PAGE_MAX * 5);
    x.whole = memchr(html.p, '\xF3', html.n) != NULL;
    return slim_all(&x, e);
}

void tags_free(struct tags *t)
{
    buf_free(&t->html);
    vec_free(&t->run);
}

/* <p<b>: a tag all the same. */
static struct str letters_of(struct str name)
{
    size_t n = 0;
    while (n < name.n && is_alnum(name.p[n]))
        n++;
    return str_sub(name, 0, n);
}

bool html_looks_like(struct str s)
{
    size_t seen = 0;
    struct tag t;
    static const char *const sure[] = {"html", "head", "body", "div", "p", "br", "table", "meta"};
    for (size_t i = 0; i < s.n; i++) {
        const char *lt = memchr(s.p + i, '<', s.n - i);
        if (!lt)
            break;
        i = (size_t)(lt - s.p);
        if (s.n - i > 9 && strncasecmp(s.p + i, "<!doctype", 9) == 0)
            return true;
        if (tag_at(&t, s, i))
            for (size_t k = 0; k < ARRAY_LEN(sure); k++)
                seen += is_named(letters_of(t.name), sure[k]);
        if (seen >= 2)
            return true;
    }
    return false;
}
