/* Declared arithmetic: exact, typed, with ceilings; every refusal names its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "record/formula.h"
#include "record/yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct arena arena;

static const char pay_kind[] =
    "kind: pay\nlabel: 薪酬\naccess: {read: editor}\nfields:\n"
    "  title: {type: text, label: 名称}\n"
    "  salary: {type: money, label: {zh: 年薪, en: Salary}}\n"
    "  extra: {type: money, label: 津贴}\n"
    "  share: {type: decimal, label: {zh: 时间占比, en: Share}}\n"
    "  people: {type: int, label: 人数}\n"
    "  start: {type: date, label: 开始}\n"
    "  end: {type: date, label: 结束}\n"
    "  hidden: {type: money, secret: private, label: 底价}\n"
    "  parts: {type: group, list: true, label: 分项, fields: {amount: {type: money, label: "
    "金额}}}\n"
    "  up: {type: ref, of: pay, label: 上级}\n"
    "  result: {type: money, computed: true, label: {zh: 补贴, en: Subsidy}}\n"
    "  own: {type: money, computed: true, secret: private, label: 内部}\n"
    "  days: {type: int, computed: true, label: 天}\n"
    "  until: {type: date, computed: true, label: 至}\n"
    "states: {open: {label: 开, to: {shut: shut}}, shut: {label: 关}}\n"
    "actions: {shut: {label: 关}}\n";

static struct kinds *kinds;

static enum rc add(struct kinds *k, const char *text, const char *name, struct err *e)
{
    struct node *n;
    TRY(yaml_parse(&n, str_of(text), name, &arena, e));
    return kinds_add(k, n, name, e);
}

static enum rc open_with(struct kinds **out, const char *formula, struct err *e)
{
    TRY(kinds_open(out, e));
    TRY(add(*out, pay_kind, "pay.yaml", e));
    if (formula)
        TRY(add(*out, formula, "rule.yaml", e));
    return kinds_finish(*out, e);
}

static struct rec sample(const struct kinds *k, const char *json)
{
    struct rec r;
    struct err e = {0};
    if (rec_new(&r, kind_find(k, STR("pay")), &arena, &e) != RC_OK ||
        rec_parse(&r, str_of(json), &arena, &e) != RC_OK)
        fail_msg("%s %s", e.key, e.detail);
    r.id = 1;
    return r;
}

#define FULL                                                                                       \
    "{\"salary\":24000050,\"extra\":1,\"share\":33.3,\"people\":3,\"start\":\"2026-01-31\","       \
    "\"end\":\"2026-04-30\",\"parts\":[{\"amount\":150},{\"amount\":250}],\"up\":1}"

static enum rc follow(void *ctx, int64_t id, const struct rec **out, struct err *e)
{
    (void)e;
    *out = id == 1 ? ctx : NULL;
    return RC_OK;
}

static enum rc try(const char *text, char *to, size_t cap, struct err *e)
{
    struct rec r = sample(kinds, FULL);
    struct filter_context c = {.kinds = kinds, .kind = r.kind, .today = days_of(2026, 11, 21)};
    struct buf b;
    buf_init(&b, 1 << 16);
    enum rc rc = formula_try(&b, str_of(text), &c, &r, follow, &r, &arena, e);
    snprintf(to, cap, "%.*s", (int)b.n, b.n ? b.p : "");
    buf_free(&b);
    return rc;
}

static void gives(const char *text, const char *expected)
{
    char got[100];
    struct err e = {0};
    if (try(text, got, sizeof got, &e) != RC_OK)
        fail_msg("%s: %s %s:%u", text, e.key, e.detail, e.col);
    if (strcmp(got, expected) != 0)
        fail_msg("%s: %s, not %s", text, got, expected);
}

static void refuses(const char *text, const char *key, const char *detail, unsigned col)
{
    char got[100];
    struct err e = {0};
    if (try(text, got, sizeof got, &e) != RC_USER)
        fail_msg("%s: not refused", text);
    if (strcmp(e.key, key) != 0 || (detail && strcmp(e.detail, detail) != 0) ||
        (col && e.col != col))
        fail_msg("%s: %s '%s' at %u", text, e.key, e.detail, e.col);
}

static void arithmetic_is_exact(void **state)
{
    (void)state;
    gives("1 + 2 * 3", "7");
    gives("(1 + 2) × 3", "9");
    gives("（1 ＋ 2）＊ 3", "9");
    gives("10 / 4", "2.5");
    gives("1 ÷ 3 × 3", "1");
    gives("1 ÷ 3", "≈0.333333333");
    gives("0.1 + 0.2", "0.3");
    gives("7 − 2 − 1", "4");
    gives("8 / 2 / 2", "2");
    gives("-3 + 1", "−2");
    gives("−(3 − 5)", "2");
    gives("50% × 30%", "0.15");
    gives("1.5万", "15,000");
    gives("2亿", "200,000,000");
    gives("salary", "240,000.5");
    gives("salary × share%", "79,920.1665");
    gives("年薪×时间占比%", "79,920.1665");
    gives("salary+extra", "240,000.51");
    gives("salary ÷ salary", "1");
    gives("up.up.salary / 2", "120,000.25");
}

static void functions_do_what_they_say(void **state)
{
    (void)state;
    gives("min(salary, 10万)", "100,000");
    gives("max(1, people, 2)", "3");
    gives("if(people >= 3, 10, 20)", "10");
    gives("if(people < 3, 10, 20)", "20");
    gives("if(people != 3, 10, 20)", "20");
    gives("if(people ≤ 3, 10, 20)", "10");
    gives("if(start < end, 1, 2)", "1");
    gives("sum(parts.amount)", "4");
    gives("count(parts.amount)", "2");
    gives("count(up)", "1");
    gives("default(hidden, 5)", "5");
    gives("default(people, 5)", "3");
    gives("floor(7 ÷ 2)", "3");
    gives("floor(1234, 100)", "1,200");
    gives("round(1250, 100)", "1,300");
    gives("round(0 − 1250, 100)", "−1,300");
    gives("round(2.5)", "3");
    gives("days(start, end)", "90");
    gives("days(end, start)", "0");
    gives("months(start, end)", "3");
    gives("months(start, start)", "0");
    gives("end - start", "89");
    gives("year(start + 365)", "2,027");
    gives("year(today)", "2,026");
    gives("hidden", ""); /* unset */
    gives("hidden + 1", "");
    gives("if(people = 3, 1, hidden)", "1"); /* what is not asked need not be there */
}

static void what_does_not_fit_is_refused_at_its_place(void **state)
{
    (void)state;
    refuses("", "formula.more", NULL, 1);
    refuses("1 +", "formula.more", NULL, 4);
    refuses("1 2", "formula.expected", "2\t+ − × ÷", 3);
    refuses("(1", "formula.more", ")", 3);
    refuses("min(1,)", "formula.expected", NULL, 7);
    refuses("min()", "formula.expected", NULL, 5);
    refuses("if(1, 2, 3)", "formula.expected", NULL, 5);
    refuses("salary * nosuch", "formula.name", "nosuch", 10);
    refuses("salary * salary", "formula.type", "salary * salary", 1);
    refuses("1 / salary", "formula.type", NULL, 1);
    refuses("salary%", "formula.type", "salary", 1);
    refuses("start + salary", "formula.type", NULL, 1);
    refuses("start * 2", "formula.type", NULL, 1);
    refuses("end + start", "formula.type", NULL, 1);
    refuses("days(1, 2)", "formula.type", "1", 6);
    refuses("min(start, 1)", "formula.type", "1", 12);
    refuses("title + 1", "formula.type", "title", 1);
    refuses("parts.amount", "formula.many", "parts.amount", 1);
    refuses("99999999999999999999", "formula.number", NULL, 1);
    refuses("1 / 0", "formula.zero", NULL, 0);
    refuses("1 / (people - 3)", "formula.zero", NULL, 0);
    refuses("floor(5, 0)", "formula.zero", NULL, 0);
    refuses("9亿×9亿×9亿×9亿×9亿×9亿", "formula.size", NULL, 0);
    refuses("year(start + 9亿)", "formula.size", NULL, 0);
}

static void ceilings_hold(void **state)
{
    (void)state;
    char text[5000] = "";
    for (int i = 0; i < 40; i++)
        strcat(text, "(");
    refuses(text, "formula.too_deep", "32", 0);
    strcpy(text, "1");
    for (int i = 0; i < 120; i++)
        strcat(text, "+1");
    refuses(text, "formula.too_many", "200", 0);
    memset(text, ' ', 2100);
    text[2100] = 0;
    refuses(text, "formula.too_long", NULL, 0);
}

/* ---- files ---- */

#define HEAD "formula: pay.result\nlabel: 规则\n"

static void file_refused(const char *text, const char *key, const char *detail, unsigned row)
{
    struct kinds *k;
    struct err e = {0};
    if (open_with(&k, text, &e) == RC_OK)
        fail_msg("%s: not refused", text);
    if (strcmp(e.key, key) != 0 || strcmp(e.detail, detail) != 0 || e.row != row ||
        strcmp(e.file, "rule.yaml") != 0)
        fail_msg("%s: %s '%s' %s:%u", text, e.key, e.detail, e.file, e.row);
    kinds_close(k);
}

static void a_file_is_refused_by_line(void **state)
{
    (void)state;
    file_refused("formula: nokind.x\nlabel: a\nvalue: 1\n", "kind.of", "nokind", 1);
    file_refused("formula: pay.nofield\nlabel: a\nvalue: 1\n", "kind.field", "pay.nofield", 1);
    file_refused("formula: pay.salary\nlabel: a\nvalue: 1\n", "kind.formula_field", "pay.salary",
                 1);
    file_refused(HEAD "value: people + nosuch\n", "formula.name", "nosuch", 3);
    file_refused(HEAD "value: start\n", "formula.type", "result", 1);
    file_refused(HEAD "value: hidden\n", "kind.formula_secret", "hidden", 3);
    file_refused(HEAD "cases: [{when: hidden > 1, is: 1}]\n", "kind.formula_secret", "hidden > 1",
                 3);
    file_refused(HEAD "cases: [{when: nosuch > 1, is: 1}]\n", "kind.filter", "nosuch", 3);
    file_refused(HEAD "value: 1\nround: {to: 0.001}\n", "kind.value", "to", 4);
    file_refused(HEAD "value: 1\nround: {way: left}\n", "kind.value", "way", 4);
    file_refused(HEAD "value: b\nsteps:\n  - {name: b, label: B, is: c}\n", "formula.name", "c", 5);
    file_refused(HEAD "value: 1\nsteps:\n  - {name: salary, label: B, is: 1}\n", "kind.twice",
                 "salary", 5);
    file_refused(HEAD "value: 1\ncases: [{is: 1}]\n", "kind.missing", "is, cases", 1);
    file_refused(HEAD "valu: 1\n", "kind.key", "valu", 3);
}

static const char rule[] =
    HEAD "steps:\n"
         "  - {name: rate, label: {zh: 比例, en: Rate}, cases: [{when: people > 5, label: 多人, "
         "is: 60%},"
         " {when: up.people = 3, label: {zh: 三人, en: Three}, is: 50%}, {is: 10%}]}\n"
         "  - {name: base, label: {zh: 基数, en: Base}, is: salary × share%}\n"
         "value: min(base × rate, 5万)\n"
         "round: {to: 100, way: down}\n";

static void a_rule_gives_its_field(void **state)
{
    (void)state;
    struct kinds *k;
    struct err e = {0};
    vec_fault faults = {0};
    assert_int_equal(open_with(&k, rule, &e), RC_OK);
    struct rec r = sample(k, FULL);
    uint32_t at = field_find(r.kind, STR("result"));
    assert_int_equal(rec_formulas(&r, 20000, follow, &r, &faults, &arena, &e), RC_OK);
    assert_true(r.val[at].set);
    assert_int_equal(r.val[at].num, 3990000); /* 39,960.08…, down to the hundred, in fen */
    r.val[field_find(r.kind, STR("salary"))].set = false;
    assert_int_equal(rec_formulas(&r, 20000, follow, &r, &faults, &arena, &e), RC_OK);
    assert_false(r.val[at].set);
    assert_int_equal(faults.n, 0);
    kinds_close(k);
    /* what the numbers cannot hold is a fault of the field, nothing else */
    assert_int_equal(open_with(&k, HEAD "value: 1 ÷ (people − 3)\n", &e), RC_OK);
    r = sample(k, FULL);
    assert_int_equal(rec_formulas(&r, 20000, follow, &r, &faults, &arena, &e), RC_OK);
    assert_int_equal(faults.n, 1);
    assert_int_equal(faults.p[0].field, at);
    assert_string_equal(faults.p[0].key, "field.formula");
    vec_free(&faults);
    kinds_close(k);
}

static void rounding_is_as_declared(void **state)
{
    (void)state;
    static const struct {
        const char *way;
        int64_t fen;
    } ways[] = {{"{to: 1, way: half}", 7992000},
                {"{to: 1, way: up}", 7992100},
                {"{way: half}", 7992017},
                {"{way: down}", 7992016},
                {"{to: 0.1, way: up}", 7992020}};
    for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
        struct kinds *k;
        struct err e = {0};
        struct val v;
        char text[200];
        snprintf(text, sizeof text, HEAD "value: salary × share%%\nround: %s\n", ways[i].way);
        assert_int_equal(open_with(&k, text, &e), RC_OK);
        struct rec r = sample(k, FULL);
        const struct field_def *f = &r.kind->field[field_find(r.kind, STR("result"))];
        assert_int_equal(formula_value(f->formula, &r, 0, follow, &r, &v, &e), RC_OK);
        assert_int_equal(v.num, ways[i].fen);
        kinds_close(k);
    }
}

static void line_is(const struct formula_line *l, const char *label, const char *words,
                    const char *numbers, const char *result, const char *note)
{
    const struct {
        struct str got;
        const char *want;
    } all[] = {{l->label, label},
               {l->words, words},
               {l->numbers, numbers},
               {l->result, result},
               {l->note, note}};
    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        if (!str_eq(all[i].got, str_of(all[i].want)))
            fail_msg("'%.*s', not '%s'", (int)all[i].got.n, all[i].got.p, all[i].want);
}

static void it_says_how_it_was_reckoned(void **state)
{
    (void)state;
    struct kinds *k;
    struct err e = {0};
    vec_line lines = {0};
    assert_int_equal(open_with(&k, rule, &e), RC_OK);
    struct rec r = sample(k, FULL);
    const struct formula *f = r.kind->field[field_find(r.kind, STR("result"))].formula;
    assert_int_equal(formula_explain(f, &r, 0, true, follow, &r, &arena, &lines, &e), RC_OK);
    assert_int_equal(lines.n, 3);
    line_is(&lines.p[0], "比例", "50%", "50%", "0.5", "三人");
    line_is(&lines.p[1], "基数", "年薪 × 时间占比%", "240,000.50 × 33.3%", "≈79,920.16", "");
    line_is(&lines.p[2], "补贴", "取小（基数 × 比例，50,000）", "取小（≈79,920.16 × 0.5，50,000）",
            "39,900.00", "向下取到 100 元");
    lines.n = 0;
    r.val[field_find(r.kind, STR("salary"))].set = false;
    assert_int_equal(formula_explain(f, &r, 0, false, follow, &r, &arena, &lines, &e), RC_OK);
    line_is(&lines.p[1], "Base", "Salary × Share%", "— × 33.3%", "—", "");
    vec_free(&lines);
    kinds_close(k);
}

static void fractions_keep_their_ceiling(void **state)
{
    (void)state;
    struct ratio a = {((__int128)1 << 126) - 1, 1}, out;
    int order;
    assert_false(ratio_make(&out, 1, 0));
    assert_false(ratio_mul(&out, a, a));
    assert_false(ratio_add(&out, a, a) && ratio_add(&out, out, out));
    assert_false(ratio_div(&out, a, ratio_of(0)));
    assert_true(ratio_make(&out, -6, -4));
    assert_true(out.n == 3 && out.d == 2);
    assert_true(ratio_cmp(&order, out, ratio_of(1)) && order == 1);
    struct ratio half = {-5, 2};
    assert_true(ratio_round(&out, half, ratio_of(1), ROUND_HALF) && out.n == -3);
    assert_true(ratio_round(&out, half, ratio_of(1), ROUND_DOWN) && out.n == -2);
    assert_true(ratio_round(&out, half, ratio_of(1), ROUND_UP) && out.n == -3);
    assert_false(ratio_round(&out, half, ratio_of(0), ROUND_UP));
}

static int up(void **state)
{
    (void)state;
    struct err e = {0};
    return open_with(&kinds, NULL, &e);
}

static int down(void **state)
{
    (void)state;
    kinds_close(kinds);
    arena_free(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arithmetic_is_exact),
        cmocka_unit_test(functions_do_what_they_say),
        cmocka_unit_test(what_does_not_fit_is_refused_at_its_place),
        cmocka_unit_test(ceilings_hold),
        cmocka_unit_test(a_file_is_refused_by_line),
        cmocka_unit_test(a_rule_gives_its_field),
        cmocka_unit_test(rounding_is_as_declared),
        cmocka_unit_test(it_says_how_it_was_reckoned),
        cmocka_unit_test(fractions_keep_their_ceiling),
    };
    return cmocka_run_group_tests(tests, up, down);
}
