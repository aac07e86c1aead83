/* What the pages about pairs share: reasons in words, places marked in both texts. */
#ifndef QIAO_WEB_PAIR_INT_H
#define QIAO_WEB_PAIR_INT_H

#include "service/introduce.h"
#include "service/pairing.h"
#include "web/web_int.h"

/* "met" | "missed" | "unknown" and its tone. */
struct str verdict_text(const struct request *rq, enum verdict v);
struct str fit_verdict(const struct request *rq, enum verdict v); /* of a structured fit */
const char *verdict_tone(enum verdict v);
/* 行业, 地区 … of a structured fit. */
struct str fit_label(const struct request *rq, enum reason_code code);
/* What is quoted of a text, short enough for a line. */
struct str quoted(const struct request *rq, struct str text, struct span s);

/* Score as shown: "86", for a bar of 100 the same; a tag whether it is credible. */
#define SCORE_SHAPE "score credible"
void view_score(struct request *rq, struct view *v, double score, bool credible);

/* The texts with the places of the reasons marked and numbered: parts[text n hue id href]. */
#define PARTS_SHAPE "[text n hue id href]"
struct marks;
enum rc marks_make(struct request *rq, const struct why *w, struct marks **out,
                   struct err *e) MUST_CHECK;
/* Of the need's (side 0) or the offer's text (1), bytes [from, to). */
enum rc marks_view(const struct marks *m, struct view *list, int side, uint32_t from, uint32_t to,
                   struct err *e) MUST_CHECK;
/* The number that stands at reason i's places; 0: none is marked. */
uint32_t marks_number(const struct marks *m, size_t reason);

/* The best matches of a record, for its own page: matches{path rows[…]}. Nothing where the kind
 * has no side. */
#define PANEL_SHAPE "matches{path label rows[href title " SCORE_SHAPE "]}"
enum rc view_panel(struct request *rq, struct view *v, const struct rec *r,
                   struct err *e) MUST_CHECK;

#endif
