/* Approvals of all records: what waits for the reader, what he submitted, what he signed; the box
 * of the first page; the number in the menu. */
#include "web/approval_int.h"
#include "web/home_int.h"

const struct page approvals_def = {
    "approvals",
    "tabs[label href here total] which rows[title href kind step submitter since state{text tone}]"
    " more",
    false};

static const struct {
    const char *name, *label;
} lists[] = {
    [APPROVALS_WAITING] = {"waiting", "web.approvals_waiting"},
    [APPROVALS_MINE] = {"mine", "web.approvals_mine"},
    [APPROVALS_DONE] = {"done", "web.approvals_done"},
};

static enum approval_which which_of(const struct request *rq)
{
    for (size_t i = 0; i < ARRAY_LEN(lists); i++)
        if (str_eq(param_text(rq, "list"), str_of(lists[i].name)))
            return (enum approval_which)i;
    return APPROVALS_WAITING;
}

static void view_line(struct request *rq, struct view *v, const struct approval_line *line)
{
    view_str(v, "title",
             line->title.n ? line->title
             : line->kind  ? msg(rq, "web.masked_title")
                           : msg(rq, "web.approval_unseen"));
    if (line->kind) {
        view_str(v, "href", kind_path(rq, line->kind, line->record));
        view_str(v, "kind", label_text(&line->kind->label, rq->zh));
    }
    view_str(v, "step", line->step);
    view_str(v, "submitter", line->submitter);
    view_str(v, "since", show_time(rq, line->since));
    view_state(rq, view_map(v, "state"), &line->rec);
}

enum rc approvals_page(struct request *rq, struct reply *re, struct err *e)
{
    struct view *v = view_new(rq->arena), *tabs = view_list(v, "tabs"), *rows;
    enum approval_which which = which_of(rq);
    vec_approval all = {0};
    uint32_t n = 0;
    TRY(approval_waiting(rq->site, rq->actor, &n, e));
    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        struct view *tab = view_item(tabs);
        view_str(tab, "label", msg(rq, lists[i].label));
        view_str(tab, "href", textf(rq, "/approvals?list=%s", lists[i].name));
        view_flag(tab, "here", i == (size_t)which);
        if (i == APPROVALS_WAITING && n)
            view_str(tab, "total", show_count(rq, n));
    }
    TRY(approval_list(rq->site, rq->actor, which, rq->arena, &all, e));
    view_text(v, "which", lists[which].name);
    rows = view_list(v, "rows");
    for (size_t i = 0; i < all.n; i++)
        view_line(rq, view_item(rows), &all.p[i]);
    view_flag(v, "more", all.n == APPROVALS_MOST);
    vec_free(&all);
    return reply_page(rq, re, &approvals_def, msg(rq, "web.approvals"), v, e);
}

/* ---- elsewhere ---- */

enum rc menu_approvals(struct request *rq, uint32_t *n, struct err *e)
{
    return approval_waiting(rq->site, rq->actor, n, e);
}

enum rc home_approvals(struct request *rq, struct view *desk, struct view *tiles, uint32_t rows,
                       uint32_t *n, struct err *e)
{
    vec_approval all = {0};
    int64_t today = day_of_time(site_now(rq->site));
    TRY(approval_waiting(rq->site, rq->actor, n, e));
    if (!*n)
        return RC_OK;
    struct str label = msg(rq, "web.approvals_waiting"), total = show_count(rq, *n);
    TRY(approval_list(rq->site, rq->actor, APPROVALS_WAITING, rq->arena, &all, e));
    struct view *box = view_item(desk), *list;
    tile(tiles, label, total, STR("/approvals"), "clipboard-check", "warn");
    view_str(box, "label", label);
    view_str(box, "hint", msg(rq, "web.approvals_hint"));
    view_str(box, "total", total);
    view_text(box, "href", "/approvals");
    list = view_list(box, "rows");
    for (size_t i = 0; i < MIN(all.n, (size_t)rows); i++) {
        const struct approval_line *line = &all.p[i];
        struct view *row = view_item(list), *facts = view_list(row, "facts");
        int64_t days = today - day_of_time(line->since);
        view_str(row, "title", line->title.n ? line->title : msg(rq, "web.approval_unseen"));
        view_str(row, "href",
                 line->kind ? kind_path(rq, line->kind, line->record) : STR("/approvals"));
        view_str(view_item(facts), "text", line->step);
        if (line->submitter.n)
            view_str(view_item(facts), "text", line->submitter);
        if (days > 0)
            view_str(row, "age", textf(rq, "%lld", (long long)days));
    }
    vec_free(&all);
    return RC_OK;
}
