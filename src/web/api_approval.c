/* The API's approvals: lists, one, and what is done with it. */
#include "web/api_int.h"
#include "web/approval_int.h"

/* ---- lists ---- */

static enum rc print_line(struct buf *out, const struct approval_line *line, struct err *e)
{
    TRY(buf_printf(out, e, "{\"id\":%lld,\"record\":%lld", (long long)line->id,
                   (long long)line->record));
    if (line->kind)
        TRY(api_pair(out, "kind", line->kind->name, false, e));
    TRY(api_pair(out, "title", line->title, false, e));
    TRY(api_pair(out, "state", line->rec.kind->state[line->rec.state].name, false, e));
    if (line->step.n)
        TRY(api_pair(out, "step", line->step, false, e));
    TRY(api_pair(out, "submitter", line->submitter, false, e));
    TRY(api_time(out, "since", line->since, e));
    return buf_char(out, '}', e);
}

enum rc api_approvals(struct request *rq, struct reply *re, struct err *e)
{
    static const char *const names[] = {"waiting", "mine", "done"};
    struct str wanted = param_text(rq, "list");
    size_t which = 0;
    vec_approval all = {0};
    while (wanted.n && which < ARRAY_LEN(names) && !str_eq(wanted, str_of(names[which])))
        which++;
    if (which == ARRAY_LEN(names))
        return err_user(e, "web.parameter", "%s", "list");
    TRY(approval_list(rq->site, rq->actor, (enum approval_which)which, rq->arena, &all, e));
    re->type = "application/json";
    enum rc rc = buf_printf(&re->body, e, "{\"items\":[");
    for (size_t i = 0; rc == RC_OK && i < all.n; i++) {
        if (i)
            rc = buf_char(&re->body, ',', e);
        if (rc == RC_OK)
            rc = print_line(&re->body, &all.p[i], e);
    }
    vec_free(&all);
    return rc == RC_OK ? buf_printf(&re->body, e, "]}") : rc;
}

/* ---- one ---- */

static enum rc print_row(struct buf *out, const struct approval_shown *a,
                         const struct approval_row *row, struct err *e)
{
    TRY(buf_printf(out, e, "{\"round\":%lld", (long long)row->round));
    if (row->step < a->n_steps)
        TRY(api_pair(out, "step", a->step[row->step].step->name, false, e));
    TRY(api_pair(out, "label", row->label, false, e));
    if (row->who.n)
        TRY(api_pair(out, "who", row->who, false, e));
    if (row->org)
        TRY(buf_printf(out, e, ",\"org\":%lld", (long long)row->org));
    const char *comma = "";
    for (int i = 0; row->by && i < ROLE__COUNT; i++)
        if (row->by & 1u << i) {
            TRY(buf_printf(out, e, "%s\"%s\"", comma[0] ? comma : ",\"roles\":[",
                           role_name((enum role)i)));
            comma = ",";
        }
    if (comma[0])
        TRY(buf_char(out, ']', e));
    if (row->decision != DECISION_NONE)
        TRY(api_pair(out, "decision", str_of(decision_name(row->decision)), false, e));
    if (row->comment.n)
        TRY(api_pair(out, "comment", row->comment, false, e));
    if (row->target.n)
        TRY(api_pair(out, "sent_back_to", row->target, false, e));
    if (row->deputed.n)
        TRY(api_pair(out, "delegated_by", row->deputed, false, e));
    if (row->added.n)
        TRY(api_pair(out, "added_by", row->added, false, e));
    TRY(api_time(out, "asked", row->asked, e));
    if (row->at)
        TRY(api_time(out, "at", row->at, e));
    return buf_printf(out, e, ",\"mine\":%s,\"waits\":%s}", row->mine ? "true" : "false",
                      row->waits ? "true" : "false");
}

static enum rc print_steps(struct buf *out, const struct approval_shown *a, bool zh, struct err *e)
{
    static const char *const stages[] = {"done", "now", "ahead"};
    static const char *const modes[] = {"one", "joint", "any"};
    TRY(buf_printf(out, e, ",\"steps\":["));
    for (uint32_t i = 0; i < a->n_steps; i++) {
        const struct chain_step *s = a->step[i].step;
        TRY(buf_printf(out, e, i ? ",{" : "{"));
        TRY(api_pair(out, "step", s->name, true, e));
        TRY(api_pair(out, "label", label_text(&s->label, zh), false, e));
        TRY(buf_printf(out, e, ",\"mode\":\"%s\",\"stage\":\"%s\"}", modes[s->mode],
                       stages[a->step[i].stage]));
    }
    TRY(buf_printf(out, e, "],\"signatures\":["));
    for (uint32_t i = 0; i < a->n_rows; i++) {
        if (i)
            TRY(buf_char(out, ',', e));
        TRY(print_row(out, a, &a->row[i], e));
    }
    return buf_char(out, ']', e);
}

static enum rc print_may(struct buf *out, const struct approval_shown *a, struct err *e)
{
    TRY(buf_printf(out, e,
                   ",\"may\":{\"sign\":%s,\"withdraw\":%s,\"remind\":%s,\"delegate\":%s,\"back\":[",
                   a->may_sign ? "true" : "false", a->may_withdraw ? "true" : "false",
                   a->may_remind ? "true" : "false", a->may_delegate ? "true" : "false"));
    for (uint32_t i = 0; i < a->n_back; i++) {
        if (i)
            TRY(buf_char(out, ',', e));
        TRY(buf_json(out, a->step[a->back[i]].step->name, e));
    }
    TRY(buf_printf(out, e, "],\"people\":["));
    for (uint32_t i = 0; i < a->n_persons; i++) {
        if (i)
            TRY(buf_char(out, ',', e));
        TRY(buf_json(out, a->person[i].login, e));
    }
    return buf_printf(out, e, "]}");
}

static enum rc print_approval(struct buf *out, const struct approval_shown *a, bool zh,
                              struct err *e)
{
    TRY(buf_printf(out, e, "{\"state\":"));
    if (!a->found) {
        TRY(buf_printf(out, e, "null"));
    } else {
        TRY(buf_json(out, a->rec.kind->state[a->rec.state].name, e));
        TRY(buf_printf(out, e, ",\"id\":%lld,\"round\":%lld", (long long)a->id,
                       (long long)a->round));
        TRY(api_time(out, "submitted", a->submitted, e));
        if (a->submitter.n)
            TRY(api_pair(out, "submitter", a->submitter, false, e));
        if (a->ended)
            TRY(api_time(out, "ended", a->ended, e));
    }
    struct str chain = label_text(&a->chain, zh);
    if (chain.n)
        TRY(api_pair(out, "chain", chain, false, e));
    TRY(print_steps(out, a, zh, e));
    TRY(print_may(out, a, e));
    return buf_char(out, '}', e);
}

enum rc api_approval(struct request *rq, struct reply *re, struct err *e)
{
    struct approval_shown a;
    TRY(approval_of(rq->site, rq->actor, rq->kind, rq->id, rq->arena, &a, e));
    re->type = "application/json";
    return print_approval(&re->body, &a, rq->zh, e);
}

/* ---- doing ---- */

/* What the body may have. */
static const char *const known[] = {"round", "comment", "step", "login", "before"};

enum rc api_approval_do(struct request *rq, struct reply *re, struct err *e)
{
    json_t *body = NULL;
    vec_fault faults = {0};
    struct err why = {0};
    enum rc rc;
    GOTO_OUT(api_body(rq, &body, e));
    GOTO_OUT(api_known_only(body, known, ARRAY_LEN(known), e));
    const struct approval_act act = {.id = rq->id,
                                     .round = json_integer_value(json_object_get(body, "round")),
                                     .action = rq->name,
                                     .comment = api_member(body, "comment"),
                                     .step = api_member(body, "step"),
                                     .login = api_member(body, "login"),
                                     .before = json_is_true(json_object_get(body, "before"))};
    rc = approval_do(rq->site, rq->actor, rq->kind, &act, rq->arena, &faults, &why);
    if (rc == RC_OK)
        rc = api_approval(rq, re, e);
    else if (rc == RC_USER && faults.n)
        rc = api_faults(rq, re, rq->kind, &faults, e);
    else if (e)
        *e = why;
out:
    json_decref(body);
    vec_free(&faults);
    return rc;
}
