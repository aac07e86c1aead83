#include "record/yaml.h"

#include <yaml.h>

#define DEPTH_MAX 32

struct reader {
    yaml_parser_t parser;
    const char *name;
    struct arena *arena;
};

static enum rc refuse(struct reader *r, yaml_mark_t at, const char *why, struct err *e)
{
    return err_at(e, err_user(e, "model.yaml", "%s", why), r->name, NULL, (uint32_t)at.line + 1,
                  (uint32_t)at.column + 1);
}

static enum rc next(struct reader *r, yaml_event_t *ev, struct err *e)
{
    if (yaml_parser_parse(&r->parser, ev))
        return RC_OK;
    if (r->parser.error == YAML_MEMORY_ERROR)
        return err_nomem(e);
    return refuse(r, r->parser.problem_mark, r->parser.problem ? r->parser.problem : "syntax", e);
}

static const char no_anchors[] = "anchors and aliases are not used here";

static bool has_anchor(const yaml_event_t *ev)
{
    switch (ev->type) {
    case YAML_SCALAR_EVENT:
        return ev->data.scalar.anchor != NULL;
    case YAML_SEQUENCE_START_EVENT:
        return ev->data.sequence_start.anchor != NULL;
    case YAML_MAPPING_START_EVENT:
        return ev->data.mapping_start.anchor != NULL;
    default:
        return ev->type == YAML_ALIAS_EVENT;
    }
}

static enum rc read_node(struct reader *r, const yaml_event_t *ev, int depth, struct node **out,
                         struct err *e);

static struct str event_text(struct reader *r, const yaml_event_t *ev)
{
    return arena_str(r->arena,
                     (struct str){(const char *)ev->data.scalar.value, ev->data.scalar.length});
}

static enum rc read_key(struct reader *r, yaml_event_t *ev, const struct node *map, struct str *key,
                        struct err *e)
{
    if (ev->type != YAML_SCALAR_EVENT)
        return refuse(r, ev->start_mark, "a key must be text", e);
    if (has_anchor(ev))
        return refuse(r, ev->start_mark, no_anchors, e);
    *key = event_text(r, ev);
    if (!key->p)
        return err_nomem(e);
    for (const struct node *c = map->child; c; c = c->next)
        if (str_eq(c->key, *key))
            return refuse(r, ev->start_mark, "this key stands twice", e);
    return RC_OK;
}

/* Children up to the closing event, for lists and maps alike. */
static enum rc read_children(struct reader *r, struct node *parent, int depth, struct err *e)
{
    struct node **tail = &parent->child;
    yaml_event_type_t end =
        parent->type == NODE_MAP ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT;
    for (;;) {
        yaml_event_t ev;
        struct str key = {"", 0};
        TRY(next(r, &ev, e));
        if (ev.type == end) {
            yaml_event_delete(&ev);
            return RC_OK;
        }
        enum rc rc = RC_OK;
        if (parent->type == NODE_MAP) {
            rc = read_key(r, &ev, parent, &key, e);
            yaml_event_delete(&ev);
            if (rc == RC_OK)
                rc = next(r, &ev, e);
            if (rc != RC_OK)
                return rc;
        }
        struct node *child = NULL;
        rc = read_node(r, &ev, depth + 1, &child, e);
        yaml_event_delete(&ev);
        TRY(rc);
        child->key = key;
        *tail = child;
        tail = &child->next;
    }
}

static enum rc read_node(struct reader *r, const yaml_event_t *ev, int depth, struct node **out,
                         struct err *e)
{
    if (depth > DEPTH_MAX)
        return refuse(r, ev->start_mark, "nested too deep", e);
    if (has_anchor(ev))
        return refuse(r, ev->start_mark, no_anchors, e);
    struct node *n = arena_calloc(r->arena, 1, sizeof *n);
    if (!n)
        return err_nomem(e);
    n->line = (uint32_t)ev->start_mark.line + 1;
    *out = n;
    switch (ev->type) {
    case YAML_SCALAR_EVENT:
        n->type = NODE_TEXT;
        n->text = event_text(r, ev);
        return n->text.p ? RC_OK : err_nomem(e);
    case YAML_SEQUENCE_START_EVENT:
        n->type = NODE_LIST;
        return read_children(r, n, depth, e);
    case YAML_MAPPING_START_EVENT:
        n->type = NODE_MAP;
        return read_children(r, n, depth, e);
    default:
        return refuse(r, ev->start_mark, "text, a list or a map is wanted", e);
    }
}

/* The events around the document; *out stays NULL in an empty file. What stands behind the document
 * must be read too, or it would be lost without a word. */
static enum rc read_stream(struct reader *r, struct node **out, struct err *e)
{
    for (;;) {
        yaml_event_t ev;
        TRY(next(r, &ev, e));
        enum rc rc = RC_OK;
        bool done = ev.type == YAML_STREAM_END_EVENT;
        if (done && !*out)
            rc = refuse(r, ev.start_mark, "the file is empty", e);
        else if (ev.type == YAML_DOCUMENT_START_EVENT && *out)
            rc = refuse(r, ev.start_mark, "more than one document", e);
        else if (!done && ev.type != YAML_STREAM_START_EVENT &&
                 ev.type != YAML_DOCUMENT_START_EVENT && ev.type != YAML_DOCUMENT_END_EVENT)
            rc = read_node(r, &ev, 0, out, e);
        yaml_event_delete(&ev);
        if (done || rc != RC_OK)
            return rc;
    }
}

enum rc yaml_parse(struct node **out, struct str bytes, const char *name, struct arena *a,
                   struct err *e)
{
    struct reader r = {.name = name, .arena = a};
    if (!yaml_parser_initialize(&r.parser))
        return err_nomem(e);
    const char *p = bytes.p ? bytes.p : "";
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)p, bytes.n);
    *out = NULL;
    enum rc rc = read_stream(&r, out, e);
    yaml_parser_delete(&r.parser);
    return rc;
}
