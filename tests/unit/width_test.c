#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "text/width.h"

static void test_characters(void **state)
{
    (void)state;
    assert_int_equal(char_width('a'), 1);
    assert_int_equal(char_width(0x6865), 2);  /* 桥 */
    assert_int_equal(char_width(0xFF0C), 2);  /* ， full width */
    assert_int_equal(char_width(0x3000), 2);  /* ideographic space */
    assert_int_equal(char_width(0x2265), 1);  /* ≥ ambiguous */
    assert_int_equal(char_width(0x201C), 1);  /* “ ambiguous */
    assert_int_equal(char_width(0x301), 0);   /* combining acute */
    assert_int_equal(char_width(0x200B), 0);  /* zero width space */
    assert_int_equal(char_width(0x1F600), 2); /* emoji */
    assert_int_equal(char_width(0x1B), 0);
    assert_int_equal(char_width(0xFFFD), 1);
}

static void test_texts(void **state)
{
    (void)state;
    assert_int_equal(str_width(STR("")), 0);
    assert_int_equal(str_width(STR("桥 Qiao")), 7);
    assert_int_equal(str_width(STR("cafe\u0301")), 4);
    assert_int_equal(width_head(STR("桥梁a"), 3), 3); /* one character of three bytes */
    assert_int_equal(width_head(STR("桥梁a"), 4), 6);
    assert_int_equal(width_head(STR("桥梁a"), 99), 7);
    assert_int_equal(width_head(STR("桥"), 1), 0);
    /* a mark stays with its letter */
    assert_int_equal(width_head(STR("e\u0301x"), 1), 3);
}

/* The lines of `text`, joined by '|'. */
static void expect(const char *text, size_t columns, const char *lines)
{
    char found[256];
    size_t n = 0;
    for (struct str rest = str_of(text); rest.n;) {
        size_t used = width_line(rest, columns);
        assert_true(used > 0 && used <= rest.n);
        struct str line = str_trim(str_sub(rest, 0, used));
        if (n)
            found[n++] = '|';
        memcpy(found + n, line.p, line.n);
        n += line.n;
        rest = str_trim(str_sub(rest, used, rest.n));
    }
    found[n] = 0;
    assert_string_equal(found, lines);
}

static void test_lines(void **state)
{
    (void)state;
    expect("桥梁", 4, "桥梁");
    expect("跨海桥梁", 4, "跨海|桥梁");
    expect("one two three", 7, "one two|three");
    expect("one two three", 8, "one two|three");
    expect("abcdefgh", 3, "abc|def|gh"); /* no place to break: cut */
    expect("桥", 1, "桥");               /* never nothing */
    /* no line begins with closing punctuation or ends with opening one */
    expect("跨海，桥梁", 4, "跨|海，|桥梁");
    expect("跨“海”桥", 4, "跨|“海”|桥");
    /* a number stays whole, a unit may follow on the next line */
    expect("密度1.92 g", 7, "密度|1.92 g");
    expect("密度1.92 g", 8, "密度1.92|g");
    expect("a桥b", 2, "a|桥|b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_characters),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
