/* The review of a page of news: its article (review_text.c), its facts and whom it names
 * (review_facts.c), what is done there (review_do.c). */
#ifndef QIAO_WEB_REVIEW_INT_H
#define QIAO_WEB_REVIEW_INT_H

#include "service/pages.h"
#include "web/work_int.h"

struct review {
    struct request *rq;
    struct page_review r;
    struct view *v;
    struct titles titles;
    int64_t edit;              /* the fact whose form is open, 0: none, -1: a new one */
    int64_t focus;             /* the fact that is looked at first */
    const struct typed *typed; /* what came with the form, where it is shown again */
    uint32_t n_typed;
    const vec_fault *faults;
    struct str error; /* what is wrong with the open fact, or with the page as a whole */
};

#define REVIEW_TEXT_SHAPE                                                                          \
    "rows[head parts[id ids[.] text tone number href more ins dim] before[text del]] repaired"     \
    " repairs[what count] original original_href plain_href brands[.]"
#define FACT_FIELD_SHAPE "name id label hint type value wide error missing options[value label on]"
#define REVIEW_FACTS_SHAPE                                                                         \
    "facts[id number type tone state{text tone} proposed accepted rejected focus title quote "     \
    "value"                                                                                        \
    " deadline span version writes owner due about missing[.] doubt origin corrected joined"       \
    " record{title href kind} twin{title href page} edit_href edit error"                          \
    " fields[" FACT_FIELD_SHAPE                                                                    \
    "]] reasons[value label on] left total added{error fields[" FACT_FIELD_SHAPE "]} add_href may"
#define REVIEW_NAMES_SHAPE                                                                         \
    "names[label doubtful rows[id name type title org state tone said href open sure"              \
    " options[value label about on]]]"

/* The text of a fact's field. */
struct str fact_text(const struct rec *r, const char *field);
int64_t fact_num(const struct rec *r, const char *field, int64_t otherwise);
bool fact_in(const struct rec *r, const char *state);
/* The label of the code that a field has. */
struct str code_label(const struct request *rq, const struct rec *r, const char *field);
struct str code_tone(const struct rec *r, const char *field);

enum rc review_text(struct review *x, struct err *e) MUST_CHECK;
enum rc review_facts(struct review *x, struct err *e) MUST_CHECK;
enum rc review_names(struct review *x, struct err *e) MUST_CHECK;
/* The whole page; x has what is open and what is wrong. */
enum rc review_reply(struct review *x, struct reply *re, struct err *e) MUST_CHECK;

#endif
