#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>
#include <unicode/ucnv.h>

#include "text/charset.h"

static const char *const simplified[] = {
    "名称,单位,联系人\n",
    "需求名称\t技术指标\t预算（万元）\r\n",
    "锂电池隔膜",
    "序号",
    "序号,成果名称,所属行业\n1,高温合金叶片的激光修复,航空制造\n2,沼气提纯装置,环境保护\n",
    "项目需要一种常温固化的胶粘剂，强度不低于12兆帕，样品需经检测。",
};
static const char *const traditional[] = {
    "名稱,單位,聯絡人\n",
    "需求名稱\t技術指標\t預算\r\n",
    "太陽能電池的封裝材料",
    "我們需要一種在常溫下固化的膠黏劑，強度必須高於現有產品，並且能夠在潮濕的環境裡使用三年以上。",
};
static const char *const latin[] = {
    "caf\u00e9",
    "M\u00fcller, Stra\u00dfe 5; na\u00efve r\u00e9sum\u00e9",
    "Temperature 20\u00b0C \u00b1 2 \u2013 d\u00e9bit \u00e9lev\u00e9",
};

/* UTF-8 `text` in `charset`, through ICU. */
static struct str encode(const char *text, const char *charset, char *to, size_t cap)
{
    UErrorCode u = U_ZERO_ERROR;
    int32_t n = ucnv_convert(charset, "UTF-8", to, (int32_t)cap, text, (int32_t)strlen(text), &u);
    assert_true(U_SUCCESS(u) || u == U_STRING_NOT_TERMINATED_WARNING);
    return (struct str){to, (size_t)n};
}

static void expect(struct str in, const char *charset, struct str text)
{
    struct buf out;
    const char *name = NULL;
    buf_init(&out, 1 << 20);
    assert_int_equal(charset_to_utf8(&out, in, &name, NULL), RC_OK);
    assert_string_equal(name, charset);
    struct str got = buf_view(&out);
    assert_int_equal(got.n, text.n);
    assert_memory_equal(got.p, text.p, text.n);
    buf_free(&out);
}

static void round_trips(const char *const *texts, size_t n, const char *charset)
{
    for (size_t i = 0; i < n; i++) {
        char bytes[4096], many[1 << 16];
        expect(encode(texts[i], charset, bytes, sizeof bytes), charset, str_of(texts[i]));
        size_t len = strlen(texts[i]), used = 0; /* longer than one conversion step */
        while (used + len < 12000) {
            memcpy(many + used, texts[i], len);
            used += len;
        }
        many[used] = 0;
        static char coded[1 << 17];
        expect(encode(many, charset, coded, sizeof coded), charset, (struct str){many, used});
    }
}

static void test_gb18030(void **state)
{
    (void)state;
    round_trips(simplified, ARRAY_LEN(simplified), "GB18030");
}

static void test_big5(void **state)
{
    (void)state;
    round_trips(traditional, ARRAY_LEN(traditional), "Big5");
}

static void test_latin(void **state)
{
    (void)state;
    round_trips(latin, ARRAY_LEN(latin), "windows-1252");
}

static void test_utf8(void **state)
{
    (void)state;
    round_trips(simplified, ARRAY_LEN(simplified), "UTF-8");
    round_trips(traditional, ARRAY_LEN(traditional), "UTF-8");
    round_trips(latin, ARRAY_LEN(latin), "UTF-8");
    expect(STR(""), "UTF-8", STR(""));
    expect(STR("title,unit\n"), "UTF-8", STR("title,unit\n"));
}

static void test_utf16_without_mark(void **state)
{
    (void)state;
    static const char *const charsets[] = {"UTF-16LE", "UTF-16BE"};
    for (size_t i = 0; i < ARRAY_LEN(charsets); i++) {
        round_trips(simplified, ARRAY_LEN(simplified), charsets[i]);
        round_trips(traditional, ARRAY_LEN(traditional), charsets[i]);
        round_trips(latin, ARRAY_LEN(latin), charsets[i]);
    }
}

static void test_marks(void **state)
{
    (void)state;
    expect(STR("\xEF\xBB\xBFtitle"), "UTF-8", STR("title"));
    expect(STR("\xFF\xFEt\0i\0"), "UTF-16LE", STR("ti"));
    expect(STR("\xFE\xFF\0t\0i"), "UTF-16BE", STR("ti"));
    expect(STR("\xFF\xFE\x0D\x54\xF0\x79"), "UTF-16LE", STR("名称"));
    expect(STR("\x84\x31\x95\x33\xC3\xFB\xB3\xC6"), "GB18030", STR("名称"));
    expect(STR("\xEF\xBB\xBF"), "UTF-8", STR(""));
}

static void test_damage(void **state)
{
    (void)state;
    /* NULs vanish; damaged bytes are marked, the rest is kept */
    expect(STR("ab\0cd efgh ijkl"), "UTF-8", STR("abcd efgh ijkl"));
    expect(STR("名称单位\xFF联系人"), "UTF-8", STR("名称单位\uFFFD联系人"));
    expect(STR("名称单位联系\xE4\xBA"), "UTF-8", STR("名称单位联系\uFFFD\uFFFD"));
    /* 名称单位 cut in the middle of the last character */
    expect(STR("\xC3\xFB\xB3\xC6\xB5\xA5\xCE"), "GB18030", STR("名称单\uFFFD"));
    /* an odd byte after UTF-16 */
    expect(STR("\xFF\xFEt\0i\0x"), "UTF-16LE", STR("ti\uFFFD"));
}

static void test_ceiling(void **state)
{
    (void)state;
    struct buf out;
    struct err e;
    buf_init(&out, 5);
    assert_int_equal(charset_to_utf8(&out, STR("\xC3\xFB\xB3\xC6"), NULL, &e), RC_TOO_BIG);
    assert_string_equal(e.key, "base.too_big");
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gb18030), cmocka_unit_test(test_big5),
        cmocka_unit_test(test_latin),   cmocka_unit_test(test_utf8),
        cmocka_unit_test(test_marks),   cmocka_unit_test(test_utf16_without_mark),
        cmocka_unit_test(test_damage),  cmocka_unit_test(test_ceiling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
