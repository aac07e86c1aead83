/* An article: what is left of a web page once chrome is cut and damage is repaired. Every repair
 * is kept with its place and what stood there. */
#ifndef QIAO_ARTICLE_H
#define QIAO_ARTICLE_H

#include "base/arena.h"
#include "base/node.h"
#include "text/span.h"

enum repair_code {
    REPAIR_PINYIN,      /* pinyin in brackets after a character, taken out */
    REPAIR_SIMPLIFIED,  /* Traditional converted */
    REPAIR_LOST_BYTE,   /* a run shifted by a lost GBK lead byte, decoded again */
    REPAIR_PUNCTUATION, /* doubled punctuation */
    REPAIR_BRAND,       /* a betting brand in the place of a name: left in the text and marked, so
                         * that the sentence stays verbatim; no name may overlap its span */
    REPAIR_SPAM,        /* keyword spam, taken out */
    REPAIR_CHARSET,     /* the charset label of header or page was wrong; original: the label */
};

/* In the order of their places; places do not overlap. */
struct repair {
    enum repair_code code;
    struct span at;      /* in article.text; empty where something was taken out */
    struct str original; /* what stood there */
};

struct article {
    struct str
        text;       /* title line (when there is one), then a paragraph a line; UTF-8, simplified */
    uint32_t title; /* bytes of the title line without its end of line, 0: none */
    struct str site; /* a line each: what the page calls itself, then its first line and who holds
                        its rights; repaired; "" for none */
    struct str url;  /* "" when not known */
    struct str publish_date; /* ISO, from meta, text or address; "" when not known */
    VEC(struct repair) repair;
    VEC(struct str) brand; /* betting brands found anywhere on the page, each once, as they stood */
};

/* What the reader knows about chrome, brands and damage, from model/news. */
struct article_tables;

/* Reads the three tables model/news/chrome.yaml, brands.yaml and repair.yaml; copies what it
 * keeps. RC_USER "news.table" with the line, RC_SYS without OpenCC or ICU tables. Read-only once
 * made, threads may share it. About 50 ms. */
enum rc article_tables_open(struct article_tables **out, const struct node *chrome,
                            const struct node *brands, const struct node *repair,
                            struct err *e) MUST_CHECK;
void article_tables_close(struct article_tables *t); /* NULL is allowed */

/* What is known of a page besides its bytes; each may be "". */
struct article_source {
    struct str url;
    struct str charset; /* of the HTTP header: Content-Type: text/html; charset=gbk */
};

/* Read a page: HTML or plain text (decided by the bytes), any charset. Everything lives in `a`.
 * The charset is found by the bytes; `from.charset`, else what the page itself says, decides where
 * they do not. RC_USER "news.not_text", "news.empty"; RC_TOO_BIG over 16 MiB a page. O(n).
 * Call article_release in any case. */
enum rc article_read(struct article *out, struct str bytes, struct article_source from,
                     const struct article_tables *t, struct arena *a, struct err *e) MUST_CHECK;
void article_release(struct article *x); /* the vectors; the texts are the arena's */

#endif
