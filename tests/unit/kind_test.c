/* Kinds and code tables: what declarations become, and what is refused, where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "record_help.h"

#include <limits.h>
#include <math.h>

static const struct kind *kind(const char *name)
{
    const struct kind *k = kind_find(help_kinds(), str_of(name));
    assert_non_null(k);
    return k;
}

static const struct field_def *field(const char *k, const char *name)
{
    uint32_t at = field_find(kind(k), str_of(name));
    assert_int_not_equal(at, NO_FIELD);
    return &kind(k)->field[at];
}

static void is(struct str s, const char *expected)
{
    if (!str_eq(s, str_of(expected)))
        fail_msg("'%.*s' is not '%s'", (int)s.n, s.p, expected);
}

static void kinds_are_in_order(void **unused)
{
    (void)unused;
    const struct kinds *k = help_kinds();
    assert_int_equal(kinds_count(k), 5);
    static const char *const names[] = {"person", "need", "org", "note", "plan"};
    for (uint32_t i = 0; i < 5; i++) {
        is(kinds_at(k, i)->name, names[i]);
        assert_int_equal(kinds_at(k, i)->index, i);
    }
    assert_int_equal(kind("note")->order, INT_MAX);
    assert_null(kind_find(k, STR("nothing")));
    assert_null(kind_find(k, STR("")));
    assert_int_equal(codes_count(k), 4);
    is(codes_at(k, 0)->name, "industry");
    assert_null(codes_find(k, STR("x")));
}

static void a_kind_has_what_is_declared(void **unused)
{
    (void)unused;
    const struct kind *k = kind("need");
    assert_true(k->owned && k->secrecy && !k->is_self);
    assert_true(kind("org")->is_self && kind("org")->owned);
    assert_false(kind("note")->owned);
    assert_int_equal(k->side, MATCH_NEED);
    assert_int_equal(kind("org")->side, MATCH_NONE);
    assert_int_equal(k->n_match_text, 3);
    is(k->field[k->match_text[1]].name, "targets");
    is(k->field[k->title].name, "title");
    is(kind("org")->field[kind("org")->title].name, "name");
    assert_int_equal(k->read, (1 << ROLE__COUNT) - 1);
    assert_int_equal(k->create, 1 << ROLE_EDITOR | 1 << ROLE_BROKER);
    assert_int_equal(kind("org")->create, 1 << ROLE_BROKER);
    assert_int_equal(kind("person")->create, 0);
    assert_int_equal(kind("note")->read, 1 << ROLE_BROKER);
    is(label_text(&k->label, true), "技术需求");
    is(label_text(&k->label, false), "Need");
    is(label_text(&kind("note")->label, false), "便笺");
    const struct label zh = {STR("甲"), STR("")}, en = {STR(""), STR("A")};
    is(label_text(&zh, false), "甲");
    is(label_text(&en, true), "A");
}

static void fields_have_what_is_declared(void **unused)
{
    (void)unused;
    const struct field_def *f = field("need", "title");
    assert_int_equal(f->type, TYPE_TEXT);
    assert_true(f->required && f->search_title && !f->search_body && !f->list && !f->unique);
    assert_int_equal(f->secret, SECRET_MASKED);
    assert_true(f->min == 2 && f->max == 20);
    assert_true(field("org", "name")->unique);
    assert_true(field("need", "score")->computed);
    assert_true(field("need", "budget")->max == 1000000 * 100.0);
    assert_int_equal(field("need", "budget")->secret, SECRET_PRIVATE);
    assert_true(field("need", "deadline")->min == (double)days_of(2020, 1, 1));
    assert_true(isnan(field("need", "deadline")->max));
    assert_true(field("note", "title")->max == 1000);
    assert_true(field("note", "text")->max == 100000);
    assert_ptr_equal(field("need", "industry")->codes, codes_find(help_kinds(), STR("industry")));
    assert_ptr_equal(field("need", "people")->of_kind, kind("person"));
    assert_null(field("need", "about")->of_kind);
    f = field("need", "targets");
    assert_int_equal(f->n_sub, 6);
    is(f->sub[1].name, "op");
    assert_true(f->sub[0].required);
    assert_int_equal(field_find(kind("need"), STR("nothing")), NO_FIELD);
    for (uint32_t i = 0; i < kind("need")->n_fields; i++)
        assert_int_equal(field_find(kind("need"), kind("need")->field[i].name), i);
}

static void states_lead_by_steps(void **unused)
{
    (void)unused;
    const struct kind *k = kind("need");
    uint32_t review = state_find(k, STR("review")), open = state_find(k, STR("open"));
    assert_int_equal(state_find(k, STR("draft")), 0);
    assert_int_equal(state_find(k, STR("gone")), UINT32_MAX);
    const struct step *s = step_find(k, 0, STR("submit"));
    assert_int_equal(s->to, review);
    is(s->action->label.zh, "提交"); /* of the common table */
    assert_int_equal(s->action->by, 0);
    s = step_find(k, review, STR("publish"));
    assert_int_equal(s->to, open);
    assert_int_equal(s->action->by, 1 << ROLE_BROKER); /* of the state */
    assert_int_equal(s->action->n_require, 2);
    s = step_find(k, review, STR("return"));
    assert_int_equal(s->action->by, 1 << ROLE_BROKER | 1 << ROLE_ADMIN); /* its own */
    assert_true(s->action->comment);
    assert_ptr_equal(s->action->reason, codes_find(help_kinds(), STR("refusal")));
    is(s->action->label.zh, "退回补充");
    s = step_find(k, state_find(k, STR("expired")), STR("renew"));
    is(s->action->label.en, "Renew");
    assert_true(s->action->comment);
    assert_null(step_find(k, open, STR("submit")));
    assert_null(step_find(k, NO_FIELD, STR("submit")));
    assert_true(k->state[open].is_public && !k->state[review].is_public);
    assert_int_equal(k->state[open].expires, 180);
    assert_true(k->state[state_find(k, STR("closed"))].locked);
    is(k->state[review].tone, "warn");
    is(k->state[0].tone, "neutral");
    assert_int_equal(kind("org")->n_states, 0);
}

static void extensions_add(void **unused)
{
    (void)unused;
    const struct kind *k = kind("need");
    assert_int_equal(field("need", "grade")->type, TYPE_INT);
    is(k->list[k->n_list - 1], "grade");
    assert_int_equal(k->n_list, 6);
    is(k->filters[2], "owner.region");
    is(k->filters[k->n_filters - 1], "grade");
    assert_int_equal(step_find(k, 0, STR("drop"))->to, state_find(k, STR("dropped")));
    assert_non_null(step_find(k, 0, STR("submit")));
    /* every field stands in one section, what is left in the last */
    uint32_t seen = 0;
    for (uint32_t i = 0; i < k->n_sections; i++)
        seen += k->section[i].n;
    assert_int_equal(seen, k->n_fields);
    assert_int_equal(k->n_sections, 2);
    assert_int_equal(k->section[0].n, 2);
    assert_int_equal(kind("org")->n_sections, 1);
    assert_int_equal(kind("org")->section[0].n, kind("org")->n_fields);
}

static void codes_stand_in_tree_order(void **unused)
{
    (void)unused;
    const struct codes *c = codes_find(help_kinds(), STR("industry"));
    static const struct {
        const char *code;
        int under;
        uint32_t end;
    } tree[] = {{"C", -1, 5}, {"C39", 0, 2}, {"C32", 0, 4}, {"C321", 2, 4},
                {"C3", 0, 5}, {"D", -1, 6},  {"E", -1, 8},  {"E1", 6, 8}};
    assert_int_equal(c->n, ARRAY_LEN(tree));
    for (uint32_t i = 0; i < c->n; i++) {
        is(c->code[i].code, tree[i].code);
        assert_int_equal(c->code[i].under, tree[i].under);
        assert_int_equal(c->code[i].end, tree[i].end);
        assert_ptr_equal(code_find(c, c->code[i].code), &c->code[i]);
    }
    is(code_find(c, STR("D"))->hint.zh, "含燃气");
    assert_null(code_find(c, STR("c")));
    assert_null(code_find(c, STR("")));
    assert_true(code_under(c, STR("C321"), STR("C")));
    assert_true(code_under(c, STR("C321"), STR("C32")));
    assert_true(code_under(c, STR("C"), STR("C")));
    assert_false(code_under(c, STR("C"), STR("C32")));
    assert_false(code_under(c, STR("C39"), STR("C32")));
    assert_false(code_under(c, STR("D"), STR("C")));
    assert_false(code_under(c, STR("X"), STR("C")));
    assert_false(code_under(c, STR("C"), STR("X")));
}

static void codes_are_found_by_label(void **unused)
{
    (void)unused;
    const struct codes *c = codes_find(help_kinds(), STR("industry"));
    uint32_t n = 0;
    is(code_by_label(c, STR("制造业"), &n)->code, "C");
    assert_int_equal(n, 1);
    is(code_by_label(c, STR("ＮＯＮ-ferrous  METALS"), &n)->code, "C32");
    is(code_by_label(c, STR("其他"), &n)->code, "C3");
    assert_int_equal(n, 2);
    is(code_by_label(c, STR("other"), &n)->code, "E1");
    assert_int_equal(n, 1);
    assert_null(code_by_label(c, STR("没有"), &n));
    assert_int_equal(n, 0);
    assert_null(code_by_label(c, STR(""), &n));
    char *wide = malloc(5000);
    memset(wide, 'x', 5000);
    assert_null(code_by_label(c, (struct str){wide, 5000}, &n));
    free(wide);
}

/* Read these declarations alone; the error. */
static struct err read_all(const char *const *files, size_t n)
{
    struct arena a = {0};
    struct kinds *k;
    struct err e = {0};
    assert_int_equal(kinds_open(&k, &e), RC_OK);
    enum rc rc = RC_OK;
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        struct node *file;
        if (yaml_parse(&file, str_of(files[i]), "f.yaml", &a, &e) != RC_OK)
            fail_msg("yaml: %s", e.detail);
        rc = kinds_add(k, file, "f.yaml", &e);
    }
    if (rc == RC_OK)
        rc = kinds_finish(k, &e);
    assert_int_equal(rc == RC_OK ? 0 : e.rc, rc);
    kinds_close(k);
    arena_free(&a);
    return e;
}

static void refuses(const char *yaml, const char *key, const char *detail, uint32_t row)
{
    struct err e = read_all(&yaml, 1);
    if (strcmp(e.key, key) != 0 || strcmp(e.detail, detail) != 0 || e.row != row)
        fail_msg("%s\n%s '%s' in line %u, not %s '%s' in line %u", yaml, e.key, e.detail, e.row,
                 key, detail, row);
    assert_string_equal(e.file, "f.yaml");
}

#define HEAD  "kind: k\nlabel: K\n"
#define TITLE "fields:\n  title: {type: text, label: T}\n"

static void mistakes_of_a_kind_are_named(void **unused)
{
    (void)unused;
    refuses("a: b\n", "kind.file", "kind, extend, table, formula", 1);
    refuses("[a]\n", "kind.file", "kind, extend, table, formula", 1);
    refuses("kind: K1\nlabel: x\n", "kind.name", "K1", 1);
    refuses("kind: [a]\n", "kind.shape", "kind", 1);
    refuses(HEAD, "kind.missing", "fields", 1);
    refuses("kind: k\n" TITLE, "kind.no_label", "k", 1);
    refuses(HEAD TITLE "colour: red\n", "kind.key", "colour", 5);
    refuses(HEAD TITLE "order: much\n", "model.number", "order", 5);
    refuses(HEAD TITLE "order: 1.5\n", "kind.value", "order", 5);
    refuses(HEAD TITLE "order: 1e30\n", "kind.value", "order", 5);
    refuses(HEAD TITLE "owner: me\n", "kind.value", "owner", 5);
    refuses(HEAD TITLE "secrecy: maybe\n", "kind.value", "secrecy", 5);
    refuses(HEAD TITLE "title: name\n", "kind.no_title", "name", 5);
    refuses(HEAD "fields:\n  x: {type: text, label: X}\n", "kind.no_title", "k", 1);
    refuses(HEAD "fields:\n  title: {type: int, label: X}\n", "kind.no_title", "k", 1);
    refuses(HEAD TITLE "access: {read: king}\n", "kind.role", "king", 5);
    refuses(HEAD TITLE "access: {see: broker}\n", "kind.key", "see", 5);
    refuses(HEAD TITLE "match: {side: both}\n", "kind.value", "side", 5);
    refuses(HEAD TITLE "match: {side: need, text: [nothing]}\n", "kind.field", "nothing", 5);
    refuses(HEAD TITLE "match: {side: need, title: x}\n", "kind.value", "title", 5);
    refuses(HEAD TITLE "list: [title, nothing]\n", "kind.field", "nothing", 5);
    refuses(HEAD TITLE "list: [title, title]\n", "kind.twice", "title", 5);
    refuses(HEAD TITLE "list: [state]\n", "kind.field", "state", 5); /* it has none */
    refuses(HEAD TITLE "filters: [title.x]\n", "kind.field", "title.x", 5);
    refuses(HEAD TITLE "sections: [{label: S, fields: [title, title]}]\n", "kind.twice", "title",
            5);
    refuses(HEAD TITLE "sections: [{label: S, fields: [title]}, {label: R, fields: [title]}]\n",
            "kind.twice", "title", 5);
    static const char *const two[] = {HEAD TITLE, HEAD TITLE};
    assert_string_equal(read_all(two, 2).key, "kind.twice");
    static const char *const none[] = {HEAD TITLE, "extend: other\n"};
    assert_string_equal(read_all(none, 2).key, "kind.of");
    static const char *const again[] = {HEAD TITLE, "extend: k\n" TITLE};
    assert_string_equal(read_all(again, 2).key, "kind.twice");
    static const char *const relabel[] = {HEAD TITLE, "extend: k\nlabel: L\n"};
    assert_string_equal(read_all(relabel, 2).key, "kind.key");
}

#define FIELD(text) HEAD TITLE "  x: " text "\n"

static void mistakes_of_a_field_are_named(void **unused)
{
    (void)unused;
    refuses(FIELD("{type: words, label: X}"), "kind.type", "words", 5);
    refuses(FIELD("{label: X}"), "kind.missing", "type", 5);
    refuses(FIELD("{type: text}"), "kind.no_label", "x", 5);
    refuses(FIELD("text"), "kind.shape", "x", 5);
    refuses(FIELD("{type: text, label: X, size: 3}"), "kind.key", "size", 5);
    refuses(FIELD("{type: code, label: X}"), "kind.missing", "table", 5);
    refuses(FIELD("{type: code, table: y, label: X}"), "kind.table", "y", 5);
    refuses(FIELD("{type: text, table: y, label: X}"), "kind.key", "table", 5);
    refuses(FIELD("{type: ref, of: y, label: X}"), "kind.of", "y", 5);
    refuses(FIELD("{type: int, of: k, label: X}"), "kind.key", "of", 5);
    refuses(FIELD("{type: int, secret: masked, label: X}"), "kind.mask", "x", 5);
    refuses(FIELD("{type: int, secret: very, label: X}"), "kind.value", "secret", 5);
    refuses(FIELD("{type: int, search: all, label: X}"), "kind.value", "search", 5);
    refuses(FIELD("{type: int, required: 1, label: X}"), "kind.value", "required", 5);
    refuses(FIELD("{type: int, min: 5, max: 3, label: X}"), "kind.value", "min", 5);
    refuses(FIELD("{type: int, max: 1e300, label: X}"), "kind.value", "max", 5);
    refuses(FIELD("{type: date, min: 2026-02-30, label: X}"), "kind.value", "min", 5);
    refuses(FIELD("{type: bool, min: 1, label: X}"), "kind.key", "min", 5);
    refuses(FIELD("{type: int, unique: true, list: true, label: X}"), "kind.unique", "x", 5);
    refuses(FIELD("{type: long, list: true, label: X}"), "kind.list", "x", 5);
    refuses(FIELD("{type: group, label: X}"), "kind.missing", "fields", 5);
    refuses(FIELD("{type: text, label: X, fields: {a: {type: int, label: A}}}"), "kind.key",
            "fields", 5);
    refuses(FIELD("{type: group, label: X, fields: {a: {type: long, label: A}}}"), "kind.sub", "a",
            5);
    refuses(FIELD("{type: group, label: X, fields: {a: {type: int, label: A, list: true}}}"),
            "kind.key", "list", 5);
    refuses(HEAD TITLE "  X: {type: int, label: X}\n", "kind.name", "X", 5);
    refuses(HEAD TITLE "  owner: {type: int, label: X}\n", "kind.reserved", "owner", 5);
    refuses(HEAD TITLE "  masked: {type: int, label: X}\n", "kind.reserved", "masked", 5);
    refuses(HEAD TITLE "  and: {type: int, label: X}\n", "kind.reserved", "and", 5);
    refuses(HEAD "fields: [a]\n", "kind.shape", "fields", 3);
}

#define FLOW(text) HEAD TITLE "states:\n" text

static void mistakes_of_states_are_named(void **unused)
{
    (void)unused;
    refuses(FLOW("  a: {label: A, to: {go: a}}\n"), "kind.no_label", "go", 6);
    refuses(FLOW("  a: {label: A, to: {go: b}}\nactions: {go: {label: G}}\n"), "kind.state", "b",
            6);
    refuses(FLOW("  a: {label: A}\n  b: {label: B}\n"), "kind.unreachable", "b", 7);
    refuses(FLOW("  a: {label: A}\nactions: {go: {label: G}}\n"), "kind.action", "go", 7);
    refuses(FLOW("  a: {label: A}\nactions: {go: {}}\n"), "kind.no_label", "go", 7);
    refuses(FLOW("  a: {label: A, expires: 3d}\n"), "kind.no_expire", "a", 6);
    refuses(FLOW("  a: {label: A, expires: soon}\n"), "kind.value", "expires", 6);
    refuses(FLOW("  a: {label: A, expires: d}\n"), "kind.value", "expires", 6);
    refuses(FLOW("  a: {label: A, expires: 99999999999999999999d}\n"), "kind.value", "expires", 6);
    refuses(FLOW("  a: {label: A, tone: loud}\n"), "kind.value", "tone", 6);
    refuses(FLOW("  a: {label: A, size: 1}\n"), "kind.key", "size", 6);
    refuses(FLOW("  a: {}\n"), "kind.no_label", "a", 6);
    refuses(FLOW("  a: {label: A, to: [b]}\n"), "kind.shape", "to", 6);
    refuses(FLOW("  a: {label: A, to: {go: [b]}}\n"), "kind.shape", "go", 6);
    refuses(FLOW("  a: {label: A, to: {go: {to: a, label: G, by: king}}}\n"), "kind.role", "king",
            6);
    refuses(FLOW("  a: {label: A, to: {go: a}}\nactions: {go: {label: G, require: [y]}}\n"),
            "kind.field", "y", 7);
    refuses(FLOW("  a: {label: A, to: {go: a}}\nactions: {go: {label: G, comment: 1}}\n"),
            "kind.value", "comment", 7);
    refuses(FLOW("  a: {label: A, to: {go: a}}\nactions: {go: {label: G, reason: y}}\n"),
            "kind.table", "y", 7);
    static const char *const twice[] = {
        FLOW("  a: {label: A, to: {go: a}}\nactions: {go: {label: G}}\n"),
        "extend: k\nstates: {a: {to: {go: a}}}\n"};
    assert_string_equal(read_all(twice, 2).key, "kind.twice");
    static const char *const changed[] = {FLOW("  a: {label: A}\n"),
                                          "extend: k\nstates: {a: {label: B}}\n"};
    assert_string_equal(read_all(changed, 2).key, "kind.key");
}

static void mistakes_of_codes_are_named(void **unused)
{
    (void)unused;
    refuses("table: t\nlabel: T\n", "kind.missing", "codes", 1);
    refuses("table: t\nlabel: T\ncodes: {}\n", "kind.missing", "codes", 3);
    refuses("table: T\nlabel: T\ncodes: {a: {zh: A}}\n", "kind.name", "T", 1);
    refuses("table: t\ncodes: {a: {zh: A}}\n", "kind.no_label", "t", 1);
    refuses("table: t\nlabel: T\ncodes:\n  a: {zh: A, under: b}\n", "kind.under", "b", 4);
    refuses("table: t\nlabel: T\ncodes:\n  a: {zh: A, under: a}\n", "kind.under", "a", 4);
    refuses("table: t\nlabel: T\ncodes:\n  c: {zh: C}\n  a: {zh: A, under: b}\n"
            "  b: {zh: B, under: a}\n",
            "kind.circle", "under", 4);
    refuses("table: t\nlabel: T\ncodes:\n  a: {hint: A}\n", "kind.no_label", "a", 4);
    refuses("table: t\nlabel: T\ncodes:\n  a: {de: A}\n", "kind.key", "de", 4);
    refuses("table: t\nlabel: T\ncodes:\n  a: A\n", "kind.shape", "a", 4);
    static const char *const twice[] = {"table: t\nlabel: T\ncodes: {a: {zh: A}}\n",
                                        "table: t\nlabel: T\ncodes: {a: {zh: A}}\n"};
    assert_string_equal(read_all(twice, 2).key, "kind.twice");
}

/* A deep tree is put in order without a stack. */
static void codes_may_be_deep(void **unused)
{
    (void)unused;
    enum { N = 3000 };
    struct buf b;
    struct err e = {0};
    buf_init(&b, 1 << 22);
    assert_int_equal(buf_str(&b, STR("table: t\nlabel: T\ncodes:\n  c0: {zh: x}\n"), &e), RC_OK);
    for (int i = 1; i < N; i++)
        assert_int_equal(buf_printf(&b, &e, "  c%d: {zh: x, under: c%d}\n", i, i - 1), RC_OK);
    struct arena a = {0};
    struct kinds *k;
    struct node *file;
    assert_int_equal(kinds_open(&k, &e), RC_OK);
    assert_int_equal(yaml_parse(&file, buf_view(&b), "f", &a, &e), RC_OK);
    assert_int_equal(kinds_add(k, file, "f", &e), RC_OK);
    assert_int_equal(kinds_finish(k, &e), RC_OK);
    const struct codes *c = codes_find(k, STR("t"));
    assert_int_equal(c->code[0].end, N);
    assert_true(code_under(c, STR("c2999"), STR("c0")));
    uint32_t n;
    assert_ptr_equal(code_by_label(c, STR("x"), &n), &c->code[0]);
    assert_int_equal(n, N);
    kinds_close(k);
    arena_free(&a);
    buf_free(&b);
}

static void names_of_roles_and_types(void **unused)
{
    (void)unused;
    for (int r = 0; r < ROLE__COUNT; r++)
        assert_int_equal(role_find(str_of(role_name((enum role)r))), r);
    assert_int_equal(role_find(STR("king")), ROLE__COUNT);
    assert_string_equal(type_name(TYPE_GROUP), "group");
    for (int t = 0; t < TYPE__COUNT; t++)
        assert_true(type_name((enum type)t)[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_are_in_order),
        cmocka_unit_test(a_kind_has_what_is_declared),
        cmocka_unit_test(fields_have_what_is_declared),
        cmocka_unit_test(states_lead_by_steps),
        cmocka_unit_test(extensions_add),
        cmocka_unit_test(codes_stand_in_tree_order),
        cmocka_unit_test(codes_are_found_by_label),
        cmocka_unit_test(mistakes_of_a_kind_are_named),
        cmocka_unit_test(mistakes_of_a_field_are_named),
        cmocka_unit_test(mistakes_of_states_are_named),
        cmocka_unit_test(mistakes_of_codes_are_named),
        cmocka_unit_test(codes_may_be_deep),
        cmocka_unit_test(names_of_roles_and_types),
    };
    int failed = cmocka_run_group_tests_name("kind", tests, NULL, NULL);
    help_free();
    return failed;
}
