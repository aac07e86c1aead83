/* For machines: static files, health, metrics; suggestions and saved queries. */
#include "service/saved.h"
#include "web/http_int.h"
#include "web/page_int.h"

#include <inttypes.h>

#define SUGGESTIONS 20u

const struct page suggest_def = {"suggest", "options[value label]", true};

enum rc static_file(struct request *rq, struct reply *re, struct err *e)
{
    const struct asset *a = asset_at(&rq->web->assets, rq->name);
    if (!a)
        return err_user(e, "web.no_page", "%s", "");
    bool packed =
        a->packed.n && str_find(request_header(rq, "Accept-Encoding"), STR("gzip"), 0) != SIZE_MAX;
    re->bytes = packed ? a->packed : a->bytes;
    re->type = a->type;
    reply_header(re, "Cache-Control", STR("public, max-age=31536000, immutable"));
    reply_header(re, "ETag", a->etag);
    reply_header(re, "Vary", STR("Accept-Encoding"));
    if (packed)
        reply_header(re, "Content-Encoding", STR("gzip"));
    return RC_OK;
}

enum rc favicon(struct request *rq, struct reply *re, struct err *e)
{
    const struct asset *a = asset_find(&rq->web->assets, "favicon.svg");
    if (!a)
        return err_user(e, "web.no_page", "%s", "");
    re->bytes = a->bytes;
    re->type = a->type;
    reply_header(re, "Cache-Control", STR("public, max-age=86400"));
    reply_header(re, "ETag", a->etag);
    return RC_OK;
}

/* Healthy: the database answers. */
enum rc healthz(struct request *rq, struct reply *re, struct err *e)
{
    int64_t seq = 0;
    TRY(store_seq(site_store(rq->site), &seq, e));
    re->type = "text/plain; charset=utf-8";
    return buf_printf(&re->body, e, "ok %" PRId64 "\n", seq);
}

static enum rc metric(struct buf *b, const char *name, const char *type, const char *help,
                      struct err *e)
{
    return buf_printf(b, e, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* Prometheus' text format 0.0.4. */
enum rc metrics(struct request *rq, struct reply *re, struct err *e)
{
    struct counters *n = &rq->web->counters;
    struct buf *b = &re->body;
    unsigned long long all = 0;
    re->type = "text/plain; version=0.0.4; charset=utf-8";
    TRY(metric(b, "qiao_requests_total", "counter", "Requests answered, by class of status.", e));
    for (unsigned i = 1; i < 6; i++) {
        unsigned long long one = atomic_load(&n->answered[i]);
        all += one;
        TRY(buf_printf(b, e, "qiao_requests_total{status=\"%uxx\"} %llu\n", i, one));
    }
    TRY(metric(b, "qiao_request_seconds", "histogram", "How long an answer took.", e));
    for (unsigned i = 0; i < BUCKETS; i++)
        TRY(buf_printf(b, e, "qiao_request_seconds_bucket{le=\"%g\"} %llu\n", bucket_seconds[i],
                       (unsigned long long)atomic_load(&n->bucket[i])));
    TRY(buf_printf(b, e, "qiao_request_seconds_bucket{le=\"+Inf\"} %llu\n", all));
    TRY(buf_printf(b, e, "qiao_request_seconds_sum %.6f\nqiao_request_seconds_count %llu\n",
                   (double)atomic_load(&n->micros) / 1e6, all));
    TRY(metric(b, "qiao_pages_from_cache_total", "counter", "Pages that were kept.", e));
    TRY(buf_printf(b, e, "qiao_pages_from_cache_total %llu\n",
                   (unsigned long long)atomic_load(&n->cached)));
    TRY(metric(b, "qiao_requests_running", "gauge", "Requests being answered now.", e));
    TRY(buf_printf(b, e, "qiao_requests_running %d\n", atomic_load(&n->running)));
    TRY(metric(b, "qiao_seq", "gauge", "Number of the site's last change.", e));
    return buf_printf(b, e, "qiao_seq %" PRId64 "\n", site_seq(rq->site));
}

/* ---- suggestions ---- */

/* What was typed so far: the form's field, whatever it is called. */
static struct str typed_text(const struct request *rq)
{
    return rq->n_params ? str_trim(rq->param[0].value) : STR("");
}

enum rc suggest_codes(struct request *rq, struct reply *re, struct err *e)
{
    const struct codes *c = codes_find(site_kinds(rq->site), rq->name);
    struct str text = typed_text(rq);
    uint32_t n = 0;
    if (!c)
        return err_user(e, "service.missing", "%s", "");
    struct view *v = view_new(rq->arena), *list = view_list(v, "options");
    for (uint32_t i = 0; i < c->n && n < SUGGESTIONS; i++) {
        struct str label = label_text(&c->code[i].label, rq->zh);
        if (text.n && !str_starts(c->code[i].code, text) && str_find(label, text, 0) == SIZE_MAX)
            continue;
        struct view *o = view_item(list);
        view_str(o, "value",
                 textf(rq, "%.*s %.*s", (int)c->code[i].code.n, c->code[i].code.p, (int)label.n,
                       label.p));
        view_str(o, "label", STR(""));
        n++;
    }
    return reply_page(rq, re, &suggest_def, STR(""), v, e);
}

static enum rc suggest_kind(struct request *rq, struct view *list, const struct kind *k, bool named,
                            struct err *e)
{
    struct str text = typed_text(rq);
    struct list_answer a = {0};
    struct filter *f = NULL;
    struct filter_context c = {.kinds = site_kinds(rq->site), .kind = k, .zh = rq->zh};
    size_t blank = text.n && text.p[0] == '#' ? str_find(text, STR(" "), 0) : SIZE_MAX;
    if (blank != SIZE_MAX)
        text = str_trim(str_sub(text, blank, text.n));
    if (text.n)
        TRY(filter_test(&f, k->field[k->title].name, FILTER_CONTAINS, text, &c, rq->arena, e));
    struct list_request q = {.kind = k, .more = f, .limit = SUGGESTIONS};
    enum rc rc = record_list(rq->site, rq->actor, &q, rq->arena, &a, e);
    for (size_t i = 0; rc == RC_OK && i < a.rec.n; i++) {
        struct str title = rec_title(&a.rec.p[i]);
        struct view *o = view_item(list);
        view_str(o, "value",
                 textf(rq, "#%lld %.*s", (long long)a.rec.p[i].id, (int)title.n,
                       title.n ? title.p : ""));
        view_str(o, "label", named ? label_text(&k->label, rq->zh) : STR(""));
    }
    vec_free(&a.rec);
    return rc;
}

/* Of one kind, or of several with a point between their names: as many of each. */
enum rc suggest_records(struct request *rq, struct reply *re, struct err *e)
{
    struct view *v = view_new(rq->arena), *list = view_list(v, "options");
    bool several = str_find(rq->name, STR("."), 0) != SIZE_MAX;
    for (size_t from = 0, end; from <= rq->name.n; from = end + 1) {
        end = MIN(str_find(rq->name, STR("."), from), rq->name.n);
        const struct kind *k = kind_find(site_kinds(rq->site), str_sub(rq->name, from, end));
        if (!k)
            return err_user(e, "service.missing", "%s", "");
        if (!several || actor_may(rq->actor, k, RIGHT_READ, NULL))
            TRY(suggest_kind(rq, list, k, several, e));
    }
    return reply_page(rq, re, &suggest_def, STR(""), v, e);
}

/* Where suggestions for a reference come from. */
struct str suggest_path(const struct request *rq, const struct field_def *f)
{
    struct str names = f->of;
    for (uint32_t i = 0; i < f->n_among; i++)
        names = textf(rq, "%.*s%s%.*s", (int)names.n, names.n ? names.p : "", i ? "." : "",
                      (int)f->among[i]->name.n, f->among[i]->name.p);
    return textf(rq, "/suggest/records/%.*s", (int)names.n, names.p);
}

/* ---- saved queries ---- */

enum rc query_save(struct request *rq, struct reply *re, struct err *e)
{
    int64_t id = 0;
    struct str query = param_text(rq, "query");
    TRY(saved_keep(rq->site, rq->actor, rq->kind, param_text(rq, "name"), query,
                   param_has(rq, "shared"), &id, e));
    struct str to = textf(rq, "/%.*s?%.*s", (int)rq->kind->name.n, rq->kind->name.p, (int)query.n,
                          query.n ? query.p : "");
    return reply_see(rq, re, to, "query", e);
}

enum rc query_drop(struct request *rq, struct reply *re, struct err *e)
{
    TRY(saved_forget(rq->site, rq->actor, rq->id, e));
    return reply_seef(rq, re, "query", e, "/%.*s", (int)rq->kind->name.n, rq->kind->name.p);
}
