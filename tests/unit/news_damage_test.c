/* Round trips: clean text, damaged by tests/news/damage.c, repaired, compared. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../news/clean.h"
#include "../news/damage.c"
#include "../news/tables.h"

static struct article_tables *tables;

static int load(void **state)
{
    (void)state;
    return (tables = news_tables_load()) ? 0 : -1;
}

static int unload(void **state)
{
    (void)state;
    article_tables_close(tables);
    return 0;
}

/* Putting the originals back gives what was read: every repair says truly what it changed. */
static void expect_undone(const struct article *x, struct str raw)
{
    struct buf was;
    size_t at = 0, line = 0;
    buf_init(&was, 1 << 24);
    for (size_t i = 0; i < x->repair.n; i++) {
        struct repair r = x->repair.p[i];
        assert_true(r.at.from >= at && r.at.to >= r.at.from && r.at.to <= x->text.n);
        assert_int_equal(buf_str(&was, str_sub(x->text, at, r.at.from), NULL), RC_OK);
        assert_int_equal(buf_str(&was, r.original, NULL), RC_OK);
        at = r.at.to;
    }
    assert_int_equal(buf_str(&was, str_sub(x->text, at, x->text.n), NULL), RC_OK);
    struct str all = buf_view(&was);
    while (line < all.n) {
        size_t end = str_find(all, STR("\n"), line);
        end = end == SIZE_MAX ? all.n : end;
        assert_true(str_find(raw, str_sub(all, line, end), 0) != SIZE_MAX);
        line = end + 1;
    }
    buf_free(&was);
}

static void round_trip(const char *page, unsigned kinds, uint64_t seed)
{
    struct str clean = {page, strlen(page) - 1}; /* without the last line end */
    struct arena a = {0};
    struct article x;
    struct buf bad;
    buf_init(&bad, 1 << 20);
    assert_true(damage_apply(&bad, clean, kinds, seed));
    assert_int_equal(article_read(&x, buf_view(&bad), (struct article_source){0}, tables, &a, NULL),
                     RC_OK);
    if (!str_eq(x.text, clean))
        print_error("kinds %#x, seed %u\n%.*s\nbecame\n%s\n", kinds, (unsigned)seed, (int)bad.n,
                    bad.p, x.text.p);
    assert_string_equal(x.text.p, arena_str(&a, clean).p);
    assert_true(x.title > 0 && x.text.p[x.title] == '\n');
    expect_undone(&x, buf_view(&bad));
    assert_true(x.repair.n || str_eq(buf_view(&bad), clean));
    article_release(&x);
    arena_free(&a);
    buf_free(&bad);
}

/* What each kind leaves to count: that the generator damages at all. */
static void check_kinds(const unsigned *kinds, size_t n, unsigned seeds)
{
    for (size_t k = 0; k < n; k++) {
        size_t damaged = 0;
        for (int p = 0; p < CLEAN_PAGES; p++)
            for (unsigned seed = 1; seed <= seeds; seed++) {
                struct buf b;
                buf_init(&b, 1 << 20);
                assert_true(damage_apply(&b, str_of(clean_pages[p]), kinds[k], seed));
                damaged += !str_eq(buf_view(&b), str_of(clean_pages[p]));
                buf_free(&b);
                round_trip(clean_pages[p], kinds[k], seed);
            }
        assert_true(kinds[k] == 0 ? damaged == 0 : damaged > 0);
    }
}

static void test_undamaged(void **state)
{
    (void)state;
    check_kinds((const unsigned[]){0}, 1, 1);
}

static void test_each_kind(void **state)
{
    (void)state;
    static const unsigned kinds[] = {
        DAMAGE_VARIANT,
        DAMAGE_TRADITIONAL,
        DAMAGE_HALF,
        DAMAGE_TRADITIONAL | DAMAGE_PINYIN,
        DAMAGE_TRADITIONAL | DAMAGE_PINYIN | DAMAGE_PLAIN,
        DAMAGE_PINYIN | DAMAGE_WIDE,
        DAMAGE_PINYIN | DAMAGE_PLAIN | DAMAGE_WIDE,
        DAMAGE_TRADITIONAL | DAMAGE_LOST,
        DAMAGE_TRADITIONAL | DAMAGE_LOST | DAMAGE_FOLDED,
        DAMAGE_DOUBLED,
    };
    check_kinds(kinds, ARRAY_LEN(kinds), 25);
}

static void test_all_combinations(void **state)
{
    (void)state;
    for (unsigned kinds = 1; kinds <= DAMAGE__ALL; kinds++)
        for (int p = 0; p < CLEAN_PAGES; p++)
            round_trip(clean_pages[p], kinds, kinds * 31 + (unsigned)p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_undamaged),
        cmocka_unit_test(test_each_kind),
        cmocka_unit_test(test_all_combinations),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
