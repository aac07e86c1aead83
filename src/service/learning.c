#include "service/learning.h"

#include "base/file.h"
#include "service/matching_int.h"
#include "sheet/sheet.h"

#include <stdio.h>
#include <stdlib.h>

#define WEIGHTS_MAX (64u << 10)
#define HEADER_ROWS 20 /* rows among which the header is sought */

/* ---- weights files ---- */

static double *weight_named(struct weights *w, struct str name)
{
    for (int f = 0; f < FEATURE__COUNT; f++)
        if (str_eq(name, str_of(feature_name((enum feature)f))))
            return &w->w[f];
    return str_eq(name, STR("bias")) ? &w->bias : NULL;
}

static enum rc read_line(struct weights *w, struct str line, struct err *e)
{
    char number[64], *end = NULL;
    size_t tab = str_find(line, STR("\t"), 0);
    double *to = tab == SIZE_MAX ? NULL : weight_named(w, str_sub(line, 0, tab));
    struct str text = tab == SIZE_MAX ? line : str_sub(line, tab + 1, line.n);
    if (to && text.n && text.n < sizeof number) {
        memcpy(number, text.p, text.n);
        number[text.n] = 0;
        *to = strtod(number, &end);
        if (end == number + text.n)
            return RC_OK;
    }
    return err_user(e, "match.weights", "%.*s", (int)MIN(line.n, (size_t)100), line.p);
}

enum rc weights_parse(struct weights *out, struct str text, struct err *e)
{
    *out = (struct weights){{0}, 0};
    for (uint32_t row = 1; text.n; row++) {
        size_t end = MIN(str_find(text, STR("\n"), 0), text.n);
        if (end)
            TRY(err_at(e, read_line(out, str_sub(text, 0, end), e), NULL, NULL, row, 0));
        text = str_sub(text, end + 1, text.n);
    }
    return RC_OK;
}

enum rc weights_load(struct weights *out, const char *path, struct err *e)
{
    struct buf b;
    buf_init(&b, WEIGHTS_MAX);
    enum rc rc = file_read(&b, path, e);
    if (rc == RC_OK)
        rc = err_at(e, weights_parse(out, buf_view(&b), e), path, NULL, 0, 0);
    buf_free(&b);
    return rc;
}

enum rc weights_print(struct buf *out, const struct weights *w, struct err *e)
{
    TRY(buf_printf(out, e, "bias\t%.17g\n", w->bias));
    for (int i = 0; i < FEATURE__COUNT; i++)
        TRY(buf_printf(out, e, "%s\t%.17g\n", feature_name((enum feature)i), w->w[i]));
    return RC_OK;
}

enum rc weights_save(const struct weights *w, const char *path, struct err *e)
{
    struct file_out *f = NULL;
    struct buf b;
    buf_init(&b, WEIGHTS_MAX);
    enum rc rc = weights_print(&b, w, e);
    if (rc == RC_OK)
        rc = file_out_open(&f, path, e);
    if (rc == RC_OK)
        rc = file_out_write(f, b.p, b.n, e);
    if (rc == RC_OK)
        rc = file_out_commit(f, e);
    else
        file_out_abandon(f);
    buf_free(&b);
    return rc;
}

/* ---- decisions ---- */

enum column { NEED, RESULT, DECISION, COLUMNS };
static const char *const column_names[COLUMNS] = {"need", "result", "decision"};

struct reading {
    const struct node *table; /* model/decisions.yaml */
    struct matching *m;
    struct learning *out;
    vec_example *examples;
    uint32_t at[COLUMNS]; /* columns; valid once found */
    bool found;
    int rows; /* seen before the header */
};

/* Lower case, without blanks, for comparing short labels. */
static size_t fold(struct str s, char *to, size_t room)
{
    size_t n = 0;
    s = str_trim(s);
    for (size_t i = 0; i < s.n && n < room; i++)
        if (s.p[i] != ' ' && s.p[i] != '_' && s.p[i] != '-')
            to[n++] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] + 32) : s.p[i];
    return n;
}

static bool is_listed(const struct node *list, struct str word)
{
    char a[96], b[96];
    struct str x = {a, fold(word, a, sizeof a)};
    for (const struct node *n = list ? list->child : NULL; n; n = n->next)
        if (str_eq(x, (struct str){b, fold(n->text, b, sizeof b)}))
            return true;
    return false;
}

static bool find_columns(struct reading *r, const struct sheet_row *row)
{
    const struct node *columns = node_get(r->table, "columns");
    bool has[COLUMNS] = {false};
    for (uint32_t c = 0; c < row->n; c++)
        for (int k = 0; k < COLUMNS; k++)
            if (!has[k] && is_listed(node_get(columns, column_names[k]), row->cell[c].text)) {
                has[k] = true;
                r->at[k] = c;
                break;
            }
    return has[NEED] && has[RESULT] && has[DECISION];
}

static struct str cell_text(const struct sheet_row *row, uint32_t c)
{
    return c < row->n ? str_trim(row->cell[c].text) : (struct str){"", 0};
}

static enum rc take_decision(struct reading *r, const struct sheet_row *row, struct err *e)
{
    struct example x = {.accepted = false};
    uint32_t need, result;
    struct str word = cell_text(row, r->at[DECISION]);
    r->out->rows++;
    x.accepted = is_listed(node_get(r->table, "accepted"), word);
    if (!x.accepted && !is_listed(node_get(r->table, "refused"), word)) {
        r->out->unknown_word++;
        return RC_OK;
    }
    TRY(collection_find(matching_needs(r->m), cell_text(row, r->at[NEED]), &need, e));
    TRY(collection_find(matching_results(r->m), cell_text(row, r->at[RESULT]), &result, e));
    r->out->unknown_need += need == UINT32_MAX;
    r->out->unknown_result += need != UINT32_MAX && result == UINT32_MAX;
    if (need == UINT32_MAX || result == UINT32_MAX)
        return RC_OK;
    x.need = need;
    TRY(matching_features(r->m, need, result, x.x, e));
    return vec_push(r->examples, x, e);
}

static enum rc take_row(void *ctx, const struct sheet_row *row, struct err *e)
{
    struct reading *r = ctx;
    if (r->found && !row->keys)
        return take_decision(r, row, e);
    if (r->rows++ < HEADER_ROWS || row->keys)
        r->found = find_columns(r, row) || r->found;
    return RC_OK;
}

enum rc learning_run(struct learning *out, const char *decisions,
                     const struct matching_options *options, const struct model *m, struct err *e)
{
    struct matching_options o = *options;
    struct matching *match = NULL;
    vec_example examples = {0};
    *out = (struct learning){0};
    o.k = 0;
    o.experts = false;
    enum rc rc;
    GOTO_OUT(matching_open(&match, &o, m, e));
    struct reading r = {.table = model_decisions(m), .m = match, .out = out, .examples = &examples};
    struct sheet_sink sink = {.ctx = &r, .row = take_row};
    GOTO_OUT(sheet_read(decisions, &sink, NULL, e));
    if (!r.found) {
        rc = err_at(e, err_user(e, "service.no_decisions", "%s", ""), decisions, NULL, 0, 0);
        goto out;
    }
    out->in_use = match->weights;
    rc = learn_fit(&out->report, &examples, &out->in_use, e);
    rc = err_at(e, rc, decisions, NULL, 0, 0);
out:
    vec_free(&examples);
    matching_close(match);
    return rc;
}
