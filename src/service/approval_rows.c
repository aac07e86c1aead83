/* An approval as a record of kind `approval`, and taken apart: seats, rows, where it stands. */
#include "service/approval_int.h"

#include <stdio.h>

/* Sub-fields of `signatures`, by their names in model/kinds/approval.yaml. */
enum sub {
    SUB_ROUND,
    SUB_STEP,
    SUB_LABEL,
    SUB_ROLES,
    SUB_ORG,
    SUB_ACCOUNT,
    SUB_LOGIN,
    SUB_NAME,
    SUB_DECISION,
    SUB_COMMENT,
    SUB_ASKED,
    SUB_AT,
    SUB_TARGET,
    SUB_DEPUTED,
    SUB_ADDED,
    SUB_WAITS,
    SUB__COUNT
};
static const struct {
    const char *name;
    enum type type;
} subs[SUB__COUNT] = {
    {"round", TYPE_INT},     {"step", TYPE_TEXT},    {"label", TYPE_TEXT}, {"roles", TYPE_TEXT},
    {"org", TYPE_REF},       {"account", TYPE_INT},  {"login", TYPE_TEXT}, {"name", TYPE_TEXT},
    {"decision", TYPE_CODE}, {"comment", TYPE_TEXT}, {"asked", TYPE_TIME}, {"at", TYPE_TIME},
    {"target", TYPE_TEXT},   {"deputed", TYPE_TEXT}, {"added", TYPE_TEXT}, {"waits", TYPE_INT},
};

/* Where each sub-field stands in the kind as it is declared here. */
static enum rc find_subs(const struct kind *k, uint32_t *field, uint32_t at[SUB__COUNT],
                         struct err *e)
{
    *field = field_find(k, STR("signatures"));
    const struct field_def *f = *field == NO_FIELD ? NULL : &k->field[*field];
    for (int i = 0; i < SUB__COUNT; i++) {
        at[i] = NO_FIELD;
        for (uint32_t j = 0; f && f->type == TYPE_GROUP && f->list && j < f->n_sub; j++)
            if (str_eq(f->sub[j].name, str_of(subs[i].name)) && f->sub[j].type == subs[i].type &&
                !f->sub[j].list)
                at[i] = j;
        if (at[i] == NO_FIELD)
            return err_user(e, "approval.kind", "signatures.%s", subs[i].name);
    }
    return RC_OK;
}

/* ---- reading ---- */

static struct str text_of(const struct val *v)
{
    return v->set ? v->text : STR("");
}

static int64_t num_of(const struct val *v)
{
    return v->set ? v->num : 0;
}

static roles read_roles(struct str text)
{
    roles by = 0;
    for (size_t from = 0; from < text.n;) {
        size_t end = MIN(str_find(text, STR(" "), from), text.n);
        enum role r = role_find(str_sub(text, from, end));
        if (r < ROLE__COUNT)
            by |= (roles)(1u << r);
        from = end + 1;
    }
    return by;
}

static enum rc read_row(struct approval *p, const struct val *v, const uint32_t at[SUB__COUNT],
                        struct err *e)
{
    const struct val *sub = v->list.item;
#define SUB_TEXT(i) text_of(&sub[at[i]])
#define SUB_NUM(i)  num_of(&sub[at[i]])
    struct seat seat = {.round = (uint32_t)MAX(SUB_NUM(SUB_ROUND), 0),
                        .decision = decision_find(SUB_TEXT(SUB_DECISION)),
                        .added = SUB_TEXT(SUB_ADDED).n > 0,
                        .after = (int32_t)MIN(SUB_NUM(SUB_WAITS), ROWS_MAX) - 1,
                        .account = SUB_NUM(SUB_ACCOUNT),
                        .by = read_roles(SUB_TEXT(SUB_ROLES)),
                        .org = SUB_NUM(SUB_ORG)};
    struct row row = {.step = SUB_TEXT(SUB_STEP),
                      .label = SUB_TEXT(SUB_LABEL),
                      .login = SUB_TEXT(SUB_LOGIN),
                      .name = SUB_TEXT(SUB_NAME),
                      .comment = SUB_TEXT(SUB_COMMENT),
                      .deputed = SUB_TEXT(SUB_DEPUTED),
                      .added = SUB_TEXT(SUB_ADDED),
                      .target = SUB_TEXT(SUB_TARGET),
                      .asked = SUB_NUM(SUB_ASKED),
                      .at = SUB_NUM(SUB_AT)};
#undef SUB_TEXT
#undef SUB_NUM
    TRY(vec_push(&p->seat, seat, e));
    return vec_push(&p->row, row, e);
}

static int64_t field_num(const struct rec *r, const char *name)
{
    const struct val *v = saving_val(r, name);
    return v ? v->num : 0;
}

static struct str field_text(const struct rec *r, const char *name)
{
    const struct val *v = saving_val(r, name);
    return v ? v->text : STR("");
}

/* The chain as it was when the approval began: people sign what they were shown. Where kinds have
 * changed so that it cannot be read any more, there is none. */
static enum rc read_chain(struct approval *p, const struct site *s, struct arena *to, struct err *e)
{
    const struct chain *today = chain_find(s->approvals->chains, field_text(&p->rec, "chain"));
    struct str kept = field_text(&p->rec, "declared");
    struct chain *then = NULL;
    struct err why = {0};
    p->chain = today;
    p->differs = !today;
    if (!kept.n || (today && str_eq(today->text, kept))) /* none: begun before it was kept */
        return RC_OK;
    enum rc rc = chain_read(&then, s->kinds, kept, to, &why);
    p->chain = then;
    p->differs = true;
    if (rc == RC_OK || rc == RC_USER)
        return RC_OK;
    if (e)
        *e = why;
    return rc;
}

enum rc approval_read(struct approval *p, const struct site *s, const struct rec *r,
                      struct arena *to, struct err *e)
{
    uint32_t field, at[SUB__COUNT];
    *p = (struct approval){.rec = *r, .step = CHAIN_END};
    TRY(find_subs(r->kind, &field, at, e));
    const struct val *list = &r->val[field];
    for (uint32_t i = 0; list->set && i < list->list.n; i++)
        if (list->list.item[i].set)
            TRY(read_row(p, &list->list.item[i], at, e));
    p->record = field_num(r, "record");
    p->submitter = field_num(r, "submitter_account");
    p->round = (uint32_t)MAX(field_num(r, "round"), 0);
    p->running = r->state != NO_STATE && str_eq(r->kind->state[r->state].name, STR("running"));
    TRY(read_chain(p, s, to, e));
    if (p->chain && p->running)
        p->step = chain_step_find(p->chain, field_text(r, "step"));
    return RC_OK;
}

void approval_release(struct approval *p)
{
    vec_free(&p->seat);
    vec_free(&p->row);
}

/* ---- writing ---- */

static struct val text_val(struct str s)
{
    return (struct val){.set = s.n > 0, .text = s};
}

static struct val num_val(int64_t n)
{
    return (struct val){.set = n != 0, .num = n};
}

static enum rc roles_text(roles by, struct arena *to, struct str *out, struct err *e)
{
    char text[80];
    size_t n = 0;
    for (int r = 0; r < ROLE__COUNT; r++)
        if (by & 1u << r)
            n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", n ? " " : "",
                                  role_name((enum role)r));
    *out = arena_str(to, (struct str){text, n});
    return out->p ? RC_OK : err_nomem(e);
}

static enum rc fill_row(const struct approval *p, uint32_t i, const uint32_t at[SUB__COUNT],
                        struct val *sub, struct arena *to, struct err *e)
{
    const struct seat *seat = &p->seat.p[i];
    const struct row *row = &p->row.p[i];
    struct str by;
    TRY(roles_text(seat->by, to, &by, e));
    sub[at[SUB_ROUND]] = num_val(seat->round);
    sub[at[SUB_STEP]] = text_val(row->step);
    sub[at[SUB_LABEL]] = text_val(row->label);
    sub[at[SUB_ROLES]] = text_val(by);
    sub[at[SUB_ORG]] = num_val(seat->org);
    sub[at[SUB_ACCOUNT]] = num_val(seat->account);
    sub[at[SUB_LOGIN]] = text_val(row->login);
    sub[at[SUB_NAME]] = text_val(row->name);
    sub[at[SUB_DECISION]] = text_val(str_of(decision_name(seat->decision)));
    sub[at[SUB_COMMENT]] = text_val(row->comment);
    sub[at[SUB_ASKED]] = num_val(row->asked);
    sub[at[SUB_AT]] = num_val(row->at);
    sub[at[SUB_TARGET]] = text_val(row->target);
    sub[at[SUB_DEPUTED]] = text_val(row->deputed);
    sub[at[SUB_ADDED]] = text_val(row->added);
    sub[at[SUB_WAITS]] = num_val(seat->after + 1);
    return RC_OK;
}

enum rc approval_fill(struct approval *p, struct arena *to, struct err *e)
{
    uint32_t field, at[SUB__COUNT], n = (uint32_t)p->seat.n;
    TRY(find_subs(p->rec.kind, &field, at, e));
    if (n > ROWS_MAX)
        return err_user(e, "field.too_many", "%d", ROWS_MAX);
    uint32_t n_sub = p->rec.kind->field[field].n_sub;
    struct val *item = arena_calloc(to, n ? n : 1, sizeof *item);
    if (!item)
        return err_nomem(e);
    for (uint32_t i = 0; i < n; i++) {
        struct val *sub = arena_calloc(to, n_sub, sizeof *sub);
        if (!sub)
            return err_nomem(e);
        TRY(fill_row(p, i, at, sub, to, e));
        item[i] = (struct val){.set = true, .list = {sub, n_sub}};
    }
    p->rec.val[field] = (struct val){.set = n > 0, .list = {item, n}};
    saving_set(&p->rec, "round", num_val(p->round));
    bool on = p->chain && p->step != CHAIN_END;
    saving_set(&p->rec, "step", text_val(on ? p->chain->step[p->step].name : STR("")));
    saving_set(&p->rec, "step_label",
               text_val(on ? label_text(&p->chain->step[p->step].label, true) : STR("")));
    return RC_OK;
}

void approval_set_time(struct approval *p, const char *field, int64_t at)
{
    saving_set(&p->rec, field, num_val(at));
}

void approval_set_text(struct approval *p, const char *field, struct str text)
{
    saving_set(&p->rec, field, text_val(text));
}

/* ---- in words ---- */

static void row_words(struct row *row, const struct chain *c)
{
    uint32_t at = chain_step_find(c, row->step);
    if (at != CHAIN_END)
        row->label = label_text(&c->step[at].label, false);
    for (uint32_t i = 0; i < c->n_steps; i++)
        if (str_eq(row->target, label_text(&c->step[i].label, true))) {
            row->target = label_text(&c->step[i].label, false);
            return;
        }
}

enum rc approval_words(const struct site *s, struct rec *r, bool zh, struct arena *to,
                       struct err *e)
{
    struct approval p;
    if (zh || r->kind != approval_kind(s))
        return RC_OK;
    enum rc rc = approval_read(&p, s, r, to, e);
    for (size_t i = 0; rc == RC_OK && p.chain && i < p.row.n; i++)
        row_words(&p.row.p[i], p.chain);
    if (rc == RC_OK && p.chain)
        rc = approval_fill(&p, to, e);
    if (rc == RC_OK && p.chain) {
        approval_set_text(&p, "chain_label", label_text(&p.chain->label, false));
        if (p.step != CHAIN_END)
            approval_set_text(&p, "step_label", label_text(&p.chain->step[p.step].label, false));
        *r = p.rec;
    }
    approval_release(&p);
    return rc;
}
