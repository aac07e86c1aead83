/* Who is meant by the words of a row, and may know. */
#include "service/auth_int.h"
#include "service/notify_int.h"

enum rc people_load(struct people *p, struct tx *tx, struct arena *to, struct err *e)
{
    *p = (struct people){0};
    enum rc rc = account_list(tx, to, &p->account, e);
    if (rc != RC_OK)
        people_free(p);
    return rc;
}

void people_free(struct people *p)
{
    vec_free(&p->account);
}

static enum rc add(vec_id *out, int64_t id, struct err *e)
{
    for (size_t i = 0; i < out->n; i++)
        if (out->p[i] == id)
            return RC_OK;
    return vec_push(out, id, e);
}

/* Its editors; where it has none, its members. */
static enum rc add_org(const struct people *p, int64_t org, vec_id *out, struct err *e)
{
    static const enum role roles[] = {ROLE_EDITOR, ROLE_MEMBER};
    size_t n = 0;
    for (size_t r = 0; org && r < ARRAY_LEN(roles) && !n; r++)
        for (size_t i = 0; i < p->account.n; i++) {
            const struct account *a = &p->account.p[i];
            if (a->active && a->org == org && a->role == roles[r]) {
                TRY(add(out, a->id, e));
                n++;
            }
        }
    return RC_OK;
}

static enum rc add_role(const struct people *p, enum role role, vec_id *out, struct err *e)
{
    for (size_t i = 0; i < p->account.n; i++)
        if (p->account.p[i].active && p->account.p[i].role == role)
            TRY(add(out, p->account.p[i].id, e));
    return RC_OK;
}

/* A name as it is written on the site: that of an account, or its login. */
static enum rc add_name(const struct people *p, struct str name, vec_id *out, struct err *e)
{
    for (size_t i = 0; i < p->account.n; i++) {
        const struct account *a = &p->account.p[i];
        if (a->active && name.n && (str_eq(a->name, name) || str_eq(a->login, name)))
            TRY(add(out, a->id, e));
    }
    return RC_OK;
}

static enum rc add_person(const struct people *p, int64_t person, vec_id *out, struct err *e)
{
    for (size_t i = 0; i < p->account.n; i++)
        if (p->account.p[i].active && p->account.p[i].person == person)
            TRY(add(out, p->account.p[i].id, e));
    return RC_OK;
}

static enum rc add_ref(const struct people *p, struct tx *tx, int64_t id, struct arena *to,
                       vec_id *out, struct err *e)
{
    struct rec r;
    bool found;
    TRY(store_get(tx, NULL, id, to, &r, &found, e));
    if (!found)
        return RC_OK;
    if (r.kind->is_self)
        return add_org(p, r.id, out, e);
    if (str_eq(r.kind->name, STR("person")))
        return add_person(p, r.id, out, e);
    return add_org(p, r.org, out, e);
}

static enum rc add_field(const struct people *p, struct tx *tx, const struct rec *r,
                         struct str name, struct arena *to, vec_id *out, struct err *e)
{
    uint32_t f = field_find(r->kind, name);
    if (f == NO_FIELD || !r->val[f].set)
        return RC_OK;
    const struct field_def *def = &r->kind->field[f];
    const struct val *v = &r->val[f];
    uint32_t n = def->list ? v->list.n : 1;
    for (uint32_t i = 0; i < n; i++) {
        const struct val *one = def->list ? &v->list.item[i] : v;
        TRY(def->type == TYPE_REF ? add_ref(p, tx, one->num, to, out, e)
                                  : add_name(p, one->text, out, e));
    }
    return RC_OK;
}

static enum rc add_word(const struct people *p, struct tx *tx, const struct rec *r, struct str word,
                        struct arena *to, vec_id *out, struct err *e)
{
    if (str_eq(word, STR("owner")))
        return add_org(p, r->kind->is_self ? r->id : r->org, out, e);
    if (str_eq(word, STR("brokers")))
        return add_role(p, ROLE_BROKER, out, e);
    if (str_eq(word, STR("site")))
        return add(out, 0, e);
    return add_field(p, tx, r, word, to, out, e);
}

static const struct account *account_of(const struct people *p, int64_t id)
{
    for (size_t i = 0; i < p->account.n; i++)
        if (p->account.p[i].id == id)
            return &p->account.p[i];
    return NULL;
}

/* The chat group is told that there is something; its title only where everybody may see it. */
static enum rc may_know(const struct people *p, struct tx *tx, int64_t account, int64_t id,
                        struct arena *to, bool *out, struct err *e)
{
    const struct account *a = account_of(p, account);
    struct viewed v;
    *out = account == 0;
    if (!a)
        return RC_OK;
    struct actor actor = actor_of(a);
    TRY(view_get(tx, &actor, NULL, id, to, &v, e));
    *out = v.found;
    return RC_OK;
}

enum rc people_told(const struct people *p, struct tx *tx, const struct rec *r,
                    const struct node *tell, int64_t except, struct arena *to, vec_id *out,
                    struct err *e)
{
    vec_id all = {0};
    enum rc rc = RC_OK;
    for (const struct node *w = tell->child; rc == RC_OK && w; w = w->next)
        rc = add_word(p, tx, r, w->text, to, &all, e);
    for (size_t i = 0; rc == RC_OK && i < all.n; i++) {
        bool may;
        if (except && all.p[i] == except)
            continue;
        rc = may_know(p, tx, all.p[i], r->id, to, &may, e);
        if (rc == RC_OK && may)
            rc = add(out, all.p[i], e);
    }
    vec_free(&all);
    return rc;
}
