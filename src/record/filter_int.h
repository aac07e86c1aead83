/* Private to record: reading filters. */
#ifndef QIAO_FILTER_INT_H
#define QIAO_FILTER_INT_H

#include "record/filter.h"
#include "record/val_int.h"

struct scan {
    struct str text;
    size_t at;
};

/* The character at s->at in half width (quotes, comma and blank as ASCII), 0 at the end. */
uint32_t scan_peek(const struct scan *s, size_t *bytes);
void scan_blanks(struct scan *s);
/* Does this character (of scan_peek) end a word? */
bool scan_ends_word(uint32_t c);
/* What stands in quotes at s->at; copies only where there are escapes. RC_USER "filter.expected".
 */
enum rc scan_quoted(struct scan *s, struct str *out, struct arena *a, struct err *e) MUST_CHECK;
/* A path at s->at. `a` for names in quotes. */
enum rc path_scan(struct path *out, struct scan *s, const struct filter_context *c, struct arena *a,
                  struct err *e) MUST_CHECK;
/* RC_USER `key` at the byte; `other` behind a tab where it is not empty. */
enum rc filter_refuse(const struct scan *s, size_t at, const char *key, struct str word,
                      struct str other, struct err *e) MUST_CHECK;

/* zh or en, whatever case, width and blanks. */
bool label_is(const struct label *l, struct str text);
/* Is the path's value a text (val.text)? Of attributes only `kind` is. */
bool path_is_text(const struct path *p);
/* Years are 12 months; a day that a month does not have becomes its last. */
int64_t days_shift(int64_t days, int64_t months, int64_t more);
/* The label of a path's end. */
struct label path_label(const struct path *p);
extern const char *const secrecy_names[3];
extern const struct label secrecy_labels[3];

/* A filter while it is read. */
struct parser {
    struct scan s;
    const struct filter_context *c;
    struct arena *arena;
    unsigned depth, tests;
    struct err *e;
};

/* A value, and whether it names a whole day of a moment. */
struct typed {
    struct val val;
    bool day;
    struct day_from from;
};

/* filter_value.c: words, and values. */

/* "filter.expected" with the word that stands there, "filter.more" at the end. */
enum rc filter_expected(struct parser *p, const char *what) MUST_CHECK;
/* Take the word (in lower case, or in Chinese), or the character, if it stands next. */
bool eat_word(struct parser *p, const char *lower, const char *han);
bool eat_char(struct parser *p, uint32_t c);
enum rc filter_bad_value(struct parser *p, size_t at, struct str word,
                         const struct path *path) MUST_CHECK;
/* A value's text where it stands: in quotes, or a word; today with what is added to it. */
enum rc scan_value(struct parser *p, size_t *at, struct str *text, bool *word) MUST_CHECK;
/* The value's text into the path's type. `word`: it stood without quotes. */
enum rc read_typed(struct parser *p, const struct path *path, size_t at, struct str text, bool word,
                   struct typed *out) MUST_CHECK;

/* filter_test.c: one test. */

/* A node of the source from `at` to here; NULL: out of memory. */
struct filter *filter_node(struct parser *p, enum filter_op op, size_t at);
/* *left becomes `*left op right`. */
enum rc filter_two(struct parser *p, enum filter_op op, struct filter **left,
                   const struct filter *right) MUST_CHECK;
enum rc read_test(struct parser *p, struct filter **out) MUST_CHECK;

#endif
