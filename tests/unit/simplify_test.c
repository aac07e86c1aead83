/* Traditional to Simplified, and the GBK codes that lost bytes are counted with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>
#include <opencc/opencc.h>
#include <unicode/ucnv.h>

#include "text/gbk.h"
#include "text/simplify.h"

static void test_characters(void **state)
{
    (void)state;
    struct simplifier *s;
    opencc_t whole = opencc_open("t2s.json");
    size_t changed = 0;
    assert_int_equal(simplify_open(&s, NULL), RC_OK);
    assert_true(whole != (opencc_t)-1);
    for (uint32_t c = 0x20; c < 0x20000; c += c < 0x9FFF ? 1 : 13) {
        char in[4], out[64];
        size_t n = utf8_put(in, c), at = 0;
        uint32_t to = simplify_char(s, c);
        changed += to != c;
        if (to == c)
            continue;
        struct str got = {out, opencc_convert_utf8_to_buffer(whole, in, n, out)};
        assert_int_equal(utf8_next(got, &at), to);
    }
    assert_true(changed > 2500);
    opencc_close(whole);
    simplify_close(s);
}

static void test_phrases(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
    } cases[] = {
        {"乾燥", "干燥"},         {"乾隆", "乾隆"}, {"據瞭解", "据了解"},
        {"瞭望", "瞭望"},         {"憑藉", "凭借"}, {"慰藉", "慰藉"},
        {"計畫", "计划"},         {"回覆", "回复"}, {"覆蓋", "覆盖"},
        {"象徵意義", "象征意义"}, {"", ""},
    };
    struct simplifier *s;
    assert_int_equal(simplify_open(&s, NULL), RC_OK);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        uint32_t ch[SIMPLIFY_PHRASE_MAX];
        char out[128];
        size_t n = 0, bytes = 0;
        for (size_t at = 0; at < strlen(cases[i].from);)
            ch[n++] = utf8_next(str_of(cases[i].from), &at);
        simplify_phrase(s, ch, n);
        for (size_t k = 0; k < n; k++)
            bytes += utf8_put(out + bytes, ch[k]);
        out[bytes] = 0;
        assert_string_equal(out, cases[i].to);
    }
    assert_true(simplify_needs_phrase(s, 0x4E7E));
    assert_false(simplify_needs_phrase(s, 0x5B78));
    simplify_close(s);
}

static void test_gbk(void **state)
{
    (void)state;
    struct gbk *g;
    UErrorCode u = U_ZERO_ERROR;
    UConverter *icu = ucnv_open("GBK", &u);
    size_t known = 0, common = 0;
    assert_int_equal(gbk_open(&g, NULL), RC_OK);
    assert_true(U_SUCCESS(u));
    for (uint32_t c = 0x80; c < 0x10000; c++) {
        unsigned code = gbk_code(g, c);
        common += gbk_common(g, c);
        if (!code)
            continue;
        char in[2] = {(char)(code >> 8), (char)code};
        UChar to[4];
        known++;
        assert_int_equal(gbk_char(g, code >> 8, code & 0xFF), c);
        assert_int_equal(ucnv_toUChars(icu, to, 4, in, 2, &u), 1);
        assert_int_equal(to[0], c);
    }
    assert_int_equal(common, 3755);
    assert_true(known > 21000);
    assert_int_equal(gbk_code(g, 0x6821), 0xD0A3); /* 校 */
    assert_int_equal(gbk_code(g, 'a'), 0);
    assert_int_equal(gbk_char(g, 0xFF, 0xA3), 0);
    assert_int_equal(gbk_char(g, 0xD0, 0x20), 0);
    ucnv_close(icu);
    gbk_close(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_characters),
        cmocka_unit_test(test_phrases),
        cmocka_unit_test(test_gbk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
