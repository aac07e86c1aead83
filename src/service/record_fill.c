/* Typed fields over a record: names of fields, references by title, rows of groups. */
#include "service/records.h"

#include "service/site_int.h"

#define ROWS_MOST 1000u
#define TEXT_MAX  (1u << 20)

struct filling {
    struct site *s;
    struct tx *tx;
    const struct actor *a;
    struct rec *r;
    struct arena *to;
    vec_fault *faults;
    bool *begun; /* [n_fields]: rows of this list of groups were given */
};

/* Where a value goes. */
struct place {
    struct val *val;
    const struct field_def *def;
    uint32_t field, item, sub;
};

static enum rc fault_here(struct filling *x, const struct place *p, const char *key,
                          struct str detail, struct err *e)
{
    return fault_add(x->faults, p->field, p->item, p->sub, key, detail, e);
}

static enum rc fault_whole(struct filling *x, const char *key, struct str detail, struct err *e)
{
    return fault_add(x->faults, NO_FIELD, UINT32_MAX, UINT32_MAX, key, detail, e);
}

/* ---- references ---- */

static bool is_number(struct str s, int64_t *id)
{
    *id = 0;
    if (s.n && s.p[0] == '#')
        s = str_sub(s, 1, s.n);
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9' || i > 17)
            return false;
        *id = *id * 10 + (s.p[i] - '0');
    }
    return s.n > 0;
}

/* The one record of kind `k` that the actor knows by this title. *n: how many there are. */
static enum rc by_title(struct filling *x, const struct kind *k, struct str title, int64_t *id,
                        uint32_t *n, struct err *e)
{
    vec_id ids = {0};
    struct viewed v;
    *n = 0;
    enum rc rc = store_by_title(x->tx, k, title, &ids, e);
    for (size_t i = 0; rc == RC_OK && i < ids.n; i++) {
        rc = view_get(x->tx, x->a, k, ids.p[i], x->to, &v, e);
        if (rc == RC_OK && v.found && str_eq(rec_title(&v.rec), title)) {
            *id = ids.p[i];
            ++*n;
        }
    }
    vec_free(&ids);
    return rc;
}

/* An id, "#id" or a title; 0 with a fault. */
static enum rc resolve(struct filling *x, const struct place *p, const struct kind *k,
                       struct str text, int64_t *id, struct err *e)
{
    uint32_t n = 0, more;
    int64_t one;
    struct viewed v;
    if (is_number(text, id)) {
        TRY(view_get(x->tx, x->a, k, *id, x->to, &v, e));
        n = v.found;
    } else if (k) {
        TRY(by_title(x, k, text, id, &n, e));
    }
    for (uint32_t i = 0; p->def && i < p->def->n_among && !is_number(text, &one); i++) {
        TRY(by_title(x, p->def->among[i], text, &one, &more, e));
        *id = more ? one : *id;
        n += more;
    }
    if (n == 1)
        return RC_OK;
    *id = 0;
    struct str kept = arena_str(x->to, text);
    if (!kept.p)
        return err_nomem(e);
    return fault_here(x, p, n ? "field.ref_many" : "field.ref_unknown", kept, e);
}

/* The next of several parts; `comma`: also at 、 and ,. */
static struct str next_part(struct str *rest, bool comma)
{
    size_t i = 0, end = 0;
    while (i < rest->n) {
        end = i;
        uint32_t c = utf8_next(*rest, &i);
        if (c == '\n' || c == ';' || c == 0xFF1B ||
            (comma && (c == ',' || c == 0x3001 || c == 0xFF0C))) {
            struct str part = str_sub(*rest, 0, end);
            *rest = str_sub(*rest, i, rest->n);
            return str_trim(part);
        }
    }
    struct str part = *rest;
    *rest = STR("");
    return str_trim(part);
}

static enum rc put_refs(struct filling *x, const struct place *p, struct str text, bool comma,
                        struct buf *out, struct err *e);

static enum rc put_ref(struct filling *x, const struct place *p, struct str part, bool comma,
                       struct buf *out, struct err *e)
{
    int64_t id;
    size_t before = x->faults->n;
    TRY(resolve(x, p, p->def->of_kind, part, &id, e));
    if (id)
        return buf_printf(out, e, "%s#%lld", out->n ? "\n" : "", (long long)id);
    struct str rest = part;
    if (comma || next_part(&rest, true).n == part.n)
        return RC_OK;
    /* A title may hold a comma; only where there is no such title does it part several. */
    x->faults->n = before;
    return put_refs(x, p, part, true, out, e);
}

static enum rc put_refs(struct filling *x, const struct place *p, struct str text, bool comma,
                        struct buf *out, struct err *e)
{
    for (struct str rest = text; rest.n;) {
        struct str part = p->def->list ? next_part(&rest, comma) : str_trim(rest);
        if (!p->def->list)
            rest = STR("");
        if (part.n)
            TRY(put_ref(x, p, part, comma || !p->def->list, out, e));
    }
    return RC_OK;
}

/* ---- values ---- */

static enum rc parse_value(struct filling *x, const struct place *p, struct str text, struct err *e)
{
    size_t before = x->faults->n;
    TRY(val_parse(p->val, p->def, p->field, text, x->to, x->faults, e));
    for (size_t i = before; p->sub != UINT32_MAX && i < x->faults->n; i++) {
        x->faults->p[i].item = p->item;
        x->faults->p[i].sub = p->sub;
    }
    return RC_OK;
}

static enum rc set_value(struct filling *x, const struct place *p, struct str text, struct err *e)
{
    struct str kept = arena_str(x->to, text);
    if (!kept.p)
        return err_nomem(e);
    if (p->def->type != TYPE_REF)
        return parse_value(x, p, kept, e);
    struct buf ids;
    buf_init(&ids, TEXT_MAX);
    enum rc rc = put_refs(x, p, kept, false, &ids, e);
    struct str numbers = rc == RC_OK ? arena_str(x->to, buf_view(&ids)) : (struct str){0};
    if (rc == RC_OK)
        rc = numbers.p ? parse_value(x, p, numbers, e) : err_nomem(e);
    buf_free(&ids);
    return rc;
}

static enum rc set_owner(struct filling *x, struct str text, struct err *e)
{
    struct place p = {.field = NO_FIELD, .item = UINT32_MAX, .sub = UINT32_MAX};
    const struct kind *org = NULL;
    int64_t id = 0;
    size_t before = x->faults->n;
    for (uint32_t i = 0; i < kinds_count(x->s->kinds); i++)
        if (kinds_at(x->s->kinds, i)->is_self)
            org = kinds_at(x->s->kinds, i);
    text = str_trim(text);
    if (text.n)
        TRY(resolve(x, &p, org, text, &id, e));
    if (x->faults->n > before || id == x->r->org)
        return RC_OK;
    if (!actor_writes_all(x->a) || !x->r->kind->owned || x->r->kind->is_self)
        return fault_whole(x, "field.owner", STR(""), e);
    x->r->org = id;
    return RC_OK;
}

static enum rc set_secrecy(struct filling *x, struct str text, struct err *e)
{
    static const struct {
        enum secrecy secrecy;
        struct str word[3];
    } known[] = {
        {SECRECY_OPEN, {{"open", 4}, {"公开", 6}, {"Open", 4}}},
        {SECRECY_MASKED, {{"masked", 6}, {"脱敏", 6}, {"Masked", 6}}},
        {SECRECY_PRIVATE, {{"private", 7}, {"保密", 6}, {"Private", 7}}},
    };
    text = str_trim(text);
    for (size_t i = 0; i < ARRAY_LEN(known) && x->r->kind->secrecy; i++)
        for (size_t w = 0; w < 3; w++)
            if (str_eq(text, known[i].word[w])) {
                x->r->secrecy = known[i].secrecy;
                return RC_OK;
            }
    return text.n ? fault_whole(x, "field.secrecy", STR(""), e) : RC_OK;
}

/* ---- rows of groups ---- */

static enum rc grow(struct filling *x, struct val *list, uint32_t n, struct err *e)
{
    if (list->set && list->list.n >= n)
        return RC_OK;
    struct val *item = arena_calloc(x->to, n, sizeof *item);
    if (!item)
        return err_nomem(e);
    if (list->set && list->list.n)
        memcpy(item, list->list.item, list->list.n * sizeof *item);
    list->list.item = item;
    list->list.n = n;
    list->set = true;
    return RC_OK;
}

/* "0.name" of a list, "name" of a single group. */
static enum rc find_sub(struct filling *x, struct place *p, struct str name, bool *found,
                        struct err *e)
{
    const struct field_def *group = p->def;
    struct val *at = p->val;
    int64_t row = 0;
    size_t dot = str_find(name, STR("."), 0);
    *found = false;
    if (group->list && (dot == SIZE_MAX || !is_number(str_sub(name, 0, dot), &row)))
        return RC_OK;
    p->sub = sub_find(group, group->list ? str_sub(name, dot + 1, name.n) : name);
    if (p->sub == UINT32_MAX || row >= ROWS_MOST)
        return RC_OK;
    /* A form gives all rows it has: those that it does not give are gone. */
    if (!x->begun[p->field])
        *at = (struct val){0};
    x->begun[p->field] = true;
    if (group->list) {
        p->item = (uint32_t)row;
        TRY(grow(x, at, p->item + 1, e));
        at = &at->list.item[p->item];
    }
    TRY(grow(x, at, group->n_sub, e));
    p->val = &at->list.item[p->sub];
    p->def = &group->sub[p->sub];
    *found = true;
    return RC_OK;
}

static bool is_blank(const struct val *group)
{
    for (uint32_t i = 0; group->set && i < group->list.n; i++)
        if (group->list.item[i].set)
            return false;
    return true;
}

/* Rows that were left empty are no rows. */
static void drop_blank(struct filling *x)
{
    for (uint32_t f = 0; f < x->r->kind->n_fields; f++) {
        struct val *v = &x->r->val[f];
        uint32_t n = 0;
        if (!x->begun[f])
            continue;
        if (!x->r->kind->field[f].list) {
            v->set = !is_blank(v);
            continue;
        }
        for (uint32_t i = 0; i < v->list.n; i++)
            if (!is_blank(&v->list.item[i]))
                v->list.item[n++] = v->list.item[i];
        v->list.n = n;
        v->set = n > 0;
    }
}

/* ---- names ---- */

static enum rc fill_field(struct filling *x, struct str name, struct str text, struct err *e)
{
    bool masked = str_starts(name, STR("masked.")), found = true;
    struct str whole = name;
    if (masked)
        name = str_sub(name, strlen("masked."), name.n);
    size_t dot = str_find(name, STR("."), 0);
    struct place p = {.field = field_find(x->r->kind, str_sub(name, 0, dot)),
                      .item = UINT32_MAX,
                      .sub = UINT32_MAX};
    if (p.field == NO_FIELD)
        return fault_whole(x, "field.unknown", whole, e);
    p.def = &x->r->kind->field[p.field];
    p.val = masked ? &x->r->masked[p.field] : &x->r->val[p.field];
    if (masked && p.def->secret != SECRET_MASKED)
        return fault_here(x, &p, "field.not_masked", STR(""), e);
    if (p.def->computed)
        return fault_here(x, &p, "field.computed", whole, e);
    if (dot != SIZE_MAX) {
        if (p.def->type != TYPE_GROUP || masked)
            return fault_whole(x, "field.unknown", whole, e);
        TRY(find_sub(x, &p, str_sub(name, dot + 1, name.n), &found, e));
        if (!found)
            return fault_whole(x, "field.unknown", whole, e);
    }
    return set_value(x, &p, text, e);
}

enum rc fill_in(struct site *s, struct tx *tx, const struct actor *a, struct rec *r,
                const struct typed *t, uint32_t n, struct arena *to, vec_fault *faults,
                struct err *e)
{
    struct filling x = {s, tx, a, r, to, faults, NULL};
    x.begun = arena_calloc(to, r->kind->n_fields, sizeof *x.begun);
    if (!x.begun)
        return err_nomem(e);
    for (uint32_t i = 0; i < n; i++) {
        struct str name = arena_str(to, t[i].name);
        if (!name.p)
            return err_nomem(e);
        if (str_eq(name, STR("owner")))
            TRY(set_owner(&x, t[i].text, e));
        else if (str_eq(name, STR("secrecy")))
            TRY(set_secrecy(&x, t[i].text, e));
        else
            TRY(fill_field(&x, name, t[i].text, e));
    }
    drop_blank(&x);
    return RC_OK;
}

struct fill_call {
    const struct actor *a;
    struct rec *r;
    const struct typed *t;
    uint32_t n;
    struct arena *to;
    vec_fault *faults;
};

static enum rc fill(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct fill_call *c = ctx;
    return fill_in(s, tx, c->a, c->r, c->t, c->n, c->to, c->faults, e);
}

enum rc record_fill(struct site *s, const struct actor *a, struct rec *r, const struct typed *t,
                    uint32_t n, struct arena *to, vec_fault *faults, struct err *e)
{
    struct fill_call c = {a, r, t, n, to, faults};
    return site_read(s, fill, &c, e);
}
