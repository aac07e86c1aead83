/* What was read, as a workbook of four sheets: pages, parties, people, facts. Pages come as the
 * JSON of service/reading_json.h. */
#ifndef QIAO_READING_BOOK_H
#define QIAO_READING_BOOK_H

#include "base/buf.h"
#include "service/model.h"

#include <jansson.h>

/* A page as its JSON tells it. */
struct read_page {
    const json_t *json;
    uint32_t number, duplicate_of;
    struct str status, text; /* text: the article */
};
struct read_page read_page_of(const json_t *json);
/* A member that is a text; "" for null. */
struct str read_text(const json_t *object, const char *key);
/* [from, to) of a place, in characters, and the text there. */
struct str read_at(const struct read_page *p, const json_t *place);
/* The sentence around a place, at most 60 characters. */
struct str read_quote(const struct read_page *p, const json_t *place);
/* In which words. `reason` (may be NULL: the code's sentence) says why a page was not read. */
struct read_words {
    const struct model *model;
    const char *lang; /* "zh", "en" */
    enum rc (*reason)(void *ctx, struct buf *to, const struct read_page *p, struct err *e);
    void *ctx;
};
struct str book_sentence(const struct read_words *w, const char *key);
/* Name of the party of this number; "" for null. */
struct str book_party(const struct read_words *w, const struct read_page *p, const json_t *number);
/* A code as a word: the sentence of `key` ("fact.%s") with the code in the place of %s. */
struct str book_word(const struct read_words *w, const char *key, struct str code);

/* The workbook: sheets pages, parties, people, facts. */
struct read_book;
enum rc read_book_open(struct read_book **out, const char *path, const struct read_words *w,
                       struct err *e) MUST_CHECK;
enum rc read_book_add(struct read_book *b, const struct read_page *p, struct err *e) MUST_CHECK;
/* *left_out: rows that a sheet of Excel has no room for. Frees b in every case. */
enum rc read_book_close(struct read_book *b, uint32_t *left_out, struct err *e) MUST_CHECK;
void read_book_abandon(struct read_book *b); /* NULL is allowed */

#endif
