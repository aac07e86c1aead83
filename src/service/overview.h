/* The whole of a site in figures, as an actor may see it: what stands behind the dashboard.
 *
 * Every figure carries the list behind it: a kind and a filter in canonical words; the list of that
 * kind with that filter, read by the same actor, has as many records as the figure says (money: is
 * what was summed). So a figure tells nothing that the actor could not count by hand: scope is that
 * of lists (records.h). A masked record counts in its industry, region and month; whose it is tells
 * the public no figure.
 *
 * Figures are computed once for each (role, organisation, day) and kept until the site's seq moves
 * on; some fifteen grouped queries, and for unmet needs a ranking of the newest UNMET_LOOKED. */
#ifndef QIAO_OVERVIEW_H
#define QIAO_OVERVIEW_H

#include "service/records.h"

#define OVERVIEW_MONTHS 24u  /* ending with this one */
#define UNMET_LOOKED    300u /* newest published needs that are looked at */
#define FIGURES_MOST    3u   /* of one row */

struct figure {
    const struct kind *kind; /* NULL: no list behind it */
    struct str filter;       /* "" all */
    uint64_t n;              /* records; money: fen */
};
struct figure_row {
    struct str value;   /* a code, the id of an organisation, "2026-03", "2026"; "" not stated */
    struct label label; /* of a code, state or organisation; else "" */
    struct figure figure[FIGURES_MOST];
};
struct figure_table {
    const char *name;                 /* "section", "region" …: the enum below in words */
    uint32_t n_series;                /* figures of a row */
    const char *series[FIGURES_MOST]; /* "need", "result", "introduction", "agreed", "amount" */
    const struct figure_row *row;
    uint32_t n;
    uint64_t most; /* the greatest figure of the first series that is no money */
};

enum {
    TABLE_SECTION,  /* needs, results by section of GB/T 4754; greatest first, not stated last */
    TABLE_DIVISION, /* the same by division */
    TABLE_REGION,   /* needs, results by region as stated */
    TABLE_MONTH,    /* new needs, new results, agreed introductions of OVERVIEW_MONTHS */
    TABLE_FUNNEL,   /* needs by how far they came: collected, diagnosed, published, introduced,
                     * talking, agreed; each holds the next. Of organisations: their own needs.
                     * A closed need counts as one that was published. */
    TABLE_TALKS,    /* introductions by state, in the kind's order */
    TABLE_REFUSAL,  /* introductions refused or failed by the last reason given */
    TABLE_ORG,      /* the TOP organisations with most needs and results */
    TABLE_MONEY,    /* agreed introductions and their amounts by year of the signature */
    TABLE__COUNT,
};
#define TOP_ORGS 10u

struct overview {
    bool whole;               /* of all records, not of what is public or the actor's own */
    struct figure_row *total; /* what there is: a row for each kind that the actor reads */
    uint32_t n_totals;
    struct figure_table table[TABLE__COUNT]; /* n 0: nothing that this actor may see */
    struct figure agreed, amount;            /* kind NULL: the actor sees no introductions */
    /* Published needs without an introduction that goes on or came to something and (where the site
     * has its engine) without a credible match. kind NULL: nothing of its own is published. */
    struct figure unmet;
    const int64_t *unmet_id; /* oldest first */
    uint32_t n_unmet;
    bool unmet_matched; /* the engine was asked */
    bool unmet_cut;     /* there are more needs than were looked at */
};
/* *out is shared and not to be changed; overview_done gives it back. */
enum rc overview_get(struct site *s, const struct actor *a, const struct overview **out,
                     struct err *e) MUST_CHECK;
void overview_done(const struct overview *o); /* NULL is allowed */

#endif
