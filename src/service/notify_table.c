/* model/notices.yaml. */
#define _POSIX_C_SOURCE 200809L
#include "service/notify_int.h"

#include <stdio.h>
#include <unistd.h>

struct reading {
    struct notices *n;
    struct site *s;
    bool strict; /* the site's own file: a row that does not fit its kinds is a mistake */
};

static enum rc refuse(const struct node *at, struct str what, struct err *e)
{
    return err_at(e, err_user(e, "notify.declared", "%.*s", (int)MIN(what.n, 100u), what.p),
                  "notices.yaml", NULL, at ? at->line : 1, 0);
}

/* Does a row about a kind that this site has not, or has otherwise, count as a mistake? */
static enum rc unfit(const struct reading *x, const struct node *at, struct str what, struct err *e)
{
    return x->strict ? refuse(at, what, e) : RC_OK;
}

/* ---- delivery ---- */

static enum rc whole(const struct node *map, const char *key, int64_t otherwise, int64_t least,
                     int64_t most, int64_t *out, struct err *e)
{
    double d;
    TRY(node_number(&d, map, key, (double)otherwise, e));
    if (!(d >= (double)least && d <= (double)most))
        return refuse(node_get(map, key), str_of(key), e);
    *out = (int64_t)d;
    return RC_OK;
}

bool minutes_read(struct str s, int *out)
{
    int h = 0, m = 0, digits = 0;
    size_t i = 0;
    for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '9' && digits < 2; i++, digits++)
        h = h * 10 + (s.p[i] - '0');
    if (!digits || s.n != i + 3 || s.p[i] != ':')
        return false;
    for (i++; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
        m = m * 10 + (s.p[i] - '0');
    }
    *out = h * 60 + m;
    return h < 24 && m < 60;
}

static enum rc read_delivery(struct reading *x, const struct node *d, struct err *e)
{
    struct notices *n = x->n;
    TRY(whole(d, "gather", 30, 0, 86400, &n->gather, e));
    TRY(whole(d, "retry", 60, 1, 86400, &n->retry, e));
    TRY(whole(d, "attempts", 10, 1, 100, &n->attempts, e));
    TRY(whole(d, "claim", 180, 1, 86400, &n->claim, e));
    TRY(whole(d, "keep", 365, 60, 36500, &n->keep, e));
    n->local_robots = str_eq(node_text(d, "local_robots", STR("")), STR("true"));
    if (!minutes_read(node_text(d, "quiet_from", STR("21:00")), &n->quiet_from))
        return refuse(node_get(d, "quiet_from"), STR("quiet_from"), e);
    if (!minutes_read(node_text(d, "quiet_until", STR("07:30")), &n->quiet_until))
        return refuse(node_get(d, "quiet_until"), STR("quiet_until"), e);
    return RC_OK;
}

/* ---- events ---- */

static enum rc read_event(struct reading *x, const struct node *n, struct err *e)
{
    const struct node *label = node_get(n, "label"), *channels = node_get(n, "channels");
    struct notice_event v = {
        .name = node_text(n, "event", STR("")),
        .key = node_text(n, "key", STR("")),
        .link = node_text(n, "link", STR("")),
        .begins = node_text(n, "begins", STR("")),
        .label = {node_text(label, "zh", STR("")), node_text(label, "en", STR(""))}};
    if (!v.name.n || v.name.n > 40 || !v.key.n || !v.label.zh.n || !v.label.en.n)
        return refuse(n, STR("events"), e);
    for (const struct node *c = channels ? channels->child : NULL; c; c = c->next) {
        enum channel ch = channel_find(c->text);
        if (ch == CHANNEL__COUNT)
            return refuse(c, c->text, e);
        v.channels |= 1u << ch;
    }
    if (str_eq(v.name, STR("other")))
        x->n->other = (uint32_t)x->n->event.n;
    if (x->n->event.n >= 32)
        return refuse(n, STR("events"), e);
    return vec_push(&x->n->event, v, e);
}

static enum rc event_of(const struct reading *x, const struct node *row, uint32_t *event,
                        struct str *key, struct err *e)
{
    struct str name = node_text(row, "event", STR(""));
    for (uint32_t i = 0; i < x->n->event.n; i++)
        if (str_eq(x->n->event.p[i].name, name)) {
            *event = i;
            *key = node_text(row, "key", x->n->event.p[i].key);
            return RC_OK;
        }
    return refuse(row, name.n ? name : STR("event"), e);
}

/* ---- rows about records ---- */

static bool is_word(struct str s)
{
    return str_eq(s, STR("owner")) || str_eq(s, STR("brokers")) || str_eq(s, STR("site"));
}

static enum rc read_tell(const struct reading *x, const struct kind *k, const struct node *row,
                         const struct node **out, bool *fits, struct err *e)
{
    *out = node_get(row, "tell");
    *fits = true;
    if (!*out || (*out)->type != NODE_LIST || !(*out)->child)
        return refuse(row, STR("tell"), e);
    for (const struct node *w = (*out)->child; w; w = w->next) {
        uint32_t f = is_word(w->text) ? 0 : field_find(k, w->text);
        if (f == NO_FIELD ||
            (!is_word(w->text) && k->field[f].type != TYPE_TEXT && k->field[f].type != TYPE_REF)) {
            *fits = false;
            return unfit(x, w, w->text, e);
        }
    }
    return RC_OK;
}

static enum rc kind_of(const struct reading *x, const struct node *row, const struct kind **out,
                       struct err *e)
{
    struct str name = node_text(row, "kind", STR(""));
    *out = kind_find(x->s->kinds, name);
    return *out ? RC_OK : unfit(x, row, name.n ? name : STR("kind"), e);
}

static enum rc read_step(struct reading *x, const struct node *row, struct err *e)
{
    struct step_row v = {0};
    struct str state = node_text(row, "state", STR(""));
    bool fits;
    TRY(kind_of(x, row, &v.kind, e));
    TRY(event_of(x, row, &v.event, &v.key, e));
    if (!v.kind)
        return RC_OK;
    v.state = state_find(v.kind, state);
    if (v.state == NO_STATE)
        return unfit(x, row, state.n ? state : STR("state"), e);
    TRY(read_tell(x, v.kind, row, &v.tell, &fits, e));
    return fits ? vec_push(&x->n->step, v, e) : RC_OK;
}

/* "due", "deliverables.due", "expires". */
static bool find_date(struct date_row *v, struct str unless)
{
    size_t dot = str_find(v->date, STR("."), 0);
    v->sub = v->unless = v->field = NO_FIELD;
    if (str_eq(v->date, STR("expires")) && field_find(v->kind, v->date) == NO_FIELD) {
        for (uint32_t i = 0; i < v->kind->n_states; i++)
            if (v->kind->state[i].expires)
                return true;
        return false;
    }
    v->field = field_find(v->kind, str_sub(v->date, 0, MIN(dot, v->date.n)));
    if (v->field == NO_FIELD)
        return false;
    const struct field_def *f = &v->kind->field[v->field];
    if (dot == SIZE_MAX)
        return f->type == TYPE_DATE && !f->list;
    if (f->type != TYPE_GROUP || !f->list)
        return false;
    struct str sub = str_sub(v->date, dot + 1, v->date.n);
    for (uint32_t i = 0; i < f->n_sub; i++) {
        if (str_eq(f->sub[i].name, sub) && f->sub[i].type == TYPE_DATE)
            v->sub = i;
        if (unless.n && str_eq(f->sub[i].name, unless))
            v->unless = i;
    }
    return v->sub != NO_FIELD && (!unless.n || v->unless != NO_FIELD);
}

static enum rc read_date(struct reading *x, const struct node *row, struct err *e)
{
    struct date_row v = {.date = node_text(row, "date", STR("")),
                         .when = node_text(row, "when", STR(""))};
    int64_t before, after;
    bool fits;
    struct filter *f;
    TRY(kind_of(x, row, &v.kind, e));
    TRY(event_of(x, row, &v.event, &v.key, e));
    TRY(whole(row, "before", -1, -1, 3650, &before, e));
    TRY(whole(row, "after", 0, 0, 3650, &after, e));
    if (!v.kind)
        return RC_OK;
    if ((before < 0) == (after == 0))
        return refuse(row, STR("before"), e);
    v.before = before < 0 ? 0 : (uint32_t)before;
    v.after = (uint32_t)after;
    if (!find_date(&v, node_text(row, "unless", STR(""))))
        return unfit(x, row, v.date.n ? v.date : STR("date"), e);
    struct err why;
    if (v.when.n &&
        view_filter(x->s, &actor_system, v.kind, v.when, NULL, &x->n->arena, &f, &why) != RC_OK)
        return unfit(x, node_get(row, "when"), v.when, e);
    TRY(read_tell(x, v.kind, row, &v.tell, &fits, e));
    return fits ? vec_push(&x->n->date, v, e) : RC_OK;
}

/* ---- all ---- */

typedef enum rc (*row_fn)(struct reading *x, const struct node *row, struct err *e);

static enum rc read_rows(struct reading *x, const struct node *file, const char *key, row_fn read,
                         struct err *e)
{
    const struct node *list = node_get(file, key);
    if (list && list->type != NODE_LIST)
        return refuse(list, str_of(key), e);
    for (const struct node *n = list ? list->child : NULL; n; n = n->next)
        TRY(n->type == NODE_MAP ? read(x, n, e) : refuse(n, str_of(key), e));
    return RC_OK;
}

static bool own_file(const struct site *s)
{
    char path[4096];
    return s->o.model_dir &&
           snprintf(path, sizeof path, "%s/notices.yaml", s->o.model_dir) < (int)sizeof path &&
           access(path, F_OK) == 0;
}

enum rc notices_open(struct notices **out, struct site *s, struct err *e)
{
    const struct node *file = model_notices(s->model);
    struct notices *n = mem_calloc(1, sizeof *n);
    struct reading x = {n, s, own_file(s)};
    if (!n)
        return err_nomem(e);
    n->other = UINT32_MAX;
    *out = n;
    TRY(read_delivery(&x, node_get(file, "delivery"), e));
    TRY(read_rows(&x, file, "events", read_event, e));
    if (n->other == UINT32_MAX)
        return refuse(file, STR("other"), e);
    TRY(read_rows(&x, file, "steps", read_step, e));
    return read_rows(&x, file, "dates", read_date, e);
}

void notices_close(struct notices *n)
{
    if (!n)
        return;
    vec_free(&n->event);
    vec_free(&n->step);
    vec_free(&n->date);
    arena_free(&n->arena);
    mem_free(n);
}

const struct notice_event *notices_event(const struct notices *n, struct str key)
{
    for (size_t i = 0; i < n->event.n; i++)
        if (str_eq(n->event.p[i].key, key))
            return &n->event.p[i];
    for (size_t i = 0; i < n->step.n; i++)
        if (str_eq(n->step.p[i].key, key))
            return &n->event.p[n->step.p[i].event];
    for (size_t i = 0; i < n->date.n; i++)
        if (str_eq(n->date.p[i].key, key))
            return &n->event.p[n->date.p[i].event];
    for (size_t i = 0; i < n->event.n; i++) {
        struct str head = n->event.p[i].begins;
        if (head.n && str_starts(key, head))
            return &n->event.p[i];
    }
    return &n->event.p[n->other];
}
