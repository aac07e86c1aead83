/* The containers of src/base against plain counterparts: arena, buf, maps, top-k, radix sort,
 * checksum, UTF-8, errors, nodes. Files and threads: base_io_test.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/crc32c.h"
#include "base/heap.h"
#include "base/map.h"
#include "base/node.h"
#include "base/sort.h"

#include <stdio.h>

static uint64_t state = 1;

static uint32_t any(uint32_t below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((state >> 33) % below);
}

static void arena_gives_aligned_separate_bytes(void **unused)
{
    (void)unused;
    struct arena a = {0};
    unsigned char *p[3000];
    size_t n[3000], sum = 0;
    for (int i = 0; i < 3000; i++) {
        n[i] = any(i % 100 == 0 ? 200000 : 300);
        p[i] = arena_alloc(&a, n[i]);
        assert_non_null(p[i]);
        assert_int_equal((uintptr_t)p[i] % 16, 0);
        memset(p[i], i % 251, n[i]);
        sum += n[i];
    }
    assert_int_equal(a.used, sum);
    for (int i = 0; i < 3000; i++)
        for (size_t k = 0; k < n[i]; k++)
            assert_int_equal(p[i][k], i % 251);
    arena_reset(&a);
    assert_int_equal(a.used, 0);
    assert_non_null(arena_alloc(&a, 10));
    arena_free(&a);
    assert_null(a.chunk);
}

static void arena_has_a_ceiling(void **unused)
{
    (void)unused;
    struct arena a = {.ceiling = 1000};
    assert_non_null(arena_alloc(&a, 600));
    assert_null(arena_alloc(&a, 401));
    assert_non_null(arena_alloc(&a, 400));
    assert_null(arena_alloc(&a, 1));
    assert_null(arena_alloc(&a, SIZE_MAX));
    assert_null(arena_calloc(&a, SIZE_MAX / 2, 3));
    arena_reset(&a);
    assert_non_null(arena_alloc(&a, 1000));
    arena_free(&a);
    const struct str s = arena_str(&a, STR("桥"));
    assert_string_equal(s.p, "桥");
    const unsigned char *z = arena_calloc(&a, 50, 4);
    for (int i = 0; i < 200; i++)
        assert_int_equal(z[i], 0);
    arena_free(&a);
}

static void buf_keeps_its_ceiling(void **unused)
{
    (void)unused;
    struct buf b;
    struct err e = {0};
    buf_init(&b, 10);
    assert_int_equal(buf_view(&b).n, 0);
    assert_int_equal(buf_put(&b, "12345678", 8, &e), RC_OK);
    assert_int_equal(buf_put(&b, "abc", 3, &e), RC_TOO_BIG);
    assert_string_equal(e.key, "base.too_big");
    assert_int_equal(buf_printf(&b, &e, "%d", 123), RC_TOO_BIG);
    assert_int_equal(buf_put(&b, "x", SIZE_MAX, &e), RC_TOO_BIG);
    assert_string_equal(b.p, "12345678");
    assert_int_equal(buf_printf(&b, &e, "%d", 42), RC_OK);
    assert_int_equal(buf_char(&b, 'x', &e), RC_TOO_BIG);
    assert_string_equal(b.p, "1234567842");
    char *taken = buf_take(&b);
    assert_string_equal(taken, "1234567842");
    assert_null(b.p);
    mem_free(taken);
    assert_int_equal(buf_str(&b, STR("again"), &e), RC_OK);
    buf_clear(&b);
    assert_string_equal(b.p, "");
    buf_free(&b);
}

static void vec_grows(void **unused)
{
    (void)unused;
    VEC(uint32_t) v = {0};
    for (uint32_t i = 0; i < 10000; i++)
        assert_int_equal(vec_push(&v, i * 3, NULL), RC_OK);
    assert_int_equal(v.n, 10000);
    for (uint32_t i = 0; i < 10000; i++)
        assert_int_equal(v.p[i], i * 3);
    struct err e = {0};
    assert_int_equal(vec_reserve(&v, SIZE_MAX / 8, &e), RC_NOMEM);
    assert_string_equal(e.key, "base.no_memory");
    assert_int_equal(v.n, 10000);
    vec_free(&v);
    assert_null(v.p);
}

static void map_holds_what_was_put(void **unused)
{
    (void)unused;
    struct map m = {0};
    assert_null(map_get(&m, 0));
    for (uint64_t i = 0; i < 100000; i++) {
        uint32_t *at = map_put(&m, i << 40 | i, (uint32_t)i);
        assert_non_null(at);
        assert_int_equal(*at, i);
    }
    *map_put(&m, 5ull << 40 | 5, 77) += 1; /* there already: 77 is not used */
    assert_int_equal(m.n, 100000);
    for (uint64_t i = 0; i < 100000; i++) {
        const uint32_t *at = map_get(&m, i << 40 | i);
        assert_non_null(at);
        assert_int_equal(*at, i == 5 ? 6 : i);
    }
    assert_null(map_get(&m, 100001));
    assert_true(m.n * 2 <= m.cap);
    map_free(&m);
    assert_null(map_get(&m, 0));
}

static void strmap_holds_what_was_put(void **unused)
{
    (void)unused;
    struct strmap m = {0};
    struct arena a = {0};
    assert_null(strmap_get(&m, STR("x")));
    for (uint32_t i = 0; i < 50000; i++) {
        char text[32];
        struct str key = {text, (size_t)snprintf(text, sizeof text, "%u键%u", i, i % 7)};
        key = arena_str(&a, key);
        assert_int_equal(*strmap_put(&m, key, i), i);
        assert_int_equal(*strmap_put(&m, key, 1), i);
    }
    assert_int_equal(*strmap_put(&m, (struct str){NULL, 0}, 9), 9);
    assert_int_equal(*strmap_get(&m, STR("")), 9);
    assert_int_equal(m.n, 50001);
    for (uint32_t i = 0; i < 50000; i++) {
        char text[32];
        struct str key = {text, (size_t)snprintf(text, sizeof text, "%u键%u", i, i % 7)};
        assert_int_equal(*strmap_get(&m, key), i);
    }
    assert_null(strmap_get(&m, STR("50000键1")));
    /* a key may hold NUL; only its length ends it */
    assert_non_null(strmap_put(&m, STR("a\0b"), 1));
    assert_null(strmap_get(&m, STR("a")));
    assert_null(strmap_get(&m, STR("a\0c")));
    strmap_free(&m);
    arena_free(&a);
}

static void hash_depends_on_every_byte(void **unused)
{
    (void)unused;
    char text[40] = {0};
    for (size_t n = 0; n <= sizeof text; n++) {
        uint64_t h = hash_bytes((struct str){text, n});
        for (size_t i = 0; i < n; i++) {
            text[i] ^= 1;
            assert_true(hash_bytes((struct str){text, n}) != h);
            text[i] ^= 1;
        }
        if (n)
            assert_true(hash_bytes((struct str){text, n - 1}) != h);
    }
}

static int by_rank(const void *a, const void *b)
{
    return hit_better(*(const struct hit *)a, *(const struct hit *)b) ? -1 : 1;
}

static void topk_is_the_head_of_a_sort(void **unused)
{
    (void)unused;
    for (int round = 0; round < 300; round++) {
        uint32_t n = any(200), k = any(30);
        struct hit all[200], best[30];
        struct topk t = {best, k, 0};
        for (uint32_t i = 0; i < n; i++) {
            all[i] = (struct hit){any(round % 2 ? 5 : 100000), i * 7919 % 1009};
            topk_push(&t, all[i]);
        }
        qsort(all, n, sizeof *all, by_rank);
        topk_sort(&t);
        assert_int_equal(t.n, MIN(n, k));
        for (uint32_t i = 0; i < t.n; i++) {
            assert_true(t.hit[i].score == all[i].score);
            assert_int_equal(t.hit[i].id, all[i].id);
        }
    }
}

static unsigned sort_from, sort_to;

static int by_bits(const void *x, const void *y)
{
    const struct keyed *a = x, *b = y;
    uint64_t mask = (sort_to - sort_from == 64 ? 0 : 1ull << (sort_to - sort_from)) - 1;
    uint64_t p = a->key >> sort_from & mask, q = b->key >> sort_from & mask;
    return p != q ? (p > q) - (p < q) : (a->val > b->val) - (a->val < b->val);
}

static void sort_keyed_is_a_stable_sort(void **unused)
{
    (void)unused;
    static const unsigned range[][2] = {{0, 64}, {0, 32},  {0, 1},   {3, 14},
                                        {0, 11}, {10, 33}, {52, 64}, {0, 0}};
    for (size_t r = 0; r < ARRAY_LEN(range); r++)
        for (size_t n = 0; n < 3000; n = n * 3 + 1) {
            struct keyed *a = malloc((n + 1) * sizeof *a), *b = malloc((n + 1) * sizeof *b),
                         *spare = malloc((n + 1) * sizeof *spare);
            for (size_t i = 0; i < n; i++)
                a[i] = b[i] = (struct keyed){mix64(any(500)), (uint32_t)i};
            sort_from = range[r][0];
            sort_to = range[r][1];
            sort_keyed(a, spare, n, sort_from, sort_to);
            if (n && sort_to > sort_from)
                qsort(b, n, sizeof *b, by_bits);
            for (size_t i = 0; i < n; i++) {
                assert_true(a[i].key == b[i].key);
                assert_int_equal(a[i].val, b[i].val);
            }
            free(a);
            free(b);
            free(spare);
        }
    assert_int_equal(bits_of(0), 0);
    assert_int_equal(bits_of(1), 1);
    assert_int_equal(bits_of(255), 8);
    assert_int_equal(bits_of(256), 9);
    assert_int_equal(bits_of(UINT64_MAX), 64);
}

/* RFC 3720, B.4, and the value that every description of CRC-32C gives for "123456789". */
static void crc32c_has_the_published_values(void **unused)
{
    (void)unused;
    unsigned char b[32];
    memset(b, 0, sizeof b);
    assert_int_equal(crc32c(0, b, 32), 0x8A9136AAu);
    memset(b, 0xFF, sizeof b);
    assert_int_equal(crc32c(0, b, 32), 0x62A8AB43u);
    for (int i = 0; i < 32; i++)
        b[i] = (unsigned char)i;
    assert_int_equal(crc32c(0, b, 32), 0x46DD794Eu);
    for (int i = 0; i < 32; i++)
        b[i] = (unsigned char)(31 - i);
    assert_int_equal(crc32c(0, b, 32), 0x113FDB5Cu);
    assert_int_equal(crc32c(0, "123456789", 9), 0xE3069283u);
    assert_int_equal(crc32c(0, b, 0), 0);
    for (size_t cut = 0; cut <= 32; cut++)
        assert_int_equal(crc32c(crc32c(0, b, cut), b + cut, 32 - cut), 0x113FDB5Cu);
}

static void utf8_goes_there_and_back(void **unused)
{
    (void)unused;
    for (uint32_t c = 0; c <= 0x10FFFF + 5; c++) {
        char bytes[4];
        size_t n = utf8_put(bytes, c), i = 0;
        bool scalar = c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF);
        assert_int_equal(utf8_next((struct str){bytes, n}, &i), scalar ? c : 0xFFFD);
        i = 0;
        assert_int_equal(utf8_sure((struct str){bytes, n}, &i), scalar ? c : 0xFFFD);
        assert_int_equal(i, n);
        assert_int_equal(i, n);
    }
}

/* Characters of a text; a malformed byte is FFFD and one byte long. */
static void decodes(struct str s, const char *expected)
{
    char shown[200] = "";
    for (size_t i = 0, n = 0; i < s.n;)
        n += (size_t)snprintf(shown + n, sizeof shown - n, "%X ", utf8_next(s, &i));
    assert_string_equal(shown, expected);
}

static void malformed_utf8_is_replaced_byte_by_byte(void **unused)
{
    (void)unused;
    decodes(STR("a\x80z"), "61 FFFD 7A ");
    decodes(STR("\xC0\xAF"), "FFFD FFFD ");                       /* overlong / */
    decodes(STR("\xC1\xBF"), "FFFD FFFD ");                       /* overlong DEL */
    decodes(STR("\xE0\x9F\xBF"), "FFFD FFFD FFFD ");              /* overlong U+07FF */
    decodes(STR("\xF0\x8F\xBF\xBF"), "FFFD FFFD FFFD FFFD ");     /* overlong U+FFFF */
    decodes(STR("\xED\xA0\x80"), "FFFD FFFD FFFD ");              /* a surrogate */
    decodes(STR("\xF4\x90\x80\x80"), "FFFD FFFD FFFD FFFD ");     /* U+110000 */
    decodes(STR("\xF5\x80\x80\x80z"), "FFFD FFFD FFFD FFFD 7A "); /* no lead byte */
    decodes(STR("\xE6\xA1"), "FFFD FFFD ");                       /* cut 桥 */
    decodes(STR("\xE6\xA1z"), "FFFD FFFD 7A ");
    decodes(STR("\xE6\xA1\xA5\xE6"), "6865 FFFD ");
    decodes(STR("\xF0\x9F\x98\x80"), "1F600 ");
    decodes(STR("\xEF\xBF\xBD"), "FFFD ");
    /* bytes after the end are never part of a character */
    struct str cut = {"\xE6\xA1\xA5", 2};
    decodes(cut, "FFFD FFFD ");
    assert_int_equal(utf8_len(STR("桥\x80z")), 3);
    assert_int_equal(utf8_len((struct str){NULL, 0}), 0);
}

static void slices_keep_within_their_bytes(void **unused)
{
    (void)unused;
    struct str s = STR("abcabc"), none = {NULL, 0};
    assert_int_equal(str_find(s, STR("bc"), 0), 1);
    assert_int_equal(str_find(s, STR("bc"), 2), 4);
    assert_true(str_find(s, STR("bc"), 5) == SIZE_MAX);
    assert_true(str_find(s, STR("abcabcd"), 0) == SIZE_MAX);
    assert_true(str_find(s, STR("bc"), SIZE_MAX) == SIZE_MAX);
    assert_true(str_find(none, STR("a"), 0) == SIZE_MAX);
    assert_int_equal(str_find(s, none, 6), 6);
    assert_true(str_find(s, none, 7) == SIZE_MAX);
    assert_int_equal(str_find(STR("aab"), STR("ab"), 0), 1);
    assert_true(str_eq(str_sub(s, 4, 99), STR("bc")));
    assert_int_equal(str_sub(s, 9, 3).n, 0);
    assert_int_equal(str_sub(s, 5, 3).n, 0);
    assert_int_equal(str_sub(none, 0, 3).n, 0);
    assert_true(str_eq(str_trim(STR(" \t　桥 梁　\n")), STR("桥 梁")));
    assert_int_equal(str_trim(STR("　　")).n, 0);
    assert_true(str_cmp(STR("a"), STR("b")) < 0);
    assert_true(str_cmp(STR("a"), STR("ab")) < 0);
    assert_true(str_cmp(STR("b"), STR("ab")) > 0);
    assert_int_equal(str_cmp(none, STR("")), 0);
    assert_true(str_starts(s, STR("abc")) && !str_starts(s, STR("bc")) && str_starts(none, none));
    assert_false(str_starts(STR("ab"), STR("abc")));
    assert_true(is_han(0x3400) && is_han(0x4DBF) && is_han(0x4E00) && is_han(0x9FFF));
    assert_false(is_han(0x33FF) || is_han(0x4DC0) || is_han(0x4DFF) || is_han(0xA000));
}

static void errors_are_cut_between_characters(void **unused)
{
    (void)unused;
    char longest[1000];
    for (unsigned lead = 0; lead < 4; lead++) {
        struct err e = {0};
        memset(longest, 'x', lead);
        for (size_t i = lead; i + 3 < sizeof longest; i += 3)
            memcpy(longest + i, "桥", 4);
        assert_int_equal(err_user(&e, "some.key", "%s", longest), RC_USER);
        assert_int_equal(err_at(&e, RC_USER, longest, longest, 3, 4), RC_USER);
        const struct str part[] = {str_of(e.file), str_of(e.sheet), str_of(e.detail)};
        const size_t cap[] = {sizeof e.file, sizeof e.sheet, sizeof e.detail};
        for (size_t p = 0; p < 3; p++) {
            assert_true(part[p].n + 4 >= cap[p] - 1 - 3);
            for (size_t i = 0; i < part[p].n;)
                assert_true(utf8_next(part[p], &i) != 0xFFFD);
        }
        assert_int_equal(err_at(&e, RC_USER, "other", "other", 9, 9),
                         RC_USER); /* keeps the first */
        assert_int_equal(e.row, 3);
        assert_int_equal(e.col, 4);
        assert_memory_equal(e.file, longest, 100);
    }
    assert_int_equal(err_user(NULL, "k", "%d", 1), RC_USER);
    assert_int_equal(err_nomem(NULL), RC_NOMEM);
    assert_int_equal(err_at(NULL, RC_SYS, "f", NULL, 0, 0), RC_SYS);
}

static void nodes_give_children_and_numbers(void **unused)
{
    (void)unused;
    struct node bad = {.type = NODE_TEXT, .line = 7, .key = STR("bad"), .text = STR("1.5x")};
    struct node nan = {
        .type = NODE_TEXT, .line = 8, .key = STR("nan"), .text = STR("nan"), .next = &bad};
    struct node num = {.type = NODE_TEXT, .key = STR("num"), .text = STR("-1.5e3"), .next = &nan};
    struct node list = {.type = NODE_LIST, .key = STR("list"), .child = &bad, .next = &num};
    struct node map = {.type = NODE_MAP, .child = &list};
    double x = 0;
    struct err e = {0};
    assert_ptr_equal(node_get(&map, "num"), &num);
    assert_null(node_get(&map, "nu"));
    assert_null(node_get(NULL, "num"));
    assert_null(node_get(&num, "num"));
    assert_true(str_eq(node_text(&map, "num", STR("no")), STR("-1.5e3")));
    assert_true(str_eq(node_text(&map, "list", STR("no")), STR("no")));
    assert_int_equal(node_number(&x, &map, "num", 9, &e), RC_OK);
    assert_true(x == -1500);
    assert_int_equal(node_number(&x, &map, "none", 9, &e), RC_OK);
    assert_true(x == 9);
    assert_int_equal(node_number(&x, &map, "bad", 9, &e), RC_USER);
    assert_string_equal(e.key, "model.number");
    assert_int_equal(e.row, 7);
    assert_int_equal(node_number(&x, &map, "nan", 9, NULL), RC_USER);
    assert_int_equal(node_number(&x, &map, "list", 9, NULL), RC_USER);
    assert_int_equal(node_count(&map), 4);
    assert_int_equal(node_count(NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_gives_aligned_separate_bytes),
        cmocka_unit_test(arena_has_a_ceiling),
        cmocka_unit_test(buf_keeps_its_ceiling),
        cmocka_unit_test(vec_grows),
        cmocka_unit_test(map_holds_what_was_put),
        cmocka_unit_test(strmap_holds_what_was_put),
        cmocka_unit_test(hash_depends_on_every_byte),
        cmocka_unit_test(topk_is_the_head_of_a_sort),
        cmocka_unit_test(sort_keyed_is_a_stable_sort),
        cmocka_unit_test(crc32c_has_the_published_values),
        cmocka_unit_test(utf8_goes_there_and_back),
        cmocka_unit_test(malformed_utf8_is_replaced_byte_by_byte),
        cmocka_unit_test(slices_keep_within_their_bytes),
        cmocka_unit_test(errors_are_cut_between_characters),
        cmocka_unit_test(nodes_give_children_and_numbers),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
