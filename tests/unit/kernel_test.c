/* Every kernel that this processor runs equals the scalar one, bit for bit. */
#include "kernel_check.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void equal_scalar(void **state)
{
    (void)state;
    for (const struct kernels *const *k = kernels_all(); *k; k++) {
        const char *bad = check_kernel(*k, 600);
        if (bad)
            fail_msg("%s of %s differs", bad, (*k)->name);
    }
}

static void best_is_last(void **state)
{
    (void)state;
    const struct kernels *const *k = kernels_all();
    assert_ptr_equal(k[0], &kernels_scalar);
    while (k[1])
        k++;
    assert_ptr_equal(kernels_best(), *k);
}

/* The scalar one by hand: 200 * 300 >> 8 = 234, 255 * 65535 >> 8 = 65279. */
static void scalar_by_hand(void **state)
{
    (void)state;
    static _Alignas(64) uint8_t a[64] = {200, 0, 255}, b[64] = {1, 1, 0};
    const uint8_t *row[] = {a, b};
    static const uint16_t weight[] = {300, 256}, doc[] = {1, 5};
    static const uint8_t imp[] = {10, 255};
    uint16_t acc[64], found[64];
    kernels_scalar.sum_rows(acc, 64, row, weight, 2);
    assert_int_equal(acc[0], 235);
    assert_int_equal(acc[1], 1);
    assert_int_equal(acc[2], 298);
    assert_int_equal(acc[63], 0);
    kernels_scalar.add_list(acc, doc, imp, 2, 65535);
    assert_int_equal(acc[1], 1 + 2559 + 1);
    assert_int_equal(acc[5], 65279 + 1 - 0);
    assert_int_equal(kernels_scalar.scan(acc, 64, 298, found), 3);
    assert_int_equal(found[0], 1);
    assert_int_equal(found[2], 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_scalar),
        cmocka_unit_test(best_is_last),
        cmocka_unit_test(scalar_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
