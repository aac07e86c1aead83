/* An article: what is left of a web page once chrome is cut and damage is repaired. Every repair
 * is kept with its place and what stood there. */
#ifndef QIAO_ARTICLE_H
#define QIAO_ARTICLE_H

#include "base/arena.h"
#include "text/span.h"

enum repair_code {
    REPAIR_PINYIN,      /* pinyin in brackets after a character, taken out */
    REPAIR_SIMPLIFIED,  /* Traditional converted */
    REPAIR_LOST_BYTE,   /* a run shifted by a lost GBK lead byte, decoded again */
    REPAIR_PUNCTUATION, /* doubled punctuation */
    REPAIR_BRAND,       /* a betting brand in the place of a name: taken out or replaced */
    REPAIR_SPAM,        /* keyword spam, taken out */
    REPAIR_CHARSET,     /* the page's charset label was wrong */
};

struct repair {
    enum repair_code code;
    struct span at;      /* in article.text */
    struct str original; /* what stood there */
};

struct article {
    struct str
        text;       /* title line (when there is one), then a paragraph a line; UTF-8, simplified */
    uint32_t title; /* bytes of the title line, 0: none */
    struct str url; /* "" when not known */
    struct str publish_date; /* ISO, from meta, text or address; "" when not known */
    VEC(struct repair) repair;
    VEC(struct str) brand; /* betting brands found, as they stood */
};

/* Read a page: HTML or plain text (decided by the bytes), any charset. Everything lives in `a`.
 * `url` may be empty. RC_USER "news.not_text" and the like; ceilings: 16 MiB a page. */
enum rc article_read(struct article *out, struct str bytes, struct str url, struct arena *a,
                     struct err *e) MUST_CHECK;
void article_release(struct article *x); /* the vectors; the texts are the arena's */

#endif
