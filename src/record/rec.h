/* Records: values of a kind's fields, checked, printed, compared. */
#ifndef QIAO_REC_H
#define QIAO_REC_H

#include "base/buf.h"
#include "base/calendar.h"
#include "record/kind.h"

struct val {
    bool set;
    union {
        struct str text;
        int64_t num;
        double real;
        struct {
            struct val *item;
            uint32_t n;
        } list; /* of a list, or one a sub-field of a group */
    };
};

enum secrecy { SECRECY_OPEN, SECRECY_MASKED, SECRECY_PRIVATE };

#define NO_STATE UINT32_MAX

/* Everything points into the arena it was made in. */
struct rec {
    const struct kind *kind;
    int64_t id;     /* 0: not stored yet; ids are unique over all kinds */
    int64_t org;    /* id of the organisation it belongs to, 0: none */
    uint32_t state; /* NO_STATE where the kind has none */
    enum secrecy secrecy;
    int64_t version;                 /* 1 when made, one more at every change */
    int64_t created, updated, since; /* unix seconds; since: when it entered its state */
    struct val *val;                 /* [kind->n_fields] */
    struct val *masked;              /* [kind->n_fields]: masked wording of SECRET_MASKED fields */
    bool face_public;                /* rec_public made it: what is hidden is not here */
};

/* An empty record: state the first, everything unset. */
enum rc rec_new(struct rec *out, const struct kind *k, struct arena *a, struct err *e) MUST_CHECK;

/* What is wrong, field by field. */
struct fault_at {
    uint32_t field;    /* NO_FIELD: the record as a whole */
    uint32_t item;     /* place in a list, or UINT32_MAX */
    uint32_t sub;      /* sub-field, or UINT32_MAX */
    bool masked;       /* it is the masked wording */
    const char *key;   /* message key "field.…", e.g. "field.required", "field.too_long" */
    struct str detail; /* in the arena; several arguments are parted by tabs */
};
typedef VEC(struct fault_at) vec_fault;

/* Ceilings: a value of more is "field.too_many", "field.too_long". */
enum { LIST_MAX = 1000, NUMBER_LIMIT_BITS = 53 };
/* Whole numbers, money in fen and ids keep within ±(2^53 - 1), so that every reader of the JSON
 * has them exactly. */
#define NUMBER_LIMIT 9007199254740991LL

/* A value as a person writes it (form, cell, command line), into the field's type. Full-width
 * digits, Chinese numerals, "50万元", "2026年3月1日", "是/否", a code or its label in zh or en are
 * understood; blank is unset. A list is one text a line; without line breaks it is parted by ；;
 * (codes and refs always by line breaks ；; 、 and commas). A ref is an id ("12" or "#12") only;
 * names are resolved by service. A group's text is its sub-values parted by | (a backslash before
 * | or a backslash takes it as it is). What is not understood is appended to `faults` and left
 * unset; RC_OK all the same. Texts are trimmed, line ends become \n (in one line: a blank), other
 * control characters are dropped. */
enum rc val_parse(struct val *out, const struct field_def *f, uint32_t field, struct str text,
                  struct arena *a, vec_fault *faults, struct err *e) MUST_CHECK;
/* The value as it is shown: dates 2026-03-01, money "500,000.00" (in yuan), codes as their label,
 * a ref as "#12". Appends. val_parse of val_text(raw) gives the value again: raw shows codes and
 * money in the form that files carry. */
enum rc val_text(struct buf *out, const struct field_def *f, const struct val *v, bool zh, bool raw,
                 struct err *e) MUST_CHECK;
bool val_eq(const struct field_def *f, const struct val *a, const struct val *b);
/* The value of the sub-field `name` in one group (a row) of `f`; NULL where it is not declared or
 * not set. Points into `group`. O(sub-fields). */
const struct val *val_sub(const struct field_def *f, const struct val *group, const char *name);
/* Its place, set or not, for being written; NULL where the sub-field is not declared. */
struct val *val_sub_at(const struct field_def *f, struct val *group, const char *name);

/* Check the whole record: required, ranges, lengths, formats, codes, check characters. Appends. */
enum rc rec_check(const struct rec *r, struct arena *a, vec_fault *faults,
                  struct err *e) MUST_CHECK;
/* Fields that `action` requires and that are empty. Appends "field.required". */
enum rc rec_check_action(const struct rec *r, const struct action *action, vec_fault *faults,
                         struct err *e) MUST_CHECK;

/* The stored form (without fields that have cases): one JSON object, keys as declared and in that
 * order, unset fields left out; money in fen, dates as text "2026-03-01", times and refs as
 * numbers, codes as text, groups as objects, lists as arrays; masked wording under "masked". Same
 * record, same bytes. */
enum rc rec_print(struct buf *out, const struct rec *r, struct err *e) MUST_CHECK;
/* The same with the fields that have cases, as rec_compute left them: for a reader. */
enum rc rec_print_shown(struct buf *out, const struct rec *r, struct err *e) MUST_CHECK;
/* Reads it again into out->val and out->masked (rec_new first). Unknown keys are passed over
 * (a field that a site took away) and values of a wrong type are RC_CORRUPT "record.body" with the
 * field. `bytes` from outside: use rec_parse_input. */
enum rc rec_parse(struct rec *out, struct str bytes, struct arena *a, struct err *e) MUST_CHECK;
/* The same from a client (API): an unknown key, a wrong type or a computed field is appended to
 * `faults`; a field given as null is unset; fields that are not given stay as they are in `out`.
 * RC_USER "json.syntax" with the place; ceilings: 4 MiB, depth 8. */
enum rc rec_parse_input(struct rec *out, struct str bytes, struct arena *a, vec_fault *faults,
                        struct err *e) MUST_CHECK;

/* What a visitor may see of it, or *visible = false: its kind is read by visitors, its state is
 * public (or the kind has none) and it is not private. `out` borrows from r. Masked records lose
 * their org and show the masked wording (or nothing) of SECRET_MASKED fields; SECRET_PRIVATE fields
 * are always left out, files of masked records as well, and so are such sub-fields of groups (a
 * group that nothing is left of goes). Fields with cases are unset: rec_compute makes them of the
 * face. Whether the kind's state is public and the secrecy allows it is decided here and only here.
 */
enum rc rec_public(struct rec *out, bool *visible, const struct rec *r, struct arena *a,
                   struct err *e) MUST_CHECK;
/* Some record of the kind may have such a face. */
bool kind_shows(const struct kind *k);
/* A partner after an agreed introduction: not masked, but without SECRET_PRIVATE fields. */
enum rc rec_partner(struct rec *out, const struct rec *r, struct arena *a,
                    struct err *e) MUST_CHECK;

/* Fields that differ. Appends. */
struct change {
    uint32_t field;
    bool masked; /* of the masked wording */
    const struct val *before, *after;
};
typedef VEC(struct change) vec_change;
enum rc rec_diff(const struct rec *before, const struct rec *after, vec_change *out,
                 struct err *e) MUST_CHECK;

/* Title, then the search: body fields on lines of their own: what is searched. Appends; *title
 * is the bytes of the title. */
enum rc rec_search_text(struct buf *out, uint32_t *title, const struct rec *r, bool zh,
                        struct err *e) MUST_CHECK;
/* Title, then the kind's match text: what is compared. Indicators (groups) are printed as
 * "名称≥值单位；". Appends. */
enum rc rec_match_text(struct buf *out, uint32_t *title, const struct rec *r,
                       struct err *e) MUST_CHECK;
/* The title as text; "" where it is hidden or unset. */
struct str rec_title(const struct rec *r);

#endif
