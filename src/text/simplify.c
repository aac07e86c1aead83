#include "text/simplify.h"

#include "base/mem.h"

#include <opencc/opencc.h>

enum { FIRST = 0x3400, LAST = 0xFAFF };

/* The characters that OpenCC's TSPhrases converts in another way than its TSCharacters, without
 * those whose phrases are names out of classical texts only. */
static const uint32_t by_phrase[] = {
    0x5FB5, /* 徵 */ 0x934A, /* 鍊 */ 0x85C9, /* 藉 */ 0x937E, /* 鍾 */
    0x4E7E, /* 乾 */ 0x756B, /* 畫 */ 0x77AD, /* 瞭 */ 0x8986, /* 覆 */
    0x6607, /* 昇 */ 0x4FF1, /* 俱 */ 0x9245,                  /* 鉅 */
    0x5F77, /* 彷 */ 0x7274, /* 牴 */ 0x5641,                  /* 噁 */
};

struct simplifier {
    opencc_t opencc;
    uint16_t to[LAST - FIRST + 1]; /* 0: unchanged */
    bool phrase[LAST - FIRST + 1];
};

static bool converted(struct str s)
{
    return s.p && s.p != (char *)-1;
}

/* One character a line, so that no phrase can form. */
static enum rc fill(struct simplifier *s, struct err *e)
{
    enum { COUNT = LAST - FIRST + 1 };
    char *in = mem_alloc((size_t)COUNT * 4 + 1);
    if (!in)
        return err_nomem(e);
    size_t n = 0;
    for (uint32_t c = FIRST; c <= LAST; c++) {
        if (c >= 0xD800 && c < 0xF900)
            continue;
        n += utf8_put(in + n, c);
        in[n++] = '\n';
    }
    struct str out = {opencc_convert_utf8(s->opencc, in, n), 0};
    mem_free(in);
    if (!converted(out))
        return err_sys(e, "text.opencc", "%s", opencc_error());
    out.n = strlen(out.p);
    size_t i = 0;
    for (uint32_t c = FIRST; c <= LAST && i < out.n; c++) {
        if (c >= 0xD800 && c < 0xF900)
            continue;
        uint32_t to = utf8_next(out, &i);
        s->to[c - FIRST] = to != c && to <= UINT16_MAX ? (uint16_t)to : 0;
        while (i < out.n && out.p[i++] != '\n') {
        }
    }
    opencc_convert_utf8_free((char *)(uintptr_t)out.p);
    return RC_OK;
}

enum rc simplify_open(struct simplifier **out, struct err *e)
{
    struct simplifier *s = mem_calloc(1, sizeof *s);
    if (!s)
        return err_nomem(e);
    s->opencc = opencc_open(OPENCC_DEFAULT_CONFIG_TRAD_TO_SIMP);
    enum rc rc =
        s->opencc == (opencc_t)-1 ? err_sys(e, "text.opencc", "%s", opencc_error()) : fill(s, e);
    for (size_t i = 0; i < ARRAY_LEN(by_phrase); i++)
        s->phrase[by_phrase[i] - FIRST] = true;
    if (rc == RC_OK)
        *out = s;
    else
        simplify_close(s);
    return rc;
}

void simplify_close(struct simplifier *s)
{
    if (s && s->opencc && s->opencc != (opencc_t)-1)
        opencc_close(s->opencc);
    mem_free(s);
}

uint32_t simplify_char(const struct simplifier *s, uint32_t c)
{
    if (c < FIRST || c > LAST)
        return c;
    uint32_t to = s->to[c - FIRST];
    return to ? to : c;
}

bool simplify_needs_phrase(const struct simplifier *s, uint32_t c)
{
    return c >= FIRST && c <= LAST && s->phrase[c - FIRST];
}

void simplify_phrase(const struct simplifier *s, uint32_t *ch, size_t n)
{
    char in[SIMPLIFY_PHRASE_MAX * 4], out[SIMPLIFY_PHRASE_MAX * 8 + 1];
    size_t k = 0, i = 0, at = 0;
    for (; i < n && i < SIMPLIFY_PHRASE_MAX; i++)
        k += utf8_put(in + k, ch[i]);
    n = i;
    size_t m = opencc_convert_utf8_to_buffer(s->opencc, in, k, out);
    if (m == (size_t)-1)
        return;
    struct str got = {out, m};
    if (utf8_len(got) != n)
        return;
    for (i = 0; i < n; i++)
        ch[i] = utf8_next(got, &at);
}
