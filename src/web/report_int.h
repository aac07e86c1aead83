/* Ledgers and tables: what their page and the API share. */
#ifndef QIAO_WEB_REPORT_INT_H
#define QIAO_WEB_REPORT_INT_H

#include "service/tables.h"
#include "web/web_int.h"

/* As a file to be saved; `as` "xlsx", "docx" or "pdf": else RC_USER "web.format". */
enum rc report_file(struct request *rq, struct reply *re, const struct made_report *m,
                    struct str as, struct err *e) MUST_CHECK;

enum rc api_reports(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc api_report(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;

#endif
