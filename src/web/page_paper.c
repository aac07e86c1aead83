/* Papers of a record: the list on its page, and the file itself. */
#include "service/papers.h"
#include "web/page_int.h"

#define PAPER_MAX (64u << 20)

enum rc view_papers(struct request *rq, struct view *v, const struct kind *k, int64_t id,
                    struct err *e)
{
    vec_paper all = {0};
    struct view *list = view_list(v, "papers");
    enum rc rc = paper_list(rq->site, rq->actor, k, &all, e);
    for (size_t i = 0; rc == RC_OK && i < all.n; i++) {
        const struct paper *p = all.p[i];
        struct view *one = view_item(list);
        struct str path = textf(rq, "/%.*s/%lld/paper/%.*s", (int)k->name.n, k->name.p,
                                (long long)id, (int)p->name.n, p->name.p);
        view_str(one, "label", label_text(&p->label, rq->zh));
        view_str(one, "docx", path);
        view_str(one, "pdf", textf(rq, "%.*s?pdf=1", (int)path.n, path.p));
    }
    vec_free(&all);
    return rc;
}

enum rc paper_do(struct request *rq, struct reply *re, struct err *e)
{
    const struct paper *p = NULL;
    bool pdf = param_int(rq, "pdf", 0) == 1;
    struct buf made;
    TRY(paper_find(rq->site, rq->actor, rq->kind, rq->name, &p, e));
    buf_init(&made, PAPER_MAX);
    enum rc rc = pdf ? paper_pdf(rq->site, rq->actor, p, rq->id, &made, e)
                     : paper_fill(rq->site, rq->actor, p, rq->id, &made, e);
    if (rc == RC_OK) {
        struct str label = label_text(&p->label, rq->zh);
        buf_free(&re->body);
        re->body = made;
        re->type = pdf ? "application/pdf"
                       : "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
        return reply_attach(rq, re,
                            textf(rq, "%.*s-%lld.%s", (int)label.n, label.p, (long long)rq->id,
                                  pdf ? "pdf" : "docx"),
                            e);
    }
    buf_free(&made);
    return rc;
}
