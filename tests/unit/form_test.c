/* Forms as they come from browsers, and as they do not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "web/form_int.h"

static struct arena arena;
static struct err err;
static vec_param got;

#define IS(s, text) assert_true(str_eq(s, STR(text)))

static enum rc pairs(const char *text)
{
    got.n = 0;
    return form_pairs(&got, str_of(text), &arena, &err);
}

static enum rc parts(struct str body)
{
    got.n = 0;
    return form_multipart(&got, body, STR("B"), &arena, &err);
}

static void test_pairs(void **state)
{
    (void)state;
    assert_int_equal(pairs("a=1&b=%E4%B8%AD+x&&c&d=%3D%26&=v"), RC_OK);
    assert_int_equal(got.n, 5);
    IS(got.p[0].name, "a");
    IS(got.p[1].value, "中 x");
    IS(got.p[2].name, "c");
    IS(got.p[2].value, "");
    IS(got.p[3].value, "=&");
    IS(got.p[4].value, "v");
    assert_int_equal(pairs("a=%zz%4&b=%FF%00x"), RC_OK);
    IS(got.p[0].value, "%zz%4");
    IS(got.p[1].value, "\xEF\xBF\xBD\xEF\xBF\xBDx"); /* no UTF-8, and NUL */
}

static void test_too_many(void **state)
{
    (void)state;
    static char text[3 * (FORM_FIELDS_MAX + 1) + 1];
    for (unsigned i = 0; i <= FORM_FIELDS_MAX; i++)
        memcpy(text + 3 * (size_t)i, "a=&", 3);
    assert_int_equal(pairs(text), RC_USER);
    assert_string_equal(err.key, "web.form");
    text[3 * FORM_FIELDS_MAX] = 0;
    assert_int_equal(pairs(text), RC_OK);
}

static void test_parts(void **state)
{
    (void)state;
    assert_int_equal(
        parts(STR(
            "preamble\r\n--B\r\nContent-Disposition: form-data; name=\"t\"\r\n\r\nline\r\n--Bx\r\n"
            "--B\r\ncontent-type: text/csv\r\nCONTENT-DISPOSITION: form-data; name=f; "
            "filename=\"C:\\x\\\xE8\xA1\xA8.csv\"\r\n\r\n\0\1\xFF\r\n--B--\r\nafter")),
        RC_USER); /* "--Bx" is a boundary followed by neither a line break nor "--" */
    assert_int_equal(
        parts(STR("preamble\r\n--B\r\nContent-Disposition: form-data; name=\"t\"\r\n\r\nline\r\n"
                  "--B\r\ncontent-type: text/csv\r\nCONTENT-DISPOSITION: form-data; name=f; "
                  "filename=\"C:\\x\\\xE8\xA1\xA8.csv\"\r\n\r\n\0\1\xFF\r\n--B--\r\nafter")),
        RC_OK);
    assert_int_equal(got.n, 2);
    IS(got.p[0].name, "t");
    IS(got.p[0].value, "line");
    assert_false(got.p[0].is_file);
    IS(got.p[1].name, "f");
    IS(got.p[1].file, "\xE8\xA1\xA8.csv");
    assert_true(got.p[1].is_file);
    assert_int_equal(got.p[1].value.n, 3); /* bytes as they are */
    assert_int_equal(
        parts(STR("--B\r\nContent-Disposition: form-data; name=\"\"\r\n\r\n\r\n--B--")), RC_OK);
    assert_int_equal(got.p[0].value.n, 0);
    assert_int_equal(parts(STR("--B--")), RC_OK);
    assert_int_equal(got.n, 0);
}

static void test_broken_parts(void **state)
{
    (void)state;
    static const struct str bad[] = {
        {"", 0},
        {"--B", 3},
        {"--C\r\n", 5},
        {"--B\r\n\r\nx\r\n--B--", 15},
        {"--B\r\nContent-Type: x\r\n\r\nx\r\n--B--", 33},
        {"--B\r\nContent-Disposition: form-data; name=a\r\n\r\nx", 49},
        {"--B\r\nContent-Disposition: form-data; name=a\r\n--B--", 51},
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_int_equal(parts(bad[i]), RC_USER);
        assert_string_equal(err.key, "web.form");
    }
}

static void test_boundary(void **state)
{
    (void)state;
    IS(form_boundary(STR("multipart/form-data; boundary=abc")), "abc");
    IS(form_boundary(STR("Multipart/Form-Data; charset=x; BOUNDARY=\"a b\"")), "");
    IS(form_boundary(STR("multipart/form-data; boundary=\"a:b\"")), "a:b");
    IS(form_boundary(STR("multipart/form-data")), "");
    IS(form_boundary(STR("text/plain; boundary=abc")), "");
    IS(form_boundary(
           STR("multipart/form-data; boundary="
               "00000000000000000000000000000000000000000000000000000000000000000000000")),
       "");
}

static int teardown(void **state)
{
    (void)state;
    vec_free(&got);
    arena_free(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pairs),    cmocka_unit_test(test_too_many),
        cmocka_unit_test(test_parts),    cmocka_unit_test(test_broken_parts),
        cmocka_unit_test(test_boundary),
    };
    return cmocka_run_group_tests(tests, NULL, teardown);
}
