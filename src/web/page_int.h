/* The pages: their handlers (rows of routes.c) and templates' shapes (table of routes.c). */
#ifndef QIAO_WEB_PAGE_INT_H
#define QIAO_WEB_PAGE_INT_H

#include "web/web_int.h"

/* A new empty file for something that is made. */
enum rc temp_path(const struct request *rq, char *to, size_t cap, struct err *e) MUST_CHECK;
extern const struct page news_def, news_new_def, news_run_def, news_run_part_def, review_def,
    import_def, import_run_def, import_part_def;
extern const struct page error_page, error_part, home_page_def, list_page_def, show_page_def,
    delete_page_def, form_page_def, step_page_def, sign_in_def, second_def, account_def,
    accounts_def, account_form_def, audit_def, jobs_def, job_def, job_part_def, suggest_def,
    matches_def, why_def, board_def, board_part_def, search_def;

/* follow.c: the kinds that can come after a record, as links to forms filled ahead; and the
 * filling, from the record that ?from= names (nothing where the actor may not see it). */
void view_follow(struct request *rq, struct view *v, const struct rec *r);
enum rc follow_fill(struct request *rq, struct rec *r, struct err *e) MUST_CHECK;

/* Where a form's suggestions for a reference come from. */
struct str suggest_path(const struct request *rq, const struct field_def *f);

enum rc home_page(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc list_page(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc show_page(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc delete_page(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc delete_do(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc form_page(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc form_save(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc step_page(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc reports_page(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc report_page(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc led_page(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc confirm_do(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc step_do(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc template_do(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc import_page(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc import_upload(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc import_run_page(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc import_apply_do(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc import_cancel_do(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc file_do(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc attach_do(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc news_page(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc news_new_page(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc news_run_page(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
/* A page of news has a page of its own; ?record=1 shows it as any record. */
bool is_reviewed(const struct request *rq);
enum rc review_page(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc review_fact_do(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc review_chat_do(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc review_who_do(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc news_read_do(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc page_sso(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc page_sso_back(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc sign_in_page(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc second_page(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc sign_in_do(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc second_do(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc sign_out_do(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc language_do(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc account_page(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc password_do(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc second_begin(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc second_confirm(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc second_off(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc token_make(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc token_end(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc accounts_page(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc account_form_page(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc account_form_save(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc audit_page(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc jobs_page(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc job_page(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc job_cancel(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc static_file(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc favicon(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc healthz(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc metrics(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc suggest_codes(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc suggest_records(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc query_save(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc query_drop(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc export_do(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc matches_page(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc why_page(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc why_shortlist(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc why_propose(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc why_refuse(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc board_page(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc board_move(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc search_page(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;

extern const struct page thread_def, promises_def, leaders_def, wall_def, circular_def, reports_def,
    report_def, owed_def, led_def;
enum rc thread_page(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc promises_page(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc promises_do(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc leaders_page(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc circular_page(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc owed_page(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc calendar_do(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc calendar_make(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
/* The account's page with a calendar address that was just made: it is shown this once. */
enum rc account_with_calendar(struct request *rq, struct reply *re, struct str url,
                              struct err *e) MUST_CHECK;

struct str kind_icon(const struct kind *k); /* a picture of the sprite */
struct str record_path(const struct request *rq, const struct rec *r);
struct str title_of(const struct request *rq, const struct rec *r); /* or that it is masked */
void view_kind(const struct request *rq, struct view *v,
               const struct kind *k); /* name label path */
/* What refers to a record: refs[kind relation title href] refs_more. *n how many. */
enum rc view_refs(struct request *rq, struct view *v, int64_t id, uint32_t *n,
                  struct err *e) MUST_CHECK;
/* The papers that may be made of a record: papers[label docx pdf]. */
enum rc view_papers(struct request *rq, struct view *v, const struct kind *k, int64_t id,
                    struct err *e) MUST_CHECK;
enum rc paper_do(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
/* A column's heading. */
struct str column_label(const struct request *rq, const struct kind *k, struct str name);
/* Was it refused for what the page may say and go on from (422, 409)? */
bool is_refusal(enum rc rc, const struct err *why);
/* A condition over a kind in words: "类型为联合研究院，且状态不是草稿或已终止"; what cannot be read
 * stays as it is. The text of a field that names a kind, a field or a condition (an indicator's) in
 * words, any other as it is: for pages, never for what is edited or exported. In the arena. */
struct str say_filter(struct request *rq, const struct kind *k, struct str text);
struct str say_declared(struct request *rq, const struct rec *r, const struct field_def *f,
                        struct str text);
/* The conditions of the quick filters and of "text" in the address; NULL where there are none. */
enum rc list_more(struct request *rq, const struct kind *k, const struct filter **out, bool *any,
                  struct err *e) MUST_CHECK;

/* What an action of the kind (NULL: of none) or "create", "update" … is called. */
struct str action_label(const struct request *rq, const struct kind *k, struct str name);
/* The i-th of those that no kind declares, "" behind the last. */
struct str action_own(size_t i);
struct str role_label(const struct request *rq, enum role r);
/* A job as a line of a list: name state tone created path. */
struct job;
void view_job_line(struct request *rq, struct view *v, const struct job *j);
/* The error that a failed job kept, as a sentence. */
struct str job_error(const struct request *rq, struct str result);
/* Seconds at the beginning of a day of the server's time zone; 0 where there is no such day. */
int64_t local_midnight(int year, int month, int day);

#endif
