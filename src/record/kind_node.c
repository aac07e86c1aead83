/* What every reader of declarations asks of a node, and how it refuses. */
#include "record/kind_int.h"

enum rc kind_refuse(const struct source *s, const struct node *n, const char *key, struct str what,
                    struct err *e)
{
    return err_at(e, err_user(e, key, "%.*s", (int)MIN(what.n, 200u), what.p ? what.p : ""),
                  s->name, NULL, n ? n->line : s->node->line, 0);
}

static bool is_known(struct str key, const char *known)
{
    for (const char *p = known; *p;) {
        size_t n = strcspn(p, " ");
        if (str_eq(key, (struct str){p, n}))
            return true;
        p += n + (p[n] == ' ');
    }
    return false;
}

enum rc kind_keys(const struct source *s, const struct node *map, const char *known, struct err *e)
{
    if (map->type != NODE_MAP)
        return kind_refuse(s, map, "kind.shape", map->key, e);
    for (const struct node *c = map->child; c; c = c->next)
        if (!is_known(c->key, known))
            return kind_refuse(s, c, "kind.key", c->key, e);
    return RC_OK;
}

/* Words of the filter language, attributes, and the keys of the stored form. */
static const char reserved[] = "id owner state secrecy created updated since kind masked and or "
                               "not in under contains is today";

enum rc kind_name(const struct source *s, const struct node *n, struct str name, struct err *e)
{
    bool ok = name.n > 0 && name.n <= NAME_MAX_BYTES && name.p[0] >= 'a' && name.p[0] <= 'z';
    for (size_t i = 0; ok && i < name.n; i++)
        ok = (name.p[i] >= 'a' && name.p[i] <= 'z') || (name.p[i] >= '0' && name.p[i] <= '9') ||
             name.p[i] == '_';
    return ok ? RC_OK : kind_refuse(s, n, "kind.name", name, e);
}

bool kind_reserved(struct str name)
{
    return is_known(name, reserved);
}

enum rc kind_text(const struct source *s, const struct node *map, const char *key, struct str *out,
                  struct err *e)
{
    const struct node *n = node_get(map, key);
    *out = n ? n->text : STR("");
    return !n || n->type == NODE_TEXT ? RC_OK : kind_refuse(s, n, "kind.shape", n->key, e);
}

enum rc kind_bool(const struct source *s, const struct node *map, const char *key, bool *out,
                  struct err *e)
{
    struct str t;
    TRY(kind_text(s, map, key, &t, e));
    *out = str_eq(t, STR("true"));
    return *out || !t.n || str_eq(t, STR("false"))
               ? RC_OK
               : kind_refuse(s, node_get(map, key), "kind.value", str_of(key), e);
}

enum rc kind_label_pair(const struct source *s, const struct node *map, struct label *out,
                        struct err *e)
{
    TRY(kind_text(s, map, "zh", &out->zh, e));
    return kind_text(s, map, "en", &out->en, e);
}

enum rc kind_label(const struct source *s, const struct node *map, const char *key,
                   struct label *out, struct err *e)
{
    const struct node *n = node_get(map, key);
    *out = (struct label){STR(""), STR("")};
    if (!n)
        return RC_OK;
    if (n->type == NODE_TEXT) {
        *out = (struct label){n->text, n->text};
        return RC_OK;
    }
    TRY(kind_keys(s, n, "zh en", e));
    return kind_label_pair(s, n, out, e);
}

enum rc kind_label_needed(const struct source *s, const struct node *map, struct str whose,
                          struct label *out, struct err *e)
{
    TRY(kind_label(s, map, "label", out, e));
    return out->zh.n || out->en.n ? RC_OK : kind_refuse(s, map, "kind.no_label", whose, e);
}

const struct node *kind_first(const struct node *n)
{
    return !n ? NULL : n->type == NODE_TEXT ? n : n->child;
}

enum rc kind_roles(const struct source *s, const struct node *map, const char *key, roles *out,
                   struct err *e)
{
    const struct node *n = node_get(map, key);
    *out = 0;
    if (n && n->type == NODE_MAP)
        return kind_refuse(s, n, "kind.shape", n->key, e);
    for (const struct node *c = kind_first(n); c; c = n->type == NODE_TEXT ? NULL : c->next) {
        enum role r = c->type == NODE_TEXT ? role_find(c->text) : ROLE__COUNT;
        if (r == ROLE__COUNT)
            return kind_refuse(s, c, "kind.role", c->text, e);
        *out |= (roles)(r == ROLE_VISITOR ? (1u << ROLE__COUNT) - 1 : 1u << r);
    }
    return RC_OK;
}

enum rc kind_field_list(struct kind_reader *r, const struct source *s, const struct node *map,
                        const char *key, const uint32_t **out, uint32_t *n, struct err *e)
{
    const struct node *list = node_get(map, key);
    *out = NULL;
    *n = 0;
    if (!list)
        return RC_OK;
    if (list->type != NODE_LIST)
        return kind_refuse(s, list, "kind.shape", list->key, e);
    uint32_t *field = arena_calloc(&r->all->arena, node_count(list) + 1, sizeof *field);
    if (!field)
        return err_nomem(e);
    for (const struct node *c = list->child; c; c = c->next) {
        uint32_t at = c->type == NODE_TEXT ? field_find(r->k, c->text) : NO_FIELD;
        if (at == NO_FIELD)
            return kind_refuse(s, c, "kind.field", c->text, e);
        for (uint32_t i = 0; i < *n; i++)
            if (field[i] == at)
                return kind_refuse(s, c, "kind.twice", c->text, e);
        field[(*n)++] = at;
    }
    *out = field;
    return RC_OK;
}
