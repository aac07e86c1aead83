/* Organisations that are on record already, and which of them a page names. */
#ifndef QIAO_KNOWN_H
#define QIAO_KNOWN_H

#include "news/news.h"

/* A spreadsheet of organisations: name, other names, id, kind (model/organisations.yaml). Read-only
 * once made; threads may share it. */
struct known;

struct known_org {
    struct str id;    /* "" where the sheet has none */
    struct str name;  /* as written */
    const char *kind; /* of struct news_party, NULL: not told */
    uint32_t row;
};

/* How a party and a record are one. */
enum known_by {
    KNOWN_NOT,   /* no record: a new organisation */
    KNOWN_NAME,  /* the same full name */
    KNOWN_SHORT, /* the page's name is another name of the record */
    KNOWN_ALIAS, /* the page uses the record's name or another name of it beside the full one */
    KNOWN_DOUBT, /* the likeness is weak, or several records fit: a person must choose */
};
const char *known_by_str(enum known_by by); /* "new", "name" … */

enum { KNOWN_CHOICES = 5 };
struct known_link {
    enum known_by by;
    uint32_t n; /* 1 unless KNOWN_NOT (0) or KNOWN_DOUBT */
    uint32_t org[KNOWN_CHOICES];
};

/* `kind` (may be NULL): the kind of those whose row tells none, in Chinese or as in news.h.
 * `dir` as reader_open has it. Errors of table_read; RC_USER "read.kind" for a kind there is none
 * of. */
enum rc known_open(struct known **out, const char *path, const char *kind, const char *dir,
                   struct err *e) MUST_CHECK;
/* The same from records that are elsewhere: make, add each (texts are copied; `kind` is a literal
 * or NULL; `others`: other names, parted by ; 、 , | / or line ends), ready. RC_TOO_BIG
 * "service.too_many_records", RC_NOMEM. */
enum rc known_new(struct known **out, struct err *e) MUST_CHECK;
enum rc known_add(struct known *k, const struct known_org *org, struct str others,
                  struct err *e) MUST_CHECK;
void known_ready(struct known *k);
void known_close(struct known *k); /* NULL is allowed */
uint32_t known_count(const struct known *k);
struct known_org known_at(const struct known *k, uint32_t i);
/* A number that changes when the records do. */
uint64_t known_version(const struct known *k);

/* The record that this party is. Names are compared without blanks and punctuation, in NFKC. An
 * alias counts only where one of the two full names holds the characters of the other in order:
 * 交大 of 西安交通大学 is not the 交大 that another university has on record. O(names of the
 * party), O(records) at worst for the doubtful. RC_NOMEM. */
enum rc known_find(const struct known *k, const struct news_party *party, struct known_link *out,
                   struct err *e) MUST_CHECK;

#endif
