/* The pages: their handlers (rows of routes.c) and templates' shapes (table of routes.c). */
#ifndef QIAO_WEB_PAGE_INT_H
#define QIAO_WEB_PAGE_INT_H

#include "web/web_int.h"

extern const struct page error_page, error_part, home_page_def, list_page_def, show_page_def,
    delete_page_def, form_page_def, step_page_def;

enum rc home_page(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc list_page(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc show_page(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc delete_page(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc delete_do(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc form_page(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc form_save(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc step_page(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc step_do(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc page_sso(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc page_sso_back(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;

struct str record_path(const struct request *rq, const struct rec *r);
struct str title_of(const struct request *rq, const struct rec *r); /* or that it is masked */
void view_kind(const struct request *rq, struct view *v,
               const struct kind *k); /* name label path */
/* What refers to a record: refs[kind relation title href] refs_more. *n how many. */
enum rc view_refs(struct request *rq, struct view *v, int64_t id, uint32_t *n,
                  struct err *e) MUST_CHECK;
/* A column's heading. */
struct str column_label(const struct request *rq, const struct kind *k, struct str name);
/* The conditions of the quick filters and of "text" in the address; NULL where there are none. */
enum rc list_more(struct request *rq, const struct kind *k, const struct filter **out, bool *any,
                  struct err *e) MUST_CHECK;

#endif
