#include "web/template_int.h"

#include <stdarg.h>
#include <stdio.h>

#define PRINTED_MAX 4096

struct view *view_new(struct arena *a)
{
    struct view *v = arena_calloc(a, 1, sizeof *v);
    struct view_root *root = arena_calloc(a, 1, sizeof *root);
    if (!v || !root)
        return NULL;
    root->arena = a;
    *v = (struct view){.type = VIEW_MAP, .root = root};
    return v;
}

/* Where there is no memory the parent stands in for its child: what is put there is never printed,
 * because the root is marked. */
static struct view *append(struct view *parent, const char *name, enum view_type type)
{
    if (!parent)
        return NULL;
    struct view *v = arena_alloc(parent->root->arena, sizeof *v);
    if (!v) {
        parent->root->failed = true;
        return parent;
    }
    *v = (struct view){
        .name = name, .name_n = name ? strlen(name) : 0, .type = type, .root = parent->root};
    if (parent->last)
        parent->last->next = v;
    else
        parent->child = v;
    parent->last = v;
    return v;
}

void view_str(struct view *map, const char *name, struct str s)
{
    struct view *v = append(map, name, VIEW_TEXT);
    if (v && v != map)
        v->text = s;
}

void view_text(struct view *map, const char *name, const char *s)
{
    view_str(map, name, str_of(s));
}

void view_int(struct view *map, const char *name, int64_t n)
{
    struct view *v = append(map, name, VIEW_INT);
    if (v && v != map)
        v->num = n;
}

void view_flag(struct view *map, const char *name, bool on)
{
    struct view *v = append(map, name, VIEW_FLAG);
    if (v && v != map)
        v->num = on;
}

void view_printf(struct view *map, const char *name, const char *fmt, ...)
{
    char text[PRINTED_MAX];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (!map)
        return;
    struct str s = {text, n < 0 ? 0 : MIN((size_t)n, sizeof text - 1)};
    s = arena_str(map->root->arena, s);
    if (!s.p)
        map->root->failed = true;
    else
        view_str(map, name, s);
}

struct view *view_map(struct view *map, const char *name)
{
    return append(map, name, VIEW_MAP);
}

struct view *view_list(struct view *map, const char *name)
{
    return append(map, name, VIEW_LIST);
}

struct view *view_item(struct view *list)
{
    return append(list, NULL, VIEW_MAP);
}

void view_item_str(struct view *list, struct str s)
{
    struct view *v = append(list, NULL, VIEW_TEXT);
    if (v && v != list)
        v->text = s;
}
