/* Who takes part in a record, beside the organisation that it belongs to. */
#include "record/kind_int.h"

enum { PARTIES_MAX = 16, INHERIT_DEPTH = 4 };

static bool is_ref(const struct field_def *f)
{
    return f->type == TYPE_REF;
}

/* "parties.org", "agreement" */
static enum rc read_party(struct kind_reader *r, const struct source *s, const struct node *n,
                          struct party *to, struct err *e)
{
    size_t dot = n->type == NODE_TEXT ? str_find(n->text, STR("."), 0) : 0;
    to->field = n->type == NODE_TEXT ? field_find(r->k, str_sub(n->text, 0, dot)) : NO_FIELD;
    to->sub = UINT32_MAX;
    const struct field_def *f = to->field == NO_FIELD ? NULL : &r->k->field[to->field];
    if (f && dot == SIZE_MAX && is_ref(f))
        return RC_OK;
    for (uint32_t i = 0; f && dot != SIZE_MAX && f->type == TYPE_GROUP && i < f->n_sub; i++)
        if (str_eq(f->sub[i].name, str_sub(n->text, dot + 1, n->text.n)) && is_ref(&f->sub[i])) {
            to->sub = i;
            return RC_OK;
        }
    return kind_refuse(s, n, "kind.field", n->type == NODE_TEXT ? n->text : n->key, e);
}

static enum rc read_party_states(struct kind_reader *r, const struct source *s,
                                 const struct node *list, struct kind *k, struct err *e)
{
    k->party_states = list ? 0 : UINT64_MAX;
    if (list && list->type != NODE_LIST)
        return kind_refuse(s, list, "kind.shape", list->key, e);
    for (const struct node *n = kind_first(list); n; n = n->next) {
        uint32_t at = n->type == NODE_TEXT ? state_find(r->k, n->text) : UINT32_MAX;
        if (at == UINT32_MAX)
            return kind_refuse(s, n, "kind.state", n->type == NODE_TEXT ? n->text : n->key, e);
        k->party_states |= UINT64_C(1) << at;
    }
    return RC_OK;
}

/* How many records a party may be away; more than the ceiling: the kinds hang on each other in a
 * circle. */
static uint32_t depth_of(const struct kind *k, uint32_t depth)
{
    uint32_t most = depth;
    for (uint32_t i = 0; depth <= INHERIT_DEPTH && i < k->n_parties; i++) {
        const struct field_def *f = &k->field[k->party[i].field];
        const struct kind *of =
            k->party[i].sub == UINT32_MAX ? f->of_kind : f->sub[k->party[i].sub].of_kind;
        if (of && !of->is_self)
            most = MAX(most, depth_of(of, depth + 1));
    }
    return most;
}

/* `confirms: host` */
static enum rc read_confirms(struct kind_reader *r, const struct source *s, const struct node *n,
                             struct err *e)
{
    struct str of;
    uint32_t at = field_find(r->k, n->key);
    if (at == NO_FIELD || !node_get(n, "confirms"))
        return RC_OK;
    struct field_def *f = (struct field_def *)&r->k->field[at]; /* not shared yet */
    TRY(kind_text(s, n, "confirms", &of, e));
    f->confirms = field_find(r->k, of);
    const struct field_def *who = f->confirms == NO_FIELD ? NULL : &r->k->field[f->confirms];
    if (!who || who->type != TYPE_REF || who->list || !who->of_kind || !who->of_kind->is_self)
        return kind_refuse(s, node_get(n, "confirms"), "kind.field", of, e);
    return f->type == TYPE_DATE && !f->list && !f->required && !f->computed
               ? RC_OK
               : kind_refuse(s, node_get(n, "confirms"), "kind.key", STR("confirms"), e);
}

static enum rc read_all_confirms(struct kind_reader *r, struct err *e)
{
    for (uint32_t i = 0; i < r->n_src; i++)
        for (const struct node *c = kind_first(node_get(r->src[i].node, "fields")); c; c = c->next)
            TRY(read_confirms(r, &r->src[i], c, e));
    return RC_OK;
}

enum rc kind_parties(struct kind_reader *r, struct err *e)
{
    const struct source *s = r->src;
    const struct node *n = node_get(s->node, "parties"), *of = n;
    TRY(read_all_confirms(r, e));
    if (!n)
        return RC_OK;
    if (r->k->side != MATCH_NONE || r->k->secrecy || !r->k->owned || r->k->is_self)
        return kind_refuse(s, n, "kind.value", STR("parties"), e);
    if (n->type == NODE_MAP) {
        TRY(kind_keys(s, n, "of act states", e));
        TRY(kind_bool(s, n, "act", &r->k->parties_act, e));
        of = node_get(n, "of");
    }
    TRY(read_party_states(r, s, n->type == NODE_MAP ? node_get(n, "states") : NULL, r->k, e));
    if (!of || of->type == NODE_MAP || !kind_first(of))
        return kind_refuse(s, n, "kind.missing", STR("of"), e);
    struct party *to = arena_calloc(&r->all->arena, PARTIES_MAX, sizeof *to);
    if (!to)
        return err_nomem(e);
    r->k->party = to;
    for (const struct node *c = kind_first(of); c; c = c->next) {
        if (r->k->n_parties == PARTIES_MAX)
            return kind_refuse(s, c, "kind.too_many", STR("parties"), e);
        TRY(read_party(r, s, c, &to[r->k->n_parties], e));
        r->k->n_parties++;
    }
    /* kinds that are read after this one find the circle, where there is one */
    return depth_of(r->k, 0) <= INHERIT_DEPTH
               ? RC_OK
               : kind_refuse(s, n, "kind.parties_circle", r->k->name, e);
}
