/* The first page and the dashboard: what they share. */
#ifndef QIAO_WEB_HOME_INT_H
#define QIAO_WEB_HOME_INT_H

#include "web/page_int.h"

extern const struct page dashboard_def;
enum rc dashboard_page(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc seen_do(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;

/* "/need?filter=state%20%3D%20open&sort=since"; sort "" is left out. */
struct str list_address(const struct request *rq, const struct kind *k, struct str filter,
                        struct str sort);
/* What meets in this place, and that it met; the other kinds are work about it. */
bool is_main_kind(const struct kind *k);
struct str kind_path(const struct request *rq, const struct kind *k, int64_t id);
/* The page of a match, where the site has one; else of the offer's side: "". */
struct str why_path(const struct request *rq, const struct kind *need, int64_t id, int64_t offer);

/* A figure that leads somewhere. */
void tile(struct view *tiles, struct str label, struct str total, struct str href, const char *icon,
          const char *tone);

/* page_home_office.c: those who look after the site. Fill tiles, trail, jobs. */
enum rc home_admin(struct request *rq, struct view *v, struct err *e) MUST_CHECK;
enum rc home_auditor(struct request *rq, struct view *v, struct err *e) MUST_CHECK;

#endif
