/* The API's records: list, show, create, change, remove, steps, history, codes. Writes of an
 * existing record want If-Match: a lost update is refused, never merged. */
#include "web/api_int.h"

#include <limits.h>
#include <stdlib.h>

/* ---- reading ---- */

enum rc api_list(struct request *rq, struct reply *re, struct err *e)
{
    struct list_request q = {
        .kind = rq->kind,
        .filter = param_text(rq, "filter"),
        .sort = param_text(rq, "sort"),
        .after = param_text(rq, "after"),
        .limit = (uint32_t)MAX(1, MIN(param_int(rq, "limit", 50), 1000)),
        .count = param_has(rq, "count"),
    };
    struct list_answer a = {0};
    enum rc rc = record_list(rq->site, rq->actor, &q, rq->arena, &a, e);
    struct buf *out = &re->body;
    re->type = "application/json";
    GOTO_OUT(rc);
    GOTO_OUT(buf_printf(out, e, "{\"items\":["));
    for (size_t i = 0; i < a.rec.n; i++) {
        const struct rec *r = &a.rec.p[i];
        if (i)
            GOTO_OUT(buf_char(out, ',', e));
        GOTO_OUT(api_record(out, r, r->face_public ? FACE_PUBLIC : FACE_FULL, e));
    }
    GOTO_OUT(buf_char(out, ']', e));
    if (q.count)
        GOTO_OUT(buf_printf(out, e, ",\"total\":%llu", (unsigned long long)a.total));
    if (a.next.n)
        GOTO_OUT(api_pair(out, "next", a.next, false, e));
    rc = buf_char(out, '}', e);
out:
    vec_free(&a.rec);
    return rc;
}

static bool same_version(struct str tag, int64_t version)
{
    char text[32];
    int n = snprintf(text, sizeof text, "\"%lld\"", (long long)version);
    return str_eq(str_trim(tag), (struct str){text, (size_t)n});
}

enum rc api_show(struct request *rq, struct reply *re, struct err *e)
{
    struct shown s;
    TRY(record_show(rq->site, rq->actor, rq->kind, rq->id, rq->arena, &s, e));
    if (same_version(request_header(rq, "If-None-Match"), s.rec.version)) {
        re->status = 304;
        reply_header(re, "ETag", textf(rq, "\"%lld\"", (long long)s.rec.version));
        return RC_OK;
    }
    return api_answer(re, rq, &s, e);
}

/* ---- writing ---- */

/* The parts of a body that are about the record itself; fields into r. */
struct change_request {
    json_t *body, *fields;
    struct str comment, reason;
};

struct str api_member(const json_t *body, const char *name)
{
    const json_t *v = json_object_get(body, name);
    return (struct str){json_string_value(v), v ? json_string_length(v) : 0};
}

enum rc api_known_only(const json_t *body, const char *const *known, size_t n, struct err *e)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)body, name, value)
    {
        bool found = false;
        for (size_t i = 0; i < n; i++)
            found |= strcmp(known[i], name) == 0;
        if (!found)
            return err_user(e, "json.unknown", "%.60s", name);
    }
    return RC_OK;
}

/* What the body may have. */
static const char *const known[] = {"fields",  "owner",   "secrecy", "comment", "reason",
                                    "id",      "kind",    "state",   "version", "face",
                                    "created", "updated", "since",   "may"};

static enum rc read_secrecy(const json_t *body, struct rec *r, struct err *e)
{
    static const char *const word[] = {"open", "masked", "private"};
    struct str s = api_member(body, "secrecy");
    if (!s.p)
        return RC_OK;
    for (size_t i = 0; i < ARRAY_LEN(word); i++)
        if (str_eq(s, str_of(word[i]))) {
            r->secrecy = (enum secrecy)i;
            return RC_OK;
        }
    return err_user(e, "json.secrecy", "%.*s", (int)MIN(s.n, 60), s.p);
}

/* Put what the body says over r. */
static enum rc read_body(struct request *rq, struct rec *r, struct change_request *c,
                         vec_fault *faults, struct err *e)
{
    TRY(api_body(rq, &c->body, e));
    TRY(api_known_only(c->body, known, ARRAY_LEN(known), e));
    TRY(read_secrecy(c->body, r, e));
    const json_t *owner = json_object_get(c->body, "owner");
    if (json_is_integer(owner))
        r->org = json_integer_value(owner);
    c->comment = api_member(c->body, "comment");
    c->reason = api_member(c->body, "reason");
    c->fields = json_object_get(c->body, "fields");
    if (!c->fields)
        return RC_OK;
    if (!json_is_object(c->fields))
        return err_user(e, "json.object", "%s", "fields");
    char *text = json_dumps(c->fields, JSON_COMPACT);
    if (!text)
        return err_nomem(e);
    struct str kept = arena_str(rq->arena, str_of(text));
    mem_free(text);
    return kept.p ? rec_parse_input(r, kept, rq->arena, faults, e) : err_nomem(e);
}

/* 412: somebody wrote it since, between If-Match and the write too. `now`: the version it has; ""
 * when that is not known. */
static enum rc answer_stale(struct request *rq, struct reply *re, struct str now, struct err *e)
{
    if (now.n)
        reply_header(re, "ETag", textf(rq, "\"%.*s\"", (int)now.n, now.p));
    return api_problem(rq, re, 412, "store.stale", (struct str){0}, e);
}

static bool is_stale(enum rc rc, const struct err *e)
{
    return rc == RC_USER && strcmp(e->key, "store.stale") == 0;
}

/* RC_USER "service.invalid" with faults is an answer, not an error; so is "store.stale". */
static enum rc settle(struct request *rq, struct reply *re, enum rc rc, const vec_fault *faults,
                      struct err *e)
{
    if (is_stale(rc, e))
        return answer_stale(rq, re, STR(""), e);
    if (faults->n && (rc == RC_OK || (rc == RC_USER && strcmp(e->key, "service.invalid") == 0)))
        return api_faults(rq, re, rq->kind, faults, e);
    return rc;
}

static enum rc answer_stored(struct request *rq, struct reply *re, int64_t id, struct err *e)
{
    struct shown s;
    TRY(record_show(rq->site, rq->actor, rq->kind, id, rq->arena, &s, e));
    return api_answer(re, rq, &s, e);
}

enum rc api_create(struct request *rq, struct reply *re, struct err *e)
{
    struct change_request c = {0};
    vec_fault faults = {0};
    struct rec r;
    enum rc rc;
    GOTO_OUT(rec_new(&r, rq->kind, rq->arena, e));
    GOTO_OUT(read_body(rq, &r, &c, &faults, e));
    if (!faults.n)
        rc = record_save(rq->site, rq->actor, &r, c.comment, rq->arena, &faults, e);
    if (rc == RC_OK && !faults.n) {
        re->status = 201;
        reply_header(
            re, "Location",
            textf(rq, "/api/%.*s/%lld", (int)rq->kind->name.n, rq->kind->name.p, (long long)r.id));
        rc = answer_stored(rq, re, r.id, e);
    } else
        rc = settle(rq, re, rc, &faults, e);
out:
    json_decref(c.body);
    vec_free(&faults);
    return rc;
}

/* The record to be changed. *ready false: the reply says why not (428 without If-Match, 412 when
 * it has another version). */
static enum rc load_for_write(struct request *rq, struct reply *re, struct shown *s, bool *ready,
                              struct err *e)
{
    struct str tag = request_header(rq, "If-Match");
    *ready = false;
    TRY(record_show(rq->site, rq->actor, rq->kind, rq->id, rq->arena, s, e));
    if (!tag.n || str_eq(str_trim(tag), STR("*"))) /* "whatever it is by now" would lose updates */
        return api_problem(rq, re, 428, "web.if_match", (struct str){0}, e);
    if (!same_version(tag, s->rec.version))
        return answer_stale(rq, re, textf(rq, "%lld", (long long)s->rec.version), e);
    *ready = true;
    return RC_OK;
}

enum rc api_change(struct request *rq, struct reply *re, struct err *e)
{
    struct change_request c = {0};
    vec_fault faults = {0};
    struct shown s;
    bool ready;
    enum rc rc = load_for_write(rq, re, &s, &ready, e);
    if (rc != RC_OK || !ready)
        return rc;
    if (s.in_approval)
        return err_user(e, "approval.running", "%s", "");
    if (!s.may_write)
        return err_user(e, "service.denied", "%s", "");
    GOTO_OUT(read_body(rq, &s.rec, &c, &faults, e));
    if (!faults.n)
        rc = record_save(rq->site, rq->actor, &s.rec, c.comment, rq->arena, &faults, e);
    if (rc == RC_OK && !faults.n)
        rc = answer_stored(rq, re, rq->id, e);
    else
        rc = settle(rq, re, rc, &faults, e);
out:
    json_decref(c.body);
    vec_free(&faults);
    return rc;
}

enum rc api_remove(struct request *rq, struct reply *re, struct err *e)
{
    struct shown s;
    bool ready;
    enum rc rc = load_for_write(rq, re, &s, &ready, e);
    if (rc != RC_OK || !ready)
        return rc;
    struct err why = {0};
    rc = record_delete(rq->site, rq->actor, rq->kind, rq->id, s.rec.version,
                       param_text(rq, "comment"), &why);
    if (is_held(rc, &why))
        return api_held(rq, re, &why, e);
    if (is_stale(rc, &why))
        return answer_stale(rq, re, STR(""), e);
    if (rc != RC_OK) {
        if (e)
            *e = why;
        return rc;
    }
    re->status = 204;
    return RC_OK;
}

/* One typed field for each member of "fields": as a person would write them. */
static enum rc typed_fields(struct request *rq, json_t *fields, struct typed **out, uint32_t *n,
                            struct err *e)
{
    const char *name;
    json_t *value;
    *n = 0;
    if (fields && !json_is_object(fields))
        return err_user(e, "json.object", "%s", "fields");
    *out = arena_calloc(rq->arena, json_object_size(fields) + 1, sizeof **out);
    if (!*out)
        return err_nomem(e);
    json_object_foreach(fields, name, value)
    {
        struct typed *t = &(*out)[(*n)++];
        t->name = arena_str(rq->arena, str_of(name));
        char *text = json_is_string(value) ? NULL : json_dumps(value, JSON_ENCODE_ANY);
        t->text = arena_str(rq->arena, json_is_string(value) ? str_of(json_string_value(value))
                                                             : str_of(text ? text : ""));
        mem_free(text);
        if (!t->name.p || !t->text.p)
            return err_nomem(e);
    }
    return RC_OK;
}

enum rc api_step(struct request *rq, struct reply *re, struct err *e)
{
    vec_fault faults = {0};
    struct shown s;
    struct rec after;
    struct typed *typed = NULL;
    uint32_t n = 0;
    json_t *body = NULL;
    bool ready;
    enum rc rc = load_for_write(rq, re, &s, &ready, e);
    if (rc != RC_OK || !ready)
        return rc;
    GOTO_OUT(api_body(rq, &body, e));
    GOTO_OUT(api_known_only(body, known, ARRAY_LEN(known), e));
    GOTO_OUT(typed_fields(rq, json_object_get(body, "fields"), &typed, &n, e));
    struct act act = {.id = rq->id,
                      .version = s.rec.version,
                      .action = rq->name,
                      .comment = api_member(body, "comment"),
                      .reason = api_member(body, "reason"),
                      .typed = typed,
                      .n_typed = n};
    rc = record_act(rq->site, rq->actor, rq->kind, &act, rq->arena, &after, &faults, e);
    if (rc == RC_OK && !faults.n)
        rc = answer_stored(rq, re, rq->id, e);
    else
        rc = settle(rq, re, rc, &faults, e);
out:
    json_decref(body);
    vec_free(&faults);
    return rc;
}

/* ---- history, codes ---- */

static enum rc print_event(struct buf *out, const struct event_shown *ev, struct err *e)
{
    const struct entry *en = &ev->entry;
    TRY(buf_printf(out, e, "{\"seq\":%lld,\"version\":%lld", (long long)en->seq,
                   (long long)en->version));
    TRY(api_time(out, "at", en->at, e));
    TRY(api_pair(out, "by", en->login, false, e));
    TRY(api_pair(out, "name", ev->who, false, e));
    TRY(api_pair(out, "action", en->action, false, e));
    if (en->state.n)
        TRY(api_pair(out, "state", en->state, false, e));
    if (en->comment.n)
        TRY(api_pair(out, "comment", en->comment, false, e));
    if (en->reason.n)
        TRY(api_pair(out, "reason", en->reason, false, e));
    if (ev->before.kind && en->secrecy.n && ev->before.secrecy != ev->after.secrecy)
        TRY(api_pair(out, "secrecy", en->secrecy, false, e));
    TRY(buf_printf(out, e, ",\"changes\":["));
    for (size_t i = 0; i < ev->change.n; i++) {
        const struct change *c = &ev->change.p[i];
        const struct field_def *f = &ev->after.kind->field[c->field];
        struct buf text;
        buf_init(&text, 1 << 20);
        enum rc rc = buf_printf(out, e, "%s{\"field\":\"%s%.*s\"", i ? "," : "",
                                c->masked ? "masked." : "", (int)f->name.n, f->name.p);
        const struct val *side[2] = {c->before, c->after};
        for (int j = 0; rc == RC_OK && j < 2; j++) {
            buf_clear(&text);
            if (side[j] && side[j]->set)
                rc = val_text(&text, f, side[j], true, true, e);
            if (rc == RC_OK)
                rc = api_pair(out, j ? "after" : "before", buf_view(&text), false, e);
        }
        buf_free(&text);
        TRY(rc);
        TRY(buf_char(out, '}', e));
    }
    return buf_printf(out, e, "]}");
}

enum rc api_history(struct request *rq, struct reply *re, struct err *e)
{
    vec_event v = {0};
    struct buf *out = &re->body;
    enum rc rc;
    re->type = "application/json";
    GOTO_OUT(record_history(rq->site, rq->actor, rq->kind, rq->id, rq->arena, &v, e));
    GOTO_OUT(buf_printf(out, e, "{\"items\":["));
    for (size_t i = 0; i < v.n; i++) {
        if (i)
            GOTO_OUT(buf_char(out, ',', e));
        GOTO_OUT(print_event(out, &v.p[i], e));
    }
    rc = buf_printf(out, e, "]}");
out:
    events_free(&v);
    return rc;
}

enum rc api_codes(struct request *rq, struct reply *re, struct err *e)
{
    const struct codes *c = codes_find(site_kinds(rq->site), rq->name);
    if (!c)
        return err_user(e, "service.missing", "%.*s", (int)rq->name.n, rq->name.p);
    struct buf *out = &re->body;
    re->type = "application/json";
    TRY(buf_printf(out, e, "{\"codes\":["));
    for (uint32_t i = 0; i < c->n; i++) {
        const struct code *x = &c->code[i];
        TRY(buf_printf(out, e, i ? ",{" : "{"));
        TRY(api_pair(out, "code", x->code, true, e));
        TRY(api_pair(out, "zh", label_text(&x->label, true), false, e));
        TRY(api_pair(out, "en", label_text(&x->label, false), false, e));
        if (x->under >= 0)
            TRY(api_pair(out, "under", c->code[x->under].code, false, e));
        TRY(buf_char(out, '}', e));
    }
    return buf_printf(out, e, "]}");
}
