/* Pages of notices: the inbox, a person's channels, the site's. */
#ifndef QIAO_WEB_NOTICE_INT_H
#define QIAO_WEB_NOTICE_INT_H

#include "service/notify.h"
#include "web/web_int.h"

extern const struct page inbox_def, notices_def, site_notices_def;

enum rc inbox_page(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc inbox_open(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc inbox_read_do(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc inbox_read_all_do(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc api_inbox(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc api_inbox_read(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc api_inbox_read_all(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;

enum rc notices_page(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc notices_choose_do(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc notices_mail_do(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc notices_code_do(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc notices_robot_do(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;

enum rc site_notices_page(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc site_notices_do(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc site_test_do(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc site_robot_do(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc site_again_do(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;

/* The robots' forms, which are sent to `path`/NAME; signs may be NULL. */
#define ROBOTS_SHAPE "robots[name path label mask signs takes_secret]"
void view_robots(struct request *rq, struct view *v, const char *path, const struct str *mask,
                 const bool *signs);
struct str minutes_text(const struct request *rq, int minutes); /* "21:00"; "" for -1 */
/* A time of a form: -1 where it is left open; false where it is none. */
bool minutes_param(const struct request *rq, const char *name, int *out);
struct str channel_label(const struct request *rq, enum channel c);

#endif
