/* The line through past values, its interval, and the light it gives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "service/measures_int.h"

#include <math.h>

static bool near(double a, double b)
{
    return fabs(a - b) < 5e-4 * (1 + fabs(b));
}

/* By hand: x 1..5, y 2 4 5 4 5 has slope 0.6, intercept 2.2, residual sum 2.4, s = 0.894427; at 6
 * the half width is 3.1824 s sqrt(1 + 1/5 + 9/10) = 4.12490. */
static void a_line_has_its_interval(void **unused)
{
    (void)unused;
    const double x[] = {1, 2, 3, 4, 5}, y[] = {2, 4, 5, 4, 5};
    struct forecast f = forecast_line(x, y, 5, 6);
    assert_true(near(f.at, 5.8));
    assert_true(near(f.high - f.at, 4.12490));
    assert_true(near(f.at - f.low, 4.12490));
    assert_true(isnan(forecast_line(x, y, 3, 6).at));
    const double same[] = {1, 1, 1, 1};
    assert_true(isnan(forecast_line(same, y, 4, 6).at));
    const double flat[] = {7, 7, 7, 7};
    f = forecast_line(x, flat, 4, 60);
    assert_true(near(f.at, 7) && near(f.low, 7) && near(f.high, 7));
}

/* 95 % of new observations lie within the interval, for few points and for many. */
static void the_interval_holds_what_it_says(void **unused)
{
    (void)unused;
    uint64_t seed = 7;
    for (uint32_t n = 4; n <= 36; n += 16) {
        unsigned inside = 0, rounds = 4000;
        for (unsigned r = 0; r < rounds; r++) {
            double x[36], y[36], noise[37];
            for (uint32_t i = 0; i <= n; i++) { /* Box and Muller, 1958 */
                seed = mix64(seed + 0x9e3779b97f4a7c15u);
                double u = ((double)(seed >> 11) + 1) / 9007199254740993.0;
                seed = mix64(seed + 0x9e3779b97f4a7c15u);
                double v = (double)(seed >> 11) / 9007199254740992.0;
                noise[i] = sqrt(-2 * log(u)) * cos(2 * 3.14159265358979 * v);
            }
            for (uint32_t i = 0; i < n; i++) {
                x[i] = i * 30;
                y[i] = 5 + 0.3 * x[i] + 2 * noise[i];
            }
            double at = (n + 6) * 30, truth = 5 + 0.3 * at + 2 * noise[n];
            struct forecast f = forecast_line(x, y, n, at);
            inside += f.low <= truth && truth <= f.high;
        }
        assert_in_range(inside, rounds * 93 / 100, rounds * 97 / 100);
    }
}

static void lights_say_how_it_stands(void **unused)
{
    (void)unused;
    struct forecast f = {110, 105, 115}, none = {NAN, NAN, NAN};
    assert_int_equal(forecast_light(&f, 50, 0, 100, 0, 50, 100), LIGHT_ON_COURSE);
    f.low = 90;
    assert_int_equal(forecast_light(&f, 50, 0, 100, 0, 50, 100), LIGHT_AT_RISK);
    f.at = 99;
    assert_int_equal(forecast_light(&f, 50, 0, 100, 0, 50, 100), LIGHT_BEHIND);
    assert_int_equal(forecast_light(&f, 100, 0, 100, 0, 50, 100), LIGHT_REACHED);
    assert_int_equal(forecast_light(&f, 99, 0, 100, 0, 101, 100), LIGHT_BEHIND);
    assert_int_equal(forecast_light(&f, 5, 0, NAN, 0, 50, 100), LIGHT_NONE);
    assert_int_equal(forecast_light(&f, 5, 0, 10, 0, 50, 0), LIGHT_NONE);
    assert_int_equal(forecast_light(&none, 50, 0, 100, 0, 50, 100), LIGHT_ON_COURSE);
    assert_int_equal(forecast_light(&none, 41, 0, 100, 0, 50, 100), LIGHT_AT_RISK);
    assert_int_equal(forecast_light(&none, 39, 0, 100, 0, 50, 100), LIGHT_BEHIND);
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(a_line_has_its_interval),
        cmocka_unit_test(the_interval_holds_what_it_says),
        cmocka_unit_test(lights_say_how_it_stands),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
