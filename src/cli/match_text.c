/* The matches on a terminal, and as lines of three fields. */
#include "cli/match_int.h"
#include "cli/page.h"
#include "text/width.h"

#include <stdio.h>

enum {
    SHOWN = 3,   /* matches a need */
    PHRASES = 4, /* phrases a match */
    WORD_LINES = 2,
    INDICATOR_LINES = 2, /* lines of indicators a match */
    COLUMN_LINES = 2,    /* lines of what the columns say */
    PROBLEMS = 5,        /* rows with problems */
    UNIT_COLUMNS = 28,
    ID_LEAST = 8, /* of a need */
    ID_MOST = 12,
};

/* Where the columns stand. */
struct layout {
    size_t id, title, unit;
};

static struct layout layout_of(const struct report *r, const struct page *p)
{
    char space[COLLECTION_ID];
    size_t id = 4;
    struct collection *sides[] = {matching_needs(r->m), matching_results(r->m)};
    for (size_t s = 0; s < 2; s++) {
        uint32_t n = MIN(collection_count(sides[s]), 1000u);
        for (uint32_t i = 0; i < n; i++)
            id = MAX(id, str_width(collection_id(sides[s], i, space)));
    }
    id = MIN(id, (size_t)ID_MOST);
    struct layout l = {.id = id, .unit = MIN(p->width * 3 / 10, (size_t)UNIT_COLUMNS)};
    l.title = p->width - (2 + 6 + 2 + l.id + 2 + 2 + l.unit);
    return l;
}

/* rank, score, id, title, unit */
struct row {
    const char *rank, *score;
    struct str id, title, unit;
    enum page_style style;
};

static enum rc print_row(struct page *p, const struct layout *l, const struct row *row,
                         struct err *e)
{
    TRY(page_cell(p, str_of(row->rank), 2, PAGE_RIGHT, PAGE_PLAIN, e));
    TRY(page_cell(p, str_of(row->score), 6, PAGE_RIGHT, PAGE_PLAIN, e));
    TRY(page_blank(p, 2, e));
    TRY(page_cell(p, row->id, l->id, PAGE_LEFT, PAGE_DIM, e));
    TRY(page_blank(p, 2, e));
    TRY(page_cell(p, row->title, l->title, PAGE_LEFT, row->style, e));
    TRY(page_blank(p, 2, e));
    TRY(page_cell(p, row->unit, l->unit, PAGE_LEFT, PAGE_DIM, e));
    return page_line(p, e);
}

static enum rc print_need(struct page *p, const struct layout *l, const struct report *r,
                          uint32_t need, struct err *e)
{
    char space[COLLECTION_ID];
    struct item item = collection_item(matching_needs(r->m), need);
    struct str id = collection_id(matching_needs(r->m), need, space);
    size_t columns = MIN(MAX(str_width(id), (size_t)ID_LEAST), (size_t)ID_MOST);
    TRY(page_cell(p, id, columns, PAGE_LEFT, PAGE_DIM, e));
    TRY(page_blank(p, 2, e));
    TRY(page_cell(p, item.field[FIELD_TITLE], p->width - (columns + 2 + 2 + l->unit), PAGE_LEFT,
                  PAGE_BOLD, e));
    TRY(page_blank(p, 2, e));
    TRY(page_cell(p, item.field[FIELD_ORG], l->unit, PAGE_LEFT, PAGE_DIM, e));
    return page_line(p, e);
}

static enum rc print_reasons(struct page *p, const struct layout *l, const struct report *r,
                             const struct view *v, struct err *e)
{
    struct buf b;
    buf_init(&b, 1 << 20);
    size_t indent = 10 + l->id + 2;
    struct str between = sentence(&r->speaker, "reason.between");
    enum rc rc;
    GOTO_OUT(say_words(&b, &r->speaker, &v->pair, PHRASES, e));
    GOTO_OUT(page_wrap(p, buf_view(&b), indent, WORD_LINES, PAGE_PLAIN, e));
    buf_clear(&b);
    GOTO_OUT(say_indicators(&b, &r->speaker, &v->pair, between, e));
    GOTO_OUT(page_wrap(p, buf_view(&b), indent, INDICATOR_LINES, PAGE_PLAIN, e));
    buf_clear(&b);
    GOTO_OUT(say_columns(&b, &r->speaker, &v->pair, between, e));
    GOTO_OUT(page_wrap(p, buf_view(&b), indent, COLUMN_LINES, PAGE_DIM, e));
out:
    buf_free(&b);
    return rc;
}

static enum rc print_match(struct page *p, const struct layout *l, const struct report *r,
                           struct view *v, uint32_t need, uint32_t rank, const struct match *match,
                           struct err *e)
{
    char number[16], score[16], space[COLLECTION_ID];
    TRY(view_pair(v, r, need, match->result, e));
    snprintf(number, sizeof number, "%u", rank);
    snprintf(score, sizeof score, "%.1f", match->score);
    struct row row = {number,
                      score,
                      collection_id(matching_results(r->m), match->result, space),
                      v->result.field[FIELD_TITLE],
                      v->result.field[FIELD_ORG],
                      PAGE_PLAIN};
    TRY(print_row(p, l, &row, e));
    return print_reasons(p, l, r, v, e);
}

static enum rc print_results(struct page *p, const struct layout *l, const struct report *r,
                             struct view *v, uint32_t need, struct err *e)
{
    const struct match *match;
    uint32_t n = matching_of(r->m, need, &match);
    if (!n)
        return page_wrap(p, sentence(&r->speaker, "cli.nothing_found"), 10, 1, PAGE_PLAIN, e);
    if (!match[0].credible) {
        TRY(page_wrap(p, sentence(&r->speaker, "cli.none_credible"), 10, 1, PAGE_PLAIN, e));
        n = 1;
    }
    for (uint32_t i = 0; i < MIN(n, (uint32_t)SHOWN) && (i == 0 || match[i].credible); i++)
        TRY(print_match(p, l, r, v, need, i + 1, &match[i], e));
    return RC_OK;
}

/* An expert: the name and unit, then a line for every item that speaks for him. */
static enum rc print_expert(struct page *p, const struct layout *l, const struct report *r,
                            const struct expert_match *match, uint32_t rank, struct err *e)
{
    char number[16], score[16], space[COLLECTION_ID];
    struct expert expert = matching_expert(r->m, match->expert);
    snprintf(number, sizeof number, "%u", rank);
    snprintf(score, sizeof score, "%.1f", match->score);
    struct row row = {number, score, STR(""), expert.name, expert.unit, PAGE_PLAIN};
    TRY(print_row(p, l, &row, e));
    for (uint32_t i = 0; i < match->n; i++) {
        struct item item = collection_item(matching_results(r->m), match->item[i].result);
        snprintf(score, sizeof score, "%.1f", match->item[i].score);
        TRY(page_blank(p, 10, e));
        TRY(page_cell(p, collection_id(matching_results(r->m), match->item[i].result, space), l->id,
                      PAGE_LEFT, PAGE_DIM, e));
        TRY(page_blank(p, 2, e));
        TRY(page_cell(p, item.field[FIELD_TITLE], l->title, PAGE_LEFT, PAGE_PLAIN, e));
        TRY(page_cell(p, str_of(score), 7, PAGE_RIGHT, PAGE_DIM, e));
        TRY(page_line(p, e));
    }
    return RC_OK;
}

static enum rc print_experts(struct page *p, const struct layout *l, const struct report *r,
                             uint32_t need, struct err *e)
{
    const struct expert_match *match;
    uint32_t n = matching_experts_of(r->m, need, &match);
    if (!n)
        return page_wrap(p, sentence(&r->speaker, "cli.nobody_found"), 10, 1, PAGE_PLAIN, e);
    if (!match[0].credible)
        TRY(page_wrap(p, sentence(&r->speaker, "cli.nobody_credible"), 10, 1, PAGE_PLAIN, e));
    for (uint32_t i = 0; i < MIN(n, (uint32_t)SHOWN) && (i == 0 || match[i].credible); i++)
        TRY(print_expert(p, l, r, &match[i], i + 1, e));
    return RC_OK;
}

static enum rc print_table(struct page *p, const struct report *r, struct view *v, struct err *e)
{
    struct layout l = layout_of(r, p);
    uint32_t n = collection_count(matching_needs(r->m));
    for (uint32_t need = 0; need < n; need++) {
        TRY(print_need(p, &l, r, need, e));
        TRY(r->experts ? print_experts(p, &l, r, need, e) : print_results(p, &l, r, v, need, e));
        TRY(page_line(p, e));
        TRY(page_print(p, e));
    }
    return RC_OK;
}

enum rc report_table(struct report *r, struct err *e)
{
    struct page p;
    struct view v = {0};
    page_init(&p);
    enum rc rc = print_table(&p, r, &v, e);
    view_free(&v);
    page_free(&p);
    return rc;
}

/* ---- after the table ---- */

static enum rc print_problems(struct page *p, const struct report *r, struct collection *c,
                              uint32_t *shown, struct err *e)
{
    const struct row_problem *problem;
    uint32_t n = collection_problems(c, &problem);
    struct buf b;
    buf_init(&b, 1 << 20);
    enum rc rc = RC_OK;
    for (uint32_t i = 0; i < n && *shown < PROBLEMS && rc == RC_OK; i++, ++*shown) {
        struct place at = {str_of(collection_path(c)), problem[i].sheet_name, problem[i].row,
                           problem[i].col};
        buf_clear(&b);
        GOTO_OUT(say_place(&b, &r->speaker, &at, e));
        GOTO_OUT(buf_str(&b, sentence(&r->speaker, "cli.colon"), e));
        GOTO_OUT(say_problem(&b, &r->speaker, &problem[i], e));
        GOTO_OUT(page_wrap(p, buf_view(&b), 2, 2, PAGE_PLAIN, e));
    }
out:
    buf_free(&b);
    return rc;
}

static enum rc say_counts(struct buf *b, const struct report *r, struct err *e)
{
    char space[5][16];
    uint32_t needs = collection_count(matching_needs(r->m));
    uint32_t numbers[] = {needs, needs - r->without, r->without,
                          collection_count(matching_results(r->m)), r->idle};
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
        snprintf(space[i], sizeof space[i], "%u", numbers[i]);
    return SAY(b, &r->speaker, "cli.summary", e, {"needs", str_of(space[0])},
               {"with", str_of(space[1])}, {"without", str_of(space[2])},
               {"results", str_of(space[3])}, {"idle", str_of(space[4])});
}

static enum rc print_summary(struct page *p, const struct report *r, struct buf *b,
                             const char *path, struct err *e)
{
    TRY(say_counts(b, r, e));
    TRY(page_wrap(p, buf_view(b), 0, 4, PAGE_PLAIN, e));
    if (r->problems) {
        char number[16];
        uint32_t shown = 0;
        snprintf(number, sizeof number, "%u", r->problems);
        buf_clear(b);
        TRY(SAY(b, &r->speaker, "cli.problems", e, {"n", str_of(number)}));
        TRY(page_wrap(p, buf_view(b), 0, 2, PAGE_PLAIN, e));
        TRY(print_problems(p, r, matching_needs(r->m), &shown, e));
        TRY(print_problems(p, r, matching_results(r->m), &shown, e));
        if (r->problems > shown)
            TRY(page_wrap(p, STR("…"), 2, 1, PAGE_PLAIN, e));
    }
    if (path) { /* in one piece, to be copied */
        buf_clear(b);
        TRY(SAY(b, &r->speaker, "cli.written", e, {"path", str_of(path)}));
        TRY(page_put(p, buf_view(b), e));
        TRY(page_line(p, e));
    }
    return page_print(p, e);
}

enum rc report_summary(struct report *r, const char *path, struct err *e)
{
    struct page p;
    struct buf b;
    page_init(&p);
    buf_init(&b, 1 << 20);
    enum rc rc = print_summary(&p, r, &b, path, e);
    buf_free(&b);
    page_free(&p);
    return rc;
}

/* ---- --tsv ---- */

/* A field of a line: a tab or line break within it would be two fields. */
static enum rc put_field(struct buf *b, struct str s, struct err *e)
{
    for (size_t i = 0; i < s.n; i++)
        TRY(buf_char(b, (unsigned char)s.p[i] < 0x20 ? ' ' : s.p[i], e));
    return RC_OK;
}

static enum rc put_expert(struct buf *b, struct expert expert, struct err *e)
{
    TRY(put_field(b, expert.name, e));
    if (!expert.unit.n)
        return RC_OK;
    TRY(buf_str(b, STR(" @ "), e));
    return put_field(b, expert.unit, e);
}

static enum rc lines_of(struct buf *b, const struct report *r, uint32_t need, struct err *e)
{
    char need_space[COLLECTION_ID], space[COLLECTION_ID];
    const struct match *match = NULL;
    const struct expert_match *people = NULL;
    struct str id = collection_id(matching_needs(r->m), need, need_space);
    uint32_t n =
        r->experts ? matching_experts_of(r->m, need, &people) : matching_of(r->m, need, &match);
    for (uint32_t i = 0; i < n; i++) {
        TRY(put_field(b, id, e));
        TRY(buf_char(b, '\t', e));
        if (r->experts)
            TRY(put_expert(b, matching_expert(r->m, people[i].expert), e));
        else
            TRY(put_field(b, collection_id(matching_results(r->m), match[i].result, space), e));
        double score = r->experts ? people[i].score : match[i].score;
        TRY(buf_printf(b, e, "\t%.6f\n", score));
    }
    return RC_OK;
}

enum rc report_tsv(struct report *r, struct err *e)
{
    struct buf b;
    buf_init(&b, SIZE_MAX / 2);
    enum rc rc = RC_OK;
    uint32_t n = collection_count(matching_needs(r->m));
    for (uint32_t need = 0; need < n && rc == RC_OK; need++) {
        buf_clear(&b);
        rc = lines_of(&b, r, need, e);
        if (rc == RC_OK)
            rc = cli_print(buf_view(&b), e);
    }
    buf_free(&b);
    return rc;
}
