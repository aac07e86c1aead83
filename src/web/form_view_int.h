/* The widgets of a kind's form, as a view. What was typed is shown again as it was typed. */
#ifndef QIAO_WEB_FORM_VIEW_INT_H
#define QIAO_WEB_FORM_VIEW_INT_H

#include "web/web_int.h"

#define FORM_ROWS_MAX 200u /* of a list of groups */
#define WIDGET_SHAPE                                                                               \
    "name label hint required error type value mode suggest id max"                                \
    " options[value label on depth] many[value id] kept[value text href] several"
#define FORM_SHAPE                                                                                 \
    " sections[label fields[" WIDGET_SHAPE                                                         \
    " wide masked{name value long} rows[number drop cells[" WIDGET_SHAPE                           \
    "]] heads[label required hint] add draw drew]] secrecy[value label on] owner{value error}"     \
    " record_error files"
/* Why it was refused as a whole (form.html, step.html); "" it was not. */
#define REFUSED_SHAPE " refused"

struct form_view {
    struct request *rq;
    const struct rec *rec;
    const vec_fault *faults; /* NULL: none */
    bool posted;             /* values are the form's, not the record's */
    const uint32_t *only;    /* these fields; NULL: all that a person may write */
    uint32_t n_only;
    uint32_t n_needed; /* the first of them, which must be filled in here */
    struct view *v;
    struct titles titles;
};
enum rc form_sections(struct form_view *f, struct err *e) MUST_CHECK;

/* "targets.2.name" */
struct str form_name(const struct request *rq, const struct field_def *f, uint32_t row,
                     uint32_t sub);
/* How many rows of a list of groups the form has. */
uint32_t form_rows(const struct request *rq, const struct field_def *f);
/* A value as it stands in a form: codes, yuan, "#12"; lists by lines. */
enum rc form_text(struct request *rq, struct str *out, const struct field_def *f,
                  const struct val *v, struct err *e) MUST_CHECK;
/* What was uploaded is kept, and the request's parameters become what the fields of files shall
 * hold (page_file.c). Before anything reads them. */
enum rc form_files(struct request *rq, const struct kind *k, vec_fault *faults,
                   struct err *e) MUST_CHECK;
/* form_draw.c: with the parameter `draw` (a list of indicators) what the prose asks in numbers is
 * added to the request's parameters as rows; the button for it and what it did, in the view. */
enum rc form_draw(struct request *rq, const struct rec *r, struct err *e) MUST_CHECK;
void form_view_draw(struct request *rq, struct view *v, const struct kind *k,
                    const struct field_def *f);
bool kind_has_files(const struct kind *k);
/* "store.unique" and "store.ref" as a fault at their field. */
enum rc fault_of_store(struct request *rq, const struct kind *k, const struct err *why,
                       vec_fault *faults, struct err *e) MUST_CHECK;

#endif
