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
/* The label of a path's end. */
struct label path_label(const struct path *p);
extern const char *const secrecy_names[3];
extern const struct label secrecy_labels[3];

#endif
