/* qiao paper: an official form, filled from a record. */
#include "cli/site_int.h"
#include "service/papers.h"

#define PAPER_MAX (64u << 20)

struct paper_args {
    struct site_args site;
    const char *out;
    bool blank;
};

static const struct kind *kind_of_word(const struct site *s, struct str word)
{
    const struct kinds *all = site_kinds(s);
    for (uint32_t i = 0; i < kinds_count(all); i++) {
        const struct kind *k = kinds_at(all, i);
        if (str_eq(k->name, word) || str_eq(k->label.zh, word) || str_eq(k->label.en, word))
            return k;
    }
    return NULL;
}

static bool read_id(const char *word, int64_t *id)
{
    *id = 0;
    if (*word == '#')
        word++;
    for (int n = 0; *word >= '0' && *word <= '9' && n < 16; word++, n++)
        *id = *id * 10 + (*word - '0');
    return !*word && *id > 0;
}

static enum rc make(struct site *s, const struct paper_args *a, bool zh, char **word,
                    struct buf *out, struct err *e)
{
    struct actor as = actor_system;
    const struct paper *p = NULL;
    int64_t id = 0;
    const struct kind *k = kind_of_word(s, str_of(word[1]));
    as.zh = zh;
    if (!k)
        return err_user(e, "cli.no_kind", "%.60s\tneed, result, introduction …", word[1]);
    if (!a->blank && !read_id(word[2], &id))
        return err_user(e, "cli.paper_id", "%.60s", word[2]);
    TRY(paper_find(s, &as, k, str_of(word[a->blank ? 2 : 3]), &p, e));
    if (a->blank)
        return paper_template(s, p, out, e);
    return cli_ends_in(a->out, ".pdf") ? paper_pdf(s, &as, p, id, out, e)
                                       : paper_fill(s, &as, p, id, out, e);
}

static enum rc run_at(struct cli *c, const struct paper_args *a, char **word, struct err *e)
{
    struct at_site x = {0};
    struct buf out;
    struct site_options o = site_options_of(&a->site, word[0]);
    buf_init(&out, PAPER_MAX);
    enum rc rc = at_site_open(&x, c, &o, e);
    if (rc == RC_OK)
        rc = make(x.site, a, c->lang == LANG_ZH, word, &out, e);
    if (rc == RC_OK)
        rc = cli_write_out(a->out, &out, e);
    if (rc == RC_OK)
        rc = at_site_say(&x, "cli.file_written", str_of(a->out), e);
    at_site_close(&x);
    buf_free(&out);
    return rc;
}

static enum rc paper_run(struct cli *c, int argc, char **argv, struct err *e)
{
    struct paper_args a = {0};
    int n;
    bool done;
    TRY(cli_parse(c, &paper_command, &a, argc, argv, &n, &done, e));
    if (done)
        return RC_OK;
    int words = a.blank ? 3 : 4;
    if (n < words)
        return err_user(e, "cli.paper_words", "%s", "");
    if (n > words)
        return err_user(e, "cli.too_many_words", "%.60s", argv[words]);
    if (!a.out)
        return err_user(e, "cli.needs_out", "%s", "");
    if (!cli_ends_in(a.out, ".docx") && (a.blank || !cli_ends_in(a.out, ".pdf")))
        return err_user(e, "cli.paper_out", "%s", "");
    return run_at(c, &a, argv, e);
}

static const struct option paper_options[] = {
    OPTION_DB,
    {.letter = 'o',
     .kind = OPTION_TEXT,
     .to = offsetof(struct paper_args, out),
     .value = {"文件", "FILE"},
     .help = {"写到此 .docx 或 .pdf", "write this .docx or .pdf"}},
    {.name = "blank",
     .kind = OPTION_FLAG,
     .to = offsetof(struct paper_args, blank),
     .help = {"写出未填的 Word 模板，改好放到 数据目录/papers/表名.docx",
              "write the template itself, to be changed and put into DIR/papers/NAME.docx"}},
};

const struct command paper_command = {
    .name = "paper",
    .run = paper_run,
    .options = paper_options,
    .n_options = ARRAY_LEN(paper_options),
    .usage = {"[选项] 数据目录 类别 编号 表名 -o 文件", "[OPTION]... DIR KIND ID NAME -o FILE"},
    .what = {"按一条记录填好一张表（Word 或 PDF）", "fill an official form from a record"},
    .more = {"加 --blank 时不给编号。表名见 docs/papers.md，或写错时的提示。",
             "With --blank no ID is given. The names are in docs/papers.md."},
};
