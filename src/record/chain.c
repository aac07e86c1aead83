/* Reading declared approval chains. */
#include "record/chain.h"
#include "record/kind_int.h"
#include "record/yaml.h"

enum { STEPS_MAX = 32, SIGNERS_MAX = 32, CHAINS_MAX = 1000, LOGIN_BYTES = 60, TEXT_BYTES = 90000 };

struct chains {
    struct arena arena;
    VEC(struct chain) all;
};

struct chain_reader {
    struct arena *arena;
    const struct kinds *kinds;
    const struct source *src;
    struct chain *c;
    struct chain_step *step;
    const struct node *at[STEPS_MAX];
};

static enum rc refuse(const struct chain_reader *r, const struct node *n, const char *key,
                      struct str what, struct err *e)
{
    return kind_refuse(r->src, n, key, what, e);
}

/* ---- signers ---- */

static enum rc read_path(const struct chain_reader *r, const struct node *n, struct str text,
                         struct path *out, struct err *e)
{
    const struct filter_context c = {.kinds = r->kinds, .kind = r->c->kind};
    return path_find(out, text, &c, NULL) == RC_OK && out->n ? RC_OK
                                                             : refuse(r, n, "kind.field", text, e);
}

/* The kind that a path's end refers to. */
static const struct kind *leads_to(const struct chain_reader *r, const struct path *p)
{
    const struct path_step *end = &p->step[p->n - 1];
    if (end->attr == ATTR_OWNER)
        return end->kind->owned ? kind_find(r->kinds, STR("org")) : NULL;
    const struct field_def *f = path_field(p);
    return f && f->type == TYPE_REF ? f->of_kind : NULL;
}

/* May there be several values at its end? */
static bool gives_many(const struct path *p)
{
    for (uint32_t i = 0; i < p->n; i++) {
        const struct path_step *s = &p->step[i];
        if (s->attr != ATTR_FIELD)
            continue;
        const struct field_def *f = &s->kind->field[s->field];
        if (f->list || (s->sub != UINT32_MAX && f->sub[s->sub].list))
            return true;
    }
    return false;
}

/* Who writes nothing (service/actor.c) cannot sign, nor can who may not read the record. */
static enum rc check_roles(const struct chain_reader *r, const struct node *n, roles by,
                           struct err *e)
{
    const roles signing = 1u << ROLE_MEMBER | 1u << ROLE_EDITOR | 1u << ROLE_BROKER;
    for (int i = 0; i < ROLE__COUNT; i++) {
        roles bit = (roles)(1u << i);
        if ((by & bit) && (!(signing & bit) || !(r->c->kind->read & bit)))
            return refuse(r, n, "chain.role_cannot", str_of(role_name((enum role)i)), e);
    }
    return RC_OK;
}

static enum rc read_role(const struct chain_reader *r, const struct node *n, struct chain_signer *s,
                         struct err *e)
{
    const roles broker = 1u << ROLE_BROKER;
    const struct node *role = node_get(n, "role");
    struct str of;
    TRY(kind_roles(r->src, n, "role", &s->by, e));
    if (!s->by)
        return refuse(r, role, "chain.signer", STR(""), e);
    TRY(check_roles(r, role, s->by, e));
    TRY(kind_bool(r->src, n, "each", &s->each, e));
    TRY(kind_text(r->src, n, "of", &of, e));
    if (s->by & broker) { /* of no organisation */
        if (s->by != broker || of.n)
            return refuse(r, role, "chain.broker_of", of, e);
        return RC_OK;
    }
    if (!of.n && !r->c->kind->owned)
        return refuse(r, role, "chain.of", r->c->kind->name, e);
    TRY(read_path(r, node_get(n, "of"), of.n ? of : STR("owner"), &s->of, e));
    const struct kind *k = leads_to(r, &s->of);
    return k && k->is_self ? RC_OK : refuse(r, node_get(n, "of"), "chain.no_org", of, e);
}

static enum rc read_signer(const struct chain_reader *r, const struct node *n,
                           struct chain_signer *s, struct err *e)
{
    struct str field, login;
    TRY(kind_keys(r->src, n, "role of each field login optional", e));
    TRY(kind_text(r->src, n, "field", &field, e));
    TRY(kind_text(r->src, n, "login", &login, e));
    TRY(kind_bool(r->src, n, "optional", &s->optional, e));
    if ((node_get(n, "role") != NULL) + (field.n > 0) + (login.n > 0) != 1)
        return refuse(r, n, "chain.signer", STR(""), e);
    if (node_get(n, "role"))
        return read_role(r, n, s, e);
    if (node_get(n, "of") || node_get(n, "each"))
        return refuse(r, n, "chain.signer", STR("of, each"), e);
    if (login.n) {
        s->login = login;
        return login.n <= LOGIN_BYTES ? RC_OK : refuse(r, n, "kind.value", STR("login"), e);
    }
    TRY(read_path(r, node_get(n, "field"), field, &s->who, e));
    const struct kind *k = leads_to(r, &s->who);
    return k && str_eq(k->name, STR("person"))
               ? RC_OK
               : refuse(r, node_get(n, "field"), "chain.no_person", field, e);
}

static enum rc read_signers(const struct chain_reader *r, const struct node *n,
                            struct chain_step *step, struct err *e)
{
    const struct node *list = node_get(n, "signers");
    size_t count = node_count(list);
    if (list && list->type != NODE_LIST)
        return refuse(r, list, "kind.shape", list->key, e);
    if (!count)
        return refuse(r, list ? list : n, "chain.nobody", step->name, e);
    if (count > SIGNERS_MAX)
        return refuse(r, list, "kind.too_many", STR("signers"), e);
    struct chain_signer *s = arena_calloc(r->arena, count, sizeof *s);
    if (!s)
        return err_nomem(e);
    step->signer = s;
    for (const struct node *c = list->child; c; c = c->next)
        TRY(read_signer(r, c, &s[step->n_signers++], e));
    bool many = count > 1 || s->each || (s->of.n && gives_many(&s->of)) ||
                (s->who.n && gives_many(&s->who));
    return step->mode == CHAIN_ONE && many ? refuse(r, list, "chain.one", step->name, e) : RC_OK;
}

/* ---- steps ---- */

static enum rc read_mode(const struct chain_reader *r, const struct node *n,
                         struct chain_step *step, struct err *e)
{
    static const char *const modes[] = {
        [CHAIN_ONE] = "one", [CHAIN_JOINT] = "joint", [CHAIN_ANY] = "any"};
    struct str t;
    TRY(kind_text(r->src, n, "mode", &t, e));
    if (!t.n)
        return RC_OK;
    for (size_t i = 0; i < ARRAY_LEN(modes); i++)
        if (str_eq(t, str_of(modes[i]))) {
            step->mode = (enum chain_mode)i;
            return RC_OK;
        }
    return refuse(r, node_get(n, "mode"), "chain.mode", t, e);
}

static enum rc read_step(struct chain_reader *r, const struct node *n, struct err *e)
{
    struct chain_step *step = &r->step[r->c->n_steps];
    TRY(kind_name(r->src, n, n->key, e));
    if (str_eq(n->key, STR("end")) || chain_step_find(r->c, n->key) != CHAIN_END)
        return refuse(r, n, "kind.name", n->key, e);
    TRY(kind_keys(r->src, n, "label mode signers next back", e));
    TRY(kind_label_needed(r->src, n, n->key, &step->label, e));
    step->name = n->key;
    TRY(read_mode(r, n, step, e));
    TRY(read_signers(r, n, step, e));
    r->at[r->c->n_steps++] = n;
    return RC_OK;
}

static enum rc find_step_named(const struct chain_reader *r, const struct node *n, uint32_t *out,
                               struct err *e)
{
    *out = n->type == NODE_TEXT ? chain_step_find(r->c, n->text) : CHAIN_END;
    return *out == CHAIN_END ? refuse(r, n, "chain.step", n->text, e) : RC_OK;
}

/* Every step is taken once: none comes twice, none is passed over. */
static enum rc order_steps(struct chain_reader *r, struct err *e)
{
    bool taken[STEPS_MAX] = {false};
    uint32_t place = 0;
    for (uint32_t i = 0; i < r->c->n_steps; i++) {
        const struct node *next = node_get(r->at[i], "next");
        r->step[i].next = i + 1 < r->c->n_steps ? i + 1 : CHAIN_END;
        if (next && next->type == NODE_TEXT && str_eq(next->text, STR("end")))
            r->step[i].next = CHAIN_END;
        else if (next)
            TRY(find_step_named(r, next, &r->step[i].next, e));
    }
    for (uint32_t i = r->c->first; i != CHAIN_END; i = r->step[i].next) {
        if (taken[i])
            return refuse(r, r->at[i], "chain.cycle", r->step[i].name, e);
        taken[i] = true;
        r->step[i].place = place++;
    }
    for (uint32_t i = 0; i < r->c->n_steps; i++)
        if (!taken[i])
            return refuse(r, r->at[i], "chain.unreachable", r->step[i].name, e);
    return RC_OK;
}

static enum rc read_back(struct chain_reader *r, uint32_t i, struct err *e)
{
    const struct node *list = node_get(r->at[i], "back");
    struct chain_step *step = &r->step[i];
    for (uint32_t j = 0; !list && j < r->c->n_steps; j++)
        if (r->step[j].place < step->place)
            step->back |= (uint64_t)1 << j;
    if (list && list->type == NODE_MAP)
        return refuse(r, list, "kind.shape", list->key, e);
    for (const struct node *c = kind_first(list); c; c = list->type == NODE_TEXT ? NULL : c->next) {
        uint32_t to;
        TRY(find_step_named(r, c, &to, e));
        if (r->step[to].place >= step->place)
            return refuse(r, c, "chain.back", c->text, e);
        step->back |= (uint64_t)1 << to;
    }
    return RC_OK;
}

static enum rc read_steps(struct chain_reader *r, struct err *e)
{
    const struct node *map = node_get(r->src->node, "steps");
    size_t count = node_count(map);
    if (map && map->type != NODE_MAP)
        return refuse(r, map, "kind.shape", map->key, e);
    if (!count)
        return refuse(r, map, "kind.missing", STR("steps"), e);
    if (count > STEPS_MAX)
        return refuse(r, map, "kind.too_many", STR("steps"), e);
    r->step = arena_calloc(r->arena, count, sizeof *r->step);
    if (!r->step)
        return err_nomem(e);
    r->c->step = r->step;
    for (const struct node *n = map->child; n; n = n->next)
        TRY(read_step(r, n, e));
    TRY(order_steps(r, e));
    for (uint32_t i = 0; i < r->c->n_steps; i++)
        TRY(read_back(r, i, e));
    return RC_OK;
}

/* ---- the chain ---- */

static enum rc read_outcome(const struct chain_reader *r, const char *key, struct str *out,
                            struct err *e)
{
    const struct node *n = node_get(r->src->node, key);
    const struct kind *k = r->c->kind;
    TRY(kind_text(r->src, r->src->node, key, out, e));
    if (!out->n)
        *out = str_of(key);
    for (uint32_t i = 0; i < k->n_states; i++) {
        const struct step *begins = step_find(k, i, r->c->action);
        const struct step *ends = begins ? step_find(k, begins->to, *out) : NULL;
        if (begins && (!ends || ends->action->reason))
            return refuse(r, n, "chain.outcome", *out, e);
    }
    return RC_OK;
}

static enum rc read_kind(const struct chain_reader *r, struct err *e)
{
    const struct source *s = r->src;
    struct str t;
    TRY(kind_text(s, s->node, "kind", &t, e));
    r->c->kind = kind_find(r->kinds, t);
    if (!r->c->kind)
        return refuse(r, node_get(s->node, "kind"), "kind.of", t, e);
    TRY(kind_text(s, s->node, "action", &r->c->action, e));
    bool known = false;
    for (uint32_t i = 0; i < r->c->kind->n_states; i++)
        known |= step_find(r->c->kind, i, r->c->action) != NULL;
    if (!known)
        return refuse(r, node_get(s->node, "action"), "chain.action", r->c->action, e);
    TRY(read_outcome(r, "approve", &r->c->approve, e));
    TRY(read_outcome(r, "reject", &r->c->reject, e));
    return read_outcome(r, "withdraw", &r->c->withdraw, e);
}

static enum rc read_when(const struct chain_reader *r, struct err *e)
{
    const struct filter_context c = {.kinds = r->kinds, .kind = r->c->kind, .floating = true};
    struct err why = {0};
    struct filter *f;
    struct str t;
    TRY(kind_text(r->src, r->src->node, "when", &t, e));
    if (!t.n)
        return RC_OK;
    enum rc rc = filter_parse(&f, t, &c, r->arena, &why);
    if (rc == RC_USER)
        return refuse(r, node_get(r->src->node, "when"), "kind.filter", str_of(why.detail), e);
    if (rc != RC_OK && e)
        *e = why;
    r->c->when = f;
    return rc;
}

static enum rc read_chain(struct chain_reader *r, bool *off, struct err *e)
{
    const struct source *s = r->src;
    if (s->node->type != NODE_MAP || !node_get(s->node, "chain"))
        return refuse(r, s->node, "kind.missing", STR("chain"), e);
    TRY(kind_keys(s, s->node,
                  "chain kind action order when label approve reject withdraw steps off", e));
    TRY(kind_text(s, s->node, "chain", &r->c->name, e));
    TRY(kind_name(s, node_get(s->node, "chain"), r->c->name, e));
    TRY(kind_bool(s, s->node, "off", off, e));
    if (*off)
        return kind_keys(s, s->node, "chain off", e);
    TRY(err_at(e, node_number(&r->c->order, s->node, "order", 0, e), s->name, NULL, 0, 0));
    TRY(kind_label_needed(s, s->node, r->c->name, &r->c->label, e));
    TRY(read_kind(r, e));
    TRY(read_when(r, e));
    return read_steps(r, e);
}

/* ---- its text ---- */

/* The same map without some keys; the children are copied, what stands in them is not. */
static enum rc without(struct arena *to, const struct node *map, const char *const *keys,
                       size_t n_keys, struct node *out, struct err *e)
{
    struct node **tail = &out->child;
    *out = *map;
    *tail = NULL;
    for (const struct node *c = map->child; c; c = c->next) {
        bool left_out = false;
        for (size_t i = 0; i < n_keys; i++)
            left_out |= str_eq(c->key, str_of(keys[i]));
        if (left_out)
            continue;
        struct node *copy = arena_alloc(to, sizeof *copy);
        if (!copy)
            return err_nomem(e);
        *copy = *c;
        copy->next = NULL;
        *tail = copy;
        tail = &copy->next;
    }
    return RC_OK;
}

static enum rc keep_text(struct chain_reader *r, struct err *e)
{
    static const char *const begins[] = {"when", "order"};
    struct node rest;
    struct buf b;
    buf_init(&b, TEXT_BYTES);
    TRY(without(r->arena, r->src->node, begins, ARRAY_LEN(begins), &rest, e));
    enum rc rc = yaml_print(&b, &rest, 3, e);
    if (rc == RC_TOO_BIG)
        rc = refuse(r, r->src->node, "kind.too_many", STR("steps"), e);
    if (rc == RC_OK) {
        r->c->text = arena_str(r->arena, buf_view(&b));
        rc = r->c->text.p ? RC_OK : err_nomem(e);
    }
    buf_free(&b);
    return rc;
}

enum rc chain_read(struct chain **out, const struct kinds *kinds, struct str text, struct arena *to,
                   struct err *e)
{
    struct node *node;
    struct source src = {.name = "chain"};
    struct chain_reader r = {.arena = to, .kinds = kinds, .src = &src};
    bool off = false;
    *out = NULL;
    r.c = arena_calloc(to, 1, sizeof *r.c);
    if (!r.c)
        return err_nomem(e);
    TRY(yaml_parse(&node, text, src.name, to, e));
    src.node = node;
    TRY(read_chain(&r, &off, e));
    if (off)
        return refuse(&r, node, "kind.key", STR("off"), e);
    TRY(keep_text(&r, e));
    *out = r.c;
    return RC_OK;
}

/* ---- all of them ---- */

enum rc chains_open(struct chains **out, struct err *e)
{
    *out = mem_calloc(1, sizeof **out);
    return *out ? RC_OK : err_nomem(e);
}

void chains_close(struct chains *c)
{
    if (!c)
        return;
    vec_free(&c->all);
    arena_free(&c->arena);
    mem_free(c);
}

static void drop(struct chains *c, struct str name)
{
    for (size_t i = 0; i < c->all.n; i++)
        if (str_eq(c->all.p[i].name, name)) {
            memmove(&c->all.p[i], &c->all.p[i + 1], (c->all.n - 1 - i) * sizeof *c->all.p);
            c->all.n--;
            return;
        }
}

static bool goes_before(const struct chain *a, const struct chain *b)
{
    return a->order != b->order ? a->order < b->order : str_cmp(a->name, b->name) < 0;
}

enum rc chains_add(struct chains *c, const struct kinds *kinds, const struct node *file,
                   const char *name, struct err *e)
{
    const struct source src = {file, name};
    struct chain one = {0};
    struct chain_reader r = {.arena = &c->arena, .kinds = kinds, .src = &src, .c = &one};
    bool off = false;
    size_t at = 0;
    TRY(read_chain(&r, &off, e));
    if (!off)
        TRY(keep_text(&r, e));
    drop(c, one.name);
    if (off)
        return RC_OK;
    if (c->all.n == CHAINS_MAX)
        return refuse(&r, file, "kind.too_many", STR("chains"), e);
    TRY(vec_push(&c->all, one, e));
    while (at + 1 < c->all.n && goes_before(&c->all.p[at], &one))
        at++;
    memmove(&c->all.p[at + 1], &c->all.p[at], (c->all.n - 1 - at) * sizeof one);
    c->all.p[at] = one;
    return RC_OK;
}

uint32_t chains_count(const struct chains *c)
{
    return (uint32_t)c->all.n;
}

const struct chain *chains_at(const struct chains *c, uint32_t i)
{
    return &c->all.p[i];
}

const struct chain *chain_find(const struct chains *c, struct str name)
{
    for (size_t i = 0; i < c->all.n; i++)
        if (str_eq(c->all.p[i].name, name))
            return &c->all.p[i];
    return NULL;
}

bool chains_of_kind(const struct chains *c, const struct kind *k)
{
    for (size_t i = 0; i < c->all.n; i++)
        if (c->all.p[i].kind == k)
            return true;
    return false;
}

uint32_t chain_step_find(const struct chain *c, struct str name)
{
    for (uint32_t i = 0; i < c->n_steps; i++)
        if (str_eq(c->step[i].name, name))
            return i;
    return CHAIN_END;
}

bool chain_may_return(const struct chain *c, uint32_t from, uint32_t to)
{
    return from < c->n_steps && to < c->n_steps && (c->step[from].back >> to & 1);
}
