/* Approval chains: what declarations become, what is refused and where, and what follows from the
 * signatures of a round. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "chain_help.h"

static struct arena arena;
static struct err err;
#define OK(step)                                                                                   \
    do {                                                                                           \
        if ((step) != RC_OK)                                                                       \
            fail_msg("%s: %s '%s' line %u", #step, err.key, err.detail, err.row);                  \
    } while (0)

static enum rc add(struct chains *c, const char *yaml)
{
    struct node *n;
    TRY(yaml_parse(&n, str_of(yaml), "f.yaml", &arena, &err));
    return chains_add(c, chain_kinds(), n, "f.yaml", &err);
}

#define HEAD             "chain: one\nkind: deed\naction: submit\nlabel: {zh: 甲, en: A}\n"
#define STEPS            "steps:\n"
#define STEP(name, more) "  " name ": {label: {zh: 乙, en: B}, " more "}\n"
#define ONE              "signers: [{role: broker}]"

/* ---- reading ---- */

static void a_chain_has_what_is_declared(void **unused)
{
    (void)unused;
    struct chains *all;
    OK(chains_open(&all, &err));
    OK(add(all,
           HEAD "order: 20\nwhen: amount >= 1000000\n" STEPS STEP(
               "first", "mode: any, signers: [{role: [member, editor]}, {role: broker}]")
               STEP("second", "mode: joint, signers: [{role: editor, of: parties.org, optional: "
                              "true}, {login: boss}]")
                   STEP("third", "signers: [{field: leader}], back: [first]")));
    const struct chain *c = chain_find(all, STR("one"));
    assert_non_null(c);
    assert_true(c->kind == kind_find(chain_kinds(), STR("deed")) && c->n_steps == 3 && c->when);
    assert_true(str_eq(c->approve, STR("approve")) && str_eq(c->withdraw, STR("withdraw")));
    assert_int_equal(c->step[0].mode, CHAIN_ANY);
    assert_int_equal(c->step[0].n_signers, 2);
    assert_int_equal(c->step[0].signer[0].by, 1 << ROLE_MEMBER | 1 << ROLE_EDITOR);
    assert_int_equal(c->step[0].signer[0].of.n, 1); /* of the owner */
    assert_int_equal(c->step[0].signer[1].of.n, 0);
    assert_true(c->step[1].signer[0].optional && c->step[1].signer[0].of.n == 1);
    assert_true(str_eq(c->step[1].signer[1].login, STR("boss")));
    assert_int_equal(c->step[2].mode, CHAIN_ONE);
    assert_int_equal(c->step[2].signer[0].who.n, 1);
    assert_int_equal(c->step[2].next, CHAIN_END);
    assert_true(chain_may_return(c, 1, 0) && !chain_may_return(c, 1, 1));
    assert_true(chain_may_return(c, 2, 0) && !chain_may_return(c, 2, 1)); /* named: the first */
    assert_false(chain_may_return(c, 0, CHAIN_END));
    assert_true(chains_of_kind(all, c->kind));
    assert_false(chains_of_kind(all, kind_find(chain_kinds(), STR("org"))));
    chains_close(all);
}

/* By order, then name; one of a name that is there takes its place; `off` takes it away. */
static void chains_are_ordered_replaced_and_taken_away(void **unused)
{
    (void)unused;
    struct chains *all;
    static const char *const heads[] = {"chain: b\norder: 2", "chain: a\norder: 2",
                                        "chain: c\norder: 1", "chain: b\norder: 0"};
    OK(chains_open(&all, &err));
    for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
        char text[400];
        snprintf(text, sizeof text,
                 "%s\nkind: deed\naction: submit\nlabel: 甲\n" STEPS STEP("x", ONE), heads[i]);
        struct str kept = arena_str(&arena, str_of(text));
        OK(add(all, kept.p));
    }
    assert_int_equal(chains_count(all), 3);
    assert_true(str_eq(chains_at(all, 0)->name, STR("b")));
    assert_true(str_eq(chains_at(all, 1)->name, STR("c")));
    assert_true(str_eq(chains_at(all, 2)->name, STR("a")));
    OK(add(all, "chain: c\noff: true\n"));
    OK(add(all, "chain: never\noff: true\n"));
    assert_int_equal(chains_count(all), 2);
    assert_null(chain_find(all, STR("c")));
    chains_close(all);
}

static void steps_follow_next(void **unused)
{
    (void)unused;
    struct chains *all;
    OK(chains_open(&all, &err));
    OK(add(all, HEAD STEPS STEP("a", "next: c, " ONE) STEP("b", "next: end, " ONE)
                    STEP("c", "next: b, " ONE)));
    const struct chain *c = chain_find(all, STR("one"));
    assert_int_equal(c->step[0].next, 2);
    assert_int_equal(c->step[2].next, 1);
    assert_int_equal(c->step[1].next, CHAIN_END);
    assert_int_equal(c->step[1].place, 2);
    assert_true(chain_may_return(c, 1, 2) && !chain_may_return(c, 2, 1));
    chains_close(all);
}

/* What is kept of a chain makes the same chain, whatever its file looked like; when it begins is no
 * part of it. */
static void its_text_makes_it_again(void **unused)
{
    static const char *const files[] = {
        HEAD "order: 20\nwhen: amount >= 1000000\n" STEPS STEP(
            "first", "mode: any, signers: [{role: [member, editor]}, {role: broker}]")
            STEP("last", "signers: [{field: leader}], back: [first]"),
        "chain: \"one\" # another day\nkind: deed\naction: submit\nlabel: {zh: 甲, en: A}\n\n"
        "steps: {first: {label: {zh: 乙, en: B}, mode: any,\n  signers: [{role: [member, editor]}, "
        "{role: 'broker'}]},\n  last: {label: {zh: 乙, en: B}, signers: [{field: leader}], "
        "back: [first]}}\n"};
    struct chains *all;
    struct chain *again;
    struct str text = STR("");
    (void)unused;
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        OK(chains_open(&all, &err));
        OK(add(all, files[i]));
        const struct chain *c = chain_find(all, STR("one"));
        assert_true(c->text.n && (!i || str_eq(c->text, text)));
        text = arena_str(&arena, c->text);
        chains_close(all);
    }
    OK(chain_read(&again, chain_kinds(), text, &arena, &err));
    assert_true(str_eq(again->text, text) && !again->when && again->n_steps == 2);
    assert_int_equal(again->step[0].signer[0].by, 1 << ROLE_MEMBER | 1 << ROLE_EDITOR);
    assert_true(chain_may_return(again, 1, 0));
    assert_int_equal(
        chain_read(&again, chain_kinds(), STR("chain: one\noff: true\n"), &arena, &err), RC_USER);
    assert_null(again);
}

/* ---- refusals ---- */

static const struct {
    const char *yaml, *key;
    unsigned line;
} refused[] = {
    {"kind: deed\n", "kind.missing", 1},
    {HEAD, "kind.missing", 1},
    {HEAD "more: 1\n" STEPS STEP("x", ONE), "kind.key", 5},
    {"chain: One\nkind: deed\naction: submit\nlabel: 甲\n" STEPS STEP("x", ONE), "kind.name", 1},
    {"chain: one\noff: true\nkind: deed\n", "kind.key", 3},
    {"chain: one\nkind: gone\naction: submit\nlabel: 甲\n" STEPS STEP("x", ONE), "kind.of", 2},
    {"chain: one\nkind: deed\naction: gone\nlabel: 甲\n" STEPS STEP("x", ONE), "chain.action", 3},
    {"chain: one\nkind: deed\naction: drop\nlabel: 甲\n" STEPS STEP("x", ONE), "chain.outcome", 1},
    {HEAD "approve: gone\n" STEPS STEP("x", ONE), "chain.outcome", 5},
    {"chain: one\nkind: deed\naction: submit\n" STEPS STEP("x", ONE), "kind.no_label", 1},
    {HEAD "when: amount >= lots\n" STEPS STEP("x", ONE), "kind.filter", 5},
    {HEAD "when: gone = 1\n" STEPS STEP("x", ONE), "kind.filter", 5},
    {HEAD "order: first\n" STEPS STEP("x", ONE), "model.number", 5},
    {HEAD "steps: [x]\n", "kind.shape", 5},
    {HEAD "steps: {}\n", "kind.missing", 5},
    {HEAD STEPS "  x: {" ONE "}\n", "kind.no_label", 6},
    {HEAD STEPS STEP("x", "mode: all, " ONE), "chain.mode", 6},
    {HEAD STEPS STEP("x", "mode: one"), "chain.nobody", 6},
    {HEAD STEPS STEP("x", "signers: []"), "chain.nobody", 6},
    {HEAD STEPS STEP("x", "signers: broker"), "kind.shape", 6},
    {HEAD STEPS STEP("x", "signers: [{}]"), "chain.signer", 6},
    {HEAD STEPS STEP("x", "signers: [{role: broker, login: a}]"), "chain.signer", 6},
    {HEAD STEPS STEP("x", "signers: [{login: a, of: owner}]"), "chain.signer", 6},
    {HEAD STEPS STEP("x", "signers: [{role: leader}]"), "kind.role", 6},
    {HEAD STEPS STEP("x", "signers: [{role: []}]"), "chain.signer", 6},
    {HEAD STEPS STEP("x", "signers: [{role: auditor}]"), "chain.role_cannot", 6},
    {HEAD STEPS STEP("x", "signers: [{role: admin}]"), "chain.role_cannot", 6},
    {HEAD STEPS STEP("x", "signers: [{role: visitor}]"), "chain.role_cannot", 6},
    {HEAD STEPS STEP("x", "signers: [{role: broker, of: owner}]"), "chain.broker_of", 6},
    {HEAD STEPS STEP("x", "signers: [{role: [broker, editor]}]"), "chain.broker_of", 6},
    {HEAD STEPS STEP("x", "signers: [{role: editor, of: gone}]"), "kind.field", 6},
    {HEAD STEPS STEP("x", "signers: [{role: editor, of: title}]"), "chain.no_org", 6},
    {HEAD STEPS STEP("x", "signers: [{role: editor, of: leader}]"), "chain.no_org", 6},
    {HEAD STEPS STEP("x", "signers: [{field: gone}]"), "kind.field", 6},
    {HEAD STEPS STEP("x", "signers: [{field: parties.org}]"), "chain.no_person", 6},
    {HEAD STEPS STEP("x", "signers: [{role: broker}, {login: a}]"), "chain.one", 6},
    {HEAD STEPS STEP("x", "signers: [{role: editor, each: true}]"), "chain.one", 6},
    {HEAD STEPS STEP("x", "signers: [{role: editor, of: parties.org}]"), "chain.one", 6},
    {HEAD STEPS STEP("x", "next: gone, " ONE), "chain.step", 6},
    {HEAD STEPS STEP("x", "next: x, " ONE), "chain.cycle", 6},
    {HEAD STEPS STEP("end", ONE), "kind.name", 6},
    {HEAD STEPS STEP("x", ONE) STEP("y", "next: x, " ONE), "chain.cycle", 6},
    {HEAD STEPS STEP("x", "next: z, " ONE) STEP("y", ONE) STEP("z", ONE), "chain.unreachable", 7},
    {HEAD STEPS STEP("x", "back: [gone], " ONE), "chain.step", 6},
    {HEAD STEPS STEP("x", "back: [y], " ONE) STEP("y", ONE), "chain.back", 6},
    {HEAD STEPS STEP("x", ONE) STEP("y", "back: y, " ONE), "chain.back", 7},
    {HEAD STEPS STEP("x", "back: {x: 1}, " ONE), "kind.shape", 6},
    {"chain: one\nkind: need\naction: submit\nlabel: 甲\n" STEPS STEP("x", ONE), "chain.outcome",
     1},
};

static void what_cannot_be_is_refused_at_its_line(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
        struct chains *all;
        err = (struct err){0};
        OK(chains_open(&all, &err));
        if (add(all, refused[i].yaml) == RC_OK)
            fail_msg("%zu is taken: %s", i, refused[i].yaml);
        if (strcmp(err.key, refused[i].key) != 0 || err.row != refused[i].line ||
            strcmp(err.file, "f.yaml") != 0)
            fail_msg("%zu: %s '%s' %s:%u, not %s:%u\n%s", i, err.key, err.detail, err.file, err.row,
                     refused[i].key, refused[i].line, refused[i].yaml);
        assert_int_equal(chains_count(all), 0);
        chains_close(all);
    }
}

/* ---- rounds ---- */

#define OPEN(...)                                                                                  \
    {                                                                                              \
        .round = 1, .after = -1, __VA_ARGS__                                                       \
    }
#define AGREED(...)                                                                                \
    {                                                                                              \
        .round = 1, .after = -1, .decision = DECISION_AGREED, __VA_ARGS__                          \
    }

static const struct signer editor = {11, 5, ROLE_EDITOR}, broker = {12, 0, ROLE_BROKER},
                           stranger = {13, 6, ROLE_EDITOR}, nobody = {0, 5, ROLE_EDITOR};

static void a_seat_is_of_an_account_or_a_role(void **unused)
{
    (void)unused;
    struct seat own = OPEN(.account = 11), role = OPEN(.by = 1 << ROLE_EDITOR, .org = 5),
                any = OPEN(.by = 1 << ROLE_BROKER), empty = OPEN(.org = 5);
    assert_true(seat_is_of(&own, &editor) && !seat_is_of(&own, &broker));
    assert_true(seat_is_of(&role, &editor) && !seat_is_of(&role, &stranger));
    assert_true(seat_is_of(&any, &broker) && !seat_is_of(&any, &editor));
    assert_false(seat_is_of(&role, &nobody));
    assert_false(seat_is_of(&empty, &editor));
}

static void one_signs_his_own_seat_before_one_of_his_role_and_once(void **unused)
{
    (void)unused;
    struct seat s[] = {OPEN(.by = 1 << ROLE_EDITOR, .org = 5), OPEN(.account = 11),
                       OPEN(.by = 1 << ROLE_BROKER), OPEN(.account = 11)};
    s[3].round = 2;
    assert_int_equal(seat_for(s, 3, 1, &editor), 1);
    assert_int_equal(seat_for(s, 3, 1, &broker), 2);
    assert_int_equal(seat_for(s, 3, 1, &stranger), -1);
    assert_int_equal(seat_for(s, 4, 2, &editor), 3);
    assert_int_equal(seat_for(s, 0, 1, &editor), -1);
    s[1].after = 2; /* who waits for another signs nothing else meanwhile */
    assert_int_equal(seat_for(s, 3, 1, &editor), -1);
    s[2].decision = DECISION_AGREED;
    assert_int_equal(seat_for(s, 3, 1, &editor), 1);
    s[1].decision = DECISION_AGREED;
    assert_int_equal(seat_for(s, 3, 1, &editor), -1); /* not twice */
    assert_true(seat_signed_by(s, 3, 1, 11) && !seat_signed_by(s, 4, 2, 11));
    s[1].decision = DECISION_MOOT; /* signed nothing */
    assert_false(seat_signed_by(s, 3, 1, 11));
}

static void a_round_is_done_as_its_mode_says(void **unused)
{
    (void)unused;
    struct seat s[] = {OPEN(.account = 11), OPEN(.account = 12)};
    assert_false(round_done(s, 2, 1, CHAIN_ANY) || round_done(s, 2, 1, CHAIN_JOINT));
    s[1].decision = DECISION_AGREED;
    assert_true(round_done(s, 2, 1, CHAIN_ANY) && round_done(s, 2, 1, CHAIN_ONE));
    assert_false(round_done(s, 2, 1, CHAIN_JOINT));
    s[0].decision = DECISION_AGREED;
    assert_true(round_done(s, 2, 1, CHAIN_JOINT));
    assert_false(round_done(s, 2, 2, CHAIN_JOINT) || round_done(s, 2, 2, CHAIN_ANY));
    assert_false(round_done(s, 0, 1, CHAIN_JOINT));
    s[0].decision = s[1].decision = DECISION_RETURNED;
    assert_false(round_done(s, 2, 1, CHAIN_ANY) || round_done(s, 2, 1, CHAIN_JOINT));
}

/* Who is added before decides nothing alone; who is added after has to sign too. */
static void added_seats_count_with_the_one_they_stand_beside(void **unused)
{
    (void)unused;
    struct seat s[] = {OPEN(.account = 11), OPEN(.account = 12),
                       AGREED(.added = true, .account = 13), OPEN(.added = true, .account = 14),
                       OPEN(.added = true, .account = 15)};
    s[3].after = 0;
    s[4].after = 3;
    s[0].after = 2;
    assert_false(round_done(s, 5, 1, CHAIN_ANY));
    s[0].decision = DECISION_AGREED;
    assert_false(round_done(s, 5, 1, CHAIN_ANY)); /* 14 and 15 are to follow */
    assert_true(seat_ready(s, 5, 3) && !seat_ready(s, 5, 4));
    s[3].decision = DECISION_AGREED;
    assert_false(round_done(s, 5, 1, CHAIN_ANY));
    s[4].decision = DECISION_AGREED;
    assert_true(round_done(s, 5, 1, CHAIN_ANY));
    assert_false(round_done(s, 5, 1, CHAIN_JOINT)); /* 12 */
    s[0].decision = s[3].decision = s[4].decision = DECISION_NONE;
    s[1].decision =
        DECISION_AGREED; /* the other one decides: what hangs on the first is not asked */
    assert_true(round_done(s, 5, 1, CHAIN_ANY));
}

/* Seats that wait for each other, or for one that is not there, end all the same. */
static void damaged_seats_end(void **unused)
{
    (void)unused;
    struct seat s[] = {AGREED(.account = 11), OPEN(.added = true, .account = 12),
                       OPEN(.added = true, .account = 13), OPEN(.account = 14)};
    s[1].after = 2;
    s[2].after = 1;
    s[3].after = 99;
    assert_true(round_done(s, 4, 1, CHAIN_ANY));
    assert_false(seat_ready(s, 4, 1) || seat_ready(s, 4, 2));
    assert_true(seat_ready(s, 4, 3));
}

static void decisions_are_words(void **unused)
{
    (void)unused;
    assert_int_equal(decision_find(STR("agreed")), DECISION_AGREED);
    assert_int_equal(decision_find(STR("")), DECISION_NONE);
    assert_int_equal(decision_find(STR("perhaps")), DECISION__COUNT);
    assert_string_equal(decision_name(DECISION_MOOT), "moot");
    assert_string_equal(decision_name(DECISION__COUNT), "");
}

static int close_all(void **unused)
{
    (void)unused;
    kinds_close(chain_kinds());
    arena_free(&help_arena);
    arena_free(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chain_has_what_is_declared),
        cmocka_unit_test(chains_are_ordered_replaced_and_taken_away),
        cmocka_unit_test(steps_follow_next),
        cmocka_unit_test(its_text_makes_it_again),
        cmocka_unit_test(what_cannot_be_is_refused_at_its_line),
        cmocka_unit_test(a_seat_is_of_an_account_or_a_role),
        cmocka_unit_test(one_signs_his_own_seat_before_one_of_his_role_and_once),
        cmocka_unit_test(a_round_is_done_as_its_mode_says),
        cmocka_unit_test(added_seats_count_with_the_one_they_stand_beside),
        cmocka_unit_test(damaged_seats_end),
        cmocka_unit_test(decisions_are_words),
    };
    return cmocka_run_group_tests(tests, NULL, close_all);
}
