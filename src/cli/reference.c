/* qiao test-reference SITE kinds|filter|routes: the pages of docs/reference/, from the declarations
 * of a site and from the route table. */
#include "cli/site_int.h"
#include "record/filter.h"
#include "web/web.h"

#include <limits.h>
#include <math.h>

#define BYTES_MAX (1u << 20)

struct page_of {
    struct buf b;
    const struct kinds *kinds;
};

static enum rc both(struct buf *b, const struct label *l, struct err *e)
{
    if (!l->zh.n && !l->en.n)
        return RC_OK;
    return buf_printf(b, e, "%.*s · %.*s", (int)l->zh.n, l->zh.p, (int)l->en.n, l->en.p);
}

static enum rc roles_text(struct buf *b, roles by, struct err *e)
{
    const char *comma = "";
    for (int r = 0; r < ROLE__COUNT; r++)
        if (by & 1u << r) {
            TRY(buf_printf(b, e, "%s%s", comma, role_name((enum role)r)));
            comma = ", ";
        }
    return *comma ? RC_OK : buf_str(b, STR("—"), e);
}

static enum rc range_text(struct buf *b, const struct field_def *f, struct err *e)
{
    if (f->type == TYPE_TEXT || f->type == TYPE_LONG)
        return isnan(f->max) ? RC_OK : buf_printf(b, e, " ≤%.0f", f->max);
    if (f->type != TYPE_INT && f->type != TYPE_DECIMAL)
        return RC_OK;
    if (!isnan(f->min) && !isnan(f->max))
        return buf_printf(b, e, " %g–%g", f->min, f->max);
    return isnan(f->min) ? RC_OK : buf_printf(b, e, " ≥%g", f->min);
}

static enum rc type_text(struct buf *b, const struct field_def *f, struct err *e)
{
    TRY(buf_str(b, str_of(type_name(f->type)), e));
    if (f->type == TYPE_CODE && f->codes)
        TRY(buf_printf(b, e, " %.*s", (int)f->codes->name.n, f->codes->name.p));
    for (uint32_t i = 0; i < f->n_among; i++)
        TRY(buf_printf(b, e, "%s%.*s", i ? ", " : " ", (int)f->among[i]->name.n,
                       f->among[i]->name.p));
    if (f->type == TYPE_REF && !f->n_among)
        TRY(buf_printf(b, e, " %.*s", f->of.n ? (int)f->of.n : 3, f->of.n ? f->of.p : "any"));
    TRY(range_text(b, f, e));
    return f->list ? buf_str(b, STR(", list"), e) : RC_OK;
}

static enum rc field_row(struct buf *b, const struct field_def *f, const char *in, struct err *e)
{
    static const char *const secrets[] = {"", "masked", "private"};
    TRY(buf_printf(b, e, "| `%s%.*s` | ", in, (int)f->name.n, f->name.p));
    TRY(both(b, &f->label, e));
    TRY(buf_str(b, STR(" | "), e));
    TRY(type_text(b, f, e));
    TRY(buf_printf(b, e, " | %s%s%s | %s | ", f->required ? "required" : "",
                   f->required && f->unique ? ", " : "", f->unique ? "unique" : "",
                   f->computed ? "computed" : secrets[f->secret]));
    TRY(both(b, &f->hint, e));
    TRY(buf_str(b, STR(" |\n"), e));
    for (uint32_t i = 0; i < f->n_sub; i++)
        TRY(field_row(b, &f->sub[i], "…", e));
    return RC_OK;
}

static enum rc fields(struct buf *b, const struct kind *k, struct err *e)
{
    TRY(buf_str(
        b,
        STR("\n| field | label | type | must be | secrecy | hint |\n|---|---|---|---|---|---|\n"),
        e));
    for (uint32_t i = 0; i < k->n_fields; i++)
        TRY(field_row(b, &k->field[i], "", e));
    return RC_OK;
}

static enum rc steps(struct buf *b, const struct kind *k, const struct state *s, struct err *e)
{
    for (uint32_t i = 0; i < s->n_steps; i++) {
        struct str to = k->state[s->step[i].to].name, by = s->step[i].action->name;
        TRY(buf_printf(b, e, "%s%.*s → %.*s", i ? "; " : "", (int)by.n, by.p, (int)to.n, to.p));
    }
    return RC_OK;
}

static enum rc states(struct buf *b, const struct kind *k, struct err *e)
{
    if (!k->n_states)
        return RC_OK;
    TRY(buf_str(b, STR("\n| state | label | seen by | steps |\n|---|---|---|---|\n"), e));
    for (uint32_t i = 0; i < k->n_states; i++) {
        const struct state *s = &k->state[i];
        TRY(buf_printf(b, e, "| `%.*s` | ", (int)s->name.n, s->name.p));
        TRY(both(b, &s->label, e));
        TRY(buf_printf(b, e, " | %s%s", s->is_public ? "the public" : "its own",
                       s->locked ? ", locked" : ""));
        if (s->expires)
            TRY(buf_printf(b, e, ", %u days", (unsigned)s->expires));
        TRY(buf_str(b, STR(" | "), e));
        TRY(steps(b, k, s, e));
        TRY(buf_str(b, STR(" |\n"), e));
    }
    return RC_OK;
}

static enum rc action_row(struct buf *b, const struct kind *k, const struct action *a,
                          struct err *e)
{
    TRY(buf_printf(b, e, "| `%.*s` | ", (int)a->name.n, a->name.p));
    TRY(both(b, &a->label, e));
    TRY(buf_str(b, STR(" | "), e));
    if (a->by)
        TRY(roles_text(b, a->by, e));
    else
        TRY(buf_str(b, STR("who may write it"), e));
    TRY(buf_str(b, STR(" | "), e));
    const char *comma = "";
    for (uint32_t i = 0; i < a->n_require; i++, comma = ", ") {
        struct str name = k->field[a->require[i]].name;
        TRY(buf_printf(b, e, "%s%.*s", comma, (int)name.n, name.p));
    }
    if (a->comment) {
        TRY(buf_printf(b, e, "%sa comment", comma));
        comma = ", ";
    }
    if (a->reason)
        TRY(buf_printf(b, e, "%sa reason (%.*s)", comma, (int)a->reason->name.n,
                       a->reason->name.p));
    return buf_str(b, STR(" |\n"), e);
}

static enum rc actions(struct buf *b, const struct kind *k, struct err *e)
{
    if (!k->n_actions)
        return RC_OK;
    TRY(buf_str(b, STR("\n| action | label | by | needs |\n|---|---|---|---|\n"), e));
    for (uint32_t i = 0; i < k->n_actions; i++)
        TRY(action_row(b, k, &k->action[i], e));
    return RC_OK;
}

static enum rc kind_part(struct buf *b, const struct kind *k, struct err *e)
{
    static const char *const rights[] = {"read", "create", "write", "delete"};
    const roles by[] = {k->read, k->create, k->write, k->remove};
    TRY(buf_printf(b, e, "\n## %.*s: ", (int)k->name.n, k->name.p));
    TRY(both(b, &k->label, e));
    TRY(buf_printf(b, e, "\n\n%s\n\n",
                   k->is_self ? "Belongs to itself."
                   : k->owned ? "Belongs to an organisation."
                              : "Belongs to nobody."));
    for (size_t i = 0; i < ARRAY_LEN(by); i++) {
        TRY(buf_printf(b, e, "- %s: ", rights[i]));
        TRY(roles_text(b, by[i], e));
        TRY(buf_char(b, '\n', e));
    }
    TRY(fields(b, k, e));
    TRY(states(b, k, e));
    return actions(b, k, e);
}

static enum rc kinds_page(struct page_of *p, struct err *e)
{
    TRY(buf_str(&p->b,
                STR("# Kinds of records\n\nGenerated from `model/kinds/`; do not edit "
                    "(`tests/reference_test.sh` compares). A member's or editor's right is over "
                    "the records of the own organisation; *masked*: the public sees the masked "
                    "wording; *private*: only the own organisation, brokers and auditors.\n"),
                e));
    for (uint32_t i = 0; i < kinds_count(p->kinds); i++)
        TRY(kind_part(&p->b, kinds_at(p->kinds, i), e));
    TRY(buf_str(&p->b, STR("\n## Code tables\n\n| table | label | codes |\n|---|---|---|\n"), e));
    for (uint32_t i = 0; i < codes_count(p->kinds); i++) {
        const struct codes *c = codes_at(p->kinds, i);
        TRY(buf_printf(&p->b, e, "| `%.*s` | ", (int)c->name.n, c->name.p));
        TRY(both(&p->b, &c->label, e));
        TRY(buf_printf(&p->b, e, " | %u |\n", (unsigned)c->n));
    }
    return RC_OK;
}

static enum rc filter_page(struct page_of *p, struct err *e)
{
    TRY(buf_printf(
        &p->b, e,
        "# The filter language\n\nGenerated; do not edit. One language for lists, saved queries, "
        "`qiao export --filter` and the API.\n\n"
        "| written | also | holds where |\n|---|---|---|\n"
        "| `=` `!=` | | equal, unequal; of a list: it has this |\n"
        "| `<` `<=` `>` `>=` | `≤` `≥` `≠` | numbers, money, days |\n"
        "| `in (a, b)` | `属于` | one of these |\n"
        "| `under C` | `隶属` | this code or a narrower one |\n"
        "| `contains x` | `包含` | part of a text, whatever the case |\n"
        "| `is empty`, `is set` | `为空`, `为 非空` | unset, set |\n"
        "| `and` `or` `not` `( )` | `且` `或` `非` `（ ）` | |\n"
        "| `today-30d` | `今天-30天` | a day; d, m, y: days, months, years |\n"
        "| `@me`, `@org` | | the person of my account, my organisation |\n\n"
        "A name is a field's name or label; a point follows a reference: `owner.region`. At most "
        "%u bytes, depth %u, %u tests.\n\n| attribute of every record | label |\n|---|---|\n",
        (unsigned)FILTER_BYTES, (unsigned)FILTER_DEPTH, (unsigned)FILTER_TESTS));
    for (int a = ATTR_FIELD + 1; a <= ATTR_KIND; a++) {
        struct label l = attr_label((enum attr)a);
        TRY(buf_printf(&p->b, e, "| `%s` | ", attr_name((enum attr)a)));
        TRY(both(&p->b, &l, e));
        TRY(buf_str(&p->b, STR(" |\n"), e));
    }
    return RC_OK;
}

static enum rc routes_page(struct page_of *p, struct err *e)
{
    struct buf table;
    buf_init(&table, BYTES_MAX);
    enum rc rc = web_routes(&table, e);
    if (rc == RC_OK)
        rc = buf_str(&p->b,
                     STR("# Routes\n\nGenerated from the route table; do not edit. What a role may "
                         "see of a record is decided further in.\n\n| method | path | roles | "
                         "handling | | |\n|---|---|---|---|---|---|\n"),
                     e);
    for (size_t at = 0; rc == RC_OK && at < table.n;) {
        struct str all = buf_view(&table);
        size_t end = MIN(str_find(all, STR("\n"), at), all.n);
        rc = buf_str(&p->b, STR("| "), e);
        for (size_t i = at; rc == RC_OK && i < end; i++)
            rc = all.p[i] == '\t'  ? buf_str(&p->b, STR(" | "), e)
                 : all.p[i] == ',' ? buf_str(&p->b, STR(", "), e)
                                   : buf_char(&p->b, all.p[i], e);
        if (rc == RC_OK)
            rc = buf_str(&p->b, STR(" |\n"), e);
        at = end + 1;
    }
    buf_free(&table);
    return rc;
}

static enum rc print_page(struct page_of *p, struct str name, struct err *e)
{
    buf_init(&p->b, BYTES_MAX);
    enum rc rc = str_eq(name, STR("kinds"))    ? kinds_page(p, e)
                 : str_eq(name, STR("filter")) ? filter_page(p, e)
                                               : routes_page(p, e);
    if (rc == RC_OK)
        rc = cli_print(buf_view(&p->b), e);
    buf_free(&p->b);
    return rc == RC_OK ? cli_flush(e) : rc;
}

static enum rc reference_run(struct cli *c, int argc, char **argv, struct err *e)
{
    struct site_args a = {0};
    struct at_site x;
    int n;
    bool done;
    TRY(cli_parse(c, &test_reference_command, &a, argc, argv, &n, &done, e));
    if (done)
        return RC_OK;
    if (n != 2)
        return err_user(e, "cli.site_dir", "%s", "");
    struct site_options o = site_options_of(&a, argv[0]);
    enum rc rc = at_site_open(&x, c, &o, e);
    if (rc == RC_OK) {
        struct page_of p = {.kinds = site_kinds(x.site)};
        rc = print_page(&p, str_of(argv[1]), e);
    }
    at_site_close(&x);
    return rc;
}

const struct command test_reference_command = {
    .name = "test-reference",
    .run = reference_run,
    .what = {"写出参考页（文档用）", "print the pages of reference (for the documentation)"},
};
