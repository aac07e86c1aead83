/* Declared arithmetic: what a computed field is, from the values of its record (and of those it
 * refers to). A file of model/formulas/ (or of a site's own folder):
 *
 *   formula: appointment.subsidy     # kind.field; the field is computed: a number, money or a date
 *   label: {zh: 双聘补贴, en: Subsidy}
 *   basis: {zh: 市人才新政第 7 条, en: …}          # where the rule stands; may be left out
 *   steps:                           # in order; each may be named in those behind it
 *     - {name: months, label: {zh: 聘期月数, en: Months}, is: "months(start, end)"}
 *     - name: rate
 *       label: {zh: 补贴比例, en: Rate}
 *       cases:                       # the first that holds; one without `when` always does
 *         - {when: "person.jobtitle in (professor)", label: {zh: 正高级, en: …}, is: "50%"}
 *         - {is: "30%"}
 *   value: "min(host_pay × host_share% × rate, 100000) × months ÷ 12"
 *   round: {to: 100, way: down}      # to multiples of it (yuan); half | down | up; left out: to
 * the # fen, half up
 *
 * An expression:
 *
 *   sum     = product { ("+" | "-") product }            also − ＋ －
 *   product = signed { ("*" | "/") signed }              also × ÷ ＊ ／
 *   signed  = ["-"] atom { "%" }
 *   atom    = number ["万" | "亿"] | path | step | today | "(" sum ")"
 *           | min | max "(" sum { "," sum } ")"
 *           | if "(" sum ("=" | "!=" | "<" | "<=" | ">" | ">=") sum "," sum "," sum ")"
 *           | sum | count "(" path ")"                   over a list
 *           | default "(" path "," sum ")"               where the first has no value
 *           | floor | round "(" sum ["," sum] ")"        to a multiple of the second, or of 1
 *           | days | months "(" sum "," sum ")"          both days counted; whole months
 *           | year "(" sum ")"
 *
 * A path and `when` are as in filters (record/filter.h); of a path the last must be a number,
 * money (in yuan) or a date, and it must have one value. Money times money, and a date where an
 * amount is meant, are refused when the file is read. All is reckoned in exact fractions; only
 * `round` rounds. Where a value that is needed is unset, so is the result. Ceilings: 2,000 bytes
 * and 200 nodes an expression, 24 steps, 16 cases. */
#ifndef QIAO_FORMULA_H
#define QIAO_FORMULA_H

#include "record/filter.h"
#include "record/ratio.h"

struct formula;

/* What a record gives. *set false: something that is needed is unset. RC_USER "formula.zero"
 * (division by zero), "formula.size" (beyond the ceiling of numbers); the detail is the label of
 * the step. */
enum rc formula_value(const struct formula *f, const struct rec *r, int64_t today,
                      filter_follow_fn follow, void *ctx, struct val *out,
                      struct err *e) MUST_CHECK;
/* Every field of the record that has a formula is set, or unset where it cannot be reckoned; what
 * the ceiling refuses is a fault "field.formula" at it (detail: label, tab, key). */
enum rc rec_formulas(struct rec *r, int64_t today, filter_follow_fn follow, void *ctx,
                     vec_fault *faults, struct arena *a, struct err *e) MUST_CHECK;

/* How it was reckoned, a line a step, the result last. */
struct formula_line {
    struct str label, words, numbers, result, note; /* note: the case that held; "" none */
};
typedef VEC(struct formula_line) vec_line;
/* numbers: the same with values, "—" where one is unset. Texts are in the arena. */
enum rc formula_explain(const struct formula *f, const struct rec *r, int64_t today, bool zh,
                        filter_follow_fn follow, void *ctx, struct arena *a, vec_line *out,
                        struct err *e) MUST_CHECK;
const struct label *formula_label(const struct formula *f);
const struct label *formula_basis(const struct formula *f);

/* One expression over a kind, for tests and fuzzing: read, and its value as text ("" unset). */
enum rc formula_try(struct buf *out, struct str text, const struct filter_context *c,
                    const struct rec *r, filter_follow_fn follow, void *ctx, struct arena *a,
                    struct err *e) MUST_CHECK;

#endif
