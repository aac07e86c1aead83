/* The use case of `qiao learn`: decisions that people took, in; weights, out. */
#ifndef QIAO_LEARNING_H
#define QIAO_LEARNING_H

#include "match/learn.h"
#include "service/matching.h"

/* A weights file: a line a feature, "name<TAB>weight", and "bias". RC_USER "match.weights" for
 * another shape (detail: the line); unknown names are refused, missing ones count 0. */
enum rc weights_load(struct weights *out, const char *path, struct err *e) MUST_CHECK;
enum rc weights_save(const struct weights *w, const char *path, struct err *e) MUST_CHECK;

/* The same as bytes; appends. */
enum rc weights_parse(struct weights *out, struct str text, struct err *e) MUST_CHECK;
enum rc weights_print(struct buf *out, const struct weights *w, struct err *e) MUST_CHECK;

struct learning {
    struct learn_report report;
    struct weights in_use;                               /* what `before` was measured with */
    uint32_t rows;                                       /* decisions read */
    uint32_t unknown_need, unknown_result, unknown_word; /* rows that could not be used, by why */
};

/* `decisions` is a spreadsheet with the columns of model/decisions.yaml. The other options are
 * those of matching; options->weights is what is in use now. RC_USER "service.no_decisions" where
 * the columns are not found; "match.learn_few". */
enum rc learning_run(struct learning *out, const char *decisions,
                     const struct matching_options *options, const struct model *m,
                     struct err *e) MUST_CHECK;

#endif
