#include "service/engine_int.h"

#define TEXT_MAX (1u << 20) /* bytes of one text that are compared */

bool doc_wanted(const struct kind *k)
{
    if (k->side != MATCH_NONE)
        return true;
    for (uint32_t f = 0; f < k->n_fields; f++)
        if (k->field[f].search_title || k->field[f].search_body)
            return true;
    return false;
}

static bool is_standing(const struct rec *r)
{
    return r->state == NO_STATE || r->kind->state[r->state].is_public;
}

/* ---- what it names ---- */

static bool names_offers(const struct field_def *f)
{
    return f->type == TYPE_REF && f->of_kind && f->of_kind->side == MATCH_OFFER;
}

static enum rc add_ref(vec_id *out, int64_t id, int64_t self, struct err *e)
{
    bool known = id == 0 || id == self;
    for (size_t i = 0; i < out->n && !known; i++)
        known = out->p[i] == id;
    return known ? RC_OK : vec_push(out, id, e);
}

static enum rc read_refs(vec_id *out, const struct rec *r, struct err *e)
{
    for (uint32_t f = 0; r->kind->side == MATCH_OFFER && f < r->kind->n_fields; f++) {
        const struct field_def *def = &r->kind->field[f];
        const struct val *v = &r->val[f];
        if (!names_offers(def) || !v->set)
            continue;
        if (!def->list)
            TRY(add_ref(out, v->num, r->id, e));
        for (uint32_t i = 0; def->list && i < v->list.n; i++)
            TRY(add_ref(out, v->list.item[i].num, r->id, e));
    }
    return RC_OK;
}

/* ---- texts ---- */

enum { MATCH_WHOLE, MATCH_OPEN, SEARCH_WHOLE, SEARCH_OPEN, TEXTS };

struct texts {
    struct buf buf[TEXTS];
    uint32_t title[TEXTS];
    size_t at[TEXTS]; /* where it stands in the doc's bytes */
    size_t bytes;
};

static enum rc read_face(struct texts *t, const struct rec *r, unsigned face, struct err *e)
{
    if (r->kind->side != MATCH_NONE)
        TRY(rec_match_text(&t->buf[MATCH_WHOLE + face], &t->title[MATCH_WHOLE + face], r, e));
    return rec_search_text(&t->buf[SEARCH_WHOLE + face], &t->title[SEARCH_WHOLE + face], r, true,
                           e);
}

/* What begins like another text shares its bytes: match and search text often do. */
static void lay_out(struct texts *t)
{
    for (int i = 0; i < TEXTS; i++) {
        bool shared = false;
        for (int j = 0; j < i && !shared; j++) {
            shared = str_starts(buf_view(&t->buf[j]), buf_view(&t->buf[i]));
            t->at[i] = t->at[j];
        }
        if (shared)
            continue;
        t->at[i] = t->bytes;
        t->bytes += t->buf[i].n;
    }
}

static struct match_text put_text(const struct texts *t, int i, char *bytes)
{
    struct str s = buf_view(&t->buf[i]);
    if (s.n)
        memcpy(bytes + t->at[i], s.p, s.n);
    return (struct match_text){{bytes + t->at[i], s.n}, t->title[i]};
}

static bool same_text(struct match_text a, struct match_text b)
{
    return a.title == b.title && str_eq(a.text, b.text);
}

static enum rc pack(struct doc **out, struct texts *t, const vec_id *ref, struct err *e)
{
    lay_out(t);
    size_t refs = ref->n * sizeof *ref->p;
    struct doc *d = mem_calloc(1, sizeof *d + refs + t->bytes + 1);
    if (!d)
        return err_nomem(e);
    int64_t *to = (int64_t *)(d + 1);
    char *bytes = (char *)to + refs;
    if (refs)
        memcpy(to, ref->p, refs);
    d->ref = to;
    d->n_ref = (uint32_t)ref->n;
    for (unsigned face = 0; face < 2; face++) {
        d->match[face] = put_text(t, MATCH_WHOLE + (int)face, bytes);
        d->search[face] = put_text(t, SEARCH_WHOLE + (int)face, bytes);
    }
    *out = d;
    return RC_OK;
}

enum rc doc_make(struct doc **out, const struct rec *r, struct arena *scratch, struct err *e)
{
    struct texts t = {0};
    struct rec open;
    vec_id ref = {0};
    bool visible = false;
    struct doc *d = NULL;
    enum rc rc;
    for (int i = 0; i < TEXTS; i++)
        buf_init(&t.buf[i], TEXT_MAX);
    arena_reset(scratch);
    GOTO_OUT(read_face(&t, r, 0, e));
    GOTO_OUT(rec_public(&open, &visible, r, scratch, e));
    if (visible)
        GOTO_OUT(read_face(&t, &open, 1, e));
    GOTO_OUT(read_refs(&ref, r, e));
    GOTO_OUT(pack(&d, &t, &ref, e));
    atomic_init(&d->refs, 1);
    d->id = r->id;
    d->org = r->org;
    d->version = r->version;
    d->since = r->since;
    d->kind = r->kind;
    d->state = r->state;
    d->secrecy = r->secrecy;
    d->visible = visible;
    d->standing = is_standing(r);
    d->masked = !same_text(d->match[0], d->match[1]);
    d->search_masked = !same_text(d->search[0], d->search[1]);
    facts_read(&d->facts, r, false);
    *out = d;
out:
    for (int i = 0; i < TEXTS; i++)
        buf_free(&t.buf[i]);
    vec_free(&ref);
    return rc;
}

struct doc *doc_keep(struct doc *d)
{
    atomic_fetch_add_explicit(&d->refs, 1, memory_order_relaxed);
    return d;
}

void doc_drop(struct doc *d)
{
    if (d && atomic_fetch_sub_explicit(&d->refs, 1, memory_order_acq_rel) == 1)
        mem_free(d);
}
