/* Views and templates: what a page shows is a tree made in the request's arena, and a template
 * compiled at boot prints it. Building cannot fail half-way: an allocation that fails is remembered
 * by the root and reported once, when the page is printed.
 *
 * A template (templates/NAME.html) is text with
 *   {{name}} {{a.b}}        the value, HTML-escaped (also right inside a quoted attribute)
 *   {{url name}}            the same, percent-escaped for a part of an address
 *   {{t key}} {{t key name}} a sentence; {detail} in it becomes the value of name
 *   {{icon name}} {{asset file}}  a picture of the sprite; the address of a static file
 *   {{if a}} {{if a = word}} {{elif …}} {{else}} {{end}}   set: not empty, not 0, not false; a list
 *                           or map with something in it
 *   {{unless a}} … {{end}}
 *   {{each list}} … {{else}} … {{end}}   {{.}} is the element itself; names are looked for in the
 *                           element, then outwards
 *   {{with map}} … {{end}}
 *   {{> part}}              another template, here
 *   {{! remark }}
 * A value may stand in text or in a quoted attribute, nowhere else in a tag and never in a script
 * or style: refused at boot, as is a name that the page's shape does not declare. */
#ifndef QIAO_WEB_VIEW_INT_H
#define QIAO_WEB_VIEW_INT_H

#include "base/arena.h"
#include "base/buf.h"

struct view;
/* An empty map; it lives in `a`. NULL only where there is no memory at all. */
struct view *view_new(struct arena *a);
/* Put a value into a map under `name` (a literal, borrowed). Texts are borrowed: keep them until
 * the page is printed (a literal, or bytes in the request's arena). */
void view_str(struct view *map, const char *name, struct str s);
void view_text(struct view *map, const char *name, const char *s); /* NULL is "" */
void view_int(struct view *map, const char *name, int64_t n);
void view_flag(struct view *map, const char *name, bool on);
/* The same, made by printf, at most 4 KiB. */
void view_printf(struct view *map, const char *name, const char *fmt, ...) PRINTF_LIKE(3, 4);
struct view *view_map(struct view *map, const char *name);  /* a map inside; never NULL */
struct view *view_list(struct view *map, const char *name); /* a list inside; never NULL */
struct view *view_item(struct view *list);                  /* a new map at its end; never NULL */
void view_item_str(struct view *list, struct str s);        /* a text at its end: {{.}} */

/* A page: its template and the shape of its view, in words parted by blanks:
 *   name           a text, number or flag
 *   name{ … }      a map        name[ … ]   a list of maps       name[.]   a list of texts
 * What the layout shows (templates/layout.html, which holds {{content}}) is declared once. A name
 * given by the view and not declared is refused in tests (template_strict). */
struct page {
    const char *name; /* templates/NAME.html */
    const char *shape;
    bool bare; /* without the layout: an answer to htmx */
};

struct templates;
/* Compile all pages for zh and en. RC_USER "web.template": file, line, what. `message` gives the
 * sentence of a key, NULL where there is none. */
struct template_source {
    const struct page *const *page; /* ends with NULL */
    const char *(*message)(void *ctx, const char *key, const char *lang);
    const char *(*asset)(void *ctx, const char *name); /* address, or NULL */
    const struct embedded *file;                       /* "templates/NAME.html"; ends with NULL */
    const char *layout_shape;                          /* what all pages have besides their own */
    void *ctx;
};
enum rc templates_open(struct templates **out, const struct template_source *from,
                       struct err *e) MUST_CHECK;
void templates_close(struct templates *t);
/* Print. Appends. RC_NOMEM where the view could not be made, RC_TOO_BIG past the buffer's ceiling.
 * O(bytes printed). */
enum rc template_print(struct buf *out, const struct templates *t, const struct page *page, bool zh,
                       const struct view *v, struct err *e) MUST_CHECK;
/* Is everything in the view declared? RC_USER "web.template" with the name. */
enum rc template_strict(const struct templates *t, const struct page *page, const struct view *v,
                        struct err *e) MUST_CHECK;

/* & < > " ' become references. Appends. */
enum rc html_escape(struct buf *out, struct str s, struct err *e) MUST_CHECK;
/* All but letters, digits and -._~ become %XX. Appends. */
enum rc url_escape(struct buf *out, struct str s, struct err *e) MUST_CHECK;

#endif
