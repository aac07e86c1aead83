/* What one line of a page is, by the tables of model/news/chrome.yaml. */
#include "news/article_int.h"

#include <string.h>

/* KEY_HEAD: longer than any word of the tables (WORD_MAX) */
enum { KEY_MAX = 400, KEY_HEAD = 120, SENTENCE = 24, PARAGRAPH = 40, CREDIT = 48 };

size_t count_han(struct str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n;)
        n += is_han(utf8_sure(s, &i));
    return n;
}

static bool is_blank(uint32_t c)
{
    return c == ' ' || c == 0x3000 || c == '\t';
}

/* Brackets and bullets that a line may begin with. */
static bool is_ornament(uint32_t c)
{
    static const char marks[] = "([{<*#-|>~.·•●○◆◇■□▶►▲△★☆※□【〖[（『「《—–…→»«√";
    char s[5] = {0};
    utf8_put(s, c);
    return c && strstr(marks, s);
}

struct str line_key(char *to, size_t cap, struct str line)
{
    size_t n = 0;
    bool begun = false;
    for (size_t i = 0; i < line.n && n + 4 <= cap;) {
        unsigned char lead = (unsigned char)line.p[i];
        if (begun && lead > 0xE3 && lead < 0xEF) { /* most: three bytes, no blank, not wide */
            memcpy(to + n, line.p + i, 3);
            n += 3;
            i += 3;
            continue;
        }
        uint32_t c = utf8_sure(line, &i);
        if (c > 0xFF00 && c < 0xFF5F)
            c -= 0xFEE0;
        if (c >= 'A' && c <= 'Z')
            c |= 32;
        if (is_blank(c) || (!begun && is_ornament(c) && c != '!'))
            continue;
        begun = true;
        if (c < 0x80)
            to[n++] = (char)c;
        else
            n += utf8_put(to + n, c);
    }
    return (struct str){to, n};
}

static bool ends_sentence(struct str s)
{
    static const struct str ends[] = {
        STR_INIT("。"), STR_INIT("！"), STR_INIT("？"), STR_INIT("!"),  STR_INIT("?"),
        STR_INIT("；"), STR_INIT(";"),  STR_INIT("："), STR_INIT(":"),  STR_INIT("…"),
        STR_INIT("”"),  STR_INIT("）"), STR_INIT(")"),  STR_INIT("』"), STR_INIT("」")};
    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        if (str_ends(s, ends[i]))
            return true;
    }
    return false;
}

/* With a full stop, as chrome does not. */
static bool ends_full(struct str s)
{
    return s.n >= 3 && (memcmp(s.p + s.n - 3, "。", 3) == 0 || memcmp(s.p + s.n - 3, "”", 3) == 0);
}

static bool has_any(struct str s, const struct str *what, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_find(s, what[i], 0) != SIZE_MAX)
            return true;
    return false;
}

static bool has_comma(struct str s)
{
    static const struct str commas[] = {STR_INIT("，"), STR_INIT(","), STR_INIT("。"),
                                        STR_INIT("；")};
    return has_any(s, commas, ARRAY_LEN(commas));
}

/* ---- credits */

/* 编辑：张三  审核：李四 */
static bool labelled_credit(const struct article_tables *t, struct str key)
{
    size_t n = words_at(&t->credits, key, 0, NULL);
    while (n && n < key.n && strchr("/、&,", key.p[n])) {
        size_t more = words_at(&t->credits, key, n + 1, NULL);
        if (!more)
            break;
        n += 1 + more;
    }
    return n && n < key.n &&
           (key.p[n] == ':' || key.p[n] == '|' || str_starts(str_sub(key, n, key.n), STR("丨")));
}

/* 某某网记者 张三 通讯员 李四: words and names with blanks between. */
static bool spaced_credit(const struct article_tables *t, struct str line)
{
    size_t tokens = 0, roles = 0;
    for (size_t i = 0; i < line.n;) {
        size_t from = i, at = i;
        while (i < line.n && !is_blank(next_char(line, &i)))
            at = i;
        struct str token = str_sub(line, from, at);
        size_t han = count_han(token);
        if (!token.n)
            continue;
        size_t role = words_end(&t->credits, token);
        if (tokens == 0 && (!role || words_end(&t->datelines, token)))
            return false;
        if (words_has(&t->credits, token)) { /* 文/图 */
            roles++;
            tokens++;
            continue;
        }
        if (token.n != han * 3 || han > 12 || (!role && (han < 2 || han > 4)))
            return false;
        roles += role > 0;
        tokens++;
    }
    return roles && tokens > 1 && tokens > roles;
}

bool is_credit(const struct article_tables *t, struct str line)
{
    char buf[KEY_MAX];
    if (str_find(line, STR("。"), 0) != SIZE_MAX || count_han(line) > CREDIT)
        return false;
    struct str key = line_key(buf, sizeof buf, line);
    return labelled_credit(t, key) || spaced_credit(t, str_trim(line));
}

bool has_label(const struct article_tables *t, struct str s)
{
    size_t n = words_at(&t->begins, s, 0, NULL);
    if (!n)
        n = words_at(&t->credits, s, 0, NULL);
    struct str rest = str_trim(str_sub(s, n, s.n));
    return n && (str_starts(rest, STR(":")) || str_starts(rest, STR("：")) || s.p[n - 1] == ':');
}

static bool is_stamp(char c)
{
    return (c >= '0' && c <= '9') || (c && strchr("-/:.", c));
}

/* A date and time, a label with what follows it up to a blank, or a bare number: bytes, 0 none. */
static size_t meta_at(const struct article_tables *t, struct str s)
{
    size_t label = words_at(&t->begins, s, 0, NULL);
    if (!label)
        label = words_at(&t->credits, s, 0, NULL);
    size_t at = label;
    static const struct str wide = {"：", 3};
    if (label && at < s.n && (s.p[at] == ':' || str_starts(str_sub(s, at, s.n), wide)))
        at += s.p[at] == ':' ? 1 : 3;
    else if (label && s.p[at - 1] != ':')
        return 0;
    bool digit = at < s.n && s.p[at] >= '0' && s.p[at] <= '9';
    if (!label && !digit)
        return 0;
    size_t from = at;
    while (at < s.n && !is_blank((uint32_t)(unsigned char)s.p[at]) &&
           !str_starts(str_sub(s, at, s.n), STR("　"))) {
        if (!label && !is_stamp(s.p[at]))
            return 0;
        at++;
    }
    bool stamp = true; /* digits and what parts them */
    for (size_t k = from; k < at && stamp; k++)
        stamp = is_stamp(s.p[k]);
    bool fits = label ? count_han(str_sub(s, from, at)) <= 12 : stamp && at - from >= 8;
    return fits && at < s.n ? at : 0;
}

/* 10:20 or 10:20:30 behind a date. */
static struct str without_time(struct str s)
{
    size_t n = 0;
    while (n < s.n && s.p[n] && strchr("0123456789:", s.p[n]))
        n++;
    return n >= 4 && n < s.n && s.p[n] == ' ' ? str_trim(str_sub(s, n, s.n)) : s;
}

struct str without_meta(const struct article_tables *t, struct str s)
{
    for (size_t n; (n = meta_at(t, s)) > 0;)
        s = without_time(str_trim(str_sub(s, n, s.n)));
    return s;
}

/* A bracket at the end with 作者：…, or credits behind the last sentence. */
struct str without_credits(const struct article_tables *t, struct str s)
{
    size_t close = s.n && s.p[s.n - 1] == ')' ? 1 : 0;
    if (!close && s.n >= 3 && memcmp(s.p + s.n - 3, "）", 3) == 0)
        close = 3;
    size_t far = s.n > 240 ? s.n - 240 : 0;
    for (size_t i = s.n - close; close && i > far; i--) {
        size_t open = s.p[i - 1] == '(' ? 1 : 0;
        if (i >= 3 && memcmp(s.p + i - 3, "（", 3) == 0)
            open = 3;
        if (!open)
            continue;
        char buf[KEY_MAX];
        struct str key = line_key(buf, sizeof buf, str_sub(s, i, s.n - close));
        return labelled_credit(t, key) ? str_trim(str_sub(s, 0, i - open)) : s;
    }
    for (size_t i = s.n; i > far; i--)
        if (i >= 3 && memcmp(s.p + i - 3, "。", 3) == 0) {
            struct str tail = str_sub(s, i, s.n);
            char buf[KEY_MAX];
            bool credit = labelled_credit(t, line_key(buf, sizeof buf, tail));
            return credit && count_han(tail) <= CREDIT ? str_sub(s, 0, i) : s;
        }
    return s;
}

/* ---- lines */

static bool is_caption(const struct article_tables *t, const struct block *b, struct str key)
{
    size_t n = words_at(&t->captions, key, 0, NULL);
    if (b->kind == BLOCK_CAPTION)
        return true;
    if (!n || n >= key.n || b->han > 60 || (ends_full(b->text) && has_comma(b->text)))
        return false;
    static const struct str numerals = {"一二三四五六七八九十", 30};
    size_t at = n;
    uint32_t c = next_char(key, &at);
    return (c >= '0' && c <= '9') || str_find(numerals, str_sub(key, n, at), 0) != SIZE_MAX;
}

static struct str without_close(struct str key)
{
    static const struct str closes[] = {STR_INIT("-"), STR_INIT("—"),  STR_INIT(")"),
                                        STR_INIT("]"), STR_INIT("】"), STR_INIT(":"),
                                        STR_INIT(">"), STR_INIT("。")};
    for (size_t i = 0; i < ARRAY_LEN(closes); i++) {
        if (key.n > closes[i].n && str_ends(key, closes[i]))
            key.n -= closes[i].n;
    }
    return key;
}

static bool is_chrome(const struct article_tables *t, const struct block *b, struct str key)
{
    if (is_caption(t, b, key) || words_has(&t->is, key) || words_has(&t->is, without_close(key)))
        return true;
    if (b->han < 2 * PARAGRAPH && words_at(&t->begins, key, 0, NULL))
        return true;
    if (b->han < PARAGRAPH * 3 / 2 && words_end(&t->ends, key))
        return true;
    bool paragraph = b->han >= SENTENCE && ends_full(b->text) && has_comma(b->text);
    return !paragraph && words_count(&t->has, key, 1);
}

/* Words without any punctuation, too many for a headline. */
static bool is_keyword_dump(const struct block *b)
{
    static const struct str marks[] = {STR_INIT("，"), STR_INIT(","),  STR_INIT("。"),
                                       STR_INIT("、"), STR_INIT("；"), STR_INIT("："),
                                       STR_INIT(":"),  STR_INIT("“"),  STR_INIT("《"),
                                       STR_INIT("（"), STR_INIT("(")};
    return b->han >= 70 && !has_any(b->text, marks, ARRAY_LEN(marks));
}

/* Of a long paragraph only the beginning is compared with anything. */
static size_t key_size(const struct block *b)
{
    bool paragraph = b->han >= 2 * PARAGRAPH && ends_full(b->text) && has_comma(b->text);
    return paragraph ? KEY_HEAD : KEY_MAX;
}

static enum line_kind judge(const struct article_tables *t, const struct block *b)
{
    char buf[KEY_MAX];
    struct str key = line_key(buf, key_size(b), b->text);
    if (!key.n)
        return LINE_CHROME;
    if (words_at(&t->stop, key, 0, NULL))
        return LINE_STOP;
    if (b->han == 0 || (b->raw.n && b->links * 10 > b->raw.n * 6 && b->han < 3 * PARAGRAPH))
        return LINE_CHROME;
    if (is_chrome(t, b, key) || (b->han <= CREDIT && is_credit(t, b->text)))
        return LINE_CHROME;
    if (is_keyword_dump(b) || (b->spam && is_all_spam(t, b->text)))
        return LINE_SPAM;
    bool sentence = ends_sentence(b->text) && b->han >= 12 && has_comma(b->text);
    if (sentence || (b->han >= PARAGRAPH && has_comma(b->text)))
        return LINE_BODY;
    return LINE_SHORT;
}

enum line_kind line_judge(const struct article_tables *t, const struct block *b)
{
    enum { HAN_LEAST = 20 };
    struct block rest = *b;
    rest.text = without_meta(t, str_trim(b->text));
    rest.han = rest.text.n < b->text.n ? (uint32_t)count_han(rest.text) : b->han;
    return judge(t, rest.han >= HAN_LEAST ? &rest : b);
}
