/* qiao match: the two spreadsheets in, the chosen output out. */
#include "base/file.h"
#include "cli/match_int.h"
#include "sheet/sheet_out.h"

#include <math.h>
#include <stdio.h>
#include <sys/stat.h>

#define HERE(member) offsetof(struct match_args, member)

static const struct option options[] = {
    {.letter = 'o',
     .kind = OPTION_TEXT,
     .to = HERE(out),
     .value = {"文件.xlsx", "FILE.xlsx"},
     .help = {"写出工作簿", "write the workbook"}},
    {.letter = 'k',
     .kind = OPTION_COUNT,
     .to = HERE(k),
     .min = 1,
     .max = 1e6,
     .value = {"数", "N"},
     .help = {"每个需求最多列出的成果数（默认 10）", "results a need at most (10 if not given)"}},
    {.name = "min-score",
     .kind = OPTION_REAL,
     .to = HERE(min_score),
     .max = 100,
     .value = {"分", "X"},
     .help = {"不列低于此分的匹配（0 到 100）", "leave out matches below this score (0 to 100)"}},
    {.name = "experts",
     .kind = OPTION_FLAG,
     .to = HERE(experts),
     .help = {"按人归并成果，给需求找专家", "match needs with people, by their results"}},
    {.name = "tsv",
     .kind = OPTION_FLAG,
     .to = HERE(tsv),
     .help = {"输出：需求编号、成果编号、得分", "print need id, result id, score"}},
    {.name = "json",
     .kind = OPTION_FLAG,
     .to = HERE(json),
     .help = {"输出 JSON，含理由", "print JSON with the reasons"}},
    {.name = "explain",
     .kind = OPTION_PAIR,
     .to = HERE(explain),
     .value = {"需求 成果", "NEED RESULT"},
     .help = {"显示这一对的全部计算", "show the whole arithmetic of this pair"}},
    {.name = "map",
     .kind = OPTION_LIST,
     .to = HERE(map),
     .value = {"字段=列名", "FIELD=COLUMN"},
     .help = {"指明两个文件中的列，可多次", "name a column of both files; may be repeated"}},
    {.name = "map-needs",
     .kind = OPTION_LIST,
     .to = HERE(map_needs),
     .value = {"字段=列名", "FIELD=COLUMN"},
     .help = {"只指明需求表中的列", "a column of the needs only"}},
    {.name = "map-results",
     .kind = OPTION_LIST,
     .to = HERE(map_results),
     .value = {"字段=列名", "FIELD=COLUMN"},
     .help = {"只指明成果表中的列", "a column of the results only"}},
    {.name = "threads",
     .kind = OPTION_COUNT,
     .to = HERE(threads),
     .min = 1,
     .max = 1024,
     .value = {"数", "N"},
     .help = {"线程数（默认：处理器数）", "threads (one for every processor if not given)"}}};

/* ---- the command line ---- */

/* "-o" must not be one of the inputs, nor have the name of another kind of file. */
static enum rc check_out(const struct match_args *a, struct err *e)
{
    size_t n = strlen(a->out);
    if (n < 5 || (strcmp(a->out + n - 5, ".xlsx") != 0 && strcmp(a->out + n - 5, ".XLSX") != 0))
        return err_at(e, err_user(e, "cli.out_not_xlsx", "%s", ""), a->out, NULL, 0, 0);
    const char *inputs[] = {a->needs, a->results};
    struct stat out, in;
    if (stat(a->out, &out) != 0)
        return RC_OK;
    for (size_t i = 0; i < ARRAY_LEN(inputs); i++)
        if (stat(inputs[i], &in) == 0 && in.st_dev == out.st_dev && in.st_ino == out.st_ino)
            return err_at(e, err_user(e, "cli.out_is_input", "%s", ""), a->out, NULL, 0, 0);
    return RC_OK;
}

static enum rc check_args(struct match_args *a, int n, char **words, struct err *e)
{
    if (n != 2)
        return err_user(e, n < 2 ? "cli.match_two_files" : "cli.too_many_words", "%.60s",
                        n > 2 ? words[2] : "");
    a->needs = words[0];
    a->results = words[1];
    if (a->json && a->tsv)
        return err_user(e, "cli.not_both", "--json\t--tsv");
    if (a->explain[0] && (a->json || a->tsv || a->out))
        return err_user(e, "cli.not_both", "--explain\t%s",
                        a->json  ? "--json"
                        : a->tsv ? "--tsv"
                                 : "-o");
    if (strcmp(a->needs, "-") == 0 && strcmp(a->results, "-") == 0)
        return err_user(e, "cli.one_standard_input", "%s", "");
    TRY(cli_check_input(a->needs, e));
    TRY(cli_check_input(a->results, e));
    return a->out ? check_out(a, e) : RC_OK;
}

typedef VEC(struct column_map) vec_map;

static enum rc read_maps(vec_map *to, const struct option_list *specs, struct err *e)
{
    for (size_t i = 0; i < specs->words.n; i++) {
        struct column_map map;
        TRY(column_map_parse(&map, str_of(specs->words.p[i]), e));
        TRY(vec_push(to, map, e));
    }
    return RC_OK;
}

static void args_free(struct match_args *a)
{
    vec_free(&a->map.words);
    vec_free(&a->map_needs.words);
    vec_free(&a->map_results.words);
}

/* ---- the report ---- */

bool need_has_match(const struct report *r, uint32_t need)
{
    const struct match *match;
    return matching_of(r->m, need, &match) > 0 && match[0].credible;
}

static void note_best(struct report *r, uint32_t need)
{
    const struct match *match;
    uint32_t n = matching_of(r->m, need, &match);
    for (uint32_t i = 0; i < n; i++) {
        struct best *best = &r->best[match[i].result];
        if (best->need == UINT32_MAX || match[i].score > best->score)
            *best = (struct best){need, match[i].score, match[i].credible};
    }
}

enum rc report_open(struct report *r, struct err *e)
{
    const struct row_problem *unused;
    uint32_t needs = collection_count(matching_needs(r->m));
    uint32_t results = collection_count(matching_results(r->m));
    r->best = mem_calloc(results, sizeof *r->best);
    if (!r->best)
        return err_nomem(e);
    for (uint32_t i = 0; i < results; i++)
        r->best[i].need = UINT32_MAX;
    for (uint32_t i = 0; i < needs; i++) {
        note_best(r, i);
        r->without += !need_has_match(r, i);
    }
    for (uint32_t i = 0; i < results; i++)
        r->idle += !r->best[i].credible;
    r->problems = collection_problems(matching_needs(r->m), &unused) +
                  collection_problems(matching_results(r->m), &unused);
    return RC_OK;
}

void report_close(struct report *r)
{
    mem_free(r->best);
    r->best = NULL;
}

enum rc view_pair(struct view *v, const struct report *r, uint32_t need, uint32_t result,
                  struct err *e)
{
    v->need = collection_item(matching_needs(r->m), need);
    v->result = collection_item(matching_results(r->m), result);
    v->reasons.n = 0;
    v->pair = (struct pair){&v->need, &v->result, &v->reasons};
    return matching_reasons(r->m, &v->desk, need, result, &v->reasons, e);
}

void view_free(struct view *v)
{
    vec_free(&v->reasons);
    reason_desk_free(&v->desk);
}

/* ---- the command ---- */

static enum rc write_report(struct report *r, const struct match_args *a, struct sheet_out **out,
                            struct err *e)
{
    if (a->explain[0])
        return report_explain(r, a->explain, e);
    TRY(report_open(r, e));
    if (*out) {
        struct sheet_out *taken = *out;
        *out = NULL;
        TRY(report_sheet(r, taken, e));
        progress_end(r->progress);
        cli_goodbye(NULL); /* from here on there is a file */
    }
    if (a->json)
        return report_json(r, e);
    if (a->tsv)
        return report_tsv(r, e);
    if (a->common.quiet)
        return RC_OK;
    if (!a->out)
        TRY(report_table(r, e));
    return report_summary(r, a->out, e);
}

/* The sentence for Ctrl-C must be there before it is needed. */
static enum rc prepare_goodbye(struct buf *to, const struct speaker *s, struct err *e)
{
    TRY(buf_str(to, STR("qiao: "), e));
    TRY(SAY(to, s, "base.cancelled", e, {"", {0}}));
    TRY(buf_char(to, '\n', e));
    cli_goodbye(to->p);
    return RC_OK;
}

static enum rc match_with(struct cli *c, const struct match_args *a, struct matching_options *o,
                          struct err *e)
{
    struct report r = {
        .speaker = {c->model, c->lang}, .experts = a->experts, .threads = a->threads};
    struct progress progress;
    struct sheet_out *out = NULL;
    struct buf goodbye;
    buf_init(&goodbye, 1024);
    progress_init(&progress, r.speaker, a->common.quiet);
    progress.needs = a->needs;
    progress.results = a->results;
    r.progress = &progress;
    o->progress = progress_step;
    o->progress_ctx = &progress;
    enum rc rc = prepare_goodbye(&goodbye, &r.speaker, e);
    /* A folder that cannot be written is known before the work, not after it. */
    if (rc == RC_OK && a->out)
        rc = sheet_out_open(&out, a->out, e);
    if (rc == RC_OK)
        rc = matching_open(&r.m, o, c->model, e);
    progress_end(&progress);
    if (rc == RC_OK)
        rc = write_report(&r, a, &out, e);
    progress_end(&progress);
    sheet_out_abandon(out);
    report_close(&r);
    matching_close(r.m);
    cli_goodbye(NULL);
    buf_free(&goodbye);
    return rc;
}

static enum rc match_files(struct cli *c, const struct match_args *a, struct err *e)
{
    vec_map needs = {0}, results = {0};
    char weights[WEIGHTS_PATH];
    enum rc rc;
    GOTO_OUT(read_maps(&needs, &a->map, e));
    GOTO_OUT(read_maps(&needs, &a->map_needs, e));
    GOTO_OUT(read_maps(&results, &a->map, e));
    GOTO_OUT(read_maps(&results, &a->map_results, e));
    GOTO_OUT(cli_model(c, e));
    struct matching_options o = {
        .needs = a->needs,
        .results = a->results,
        .needs_map = needs.p,
        .n_needs_map = needs.n,
        .results_map = results.p,
        .n_results_map = results.n,
        .k = a->explain[0] ? 1 : a->k,
        .experts = a->experts && !a->explain[0],
        .threads = a->threads,
        .min_score = a->min_score,
        .weights = weights_installed(weights),
    };
    rc = match_with(c, a, &o, e);
out:
    vec_free(&needs);
    vec_free(&results);
    return rc;
}

static enum rc match_run(struct cli *c, int argc, char **argv, struct err *e)
{
    struct match_args a = {.k = 10, .min_score = -1};
    int n;
    bool done;
    enum rc rc = cli_parse(c, &match_command, &a, argc, argv, &n, &done, e);
    if (rc == RC_OK && !done)
        rc = check_args(&a, n, argv, e);
    if (rc == RC_OK && !done)
        rc = match_files(c, &a, e);
    args_free(&a);
    return rc;
}

const struct command match_command = {
    .name = "match",
    .run = match_run,
    .options = options,
    .n_options = ARRAY_LEN(options),
    .usage = {"[选项] 需求表 成果表", "[OPTION]... NEEDS RESULTS"},
    .what = {"为每个需求找出合适的成果，并说明理由",
             "find the results that fit every need, and say why"},
    .more = {"读 xlsx、csv、tsv、jsonl；“-” 是标准输入。字段：\n"
             "  id title body org person contact industry region trl indicators budget\n"
             "  deadline keywords type date",
             "Reads xlsx, csv, tsv, jsonl; \"-\" is standard input. Fields:\n"
             "  id title body org person contact industry region trl indicators budget\n"
             "  deadline keywords type date"},
};
