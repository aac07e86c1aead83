/* qiao search: the results of an index that fit a text. */
#include "cli/catalog_int.h"

#include <stdio.h>

struct search_args {
    struct common common;
    uint32_t k;
    bool tsv, json;
};
#define HERE(member) offsetof(struct search_args, member)

static const struct option options[] = {
    {.letter = 'k',
     .kind = OPTION_COUNT,
     .to = HERE(k),
     .min = 1,
     .max = 1e6,
     .value = {"数", "N"},
     .help = {"最多列出的成果数（默认 10）", "results at most (10 if not given)"}},
    {.name = "tsv",
     .kind = OPTION_FLAG,
     .to = HERE(tsv),
     .help = {"输出：成果编号、得分", "print id, score"}},
    {.name = "json",
     .kind = OPTION_FLAG,
     .to = HERE(json),
     .help = {"输出 JSON，含理由", "print JSON with the reasons"}},
};

struct searching {
    struct speaker speaker;
    struct catalog *catalog;
    struct str text;
    vec_found found;
    vec_reason reasons;
    struct page page;
    struct buf line;
};

/* One answer in one form; `rank` from 0. */
typedef enum rc (*answer_fn)(struct searching *x, const struct item *it, size_t rank,
                             struct err *e);

/* ---- the forms ---- */

static enum rc answer_tsv(struct searching *x, const struct item *it, size_t rank, struct err *e)
{
    buf_clear(&x->line);
    TRY(put_plain(&x->line, it->id, e));
    TRY(buf_printf(&x->line, e, "\t%.6f\n", x->found.p[rank].score));
    return cli_print(buf_view(&x->line), e);
}

static enum rc put_json(struct buf *to, const char *before, struct str s, struct err *e)
{
    TRY(buf_str(to, str_of(before), e));
    return buf_json(to, s, e);
}

static enum rc put_phrases(struct searching *x, struct err *e)
{
    TRY(buf_str(&x->line, STR(",\"reasons\":["), e));
    for (size_t i = 0; i < x->reasons.n; i++) {
        const struct reason *r = &x->reasons.p[i];
        size_t from = utf8_len(str_sub(x->text, 0, r->need.from));
        size_t to = from + utf8_len(span_str(x->text, r->need));
        TRY(buf_printf(&x->line, e, "%s{\"code\":\"%s\",\"need\":{\"from\":%zu,\"to\":%zu",
                       i ? "," : "", reason_name(r->code), from, to));
        TRY(put_json(&x->line, ",\"text\":", span_str(x->text, r->need), e));
        TRY(buf_str(&x->line, STR("}}"), e));
    }
    return buf_char(&x->line, ']', e);
}

static enum rc answer_json(struct searching *x, const struct item *it, size_t rank, struct err *e)
{
    buf_clear(&x->line);
    TRY(put_json(&x->line, rank ? ",\n{\"id\":" : "\n{\"id\":", it->id, e));
    TRY(put_json(&x->line, ",\"title\":", it->field[FIELD_TITLE], e));
    TRY(put_json(&x->line, ",\"unit\":", it->field[FIELD_ORG], e));
    TRY(buf_printf(&x->line, e, ",\"score\":%.6f", x->found.p[rank].score));
    TRY(put_phrases(x, e));
    TRY(buf_char(&x->line, '}', e));
    return cli_print(buf_view(&x->line), e);
}

static enum rc answer_table(struct searching *x, const struct item *it, size_t rank, struct err *e)
{
    char number[16], score[16];
    const struct item need = {.text = x->text};
    const struct pair pair = {&need, it, &x->reasons};
    snprintf(number, sizeof number, "%zu", rank + 1);
    snprintf(score, sizeof score, "%.1f", x->found.p[rank].score);
    TRY(page_cell(&x->page, str_of(number), 4, PAGE_RIGHT, PAGE_PLAIN, e));
    TRY(page_cell(&x->page, str_of(score), 6, PAGE_RIGHT, PAGE_PLAIN, e));
    TRY(page_blank(&x->page, 2, e));
    TRY(print_item(&x->page, it, 12, e));
    buf_clear(&x->line);
    TRY(say_words(&x->line, &x->speaker, &pair, 4, e));
    TRY(page_wrap(&x->page, buf_view(&x->line), 12, 2, PAGE_PLAIN, e));
    return page_print(&x->page, e);
}

/* ---- the command ---- */

static enum rc answer_all(struct searching *x, answer_fn answer, struct err *e)
{
    for (size_t i = 0; i < x->found.n; i++) {
        struct item it;
        x->reasons.n = 0;
        TRY(catalog_item(x->catalog, x->found.p[i].number, &it, e));
        if (answer != answer_tsv)
            TRY(catalog_phrases(x->catalog, x->text, &it, &x->reasons, e));
        TRY(answer(x, &it, i, e));
    }
    return RC_OK;
}

static enum rc print_found(struct searching *x, const struct search_args *a, struct err *e)
{
    if (a->json) {
        TRY(cli_print(STR("{\"matches\":["), e));
        TRY(answer_all(x, answer_json, e));
        return cli_print(STR("]}\n"), e);
    }
    if (a->tsv)
        return answer_all(x, answer_tsv, e);
    if (a->common.quiet)
        return RC_OK;
    if (!x->found.n)
        TRY(page_wrap(&x->page, sentence(&x->speaker, "cli.nothing_found"), 0, 2, PAGE_PLAIN, e));
    TRY(answer_all(x, answer_table, e));
    return page_print(&x->page, e);
}

static enum rc search(struct cli *c, const struct search_args *a, char **words, struct err *e)
{
    struct searching x = {.text = str_of(words[1])};
    page_init(&x.page);
    buf_init(&x.line, SIZE_MAX / 2);
    enum rc rc;
    GOTO_OUT(cli_model(c, e));
    x.speaker = (struct speaker){c->model, c->lang};
    GOTO_OUT(catalog_open(&x.catalog, words[0], INDEX_READ, e));
    GOTO_OUT(catalog_search(x.catalog, x.text, a->k, &x.found, e));
    rc = print_found(&x, a, e);
out:
    catalog_close(x.catalog);
    vec_free(&x.found);
    vec_free(&x.reasons);
    page_free(&x.page);
    buf_free(&x.line);
    return rc;
}

static enum rc search_run(struct cli *c, int argc, char **argv, struct err *e)
{
    struct search_args a = {.k = 10};
    int n;
    bool done;
    TRY(cli_parse(c, &search_command, &a, argc, argv, &n, &done, e));
    if (done)
        return RC_OK;
    if (a.json && a.tsv)
        return err_user(e, "cli.not_both", "--json\t--tsv");
    if (n != 2)
        return err_user(e, n < 2 ? "cli.search_words" : "cli.too_many_words", "%.60s",
                        n > 2 ? argv[2] : "");
    return search(c, &a, argv, e);
}

const struct command search_command = {
    .name = "search",
    .run = search_run,
    .options = options,
    .n_options = ARRAY_LEN(options),
    .usage = {"[选项] 库 文字", "[OPTION]... DIR TEXT"},
    .what = {"在库中找出与一段文字相合的成果", "find the results of an index that fit a text"},
    .more = {NULL, NULL},
};
