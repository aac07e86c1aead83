/* One box over all kinds: what was found by kind, with the words marked. */
#include "service/pairing.h"
#include "web/http_int.h"
#include "web/page_int.h"

#include <limits.h>

#define FOUND_MOST 200u
#define FIRST      5u  /* of each kind where all are shown */
#define ROWS       20u /* of one kind on a page */
#define BEFORE     24u /* characters of a snippet in front of the first place */
#define SNIPPET    120u

#define PIECES "[text mark]"
const struct page search_def = {"search",
                                "q total capped one tabs[label href count here]"
                                " groups[label count more rows[href title" PIECES " snippet" PIECES
                                " owner state{text tone}]]"
                                " kinds[label path] " PAGER_SHAPE,
                                false};

struct search {
    struct request *rq;
    struct view *v;
    struct str q;
    const struct kind *only;
    vec_shown found;
    struct titles titles;
};

/* ---- pieces of a text, marked or not ---- */

static void piece(struct view *list, struct str s, bool mark)
{
    if (!s.n)
        return;
    struct view *v = view_item(list);
    view_str(v, "text", s);
    view_flag(v, "mark", mark);
}

/* Bytes [from, to) of what was searched. */
static void pieces(struct view *list, const struct hit_shown *h, size_t from, size_t to)
{
    for (;;) {
        const struct span *next = NULL; /* spans may come in any order */
        for (uint32_t i = 0; i < h->n_spans; i++)
            if (h->span[i].from >= from && h->span[i].to <= to &&
                (!next || h->span[i].from < next->from))
                next = &h->span[i];
        if (!next)
            break;
        piece(list, str_sub(h->text, from, next->from), false);
        piece(list, span_str(h->text, *next), true);
        from = next->to;
    }
    piece(list, str_sub(h->text, from, to), false);
}

/* `n` characters back from byte `at`, not past `least`, and not past a line's start. */
static size_t back(struct str s, size_t at, size_t least, uint32_t n)
{
    while (at > least && n--) {
        size_t to = at - 1;
        while (to > least && ((unsigned char)s.p[to] & 0xC0) == 0x80)
            to--;
        if (s.p[to] == '\n')
            break;
        at = to;
    }
    return at;
}

static size_t forth(struct str s, size_t at, uint32_t n)
{
    while (at < s.n && n--)
        utf8_next(s, &at);
    return at;
}

/* Where a clause begins at or after `at`, before `first`; `at` where none does. */
static size_t clause(struct str s, size_t at, size_t first)
{
    for (size_t i = at; i < first;) {
        uint32_t c = utf8_next(s, &i);
        if ((c == 0xFF0C || c == 0x3002 || c == 0xFF1B || c == ';') && i <= first)
            return i;
    }
    return at;
}

static void view_snippet(struct search *x, struct view *row, const struct hit_shown *h)
{
    struct view *title = view_list(row, "title"), *list = view_list(row, "snippet");
    size_t body = MIN(rec_title(&h->rec).n, h->text.n), first = SIZE_MAX;
    if (body)
        pieces(title, h, 0, body);
    else
        piece(title, title_of(x->rq, &h->rec), false);
    while (body < h->text.n && (h->text.p[body] == '\n' || h->text.p[body] == ' '))
        body++;
    for (uint32_t i = 0; i < h->n_spans; i++)
        if (h->span[i].from >= body)
            first = MIN(first, (size_t)h->span[i].from);
    size_t from = first == SIZE_MAX ? body : back(h->text, first, body, BEFORE);
    if (first != SIZE_MAX && from > body)
        from = clause(h->text, from, first);
    size_t to = forth(h->text, from, SNIPPET);
    if (from > body && from < h->text.n && h->text.p[from - 1] != '\n')
        piece(list, STR("…"), false);
    pieces(list, h, from, to);
    if (to < h->text.n)
        piece(list, STR("…"), false);
}

/* ---- groups ---- */

static struct str address(struct search *x, const struct kind *k)
{
    static const char *const name[] = {"kind", "from"};
    struct str text[] = {k ? k->name : STR(""), STR("")};
    return address_with(x->rq, name, text, 2);
}

static uint32_t count_of(const struct search *x, const struct kind *k)
{
    uint32_t n = 0;
    for (size_t i = 0; i < x->found.n; i++)
        n += x->found.p[i].rec.kind == k;
    return n;
}

static void view_hit(struct search *x, struct view *rows, const struct hit_shown *h)
{
    const struct kind *k;
    struct view *row = view_item(rows);
    view_str(row, "href", record_path(x->rq, &h->rec));
    if (h->rec.org && h->rec.org != h->rec.id)
        view_str(row, "owner", titles_of(&x->titles, h->rec.org, &k));
    view_state(x->rq, view_map(row, "state"), &h->rec);
    view_snippet(x, row, h);
}

static void view_group(struct search *x, struct view *groups, const struct kind *k, uint64_t from,
                       uint32_t limit)
{
    uint32_t n = count_of(x, k), seen = 0;
    if (!n)
        return;
    struct view *g = view_item(groups), *rows = view_list(g, "rows");
    view_str(g, "label", label_text(&k->label, x->rq->zh));
    view_int(g, "count", n);
    if (!x->only && n > limit)
        view_str(g, "more", address(x, k));
    for (size_t i = 0; i < x->found.n; i++)
        if (x->found.p[i].rec.kind == k) {
            if (seen >= from && seen < from + limit)
                view_hit(x, rows, &x->found.p[i]);
            seen++;
        }
}

static void view_tab(struct search *x, struct view *tabs, const struct kind *k, uint32_t n)
{
    struct view *tab = view_item(tabs);
    view_str(tab, "label", k ? label_text(&k->label, x->rq->zh) : msg(x->rq, "web.all"));
    view_str(tab, "href", address(x, k));
    view_int(tab, "count", n);
    view_flag(tab, "here", k == x->only);
}

static void view_groups(struct search *x)
{
    const struct kinds *kinds = site_kinds(x->rq->site);
    struct view *tabs = view_list(x->v, "tabs"), *groups = view_list(x->v, "groups");
    uint64_t from = (uint64_t)MAX(0, MIN(param_int(x->rq, "from", 0), (int64_t)FOUND_MOST));
    from = x->only ? from / ROWS * ROWS : 0;
    view_tab(x, tabs, NULL, (uint32_t)x->found.n);
    for (uint32_t i = 0; i < kinds_count(kinds); i++) {
        const struct kind *k = kinds_at(kinds, i);
        uint32_t n = count_of(x, k);
        if (n || k == x->only)
            view_tab(x, tabs, k, n);
        if (!x->only || k == x->only)
            view_group(x, groups, k, from, x->only ? ROWS : FIRST);
    }
    if (x->only)
        view_pager(x->rq, x->v, from, ROWS, count_of(x, x->only));
}

/* ---- nothing asked, nothing found ---- */

static void view_kinds(struct search *x)
{
    const struct kinds *kinds = site_kinds(x->rq->site);
    struct view *list = view_list(x->v, "kinds");
    for (uint32_t i = 0; i < kinds_count(kinds); i++) {
        const struct kind *k = kinds_at(kinds, i);
        if (k->order == INT_MAX || !actor_may(x->rq->actor, k, RIGHT_READ, NULL))
            continue;
        struct view *v = view_item(list);
        view_str(v, "label", label_text(&k->label, x->rq->zh));
        view_str(v, "path", textf(x->rq, "/%.*s", (int)k->name.n, k->name.p));
    }
}

static enum rc run(struct search *x, struct err *e)
{
    struct request *rq = x->rq;
    if (x->q.n)
        TRY(search_all(rq->site, rq->actor, x->q, NULL, FOUND_MOST, rq->arena, &x->found, e));
    for (size_t i = 0; i < x->found.n; i++)
        TRY(titles_want(&x->titles, x->found.p[i].rec.org, e));
    TRY(titles_load(&x->titles, rq, e));
    view_str(x->v, "q", x->q);
    view_int(x->v, "total", (int64_t)x->found.n);
    view_flag(x->v, "capped", x->found.n >= FOUND_MOST);
    view_flag(x->v, "one", x->only != NULL);
    if (x->found.n)
        view_groups(x);
    view_kinds(x);
    return RC_OK;
}

enum rc search_page(struct request *rq, struct reply *re, struct err *e)
{
    struct str q = str_trim(param_text(rq, "q")), only = param_text(rq, "kind");
    struct search x = {.rq = rq, .v = view_new(rq->arena), .q = str_sub(q, 0, 2000)};
    x.only = only.n ? kind_find(site_kinds(rq->site), only) : NULL;
    enum rc rc = run(&x, e);
    vec_free(&x.found);
    titles_free(&x.titles);
    if (rc != RC_OK)
        return rc;
    return reply_page(rq, re, &search_def,
                      x.q.n ? msg_with(rq, "web.search_of", x.q) : msg(rq, "web.search"), x.v, e);
}
