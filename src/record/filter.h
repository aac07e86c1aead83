/* The filter language: one language for lists, saved queries, indicators, alerts and rights.
 *
 *   filter  = and { ("or" | "或") and }
 *   and     = not { ("and" | "且") not }
 *   not     = ("not" | "非") not | "(" filter ")" | test
 *   test    = path ("=" | "!=" | "<" | "<=" | ">" | ">=") value
 *           | path ("in" | "属于") "(" value { "," value } ")"
 *           | path ("under" | "隶属") value            the code or one under it
 *           | path ("contains" | "包含") value         part of a text, case-insensitive
 *           | path ("is" | "为") ("empty" | "空" | "set" | "非空")
 *   path    = name { "." name }                        a ref is followed: owner.region
 *   value   = word | number | "text" | today [("+" | "-") number ("d"|"m"|"y")] | @me | @org
 *
 * A name is a field's name, its label in zh or en, or an attribute: id, owner, state, secrecy,
 * created, updated, since (when it entered its state), kind. "=" on a list means: holds it. A value
 * unset is unequal to everything and makes every other test false (two-valued logic: not (a = 1)
 * holds where a is unset). Values are read as val_parse reads them: codes and states by code or
 * label. Full-width punctuation （），＝ is read as the half-width. Depth <= 32, bytes <= 8192,
 * tests <= 200. */
#ifndef QIAO_FILTER_H
#define QIAO_FILTER_H

#include "record/rec.h"

enum attr {
    ATTR_FIELD, /* a field of the kind */
    ATTR_ID,
    ATTR_OWNER,
    ATTR_STATE,
    ATTR_SECRECY,
    ATTR_CREATED,
    ATTR_UPDATED,
    ATTR_SINCE,
    ATTR_KIND,
};
/* ATTR_FIELD where the name is no attribute. */
enum attr attr_find(struct str name);
const char *attr_name(enum attr a);
struct label attr_label(enum attr a);

/* Ceilings of one filter. */
enum { FILTER_BYTES = 8192, FILTER_DEPTH = 32, FILTER_TESTS = 200 };

#define FILTER_STEPS 4
struct path_step {
    const struct kind *kind; /* whose attribute or field it is */
    enum attr attr;
    uint32_t field;
    uint32_t sub; /* of a group: field.sub, else UINT32_MAX */
};
struct path {
    struct path_step step[FILTER_STEPS];
    uint32_t n; /* all but the last are refs (or owner) */
};

enum filter_op {
    FILTER_ALL, /* no condition */
    FILTER_AND,
    FILTER_OR,
    FILTER_NOT,
    FILTER_EQ,
    FILTER_NE,
    FILTER_LT,
    FILTER_LE,
    FILTER_GT,
    FILTER_GE,
    FILTER_IN,
    FILTER_UNDER,
    FILTER_CONTAINS,
    FILTER_EMPTY,
    FILTER_SET,
};
struct filter {
    enum filter_op op;
    const struct filter *left, *right; /* AND, OR; NOT: left */
    struct path path;
    /* In the type of the path's end; states as val.num = index, secrecy as val.num, kind as
     * val.text (its name), owner and id as val.num, created, updated, since and times as seconds.
     * FILTER_UNDER: all codes that count.
     */
    const struct val *value;
    uint32_t n_values;
    uint32_t at, end; /* bytes of the source it was read from */
};

struct filter_context {
    const struct kinds *kinds;
    const struct kind *kind;
    int64_t today;   /* days */
    int64_t me, org; /* @me: user's person record or 0; @org */
    bool zh;
};
/* One path as text (a column to sort by, a quick filter). RC_USER "filter.name", "filter.no_ref".
 */
enum rc path_find(struct path *out, struct str text, const struct filter_context *c,
                  struct err *e) MUST_CHECK;
/* Its canonical text: names parted by dots. Appends. */
enum rc path_print(struct buf *out, const struct path *p, struct err *e) MUST_CHECK;
/* The field at its end, or NULL where that is an attribute. */
const struct field_def *path_field(const struct path *p);
/* The type at its end: of an attribute TYPE_REF (id, owner), TYPE_TIME (created, updated, since),
 * TYPE_CODE (state, secrecy, kind). */
enum type path_type(const struct path *p);

/* Parse. RC_USER "filter.…" with err.detail the word and err.col its 1-based character:
 * "filter.name" (unknown name), "filter.name_near" (the same; behind a tab what may be meant),
 * "filter.value", "filter.expected" (detail: what stands there, a tab, what may), "filter.more" (at
 * the end; detail: what must follow), "filter.op" (this comparison does not suit this field),
 * "filter.too_long", "filter.too_deep", "filter.too_many", "filter.no_ref". Empty text: FILTER_ALL.
 */
enum rc filter_parse(struct filter **out, struct str text, const struct filter_context *c,
                     struct arena *a, struct err *e) MUST_CHECK;
/* Canonical text with names and codes; parses to the same filter. Appends. */
enum rc filter_print(struct buf *out, const struct filter *f, struct err *e) MUST_CHECK;
/* Both conditions; either may be NULL. */
struct filter *filter_and(const struct filter *a, const struct filter *b, struct arena *to);
/* One test made by a program: path text, op, value text as typed. */
enum rc filter_test(struct filter **out, struct str path, enum filter_op op, struct str value,
                    const struct filter_context *c, struct arena *a, struct err *e) MUST_CHECK;

/* Follows refs during evaluation: the record, or *out = NULL where there is none. */
typedef enum rc (*filter_follow_fn)(void *ctx, int64_t id, const struct rec **out, struct err *e);
enum rc filter_holds(const struct filter *f, const struct rec *r, filter_follow_fn follow,
                     void *ctx, bool *out, struct err *e) MUST_CHECK;

#endif
