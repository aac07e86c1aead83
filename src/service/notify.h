/* Notices: what somebody is told, in an inbox on the site and by the channels he has chosen. */
#ifndef QIAO_NOTIFY_H
#define QIAO_NOTIFY_H

#include "service/records.h"
#include "store/notice.h"

struct notice {
    int64_t account; /* 0: the site's chat group, where it has one; no inbox */
    struct str key;  /* message key of the sentence, zh and en; {detail} is the title */
    struct str text; /* the title: of a record, or whatever the sentence is about */
    int64_t about;   /* id of the record, 0: none. Who may not see it is not shown the title */
    struct str once; /* an account is told of it at most once; "": every time */
};
/* Within the caller's transaction: what is committed will be delivered, what is undone was never
 * said. Nothing for an account that is not there or not active. The event of model/notices.yaml
 * with this key says by which channels it goes; "other" where there is none. A few indexed
 * statements. */
enum rc notice_put(struct site *s, struct tx *tx, const struct notice *n, struct err *e) MUST_CHECK;

#endif
