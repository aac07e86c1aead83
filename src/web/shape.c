#include "web/template_int.h"

#define DEPTH_MAX 8

struct reader {
    struct str text;
    size_t at;
    struct arena *arena;
};

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

static void blanks(struct reader *r)
{
    while (r->at < r->text.n && r->text.p[r->at] == ' ')
        r->at++;
}

static bool take(struct reader *r, char c)
{
    blanks(r);
    if (r->at >= r->text.n || r->text.p[r->at] != c)
        return false;
    r->at++;
    return true;
}

static enum rc wrong(const struct reader *r, struct err *e)
{
    struct str rest = str_sub(r->text, r->at, r->at + 40);
    return err_user(e, "web.template", "shape: %.*s", (int)rest.n, rest.p);
}

static enum rc members(struct reader *r, struct shape *map, char end, unsigned depth,
                       struct err *e);

static enum rc member(struct reader *r, struct shape *s, unsigned depth, struct err *e)
{
    size_t from = r->at;
    while (r->at < r->text.n && is_name(r->text.p[r->at]))
        r->at++;
    s->name = str_sub(r->text, from, r->at);
    if (!s->name.n || depth >= DEPTH_MAX)
        return wrong(r, e);
    if (r->at >= r->text.n || r->text.p[r->at] == ' ')
        return RC_OK;
    if (take(r, '{')) {
        s->type = SHAPE_MAP;
        return members(r, s, '}', depth + 1, e);
    }
    if (!take(r, '['))
        return r->text.p[r->at] == '}' || r->text.p[r->at] == ']' ? RC_OK : wrong(r, e);
    if (take(r, '.')) {
        s->type = SHAPE_TEXTS;
        return take(r, ']') ? RC_OK : wrong(r, e);
    }
    s->type = SHAPE_LIST;
    return members(r, s, ']', depth + 1, e);
}

static enum rc members(struct reader *r, struct shape *map, char end, unsigned depth, struct err *e)
{
    struct shape **to = &map->child;
    for (;;) {
        blanks(r);
        if (r->at >= r->text.n)
            return end ? wrong(r, e) : RC_OK;
        if (end && take(r, end))
            return RC_OK;
        struct shape *s = arena_calloc(r->arena, 1, sizeof *s);
        if (!s)
            return err_nomem(e);
        TRY(member(r, s, depth, e));
        if (shape_get(map, s->name))
            return err_user(e, "web.template", "shape: %.*s twice", (int)s->name.n, s->name.p);
        *to = s;
        to = &s->next;
    }
}

enum rc shape_parse(struct shape **out, struct str text, struct arena *a, struct err *e)
{
    struct reader r = {.text = text, .arena = a};
    struct shape *s = arena_calloc(a, 1, sizeof *s);
    if (!s)
        return err_nomem(e);
    s->type = SHAPE_MAP;
    *out = s;
    return members(&r, s, 0, 0, e);
}

const struct shape *shape_get(const struct shape *map, struct str name)
{
    for (const struct shape *s = map->child; s; s = s->next)
        if (str_eq(s->name, name))
            return s;
    return NULL;
}

static bool same_type(const struct shape *s, const struct view *v)
{
    switch (s->type) {
    case SHAPE_MAP:
        return v->type == VIEW_MAP;
    case SHAPE_LIST:
    case SHAPE_TEXTS:
        return v->type == VIEW_LIST;
    default:
        return v->type != VIEW_MAP && v->type != VIEW_LIST;
    }
}

/* The elements of a list: texts, or maps of its shape. */
static bool elements_fit(const struct shape *s, const struct view *list, struct str *why)
{
    for (const struct view *v = list->child; v; v = v->next) {
        if ((v->type == VIEW_MAP) != (s->type == SHAPE_LIST)) {
            *why = s->name;
            return false;
        }
        if (v->type == VIEW_MAP && !shape_fits(s, v, why))
            return false;
    }
    return true;
}

bool shape_fits(const struct shape *map, const struct view *v, struct str *why)
{
    for (const struct view *c = v->child; c; c = c->next) {
        struct str name = {c->name, c->name_n};
        const struct shape *s = shape_get(map, name);
        *why = name;
        if (!s || !same_type(s, c))
            return false;
        if (c->type == VIEW_MAP && !shape_fits(s, c, why))
            return false;
        if (c->type == VIEW_LIST && !elements_fit(s, c, why))
            return false;
    }
    return true;
}
