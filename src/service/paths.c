#include "service/paths.h"

#include "base/map.h"
#include "service/site_int.h"

#define TEXT_MAX (256u << 10)

static bool find(struct path *out, const struct site *s, const struct kind *k, struct str text)
{
    struct filter_context c = {.kinds = s->kinds, .kind = k, .today = site_today(s)};
    return text.n && path_find(out, text, &c, NULL) == RC_OK;
}

bool path_is_column(const struct site *s, const struct kind *k, struct str text)
{
    struct path p;
    return find(&p, s, k, text) && (p.n > 1 || p.step[0].sub != UINT32_MAX);
}

static struct label step_label(const struct path_step *step, bool sub)
{
    if (step->attr != ATTR_FIELD)
        return attr_label(step->attr);
    const struct field_def *f = &step->kind->field[step->field];
    return sub ? f->sub[step->sub].label : f->label;
}

struct str path_column_label(const struct site *s, const struct kind *k, struct str text, bool zh,
                             struct arena *to)
{
    struct path p;
    struct buf b;
    struct err e;
    enum rc rc = RC_OK;
    if (!find(&p, s, k, text))
        return text;
    buf_init(&b, 4096);
    for (uint32_t i = 0; rc == RC_OK && i < p.n; i++)
        for (int sub = 0;
             rc == RC_OK && sub < 1 + (p.step[i].attr == ATTR_FIELD && p.step[i].sub != UINT32_MAX);
             sub++) {
            struct label l = step_label(&p.step[i], sub);
            if (b.n)
                rc = buf_str(&b, STR(" · "), &e);
            if (rc == RC_OK)
                rc = buf_str(&b, label_text(&l, zh), &e);
        }
    struct str out = rc == RC_OK ? arena_str(to, buf_view(&b)) : (struct str){0};
    buf_free(&b);
    return out.p ? out : text;
}

/* ---- values ---- */

struct following {
    struct site *s;
    struct tx *tx;
    const struct actor *a;
    const struct rec *rec;
    size_t n;
    struct path path;
    bool zh, raw;
    struct arena *to;
    struct str *out;
    struct map seen; /* id -> place in face, or NONE */
    VEC(struct rec *) face;
    struct buf text;
};
#define NONE UINT32_MAX

static enum rc look(struct following *x, int64_t id, const struct rec **out, struct err *e)
{
    struct viewed v;
    const uint32_t *at = map_get(&x->seen, (uint64_t)id);
    *out = NULL;
    if (at) {
        *out = *at == NONE ? NULL : x->face.p[*at];
        return RC_OK;
    }
    TRY(view_get(x->tx, x->a, NULL, id, x->to, &v, e));
    if (!map_put(&x->seen, (uint64_t)id, v.found ? (uint32_t)x->face.n : NONE))
        return err_nomem(e);
    if (!v.found)
        return RC_OK;
    struct rec *kept = arena_alloc(x->to, sizeof *kept);
    if (!kept)
        return err_nomem(e);
    *kept = v.rec;
    rec_compute(kept, site_today(x->s));
    *out = kept;
    return vec_push(&x->face, kept, e);
}

static enum rc follow(void *ctx, int64_t id, const struct rec **out, struct err *e)
{
    return look(ctx, id, out, e);
}

static enum rc ref_text(struct following *x, int64_t id, struct err *e)
{
    const struct rec *r;
    if (x->raw)
        return buf_printf(&x->text, e, "%lld", (long long)id);
    TRY(look(x, id, &r, e));
    return r ? buf_str(&x->text, rec_title(r), e) : RC_OK;
}

static enum rc attr_text(struct following *x, const struct path_step *end, const struct val *v,
                         struct err *e)
{
    static const struct field_def time = {.type = TYPE_TIME};
    static const char *const secrecy[][3] = {
        {"open", "公开", "Open"}, {"masked", "脱敏", "Masked"}, {"private", "保密", "Private"}};
    const struct state *state;
    switch (end->attr) {
    case ATTR_ID:
        return buf_printf(&x->text, e, "%lld", (long long)v->num);
    case ATTR_OWNER:
        return ref_text(x, v->num, e);
    case ATTR_STATE:
        if (!end->kind || v->num < 0 || v->num >= end->kind->n_states)
            return RC_OK;
        state = &end->kind->state[v->num];
        return buf_str(&x->text, x->raw ? state->name : label_text(&state->label, x->zh), e);
    case ATTR_SECRECY:
        return buf_str(&x->text, str_of(secrecy[v->num % 3][x->raw ? 0 : x->zh ? 1 : 2]), e);
    case ATTR_KIND:
        return buf_str(&x->text, v->text, e);
    default:
        return val_text(&x->text, &time, v, x->zh, x->raw, e);
    }
}

static enum rc value(void *ctx, const struct val *v, struct err *e)
{
    struct following *x = ctx;
    const struct path_step *end = &x->path.step[x->path.n - 1];
    const struct field_def *f = path_field(&x->path);
    size_t before = x->text.n;
    if (!v->set)
        return RC_OK;
    if (before)
        TRY(buf_str(&x->text, STR("；"), e));
    size_t from = x->text.n;
    if (!f) {
        TRY(attr_text(x, end, v, e));
    } else if (f->type == TYPE_REF) {
        TRY(ref_text(x, v->num, e));
    } else {
        struct field_def one = *f;
        one.list = false;
        TRY(val_text(&x->text, &one, v, x->zh, x->raw, e));
    }
    if (x->text.n == from) /* nothing for the actor */
        x->text.n = before;
    return RC_OK;
}

static enum rc values(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct following *x = ctx;
    (void)s;
    x->tx = tx;
    for (size_t i = 0; i < x->n; i++) {
        buf_clear(&x->text);
        TRY(path_each(&x->path, &x->rec[i], follow, x, value, x, e));
        x->out[i] = arena_str(x->to, buf_view(&x->text));
        if (!x->out[i].p)
            return err_nomem(e);
    }
    return RC_OK;
}

enum rc record_paths(struct site *s, const struct actor *a, const struct rec *r, size_t n,
                     struct str text, bool zh, bool raw, struct arena *to, struct str *out,
                     struct err *e)
{
    struct following x = {
        .s = s, .a = a, .rec = r, .n = n, .zh = zh, .raw = raw, .to = to, .out = out};
    for (size_t i = 0; i < n; i++)
        out[i] = STR("");
    if (!n || !find(&x.path, s, n ? r[0].kind : NULL, text))
        return RC_OK;
    buf_init(&x.text, TEXT_MAX);
    enum rc rc = site_read(s, values, &x, e);
    buf_free(&x.text);
    map_free(&x.seen);
    vec_free(&x.face);
    return rc;
}
