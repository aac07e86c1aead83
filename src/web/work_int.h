/* What the pages of the work after the handshake share: threads, lights, indicators, tallies. */
#ifndef QIAO_WEB_WORK_INT_H
#define QIAO_WEB_WORK_INT_H

#include "service/measures.h"
#include "web/page_int.h"

/* Today in China, in days. */
int64_t work_today(const struct request *rq);
/* A day in the address ("2026-03-01"), or `otherwise`. */
int64_t param_day(const struct request *rq, const char *name, int64_t otherwise);
/* The value of a record's field, NULL where it has none of this type. */
const struct val *work_val(const struct rec *r, const char *field, enum type type);
/* "/kind?filter=…", escaped. */
struct str work_list(const struct request *rq, const char *kind, struct str filter);
/* Escaped for a part of an address. */
struct str work_escape(const struct request *rq, struct str text);
/* 12,345 or 66.7: at most two places, none behind whole numbers. */
struct str show_real(const struct request *rq, double x);

/* A light's badge: text tone. `code` of the table "light". */
void view_light(const struct request *rq, struct view *v, struct str code);

/* The timeline of a record, at most `most` around it (0: all). *n: how many there are. */
#define THREAD_SHAPE                                                                               \
    "thread[day dated kind title href here state{text tone} light{text tone} quote source said"    \
    " from{title href}] thread_total thread_cut thread_path"
enum rc view_thread(struct request *rq, struct view *v, const struct kind *k, int64_t id,
                    size_t most, size_t *n, struct err *e) MUST_CHECK;
/* Do records of the kind hang on others, or others on them? */
bool kind_has_thread(const struct request *rq, const struct kind *k);

/* An indicator on a day. line{…}: what static/work.js draws, in numbers and days since 1970; steps:
 * the same as a table, newest first. */
#define INDICATOR_SHAPE                                                                            \
    "title href measure value unit target deadline part light{text tone} forecast low high"        \
    " numerator denominator list missing_list missing_total missing_more missing[title href] "     \
    "line{course start end target forecast low high tone} steps[day value] error"
struct indicators {
    vec_rec rec;
    struct measured *measured; /* of each */
    bool cut;                  /* there are more */
};
/* Those of the programmes as the actor may see them, at most `most` (fair: of each its part), with
 * their values on a day (0: today): all from one question. indicators_free by the caller, also
 * where it fails. */
enum rc indicators_of(struct request *rq, const int64_t *programme, size_t n, int64_t day,
                      uint32_t most, bool fair, struct indicators *out, struct err *e) MUST_CHECK;
void indicators_free(struct indicators *x);
enum rc view_indicator(struct request *rq, struct view *v, const struct rec *indicator,
                       const struct measured *m, uint32_t missing_shown, bool steps,
                       struct err *e) MUST_CHECK;
/* programme{…} of MORE_SHAPE. */
enum rc view_programme(struct request *rq, struct view *v, const struct rec *r,
                       struct err *e) MUST_CHECK;
/* The same of one indicator, on its own page. */
enum rc view_measure(struct request *rq, struct view *v, const struct rec *r,
                     struct err *e) MUST_CHECK;

/* reckoned[…] of MORE_SHAPE: how fields with a formula came about. */
enum rc view_reckoned(struct request *rq, struct view *v, const struct rec *r,
                      struct err *e) MUST_CHECK;

/* page_sides.c: who confirms, the periods of assessment. */
enum rc view_sides(struct request *rq, struct view *v, const struct shown *shown,
                   struct err *e) MUST_CHECK;
enum rc view_assessed(struct request *rq, struct view *v, const struct shown *shown,
                      struct err *e) MUST_CHECK;
/* The sentences in the news that a record was made from: sources[quote title href hash]; without
 * title and href where the reader may not see the page. */
enum rc view_sources(struct request *rq, struct view *v, const struct rec *r,
                     struct err *e) MUST_CHECK;
/* "/page/12#s-40-62", "" where the record has no such row. */
struct str source_path(const struct request *rq, const struct rec *r, uint32_t row);
bool is_sources(const struct field_def *f);

/* page_tiers.c: tiers{…} of MORE_SHAPE: which a company holds on the day `on` of the address. */
enum rc view_tiers_of(struct request *rq, struct view *v, const struct rec *org,
                      struct err *e) MUST_CHECK;

/* What a record's page shows besides what every kind has: its thread, a programme's indicators, who
 * is known at an organisation, promises of an event. */
#define TIER_SHAPE "label href start until certificate valid unsure"
#define MORE_SHAPE                                                                                 \
    THREAD_SHAPE                                                                                   \
    " promises_path programme{on past today alone new_indicator groups[label lead new_indicator"   \
    " indicators[" INDICATOR_SHAPE                                                                 \
    "]]} reckoned[label rule basis differs lines[label words numbers result note]]"                \
    " led_path led_count course[day stage trl who comment] sides[label date] confirm_path"         \
    " assessed[period median sheets[title href assessor score items proposal state{text tone}"     \
    " appeal here] proposal action action_path]"                                                   \
    " alumni[title href school post year] alumni_list alumni_more"                                 \
    " tiers{on past new_path held[" TIER_SHAPE "] rows[" TIER_SHAPE "]}"                           \
    " sources[quote title href hash]"
enum rc view_more(struct request *rq, struct view *v, const struct shown *shown,
                  struct err *e) MUST_CHECK;

/* page_course.c: course[…]: the stages and the readiness of a project, newest first; nothing where
 * they have never changed. */
enum rc view_stops(struct request *rq, struct view *v, const struct shown *shown,
                   struct err *e) MUST_CHECK;
/* page_led.c: led_path, led_count: from a person or a project to what its leader has taken on. */
enum rc view_led(struct request *rq, struct view *v, const struct rec *r, struct err *e) MUST_CHECK;

/* Counts and sums over what the actor may see of a kind; nothing where it may read none of it. */
bool work_reads(const struct request *rq, const char *kind);
enum rc work_tally(struct request *rq, const char *kind, const char *filter, const char *by,
                   const char *by2, const char *sum, vec_grouped *out, struct err *e) MUST_CHECK;

/* The map of provinces as tiles, shaded by how many organisations there are. */
#define MAP_SHAPE "tiles[x y tx ty ny name label n href shade] cities[label n href]"
enum rc view_map_of_orgs(struct request *rq, struct view *v, struct err *e) MUST_CHECK;

#endif
