/* The filter language: one language for lists, saved queries, indicators, alerts and rights.
 *
 *   filter  = and { ("or" | "或") and }
 *   and     = not { ("and" | "且") not }
 *   not     = ("not" | "非") not | "(" filter ")" | test
 *   test    = path ("=" | "!=" | "<" | "<=" | ">" | ">=") value
 *           | path ("in" | "属于") "(" value { "," value } ")"
 *           | path ("under" | "隶属") value            the code or one under it
 *           | path ("contains" | "包含") value         part of a text, case-insensitive
 *           | path ("is" | "为") ("empty" | "空" | "set" | "非空")  also in one word: 为空
 *   path    = name { "." name }                        a ref is followed: owner.region
 *   value   = word | number | "text" | today [("+" | "-") number ("d"|"m"|"y")] | @me | @org
 *           | "." path                               (after = != < <= > >=) a value of the record
 *
 * A name is a field's name, its label in zh or en, or an attribute: id, owner, state, secrecy,
 * created, updated, since (when it entered its state), kind. "=" on a list means: holds it. A value
 * unset is unequal to everything and makes every other test false (two-valued logic: not (a = 1)
 * holds where a is unset). Values are read as val_parse reads them: codes and states by code or
 * label. Full-width punctuation （），＝ is read as the half-width. Depth <= 32, bytes <= 8192,
 * tests <= 200.
 *
 * `end >= .start` compares two values of one record: it holds where some value at the one path and
 * some at the other compare so; both have one type (whole numbers and decimals mix). A point and a
 * digit begin a number. What the reader may not see is unset, on either side. */
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
    /* Days: what a field with cases at its end is computed for; DAY_FLOATS in declarations: the day
     * that the evaluation is for. */
    int64_t today;
};
#define DAY_FLOATS INT64_MIN

/* Of a declaration: a day counted from today. */
struct day_from {
    bool floats;
    int64_t months, days, seconds; /* seconds: of a moment, beyond that day's midnight */
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
    struct path with;    /* n > 0: compared with the values there; then there is no value */
    struct day_from day; /* floats: stands for the value */
    uint32_t at, end;    /* bytes of the source it was read from */
};

struct filter_context {
    const struct kinds *kinds;
    const struct kind *kind;
    int64_t today;   /* days */
    int64_t me, org; /* @me: user's person record or 0; @org */
    bool zh;
    bool floating; /* a declaration: today is the day of the evaluation */
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
/* The same for a filter of a declaration, on a day. */
enum rc filter_holds_on(const struct filter *f, int64_t today, const struct rec *r,
                        filter_follow_fn follow, void *ctx, bool *out, struct err *e) MUST_CHECK;
/* The value a test compares with, on a day (of those that have one value). */
struct val filter_value(const struct filter *f, int64_t today);
/* Every value at a path's end, as the follower shows the records on the way. `v` is borrowed. */
typedef enum rc (*path_value_fn)(void *ctx, const struct val *v, struct err *e);
enum rc path_each(const struct path *p, const struct rec *r, filter_follow_fn follow,
                  void *follow_ctx, path_value_fn each, void *ctx, struct err *e) MUST_CHECK;

/* The codes of the fields with cases, for a day. What made the record (a face) is what they are
 * computed from. */
void rec_compute(struct rec *r, int64_t today);
/* The code of one such field; "" none. */
struct str rec_case(const struct rec *r, const struct field_def *f, int64_t today);
/* The rules of its kind. Appends "field.rule" at the rule's field, the detail being its sentence:
 * zh, tab, en. A sum is checked where the list has groups and each of them and the other side have
 * a number; whole numbers and money are exact, decimals may be off by 0.005. */
enum rc rec_check_rules(const struct rec *r, int64_t today, filter_follow_fn follow, void *ctx,
                        vec_fault *faults, struct arena *a, struct err *e) MUST_CHECK;

#endif
