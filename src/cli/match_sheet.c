/* -o: the workbook. */
#include "cli/match_int.h"
#include "cli/render.h"
#include "sheet/sheet_out.h"

#include <math.h>
#include <stdio.h>

struct column {
    const char *label; /* message key */
    double width;
    enum out_style style;
};

enum {
    M_NEED,
    M_TITLE,
    M_UNIT,
    M_RANK,
    M_SCORE,
    M_CREDIBLE,
    M_RESULT,
    M_RESULT_TITLE,
    M_RESULT_UNIT,
    M_REASONS,
    M_PERSON,
    M_CONTACT,
    M_INDUSTRY,
    M_REGION,
    M_TRL,
    M__COUNT
};
static const struct column match_columns[] = {
    [M_NEED] = {"column.need", 10, OUT_TEXT},
    [M_TITLE] = {"column.need_title", 30, OUT_WRAP},
    [M_UNIT] = {"column.need_unit", 22, OUT_WRAP},
    [M_RANK] = {"column.rank", 6, OUT_INTEGER},
    [M_SCORE] = {"column.score", 7, OUT_DECIMAL},
    [M_CREDIBLE] = {"column.credible", 10, OUT_TEXT},
    [M_RESULT] = {"column.result", 10, OUT_TEXT},
    [M_RESULT_TITLE] = {"column.result_title", 30, OUT_WRAP},
    [M_RESULT_UNIT] = {"column.result_unit", 22, OUT_WRAP},
    [M_REASONS] = {"column.reasons", 60, OUT_WRAP},
    [M_PERSON] = {"column.person", 12, OUT_WRAP},
    [M_CONTACT] = {"column.contact", 16, OUT_WRAP},
    [M_INDUSTRY] = {"column.industry", 14, OUT_WRAP},
    [M_REGION] = {"column.region", 12, OUT_WRAP},
    [M_TRL] = {"column.trl", 8, OUT_TEXT},
};

enum {
    E_NEED,
    E_TITLE,
    E_UNIT,
    E_RANK,
    E_SCORE,
    E_CREDIBLE,
    E_NAME,
    E_EXPERT_UNIT,
    E_CONTACT,
    E_ITEMS,
    E__COUNT
};
static const struct column expert_columns[] = {
    [E_NEED] = {"column.need", 10, OUT_TEXT},
    [E_TITLE] = {"column.need_title", 30, OUT_WRAP},
    [E_UNIT] = {"column.need_unit", 22, OUT_WRAP},
    [E_RANK] = {"column.rank", 6, OUT_INTEGER},
    [E_SCORE] = {"column.score", 7, OUT_DECIMAL},
    [E_CREDIBLE] = {"column.credible", 10, OUT_TEXT},
    [E_NAME] = {"column.expert", 14, OUT_WRAP},
    [E_EXPERT_UNIT] = {"column.expert_unit", 22, OUT_WRAP},
    [E_CONTACT] = {"column.contact", 16, OUT_WRAP},
    [E_ITEMS] = {"column.items", 70, OUT_WRAP},
};

enum {
    W_NEED,
    W_TITLE,
    W_UNIT,
    W_CONTACT,
    W_SCORE,
    W_RESULT,
    W_RESULT_TITLE,
    W_RESULT_UNIT,
    W_NEAR,
    W__COUNT
};
static const struct column without_columns[] = {
    [W_NEED] = {"column.need", 10, OUT_TEXT},
    [W_TITLE] = {"column.need_title", 34, OUT_WRAP},
    [W_UNIT] = {"column.need_unit", 24, OUT_WRAP},
    [W_CONTACT] = {"column.contact", 16, OUT_WRAP},
    [W_SCORE] = {"column.best_score", 9, OUT_DECIMAL},
    [W_RESULT] = {"column.best_result", 12, OUT_TEXT},
    [W_RESULT_TITLE] = {"column.best_title", 34, OUT_WRAP},
    [W_RESULT_UNIT] = {"column.result_unit", 24, OUT_WRAP},
    [W_NEAR] = {"column.near", 50, OUT_WRAP},
};

enum {
    I_RESULT,
    I_TITLE,
    I_UNIT,
    I_PERSON,
    I_CONTACT,
    I_INDUSTRY,
    I_SCORE,
    I_NEED,
    I_NEED_TITLE,
    I__COUNT
};
static const struct column idle_columns[] = {
    [I_RESULT] = {"column.result", 10, OUT_TEXT},
    [I_TITLE] = {"column.result_title", 34, OUT_WRAP},
    [I_UNIT] = {"column.result_unit", 24, OUT_WRAP},
    [I_PERSON] = {"column.person", 12, OUT_WRAP},
    [I_CONTACT] = {"column.contact", 16, OUT_WRAP},
    [I_INDUSTRY] = {"column.industry", 14, OUT_WRAP},
    [I_SCORE] = {"column.best_score", 9, OUT_DECIMAL},
    [I_NEED] = {"column.best_need", 12, OUT_TEXT},
    [I_NEED_TITLE] = {"column.best_need_title", 34, OUT_WRAP},
};

enum { P_FILE, P_SHEET, P_ROW, P_COLUMN, P_WHAT, P_TODO, P__COUNT };
static const struct column problem_columns[] = {
    [P_FILE] = {"column.file", 28, OUT_WRAP},    [P_SHEET] = {"column.sheet", 16, OUT_WRAP},
    [P_ROW] = {"column.row", 8, OUT_INTEGER},    [P_COLUMN] = {"column.column", 8, OUT_TEXT},
    [P_WHAT] = {"column.problem", 50, OUT_WRAP}, [P_TODO] = {"column.todo", 50, OUT_WRAP},
};

/* The workbook while it is written. */
struct book {
    struct sheet_out *out;
    const struct report *r;
    struct view view;
    struct buf text;
    struct reason_block reasons;
    uint32_t matches, experts, without, idle, problems; /* sheets */
    uint32_t *first_row; /* [needs] row of its first match in the sheet of matches; 0: none */
    uint32_t *near_row;  /* [needs] row in the sheet of needs without a result; 0: none */
};

static enum rc add_sheet(struct book *b, const char *name, const struct column *columns, uint32_t n,
                         uint32_t *sheet, struct err *e)
{
    struct out_column out[M__COUNT];
    const struct speaker *s = &b->r->speaker;
    for (uint32_t i = 0; i < n; i++)
        out[i] =
            (struct out_column){sentence(s, columns[i].label), columns[i].width, columns[i].style};
    return sheet_out_sheet(b->out, sentence(s, name), out, n, sheet, e);
}

static enum rc put_text(struct book *b, uint32_t sheet, uint32_t col, struct str s, struct err *e)
{
    return sheet_out_text(b->out, sheet, col, s, e);
}

/* As it is shown, with one decimal. */
static enum rc put_score(struct book *b, uint32_t sheet, uint32_t col, double score, struct err *e)
{
    return sheet_out_number(b->out, sheet, col, round(score * 10) / 10, e);
}

static enum rc put_link(struct book *b, uint32_t sheet, uint32_t col, struct str s,
                        uint32_t to_sheet, uint32_t to_row, struct err *e)
{
    return to_row ? sheet_out_link(b->out, sheet, col, s, to_sheet, to_row, e)
                  : put_text(b, sheet, col, s, e);
}

static enum rc put_credible(struct book *b, uint32_t sheet, uint32_t col, bool credible,
                            struct err *e)
{
    const char *key = credible ? "cli.credible" : "cli.weak";
    return put_text(b, sheet, col, sentence(&b->r->speaker, key), e);
}

static enum rc put_fields(struct book *b, uint32_t sheet, const struct item *item,
                          const uint32_t (*to)[2], size_t n, struct err *e)
{
    for (size_t i = 0; i < n; i++)
        TRY(put_text(b, sheet, to[i][1], item->field[to[i][0]], e));
    return RC_OK;
}

static struct str need_id(const struct book *b, uint32_t i, char space[COLLECTION_ID])
{
    return collection_id(matching_needs(b->r->m), i, space);
}

static struct str result_id(const struct book *b, uint32_t i, char space[COLLECTION_ID])
{
    return collection_id(matching_results(b->r->m), i, space);
}

/* ---- the sheet of matches ---- */

static enum rc put_match(struct book *b, uint32_t need, const struct match *match, uint32_t rank,
                         struct err *e)
{
    static const uint32_t need_fields[][2] = {{FIELD_TITLE, M_TITLE}, {FIELD_ORG, M_UNIT}};
    static const uint32_t result_fields[][2] = {
        {FIELD_TITLE, M_RESULT_TITLE},
        {FIELD_ORG, M_RESULT_UNIT},
        {FIELD_PERSON, M_PERSON},
        {FIELD_CONTACT, M_CONTACT},
        {FIELD_INDUSTRY, M_INDUSTRY},
        {FIELD_REGION, M_REGION},
        {FIELD_TRL, M_TRL},
    };
    char space[COLLECTION_ID];
    uint32_t sheet = b->matches;
    struct sheet_out *out = b->out;
    struct item asked = collection_item(matching_needs(b->r->m), need);
    struct item found = collection_item(matching_results(b->r->m), match->result);
    TRY(sheet_out_row(out, sheet, NULL, e));
    TRY(put_link(b, sheet, M_NEED, need_id(b, need, space), b->without, b->near_row[need], e));
    TRY(put_fields(b, sheet, &asked, need_fields, ARRAY_LEN(need_fields), e));
    TRY(sheet_out_number(out, sheet, M_RANK, rank, e));
    TRY(put_score(b, sheet, M_SCORE, match->score, e));
    TRY(put_credible(b, sheet, M_CREDIBLE, match->credible, e));
    TRY(put_text(b, sheet, M_RESULT, result_id(b, match->result, space), e));
    TRY(put_fields(b, sheet, &found, result_fields, ARRAY_LEN(result_fields), e));
    return put_text(b, sheet, M_REASONS, rendered(&b->reasons, need, rank - 1), e);
}

static enum rc put_matches(struct book *b, uint32_t need, struct err *e)
{
    const struct match *match;
    uint32_t n = matching_of(b->r->m, need, &match);
    for (uint32_t i = 0; i < n; i++)
        TRY(put_match(b, need, &match[i], i + 1, e));
    return RC_OK;
}

/* ---- needs without a result ---- */

static enum rc put_without(struct book *b, uint32_t need, struct err *e)
{
    static const uint32_t fields[][2] = {
        {FIELD_TITLE, W_TITLE}, {FIELD_ORG, W_UNIT}, {FIELD_CONTACT, W_CONTACT}};
    static const uint32_t result_fields[][2] = {{FIELD_TITLE, W_RESULT_TITLE},
                                                {FIELD_ORG, W_RESULT_UNIT}};
    char space[COLLECTION_ID];
    uint32_t row, sheet = b->without;
    const struct match *match;
    uint32_t n = matching_of(b->r->m, need, &match);
    struct item item = collection_item(matching_needs(b->r->m), need);
    TRY(sheet_out_row(b->out, sheet, &row, e));
    b->near_row[need] = row;
    TRY(put_fields(b, sheet, &item, fields, ARRAY_LEN(fields), e));
    if (!n) {
        TRY(put_text(b, sheet, W_NEED, need_id(b, need, space), e));
        return put_text(b, sheet, W_NEAR, sentence(&b->r->speaker, "cli.nothing_found"), e);
    }
    TRY(view_pair(&b->view, b->r, need, match[0].result, e));
    TRY(put_link(b, sheet, W_NEED, need_id(b, need, space), b->matches, b->first_row[need], e));
    TRY(put_score(b, sheet, W_SCORE, match[0].score, e));
    TRY(put_text(b, sheet, W_RESULT, result_id(b, match[0].result, space), e));
    TRY(put_fields(b, sheet, &b->view.result, result_fields, ARRAY_LEN(result_fields), e));
    buf_clear(&b->text);
    TRY(say_words(&b->text, &b->r->speaker, &b->view.pair, REASON_PHRASES, e));
    return put_text(b, sheet, W_NEAR, buf_view(&b->text), e);
}

/* ---- experts ---- */

/* A line for every item: its id, title and score. */
static enum rc say_items(struct book *b, const struct expert_match *match, struct err *e)
{
    char space[COLLECTION_ID], score[16];
    buf_clear(&b->text);
    for (uint32_t i = 0; i < match->n; i++) {
        uint32_t result = match->item[i].result;
        struct item item = collection_item(matching_results(b->r->m), result);
        snprintf(score, sizeof score, "%.1f", match->item[i].score);
        if (i)
            TRY(buf_char(&b->text, '\n', e));
        TRY(SAY(&b->text, &b->r->speaker, "reason.item", e, {"id", result_id(b, result, space)},
                {"title", item.field[FIELD_TITLE]}, {"score", str_of(score)}));
    }
    return RC_OK;
}

static enum rc put_expert(struct book *b, uint32_t need, const struct expert_match *match,
                          uint32_t rank, struct err *e)
{
    static const uint32_t fields[][2] = {{FIELD_TITLE, E_TITLE}, {FIELD_ORG, E_UNIT}};
    char space[COLLECTION_ID];
    uint32_t sheet = b->experts;
    struct item item = collection_item(matching_needs(b->r->m), need);
    struct expert expert = matching_expert(b->r->m, match->expert);
    TRY(sheet_out_row(b->out, sheet, NULL, e));
    TRY(put_link(b, sheet, E_NEED, need_id(b, need, space), b->matches, b->first_row[need], e));
    TRY(put_fields(b, sheet, &item, fields, ARRAY_LEN(fields), e));
    TRY(sheet_out_number(b->out, sheet, E_RANK, rank, e));
    TRY(put_score(b, sheet, E_SCORE, match->score, e));
    TRY(put_credible(b, sheet, E_CREDIBLE, match->credible, e));
    TRY(put_text(b, sheet, E_NAME, expert.name, e));
    TRY(put_text(b, sheet, E_EXPERT_UNIT, expert.unit, e));
    if (match->n) {
        struct item first = collection_item(matching_results(b->r->m), match->item[0].result);
        TRY(put_text(b, sheet, E_CONTACT, first.field[FIELD_CONTACT], e));
    }
    TRY(say_items(b, match, e));
    return put_text(b, sheet, E_ITEMS, buf_view(&b->text), e);
}

static enum rc put_experts(struct book *b, uint32_t need, struct err *e)
{
    const struct expert_match *match;
    uint32_t n = matching_experts_of(b->r->m, need, &match);
    for (uint32_t i = 0; i < n; i++)
        TRY(put_expert(b, need, &match[i], i + 1, e));
    return RC_OK;
}

/* ---- results without a need ---- */

static enum rc put_idle(struct book *b, uint32_t result, struct err *e)
{
    static const uint32_t fields[][2] = {
        {FIELD_TITLE, I_TITLE},     {FIELD_ORG, I_UNIT},          {FIELD_PERSON, I_PERSON},
        {FIELD_CONTACT, I_CONTACT}, {FIELD_INDUSTRY, I_INDUSTRY},
    };
    char space[COLLECTION_ID];
    uint32_t sheet = b->idle;
    const struct best *best = &b->r->best[result];
    struct item item = collection_item(matching_results(b->r->m), result);
    TRY(sheet_out_row(b->out, sheet, NULL, e));
    TRY(put_text(b, sheet, I_RESULT, result_id(b, result, space), e));
    TRY(put_fields(b, sheet, &item, fields, ARRAY_LEN(fields), e));
    if (best->need == UINT32_MAX)
        return RC_OK;
    struct item need = collection_item(matching_needs(b->r->m), best->need);
    TRY(put_score(b, sheet, I_SCORE, best->score, e));
    TRY(put_link(b, sheet, I_NEED, need_id(b, best->need, space), b->matches,
                 b->first_row[best->need], e));
    return put_text(b, sheet, I_NEED_TITLE, need.field[FIELD_TITLE], e);
}

/* ---- rows with problems ---- */

static enum rc put_problems(struct book *b, struct collection *c, struct err *e)
{
    const struct row_problem *p;
    uint32_t n = collection_problems(c, &p), sheet = b->problems;
    for (uint32_t i = 0; i < n; i++) {
        char letters[8];
        TRY(sheet_out_row(b->out, sheet, NULL, e));
        TRY(put_text(b, sheet, P_FILE, str_of(collection_path(c)), e));
        TRY(put_text(b, sheet, P_SHEET, p[i].sheet_name, e));
        if (p[i].row)
            TRY(sheet_out_number(b->out, sheet, P_ROW, p[i].row, e));
        TRY(put_text(b, sheet, P_COLUMN, column_letters(letters, p[i].col), e));
        buf_clear(&b->text);
        TRY(say_problem(&b->text, &b->r->speaker, &p[i], e));
        TRY(put_text(b, sheet, P_WHAT, buf_view(&b->text), e));
        TRY(put_text(b, sheet, P_TODO, todo_of(&b->r->speaker, &p[i]), e));
    }
    return RC_OK;
}

/* ---- the whole ---- */

static enum rc add_sheets(struct book *b, struct err *e)
{
    TRY(add_sheet(b, "sheetname.matches", match_columns, M__COUNT, &b->matches, e));
    if (b->r->experts)
        TRY(add_sheet(b, "sheetname.experts", expert_columns, E__COUNT, &b->experts, e));
    TRY(add_sheet(b, "sheetname.without", without_columns, W__COUNT, &b->without, e));
    TRY(add_sheet(b, "sheetname.idle", idle_columns, I__COUNT, &b->idle, e));
    return add_sheet(b, "sheetname.problems", problem_columns, P__COUNT, &b->problems, e);
}

static enum rc fill(struct book *b, struct err *e)
{
    uint32_t needs = collection_count(matching_needs(b->r->m));
    uint32_t results = collection_count(matching_results(b->r->m));
    TRY(add_sheets(b, e));
    uint32_t next = 2; /* row of the next match */
    for (uint32_t need = 0; need < needs; need++) {
        const struct match *match;
        uint32_t n = matching_of(b->r->m, need, &match);
        if (need % REASON_BLOCK == 0) {
            TRY(progress_step(b->r->progress, "write", (double)need / needs, e));
            TRY(render(&b->reasons, b->r, need, MIN(needs - need, (uint32_t)REASON_BLOCK), e));
        }
        b->first_row[need] = n ? next : 0; /* known before it is written: links go both ways */
        next += n;
        if (!need_has_match(b->r, need))
            TRY(put_without(b, need, e));
        TRY(put_matches(b, need, e));
        if (b->r->experts)
            TRY(put_experts(b, need, e));
    }
    for (uint32_t result = 0; result < results; result++)
        if (!b->r->best[result].credible)
            TRY(put_idle(b, result, e));
    TRY(put_problems(b, matching_needs(b->r->m), e));
    return put_problems(b, matching_results(b->r->m), e);
}

enum rc report_sheet(struct report *r, struct sheet_out *out, struct err *e)
{
    struct book b = {.out = out, .r = r};
    uint32_t needs = collection_count(matching_needs(r->m));
    buf_init(&b.text, 1 << 24);
    b.first_row = mem_calloc(needs, sizeof *b.first_row);
    b.near_row = mem_calloc(needs, sizeof *b.near_row);
    enum rc rc = b.first_row && b.near_row ? fill(&b, e) : err_nomem(e);
    if (rc == RC_OK)
        rc = sheet_out_close(out, e);
    else
        sheet_out_abandon(out);
    buf_free(&b.text);
    view_free(&b.view);
    render_free(&b.reasons);
    mem_free(b.first_row);
    mem_free(b.near_row);
    return rc;
}
