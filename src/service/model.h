/* The declared tables (model/): those compiled into the program, each replaced by the file of the
 * same name in the folder that the user gives. */
#ifndef QIAO_MODEL_H
#define QIAO_MODEL_H

#include "base/node.h"
#include "match/knowledge.h"
#include "sheet/table.h"
#include "text/units.h"

struct model;

/* `dir` may be NULL. A file DIR/units.yaml stands for model/units.yaml, those of DIR/concepts are
 * added to the compiled ones of other names. RC_SYS "file.open" without such a folder, RC_USER
 * "model.yaml" and the like, with file and line. *out is owned by the caller; read-only once made,
 * threads may share it. */
enum rc model_open(struct model **out, const char *dir, struct err *e) MUST_CHECK;
void model_close(struct model *m);

const struct columns *model_columns(const struct model *m);
const struct units *model_units(const struct model *m);
const struct concepts *model_concepts(const struct model *m);
/* The space learnt from the concepts: built in, or, where the user's folder has concepts, learnt
 * anew by model_open, which then takes some seconds. */
const struct knowledge *model_knowledge(const struct model *m);
/* model/decisions.yaml */
const struct node *model_decisions(const struct model *m);
/* model/notices.yaml */
const struct node *model_notices(const struct model *m);
/* The sentence of a message key in "zh" or "en"; NULL when there is none. */
const char *model_message(const struct model *m, const char *key, const char *lang);

#endif
