/* Private to the facts (facts.c, fact_fit.c, fact_apply.c, fact_add.c). */
#ifndef QIAO_FACTS_INT_H
#define QIAO_FACTS_INT_H

#include "news/news_int.h"

/* One place where a rule fits. */
struct hit {
    const struct fact_rule *rule;
    const struct clause *clause;
    uint32_t verb_from, verb_to, noun_from, noun_to; /* equal where the rule has no noun */
};

/* The word groups of the whole sentence that holds the clause. */
struct group_set sentence_groups(const struct page *p, size_t clause);
/* Does the rule fit h->clause, given the groups of its sentence? Fills the places of h. */
bool rule_fits(const struct page *p, struct hit *h, const struct group_set *sentence);
/* The first noun of the set in [MAX(from, after), to) that is no part of the name of somebody who
 * acts, NULL; the last noun of the unbroken run that begins with m. */
const struct mark *noun_of(const struct page *p, uint32_t from, uint32_t to,
                           const struct group_set *set, uint32_t after);
const struct mark *noun_run(const struct page *p, const struct mark *m, uint32_t to,
                            const struct group_set *set);

/* Adds the facts of a rule that fits; sets *added when there is a new one. */
enum rc rule_apply(struct page *p, struct hit *h, bool *added) MUST_CHECK;
/* The type of a sum by what the clause before it told, FACT_STATISTIC when nothing. */
enum fact_type sum_type(const struct page *p, const struct clause *c);

/* The words [from, to) as an object: without marks and particles around them, cut to a length. */
struct str object_trim(const struct page *p, uint32_t from, uint32_t to);
struct str object_of(const struct page *p, const struct hit *h);
/* Where the noun phrase begins whose noun begins at `from`, not before `floor`. */
uint32_t phrase_from(const struct page *p, uint32_t from, uint32_t floor);
/* 开发课程20门、项目50个: the part of a list that a number counts; false where there is no list. */
bool item_of(const struct page *p, const struct clause *c, const struct amount *a,
             struct clause *item);
/* What a number counts: the words behind it, else those before it. */
struct str counted_of(const struct page *p, const struct clause *c, const struct amount *a);
/* Adds the fact, which takes the amount `a` (may be NULL), unless it was told already. */
enum rc add_fact(struct page *p, const struct hit *h, struct amount *a, struct str object,
                 bool *added) MUST_CHECK;

#endif
