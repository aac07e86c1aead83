/* Private to record: formulas as trees. */
#ifndef QIAO_FORMULA_INT_H
#define QIAO_FORMULA_INT_H

#include "record/filter_int.h"
#include "record/formula.h"

enum { FORMULA_BYTES = 2000, FORMULA_NODES = 200, FORMULA_DEPTH = 32 };
enum { FORMULA_STEPS = 24, FORMULA_CASES = 16 };

enum fx_op {
    FX_NUMBER,
    FX_PATH,
    FX_STEP,
    FX_TODAY,
    FX_ADD,
    FX_SUB,
    FX_MUL,
    FX_DIV,
    FX_MINUS,
    FX_PERCENT,
    FX_MIN,
    FX_MAX,
    FX_IF,
    FX_SUM,
    FX_COUNT,
    FX_DEFAULT,
    FX_FLOOR,
    FX_ROUND,
    FX_DAYS,
    FX_MONTHS,
    FX_YEAR,
};
enum fx_type { FX_PLAIN, FX_MONEY, FX_DATE };

struct fx {
    enum fx_op op;
    enum fx_type type;
    struct ratio number;
    struct path path;
    uint32_t step;
    enum filter_op compare; /* FX_IF: arg 0 compare arg 1 ? arg 2 : arg 3 */
    struct fx **arg;
    uint32_t n;
    uint32_t at, end; /* bytes of the source */
};

struct fx_case {
    const struct filter *when; /* NULL: always */
    struct str when_text;
    struct label label;
    struct fx *is;
};
struct fx_step {
    struct str name;
    struct label label;
    const struct fx_case *one;
    uint32_t n;
    enum fx_type type;
};

struct formula {
    const struct kind *kind;
    uint32_t field;
    struct label label, basis;
    const struct fx_step *step; /* the last is the value */
    uint32_t n;
    struct ratio to;
    enum rounding way;
};

/* The steps that may be named, and what is read. */
struct fx_context {
    const struct filter_context *c;
    const struct fx_step *step;
    uint32_t n;
    struct arena *a;
};
/* formula_parse.c. RC_USER "formula.…" with err.col the 1-based character: expected (what stands
 * there, a tab, what may), more, name, type, many, number, too_long, too_deep, too_many. */
enum rc fx_parse(struct fx **out, struct str text, const struct fx_context *x,
                 struct err *e) MUST_CHECK;
const char *fx_function(enum fx_op op); /* its name; NULL: none */

/* formula.c: working one out. */
struct fx_value {
    bool set;
    struct ratio v;
};
struct fx_work {
    const struct formula *f; /* NULL: one expression by itself */
    const struct fx_value *step;
    const struct rec *r;
    int64_t today;
    filter_follow_fn follow;
    void *ctx;
    const char *failed; /* key; NULL: nothing */
    struct err *e;
};
enum rc fx_eval(struct fx_work *w, const struct fx *x, struct fx_value *out) MUST_CHECK;
/* Every step; which[i]: the case of it that held, UINT32_MAX none. *at: where it failed, else f->n.
 */
enum rc fx_eval_all(struct fx_work *w, struct fx_value *step, uint32_t *which,
                    uint32_t *at) MUST_CHECK;

struct kinds;
struct source;
/* formula_read.c: a file; every kind is there. It becomes field_def.formula. */
enum rc formula_read(struct kinds *all, const struct source *s, struct err *e) MUST_CHECK;

#endif
