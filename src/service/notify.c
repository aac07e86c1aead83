/* What somebody is told, and his inbox. */
#include "service/notify_int.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

const char *const channel_names[CHANNEL__COUNT] = {"mail", "wecom", "dingtalk", "feishu"};

enum channel channel_find(struct str name)
{
    int c = 0;
    while (c < CHANNEL__COUNT && !str_eq(name, str_of(channel_names[c])))
        c++;
    return (enum channel)c;
}

/* ---- telling ---- */

/* What somebody has chosen for an event: {"due": ["mail"]}; what is not there is the table's. */
unsigned notify_chosen(struct str choice, const struct notice_event *event)
{
    char name[48];
    unsigned bits = 0;
    size_t i;
    json_t *v, *all = choice.n ? json_loadb(choice.p, choice.n, 0, NULL) : NULL;
    snprintf(name, sizeof name, "%.*s", (int)event->name.n, event->name.p);
    json_t *list = json_object_get(all, name);
    if (!json_is_array(list))
        bits = event->channels;
    json_array_foreach(list, i, v)
    {
        enum channel c = channel_find(str_of(json_string_value(v)));
        bits |= c < CHANNEL__COUNT ? 1u << c : 0;
    }
    json_decref(all);
    return bits;
}

enum rc notify_channels(struct tx *tx, const struct notice_event *event, int64_t account,
                        unsigned *out, struct err *e)
{
    struct arena a = {0};
    struct reach reach;
    vec_hook hooks = {0};
    unsigned there = 0;
    enum rc rc = reach_get(tx, account, &a, &reach, e);
    if (rc == RC_OK)
        rc = hook_list(tx, account, &a, &hooks, e);
    if (rc == RC_OK) {
        there = reach.mail.n && reach.proved ? 1u << CHANNEL_MAIL : 0;
        for (size_t i = 0; i < hooks.n; i++)
            there |= 1u << channel_find(hooks.p[i].channel);
        *out = there & (account ? notify_chosen(reach.choice, event) : (1u << CHANNEL__COUNT) - 1);
    }
    vec_free(&hooks);
    arena_free(&a);
    return rc;
}

/* Somebody who can be told; 0: the site's chat group. */
static enum rc listens(struct tx *tx, int64_t account, bool *out, struct err *e)
{
    struct arena a = {0};
    struct account n;
    *out = account == 0;
    enum rc rc = *out ? RC_OK : account_get(tx, account, &a, &n, out, e);
    *out = rc == RC_OK && *out && (account == 0 || n.active);
    arena_free(&a);
    return rc;
}

enum rc notice_put(struct site *s, struct tx *tx, const struct notice *n, struct err *e)
{
    bool there, fresh;
    unsigned channels;
    struct notice_row row = {.account = n->account,
                             .key = n->key,
                             .text = n->text,
                             .about = n->about,
                             .once = n->once,
                             .created = site_now(s)};
    TRY(listens(tx, n->account, &there, e));
    if (!there)
        return RC_OK;
    const struct notice_event *event = notices_event(s->notices, n->key);
    TRY(notify_channels(tx, event, n->account, &channels, e));
    if (!n->account && !channels)
        return RC_OK; /* no chat group */
    TRY(notice_add(tx, &row, &fresh, e));
    for (int c = 0; fresh && c < CHANNEL__COUNT; c++)
        if (channels & 1u << c)
            TRY(delivery_add(tx, row.id, n->account, str_of(channel_names[c]),
                             row.created + s->notices->gather, e));
    return RC_OK;
}

static enum rc tell(struct site *s, struct tx *tx, const struct step_row *row,
                    const struct people *p, const struct actor *a, const struct rec *r,
                    struct arena *to, struct err *e)
{
    vec_id told = {0};
    enum rc rc = people_told(p, tx, r, row->tell, a->account, to, &told, e);
    for (size_t i = 0; rc == RC_OK && i < told.n; i++) {
        struct notice n = {.account = told.p[i],
                           .key = row->key,
                           .text = rec_title(r),
                           .about = r->id,
                           .once = STR("")};
        rc = notice_put(s, tx, &n, e);
    }
    vec_free(&told);
    return rc;
}

enum rc notice_step(struct site *s, struct tx *tx, const struct actor *a, const struct rec *from,
                    const struct rec *r, struct arena *to, struct err *e)
{
    struct people p = {0};
    bool loaded = false;
    enum rc rc = RC_OK;
    if (r->state == NO_STATE || (from && from->state == r->state))
        return RC_OK;
    for (size_t i = 0; rc == RC_OK && i < s->notices->step.n; i++) {
        const struct step_row *row = &s->notices->step.p[i];
        if (row->kind != r->kind || row->state != r->state)
            continue;
        if (!loaded)
            rc = people_load(&p, tx, to, e);
        loaded = true;
        if (rc == RC_OK)
            rc = tell(s, tx, row, &p, a, r, to, e);
    }
    people_free(&p);
    return rc;
}

/* ---- the inbox ---- */

struct inbox_call {
    const struct actor *a;
    bool unread, found;
    int64_t before, id;
    uint32_t limit, n;
    struct arena *to;
    vec_notice rows;
    struct notice_row row;
};

static enum rc read_list(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct inbox_call *c = ctx;
    (void)s;
    return notice_list(tx, c->a->account, c->unread, c->before, c->limit, c->to, &c->rows, e);
}

static struct str keep(struct arena *to, struct buf *b)
{
    struct str s = arena_str(to, buf_view(b));
    return s;
}

static enum rc show(struct site *s, const struct actor *a, const struct notice_row *n,
                    struct str title, const struct kind *kind, struct arena *to,
                    struct notice_shown *out, struct err *e)
{
    const struct notice_event *event = notices_event(s->notices, n->key);
    struct buf detail, b;
    char key[64];
    buf_init(&detail, 1 << 16);
    buf_init(&b, 1 << 16);
    *out = (struct notice_shown){
        .id = n->id, .about = kind ? n->about : 0, .at = n->created, .seen = n->seen, .kind = kind};
    snprintf(key, sizeof key, "%.*s", (int)n->key.n, n->key.p);
    enum rc rc = notice_title(&detail, s, n, title, a->zh, e);
    if (rc == RC_OK)
        rc = notice_sentence(&b, str_of(site_message(s, key, a->zh)), buf_view(&detail), e);
    if (rc == RC_OK)
        out->sentence = keep(to, &b);
    buf_clear(&b);
    if (rc == RC_OK && kind)
        rc = buf_printf(&b, e, "/%.*s/%lld", (int)kind->name.n, kind->name.p, (long long)n->about);
    else if (rc == RC_OK)
        rc = buf_str(&b, n->about ? STR("") : event->link, e);
    if (rc == RC_OK)
        out->link = keep(to, &b);
    out->event = event->name;
    buf_free(&detail);
    buf_free(&b);
    return rc == RC_OK && (!out->sentence.p || !out->link.p) ? err_nomem(e) : rc;
}

enum rc notices_show(struct site *s, const struct actor *a, const vec_notice *rows,
                     struct arena *to, vec_notice_shown *out, struct err *e)
{
    int64_t *id = arena_calloc(to, rows->n + 1, sizeof *id);
    struct str *title = arena_calloc(to, rows->n + 1, sizeof *title);
    const struct kind **kind = arena_calloc(to, rows->n + 1, sizeof *kind);
    if (!id || !title || !kind)
        return err_nomem(e);
    for (size_t i = 0; i < rows->n; i++)
        id[i] = rows->p[i].about;
    TRY(record_titles(s, a, id, (uint32_t)rows->n, to, title, kind, e));
    for (size_t i = 0; i < rows->n; i++) {
        struct notice_shown one;
        TRY(show(s, a, &rows->p[i], title[i], kind[i], to, &one, e));
        TRY(vec_push(out, one, e));
    }
    return RC_OK;
}

enum rc inbox_list(struct site *s, const struct actor *a, bool unread, int64_t before,
                   uint32_t limit, struct arena *to, vec_notice_shown *out, struct err *e)
{
    struct inbox_call c = {
        .a = a, .unread = unread, .before = before, .limit = MIN(limit, 200u), .to = to};
    if (a->account <= 0)
        return RC_OK;
    enum rc rc = site_read(s, read_list, &c, e);
    if (rc == RC_OK)
        rc = notices_show(s, a, &c.rows, to, out, e);
    vec_free(&c.rows);
    return rc;
}

static enum rc count(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct inbox_call *c = ctx;
    (void)s;
    return notice_unread(tx, c->a->account, &c->n, e);
}

enum rc inbox_unread(struct site *s, const struct actor *a, uint32_t *out, struct err *e)
{
    struct inbox_call c = {.a = a};
    enum rc rc = a->account > 0 ? site_read(s, count, &c, e) : RC_OK;
    *out = c.n;
    return rc;
}

static enum rc mark(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct inbox_call *c = ctx;
    TRY(notice_get(tx, c->id, c->to, &c->row, &c->found, e));
    c->found = c->found && c->row.account == c->a->account && c->a->account > 0;
    return c->found ? notice_seen(tx, c->a->account, c->id, site_now(s), e) : RC_OK;
}

enum rc inbox_read(struct site *s, const struct actor *a, int64_t id, struct arena *to,
                   struct str *link, struct err *e)
{
    struct inbox_call c = {.a = a, .id = id, .to = to};
    vec_notice_shown shown = {0};
    if (link)
        *link = STR("");
    if (a->read_only)
        return err_user(e, "service.denied", "%s", "");
    TRY(site_write(s, mark, &c, e));
    seen_drop(s->seen);
    if (!c.found)
        return view_missing(e);
    enum rc rc = link ? vec_push(&c.rows, c.row, e) : RC_OK;
    if (rc == RC_OK && link)
        rc = notices_show(s, a, &c.rows, to, &shown, e);
    if (rc == RC_OK && link)
        *link = shown.p[0].link;
    vec_free(&c.rows);
    vec_free(&shown);
    return rc;
}

static enum rc mark_all(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct inbox_call *c = ctx;
    return notice_seen_all(tx, c->a->account, c->before, site_now(s), e);
}

enum rc inbox_read_all(struct site *s, const struct actor *a, int64_t up_to, struct err *e)
{
    struct inbox_call c = {.a = a, .before = up_to};
    if (a->account <= 0 || a->read_only)
        return err_user(e, "service.denied", "%s", "");
    enum rc rc = site_write(s, mark_all, &c, e);
    seen_drop(s->seen);
    return rc;
}
