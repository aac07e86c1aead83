/* Notices into one message, whose bytes each channel makes. */
#include "service/auth_int.h"
#include "service/digest.h"
#include "service/notify_int.h"

#include <stdio.h>

#define ITEMS_MOST 60u
#define TEXT_MOST  (256u << 10)

enum rc notice_sentence(struct buf *out, struct str sentence, struct str detail, struct err *e)
{
    static const struct str marks[] = {{"{detail}", 8}, {"{other}", 7}};
    size_t tab = MIN(str_find(detail, STR("\t"), 0), detail.n);
    const struct str with[] = {str_sub(detail, 0, tab), str_sub(detail, tab + 1, detail.n)};
    for (size_t at = 0; at < sentence.n;) {
        size_t best = SIZE_MAX, which = 0;
        for (size_t m = 0; m < ARRAY_LEN(marks); m++) {
            size_t found = str_find(sentence, marks[m], at);
            if (found < best) {
                best = found;
                which = m;
            }
        }
        size_t end = MIN(best, sentence.n);
        TRY(buf_put(out, sentence.p + at, end - at, e));
        if (best == SIZE_MAX)
            break;
        TRY(buf_str(out, with[which], e));
        at = best + marks[which].n;
    }
    return RC_OK;
}

enum rc notice_title(struct buf *out, struct site *s, const struct notice_row *n, struct str title,
                     bool zh, struct err *e)
{
    size_t tab = MIN(str_find(n->text, STR("\t"), 0), n->text.n);
    if (!n->about)
        return buf_str(out, n->text, e);
    TRY(buf_str(out, title.n ? title : str_of(site_message(s, "notice.hidden", zh)), e));
    return buf_str(out, str_sub(n->text, tab, n->text.n), e);
}

static enum rc absolute(struct site *s, struct str path, struct arena *to, struct str *out,
                        struct err *e)
{
    struct buf b;
    *out = STR("");
    if (!path.n || !s->o.url || !*s->o.url)
        return RC_OK;
    struct str base = str_of(s->o.url);
    while (base.n && base.p[base.n - 1] == '/')
        base.n--;
    buf_init(&b, 8192);
    enum rc rc = buf_str(&b, base, e);
    if (rc == RC_OK)
        rc = buf_str(&b, path, e);
    if (rc == RC_OK)
        *out = arena_str(to, buf_view(&b));
    buf_free(&b);
    return rc == RC_OK && !out->p ? err_nomem(e) : rc;
}

static enum rc say(struct site *s, const char *key, bool zh, struct str detail, struct arena *to,
                   struct str *out, struct err *e)
{
    struct buf b;
    buf_init(&b, TEXT_MOST);
    enum rc rc = notice_sentence(&b, str_of(site_message(s, key, zh)), detail, e);
    if (rc == RC_OK)
        *out = arena_str(to, buf_view(&b));
    buf_free(&b);
    return rc == RC_OK && !out->p ? err_nomem(e) : rc;
}

static enum rc add_item(struct letter *l, struct site *s, struct str text, struct str path,
                        struct arena *to, struct err *e)
{
    struct letter_item item = {.text = text};
    TRY(absolute(s, path, to, &item.link, e));
    return vec_push(&l->item, item, e);
}

/* The week's list: what one person in charge owes, as it is when the message is sent. */
static enum rc add_week(struct letter *l, struct site *s, const struct actor *a, struct arena *to,
                        struct err *e)
{
    vec_owed owed = {0};
    enum rc rc = digest_of(s, a, a->name.n ? a->name : a->login, to, &owed, e);
    for (size_t i = 0; rc == RC_OK && i < owed.n && l->item.n < ITEMS_MOST; i++) {
        struct buf b;
        char day[12], path[80];
        const struct rec *r = &owed.p[i].rec;
        struct str text, due = date_put(day, owed.p[i].due);
        buf_init(&b, TEXT_MOST);
        snprintf(path, sizeof path, "/%.*s/%lld", (int)r->kind->name.n, r->kind->name.p,
                 (long long)r->id);
        rc =
            buf_printf(&b, e, "%.*s\t%.*s", (int)rec_title(r).n, rec_title(r).p, (int)due.n, due.p);
        if (rc == RC_OK)
            rc = say(s, "notify.by_day", a->zh, buf_view(&b), to, &text, e);
        if (rc == RC_OK)
            rc = add_item(l, s, text, str_of(path), to, e);
        buf_free(&b);
    }
    vec_free(&owed);
    return rc;
}

static enum rc set_subject(struct letter *l, struct site *s, size_t notices, struct arena *to,
                           struct err *e)
{
    char digits[24];
    struct str what = l->item.n ? l->item.p[0].text : STR("");
    snprintf(digits, sizeof digits, "%zu", notices);
    if (notices != 1)
        TRY(say(s, "notify.many", l->zh, str_of(digits), to, &what, e));
    return say(s, "notify.subject", l->zh, what, to, &l->subject, e);
}

enum rc letter_of(struct letter *out, struct site *s, const struct account *account,
                  const vec_notice *notices, struct arena *to, struct err *e)
{
    struct actor actor = account->id ? actor_of(account) : actor_visitor;
    vec_notice_shown shown = {0};
    *out = (struct letter){.zh = account->id ? actor.zh : true};
    actor.zh = out->zh;
    enum rc rc = notices_show(s, &actor, notices, to, &shown, e);
    for (size_t i = 0; rc == RC_OK && i < shown.n; i++) {
        rc = add_item(out, s, shown.p[i].sentence, shown.p[i].link, to, e);
        if (rc == RC_OK && str_eq(shown.p[i].event, STR("weekly")))
            rc = add_week(out, s, &actor, to, e);
    }
    if (rc == RC_OK)
        rc = set_subject(out, s, shown.n, to, e);
    if (rc == RC_OK && account->id) {
        out->footer = str_of(site_message(s, "notify.footer", out->zh));
        rc = absolute(s, STR("/account/notices"), to, &out->footer_link, e);
    }
    vec_free(&shown);
    if (rc != RC_OK)
        letter_free(out);
    return rc;
}

enum rc letter_plain(struct letter *out, struct site *s, bool zh, struct str subject,
                     struct str text, struct arena *to, struct err *e)
{
    struct letter_item item = {.text = text};
    *out = (struct letter){.zh = zh};
    TRY(say(s, "notify.subject", zh, subject, to, &out->subject, e));
    return vec_push(&out->item, item, e);
}

void letter_free(struct letter *l)
{
    vec_free(&l->item);
}

static enum rc put_item(struct buf *b, const struct letter *l, size_t i, struct err *e)
{
    const struct letter_item *item = &l->item.p[i];
    if (l->item.n > 1)
        TRY(buf_printf(b, e, "%zu. ", i + 1));
    TRY(buf_str(b, item->text, e));
    TRY(buf_char(b, '\n', e));
    if (item->link.n)
        TRY(buf_printf(b, e, "%.*s\n", (int)item->link.n, item->link.p));
    return RC_OK;
}

enum rc letter_text(struct buf *out, struct site *s, const struct letter *l, size_t max,
                    struct err *e)
{
    const size_t tail = 200; /* for the line that counts the rest */
    for (size_t i = 0; i < l->item.n; i++) {
        struct buf one;
        buf_init(&one, TEXT_MOST);
        enum rc rc = put_item(&one, l, i, e);
        bool fits = out->n + one.n + tail <= max || (i + 1 == l->item.n && out->n + one.n <= max);
        if (rc == RC_OK && fits)
            rc = buf_str(out, buf_view(&one), e);
        buf_free(&one);
        TRY(rc);
        if (!fits) {
            char left[24];
            snprintf(left, sizeof left, "%zu", l->item.n - i);
            return notice_sentence(out, str_of(site_message(s, "notify.more", l->zh)), str_of(left),
                                   e);
        }
    }
    return RC_OK;
}
