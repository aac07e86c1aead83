/* Inside the template engine: views as they lie, shapes, and what a template is compiled to. */
#ifndef QIAO_WEB_TEMPLATE_INT_H
#define QIAO_WEB_TEMPLATE_INT_H

#include "base/embed.h"
#include "web/view_int.h"

enum view_type { VIEW_TEXT, VIEW_INT, VIEW_FLAG, VIEW_MAP, VIEW_LIST };
/* One allocation a root: where its nodes come from, and whether one could not be had. */
struct view_root {
    struct arena *arena;
    bool failed;
};
struct view {
    const char *name; /* in its map; NULL in a list */
    size_t name_n;
    enum view_type type;
    struct str text;
    int64_t num;
    struct view *child, *last, *next;
    struct view_root *root;
};

enum shape_type { SHAPE_ONE, SHAPE_MAP, SHAPE_LIST, SHAPE_TEXTS };
struct shape {
    struct str name;
    enum shape_type type;
    struct shape *child, *next;
};
/* RC_USER "web.template" where the text is no shape. *out is a map without a name. */
enum rc shape_parse(struct shape **out, struct str text, struct arena *a, struct err *e) MUST_CHECK;
const struct shape *shape_get(const struct shape *map, struct str name); /* NULL if none */
/* The first name of a view that the shape lacks, or that is of another type. */
bool shape_fits(const struct shape *s, const struct view *v, struct str *wrong);

#define NAME_PARTS    4
#define SCOPES_MAX    12
#define SCOPE_ELEMENT UINT8_MAX /* {{.}} */
/* A name, resolved when compiled: look in scope[depth], then downwards. */
struct name_path {
    struct str part[NAME_PARTS];
    uint8_t n, depth;
};

enum op_code {
    OP_TEXT,
    OP_VALUE,
    OP_URL,
    OP_UNLESS, /* go to `to` where the value is not set (negated: where it is) */
    OP_JUMP,
    OP_EACH, /* enter the first element, or go to `to` */
    OP_NEXT, /* enter the next and go to `to`, or leave */
    OP_WITH, /* enter a map; where there is none, go to `to` */
    OP_LEAVE,
    OP_END,
};
struct op {
    enum op_code code;
    bool negated, compared;
    uint32_t to;
    struct str text; /* OP_TEXT; compared: the word */
    struct name_path name;
};
struct program {
    const struct page *page;
    struct op *op;
    uint32_t n;
    struct shape *shape;
};
struct templates {
    struct arena arena;
    struct program *program[2]; /* [zh] */
    uint32_t n;
};

/* Compile one page for one language. */
enum rc template_compile(struct program *out, const struct page *page, bool zh,
                         const struct template_source *from, struct arena *a,
                         struct err *e) MUST_CHECK;

/* Where in HTML a text ends when it began in `state`. */
enum html_state { HTML_TEXT, HTML_TAG, HTML_DOUBLE, HTML_SINGLE, HTML_COMMENT, HTML_CODE };
struct html {
    enum html_state state;
    bool code_tag; /* in a tag that begins a script or style */
};
void html_walk(struct html *h, struct str s);

#endif
