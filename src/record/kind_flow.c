/* States, the steps between them, and the actions that take the steps. */
#include "record/kind_int.h"

static struct action *action_find(struct kind_reader *r, struct str name)
{
    for (uint32_t i = 0; i < r->k->n_actions; i++)
        if (str_eq(r->action[i].name, name))
            return &r->action[i];
    return NULL;
}

/* What an action asks for, over what it asked before: `map` declares it, or is a step in its long
 * form. */
static enum rc read_action(struct kind_reader *r, const struct source *s, const struct node *map,
                           struct action *a, struct err *e)
{
    struct str t;
    struct label label;
    TRY(kind_label(s, map, "label", &label, e));
    if (label.zh.n || label.en.n)
        a->label = label;
    if (node_get(map, "by"))
        TRY(kind_roles(s, map, "by", &a->by, e));
    if (node_get(map, "require"))
        TRY(kind_field_list(r, s, map, "require", &a->require, &a->n_require, e));
    if (node_get(map, "ask"))
        TRY(kind_field_list(r, s, map, "ask", &a->ask, &a->n_ask, e));
    TRY(kind_text(s, map, "comment", &t, e));
    if (t.n && !str_eq(t, STR("required")) && !str_eq(t, STR("optional")))
        return kind_refuse(s, node_get(map, "comment"), "kind.value", STR("comment"), e);
    if (t.n)
        a->comment = str_eq(t, STR("required"));
    if (node_get(map, "other"))
        TRY(kind_text(s, map, "other", &a->other, e));
    TRY(kind_text(s, map, "reason", &t, e));
    if (t.n && !(a->reason = codes_find(r->all, t)))
        return kind_refuse(s, node_get(map, "reason"), "kind.table", t, e);
    return RC_OK;
}

/* Where the kind has no wording for it: the common one of the table `action`. */
static enum rc label_action(struct kind_reader *r, const struct source *s, const struct node *n,
                            struct action *a, struct err *e)
{
    const struct codes *common = codes_find(r->all, STR("action"));
    const struct code *c = common ? code_find(common, a->name) : NULL;
    if (!a->label.zh.n && !a->label.en.n && c)
        a->label = c->label;
    return a->label.zh.n || a->label.en.n ? RC_OK : kind_refuse(s, n, "kind.no_label", a->name, e);
}

static enum rc add_action(struct kind_reader *r, const struct source *s, const struct node *n,
                          struct action **out, struct err *e)
{
    TRY(kind_name(s, n, n->key, e));
    if (r->k->n_actions == ACTIONS_MAX)
        return kind_refuse(s, n, "kind.too_many", STR("actions"), e);
    *out = &r->action[r->k->n_actions++];
    (*out)->name = n->key;
    return RC_OK;
}

static enum rc read_actions(struct kind_reader *r, struct err *e)
{
    for (uint32_t i = 0; i < r->n_src; i++) {
        const struct source *s = &r->src[i];
        const struct node *list = node_get(s->node, "actions");
        if (list && list->type != NODE_MAP)
            return kind_refuse(s, list, "kind.shape", list->key, e);
        for (const struct node *c = kind_first(list); c; c = c->next) {
            struct action *a;
            if (action_find(r, c->key))
                return kind_refuse(s, c, "kind.twice", c->key, e);
            TRY(add_action(r, s, c, &a, e));
            TRY(kind_keys(s, c, "label by require ask comment reason other", e));
            TRY(read_action(r, s, c, a, e));
            TRY(label_action(r, s, c, a, e));
        }
    }
    return RC_OK;
}

static enum rc read_expires(const struct source *s, const struct node *n, struct state *st,
                            struct err *e)
{
    struct str t;
    TRY(kind_text(s, n, "expires", &t, e));
    for (size_t i = 0; i + 1 < t.n && st->expires < 100000; i++) {
        if (t.p[i] < '0' || t.p[i] > '9')
            return kind_refuse(s, node_get(n, "expires"), "kind.value", STR("expires"), e);
        st->expires = st->expires * 10 + (uint32_t)(t.p[i] - '0');
    }
    if (t.n && (t.p[t.n - 1] != 'd' || st->expires < 1 || st->expires > 36500))
        return kind_refuse(s, node_get(n, "expires"), "kind.value", STR("expires"), e);
    return RC_OK;
}

static enum rc read_state(const struct source *s, const struct node *n, struct state *st,
                          struct err *e)
{
    static const char *const tones[] = {"neutral", "active", "good", "bad", "warn"};
    st->name = n->key;
    TRY(kind_name(s, n, n->key, e));
    TRY(kind_keys(s, n, "label public locked tone expires to by", e));
    TRY(kind_label_needed(s, n, n->key, &st->label, e));
    TRY(kind_bool(s, n, "public", &st->is_public, e));
    TRY(kind_bool(s, n, "locked", &st->locked, e));
    TRY(kind_text(s, n, "tone", &st->tone, e));
    bool known = !st->tone.n;
    for (size_t i = 0; i < ARRAY_LEN(tones); i++)
        known |= str_eq(st->tone, str_of(tones[i]));
    if (!known)
        return kind_refuse(s, node_get(n, "tone"), "kind.value", STR("tone"), e);
    if (!st->tone.n)
        st->tone = STR("neutral");
    return read_expires(s, n, st, e);
}

static enum rc read_states(struct kind_reader *r, struct err *e)
{
    size_t n = 0;
    for (uint32_t i = 0; i < r->n_src; i++) {
        const struct node *list = node_get(r->src[i].node, "states");
        if (list && list->type != NODE_MAP)
            return kind_refuse(&r->src[i], list, "kind.shape", list->key, e);
        n += node_count(list);
        if (n > STATES_MAX)
            return kind_refuse(&r->src[i], list, "kind.too_many", STR("states"), e);
    }
    r->state = arena_calloc(&r->all->arena, n + 1, sizeof *r->state);
    if (!r->state)
        return err_nomem(e);
    r->k->state = r->state;
    for (uint32_t i = 0; i < r->n_src; i++) {
        const struct source *s = &r->src[i];
        for (const struct node *c = kind_first(node_get(s->node, "states")); c; c = c->next) {
            if (state_find(r->k, c->key) != UINT32_MAX) { /* an extension leads out of it */
                TRY(kind_keys(s, c, "to", e));
                continue;
            }
            TRY(read_state(s, c, &r->state[r->k->n_states], e));
            r->k->n_states++;
        }
    }
    return RC_OK;
}

/* The action of a step: the declared one, or a copy where the state or the step asks for more. */
static enum rc step_action(struct kind_reader *r, const struct source *s, const struct node *n,
                           roles by, const struct action **out, struct err *e)
{
    struct action *a = action_find(r, n->key);
    if (!a) {
        TRY(add_action(r, s, n, &a, e));
        if (n->type == NODE_MAP)
            TRY(kind_label(s, n, "label", &a->label, e));
        TRY(label_action(r, s, n, a, e));
    }
    *out = a;
    if (n->type != NODE_MAP && (!by || a->by))
        return RC_OK;
    struct action *own = arena_alloc(&r->all->arena, sizeof *own);
    if (!own)
        return err_nomem(e);
    *own = *a;
    if (!own->by)
        own->by = by;
    *out = own;
    return n->type == NODE_MAP ? read_action(r, s, n, own, e) : RC_OK;
}

static enum rc read_step(struct kind_reader *r, const struct source *s, const struct node *n,
                         roles by, struct state *st, struct step *step, struct err *e)
{
    struct str to = n->text;
    if (n->type == NODE_MAP) {
        TRY(kind_keys(s, n, "to label by require ask comment reason other", e));
        TRY(kind_text(s, n, "to", &to, e));
    } else if (n->type == NODE_LIST) {
        return kind_refuse(s, n, "kind.shape", n->key, e);
    }
    for (uint32_t i = 0; i < st->n_steps; i++)
        if (str_eq(st->step[i].action->name, n->key))
            return kind_refuse(s, n, "kind.twice", n->key, e);
    step->to = state_find(r->k, to);
    if (step->to == UINT32_MAX)
        return kind_refuse(s, n, "kind.state", to, e);
    return step_action(r, s, n, by, &step->action, e);
}

static enum rc read_steps(struct kind_reader *r, struct state *st, struct err *e)
{
    size_t n = 0;
    roles by = 0;
    for (uint32_t i = 0; i < r->n_src; i++) {
        const struct source *s = &r->src[i];
        const struct node *own = NULL;
        for (const struct node *c = kind_first(node_get(s->node, "states")); c && !own; c = c->next)
            own = str_eq(c->key, st->name) ? c : NULL;
        const struct node *to = node_get(own, "to");
        if (own && node_get(own, "by"))
            TRY(kind_roles(s, own, "by", &by, e));
        if (!to)
            continue;
        if (to->type != NODE_MAP)
            return kind_refuse(s, to, "kind.shape", to->key, e);
        n += node_count(to);
        struct step *step = arena_calloc(&r->all->arena, n, sizeof *step);
        if (!step)
            return err_nomem(e);
        if (st->n_steps)
            memcpy(step, st->step, st->n_steps * sizeof *step);
        st->step = step;
        for (const struct node *c = to->child; c; c = c->next) {
            TRY(read_step(r, s, c, by, st, &step[st->n_steps], e));
            st->n_steps++;
        }
    }
    return RC_OK;
}

static const struct node *state_node(const struct kind_reader *r, struct str name)
{
    for (uint32_t i = 0; i < r->n_src; i++)
        for (const struct node *c = kind_first(node_get(r->src[i].node, "states")); c; c = c->next)
            if (str_eq(c->key, name))
                return c;
    return NULL;
}

/* `other` names an action that somebody takes. */
static enum rc check_others(struct kind_reader *r, struct err *e)
{
    for (uint32_t i = 0; i < r->k->n_states; i++)
        for (uint32_t j = 0; j < r->k->state[i].n_steps; j++) {
            struct str other = r->k->state[i].step[j].action->other;
            if (other.n && !action_find(r, other))
                return kind_refuse(&r->src[0], node_get(r->src[0].node, "actions"), "kind.action",
                                   other, e);
        }
    return RC_OK;
}

/* Every state is reached from the first, every action is somebody's step, what expires has a way
 * to. */
static enum rc check_flow(struct kind_reader *r, struct err *e)
{
    bool reached[STATES_MAX] = {true}, more = true;
    const struct kind *k = r->k;
    while (more) {
        more = false;
        for (uint32_t i = 0; i < k->n_states; i++)
            for (uint32_t j = 0; reached[i] && j < k->state[i].n_steps; j++)
                if (!reached[k->state[i].step[j].to])
                    more = reached[k->state[i].step[j].to] = true;
    }
    for (uint32_t i = 0; i < k->n_states; i++) {
        const struct node *n = state_node(r, k->state[i].name);
        if (!reached[i])
            return kind_refuse(&r->src[0], n, "kind.unreachable", k->state[i].name, e);
        if (k->state[i].expires && !step_find(k, i, STR("expire")))
            return kind_refuse(&r->src[0], n, "kind.no_expire", k->state[i].name, e);
    }
    TRY(check_others(r, e));
    for (uint32_t a = 0; a < k->n_actions; a++) {
        bool used = false;
        for (uint32_t i = 0; i < k->n_states && !used; i++)
            used = step_find(k, i, r->action[a].name) != NULL;
        if (!used)
            return kind_refuse(&r->src[0], node_get(r->src[0].node, "actions"), "kind.action",
                               r->action[a].name, e);
    }
    return RC_OK;
}

enum rc kind_flow(struct kind_reader *r, struct err *e)
{
    r->action = arena_calloc(&r->all->arena, ACTIONS_MAX, sizeof *r->action);
    if (!r->action)
        return err_nomem(e);
    r->k->action = r->action;
    TRY(read_actions(r, e));
    TRY(read_states(r, e));
    for (uint32_t i = 0; i < r->k->n_states; i++)
        TRY(read_steps(r, &r->state[i], e));
    return check_flow(r, e);
}
