/* JSON out: records, problems. */
#define _POSIX_C_SOURCE 200809L
#include "web/api_int.h"

#include <time.h>

#define HELD_MOST 100u

enum rc api_pair(struct buf *out, const char *name, struct str s, bool first, struct err *e)
{
    TRY(buf_printf(out, e, "%s\"%s\":", first ? "" : ",", name));
    return buf_json(out, s, e);
}

enum rc api_time(struct buf *out, const char *name, int64_t seconds, struct err *e)
{
    time_t at = (time_t)seconds;
    struct tm tm;
    char text[32];
    if (!gmtime_r(&at, &tm) || !strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm))
        return buf_printf(out, e, ",\"%s\":null", name);
    return api_pair(out, name, str_of(text), false, e);
}

static const char *const face_names[] = {"public", "partner", "full"};
static const char *const secrecy_names[] = {"open", "masked", "private"};

enum rc api_record(struct buf *out, const struct rec *r, enum face face, struct err *e)
{
    TRY(buf_printf(out, e, "{\"id\":%lld", (long long)r->id));
    TRY(api_pair(out, "kind", r->kind->name, false, e));
    if (r->state != NO_STATE)
        TRY(api_pair(out, "state", r->kind->state[r->state].name, false, e));
    TRY(buf_printf(out, e, ",\"version\":%lld,\"owner\":", (long long)r->version));
    TRY(r->org ? buf_printf(out, e, "%lld", (long long)r->org) : buf_printf(out, e, "null"));
    TRY(api_pair(out, "secrecy", str_of(secrecy_names[r->secrecy]), false, e));
    TRY(api_pair(out, "face", str_of(face_names[face]), false, e));
    TRY(api_time(out, "created", r->created, e));
    TRY(api_time(out, "updated", r->updated, e));
    TRY(api_time(out, "since", r->since, e));
    TRY(buf_printf(out, e, ",\"fields\":"));
    TRY(rec_print_shown(out, r, e));
    return buf_char(out, '}', e);
}

enum rc api_answer(struct reply *re, struct request *rq, const struct shown *s, struct err *e)
{
    struct buf *out = &re->body;
    re->type = "application/json";
    reply_header(re, "ETag", textf(rq, "\"%lld\"", (long long)s->rec.version));
    TRY(api_record(out, &s->rec, s->face, e));
    out->n--; /* the closing brace; what the actor may do goes in front of it */
    TRY(buf_printf(out, e, ",\"may\":{\"write\":%s,\"delete\":%s,\"steps\":[",
                   s->may_write ? "true" : "false", s->may_delete ? "true" : "false"));
    for (uint32_t i = 0; i < s->n_steps; i++) {
        if (i)
            TRY(buf_char(out, ',', e));
        TRY(buf_json(out, s->step[i]->action->name, e));
    }
    return buf_printf(out, e, "]}}");
}

static enum rc problem_head(struct request *rq, struct reply *re, unsigned status, const char *key,
                            struct str detail, struct err *e)
{
    re->status = status;
    re->type = "application/problem+json";
    buf_clear(&re->body);
    TRY(buf_printf(&re->body, e, "{\"type\":\"about:blank\",\"status\":%u", status));
    TRY(api_pair(&re->body, "key", str_of(key), false, e));
    return api_pair(&re->body, "title", msg_with(rq, key, detail), false, e);
}

enum rc api_problem(struct request *rq, struct reply *re, unsigned status, const char *key,
                    struct str detail, struct err *e)
{
    TRY(problem_head(rq, re, status, key, detail, e));
    return buf_char(&re->body, '}', e);
}

static enum rc one_fault(struct request *rq, struct buf *out, const struct kind *k,
                         const struct fault_at *f, struct err *e)
{
    TRY(buf_printf(out, e, "{\"key\":\"%s\"", f->key));
    if (f->field != NO_FIELD) {
        const struct field_def *field = &k->field[f->field];
        TRY(api_pair(out, "field", field->name, false, e));
        if (f->item != UINT32_MAX)
            TRY(buf_printf(out, e, ",\"item\":%u", f->item));
        if (f->sub != UINT32_MAX)
            TRY(api_pair(out, "sub", field->sub[f->sub].name, false, e));
    }
    TRY(api_pair(out, "title", msg_fault(rq, f), false, e));
    return buf_char(out, '}', e);
}

enum rc api_faults(struct request *rq, struct reply *re, const struct kind *k, const vec_fault *f,
                   struct err *e)
{
    TRY(problem_head(rq, re, 422, "service.invalid", textf(rq, "%zu", f->n), e));
    TRY(buf_printf(&re->body, e, ",\"faults\":["));
    for (size_t i = 0; i < f->n; i++) {
        if (i)
            TRY(buf_char(&re->body, ',', e));
        TRY(one_fault(rq, &re->body, k, &f->p[i], e));
    }
    return buf_printf(&re->body, e, "]}");
}

static enum rc print_held(struct request *rq, struct buf *out, const vec_ref *refs, struct err *e)
{
    for (size_t i = 0; i < refs->n; i++) {
        const struct kind *k;
        struct str title;
        TRY(record_titles(rq->site, rq->actor, &refs->p[i].id, 1, rq->arena, &title, &k, e));
        TRY(buf_printf(out, e, "%s{\"id\":%lld", i ? "," : "", (long long)refs->p[i].id));
        TRY(api_pair(out, "kind", refs->p[i].kind->name, false, e));
        TRY(api_pair(out, "relation", refs->p[i].relation, false, e));
        TRY(api_pair(out, "title", title, false, e));
        TRY(buf_char(out, '}', e));
    }
    return RC_OK;
}

enum rc api_held(struct request *rq, struct reply *re, const struct err *why, struct err *e)
{
    vec_ref refs = {0};
    enum rc rc = problem_head(rq, re, 409, why->key, str_of(why->detail), e);
    if (rc == RC_OK)
        rc = record_refs(rq->site, rq->actor, rq->id, HELD_MOST, rq->arena, &refs, e);
    if (rc == RC_OK)
        rc = buf_printf(&re->body, e, ",\"held_by\":[");
    if (rc == RC_OK)
        rc = print_held(rq, &re->body, &refs, e);
    if (rc == RC_OK)
        rc = buf_printf(&re->body, e, "]}");
    vec_free(&refs);
    return rc;
}

enum rc api_body(struct request *rq, json_t **out, struct err *e)
{
    json_error_t why;
    struct str b = rq->body;
    *out = json_loadb(b.p ? b.p : "", b.n, JSON_REJECT_DUPLICATES, &why);
    if (!*out)
        return err_user(e, "json.syntax", "%.60s\t%d\t%d", why.text, why.line, why.column);
    if (json_is_object(*out))
        return RC_OK;
    json_decref(*out);
    *out = NULL;
    return err_user(e, "json.object", "%s", "");
}
