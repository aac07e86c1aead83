/* What every command has in common: its language and where it speaks to. */
#ifndef QIAO_CLI_H
#define QIAO_CLI_H

#include "cli/options.h"
#include "service/model.h"

struct cli {
    enum lang lang;
    struct common common; /* of the command line that is being run */
    struct model *model;  /* NULL until cli_model */
};

/* Takes the words after the command's name. The sentence and the exit status of a failure are
 * main's. */
typedef enum rc (*command_fn)(struct cli *c, int argc, char **argv, struct err *e);

struct command {
    const char *name;
    command_fn run;
    /* Its own options; those of every command are `options_common`. */
    const struct option *options;
    size_t n_options;
    struct words usage; /* after the name; NULL: not shown */
    struct words what;  /* one line */
    struct words more;  /* after the options, or NULL */
};

extern const struct command *const commands[];
extern const size_t n_commands;
const struct command *command_find(const char *name); /* NULL if none */
extern const struct command match_command, index_command, search_command, learn_command,
    init_command, user_command, backup_command, restore_command, verify_command, migrate_command,
    rebuild_command, import_command, export_command, template_command, paper_command,
    report_command, sample_command, test_sheet_command, serve_command, read_command,
    test_routes_command, test_reference_command;

/* Read the options of `command`; *to begins with a struct common. *n positional words are left at
 * the front of argv. *done: --help was asked for and has been answered. */
enum rc cli_parse(struct cli *c, const struct command *command, void *to, int argc, char **argv,
                  int *n, bool *done, struct err *e) MUST_CHECK;
/* Open the declared tables (--model) once. */
enum rc cli_model(struct cli *c, struct err *e) MUST_CHECK;

/* A path that leads nowhere, or to a folder, is the user's mistake, not the system's. */
enum rc cli_check_input(const char *path, struct err *e) MUST_CHECK;

bool cli_ends_in(const char *path, const char *ending);
/* The whole file, or none of it. */
enum rc cli_write_out(const char *path, const struct buf *b, struct err *e) MUST_CHECK;
/* Standard output; a full disk is an error. */
enum rc cli_print(struct str s, struct err *e) MUST_CHECK;
enum rc cli_flush(struct err *e) MUST_CHECK;

/* The weights that `qiao learn --install` has put in place, or NULL. */
#define WEIGHTS_PATH 4096
const char *weights_installed(char to[WEIGHTS_PATH]);

/* On Ctrl-C: every unfinished file is removed and the program ends with 128 + the signal. `goodbye`
 * (may be NULL, kept) is printed then. */
void cli_catch_signals(void);
void cli_goodbye(const char *text);

/* `qiao help`, `qiao help COMMAND`. */
enum rc help_all(enum lang lang, struct err *e) MUST_CHECK;
enum rc help_command(enum lang lang, const struct command *command, struct err *e) MUST_CHECK;

#endif
