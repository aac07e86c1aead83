/* A chat endpoint of the kind that llama.cpp, vLLM, Ollama and clouds offer (POST
 * URL/chat/completions) may propose further facts of a page. Off unless a site's operator names
 * one. What it says is believed in nothing: a fact is proposed only where its evidence stands
 * verbatim in the page, and then a person decides as of any other. */
#ifndef QIAO_PAGE_CHAT_H
#define QIAO_PAGE_CHAT_H

#include "service/records.h"

struct chat_options {
    const char *url;   /* "http://127.0.0.1:8080/v1"; NULL: off */
    const char *model; /* may be NULL */
    const char *key;   /* sent as a bearer token; may be NULL */
    double timeout;    /* seconds; 0: 30 */
};
struct chat_report {
    uint32_t added;
    uint32_t known;   /* told already */
    uint32_t refused; /* not verbatim, of no known type, no fact at all */
};
enum { CHAT_ANSWER = 1 << 20, CHAT_FACTS = 100 };

/* RC_USER "chat.off", "chat.address", "chat.answer" (no JSON, longer than CHAT_ANSWER, no facts in
 * it), "chat.unreachable" (with the reason; redirects are not followed), errors of record_show. The
 * address is the operator's word, so a private one is asked too. */
enum rc page_chat(struct site *s, const struct actor *a, int64_t page, const struct chat_options *o,
                  struct arena *to, struct chat_report *out, struct err *e) MUST_CHECK;

#endif
