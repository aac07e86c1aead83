/* Private to what keeps pages of news: page_keep.c, page_links.c, page_same.c, page_review.c,
 * fact_plan.c, fact_source.c, fact_accept.c, fact_withdraw.c, fact_save.c. */
#ifndef QIAO_PAGES_INT_H
#define QIAO_PAGES_INT_H

#include "service/known.h"
#include "service/pages.h"
#include "service/site_int.h"
#include "service/special_int.h"

#define FACTS_MOST 1000u /* of a page, those of people included */

/* ---- newsroom.c: what is read from the tables once ---- */

struct newsroom;
enum rc newsroom_open(struct newsroom **out, struct err *e) MUST_CHECK;
void newsroom_close(struct newsroom *n); /* NULL is allowed */
/* The site's organisations as they are in this transaction; newsroom_done gives them back.
 * `writing`: the transaction may be undone, so what it sees is shared with nobody. */
enum rc newsroom_known(struct site *s, struct tx *tx, bool writing, const struct known **out,
                       struct err *e) MUST_CHECK;
void newsroom_done(struct site *s, const struct known *k);

/* ---- values by name ---- */

struct str rec_text(const struct rec *r, const char *field); /* "" unset */
int64_t rec_num(const struct rec *r, const char *field, int64_t otherwise);
bool rec_is(const struct rec *r, const char *state);
/* The text, cut to what the field takes. */
void rec_put_text(struct rec *r, const char *field, struct str s);
void rec_put_num(struct rec *r, const char *field, int64_t n);
/* As many as a text of the field may have. */
size_t field_chars(const struct field_def *f);
/* Cut to whole characters. */
struct str text_cut(struct str s, size_t chars);
/* Rows of a list of groups. */
uint32_t rows_of(const struct rec *r, const char *field);
const struct val *row_val(const struct rec *r, const char *field, uint32_t row, const char *sub);
struct str row_text(const struct rec *r, const char *field, uint32_t row, const char *sub);
int64_t row_num(const struct rec *r, const char *field, uint32_t row, const char *sub,
                int64_t otherwise);
/* Records of a kind by a filter as typed, as the actor may see them. Appends. */
enum rc records_by(struct site *s, struct tx *tx, const struct actor *a, const char *kind,
                   struct str filter, const char *sort, struct arena *to, vec_rec *out,
                   struct err *e) MUST_CHECK;
struct str text_made(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3); /* .p NULL */

/* ---- page_links.c ---- */

struct links {
    struct page_link *party, *person;
    uint32_t n_parties, n_people;
};
enum rc links_find(struct site *s, struct tx *tx, const struct actor *a, const struct rec *page,
                   bool writing, struct arena *to, struct links *out, struct err *e) MUST_CHECK;
/* The party of this name or short name; UINT32_MAX: none. */
uint32_t party_named(const struct rec *page, struct str name);

/* ---- page_same.c ---- */

/* The first page that tells the same event as this one, which is not kept yet; 0: none. */
enum rc same_event(struct site *s, struct tx *tx, const struct actor *a, const struct rec *page,
                   struct arena *to, int64_t *first, struct err *e) MUST_CHECK;
/* The other pages of its event. Appends. */
enum rc same_pages(struct site *s, struct tx *tx, const struct actor *a, const struct rec *page,
                   struct arena *to, vec_rec *out, struct err *e) MUST_CHECK;
/* What was accepted of those pages. Appends. */
enum rc same_facts(struct site *s, struct tx *tx, const struct actor *a, const vec_rec *pages,
                   struct arena *to, vec_rec *out, struct err *e) MUST_CHECK;
/* Do both tell the same? */
bool fact_same(const struct rec *a, const struct rec *b);

/* ---- fact_plan.c: from what a page says to what is written ---- */

/* The day that "到2027年底", "三年内", "“十四五”末" mean, counted from a day (INT64_MIN: not
 * known). False where it cannot be told. */
bool deadline_day(struct str text, int64_t from, int64_t *day);
/* Target, day, deadline, person in charge, title of a fact that the reader or a person proposes;
 * what is set stays. */
void fact_defaults(struct rec *fact, const struct rec *page, const struct rec *event,
                   struct arena *to);
enum rc fact_title(struct rec *fact, struct arena *to, struct err *e) MUST_CHECK;
/* Fields of the fact that its target needs and that are empty. */
uint32_t fact_missing(const struct rec *fact, const struct rec *page, bool event_known,
                      uint32_t missing[4]);
const struct kind *fact_writes(const struct site *s, const struct rec *fact);
/* Parties that the record is about: subject, object, else the other of two. */
void fact_parties(const struct rec *fact, const struct rec *page, const struct links *l,
                  uint32_t *first, uint32_t *second);
/* The record of an accepted fact, filled but not written; `event` 0: none. */
struct planning {
    struct saving *x; /* of the fact */
    const struct rec *page, *fact;
    const struct links *links;
    int64_t event;
};
enum rc fact_plan(const struct planning *p, struct rec *out, vec_fault *faults,
                  struct err *e) MUST_CHECK;

/* ---- fact_source.c ---- */

/* Add the sentence to a record's `sources`, once. *added (may be NULL). */
enum rc source_add(struct rec *r, const struct rec *page, const struct rec *fact, struct arena *to,
                   bool *added, struct err *e) MUST_CHECK;
enum rc source_drop(struct rec *r, const struct rec *page, const struct rec *fact, struct arena *to,
                    struct err *e) MUST_CHECK;

/* ---- fact_accept.c, fact_withdraw.c ---- */

/* x: the step of the fact; what it writes or takes back goes with it. */
enum rc fact_accept(struct saving *x, const struct rec *page, struct err *e) MUST_CHECK;
enum rc fact_withdraw(struct saving *x, const struct rec *page, struct err *e) MUST_CHECK;
/* A record that a sentence came to or went from. */
enum rc fact_put_changed(struct saving *x, const struct rec *before, struct rec *r,
                         struct err *e) MUST_CHECK;
/* The fact that tells the page's event; kind NULL: none does. */
enum rc fact_event(struct saving *x, int64_t page, struct rec *out, struct err *e) MUST_CHECK;

/* ---- fact_save.c ---- */

enum rc fact_before(struct saving *x, struct err *e) MUST_CHECK;
enum rc fact_after(struct saving *x, struct err *e) MUST_CHECK;
enum rc page_before(struct saving *x, struct err *e) MUST_CHECK;

#endif
