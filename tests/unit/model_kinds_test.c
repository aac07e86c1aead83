/* The declared kinds and code tables load, and every row of the sample region is a record that
 * they accept: values, refs, secrecy, and a history whose every step the kind allows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/embed.h"
#include "base/map.h"
#include "record/rec.h"
#include "record/yaml.h"
#include "sheet/sheet.h"

enum { COLUMNS = 40, ROWS = 500, TABLES = 6 };

struct table {
    const char *kind;
    struct str head[COLUMNS];
    struct str cell[ROWS][COLUMNS];
    uint32_t n, columns;
};

static struct arena arena;
static struct kinds *kinds;
static struct table tables[TABLES] = {{.kind = "org"},      {.kind = "person"},
                                      {.kind = "result"},   {.kind = "need"},
                                      {.kind = "resource"}, {.kind = "introduction"}};
static struct table accounts = {.kind = "accounts"};
static struct strmap ids; /* title of a record -> its id, over all kinds */
static bool region_ok;    /* tables and ids are filled */

static const struct kind *kind_of(const char *name)
{
    const struct kind *k = kind_find(kinds, str_of(name));
    if (!k)
        fail_msg("no kind %s", name);
    return k;
}

static int load_kinds(void)
{
    struct err e = {0};
    if (kinds_open(&kinds, &e))
        return -1;
    for (const struct embedded *f = model_files; f->name; f++) {
        struct node *n = NULL;
        struct str name = str_of(f->name);
        if (!str_starts(name, STR("model/kinds/")) && !str_starts(name, STR("model/codes/")))
            continue;
        if (yaml_parse(&n, (struct str){(const char *)f->bytes, f->n}, f->name, &arena, &e) ||
            kinds_add(kinds, n, f->name, &e)) {
            fprintf(stderr, "%s:%u: %s %s\n", f->name, e.row, e.key, e.detail);
            return -1;
        }
    }
    if (kinds_finish(kinds, &e) == RC_OK)
        return 0;
    fprintf(stderr, "%s:%u: %s %s\n", e.file, e.row, e.key, e.detail);
    return -1;
}

static enum rc take_row(void *ctx, const struct sheet_row *row, struct err *e)
{
    struct table *t = ctx;
    if (row->n > COLUMNS || t->n == ROWS)
        return err_user(e, "test.ceiling", "%s", t->kind);
    struct str *to = t->columns ? t->cell[t->n++] : t->head;
    for (uint32_t i = 0; i < row->n; i++) {
        if (row->cell[i].text.n && row->cell[i].kind > CELL_BOOL)
            return err_user(e, "test.cell", "%s row %u column %u", t->kind, row->row, i + 1);
        to[i] = arena_str(&arena, row->cell[i].text);
    }
    if (!t->columns)
        t->columns = row->n;
    return RC_OK;
}

static void read_table(struct table *t)
{
    char path[100];
    struct err e = {0};
    snprintf(path, sizeof path, "samples/region/%s.csv", t->kind);
    const struct sheet_sink sink = {.ctx = t, .row = take_row};
    if (sheet_read(path, &sink, NULL, &e))
        fail_msg("%s: %s %s", path, e.key, e.detail);
}

/* "" where the table has no such column. */
static struct str cell(const struct table *t, uint32_t row, const char *column)
{
    for (uint32_t i = 0; i < t->columns; i++)
        if (str_eq(t->head[i], str_of(column)))
            return t->cell[row][i];
    return STR("");
}

static int64_t id_of(struct str title)
{
    const uint32_t *id = strmap_get(&ids, str_trim(title));
    return id ? *id : 0;
}

static struct str title_of(const struct table *t, uint32_t row)
{
    struct str title = cell(t, row, "title");
    return title.n ? title : cell(t, row, "name");
}

static void need_region(void)
{
    if (region_ok)
        return;
    uint32_t next = 1;
    for (size_t i = 0; i < TABLES; i++) {
        read_table(&tables[i]);
        if (strcmp(tables[i].kind, "introduction") == 0)
            continue;
        for (uint32_t r = 0; r < tables[i].n; r++) {
            uint32_t id = next++;
            struct str title = title_of(&tables[i], r);
            uint32_t *at = strmap_put(&ids, title, id);
            assert_non_null(at);
            if (*at != id)
                fail_msg("%s: a title twice: %.*s", tables[i].kind, (int)title.n, title.p);
        }
    }
    read_table(&accounts);
    region_ok = true;
}

/* Refs stand by title, lists parted by ；. */
static void put_refs(struct val *to, const struct field_def *f, struct str text)
{
    struct val *item = arena_calloc(&arena, text.n + 1, sizeof *item);
    uint32_t n = 0;
    assert_non_null(item);
    for (size_t i = 0; i < text.n;) {
        size_t end = f->list ? str_find(text, STR("；"), i) : text.n;
        end = end > text.n ? text.n : end;
        struct str title = str_trim(str_sub(text, i, end));
        item[n].set = true;
        item[n].num = id_of(title);
        if (!item[n++].num)
            fail_msg("%.*s: no record has this name: %.*s", (int)f->name.n, f->name.p, (int)title.n,
                     title.p);
        i = end + strlen("；");
    }
    if (!n)
        return;
    *to = item[0];
    if (f->list) {
        *to = (struct val){.set = true};
        to->list.item = item;
        to->list.n = n;
    }
}

static void say_faults(const struct table *t, uint32_t row, const struct rec *r,
                       const vec_fault *faults)
{
    struct str title = title_of(t, row);
    for (size_t i = 0; i < faults->n; i++) {
        const struct fault_at *f = &faults->p[i];
        struct str name = f->field == NO_FIELD ? STR("") : r->kind->field[f->field].name;
        fprintf(stderr, "%s row %u (%.*s) %.*s: %s %.*s\n", t->kind, row + 2, (int)title.n, title.p,
                (int)name.n, name.p, f->key, (int)f->detail.n, f->detail.p);
    }
    if (faults->n)
        fail_msg("%s row %u: %zu faults", t->kind, row + 2, faults->n);
}

/* Columns that are no field: attributes, and what only the loader of the region reads. */
static bool is_extra(struct str column)
{
    static const char *const extra[] = {"key",     "owner",   "secrecy",   "state",
                                        "created", "history", "offer_kind"};
    for (size_t i = 0; i < ARRAY_LEN(extra); i++)
        if (str_eq(column, str_of(extra[i])))
            return true;
    return false;
}

static void put_cell(struct rec *r, struct str column, struct str text, vec_fault *faults)
{
    struct err e = {0};
    bool masked = str_starts(column, STR("masked."));
    struct str name = masked ? str_sub(column, strlen("masked."), column.n) : column;
    uint32_t at = field_find(r->kind, name);
    if (at == NO_FIELD) {
        if (!is_extra(column))
            fail_msg("a column that is no field: %.*s", (int)column.n, column.p);
        return;
    }
    const struct field_def *f = &r->kind->field[at];
    assert_false(f->computed);
    if (masked)
        assert_int_equal(f->secret, SECRET_MASKED);
    struct val *to = masked ? &r->masked[at] : &r->val[at];
    if (f->type == TYPE_REF)
        put_refs(to, f, text);
    else
        assert_int_equal(val_parse(to, f, at, text, &arena, faults, &e), RC_OK);
}

static void read_row(struct rec *r, const struct table *t, uint32_t row)
{
    struct err e = {0};
    vec_fault faults = {0};
    const struct kind *k = kind_of(t->kind);
    assert_int_equal(rec_new(r, k, &arena, &e), RC_OK);
    for (uint32_t i = 0; i < t->columns; i++)
        put_cell(r, t->head[i], t->cell[row][i], &faults);
    struct str secrecy = cell(t, row, "secrecy");
    r->secrecy = str_eq(secrecy, STR("masked"))    ? SECRECY_MASKED
                 : str_eq(secrecy, STR("private")) ? SECRECY_PRIVATE
                                                   : SECRECY_OPEN;
    if (k->owned && !k->is_self) {
        r->org = id_of(cell(t, row, "owner"));
        assert_true(r->org > 0 && r->org <= tables[0].n);
    }
    if (k->n_states) {
        r->state = state_find(k, cell(t, row, "state"));
        assert_int_not_equal(r->state, UINT32_MAX);
    }
    assert_int_equal(rec_check(r, &arena, &faults, &e), RC_OK);
    say_faults(t, row, r, &faults);
    vec_free(&faults);
}

static struct str part(struct str s, unsigned n)
{
    size_t from = 0;
    while (n-- && from <= s.n)
        from = str_find(s, STR("|"), from) + 1;
    size_t end = str_find(s, STR("|"), from);
    return str_sub(s, from, end > s.n ? s.n : end);
}

static roles role_of(struct str login)
{
    for (uint32_t i = 0; i < accounts.n; i++)
        if (str_eq(cell(&accounts, i, "login"), login))
            return (roles)(1 << role_find(cell(&accounts, i, "role")));
    return 0;
}

/* One step of a history: date|action|login|reason|comment. */
static uint32_t walk(const struct rec *r, uint32_t state, struct str text)
{
    struct err e = {0};
    vec_fault faults = {0};
    struct str name = part(text, 1), login = part(text, 2);
    const struct step *s = step_find(r->kind, state, name);
    if (!s)
        fail_msg("no such step: %.*s", (int)text.n, text.p);
    bool system = str_eq(login, STR("system")) && str_eq(name, STR("expire"));
    if (!system && !(role_of(login) & (s->action->by ? s->action->by : r->kind->write)))
        fail_msg("not allowed to: %.*s", (int)text.n, text.p);
    if (s->action->comment && !part(text, 4).n)
        fail_msg("no comment: %.*s", (int)text.n, text.p);
    if (s->action->reason && !code_find(s->action->reason, part(text, 3)))
        fail_msg("no reason: %.*s", (int)text.n, text.p);
    assert_int_equal(rec_check_action(r, s->action, &faults, &e), RC_OK);
    if (faults.n)
        fail_msg("a field is missing for: %.*s", (int)text.n, text.p);
    vec_free(&faults);
    return s->to;
}

static int64_t day_of(struct str iso)
{
    int y = 0, m = 0, d = 0;
    char text[16] = {0};
    assert_int_equal(iso.n, 10);
    memcpy(text, iso.p, iso.n);
    assert_int_equal(sscanf(text, "%4d-%2d-%2d", &y, &m, &d), 3);
    return days_of(y, m, d);
}

static void check_history(const struct rec *r, const struct table *t, uint32_t row)
{
    struct str h = cell(t, row, "history");
    int64_t day = day_of(cell(t, row, "created"));
    uint32_t state = 0;
    for (size_t i = 0; i < h.n;) {
        size_t end = str_find(h, STR("；"), i);
        struct str step = str_sub(h, i, end > h.n ? h.n : end);
        state = walk(r, state, step);
        if (day_of(part(step, 0)) < day)
            fail_msg("goes back in time: %.*s", (int)step.n, step.p);
        day = day_of(part(step, 0));
        i += step.n + strlen("；");
    }
    if (state != r->state)
        fail_msg("%s row %u: the history does not lead to its state", t->kind, row + 2);
}

static void the_region_is_made_of_valid_records(void **unused)
{
    (void)unused;
    static const uint32_t least[TABLES] = {60, 145, 400, 120, 60, 80};
    need_region();
    for (size_t i = 0; i < TABLES; i++) {
        const struct table *t = &tables[i];
        if (t->n < least[i])
            fail_msg("%s: %u rows", t->kind, t->n);
        for (uint32_t row = 0; row < t->n; row++) {
            struct rec r;
            read_row(&r, t, row);
            if (r.kind->n_states)
                check_history(&r, t, row);
        }
    }
}

static void every_organisation_is_marked_as_sample(void **unused)
{
    (void)unused;
    need_region();
    for (uint32_t i = 0; i < tables[0].n; i++)
        assert_true(str_find(cell(&tables[0], i, "name"), STR("示例"), 0) <
                    cell(&tables[0], i, "name").n);
}

static void a_result_belongs_to_a_unit_of_its_first_person(void **unused)
{
    (void)unused;
    need_region();
    for (uint32_t i = 0; i < tables[2].n; i++) {
        struct str people = cell(&tables[2], i, "people");
        size_t end = str_find(people, STR("；"), 0);
        struct str first = str_sub(people, 0, end > people.n ? people.n : end);
        bool found = false;
        for (uint32_t p = 0; p < tables[1].n; p++) {
            struct str units = cell(&tables[1], p, "units");
            if (str_eq(cell(&tables[1], p, "name"), first))
                found = str_find(units, cell(&tables[2], i, "owner"), 0) < units.n;
        }
        if (!found)
            fail_msg("result row %u: %.*s is of another unit", i + 2, (int)first.n, first.p);
    }
}

/* What visitors see of it: no masked record shows its own words, no private one at all. */
static void secrets_of_the_region_do_not_show(void **unused)
{
    (void)unused;
    uint32_t masked = 0, hidden = 0;
    need_region();
    for (size_t i = 2; i < 4; i++)
        for (uint32_t row = 0; row < tables[i].n; row++) {
            struct rec r, seen;
            bool visible;
            struct err e = {0};
            read_row(&r, &tables[i], row);
            assert_int_equal(rec_public(&seen, &visible, &r, &arena, &e), RC_OK);
            hidden += r.secrecy == SECRECY_PRIVATE;
            if (r.secrecy == SECRECY_PRIVATE)
                assert_false(visible);
            if (r.secrecy != SECRECY_MASKED || !visible)
                continue;
            masked++;
            assert_true(rec_title(&seen).n > 0);
            assert_false(str_eq(rec_title(&seen), rec_title(&r)));
            assert_int_equal(seen.org, 0);
        }
    assert_true(masked >= 10 && hidden >= 5);
}

static void a_wrong_value_is_found(void **unused)
{
    (void)unused;
    struct rec r;
    struct err e = {0};
    vec_fault faults = {0};
    need_region();
    read_row(&r, &tables[0], 0);
    uint32_t credit = field_find(r.kind, STR("credit"));
    r.val[credit].text = STR("12000000DEM0010178");
    assert_int_equal(rec_check(&r, &arena, &faults, &e), RC_OK);
    assert_int_equal(faults.n, 1);
    assert_int_equal(faults.p[0].field, credit);
    vec_free(&faults);
}

static void every_field_has_both_labels_and_hints(void **unused)
{
    (void)unused;
    static const char *const names[] = {"org",  "person",   "result",
                                        "need", "resource", "introduction"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        const struct kind *k = kind_of(names[i]);
        assert_true(k->label.zh.n && k->label.en.n && k->order != INT32_MAX);
        for (uint32_t f = 0; f < k->n_fields; f++) {
            const struct field_def *d = &k->field[f];
            if (!d->label.zh.n || !d->label.en.n || !d->hint.zh.n || !d->hint.en.n)
                fail_msg("%s.%.*s", names[i], (int)d->name.n, d->name.p);
        }
    }
    assert_int_equal(kind_of("need")->side, MATCH_NEED);
    assert_int_equal(kind_of("result")->side, MATCH_OFFER);
    assert_int_equal(kind_of("introduction")->side, MATCH_NONE);
    assert_true(kind_of("org")->is_self);
}

static const struct codes *codes_of(const char *name)
{
    const struct codes *c = codes_find(kinds, str_of(name));
    if (!c)
        fail_msg("no table %s", name);
    return c;
}

static void the_standards_are_complete_at_their_level(void **unused)
{
    (void)unused;
    const struct codes *c = codes_of("gbt4754");
    uint32_t sections = 0, divisions = 0, provinces = 0;
    for (uint32_t i = 0; i < c->n; i++) {
        sections += c->code[i].code.n == 1;
        divisions += c->code[i].code.n == 3;
        if (c->code[i].code.n > 1)
            assert_true(str_starts(c->code[i].code, c->code[c->code[i].under].code));
    }
    assert_int_equal(sections, 20);
    assert_int_equal(divisions, 97);
    c = codes_of("gbt2260");
    for (uint32_t i = 0; i < c->n; i++) {
        assert_int_equal(c->code[i].code.n, 6);
        if (c->code[i].under < 0)
            provinces++;
        else
            assert_memory_equal(c->code[i].code.p, c->code[c->code[i].under].code.p, 2);
    }
    assert_int_equal(provinces, 34);
    assert_int_equal(codes_of("trl")->n, 9);
    assert_true(code_under(codes_of("gbt4754"), STR("C384"), STR("C")));
}

static int setup(void **unused)
{
    (void)unused;
    return load_kinds();
}

static int teardown(void **unused)
{
    (void)unused;
    kinds_close(kinds);
    strmap_free(&ids);
    arena_free(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_has_both_labels_and_hints),
        cmocka_unit_test(the_standards_are_complete_at_their_level),
        cmocka_unit_test(the_region_is_made_of_valid_records),
        cmocka_unit_test(every_organisation_is_marked_as_sample),
        cmocka_unit_test(a_result_belongs_to_a_unit_of_its_first_person),
        cmocka_unit_test(secrets_of_the_region_do_not_show),
        cmocka_unit_test(a_wrong_value_is_found),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
