/* qiao index: results kept in a directory. */
#include "cli/catalog_int.h"
#include "cli/progress.h"

#include <stdio.h>

enum { PROBLEMS = 20, ID_COLUMNS = 18, UNIT_COLUMNS = 24 };

struct index_args {
    struct common common;
    bool tsv;
    struct option_list map;
};
#define HERE(member) offsetof(struct index_args, member)

static const struct option options[] = {
    {.name = "map",
     .kind = OPTION_LIST,
     .to = HERE(map),
     .value = {"字段=列名", "FIELD=COLUMN"},
     .help = {"add：指明文件中的列，可多次", "add: name a column of the file; may be repeated"}},
    {.name = "tsv",
     .kind = OPTION_FLAG,
     .to = HERE(tsv),
     .help = {"list：输出编号、名称、单位", "list: print id, title, unit"}},
};

/* One run of the command. */
struct indexing {
    struct cli *c;
    const struct index_args *args;
    const char *path;
    char **word; /* after the action */
    int n;
    struct speaker speaker;
    struct catalog *catalog;
    struct page page;
    struct buf text;
};

enum rc put_plain(struct buf *to, struct str s, struct err *e)
{
    for (size_t i = 0; i < s.n; i++)
        TRY(buf_char(to, (unsigned char)s.p[i] < 0x20 ? ' ' : s.p[i], e));
    return RC_OK;
}

enum rc print_item(struct page *p, const struct item *it, size_t used, struct err *e)
{
    size_t title = p->width - used - ID_COLUMNS - UNIT_COLUMNS - 4;
    TRY(page_cell(p, it->id, ID_COLUMNS, PAGE_LEFT, PAGE_DIM, e));
    TRY(page_blank(p, 2, e));
    TRY(page_cell(p, it->field[FIELD_TITLE], title, PAGE_LEFT, PAGE_PLAIN, e));
    TRY(page_blank(p, 2, e));
    TRY(page_cell(p, it->field[FIELD_ORG], UNIT_COLUMNS, PAGE_LEFT, PAGE_DIM, e));
    return page_line(p, e);
}

/* A sentence with counts. */
static enum rc print_counts(struct indexing *x, const char *key, const struct named *names,
                            size_t n, struct err *e)
{
    buf_clear(&x->text);
    TRY(say(&x->text, &x->speaker, key, names, n, e));
    return page_wrap(&x->page, buf_view(&x->text), 0, 4, PAGE_PLAIN, e);
}

static struct named count(const char *name, char to[16], uint32_t n)
{
    snprintf(to, 16, "%u", n);
    return (struct named){name, str_of(to)};
}

static enum rc print_all(struct indexing *x, const char *key, struct err *e)
{
    char space[16];
    struct named all = count("all", space, catalog_count(x->catalog));
    return x->args->common.quiet ? RC_OK : print_counts(x, key, &all, 1, e);
}

/* ---- add ---- */

static enum rc print_problems(struct indexing *x, const struct collection *from, struct err *e)
{
    const struct row_problem *p;
    char space[16];
    uint32_t n = collection_problems(from, &p);
    struct named all = count("n", space, n);
    if (n)
        TRY(print_counts(x, "cli.problems", &all, 1, e));
    for (uint32_t i = 0; i < n && i < PROBLEMS; i++) {
        struct place at = {str_of(collection_path(from)), p[i].sheet_name, p[i].row, p[i].col};
        buf_clear(&x->text);
        TRY(say_place(&x->text, &x->speaker, &at, e));
        TRY(buf_str(&x->text, sentence(&x->speaker, "cli.colon"), e));
        TRY(say_problem(&x->text, &x->speaker, &p[i], e));
        TRY(page_wrap(&x->page, buf_view(&x->text), 2, 2, PAGE_PLAIN, e));
    }
    return n > PROBLEMS ? page_wrap(&x->page, STR("…"), 2, 1, PAGE_PLAIN, e) : RC_OK;
}

static enum rc read_file(struct indexing *x, struct collection **out, struct err *e)
{
    VEC(struct column_map) map = {0};
    struct progress progress;
    progress_init(&progress, x->speaker, x->args->common.quiet);
    progress.results = x->word[0];
    enum rc rc = RC_OK;
    for (size_t i = 0; i < x->args->map.words.n; i++) {
        struct column_map one;
        GOTO_OUT(column_map_parse(&one, str_of(x->args->map.words.p[i]), e));
        GOTO_OUT(vec_push(&map, one, e));
    }
    struct table_options o = {.side = SIDE_RESULT, .map = map.p, .n_map = map.n};
    GOTO_OUT(collection_open(out, x->word[0], model_columns(x->c->model), &o, progress_step,
                             &progress, e));
out:
    progress_end(&progress);
    vec_free(&map);
    return rc;
}

static enum rc add(struct indexing *x, struct err *e)
{
    struct collection *from = NULL;
    struct catalog_added a;
    char space[4][16];
    TRY(cli_check_input(x->word[0], e));
    enum rc rc;
    GOTO_OUT(read_file(x, &from, e));
    GOTO_OUT(catalog_make(x->path, from, e));
    GOTO_OUT(catalog_open(&x->catalog, x->path, INDEX_WRITE, e));
    GOTO_OUT(catalog_add(x->catalog, from, &a, e));
    if (x->args->common.quiet)
        goto out;
    struct named names[] = {
        count("new", space[0], a.fresh), count("replaced", space[1], a.replaced),
        count("repeated", space[2], a.repeated), count("all", space[3], catalog_count(x->catalog))};
    GOTO_OUT(print_counts(x, "index.added", names, ARRAY_LEN(names), e));
    rc = print_problems(x, from, e);
out:
    collection_close(from);
    return rc;
}

/* ---- the other actions ---- */

static enum rc delete (struct indexing *x, struct err *e) {
    VEC(struct str) id = {0}; uint32_t removed = 0; char space[2][16];
    enum rc rc = catalog_open(&x->catalog, x->path, INDEX_WRITE, e);
    for (int i = 0; rc == RC_OK && i < x->n; i++) rc = vec_push(&id, str_of(x->word[i]), e);
    if (rc == RC_OK) rc = catalog_delete(x->catalog, id.p, (uint32_t)id.n, &removed, e);
    vec_free(&id);
    TRY(rc);
    if (!removed) return err_user(e, "cli.none_deleted", "%.100s%s", x->word[0],
                                  x->n > 1 ? " …" : "");
    struct named names[] = {count("n", space[0], removed),
                            count("all", space[1], catalog_count(x->catalog))};
    return x->args->common.quiet ? RC_OK : print_counts(x, "index.deleted", names, 2, e);
}

static enum rc list_one(struct indexing *x, uint32_t number, struct err *e)
{
    struct item it;
    TRY(catalog_item(x->catalog, number, &it, e));
    if (!x->args->tsv) {
        TRY(print_item(&x->page, &it, 0, e));
        return page_print(&x->page, e);
    }
    const struct str cells[] = {it.id, it.field[FIELD_TITLE], it.field[FIELD_ORG]};
    buf_clear(&x->text);
    for (size_t i = 0; i < ARRAY_LEN(cells); i++) {
        TRY(put_plain(&x->text, cells[i], e));
        TRY(buf_char(&x->text, i + 1 < ARRAY_LEN(cells) ? '\t' : '\n', e));
    }
    return cli_print(buf_view(&x->text), e);
}

static enum rc list(struct indexing *x, struct err *e)
{
    vec_number number = {0};
    enum rc rc = catalog_open(&x->catalog, x->path, INDEX_READ, e);
    if (rc == RC_OK)
        rc = catalog_list(x->catalog, &number, e);
    for (size_t i = 0; rc == RC_OK && i < number.n; i++)
        rc = list_one(x, number.p[i], e);
    vec_free(&number);
    return rc;
}

/* What is damaged is the store, not what the user typed: exit status 1. */
static enum rc verify(struct indexing *x, struct err *e)
{
    enum rc rc = catalog_open(&x->catalog, x->path, INDEX_READ, e);
    if (rc == RC_OK)
        rc = catalog_verify(x->catalog, e);
    if (rc == RC_CORRUPT)
        rc = e->rc = RC_SYS;
    return rc == RC_OK ? print_all(x, "index.verified", e) : rc;
}

static enum rc publish(struct indexing *x, struct err *e)
{
    TRY(catalog_open(&x->catalog, x->path, INDEX_WRITE, e));
    TRY(catalog_publish(x->catalog, e));
    return print_all(x, "index.published", e);
}

static const struct action {
    const char *name;
    enum rc (*run)(struct indexing *x, struct err *e);
    int least, most; /* words after it */
    const char *missing;
} actions[] = {
    {"add", add, 1, 1, "cli.one_file"},         {"delete", delete, 1, INT32_MAX, "cli.index_ids"},
    {"list", list, 0, 0, "cli.one_file"},       {"verify", verify, 0, 0, "cli.one_file"},
    {"publish", publish, 0, 0, "cli.one_file"},
};

/* ---- the command ---- */

static enum rc run_action(struct indexing *x, const struct action *a, struct err *e)
{
    if (x->n < a->least)
        return err_user(e, a->missing, "%s", "");
    if (x->n > a->most)
        return err_user(e, "cli.too_many_words", "%.60s", x->word[a->most]);
    if (x->args->tsv && a->run != list)
        return err_user(e, "cli.not_for_action", "--tsv\t%s", a->name);
    if (x->args->map.words.n && a->run != add)
        return err_user(e, "cli.not_for_action", "--map\t%s", a->name);
    TRY(cli_model(x->c, e));
    x->speaker = (struct speaker){x->c->model, x->c->lang};
    page_init(&x->page);
    buf_init(&x->text, SIZE_MAX / 2);
    enum rc rc = a->run(x, e);
    if (rc == RC_OK)
        rc = page_print(&x->page, e);
    catalog_close(x->catalog);
    page_free(&x->page);
    buf_free(&x->text);
    return rc;
}

static enum rc run_words(struct cli *c, const struct index_args *a, int n, char **words,
                         struct err *e)
{
    if (n < 2)
        return err_user(e, "cli.index_words", "%s", "");
    for (size_t i = 0; i < ARRAY_LEN(actions); i++)
        if (strcmp(words[1], actions[i].name) == 0) {
            struct indexing x = {
                .c = c, .args = a, .path = words[0], .word = words + 2, .n = n - 2};
            return run_action(&x, &actions[i], e);
        }
    return err_user(e, "cli.index_action", "%.60s", words[1]);
}

static enum rc index_run(struct cli *c, int argc, char **argv, struct err *e)
{
    struct index_args a = {0};
    int n;
    bool done;
    enum rc rc = cli_parse(c, &index_command, &a, argc, argv, &n, &done, e);
    if (rc == RC_OK && !done)
        rc = run_words(c, &a, n, argv, e);
    vec_free(&a.map.words);
    return rc;
}

const struct command index_command = {
    .name = "index",
    .run = index_run,
    .options = options,
    .n_options = ARRAY_LEN(options),
    .usage = {"库 add 文件\n库 delete 编号…\n库 list | verify | publish",
              "DIR add FILE\nDIR delete ID...\nDIR list | verify | publish"},
    .what = {"把成果存入可增删、可检索的库", "keep results in an index that is searched"},
    .more = {"add：编号相同的替换；没有编号的，以名称和单位得出编号。库不存在时自动建立。",
             "add replaces a result with a known id; one without an id is called by a hash of its\n"
             "title and unit. The folder is made when it is missing."},
};
