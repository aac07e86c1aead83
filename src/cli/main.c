/* The program: which command, and what becomes of a failure. */
#include "cli/cli.h"
#include "cli/sentence.h"

#include <stdio.h>

const struct command *const commands[] = {
    &match_command,       &index_command,          &search_command,   &read_command,
    &learn_command,       &init_command,           &user_command,     &backup_command,
    &restore_command,     &verify_command,         &migrate_command,  &rebuild_command,
    &import_command,      &export_command,         &template_command, &paper_command,
    &report_command,      &sample_command,         &serve_command,    &test_sheet_command,
    &test_routes_command, &test_reference_command,
};
const size_t n_commands = ARRAY_LEN(commands);

/* Without a message table there is still a sentence. */
static void print_bare(enum lang lang, const struct err *what)
{
    if (what->rc == RC_NOMEM)
        fprintf(stderr, "qiao: %s\n", lang == LANG_EN ? "out of memory" : "内存不足");
    else
        fprintf(stderr, "qiao: %s%s%s: %s\n", what->file, what->file[0] ? ": " : "", what->key,
                what->detail);
}

static void print_error(struct cli *c, const struct err *what)
{
    struct model *plain = NULL;
    struct buf line;
    buf_init(&line, 1 << 16);
    /* The tables that the program came with: those of --model may be what failed. Where memory was
     * short they are not asked for. */
    bool said = what->rc != RC_NOMEM && model_open(&plain, NULL, NULL) == RC_OK;
    if (said) {
        struct speaker s = {plain, c->lang};
        said = say_error(&line, &s, what, NULL) == RC_OK;
    }
    if (said)
        fprintf(stderr, "qiao: %.*s\n", (int)line.n, line.p);
    else
        print_bare(c->lang, what);
    buf_free(&line);
    model_close(plain);
}

static int exit_status(enum rc rc)
{
    switch (rc) {
    case RC_OK:
        return 0;
    case RC_USER:
    case RC_TOO_BIG:
    case RC_CORRUPT:
        return 2;
    case RC_CANCELLED:
        return 130;
    default:
        return 1;
    }
}

static enum rc unknown_command(const char *word, struct err *e)
{
    const char *known[32];
    size_t n = 0;
    for (size_t i = 0; i < n_commands; i++)
        if (commands[i]->usage.zh)
            known[n++] = commands[i]->name;
    known[n++] = "help";
    const char *near = nearest_word(word, known, n);
    return near ? err_user(e, "cli.unknown_command_near", "%.60s\t%s", word, near)
                : err_user(e, "cli.unknown_command", "%.60s", word);
}

const struct command *command_find(const char *name)
{
    for (size_t i = 0; i < n_commands; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

static bool is_any(const char *word, const char *a, const char *b)
{
    return strcmp(word, a) == 0 || strcmp(word, b) == 0;
}

/* argv is what follows "qiao", without a --lang in front of the command. */
static enum rc run(struct cli *c, int argc, char **argv, struct err *e)
{
    if (argc == 0 || is_any(argv[0], "--help", "-h"))
        return help_all(c->lang, e);
    if (is_any(argv[0], "--version", "-V"))
        return cli_print(STR("qiao " QIAO_VERSION "\n"), e);
    bool help = strcmp(argv[0], "help") == 0;
    if (help && (argc == 1 || argv[1][0] == '-'))
        return help_all(c->lang, e);
    const char *name = argv[help ? 1 : 0];
    if (name[0] == '-')
        return err_user(e, "cli.option_first", "%.60s", name);
    const struct command *command = command_find(name);
    if (!command)
        return unknown_command(name, e);
    return help ? help_command(c->lang, command, e) : command->run(c, argc - 1, argv + 1, e);
}

int main(int argc, char **argv)
{
    struct cli c = {.lang = options_lang(argc - 1, argv + 1)};
    struct err e = {0};
    int skip = 1;
    while (skip < argc && strncmp(argv[skip], "--lang", 6) == 0)
        skip += argv[skip][6] == '=' || skip + 1 == argc ? 1 : 2;
    cli_catch_signals();
    enum rc rc = run(&c, argc - skip, argv + skip, &e);
    enum rc flushed = cli_flush(rc == RC_OK ? &e : NULL);
    if (rc == RC_OK)
        rc = flushed;
    if (rc != RC_OK)
        print_error(&c, &e);
    model_close(c.model);
    return exit_status(rc);
}
