/* The API's own description: OpenAPI 3.1, made from the declared kinds and the route table. */
#include "web/api_int.h"
#include "web/approval_int.h"
#include "web/notice_int.h"
#include "web/report_int.h"

#include <math.h>

/* How a type is written in JSON. */
static const struct {
    const char *type, *format, *note;
} json_types[TYPE__COUNT] = {
    [TYPE_TEXT] = {"string", NULL, NULL},
    [TYPE_LONG] = {"string", NULL, NULL},
    [TYPE_INT] = {"integer", NULL, NULL},
    [TYPE_DECIMAL] = {"number", NULL, NULL},
    [TYPE_MONEY] = {"integer", "int64", "分 / fen (1/100 yuan)"},
    [TYPE_DATE] = {"string", "date", NULL},
    [TYPE_TIME] = {"integer", "int64", "Unix 秒 / seconds"},
    [TYPE_BOOL] = {"boolean", NULL, NULL},
    [TYPE_CODE] = {"string", NULL, NULL},
    [TYPE_REF] = {"integer", "int64", NULL},
    [TYPE_CREDIT] = {"string", NULL, "GB 32100"},
    [TYPE_ORCID] = {"string", NULL, "ORCID"},
    [TYPE_EMAIL] = {"string", "email", NULL},
    [TYPE_PHONE] = {"string", NULL, NULL},
    [TYPE_URL] = {"string", "uri", NULL},
    [TYPE_FILE] = {"string", NULL, "sha256:name, as POST /api/files answers"},
    [TYPE_GROUP] = {"object", NULL, NULL},
};

/* Every json_* call below may fail for memory; a NULL is refused by the setters, and the one look
 * at the end is for the whole. */
static json_t *text_json(struct str s)
{
    return json_stringn(s.p ? s.p : "", s.n);
}

static void set_text(json_t *object, const char *name, struct str s)
{
    if (s.n)
        json_object_set_new(object, name, text_json(s));
}

static void set_member(json_t *object, struct str name, json_t *value)
{
    char key[64];
    size_t n = MIN(name.n, sizeof key - 1);
    memcpy(key, name.p, n);
    key[n] = 0;
    json_object_set_new(object, key, value);
}

static void set_number(json_t *object, const char *name, double x)
{
    if (isfinite(x))
        json_object_set_new(object, name,
                            x == floor(x) && fabs(x) < 1e15 ? json_integer((json_int_t)x)
                                                            : json_real(x));
}

static json_t *field_schema(const struct field_def *f, bool zh);

static json_t *group_schema(const struct field_def *f, bool zh)
{
    json_t *members = json_object();
    for (uint32_t i = 0; i < f->n_sub; i++)
        set_member(members, f->sub[i].name, field_schema(&f->sub[i], zh));
    return members;
}

/* One value; small code tables are listed, large ones named. */
#define CODES_LISTED 40u
static void describe_codes(json_t *schema, const struct codes *c)
{
    if (!c)
        return;
    json_object_set_new(schema, "x-codes",
                        json_sprintf("/api/codes/%.*s", (int)c->name.n, c->name.p));
    if (c->n > CODES_LISTED)
        return;
    json_t *list = json_array();
    for (uint32_t i = 0; i < c->n; i++)
        json_array_append_new(list, text_json(c->code[i].code));
    json_object_set_new(schema, "enum", list);
}

static json_t *kinds_json(const struct field_def *f)
{
    json_t *all = json_array();
    for (uint32_t i = 0; i < f->n_among; i++)
        json_array_append_new(all, text_json(f->among[i]->name));
    return all;
}

static json_t *value_schema(const struct field_def *f, bool zh)
{
    json_t *schema = json_object();
    json_object_set_new(schema, "type", json_string(json_types[f->type].type));
    if (json_types[f->type].format)
        json_object_set_new(schema, "format", json_string(json_types[f->type].format));
    if (f->type == TYPE_GROUP)
        json_object_set_new(schema, "properties", group_schema(f, zh));
    if (f->type == TYPE_CODE)
        describe_codes(schema, f->codes);
    if (f->type == TYPE_REF && f->of.n)
        json_object_set_new(schema, "x-kind", text_json(f->of));
    if (f->n_among)
        json_object_set_new(schema, "x-kinds", kinds_json(f));
    bool text = f->type == TYPE_TEXT || f->type == TYPE_LONG;
    if (text || f->type == TYPE_INT || f->type == TYPE_DECIMAL || f->type == TYPE_MONEY) {
        set_number(schema, text ? "minLength" : "minimum", f->min);
        set_number(schema, text ? "maxLength" : "maximum", f->max);
    }
    return schema;
}

static json_t *field_schema(const struct field_def *f, bool zh)
{
    static const char *const secrets[] = {NULL, "masked", "private"};
    json_t *schema = value_schema(f, zh);
    if (f->list)
        schema = json_pack("{s:s, s:o}", "type", "array", "items", schema);
    set_text(schema, "title", label_text(&f->label, zh));
    set_text(schema, "description",
             f->hint.zh.n ? label_text(&f->hint, zh) : str_of(json_types[f->type].note));
    if (secrets[f->secret])
        json_object_set_new(schema, "x-secret", json_string(secrets[f->secret]));
    if (f->computed)
        json_object_set_new(schema, "readOnly", json_true());
    return schema;
}

static json_t *kind_schema(const struct kind *k, bool zh)
{
    json_t *fields = json_object(), *masked = json_object();
    for (uint32_t i = 0; i < k->n_fields; i++) {
        const struct field_def *f = &k->field[i];
        set_member(fields, f->name, field_schema(f, zh));
        if (f->secret == SECRET_MASKED)
            set_member(masked, f->name, field_schema(f, zh));
    }
    if (json_object_size(masked))
        json_object_set_new(fields, "masked",
                            json_pack("{s:s, s:o}", "type", "object", "properties", masked));
    else
        json_decref(masked);
    json_t *schema = json_pack("{s:s, s:o, s:b}", "type", "object", "properties", fields,
                               "additionalProperties", 0);
    set_text(schema, "title", label_text(&k->label, zh));
    return schema;
}

/* The envelope of a record. */
static json_t *record_schema(const struct kind *k)
{
    json_t *states = json_array();
    for (uint32_t i = 0; i < k->n_states; i++)
        json_array_append_new(states, text_json(k->state[i].name));
    json_t *p = json_pack("{s:{s:s}, s:{s:s}, s:{s:s}, s:{s:[s,s]}, s:{s:s,s:[s,s,s]}, "
                          "s:{s:s,s:[s,s,s]}, s:{s:s,s:s}, "
                          "s:{s:s,s:s}, s:{s:s,s:s}, s:{s:o}}",
                          "id", "type", "integer", "kind", "type", "string", "version", "type",
                          "integer", "owner", "type", "integer", "null", "secrecy", "type",
                          "string", "enum", "open", "masked", "private", "face", "type", "string",
                          "enum", "public", "partner", "full", "created", "type", "string",
                          "format", "date-time", "updated", "type", "string", "format", "date-time",
                          "since", "type", "string", "format", "date-time", "fields", "$ref",
                          json_sprintf("#/components/schemas/%.*s", (int)k->name.n, k->name.p));
    if (k->n_states)
        json_object_set_new(p, "state", json_pack("{s:s, s:o}", "type", "string", "enum", states));
    else
        json_decref(states);
    json_object_set_new(p, "may",
                        json_pack("{s:s, s:{s:{s:s}, s:{s:s}, s:{s:s, s:{s:s}}}}", "type", "object",
                                  "properties", "write", "type", "boolean", "delete", "type",
                                  "boolean", "steps", "type", "array", "items", "type", "string"));
    return json_pack("{s:s, s:o, s:b, s:[s,s,s,s,s,s,s,s,s]}", "type", "object", "properties", p,
                     "additionalProperties", 0, "required", "id", "kind", "version", "owner",
                     "secrecy", "face", "created", "updated", "fields");
}

/* ---- what a body may have ---- */

/* Fields as they are typed in; `whole`: a new record, which needs the required ones. */
static json_t *body_schema(const struct kind *k, bool whole, bool step)
{
    json_t *fields = json_pack(
        "{s:o}", "$ref", json_sprintf("#/components/schemas/%.*s", (int)k->name.n, k->name.p));
    json_t *required = json_array();
    for (uint32_t i = 0; i < k->n_fields; i++)
        if (k->field[i].required && !k->field[i].computed)
            json_array_append_new(required, text_json(k->field[i].name));
    if (whole && json_array_size(required))
        fields = json_pack("{s:[o, {s:O}]}", "allOf", fields, "required", required);
    json_decref(required);
    json_t *p = json_pack("{s:o, s:{s:s}}", "fields", fields, "comment", "type", "string");
    if (step)
        json_object_set_new(p, "reason", json_pack("{s:s}", "type", "string"));
    else
        json_object_update_new(p, json_pack("{s:{s:[s,s]}, s:{s:s, s:[s,s,s]}}", "owner", "type",
                                            "integer", "null", "secrecy", "type", "string", "enum",
                                            "open", "masked", "private"));
    json_t *schema = json_pack("{s:s, s:o}", "type", "object", "properties", p);
    if (whole)
        json_object_set_new(schema, "required", json_pack("[s]", "fields"));
    return schema;
}

/* ---- paths, from the route table ---- */

static json_t *parameter(const char *name, const char *where, const char *type, bool required)
{
    return json_pack("{s:s, s:s, s:b, s:{s:s}}", "name", name, "in", where, "required", required,
                     "schema", "type", type);
}

/* Query parameters and headers that a route takes, by its handler. */
static const struct {
    handler_fn handler;
    const char *query[6]; /* "name:type" */
    bool if_match, body;
} takes[] = {
    {api_list,
     {"filter:string", "sort:string", "limit:integer", "after:string", "count:boolean"},
     false,
     false},
    {api_create, {NULL}, false, true},
    {api_change, {NULL}, true, true},
    {api_remove, {"comment:string"}, true, false},
    {api_step, {NULL}, true, true},
    {api_upload, {"name:string"}, false, false},
    {api_approvals, {"list:string"}, false, false},
    {api_search, {"q:string", "kind:string", "limit:integer"}, false, false},
    {api_inbox, {"unread:boolean", "before:integer", "limit:integer"}, false, false},
    {api_inbox_read_all, {"up_to:integer"}, false, false},
    {api_matches, {"kind:string", "limit:integer"}, false, false},
    {api_report,
     {"from:string", "until:string", "year:integer", "org:integer", "as:string"},
     false,
     false},
    {api_tiers, {"on:string"}, false, false},
};

static void add_takes(json_t *operation, json_t *parameters, const struct route *r,
                      const struct kind *k)
{
    for (size_t i = 0; i < ARRAY_LEN(takes); i++) {
        if (takes[i].handler != r->handler)
            continue;
        for (size_t j = 0; j < ARRAY_LEN(takes[i].query) && takes[i].query[j]; j++) {
            char name[32];
            const char *colon = strchr(takes[i].query[j], ':');
            size_t n = (size_t)(colon - takes[i].query[j]);
            memcpy(name, takes[i].query[j], n);
            name[n] = 0;
            bool needed = r->handler == api_matches && strcmp(name, "kind") == 0;
            json_array_append_new(parameters, parameter(name, "query", colon + 1, needed));
        }
        if (takes[i].if_match)
            json_array_append_new(parameters, parameter("If-Match", "header", "string", true));
        if (takes[i].body && k)
            json_object_set_new(
                operation, "requestBody",
                json_pack("{s:b, s:{s:{s:o}}}", "required", 1, "content", "application/json",
                          "schema",
                          body_schema(k, r->handler == api_create, r->handler == api_step)));
    }
}

/* What an operation of an approval takes; which of it, docs/service.md says. */
static json_t *approval_body(void)
{
    return json_pack("{s:{s:{s:{s:s, s:b, s:{s:{s:s}, s:{s:s}, s:{s:s}, s:{s:s}, s:{s:s}}}}}}",
                     "content", "application/json", "schema", "type", "object",
                     "additionalProperties", 0, "properties", "round", "type", "integer", "comment",
                     "type", "string", "step", "type", "string", "login", "type", "string",
                     "before", "type", "boolean");
}

static json_t *operation(const struct route *r, const struct kind *k, bool zh)
{
    json_t *o = json_object(), *parameters = json_array();
    json_object_set_new(o, "summary", json_string(zh ? r->zh : r->en));
    if (k)
        json_object_set_new(o, "tags", json_pack("[o]", text_json(k->name)));
    if (strstr(r->pattern, "{id}"))
        json_array_append_new(parameters, parameter("id", "path", "integer", true));
    if (strstr(r->pattern, "{name}"))
        json_array_append_new(parameters, parameter("name", "path", "string", true));
    add_takes(o, parameters, r, k);
    if (r->handler == api_approval_do)
        json_object_set_new(o, "requestBody", approval_body());
    json_object_set_new(o, "parameters", parameters);
    json_object_set_new(o, "responses", api_responses(r, k));
    return o;
}

/* "/api/{kind}/{id}" with the kind's name in it. */
static void path_of(char to[160], const char *pattern, const struct kind *k)
{
    const char *at = strstr(pattern, "{kind}");
    if (at && k)
        snprintf(to, 160, "%.*s%.*s%s", (int)(at - pattern), pattern, (int)k->name.n, k->name.p,
                 at + 6);
    else
        snprintf(to, 160, "%s", pattern);
}

static void add_path(json_t *paths, const struct route *r, const struct kind *k, bool zh)
{
    static const char *const method[] = {"get", "post", "put", "patch", "delete"};
    char path[160];
    path_of(path, r->pattern, k);
    json_t *item = json_object_get(paths, path);
    if (!item) {
        item = json_object();
        json_object_set_new(paths, path, item);
    }
    json_t *o = operation(r, k, zh);
    char id[160];
    int n = snprintf(id, sizeof id, "%s%s", method[r->method], path);
    for (int i = 0; i < n && i < (int)sizeof id - 1; i++)
        if (strchr("/{}-.", id[i]))
            id[i] = '_';
    json_object_set_new(o, "operationId", json_string(id));
    json_object_set_new(item, method[r->method], o);
}

/* What no record of the kind can ever answer is not described for it. */
static bool serves(const struct route *r, const struct kind *k, const struct chains *chains)
{
    if (r->handler == api_tiers)
        return k->is_self;
    if (r->handler == api_matches || r->handler == api_why)
        return k->side != MATCH_NONE;
    if (r->handler == api_approval || r->handler == api_approval_do)
        return chains_of_kind(chains, k);
    if (r->handler == api_step)
        return k->n_actions > 0;
    if (r->handler == api_create)
        return k->create != 0;
    if (r->handler == api_remove)
        return k->remove != 0;
    return r->handler != api_change || k->write != 0;
}

static json_t *paths_json(const struct kinds *kinds, const struct chains *chains, bool zh)
{
    json_t *paths = json_object();
    for (const struct route *r = routes; r->pattern; r++) {
        if (!(r->flags & ROUTE_API))
            continue;
        if (!strstr(r->pattern, "{kind}"))
            add_path(paths, r, NULL, zh);
        else
            for (uint32_t i = 0; i < kinds_count(kinds); i++)
                if (serves(r, kinds_at(kinds, i), chains))
                    add_path(paths, r, kinds_at(kinds, i), zh);
    }
    return paths;
}

enum rc api_describe(struct request *rq, struct reply *re, struct err *e)
{
    const struct kinds *kinds = site_kinds(rq->site);
    json_t *schemas = json_object();
    for (uint32_t i = 0; i < kinds_count(kinds); i++) {
        const struct kind *k = kinds_at(kinds, i);
        char name[80];
        set_member(schemas, k->name, kind_schema(k, rq->zh));
        snprintf(name, sizeof name, "%.*s_record", (int)k->name.n, k->name.p);
        json_object_set_new(schemas, name, record_schema(k));
    }
    json_t *all = json_pack(
        "{s:s, s:{s:s, s:s, s:s}, s:o, s:{s:o, s:{s:{s:s, s:s}}, s:{s:{s:s, s:{s:{s:{s:s}}}}}}, "
        "s:[{s:[]}]}",
        "openapi", "3.1.0", "info", "title", "Qiao 桥", "version", QIAO_VERSION, "description",
        site_message(rq->site, "web.api.about", rq->zh), "paths",
        paths_json(kinds, site_chains(rq->site), rq->zh), "components", "schemas", schemas,
        "securitySchemes", "token", "type", "http", "scheme", "bearer", "responses", "problem",
        "description", "RFC 9457", "content", "application/problem+json", "schema", "type",
        "object", "security", "token");
    char *text = all ? json_dumps(all, JSON_INDENT(1)) : NULL;
    json_decref(all);
    if (!text)
        return err_nomem(e);
    re->type = "application/json";
    enum rc rc = buf_str(&re->body, str_of(text), e);
    mem_free(text);
    return rc;
}
