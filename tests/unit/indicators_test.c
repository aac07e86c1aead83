/* Indicators out of prose: what becomes a row, and what does not. */
#define _GNU_SOURCE
#include "site_help.h"

#include "service/indicators.h"

static void draws(const char *text, const char *const *wanted)
{
    vec_drawn all = {0};
    OK(indicators_draw(site, str_of(text), &mem, &all, &e));
    size_t n = 0;
    for (; wanted[n]; n++) {
        char row[300];
        if (n >= all.n)
            fail_msg("%s: no row %zu: %s", text, n, wanted[n]);
        const struct drawn *d = &all.p[n];
        snprintf(row, sizeof row, "%.*s|%.*s|%.*s|%.*s|%.*s", (int)d->name.n, d->name.p,
                 (int)d->op.n, d->op.p, (int)d->value.n, d->value.p, (int)d->value2.n,
                 d->value2.n ? d->value2.p : "", (int)d->unit.n, d->unit.n ? d->unit.p : "");
        assert_string_equal(row, wanted[n]);
        assert_true(str_find(str_of(text), d->quote, 0) != SIZE_MAX);
        assert_true(str_find(d->quote, str_sub(d->name, 0, 3), 0) != SIZE_MAX);
    }
    if (all.n > n)
        fail_msg("%s: one more row: %.*s", text, (int)all.p[n].name.n, all.p[n].name.p);
    vec_free(&all);
}
#define DRAWS(text, ...) draws(text, (const char *const[]){__VA_ARGS__, NULL})

static void test_rows(void **state)
{
    (void)state;
    DRAWS("常温循环寿命不低于2000次；残余碱≤0.3%。", "常温循环寿命|ge|2000||次",
          "残余碱|le|0.3||%");
    DRAWS("工作温度-40℃~85℃，抗拉强度500MPa以上。", "工作温度|range|-40|85|℃",
          "抗拉强度|ge|500||MPa");
    DRAWS("能量密度达到300Wh/kg", "能量密度|ge|300||Wh/kg");
    DRAWS("要求1米处噪声不大于55dB，200℃下强度不低于80MPa。", "噪声|le|55||dB", "强度|ge|80||MPa");
    DRAWS("成本降低20%以上", "成本降幅|ge|20||%");
    DRAWS("没有数字的描述，希望更好、更快、更省。", NULL);
    DRAWS("", NULL);
}

/* How things are now, and what others reach, is nothing that is asked for; the same is said once.
 */
static void test_left_out(void **state)
{
    (void)state;
    DRAWS("目前老化率为12%，要求老化率不高于3%。老化率不高于3%是硬性要求。", "老化率|le|3||%");
    DRAWS("国外产品循环寿命可达5000次，我们要求循环寿命不低于3000次。", "循环寿命|ge|3000||次");
    DRAWS("2026年3月前完成，共需5台。", NULL);
}

static void test_which_fields(void **state)
{
    (void)state;
    const struct kind *need = kind_of("need"), *result = kind_of("result"), *org = kind_of("org");
    assert_true(indicators_can_be_drawn(need, &need->field[field_find(need, STR("targets"))]));
    assert_true(
        indicators_can_be_drawn(result, &result->field[field_find(result, STR("indicators"))]));
    assert_false(indicators_can_be_drawn(need, &need->field[field_find(need, STR("body"))]));
    for (uint32_t i = 0; i < org->n_fields; i++)
        assert_false(indicators_can_be_drawn(org, &org->field[i]));
}

/* A long text ends somewhere. */
static void test_many(void **state)
{
    (void)state;
    static char text[64 << 10];
    size_t n = 0;
    vec_drawn all = {0};
    for (int i = 0; i < 400; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "甲%c%c类样品强度不低于%dMPa。",
                              'A' + i % 26, 'A' + i / 26, i + 1);
    OK(indicators_draw(site, str_of(text), &mem, &all, &e));
    assert_true(all.n > 10 && all.n <= 50);
    vec_free(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_left_out),
        cmocka_unit_test(test_which_fields),
        cmocka_unit_test(test_many),
    };
    return cmocka_run_group_tests(tests, site_open_all, site_close_all);
}
