/* What the JSON API's files share. An answer is printed straight into the reply's body. */
#ifndef QIAO_WEB_API_INT_H
#define QIAO_WEB_API_INT_H

#include "web/web_int.h"

#include <jansson.h>

/* `"name":"text"`, with a comma in front unless `first`. */
enum rc api_pair(struct buf *out, const char *name, struct str s, bool first,
                 struct err *e) MUST_CHECK;
/* RFC 3339, UTC. */
enum rc api_time(struct buf *out, const char *name, int64_t seconds, struct err *e) MUST_CHECK;

/* A record as the actor sees it: id, kind, state, version, owner, secrecy, face, times, fields. */
enum rc api_record(struct buf *out, const struct rec *r, enum face face, struct err *e) MUST_CHECK;
/* The whole answer about one record, with its ETag. */
enum rc api_answer(struct reply *re, struct request *rq, const struct shown *s,
                   struct err *e) MUST_CHECK;
/* 422 (or `status`) as problem details (RFC 9457), each fault at its field. */
enum rc api_faults(struct request *rq, struct reply *re, const struct kind *k, const vec_fault *f,
                   struct err *e) MUST_CHECK;
enum rc api_problem(struct request *rq, struct reply *re, unsigned status, const char *key,
                    struct str detail, struct err *e) MUST_CHECK;
/* 409: what refers to the record, as far as the actor sees it ("held_by", at most 100). */
enum rc api_held(struct request *rq, struct reply *re, const struct err *why,
                 struct err *e) MUST_CHECK;
/* The body as a JSON object; the caller owns *out. RC_USER "json.syntax", "json.object". */
enum rc api_body(struct request *rq, json_t **out, struct err *e) MUST_CHECK;
/* A text member of it, which lends the bytes; p NULL: there is none, or it is no text. */
struct str api_member(const json_t *body, const char *name);
/* RC_USER "json.unknown" where it has a member that is not one of these. */
enum rc api_known_only(const json_t *body, const char *const *known, size_t n,
                       struct err *e) MUST_CHECK;

/* What an operation answers, as OpenAPI's `responses`; NULL without memory (api_schema.c). */
json_t *api_responses(const struct route *r, const struct kind *k);

/* ---- rows of the route table ---- */

enum rc api_describe(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc api_list(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc api_show(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc api_create(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc api_change(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc api_remove(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc api_step(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc api_history(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc api_tiers(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc api_codes(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc api_upload(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc api_search(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc api_matches(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc api_why(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;

#endif
