/* The signatures of a record's approval, as a form prints them. */
#include "service/approval.h"
#include "service/papers_int.h"

#define PEN_ROWS 3u

static struct str decision_text(const struct site *s, enum decided d, bool zh)
{
    const struct codes *table = codes_find(s->kinds, STR("decision"));
    const struct code *c = table ? code_find(table, str_of(decision_name(d))) : NULL;
    return c ? label_text(&c->label, zh) : STR("");
}

static struct paper_signature of_row(const struct site *s, const struct approval_shown *a,
                                     const struct approval_row *row, bool zh)
{
    const struct chain_step *step = row->step < a->n_steps ? a->step[row->step].step : NULL;
    return (struct paper_signature){.step = step ? label_text(&step->label, zh) : row->label,
                                    .who = row->who,
                                    .decision = decision_text(s, row->decision, zh),
                                    .comment = row->comment,
                                    .org = row->org,
                                    .at = row->at};
}

/* What was signed, in the order of its steps' beginnings; what is still to be signed has lines of
 * its own, for the pen. */
enum rc paper_signatures(struct site *s, const struct actor *a, const struct kind *k, int64_t id,
                         struct arena *to, const struct paper_signature **out, uint32_t *n,
                         struct err *e)
{
    struct approval_shown shown;
    *n = 0;
    TRY(approval_of(s, a, k, id, to, &shown, e));
    struct paper_signature *sign =
        arena_calloc(to, (size_t)shown.n_rows + shown.n_steps + PEN_ROWS, sizeof *sign);
    if (!sign)
        return err_nomem(e);
    *out = sign;
    for (uint32_t i = 0; i < shown.n_rows; i++)
        if (shown.row[i].decision != DECISION_MOOT)
            sign[(*n)++] = of_row(s, &shown, &shown.row[i], a->zh);
    for (uint32_t i = 0; (shown.running || !shown.found) && i < shown.n_steps; i++)
        if (shown.step[i].stage == STAGE_AHEAD)
            sign[(*n)++] =
                (struct paper_signature){.step = label_text(&shown.step[i].step->label, a->zh)};
    if (!*n && !shown.found) /* no chain is declared for it: signed on paper */
        *n = PEN_ROWS;
    return RC_OK;
}
