/* Figures of many questions at once, now and of the past, hold what each question alone gives. */
#include "query_help.h"

/* All at once, as if asked alone; and of the past. */
static void same_tallies(struct tx *tx, const char *const *text, uint32_t n, int64_t before)
{
    struct arena a = {0};
    struct tally t[100];
    for (uint32_t i = 0; i < n; i++)
        t[i] = (struct tally){.kind = kind_of("need"), .filter = parse(text[i], &a)};
    OK(store_tally(tx, before, t, n, &err));
    for (uint32_t i = 0; i < n; i++) {
        struct query q = {.kind = t[i].kind, .filter = t[i].filter, .scope = {.reach = SCOPE_ALL}};
        uint64_t n_alone;
        OK(store_count(tx, &q, &n_alone, &err));
        if ((double)n_alone != t[i].out)
            fail_msg("%s: %.0f, not %.0f", text[i], t[i].out, (double)n_alone);
    }
    arena_free(&a);
}

static void test_tallies(void **state)
{
    (void)state;
    struct tx *tx;
    OK(tx_begin(&tx, s, TX_READ, &err));
    same_tallies(tx, tests, ARRAY_LEN(tests), 0);
    same_tallies(tx, tests, ARRAY_LEN(tests), INT64_MAX);
    tx_rollback(tx);
}

/* Longer than one statement may be. */
static void test_long_tallies(void **state)
{
    (void)state;
    const char *text[30];
    struct buf b;
    struct tx *tx;
    buf_init(&b, 1 << 16);
    for (int i = 0; i < 180; i++)
        add(&b, "%strl = %d", i ? " or " : "", i % 9 + 1);
    OK(tx_begin(&tx, s, TX_READ, &err));
    for (size_t i = 0; i < ARRAY_LEN(text); i++)
        text[i] = b.p;
    same_tallies(tx, text, ARRAY_LEN(text), 0);
    tx_rollback(tx);
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(test_tallies),
        cmocka_unit_test(test_long_tallies),
    };
    int failed = cmocka_run_group_tests(all, up, down);
    help_free();
    return failed != 0;
}
