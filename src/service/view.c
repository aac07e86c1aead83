/* One record, as somebody may see it; filters and paths as typed. */
#include "service/site_int.h"
#include "service/special.h"

enum rc view_missing(struct err *e)
{
    return err_user(e, "service.missing", "%s", "");
}

static enum rc partner_face(struct viewed *v, struct arena *to, struct err *e)
{
    const struct special *special = special_of(v->full.kind);
    v->face = FACE_PARTNER;
    v->partner = special && special->partners_act;
    return rec_partner(&v->rec, &v->full, to, e);
}

enum rc view_get(struct tx *tx, const struct actor *a, const struct kind *k, int64_t id,
                 struct arena *to, struct viewed *v, struct err *e)
{
    bool granted = false;
    *v = (struct viewed){0};
    TRY(store_get(tx, k, id, to, &v->full, &v->found, e));
    if (!v->found)
        return RC_OK;
    if (!actor_reads_kind(a, v->full.kind)) {
        v->found = false;
        return RC_OK;
    }
    if (actor_sees_all(a, &v->full)) {
        v->rec = v->full;
        v->face = FACE_FULL;
        return RC_OK;
    }
    if (actor_scope(a).reach == SCOPE_ORG && v->full.secrecy != SECRECY_PRIVATE)
        TRY(store_granted(tx, id, a->org, &granted, e));
    if (granted && v->full.kind->n_parties) {
        v->rec = v->full;
        v->face = FACE_FULL;
        v->party = true;
        v->partner = v->full.kind->parties_act;
        return RC_OK;
    }
    if (granted)
        return partner_face(v, to, e);
    v->face = FACE_PUBLIC;
    return rec_public(&v->rec, &v->found, &v->full, to, e);
}

int64_t site_today(const struct site *s)
{
    return day_of_time(site_now(s));
}

enum rc view_other(struct tx *tx, const struct actor *a, const struct action *action, int64_t id,
                   struct arena *to, bool *barred, struct err *e)
{
    vec_entry entries = {0};
    *barred = false;
    if (!action->other.n || !a->account) /* the system is nobody */
        return RC_OK;
    enum rc rc = store_history(tx, id, to, &entries, e);
    for (size_t i = entries.n; rc == RC_OK && i > 0; i--)
        if (str_eq(entries.p[i - 1].action, action->other)) {
            *barred = entries.p[i - 1].account == a->account;
            break;
        }
    vec_free(&entries);
    return rc;
}

static struct filter_context context_of(struct site *s, const struct actor *a, const struct kind *k)
{
    return (struct filter_context){.kinds = s->kinds,
                                   .kind = k,
                                   .today = site_today(s),
                                   .me = a->person,
                                   .org = a->org,
                                   .zh = a->zh};
}

enum rc view_filter(struct site *s, const struct actor *a, const struct kind *k, struct str text,
                    const struct filter *more, struct arena *to, struct filter **out, struct err *e)
{
    struct filter_context c = context_of(s, a, k);
    struct filter *f = NULL;
    *out = NULL;
    if (str_trim(text).n) {
        struct str kept = arena_str(to, text);
        if (!kept.p)
            return err_nomem(e);
        TRY(filter_parse(&f, kept, &c, to, e));
    }
    if (!f && !more)
        return RC_OK;
    *out = filter_and(f, more, to);
    return *out ? RC_OK : err_nomem(e);
}

enum rc view_path(struct site *s, const struct actor *a, const struct kind *k, struct str text,
                  struct arena *to, struct path *out, struct err *e)
{
    struct filter_context c = context_of(s, a, k);
    struct filter *f = NULL;
    TRY(filter_test(&f, text, FILTER_SET, STR(""), &c, to, e));
    *out = f->path;
    return RC_OK;
}

enum rc fault_add(vec_fault *faults, uint32_t field, uint32_t item, uint32_t sub, const char *key,
                  struct str detail, struct err *e)
{
    struct fault_at f = {.field = field, .item = item, .sub = sub, .key = key, .detail = detail};
    return vec_push(faults, f, e);
}

bool val_holds_ref(const struct field_def *f, const struct val *v, int64_t id)
{
    struct field_def one = *f;
    if (!v->set || (f->type != TYPE_REF && f->type != TYPE_GROUP))
        return false;
    if (!f->list && f->type == TYPE_REF)
        return v->num == id;
    one.list = false;
    for (uint32_t i = 0; i < v->list.n; i++)
        if (val_holds_ref(f->list ? &one : &f->sub[i], &v->list.item[i], id))
            return true;
    return false;
}
