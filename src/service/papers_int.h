/* The papers' own files only.
 *
 * papers.c        which there are, templates, filling
 * papers_read.c   declarations
 * papers_values.c what a placeholder means
 * papers_approval.c the signatures of an approval
 * papers_forms.c  money in words, dates as written */
#ifndef QIAO_PAPERS_INT_H
#define QIAO_PAPERS_INT_H

#include "service/papers.h"
#include "service/site_int.h"

struct papers {
    struct arena arena;
    VEC(struct paper) all; /* by name */
};

/* One file. A name that is there already is replaced. RC_USER "papers.declared". */
enum rc papers_add(struct papers *p, const struct kinds *kinds, const struct node *file,
                   const char *name, struct err *e) MUST_CHECK;

/* What a template asks about one record; what it holds is in `to`. */
struct answering;
enum rc answering_open(struct answering **out, struct site *s, const struct actor *a,
                       const struct kind *k, int64_t id, struct arena *to,
                       struct err *e) MUST_CHECK;
void answering_close(struct answering *w); /* NULL is allowed */
struct docx_values answering_values(struct answering *w);

/* A line of the list `approval`; at 0: not signed yet. */
struct paper_signature {
    struct str step, who, decision, comment;
    int64_t org, at;
};
enum rc paper_signatures(struct site *s, const struct actor *a, const struct kind *k, int64_t id,
                         struct arena *to, const struct paper_signature **out, uint32_t *n,
                         struct err *e) MUST_CHECK;

enum paper_form { FORM_PLAIN, FORM_UPPER, FORM_ZH, FORM_WAN, FORM__NONE };
enum paper_form form_find(struct str name);
/* Is the form for values of this type? */
bool form_fits(enum paper_form f, enum type t);
/* 123456 fen: 壹仟贰佰叁拾肆元伍角陆分, by the rules for bills (支付结算办法, 附一). Appends. */
enum rc money_words(struct buf *out, int64_t fen, struct err *e) MUST_CHECK;
/* In ten thousand yuan, without zeros at the end: 123456 fen is 0.123456. */
enum rc money_wan(struct buf *out, int64_t fen, struct err *e) MUST_CHECK;
/* 2026年3月1日 */
enum rc date_words(struct buf *out, int64_t days, struct err *e) MUST_CHECK;

#endif
