/* The list on the screen as a file. */
#define _POSIX_C_SOURCE 200809L
#include "service/sheets.h"
#include "web/http_int.h"
#include "web/page_int.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct form {
    const char *name, *type;
    enum export_format format;
};
static const struct form forms[] = {
    {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", EXPORT_XLSX},
    {"csv", "text/csv; charset=utf-8", EXPORT_CSV},
    {"jsonl", "application/jsonl; charset=utf-8", EXPORT_JSONL},
};

enum rc temp_path(const struct request *rq, char *to, size_t cap, struct err *e)
{
    const char *dir = getenv("TMPDIR");
    (void)rq;
    int n = snprintf(to, cap, "%s/qiao-XXXXXX", dir && *dir ? dir : "/tmp");
    int fd = n > 0 && (size_t)n < cap ? mkstemp(to) : -1;
    if (fd < 0)
        return err_sys(e, "file.open", "%s", strerror(errno));
    close(fd);
    return RC_OK;
}

/* Columns that were chosen, parted by commas, else those that the list shows; "all=1": "", all. */
static struct str columns(const struct request *rq)
{
    struct str all = param_text(rq, "columns");
    if (param_has(rq, "all"))
        return STR("");
    for (uint32_t i = 0; i < rq->n_params; i++)
        if (str_eq(rq->param[i].name, STR("col")))
            all = textf(rq, "%.*s%s%.*s", (int)all.n, all.n ? all.p : "", all.n ? "," : "",
                        (int)rq->param[i].value.n, rq->param[i].value.p);
    for (uint32_t i = 0, chosen = all.n > 0; !chosen && i < rq->kind->n_list; i++)
        all = textf(rq, "%.*s%s%.*s", (int)all.n, all.n ? all.p : "", all.n ? "," : "",
                    (int)rq->kind->list[i].n, rq->kind->list[i].p);
    return all;
}

enum rc export_do(struct request *rq, struct reply *re, struct err *e)
{
    const struct form *f = NULL;
    char path[512];
    bool any = false;
    for (size_t i = 0; i < ARRAY_LEN(forms); i++)
        if (str_eq(param_text(rq, "format"), str_of(forms[i].name)))
            f = &forms[i];
    if (!f)
        return err_user(e, "web.format", "%s", "");
    struct export_request q = {.list = {.kind = rq->kind,
                                        .filter = str_trim(param_text(rq, "filter")),
                                        .sort = param_text(rq, "sort")},
                               .columns = columns(rq),
                               .format = f->format,
                               .zh = rq->zh};
    TRY(list_more(rq, rq->kind, &q.list.more, &any, e));
    TRY(temp_path(rq, path, sizeof path, e));
    enum rc rc = sheet_export(rq->site, rq->actor, &q, path, e);
    struct str label = label_text(&rq->kind->label, rq->zh);
    struct str day = str_sub(show_time(rq, site_now(rq->site)), 0, 10);
    if (rc == RC_OK)
        rc = reply_file(rq, re, path, true,
                        textf(rq, "%.*s-%.*s.%s", (int)label.n, label.p, (int)day.n,
                              day.n ? day.p : "", f->name),
                        f->type, e);
    unlink(path);
    return rc;
}
