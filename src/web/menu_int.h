/* What surrounds every page. */
#ifndef QIAO_WEB_MENU_INT_H
#define QIAO_WEB_MENU_INT_H

#include "web/web_int.h"

/* A place of the side menu besides the kinds; shown to whoever its route is for. */
struct menu_row {
    const char *path, *icon, *key; /* key: its label in model/messages/web.yaml */
    bool above;                    /* before the kinds */
    /* A number beside it, where it is not 0; NULL: none. */
    enum rc (*count)(struct request *rq, uint32_t *n, struct err *e);
};
extern const struct menu_row menu_rows[]; /* routes.c; ends with path NULL */

/* The shape of what every page has, and the values, put into `v` under "site". */
extern const char layout_shape[];
enum rc layout_view(struct request *rq, struct view *v, struct str title, bool bare,
                    struct err *e) MUST_CHECK;

#endif
