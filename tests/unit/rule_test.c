/* What follows from a declaration beyond single fields: computed codes, rules, secrets in groups.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "record_help.h"

static struct arena arena;
static struct err err;
#define OK(step) assert_int_equal(step, RC_OK)

static struct rec plan(const char *json)
{
    struct rec r;
    vec_fault faults = {0};
    OK(rec_new(&r, kind_find(help_kinds(), STR("plan")), &arena, &err));
    OK(rec_parse_input(&r, str_of(json), &arena, &faults, &err));
    assert_int_equal(faults.n, 0);
    return r;
}

static uint32_t field(const char *name)
{
    return field_find(kind_find(help_kinds(), STR("plan")), str_of(name));
}

static const char *light_on(const char *json, int64_t today)
{
    static char out[20];
    struct rec r = plan(json);
    rec_compute(&r, today);
    const struct val *v = &r.val[field("light")];
    snprintf(out, sizeof out, "%.*s", v->set ? (int)v->text.n : 0, v->set ? v->text.p : "");
    return out;
}

static void the_first_case_that_holds_gives_the_code(void **unused)
{
    (void)unused;
    const int64_t day = days_of(2026, 12, 31);
    assert_string_equal(light_on("{\"end\":\"2026-03-01\",\"done\":\"2026-03-02\"}", day), "ge");
    assert_string_equal(light_on("{\"end\":\"2026-03-01\",\"done\":\"2026-03-01\"}", day), "le");
    assert_string_equal(light_on("{\"done\":\"2026-03-01\"}", day), "");
    /* two months after 31 December: the last of February */
    assert_string_equal(light_on("{\"end\":\"2027-02-27\"}", day), "range");
    assert_string_equal(light_on("{\"end\":\"2027-02-28\"}", day), "");
    assert_string_equal(light_on("{\"end\":\"2027-02-28\"}", day + 1), "range");
}

static void computed_codes_are_never_stored_or_typed(void **unused)
{
    (void)unused;
    struct rec r = plan("{\"title\":\"甲\",\"end\":\"2026-03-01\"}"), again;
    vec_fault faults = {0};
    vec_change change = {0};
    struct buf b;
    buf_init(&b, 1 << 16);
    rec_compute(&r, days_of(2026, 3, 1));
    OK(rec_print(&b, &r, &err));
    assert_string_equal(b.p, "{\"title\":\"甲\",\"end\":\"2026-03-01\"}");
    buf_clear(&b);
    OK(rec_print_shown(&b, &r, &err));
    assert_string_equal(b.p, "{\"title\":\"甲\",\"end\":\"2026-03-01\",\"light\":\"range\"}");
    OK(rec_new(&again, r.kind, &arena, &err));
    OK(rec_parse(&again, buf_view(&b), &arena, &err));
    assert_false(again.val[field("light")].set);
    OK(rec_diff(&again, &r, &change, &err));
    assert_int_equal(change.n, 0);
    OK(rec_parse_input(&again, STR("{\"light\":\"ge\"}"), &arena, &faults, &err));
    assert_int_equal(faults.n, 1);
    assert_string_equal(faults.p[0].key, "field.computed");
    faults.n = 0;
    again.val[field("light")] = (struct val){.set = true, .text = STR("nonsense")};
    OK(rec_check(&again, &arena, &faults, &err));
    assert_int_equal(faults.n, 0);
    vec_free(&faults);
    vec_free(&change);
    buf_free(&b);
}

/* ---- rules ---- */

static struct rec other;

static enum rc follow(void *ctx, int64_t id, const struct rec **out, struct err *e)
{
    (void)ctx, (void)e;
    *out = id == 7 ? &other : NULL;
    return RC_OK;
}

/* "field: sentence; …" of the rules that are broken. */
static const char *broken(const char *json)
{
    static char out[400];
    struct rec r = plan(json);
    vec_fault faults = {0};
    size_t n = 0;
    out[0] = 0;
    OK(rec_check_rules(&r, days_of(2026, 6, 1), follow, NULL, &faults, &arena, &err));
    for (size_t i = 0; i < faults.n; i++) {
        const struct fault_at *f = &faults.p[i];
        assert_string_equal(f->key, "field.rule");
        size_t tab = str_find(f->detail, STR("\t"), 0);
        assert_true(tab < f->detail.n);
        n += (size_t)snprintf(out + n, sizeof out - n, "%.*s: %.*s; ",
                              (int)r.kind->field[f->field].name.n, r.kind->field[f->field].name.p,
                              (int)tab, f->detail.p);
    }
    vec_free(&faults);
    return out;
}

static void rules_are_checked(void **unused)
{
    (void)unused;
    assert_string_equal(broken("{}"), "");
    assert_string_equal(broken("{\"start\":\"2026-03-01\",\"end\":\"2026-02-28\"}"),
                        "end: 止早于起; ");
    assert_string_equal(broken("{\"start\":\"2026-03-01\",\"end\":\"2026-03-01\"}"), "");
    /* nothing to compare with: >= does not hold */
    assert_string_equal(broken("{\"end\":\"2026-03-01\"}"), "end: 止早于起; ");
    assert_string_equal(broken("{\"done\":\"2026-06-02\"}"), "done: 在将来; ");
    assert_string_equal(broken("{\"done\":\"2026-06-01\"}"), "");
    other = plan("{\"end\":\"2026-04-01\"}");
    assert_string_equal(broken("{\"start\":\"2026-04-01\",\"after\":7}"), "start: 早于前一项; ");
    assert_string_equal(broken("{\"start\":\"2026-04-02\",\"after\":7}"), "");
    assert_string_equal(broken("{\"start\":\"2026-04-02\",\"after\":8}"), "start: 早于前一项; ");
}

static void sums_are_checked(void **unused)
{
    (void)unused;
#define PARTS(a, b, c) "{\"parts\":[{\"share\":" a "},{\"share\":" b "},{\"name\":\"x\"" c "}]}"
    assert_string_equal(broken("{\"parts\":[]}"), "");
    assert_string_equal(broken(PARTS("50", "20", ",\"share\":30")), "");
    assert_string_equal(broken(PARTS("50", "20", ",\"share\":30.004")), "");
    assert_string_equal(broken(PARTS("50", "20", ",\"share\":30.006")),
                        "parts: 份额之和应为一百; ");
    assert_string_equal(broken(PARTS("33.33", "33.33", ",\"share\":33.34")), "");
    assert_string_equal(broken(PARTS("90", "90", "")), ""); /* one has none */
    assert_string_equal(broken("{\"total\":100,\"parts\":[{\"amount\":99}]}"),
                        "total: 金额之和应为总额; ");
    assert_string_equal(broken("{\"total\":100,\"parts\":[{\"amount\":99},{\"amount\":1}]}"), "");
    assert_string_equal(broken("{\"parts\":[{\"amount\":99}]}"), "");
    /* exact where a double is not */
    assert_string_equal(broken("{\"total\":9007199254740991,\"parts\":[{\"amount\":"
                               "9007199254740990},{\"amount\":2},{\"amount\":-1}]}"),
                        "");
    assert_string_equal(broken("{\"total\":9007199254740991,\"parts\":[{\"amount\":"
                               "9007199254740990},{\"amount\":2}]}"),
                        "total: 金额之和应为总额; ");
}

/* ---- secrets in groups ---- */

static const char parts_json[] = "{\"title\":\"甲\",\"parts\":[{\"name\":\"a\",\"note\":\"n\","
                                 "\"inside\":3},{\"note\":\"only\"},{\"inside\":4}]}";

static const char *face_of(enum secrecy secrecy, bool partner)
{
    static char out[300];
    struct rec r = plan(parts_json), face;
    bool visible = true;
    struct buf b;
    buf_init(&b, 1 << 16);
    r.secrecy = secrecy;
    if (partner)
        OK(rec_partner(&face, &r, &arena, &err));
    else
        OK(rec_public(&face, &visible, &r, &arena, &err));
    assert_true(visible);
    OK(rec_print(&b, &face, &err));
    snprintf(out, sizeof out, "%s", b.p);
    buf_free(&b);
    return out;
}

static void secrets_in_groups_are_left_out(void **unused)
{
    (void)unused;
    assert_string_equal(face_of(SECRECY_OPEN, false),
                        "{\"title\":\"甲\",\"parts\":[{\"name\":\"a\",\"note\":\"n\"},"
                        "{\"note\":\"only\"}]}");
    assert_string_equal(face_of(SECRECY_MASKED, false),
                        "{\"title\":\"甲\",\"parts\":[{\"name\":\"a\"}]}");
    assert_string_equal(face_of(SECRECY_MASKED, true),
                        "{\"title\":\"甲\",\"parts\":[{\"name\":\"a\",\"note\":\"n\"},"
                        "{\"note\":\"only\"}]}");
}

/* ---- declarations ---- */

static void refused(const char *fields, const char *key, const char *detail)
{
    static const char table[] = "table: t\nlabel: T\ncodes: {a: {zh: 甲}, b: {zh: 乙}}\n";
    struct kinds *k;
    struct node *n[2];
    struct buf b;
    struct err e = {0};
    struct arena a = {0};
    buf_init(&b, 1 << 16);
    OK(buf_printf(&b, &e,
                  "kind: k\nlabel: K\nfields:\n  title: {type: text, label: T}\n"
                  "  day: {type: date, label: D}\n  up: {type: ref, of: k, label: U}\n%s",
                  fields));
    OK(kinds_open(&k, &e));
    OK(yaml_parse(&n[0], str_of(table), "t", &a, &e));
    OK(yaml_parse(&n[1], buf_view(&b), "k", &a, &e));
    OK(kinds_add(k, n[0], "t", &e));
    OK(kinds_add(k, n[1], "k", &e));
    assert_int_equal(kinds_finish(k, &e), key ? RC_USER : RC_OK);
    if (key) {
        assert_string_equal(e.key, key);
        assert_string_equal(e.detail, detail);
    }
    kinds_close(k);
    buf_free(&b);
    arena_free(&a);
}

static void wrong_declarations_are_refused(void **unused)
{
    (void)unused;
#define LIGHT "  l: {type: code, table: t, label: L, cases: "
    refused(LIGHT "{a: day < today, b: id > 0}}\n", NULL, NULL);
    refused(LIGHT "{c: day < today}}\n", "kind.case", "c");
    refused(LIGHT "{a: dya < today}}\n", "kind.filter", "dya");
    refused(LIGHT "{a: up.day < today}}\n", "kind.case_far", "a");
    refused(LIGHT "{a: day < .up.day}}\n", "kind.case_far", "a");
    refused(LIGHT "{a: l = b}}\n", "kind.case_far", "a");
    refused(LIGHT "{a: 'day in (today, 2026-01-01)'}}\n", "kind.filter", "today\tD");
    refused(LIGHT "[a]}\n", "kind.shape", "cases");
    refused("  l: {type: text, label: L, cases: {a: id > 0}}\n", "kind.key", "cases");
    refused("  l: {type: text, label: L, thread: true}\n", "kind.key", "thread");
#define RULE "rules:\n  - "
    refused(RULE "{holds: up.day < .day, field: day, zh: x}\n", NULL, NULL);
    refused(RULE "{holds: day < today, field: dya, zh: x}\n", "kind.field", "dya");
    refused(RULE "{holds: day < today, zh: x}\n", "kind.missing", "field");
    refused(RULE "{holds: day < today, field: day}\n", "kind.no_label", "day");
    refused(RULE "{field: day, zh: x}\n", "kind.missing", "holds, sum");
    refused(RULE "{holds: dya = 1, field: day, zh: x}\n", "kind.filter", "dya");
    refused(RULE "{sum: day.x, of: 1, field: day, zh: x}\n", "kind.sum", "day.x");
    refused("rules: {a: b}\n", "kind.shape", "rules");
    refused("states:\n  a: {label: A, to: {go: b}}\n  b: {label: B}\n"
            "actions:\n  go: {label: G, other: come}\n",
            "kind.action", "come");
}

static int down(void **state)
{
    (void)state;
    arena_free(&arena);
    help_free();
    return 0;
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(the_first_case_that_holds_gives_the_code),
        cmocka_unit_test(computed_codes_are_never_stored_or_typed),
        cmocka_unit_test(rules_are_checked),
        cmocka_unit_test(sums_are_checked),
        cmocka_unit_test(secrets_in_groups_are_left_out),
        cmocka_unit_test(wrong_declarations_are_refused),
    };
    return cmocka_run_group_tests(all, NULL, down);
}
