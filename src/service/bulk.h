/* Many pages: read on all threads, given in the order of their sources, one bad page never stops
 * the others. */
#ifndef QIAO_BULK_H
#define QIAO_BULK_H

#include "service/collection.h"
#include "service/fetch.h"
#include "service/known.h"
#include "service/reading.h"
#include "service/sources.h"

/* One page as JSON: {"page":N,"duplicate_of":N or null,"source":…}, see service/reading_json.h. */
struct bulk_page {
    uint32_t number;       /* 1-based */
    uint32_t duplicate_of; /* number of the first page with this text, 0: none */
    bool resumed;          /* an earlier run has read it */
    struct str line;       /* without line break; borrowed for the call */
};
typedef enum rc (*bulk_fn)(void *ctx, const struct bulk_page *p, struct err *e);

struct bulk_options {
    const struct sources *sources;
    const struct reader *reader;
    const struct known *known; /* may be NULL */
    struct fetch_options fetch;
    unsigned threads;    /* 0: all processors, and more of them where pages are fetched */
    const char *journal; /* NULL: none is kept */
    bulk_fn take;        /* from one thread at a time, in order */
    void *ctx;
    progress_fn progress; /* stage "read"; may be NULL */
    void *progress_ctx;
};

/* Read all pages. The same pages give the same lines on any number of threads, and after an
 * interruption. A page that could not be fetched is not kept in the journal: the next run tries it
 * again. Memory: a few pages a thread, the sources, about 400 bytes a page to know duplicates by.
 * *again (may be NULL): pages that another run may get. Errors: those of the system or of `take`.
 */
enum rc bulk_read(const struct bulk_options *o, uint32_t *again, struct err *e) MUST_CHECK;
/* The journal is not wanted any more: remove it. */
void bulk_forget(const char *journal);

#endif
