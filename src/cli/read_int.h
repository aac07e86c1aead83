/* Inside `qiao read` only. */
#ifndef QIAO_READ_INT_H
#define QIAO_READ_INT_H

#include "cli/cli.h"
#include "cli/page.h"
#include "cli/sentence.h"

#include "service/reading_book.h"

/* How many of what, over all pages. Those of duplicates are counted once. */
struct read_counts {
    uint32_t pages, read, refused, failed, duplicates;
    uint32_t parties, known, doubtful, people, facts, repairs;
};

void read_count(struct read_counts *c, const struct read_page *p);

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

#endif
