/* Indicators out of prose: what a description asks in numbers, as rows of a list of groups that
 * somebody checks. A list of groups is one of indicators where it has the fields name (text), op (a
 * code of the table compare), value (decimal) and unit (text); value2, the upper end of a range,
 * and quote, the words themselves, may be there. */
#ifndef QIAO_INDICATORS_H
#define QIAO_INDICATORS_H

#include "service/site.h"

bool indicators_are(const struct field_def *f);
/* Is there prose beside it to take them from: a long text among those that are matched? */
bool indicators_can_be_drawn(const struct kind *k, const struct field_def *f);

/* As a form types them. */
struct drawn {
    struct str name, op, value, value2, unit, quote;
};
typedef VEC(struct drawn) vec_drawn;
/* What `text` asks for (of an offer: has), in text order, each name and comparison once; what it
 * tells of the present, of others and of conditions is left out, and so is a number without a name.
 * At most 50. Texts to the arena; appends. O(text). */
enum rc indicators_draw(const struct site *s, struct str text, struct arena *to, vec_drawn *out,
                        struct err *e) MUST_CHECK;

#endif
