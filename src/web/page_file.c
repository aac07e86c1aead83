/* Files of records: taken by forms and the API, given to who may see the field. */
#include "service/attach.h"
#include "web/api_int.h"
#include "web/form_view_int.h"
#include "web/page_int.h"

/* ---- out ---- */

enum rc attach_do(struct request *rq, struct reply *re, struct err *e)
{
    struct attachment a;
    TRY(attach_get(rq->site, rq->actor, rq->kind, rq->id, rq->name, rq->arena, &a, e));
    re->bytes = a.bytes;
    re->type = a.type;
    return reply_attach(rq, re, a.name, e);
}

/* ---- in: the API ---- */

static enum rc answer(struct request *rq, struct reply *re, struct str value, struct str bytes,
                      struct err *e)
{
    struct buf *out = &re->body;
    re->status = 201;
    re->type = "application/json";
    TRY(buf_str(out, STR("{"), e));
    TRY(api_pair(out, "file", value, true, e));
    TRY(api_pair(out, "name", attach_name(value), false, e));
    TRY(api_pair(out, "type", str_of(attach_type(bytes)), false, e));
    (void)rq;
    return buf_printf(out, e, ",\"bytes\":%zu}", bytes.n);
}

/* The body as it is, with ?name=, or the file of a multipart form. */
enum rc api_upload(struct request *rq, struct reply *re, struct err *e)
{
    const struct param *p = param_file(rq, "file");
    struct str name = p ? p->file : param_text(rq, "name"), bytes = p ? p->value : rq->body, value;
    if (!name.n)
        return err_user(e, "web.parameter", "%s", "name");
    TRY(attach_put(rq->site, rq->actor, name, bytes, rq->arena, &value, e));
    return answer(rq, re, value, bytes, e);
}

/* ---- in: forms ----
 * A field's files are hidden parameters of its name; "drop.NAME" takes one away, "file.NAME" brings
 * new ones. Afterwards the request holds the values as they shall be, wherever it is looked at. */

struct taking {
    struct request *rq;
    const struct kind *k;
    vec_fault *faults;
    struct param *to;
    uint32_t n;
};

static bool is_named(const struct param *p, const char *prefix, struct str field)
{
    size_t n = strlen(prefix);
    return p->name.n == n + field.n && str_starts(p->name, str_of(prefix)) &&
           str_eq(str_sub(p->name, n, p->name.n), field);
}

static bool is_dropped(const struct request *rq, struct str field, struct str value)
{
    for (uint32_t i = 0; i < rq->n_params; i++)
        if (is_named(&rq->param[i], "drop.", field) && str_eq(rq->param[i].value, value))
            return true;
    return false;
}

static enum rc take_one(struct taking *x, uint32_t field, const struct param *p, bool *fresh,
                        struct err *e)
{
    const struct field_def *f = &x->k->field[field];
    struct err why = {0};
    struct str value;
    enum rc rc =
        attach_put(x->rq->site, x->rq->actor, p->file, p->value, x->rq->arena, &value, &why);
    if (rc == RC_USER && str_starts(str_of(why.key), STR("attach."))) {
        struct fault_at fault = {.field = field,
                                 .item = UINT32_MAX,
                                 .sub = UINT32_MAX,
                                 .key = strcmp(why.key, "attach.empty") == 0 ? "attach.empty"
                                                                             : "attach.program",
                                 .detail = arena_str(x->rq->arena, str_of(why.detail))};
        return fault.detail.p ? vec_push(x->faults, fault, e) : err_nomem(e);
    }
    if (rc != RC_OK) {
        *e = why;
        return rc;
    }
    x->to[x->n++] = (struct param){.name = f->name, .value = value};
    *fresh = true;
    return RC_OK;
}

static enum rc take_field(struct taking *x, uint32_t field, struct err *e)
{
    const struct field_def *f = &x->k->field[field];
    const struct request *rq = x->rq;
    bool fresh = false;
    for (uint32_t i = 0; i < rq->n_params && !(fresh && !f->list); i++)
        if (is_named(&rq->param[i], "file.", f->name) && rq->param[i].is_file &&
            rq->param[i].file.n)
            TRY(take_one(x, field, &rq->param[i], &fresh, e));
    for (uint32_t i = 0; i < rq->n_params; i++) {
        const struct param *p = &rq->param[i];
        /* of a single one the new takes the old one's place */
        if (is_named(p, "", f->name) && !p->is_file && p->value.n && (f->list || !fresh) &&
            !is_dropped(rq, f->name, p->value))
            x->to[x->n++] = *p;
    }
    return RC_OK;
}

static bool is_file_field(const struct kind *k, struct str name)
{
    uint32_t f = field_find(k, name);
    return f != NO_FIELD && k->field[f].type == TYPE_FILE;
}

enum rc form_files(struct request *rq, const struct kind *k, vec_fault *faults, struct err *e)
{
    struct taking x = {.rq = rq, .k = k, .faults = faults};
    x.to = arena_alloc(rq->arena, ((size_t)rq->n_params * 2 + 1) * sizeof *x.to);
    if (!x.to)
        return err_nomem(e);
    for (uint32_t i = 0; i < rq->n_params; i++)
        if (!is_file_field(k, rq->param[i].name))
            x.to[x.n++] = rq->param[i];
    for (uint32_t f = 0; f < k->n_fields; f++)
        if (k->field[f].type == TYPE_FILE)
            TRY(take_field(&x, f, e));
    rq->param = x.to;
    rq->n_params = x.n;
    return RC_OK;
}

bool kind_has_files(const struct kind *k)
{
    for (uint32_t f = 0; f < k->n_fields; f++)
        if (k->field[f].type == TYPE_FILE)
            return true;
    return false;
}
