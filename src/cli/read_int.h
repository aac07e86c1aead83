/* Inside `qiao read` only. */
#ifndef QIAO_READ_INT_H
#define QIAO_READ_INT_H

#include "cli/cli.h"
#include "cli/page.h"
#include "cli/sentence.h"

#include <jansson.h>

/* How many of what, over all pages. Those of duplicates are counted once. */
struct read_counts {
    uint32_t pages, read, refused, failed, duplicates;
    uint32_t parties, known, doubtful, people, facts, repairs;
};

/* A page as its JSON tells it. */
struct read_page {
    const json_t *json;
    uint32_t number, duplicate_of;
    struct str status, text; /* text: the article */
};
struct read_page read_page_of(const json_t *json);
void read_count(struct read_counts *c, const struct read_page *p);

/* A member that is a text; "" for null. */
struct str read_text(const json_t *object, const char *key);
/* [from, to) of a place, in characters, and the text there. */
struct str read_at(const struct read_page *p, const json_t *place);
/* The sentence around a place, at most 60 characters. */
struct str read_quote(const struct read_page *p, const json_t *place);
/* Name of the party of this number; "" for null. */
struct str read_party(const struct speaker *s, const struct read_page *p, const json_t *number);
/* A code as a word: the sentence of `key` ("fact.%s") with the code in the place of %s. */
struct str read_word(const struct speaker *s, const char *key, struct str code);
/* Why the page was refused or not read. */
enum rc read_reason(struct buf *to, const struct speaker *s, const struct read_page *p,
                    struct err *e) MUST_CHECK;

/* One page on the terminal. */
enum rc read_show(struct page *to, const struct speaker *s, const struct read_page *p,
                  struct err *e) MUST_CHECK;
enum rc read_show_counts(struct page *to, const struct speaker *s, const struct read_counts *c,
                         struct err *e) MUST_CHECK;

/* The workbook: sheets pages, parties, people, facts. */
struct read_book;
enum rc read_book_open(struct read_book **out, const char *path, const struct speaker *s,
                       struct err *e) MUST_CHECK;
enum rc read_book_add(struct read_book *b, const struct read_page *p, struct err *e) MUST_CHECK;
/* *left_out: rows that a sheet of Excel has no room for. Frees b in every case. */
enum rc read_book_close(struct read_book *b, uint32_t *left_out, struct err *e) MUST_CHECK;
void read_book_abandon(struct read_book *b); /* NULL is allowed */

#endif
