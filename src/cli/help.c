/* The help that is printed from the tables. */
#include "cli/cli.h"

#include "text/width.h"

enum { HELP_CEILING = 1 << 16, NAME_COLUMNS = 10 };

static enum rc command_line(struct buf *to, const struct command *c, enum lang lang, struct err *e)
{
    return buf_printf(to, e, "  %-*s%s\n", NAME_COLUMNS, c->name, words_in(c->what, lang));
}

static enum rc write_all(struct buf *to, enum lang lang, struct err *e)
{
    static const struct words head = {
        "桥（Qiao）：为企业的技术需求找到合适的高校成果，并说明理由。\n\n用法：qiao 命令 [选项] "
        "…\n\n",
        "Qiao finds, for every technology need, the research results that fit, and says why.\n\n"
        "Usage: qiao COMMAND [OPTION] ...\n\n"};
    static const struct words tail = {
        "  help      显示本说明，或一个命令的选项：qiao help 命令\n\n"
        "例如：\n"
        "  qiao match 需求.xlsx 成果.xlsx                在屏幕上看\n"
        "  qiao match 需求.xlsx 成果.xlsx -o 匹配.xlsx   写成工作簿\n\n"
        "qiao --version 显示版本；man qiao 是全部说明。\n",
        "  help      this text, or the options of one command: qiao help COMMAND\n\n"
        "For example:\n"
        "  qiao match needs.xlsx results.xlsx                   on the screen\n"
        "  qiao match needs.xlsx results.xlsx -o matches.xlsx   as a workbook\n\n"
        "qiao --version prints the version; man qiao tells everything.\n"};
    TRY(buf_str(to, str_of(words_in(head, lang)), e));
    for (size_t i = 0; i < n_commands; i++)
        if (commands[i]->usage.zh)
            TRY(command_line(to, commands[i], lang, e));
    return buf_str(to, str_of(words_in(tail, lang)), e);
}

static enum rc write_command(struct buf *to, const struct command *c, enum lang lang, struct err *e)
{
    static const struct words usage = {"用法：", "Usage: "};
    static const struct words indent = {"      ", "       "};
    const char *line = words_in(c->usage, lang);
    for (const char *next = line; next && *line; line = next) {
        next = strchr(line, '\n');
        struct str one = next ? (struct str){line, (size_t)(next++ - line)} : str_of(line);
        TRY(buf_printf(to, e, "%s%s %s ", words_in(to->n ? indent : usage, lang), "qiao", c->name));
        TRY(buf_str(to, one, e));
        TRY(buf_char(to, '\n', e));
        if (!next)
            break;
    }
    TRY(buf_printf(to, e, "\n%s\n\n", words_in(c->what, lang)));
    TRY(options_help(to, c->options, c->n_options, lang, e));
    TRY(options_help(to, options_common, n_options_common, lang, e));
    const char *more = words_in(c->more, lang);
    return more ? buf_printf(to, e, "\n%s\n", more) : RC_OK;
}

enum rc help_all(enum lang lang, struct err *e)
{
    struct buf b;
    buf_init(&b, HELP_CEILING);
    enum rc rc = write_all(&b, lang, e);
    if (rc == RC_OK)
        rc = cli_print(buf_view(&b), e);
    buf_free(&b);
    return rc;
}

enum rc help_command(enum lang lang, const struct command *command, struct err *e)
{
    struct buf b;
    buf_init(&b, HELP_CEILING);
    enum rc rc = write_command(&b, command, lang, e);
    if (rc == RC_OK)
        rc = cli_print(buf_view(&b), e);
    buf_free(&b);
    return rc;
}
