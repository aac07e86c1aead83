/* The API's search and matches: who can meet a need, and why. */
#include "service/pairing.h"
#include "web/api_int.h"

static enum rc print_span(struct buf *out, const char *name, struct span s, struct err *e)
{
    return buf_printf(out, e, ",\"%s\":[%u,%u]", name, s.from, s.to);
}

enum rc api_search(struct request *rq, struct reply *re, struct err *e)
{
    struct str only = param_text(rq, "kind");
    const struct kind *kind = only.n ? kind_find(site_kinds(rq->site), only) : NULL;
    if (only.n && !kind)
        return err_user(e, "service.missing", "%.*s", (int)MIN(only.n, 60), only.p);
    uint32_t limit = (uint32_t)MAX(1, MIN(param_int(rq, "limit", 20), 200));
    vec_shown found = {0};
    struct buf *out = &re->body;
    enum rc rc;
    re->type = "application/json";
    GOTO_OUT(
        search_all(rq->site, rq->actor, param_text(rq, "q"), kind, limit, rq->arena, &found, e));
    GOTO_OUT(buf_printf(out, e, "{\"items\":["));
    for (size_t i = 0; i < found.n; i++) {
        const struct hit_shown *h = &found.p[i];
        GOTO_OUT(buf_printf(out, e, "%s{\"score\":%.2f,\"record\":", i ? "," : "", h->score));
        GOTO_OUT(api_record(out, &h->rec, h->rec.face_public ? FACE_PUBLIC : FACE_FULL, e));
        GOTO_OUT(buf_char(out, '}', e));
    }
    rc = buf_printf(out, e, "]}");
out:
    vec_free(&found);
    return rc;
}

/* told: the actor may know of the introduction */
static enum rc print_pairing(struct buf *out, const struct pairing *p, struct str title, bool told,
                             struct err *e)
{
    TRY(buf_printf(out, e, "{\"id\":%lld", (long long)p->id));
    TRY(api_pair(out, "kind", p->kind->name, false, e));
    TRY(api_pair(out, "title", title, false, e));
    TRY(buf_printf(out, e, ",\"score\":%.1f,\"credible\":%s", p->score,
                   p->credible ? "true" : "false"));
    if (told)
        TRY(buf_printf(out, e, ",\"introduction\":%lld", (long long)p->introduction));
    return buf_char(out, '}', e);
}

/* All titles at once, of the records and of the introductions with them: one look at the store,
 * however long the list. The side that was not told of an introduction yet gets no kind for it. */
static enum rc print_pairings(struct request *rq, struct buf *out, const vec_pairing *list,
                              struct err *e)
{
    size_t n = list->n;
    int64_t *id = arena_calloc(rq->arena, 2 * n + 1, sizeof *id);
    struct str *title = arena_calloc(rq->arena, 2 * n + 1, sizeof *title);
    const struct kind **kind = arena_calloc(rq->arena, 2 * n + 1, sizeof *kind);
    if (!id || !title || !kind)
        return err_nomem(e);
    for (size_t i = 0; i < n; i++) {
        id[i] = list->p[i].id;
        id[n + i] = list->p[i].introduction;
    }
    if (n)
        TRY(record_titles(rq->site, rq->actor, id, (uint32_t)(2 * n), rq->arena, title, kind, e));
    for (size_t i = 0; i < n; i++) {
        if (i)
            TRY(buf_char(out, ',', e));
        TRY(print_pairing(out, &list->p[i], title[i], kind[n + i] != NULL, e));
    }
    return RC_OK;
}

enum rc api_matches(struct request *rq, struct reply *re, struct err *e)
{
    const struct kind *other = kind_find(site_kinds(rq->site), param_text(rq, "kind"));
    if (!other)
        return err_user(e, "web.parameter", "kind");
    uint32_t k = (uint32_t)MAX(1, MIN(param_int(rq, "limit", 20), 200));
    vec_pairing list = {0};
    struct buf *out = &re->body;
    enum rc rc;
    re->type = "application/json";
    GOTO_OUT(pairing_list(rq->site, rq->actor, rq->kind, rq->id, other, k, rq->arena, &list, e));
    GOTO_OUT(buf_printf(out, e, "{\"items\":["));
    GOTO_OUT(print_pairings(rq, out, &list, e));
    rc = buf_printf(out, e, "]}");
out:
    vec_free(&list);
    return rc;
}

static const char *const verdicts[] = {
    [VERDICT_MET] = "met", [VERDICT_MISSED] = "missed", [VERDICT_UNKNOWN] = "unknown"};
static const char *const codes[] = {
    [REASON_TERMS] = "phrase",      [REASON_CONCEPT] = "concept",  [REASON_INDICATOR] = "indicator",
    [REASON_INDUSTRY] = "industry", [REASON_REGION] = "region",    [REASON_TRL] = "trl",
    [REASON_PRICE] = "price",       [REASON_DEADLINE] = "deadline"};

static enum rc print_reasons(struct buf *out, const struct why *w, struct err *e)
{
    TRY(buf_printf(out, e, ",\"reasons\":["));
    for (size_t i = 0; i < w->reason.n; i++) {
        const struct reason *r = &w->reason.p[i];
        TRY(buf_printf(out, e, "%s{\"code\":\"%s\",\"verdict\":\"%s\",\"share\":%.4f", i ? "," : "",
                       codes[r->code], verdicts[r->verdict], r->share));
        TRY(print_span(out, "need", r->need, e));
        TRY(print_span(out, "offer", r->result, e));
        if (r->code == REASON_INDICATOR)
            TRY(print_span(out, "need_name", r->need_name, e));
        TRY(buf_char(out, '}', e));
    }
    return buf_char(out, ']', e);
}

static enum rc print_fits(struct buf *out, const struct why *w, struct err *e)
{
    TRY(buf_printf(out, e, ",\"fit\":["));
    for (uint32_t i = 0; i < w->n_fits; i++) {
        const struct fit *f = &w->fit[i];
        TRY(buf_printf(out, e, "%s{\"code\":\"%s\",\"verdict\":\"%s\"", i ? "," : "",
                       codes[f->code], verdicts[f->verdict]));
        TRY(api_pair(out, "need", f->need, false, e));
        TRY(api_pair(out, "offer", f->offer, false, e));
        TRY(buf_char(out, '}', e));
    }
    return buf_char(out, ']', e);
}

/* {id} is the need, {name} the id of the offer. Spans are bytes of the two UTF-8 texts. */
enum rc api_why(struct request *rq, struct reply *re, struct err *e)
{
    int64_t offer = 0;
    for (size_t i = 0; i < rq->name.n && i < 18; i++) {
        if (rq->name.p[i] < '0' || rq->name.p[i] > '9')
            return err_user(e, "service.missing", "%s", "");
        offer = offer * 10 + (rq->name.p[i] - '0');
    }
    struct why w = {0};
    struct buf *out = &re->body;
    enum rc rc;
    re->type = "application/json";
    GOTO_OUT(pairing_why(rq->site, rq->actor, rq->id, offer, rq->arena, &w, e));
    GOTO_OUT(buf_printf(out, e, "{\"score\":%.1f,\"credible\":%s", w.score,
                        w.credible ? "true" : "false"));
    GOTO_OUT(api_pair(out, "need_text", w.need_text, false, e));
    GOTO_OUT(api_pair(out, "offer_text", w.offer_text, false, e));
    if (w.via)
        GOTO_OUT(buf_printf(out, e, ",\"via\":%lld", (long long)w.via));
    GOTO_OUT(print_reasons(out, &w, e));
    GOTO_OUT(print_fits(out, &w, e));
    rc = buf_char(out, '}', e);
out:
    vec_free(&w.reason);
    return rc;
}
