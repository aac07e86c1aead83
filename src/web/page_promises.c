/* Minutes become commitments: the rows of one event, written at once. It works by keyboard and
 * without JavaScript: Enter sends the form's first button, which adds a row. */
#include "service/thread.h"
#include "web/work_int.h"

#define ROWS_MOST    50u
#define ROWS_FIRST   3u
#define EXISTING_MAX 200u
#define CELLS        5u

const struct page promises_def = {
    "promises",
    "path title day minutes action known clash problems heads[label required]"
    " existing[title href debtor owner_name due light{text tone}]"
    " rows[number drop error cells[id name label number value type suggest error focus]]",
    false};

static const char *const columns[CELLS] = {"title", "debtor", "creditor", "owner_name", "due"};

/* What one request has typed. */
struct sheet {
    struct request *rq;
    const struct kind *kind;
    struct rec event;
    uint32_t n; /* rows that are shown */
    uint32_t focus, focus_cell;
    struct str cell[ROWS_MOST][CELLS];
    vec_fault faults[ROWS_MOST];
    struct str said[ROWS_MOST]; /* what is wrong with a row as a whole */
};

/* ---- reading ---- */

static struct str cell_name(const struct request *rq, uint32_t row, uint32_t col)
{
    return textf(rq, "r%u.%s", row, columns[col]);
}

/* "#12 某大学", as suggestions are spelt, is the record 12. */
static struct str plain_ref(struct str s)
{
    size_t blank = str_find(s, STR(" "), 0);
    return s.n && s.p[0] == '#' && blank != SIZE_MAX ? str_sub(s, 0, blank) : s;
}

static bool is_blank(const struct sheet *s, uint32_t row)
{
    for (uint32_t j = 0; j < CELLS; j++)
        if (str_trim(s->cell[row][j]).n)
            return false;
    return true;
}

/* Rows as they came, without the one that is to go. */
static void read_rows(struct sheet *s)
{
    int64_t drop = param_int(s->rq, "drop", -1);
    s->n = 0;
    for (uint32_t i = 0; i < ROWS_MOST; i++) {
        if (!param_has(s->rq, cell_name(s->rq, i, 0).p))
            break;
        if (i == drop)
            continue;
        for (uint32_t j = 0; j < CELLS; j++)
            s->cell[s->n][j] = param_text(s->rq, cell_name(s->rq, i, j).p);
        s->n++;
    }
}

static enum rc load(struct sheet *s, struct request *rq, struct err *e)
{
    struct shown shown = {0};
    *s = (struct sheet){.rq = rq, .focus = UINT32_MAX};
    s->kind = kind_find(site_kinds(rq->site), STR("commitment"));
    if (!str_eq(rq->kind->name, STR("event")) || !s->kind)
        return err_user(e, "web.no_page", "%s", "");
    TRY(record_show(rq->site, rq->actor, rq->kind, rq->id, rq->arena, &shown, e));
    if (!actor_may(rq->actor, s->kind, RIGHT_CREATE, NULL))
        return err_user(e, "service.denied", "%s", "");
    s->event = shown.rec;
    return RC_OK;
}

/* ---- showing ---- */

static enum rc view_existing(struct sheet *s, struct view *v, uint64_t *n, struct err *e)
{
    struct request *rq = s->rq;
    struct list_answer a = {0};
    struct titles t = {0};
    struct list_request q = {.kind = s->kind,
                             .filter = textf(rq, "event = %lld", (long long)rq->id),
                             .sort = STR("id"),
                             .limit = EXISTING_MAX,
                             .count = true};
    struct view *list = view_list(v, "existing");
    enum rc rc = record_list(rq->site, rq->actor, &q, rq->arena, &a, e);
    for (size_t i = 0; rc == RC_OK && i < a.rec.n; i++)
        rc = titles_want_rec(&t, &a.rec.p[i], e);
    rc = rc == RC_OK ? titles_load(&t, rq, e) : rc;
    for (size_t i = 0; rc == RC_OK && i < a.rec.n; i++) {
        const struct rec *r = &a.rec.p[i];
        const struct val *debtor = work_val(r, "debtor", TYPE_REF);
        const struct val *who = work_val(r, "owner_name", TYPE_TEXT);
        const struct val *due = work_val(r, "due", TYPE_DATE);
        const struct val *light = work_val(r, "light", TYPE_CODE);
        const struct kind *of;
        struct view *one = view_item(list);
        view_str(one, "title", title_of(rq, r));
        view_str(one, "href", record_path(rq, r));
        view_str(one, "debtor", debtor ? titles_of(&t, debtor->num, &of) : STR(""));
        view_str(one, "owner_name", who ? who->text : STR(""));
        view_str(one, "due", due ? show_day(rq, due->num) : STR(""));
        view_light(rq, view_map(one, "light"), light ? light->text : STR(""));
    }
    *n = a.total;
    titles_free(&t);
    vec_free(&a.rec);
    return rc;
}

static struct str fault_of(const struct sheet *s, uint32_t row, uint32_t field)
{
    for (size_t i = 0; i < s->faults[row].n; i++)
        if (s->faults[row].p[i].field == field)
            return msg_fault(s->rq, &s->faults[row].p[i]);
    return STR("");
}

/* Faults that are not at a cell of the row. */
static struct str fault_elsewhere(const struct sheet *s, uint32_t row)
{
    for (size_t i = 0; i < s->faults[row].n; i++) {
        bool cell = false;
        for (uint32_t j = 0; j < CELLS; j++)
            cell |= s->faults[row].p[i].field == field_find(s->kind, str_of(columns[j]));
        if (!cell)
            return msg_fault(s->rq, &s->faults[row].p[i]);
    }
    return s->said[row];
}

static void view_cell(const struct sheet *s, struct view *v, uint32_t row, uint32_t col)
{
    struct request *rq = s->rq;
    uint32_t f = field_find(s->kind, str_of(columns[col]));
    const struct field_def *d = &s->kind->field[f];
    view_printf(v, "id", "r%u-%s", row, columns[col]);
    view_str(v, "name", cell_name(rq, row, col));
    view_str(v, "label", label_text(&d->label, rq->zh));
    view_int(v, "number", (int64_t)row + 1);
    view_str(v, "value", s->cell[row][col]);
    view_text(v, "type", d->type == TYPE_DATE ? "date" : d->type == TYPE_REF ? "suggest" : "text");
    if (d->type == TYPE_REF && d->of.n)
        view_str(v, "suggest", textf(rq, "/suggest/records/%.*s", (int)d->of.n, d->of.p));
    view_str(v, "error", fault_of(s, row, f));
    view_flag(v, "focus", row == s->focus && col == s->focus_cell);
}

static void view_rows(const struct sheet *s, struct view *v, uint32_t *problems)
{
    struct view *heads = view_list(v, "heads"), *rows = view_list(v, "rows");
    for (uint32_t j = 0; j < CELLS; j++) {
        uint32_t f = field_find(s->kind, str_of(columns[j]));
        if (f == NO_FIELD)
            continue;
        struct view *h = view_item(heads);
        view_str(h, "label", label_text(&s->kind->field[f].label, s->rq->zh));
        view_flag(h, "required", s->kind->field[f].required);
    }
    for (uint32_t i = 0; i < s->n; i++) {
        struct view *row = view_item(rows), *cells = view_list(row, "cells");
        view_int(row, "number", (int64_t)i + 1);
        view_printf(row, "drop", "%u", i);
        view_str(row, "error", fault_elsewhere(s, i));
        *problems += s->faults[i].n > 0 || s->said[i].n > 0;
        for (uint32_t j = 0; j < CELLS; j++)
            if (field_find(s->kind, str_of(columns[j])) != NO_FIELD)
                view_cell(s, view_item(cells), i, j);
    }
}

static enum rc sheet_reply(struct sheet *s, struct reply *re, bool clash, struct err *e)
{
    struct request *rq = s->rq;
    struct view *v = view_new(rq->arena);
    const struct val *day = work_val(&s->event, "day", TYPE_DATE);
    const struct val *minutes = work_val(&s->event, "minutes", TYPE_LONG);
    uint64_t known = 0;
    uint32_t problems = 0;
    struct str path = record_path(rq, &s->event);
    view_str(v, "path", path);
    view_str(v, "action", textf(rq, "%s/promises", path.p));
    view_str(v, "title", title_of(rq, &s->event));
    view_str(v, "day", day ? show_day(rq, day->num) : STR(""));
    view_str(v, "minutes", minutes ? minutes->text : STR(""));
    view_rows(s, v, &problems);
    view_int(v, "problems", problems);
    view_flag(v, "clash", clash);
    TRY(view_existing(s, v, &known, e));
    view_printf(v, "known", "%llu", (unsigned long long)known);
    if (problems)
        re->status = 422;
    else if (clash)
        re->status = 409;
    return reply_page(rq, re, &promises_def, msg(rq, "web.promises"), v, e);
}

/* Where the first mistake is: there one goes on writing. */
static void focus_wrong(struct sheet *s)
{
    for (uint32_t i = 0; i < s->n; i++)
        for (uint32_t j = 0; j < CELLS; j++)
            if (fault_of(s, i, field_find(s->kind, str_of(columns[j]))).n) {
                s->focus = i;
                s->focus_cell = j;
                return;
            }
}

/* Enter goes on in the first row that is still blank. */
static bool next_row(struct sheet *s)
{
    for (uint32_t i = 0; i < s->n; i++)
        if (is_blank(s, i)) {
            s->focus = i;
            return true;
        }
    return false;
}

static void add_rows(struct sheet *s, uint32_t n)
{
    s->focus = s->n < ROWS_MOST ? s->n : ROWS_MOST - 1;
    s->n = MIN(s->n + n, ROWS_MOST);
}

enum rc promises_page(struct request *rq, struct reply *re, struct err *e)
{
    struct sheet s;
    TRY(load(&s, rq, e));
    add_rows(&s, ROWS_FIRST);
    return sheet_reply(&s, re, false, e);
}

/* ---- saving ---- */

static enum rc row_typed(struct sheet *s, uint32_t row, struct typed_row *out, struct err *e)
{
    struct typed *t = arena_calloc(s->rq->arena, CELLS + 1, sizeof *t);
    if (!t)
        return err_nomem(e);
    *out = (struct typed_row){.typed = t};
    /* what a broker takes down belongs to whose event it was */
    if (s->rq->actor->role == ROLE_BROKER && s->event.org)
        t[out->n++] = (struct typed){STR("owner"), textf(s->rq, "#%lld", (long long)s->event.org)};
    for (uint32_t j = 0; j < CELLS; j++) {
        uint32_t f = field_find(s->kind, str_of(columns[j]));
        struct str text = str_trim(s->cell[row][j]);
        if (f != NO_FIELD)
            t[out->n++] = (struct typed){
                str_of(columns[j]), s->kind->field[f].type == TYPE_REF ? plain_ref(text) : text};
    }
    return RC_OK;
}

/* Every row is looked at before any is written, so that all mistakes are shown at once. */
static enum rc check_row(struct sheet *s, uint32_t row, const struct typed_row *typed,
                         struct err *e)
{
    struct request *rq = s->rq;
    struct rec r;
    TRY(rec_new(&r, s->kind, rq->arena, e));
    TRY(record_fill(rq->site, rq->actor, &r, typed->typed, typed->n, rq->arena, &s->faults[row],
                    e));
    return rec_check(&r, rq->arena, &s->faults[row], e);
}

/* rows[place[i]] of the sheet. *wrong: something is to be shown again; *clash: somebody else has
 * settled the same minutes meanwhile. */
static enum rc write_rows(struct sheet *s, const struct typed_row *row, const uint32_t *place,
                          uint32_t n, bool *wrong, bool *clash, struct err *e)
{
    struct request *rq = s->rq;
    vec_fault faults = {0};
    struct err why = {0};
    uint32_t bad = UINT32_MAX;
    uint64_t known = (uint64_t)param_int(rq, "known", 0);
    enum rc rc =
        thread_promise(rq->site, rq->actor, rq->id, known, row, n, rq->arena, &faults, &bad, &why);
    *clash = rc == RC_USER && strcmp(why.key, "thread.promised") == 0;
    *wrong = rc == RC_USER && bad < n;
    if (*clash) {
        vec_free(&faults);
        return RC_OK;
    }
    if (*wrong) {
        vec_free(&s->faults[place[bad]]);
        s->faults[place[bad]] = faults;
        s->said[place[bad]] = faults.n ? STR("") : msg_error(rq, &why);
        return RC_OK;
    }
    vec_free(&faults);
    if (rc != RC_OK && e)
        *e = why;
    return rc;
}

static enum rc save(struct sheet *s, bool *wrong, bool *clash, uint32_t *n, struct err *e)
{
    struct typed_row row[ROWS_MOST];
    uint32_t place[ROWS_MOST];
    *n = 0;
    *wrong = *clash = false;
    for (uint32_t i = 0; i < s->n; i++) {
        if (is_blank(s, i))
            continue;
        place[*n] = i;
        TRY(row_typed(s, i, &row[*n], e));
        TRY(check_row(s, i, &row[*n], e));
        *wrong |= s->faults[i].n > 0;
        ++*n;
    }
    if (*wrong || !*n)
        return RC_OK;
    return write_rows(s, row, place, *n, wrong, clash, e);
}

static enum rc answer(struct sheet *s, struct reply *re, struct err *e)
{
    struct request *rq = s->rq;
    bool wrong, clash;
    uint32_t n;
    read_rows(s);
    if (param_has(rq, "add") || param_has(rq, "drop")) {
        bool enter = str_eq(param_text(rq, "add"), STR("next"));
        if ((param_has(rq, "add") && !(enter && next_row(s))) || !s->n)
            add_rows(s, 1);
        return sheet_reply(s, re, false, e);
    }
    TRY(save(s, &wrong, &clash, &n, e));
    if (wrong)
        focus_wrong(s);
    if (wrong || clash)
        return sheet_reply(s, re, clash, e);
    return reply_see(rq, re, record_path(rq, &s->event), n ? "promised" : NULL, e);
}

enum rc promises_do(struct request *rq, struct reply *re, struct err *e)
{
    struct sheet s;
    TRY(load(&s, rq, e));
    enum rc rc = answer(&s, re, e);
    for (uint32_t i = 0; i < ROWS_MOST; i++)
        vec_free(&s.faults[i]);
    return rc;
}
