/* From an article to what it says: who agreed what with whom, when, until when, how much, each
 * with the sentence that says so. The vocabulary is that of ../shared/data/pages/README.md. */
#ifndef QIAO_NEWS_H
#define QIAO_NEWS_H

#include "base/node.h"
#include "news/article.h"

enum fact_type {
    FACT_AGREEMENT,
    FACT_JOINT_PLATFORM,
    FACT_PROJECT,
    FACT_TARGET,
    FACT_COVERAGE,
    FACT_DUAL_APPOINTMENT,
    FACT_RESULTS_TRANSFER,
    FACT_INSTRUMENT_SHARING,
    FACT_INTERNSHIP,
    FACT_SCHOLARSHIP,
    FACT_TALENT_TRAINING,
    FACT_STATISTIC,
    FACT_COMMITMENT,
    FACT_OTHER,
    FACT__COUNT
};

struct news_party {
    struct str name; /* full, "" for a masked host whose name stands nowhere */
    const char
        *kind; /* university, college, enterprise, government, park, hospital, institute, other */
    VEC(struct str) alias;
    VEC(struct span) at; /* mentions */
};

struct news_person {
    struct str name, title;
    uint32_t org; /* party, UINT32_MAX: none */
    struct span at;
};

struct news_fact {
    enum fact_type type;
    uint32_t subject; /* party, UINT32_MAX: none */
    struct str object, predicate;
    struct str value, deadline; /* as written, "" for none */
    struct span evidence;       /* verbatim in article.text */
};

/* Why a page is no news of a cooperation; NULL when it is. */
struct news {
    const char *refused; /* "essay", "notice", "advertisement", "spam", "fiction", "internal", … */
    const char *event_type;                /* "signing", "visit", …, "none" */
    struct str event_date, event_date_end; /* ISO or "--MM-DD"; "" = not stated */
    bool year_inferred;
    VEC(struct news_party) party;
    VEC(struct news_person) person;
    VEC(struct news_fact) fact;
    VEC(struct str) area;
};

struct news_tables; /* model/news, read through base/node.h */

const char *fact_type_str(enum fact_type type); /* "agreement" … */

/* Open, add every file of model/news in any order, finish; then read-only, for any number of
 * threads. RC_USER "news.table" (with the line), "news.word", "news.group"; RC_NOMEM. */
enum rc news_tables_open(struct news_tables **out, struct err *e) MUST_CHECK;
/* Is this file ("model/news/orgs.yaml") one of them, and none of the page reader's? */
bool news_tables_wants(const char *name);
enum rc news_tables_add(struct news_tables *t, const struct node *file, const char *name,
                        struct err *e) MUST_CHECK;
enum rc news_tables_finish(struct news_tables *t, struct err *e) MUST_CHECK;
void news_tables_close(struct news_tables *t); /* NULL is allowed */

enum rc news_read(struct news *out, const struct article *x, const struct news_tables *t,
                  struct arena *a, struct err *e) MUST_CHECK;
void news_release(struct news *n);

#endif
