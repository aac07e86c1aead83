/* Pages of news that a site keeps, and what becomes of what they say. A page is a record of kind
 * `page`, each thing it says one of kind `fact` with its sentence. The steps of a fact do the work,
 * wherever they are taken (review page, API, form): `accept` writes the records in the same
 * transaction, `withdraw` takes them back. Sites without these kinds keep no pages:
 * RC_USER "service.missing". */
#ifndef QIAO_PAGES_H
#define QIAO_PAGES_H

#include "service/fetch.h"
#include "service/reading.h"
#include "service/records.h"

/* The reader with the site's tables, opened when it is first asked for. Errors of reader_open. */
enum rc site_reader(struct site *s, const struct reader **out, struct err *e) MUST_CHECK;

/* How this site fetches pages: `delay` seconds between two of one host. */
struct fetch_options site_fetch_options(const struct site *s, double timeout, double delay);

/* ---- keeping ---- */

struct page_given {
    struct str name;    /* as given: a file's name, an address */
    struct str address; /* "" unknown */
    struct str charset; /* that the HTTP header named, "" none */
    struct str bytes;
    int64_t job; /* 0: none */
};
struct page_kept {
    int64_t id;
    bool already; /* the same bytes were kept before, for the same organisation */
    bool refused; /* no news of a cooperation */
};
/* Read a page and keep it with its facts and its bytes, in one transaction. The actor's
 * organisation owns it; a broker's belong to nobody. Errors of article_read (nothing is kept then)
 * and of records.h. */
enum rc page_keep(struct site *s, const struct actor *a, const struct page_given *from,
                  struct arena *to, struct page_kept *out, struct err *e) MUST_CHECK;
/* The page that was kept of this address by this job; id 0: none. */
enum rc page_of_address(struct site *s, struct str address, int64_t job, struct page_kept *out,
                        struct err *e) MUST_CHECK;

/* The job "read": {"sources": [{"file": KEY} or {"url": …}, …]}, a file being a page or a zip of
 * pages. Its result: all, read, refused, failed, already, lines and book (keys of kept files: JSON
 * Lines and the workbook of `qiao read`), full (they are cut), pages [{name, title, id, already,
 * refused, reason, key, detail}]. */
struct job_run;
enum rc job_read(struct job_run *run, struct err *e) MUST_CHECK;

/* ---- whom it names ---- */

enum link_state {
    LINK_NONE,  /* not to be linked: it has no name, or a person said so */
    LINK_SURE,  /* this record */
    LINK_DOUBT, /* one of several, or somebody else: a person must choose */
    LINK_NEW,   /* nobody on record: an organisation is made when a fact is accepted */
};
enum { LINK_CHOICES = 6 };
struct page_link {
    enum link_state state;
    bool chosen; /* by a person */
    bool wrong;  /* it is no party at all */
    int64_t id;  /* LINK_SURE */
    struct str title;
    uint32_t n; /* LINK_DOUBT: */
    struct link_choice {
        int64_t id;
        struct str title, about; /* about: of a person, the first unit */
    } choice[LINK_CHOICES];
};

/* What a person says of party or person `i` of a page: "linked" (with id), "new", "none", "wrong",
 * "" (as the program finds). RC_USER "store.stale", "news.choice". */
struct page_choice {
    int64_t page, version;
    bool person;
    uint32_t i;
    struct str choice;
    int64_t id;
};
enum rc page_choose(struct site *s, const struct actor *a, const struct page_choice *c, uint32_t n,
                    struct arena *to, struct err *e) MUST_CHECK;

/* ---- the review ---- */

/* The accepted fact of another page of the same event that tells the same. */
struct fact_twin {
    int64_t page, record; /* 0: none */
    struct str page_title;
};
struct page_fact {
    struct rec rec;
    struct fact_twin twin;
    uint32_t missing[4]; /* fields of the fact without which accepting cannot write */
    uint32_t n_missing;
    uint32_t doubt;            /* party that must be decided first; UINT32_MAX: none */
    const struct kind *writes; /* NULL: nothing of its own */
    struct str about;          /* the title that the record gets */
};
struct page_review {
    struct shown page;
    struct page_fact *fact; /* the event first, then as they stand in the text */
    uint32_t n_facts;
    struct page_link *party, *person; /* as many as the page has */
    uint32_t n_parties, n_people;
    vec_rec same; /* other pages of the event; vec_free by the caller */
};
enum rc page_review(struct site *s, const struct actor *a, int64_t id, struct arena *to,
                    struct page_review *out, struct err *e) MUST_CHECK;

/* The repairs of a page as they are kept. */
struct page_repair {
    struct str code;
    uint32_t from, to; /* characters of the text */
    struct str original;
};
typedef VEC(struct page_repair) vec_repair;
/* Reads them again; what is no repair is passed over. The texts live in the arena. */
enum rc page_repairs(struct str kept, struct arena *a, vec_repair *out, struct err *e) MUST_CHECK;

/* ---- what people decided, as labelled pages ---- */

struct page_labels {
    uint32_t pages, refused, facts;
};
/* DIR/pages/ID.html or .txt, DIR/pages/ID.html.url, DIR/gold.jsonl of all pages that a person has
 * finished or dismissed, in the form that bench/news reads. RC_SYS; RC_USER "service.denied" but
 * for brokers and the system. */
enum rc page_labels_write(struct site *s, const struct actor *a, const char *dir,
                          struct page_labels *out, struct err *e) MUST_CHECK;

#endif
