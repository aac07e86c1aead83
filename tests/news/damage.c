#include "damage.h"

#include <opencc/opencc.h>
#include <unicode/ucnv.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

#include "base/map.h"

enum { READING = 16 };

struct sign {
    uint32_t ch;
    bool converted;
    char reading[READING]; /* pinyin behind it, "" for none */
};

struct signs {
    VEC(struct sign) v;
};

unsigned damage_random(uint64_t *state, unsigned n)
{
    *state += 0x9e3779b97f4a7c15u;
    return (unsigned)(mix64(*state) % n);
}

static bool chance(uint64_t *state, unsigned percent)
{
    return damage_random(state, 100) < percent;
}

/* ---- characters */

static bool split(struct signs *s, struct str text)
{
    for (size_t i = 0; i < text.n;) {
        struct sign c = {.ch = utf8_next(text, &i)};
        if (vec_push(&s->v, c, NULL) != RC_OK)
            return false;
    }
    return true;
}

static void variants(struct signs *s, uint64_t *state)
{
    for (size_t i = 0; i < s->v.n; i++) {
        struct sign *c = &s->v.p[i];
        uint32_t next = i + 1 < s->v.n ? c[1].ch : 0;
        uint32_t to = c->ch == 0x4E3A                     ? 0x7232 /* 为 爲 */
                      : c->ch == 0x53EA                   ? 0x8879 /* 只 衹 */
                      : c->ch == 0x7BA1 && next == 0x7406 ? 0x742F /* 管理 琯理 */
                                                          : 0;
        if (to && chance(state, 70))
            c->ch = to;
    }
}

static opencc_t converter(void)
{
    static opencc_t s2t;
    if (!s2t)
        s2t = opencc_open(OPENCC_DEFAULT_CONFIG_SIMP_TO_TRAD);
    return s2t;
}

static bool traditional(struct signs *s, uint64_t *state, unsigned percent)
{
    struct buf b;
    char four[4];
    bool ok = converter() != (opencc_t)-1;
    buf_init(&b, 1 << 24);
    for (size_t i = 0; ok && i < s->v.n; i++)
        ok = buf_put(&b, four, utf8_put(four, s->v.p[i].ch), NULL) == RC_OK;
    char *to = ok ? opencc_convert_utf8(converter(), b.p, b.n) : NULL;
    size_t at = 0;
    for (size_t i = 0; to && i < s->v.n; i++) {
        uint32_t c = utf8_next(str_of(to), &at);
        if (c != s->v.p[i].ch && chance(state, percent)) {
            s->v.p[i].ch = c;
            s->v.p[i].converted = true;
        }
    }
    ok = to && at == strlen(to);
    if (to)
        opencc_convert_utf8_free(to);
    buf_free(&b);
    return ok;
}

/* ---- pinyin */

static UTransliterator *reader(bool toned)
{
    static UTransliterator *kept[2];
    if (!kept[toned]) {
        UErrorCode u = U_ZERO_ERROR;
        UChar id[64];
        u_uastrcpy(id, toned ? "Han-Latin" : "Han-Latin; NFD; [:M:] Remove; NFC");
        kept[toned] = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &u);
    }
    return kept[toned];
}

static void reading(char to[READING], uint32_t c, bool toned)
{
    UErrorCode u = U_ZERO_ERROR;
    UChar s[READING] = {(UChar)c};
    int32_t n = 1, limit = 1, bytes = 0;
    utrans_transUChars(reader(toned), s, &n, READING, 0, &limit, &u);
    u_strToUTF8(to, READING, &bytes, s, n, &u);
    if (U_FAILURE(u) || bytes >= READING || (unsigned char)to[0] >= 0xE3)
        to[0] = 0;
}

static bool pinyin(struct signs *s, unsigned kinds, uint64_t *state)
{
    bool toned = !(kinds & DAMAGE_PLAIN);
    if (!reader(toned))
        return false;
    for (size_t i = 0; i < s->v.n; i++) {
        struct sign *c = &s->v.p[i];
        if (c->ch < 0x10000 && is_han(c->ch) && chance(state, c->converted ? 80 : 10))
            reading(c->reading, c->ch, toned);
    }
    return true;
}

static bool put_sign(struct buf *out, const struct sign *c, unsigned kinds)
{
    char four[4];
    bool wide = kinds & DAMAGE_WIDE;
    if (buf_put(out, four, utf8_put(four, c->ch), NULL) != RC_OK)
        return false;
    if (!c->reading[0])
        return true;
    return buf_printf(out, NULL, wide ? "（%s ）" : "(%s)", c->reading) == RC_OK;
}

/* ---- the lost byte */

static UConverter *gbk(void)
{
    static UConverter *kept;
    UErrorCode u = U_ZERO_ERROR;
    if (!kept)
        kept = ucnv_open("GBK", &u);
    return kept;
}

static unsigned code_of(uint32_t c)
{
    UErrorCode u = U_ZERO_ERROR;
    UChar s[1] = {(UChar)c};
    unsigned char b[4];
    int32_t n = ucnv_fromUChars(gbk(), (char *)b, sizeof b, s, 1, &u);
    bool there = c < 0x10000 && U_SUCCESS(u) && n == 2 && !(b[0] == 0xA1 && b[1] == 0xFE);
    return there ? (unsigned)b[0] << 8 | b[1] : 0;
}

static uint32_t char_of(unsigned lead, unsigned trail)
{
    UErrorCode u = U_ZERO_ERROR;
    char b[2] = {(char)lead, (char)trail};
    UChar s[4];
    int32_t n = ucnv_toUChars(gbk(), s, 4, b, 2, &u);
    return U_SUCCESS(u) && n == 1 && s[0] != 0xFFFD && (s[0] < 0xE000 || s[0] > 0xF8FF) ? s[0] : 0;
}

/* Signs from i on as far as the shift reaches: to a sign whose second byte is a letter. 0 where the
 * line or an annotated sign ends it before. */
static size_t reach(const struct signs *s, size_t i)
{
    enum { FAR = 24 };
    for (size_t n = 1; n < FAR && i + n < s->v.n; n++) {
        const struct sign *c = &s->v.p[i + n];
        unsigned code = code_of(c->ch), trail = code & 0xFF;
        if (!code || s->v.p[i + n - 1].reading[0])
            return 0;
        if ((trail | 32) >= 'a' && (trail | 32) <= 'z')
            return n + 1;
    }
    return 0;
}

/* The shifted run of n signs into `out`; false and nothing where a pair has no character. */
static bool put_shifted(struct buf *out, const struct signs *s, size_t i, size_t n, unsigned kinds)
{
    size_t before = out->n;
    char four[4];
    bool ok = buf_char(out, '?', NULL) == RC_OK;
    for (size_t k = 0; ok && k + 1 < n; k++) {
        unsigned a = code_of(s->v.p[i + k].ch), b = code_of(s->v.p[i + k + 1].ch);
        uint32_t c = char_of(a & 0xFF, b >> 8);
        if (kinds & DAMAGE_FOLDED && c > 0xFF00 && c < 0xFF5F)
            c -= 0xFEE0;
        ok = c && buf_put(out, four, utf8_put(four, c), NULL) == RC_OK;
    }
    struct sign last = s->v.p[i + n - 1];
    last.ch = code_of(last.ch) & 0xFF;
    ok = ok && put_sign(out, &last, kinds);
    if (!ok)
        out->n = before;
    return ok;
}

/* Only where the run is long enough to tell, or has pinyin at its end. */
static bool is_lost(const struct signs *s, size_t i, size_t n)
{
    uint32_t c = s->v.p[i].ch;
    return (c == 0x6821 || c == 0x3002) && i > 0 && s->v.p[i - 1].ch != '\n' &&
           (n >= 4 || (n >= 2 && s->v.p[i + n - 1].reading[0]));
}

static bool put_all(struct buf *out, const struct signs *s, unsigned kinds, uint64_t *state)
{
    for (size_t i = 0; i < s->v.n; i++) {
        size_t n = kinds & DAMAGE_LOST ? reach(s, i) : 0;
        if (n && is_lost(s, i, n) && chance(state, 60) && put_shifted(out, s, i, n, kinds)) {
            i += n - 1;
            continue;
        }
        if (!put_sign(out, &s->v.p[i], kinds))
            return false;
        bool twice = s->v.p[i].ch == 0xFF0C && kinds & DAMAGE_DOUBLED && chance(state, 25);
        if (twice && !put_sign(out, &s->v.p[i], kinds))
            return false;
    }
    return true;
}

bool damage_apply(struct buf *out, struct str clean, unsigned kinds, uint64_t seed)
{
    struct signs s = {0};
    uint64_t state = seed;
    bool ok = split(&s, clean);
    if (ok && kinds & DAMAGE_VARIANT)
        variants(&s, &state);
    if (ok && kinds & (DAMAGE_TRADITIONAL | DAMAGE_HALF))
        ok = traditional(&s, &state, kinds & DAMAGE_HALF ? 50 : 100);
    if (ok && kinds & DAMAGE_PINYIN)
        ok = pinyin(&s, kinds, &state);
    ok = ok && put_all(out, &s, kinds, &state);
    vec_free(&s.v);
    return ok;
}
