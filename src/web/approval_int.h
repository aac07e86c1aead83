/* Approvals on pages: the panel of a record, the list, the forms. */
#ifndef QIAO_WEB_APPROVAL_INT_H
#define QIAO_WEB_APPROVAL_INT_H

#include "service/approval.h"
#include "web/page_int.h"

#define APPROVAL_ROW                                                                               \
    "who role org step decision{text tone} comment at asked deputed added target mine waits "      \
    "hidden"
#define APPROVAL_SHAPE                                                                             \
    "approval{ahead running vanished differs state{text tone} chain href submitter submitted "     \
    "ended "                                                                                       \
    "reminded path round steps[label stage mode signers rows[" APPROVAL_ROW "]] "                  \
    "earlier[" APPROVAL_ROW "] sign withdraw remind delegate back[value label] "                   \
    "persons[value label] problem comment}"

/* What could not be done with it, said in the panel; text "" nothing. */
struct approval_said {
    struct str problem, comment;
};
/* approval{…} of the record's page; nothing where the record has none and none would begin. */
enum rc view_approval(struct request *rq, struct view *v, const struct rec *r,
                      const struct approval_said *said, struct err *e) MUST_CHECK;
/* The record's page, with what went wrong in its panel. */
enum rc show_page_saying(struct request *rq, struct reply *re, const struct approval_said *said,
                         struct err *e) MUST_CHECK;
/* What waits, as a box of the first page and one of its figures; none where nothing does. */
enum rc home_approvals(struct request *rq, struct view *desk, struct view *tiles, uint32_t rows,
                       uint32_t *n, struct err *e) MUST_CHECK;
enum rc menu_approvals(struct request *rq, uint32_t *n, struct err *e) MUST_CHECK;

extern const struct page approvals_def;
enum rc approvals_page(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc approval_act_do(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc api_approvals(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc api_approval(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc api_approval_do(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;

#endif
