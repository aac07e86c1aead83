/* What is stored beside a record because it follows from it: its JSON, its public face, its links
 * and its unique values. */
#include "store/store_int.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#define UNIQUE_LONG 200 /* bytes; an index entry of PostgreSQL holds 2,700 */

void derived_free(struct derived *d)
{
    buf_free(&d->body);
    buf_free(&d->pub);
    vec_free(&d->link);
    vec_free(&d->uniq);
}

static int by_link(const void *a, const void *b)
{
    const struct link_row *x = a, *y = b;
    int c = str_cmp(x->relation, y->relation);
    return c ? c : (x->to > y->to) - (x->to < y->to);
}

static int by_uniq(const void *a, const void *b)
{
    const struct uniq_row *x = a, *y = b;
    int c = str_cmp(x->field, y->field);
    return c ? c : str_cmp(x->value, y->value);
}

static enum rc add_link(struct derived *d, struct str relation, int64_t to, struct err *e)
{
    struct link_row row = {relation, to};
    return to ? vec_push(&d->link, row, e) : RC_OK;
}

static enum rc add_group_links(struct derived *d, const struct field_def *f, const struct val *v,
                               struct err *e)
{
    if (!v->set || !v->list.item)
        return RC_OK;
    for (uint32_t i = 0; i < f->n_sub && i < v->list.n; i++)
        if (f->sub[i].type == TYPE_REF && v->list.item[i].set)
            TRY(add_link(d, f->name, v->list.item[i].num, e));
    return RC_OK;
}

static enum rc add_value_links(struct derived *d, const struct field_def *f, const struct val *v,
                               struct err *e)
{
    if (f->type == TYPE_REF)
        return add_link(d, f->name, v->num, e);
    return f->type == TYPE_GROUP ? add_group_links(d, f, v, e) : RC_OK;
}

static enum rc links(struct derived *d, const struct rec *r, struct err *e)
{
    TRY(add_link(d, STR("owner"), r->org, e));
    for (uint32_t i = 0; i < r->kind->n_fields; i++) {
        const struct field_def *f = &r->kind->field[i];
        const struct val *v = &r->val[i];
        if (!v->set)
            continue;
        if (!f->list)
            TRY(add_value_links(d, f, v, e));
        for (uint32_t j = 0; f->list && j < v->list.n; j++)
            TRY(add_value_links(d, f, &v->list.item[j], e));
    }
    if (d->link.n)
        qsort(d->link.p, d->link.n, sizeof *d->link.p, by_link);
    size_t n = 0;
    for (size_t i = 0; i < d->link.n; i++)
        if (!n || by_link(&d->link.p[n - 1], &d->link.p[i]) != 0)
            d->link.p[n++] = d->link.p[i];
    d->link.n = n;
    return RC_OK;
}

enum rc uniq_text(struct str *out, struct str text, struct arena *a, struct err *e)
{
    if (text.n <= UNIQUE_LONG) {
        *out = arena_str(a, text);
        return out->p ? RC_OK : err_nomem(e);
    }
    uint8_t hash[crypto_hash_sha256_BYTES];
    char hex[7 + 2 * sizeof hash + 1] = "sha256:";
    crypto_hash_sha256(hash, (const uint8_t *)text.p, text.n);
    sodium_bin2hex(hex + 7, sizeof hex - 7, hash, sizeof hash);
    *out = arena_str(a, str_of(hex));
    return out->p ? RC_OK : err_nomem(e);
}

static enum rc add_unique(struct derived *d, const struct field_def *f, const struct val *v,
                          struct arena *a, struct err *e)
{
    struct buf text;
    buf_init(&text, BODY_MAX);
    struct uniq_row row = {f->name, {NULL, 0}};
    enum rc rc = val_text(&text, f, v, false, true, e);
    if (rc == RC_OK)
        rc = uniq_text(&row.value, buf_view(&text), a, e);
    buf_free(&text);
    if (rc != RC_OK || row.value.n == 0)
        return rc;
    return vec_push(&d->uniq, row, e);
}

/* Values that stand once together: one row, "need+offer" and the values a tab apart. */
static enum rc add_together(struct derived *d, const struct rec *r, struct arena *a, struct err *e)
{
    const struct kind *k = r->kind;
    struct buf text, name;
    struct uniq_row row = {0};
    for (uint32_t i = 0; i < k->n_unique; i++)
        if (!r->val[k->unique[i]].set)
            return RC_OK;
    buf_init(&text, BODY_MAX);
    buf_init(&name, BODY_MAX);
    enum rc rc = RC_OK;
    for (uint32_t i = 0; rc == RC_OK && i < k->n_unique; i++) {
        const struct field_def *f = &k->field[k->unique[i]];
        rc = i ? buf_char(&text, '\t', e) : RC_OK;
        rc = rc == RC_OK && i ? buf_char(&name, '+', e) : rc;
        rc = rc == RC_OK ? buf_str(&name, f->name, e) : rc;
        rc = rc == RC_OK ? val_text(&text, f, &r->val[k->unique[i]], false, true, e) : rc;
    }
    if (rc == RC_OK)
        rc = uniq_text(&row.value, buf_view(&text), a, e);
    if (rc == RC_OK) {
        row.field = arena_str(a, buf_view(&name));
        rc = row.field.p ? vec_push(&d->uniq, row, e) : err_nomem(e);
    }
    buf_free(&text);
    buf_free(&name);
    return rc;
}

static enum rc uniques(struct derived *d, const struct rec *r, struct arena *a, struct err *e)
{
    for (uint32_t i = 0; i < r->kind->n_fields; i++) {
        const struct field_def *f = &r->kind->field[i];
        const struct val *v = &r->val[i];
        if (!f->unique || !v->set)
            continue;
        struct field_def one = *f;
        one.list = false;
        if (!f->list)
            TRY(add_unique(d, f, v, a, e));
        for (uint32_t j = 0; f->list && j < v->list.n; j++)
            TRY(add_unique(d, &one, &v->list.item[j], a, e));
    }
    if (r->kind->n_unique)
        TRY(add_together(d, r, a, e));
    if (d->uniq.n)
        qsort(d->uniq.p, d->uniq.n, sizeof *d->uniq.p, by_uniq);
    size_t n = 0;
    for (size_t i = 0; i < d->uniq.n; i++)
        if (!n || by_uniq(&d->uniq.p[n - 1], &d->uniq.p[i]) != 0)
            d->uniq.p[n++] = d->uniq.p[i];
    d->uniq.n = n;
    return RC_OK;
}

/* U+0000 is no text for PostgreSQL; refused on both alike. */
static bool holds_nul(struct str json)
{
    for (size_t i = 0; i + 5 < json.n; i++)
        if (json.p[i] == '\\') {
            if (memcmp(json.p + i + 1, "u0000", 5) == 0)
                return true;
            i++;
        }
    return false;
}

enum rc derive(struct derived *d, const struct rec *r, struct arena *a, struct err *e)
{
    *d = (struct derived){0};
    buf_init(&d->body, BODY_MAX);
    buf_init(&d->pub, BODY_MAX);
    TRY(rec_print(&d->body, r, e));
    if (holds_nul(buf_view(&d->body)))
        return err_user(e, "store.text", "%s", "");
    d->title = rec_title(r);
    TRY(links(d, r, e));
    TRY(uniques(d, r, a, e));
    struct rec face;
    TRY(rec_public(&face, &d->shown, r, a, e));
    if (!d->shown)
        return RC_OK;
    TRY(rec_print(&d->pub, &face, e));
    d->pub_org = face.org;
    d->pub_title = rec_title(&face);
    return RC_OK;
}

/* ---- checks ---- */

static const struct field_def *field_of(const struct kind *k, struct str name)
{
    uint32_t i = field_find(k, name);
    return i == NO_FIELD ? NULL : &k->field[i];
}

/* Is there a record `to` of a kind that the relation allows? */
static enum rc check_ref(struct tx *tx, const struct rec *r, const struct link_row *l,
                         struct err *e)
{
    if (l->to == r->id && r->id)
        return RC_OK;
    struct stmt *st;
    TRY(db_query(&st, tx->db, SQL_REC_KIND, e, "i", l->to));
    bool row;
    enum rc rc = stmt_step(st, &row, e);
    const struct field_def *f = field_of(r->kind, l->relation);
    const struct kind *want = f && f->type == TYPE_REF ? f->of_kind : NULL;
    bool good = rc == RC_OK && row && (!want || str_eq(want->name, col_bytes(st, 0)));
    stmt_done(st);
    if (rc != RC_OK || good)
        return rc;
    return err_user(e, "store.ref", "%.*s\t%lld", (int)l->relation.n, l->relation.p,
                    (long long)l->to);
}

static enum rc check_unique(struct tx *tx, const struct rec *r, const struct uniq_row *u,
                            struct err *e)
{
    struct stmt *st;
    TRY(db_query(&st, tx->db, SQL_UNIQ_GET, e, "ttt", r->kind->name, u->field, u->value));
    bool row;
    enum rc rc = stmt_step(st, &row, e);
    int64_t other = rc == RC_OK && row ? col_int(st, 0) : 0;
    stmt_done(st);
    if (rc != RC_OK || !other || other == r->id)
        return rc;
    return err_user(e, "store.unique", "%.*s\t%lld", (int)u->field.n, u->field.p, (long long)other);
}

enum rc derived_check(struct tx *tx, const struct rec *r, const struct derived *d, struct err *e)
{
    for (size_t i = 0; i < d->uniq.n; i++)
        TRY(check_unique(tx, r, &d->uniq.p[i], e));
    for (size_t i = 0; i < d->link.n; i++)
        TRY(check_ref(tx, r, &d->link.p[i], e));
    return RC_OK;
}

/* ---- writing ---- */

typedef VEC(struct link_row) vec_link_row;
typedef VEC(struct uniq_row) vec_uniq_row;

static enum rc stored_links(struct tx *tx, int64_t id, struct arena *a, vec_link_row *out,
                            struct err *e)
{
    struct stmt *st;
    TRY(db_query(&st, tx->db, SQL_LINK_OF, e, "i", id));
    bool row;
    enum rc rc;
    while ((rc = stmt_step(st, &row, e)) == RC_OK && row) {
        struct link_row l = {.to = col_int(st, 1)};
        rc = col_str(&l.relation, st, 0, a, e);
        if (rc == RC_OK)
            rc = vec_push(out, l, e);
        if (rc != RC_OK)
            break;
    }
    stmt_done(st);
    return rc;
}

static enum rc stored_uniques(struct tx *tx, int64_t id, struct arena *a, vec_uniq_row *out,
                              struct err *e)
{
    struct stmt *st;
    TRY(db_query(&st, tx->db, SQL_UNIQ_OF, e, "i", id));
    bool row;
    enum rc rc;
    while ((rc = stmt_step(st, &row, e)) == RC_OK && row) {
        struct uniq_row u;
        rc = col_str(&u.field, st, 0, a, e);
        if (rc == RC_OK)
            rc = col_str(&u.value, st, 1, a, e);
        if (rc == RC_OK)
            rc = vec_push(out, u, e);
        if (rc != RC_OK)
            break;
    }
    stmt_done(st);
    return rc;
}

/* Both sides are sorted: a merge finds what is to go and what is to come. */
static enum rc write_links(struct tx *tx, int64_t id, const vec_link_row *old,
                           const struct derived *d, struct err *e)
{
    for (size_t i = 0, j = 0; i < old->n || j < d->link.n;) {
        int c = i == old->n ? 1 : j == d->link.n ? -1 : by_link(&old->p[i], &d->link.p[j]);
        if (c < 0)
            TRY(TX_RUN(tx, SQL_LINK_DROP, e, "iti", id, old->p[i].relation, old->p[i].to));
        if (c > 0)
            TRY(TX_RUN(tx, SQL_LINK_ADD, e, "iti", id, d->link.p[j].relation, d->link.p[j].to));
        i += c <= 0;
        j += c >= 0;
    }
    return RC_OK;
}

static enum rc write_uniques(struct tx *tx, int64_t id, struct str kind, const vec_uniq_row *old,
                             const struct derived *d, struct err *e)
{
    for (size_t i = 0, j = 0; i < old->n || j < d->uniq.n;) {
        int c = i == old->n ? 1 : j == d->uniq.n ? -1 : by_uniq(&old->p[i], &d->uniq.p[j]);
        if (c < 0)
            TRY(TX_RUN(tx, SQL_UNIQ_DROP, e, "ttti", kind, old->p[i].field, old->p[i].value, id));
        if (c > 0)
            TRY(TX_RUN(tx, SQL_UNIQ_ADD, e, "ttti", kind, d->uniq.p[j].field, d->uniq.p[j].value,
                       id));
        i += c <= 0;
        j += c >= 0;
    }
    return RC_OK;
}

enum rc derived_write(struct tx *tx, int64_t id, bool fresh, struct str kind,
                      const struct derived *d, struct arena *a, struct err *e)
{
    vec_link_row link = {0};
    vec_uniq_row uniq = {0};
    enum rc rc = RC_OK;
    if (!fresh)
        rc = stored_links(tx, id, a, &link, e);
    if (rc == RC_OK && !fresh)
        rc = stored_uniques(tx, id, a, &uniq, e);
    if (rc == RC_OK)
        rc = write_links(tx, id, &link, d, e);
    if (rc == RC_OK)
        rc = write_uniques(tx, id, kind, &uniq, d, e);
    vec_free(&link);
    vec_free(&uniq);
    return tx_ran(tx, rc);
}
