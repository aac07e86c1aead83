#define _GNU_SOURCE
#include "cli/cli.h"

#include "base/file.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum rc cli_parse(struct cli *c, const struct command *command, void *to, int argc, char **argv,
                  int *n, bool *done, struct err *e)
{
    *done = false;
    TRY(options_parse(command->options, command->n_options, to, argc, argv, n, e));
    c->common = *(const struct common *)to;
    if (c->common.lang)
        c->lang = strcmp(c->common.lang, "en") == 0 ? LANG_EN : LANG_ZH;
    *done = c->common.help;
    return *done ? help_command(c->lang, command, e) : RC_OK;
}

enum rc cli_model(struct cli *c, struct err *e)
{
    struct stat st;
    const char *dir = c->common.model;
    if (c->model)
        return RC_OK;
    if (dir && (stat(dir, &st) != 0 || !S_ISDIR(st.st_mode)))
        return err_at(e, err_user(e, "cli.no_folder", "%s", ""), dir, NULL, 0, 0);
    return model_open(&c->model, dir, e);
}

enum rc cli_check_input(const char *path, struct err *e)
{
    struct stat st;
    if (strcmp(path, "-") == 0)
        return RC_OK;
    const char *key = stat(path, &st) != 0  ? "cli.no_file"
                      : S_ISDIR(st.st_mode) ? "cli.is_folder"
                                            : NULL;
    return key ? err_at(e, err_user(e, key, "%s", ""), path, NULL, 0, 0) : RC_OK;
}

static enum rc cannot_print(struct err *e)
{
    return err_sys(e, "cli.print", "%s", strerror(errno));
}

bool cli_ends_in(const char *path, const char *ending)
{
    size_t n = strlen(path), m = strlen(ending);
    return n > m && strcmp(path + n - m, ending) == 0;
}

enum rc cli_write_out(const char *path, const struct buf *b, struct err *e)
{
    struct file_out *f = NULL;
    TRY(file_out_open(&f, path, e));
    enum rc rc = file_out_write(f, b->p, b->n, e);
    if (rc != RC_OK) {
        file_out_abandon(f);
        return rc;
    }
    return file_out_commit(f, e);
}

enum rc cli_print(struct str s, struct err *e)
{
    errno = EIO;
    return s.n && fwrite(s.p, 1, s.n, stdout) != s.n ? cannot_print(e) : RC_OK;
}

enum rc cli_flush(struct err *e)
{
    errno = EIO;
    return fflush(stdout) != 0 || ferror(stdout) ? cannot_print(e) : RC_OK;
}

static const char *volatile goodbye;

void cli_goodbye(const char *text)
{
    goodbye = text;
}

/* Only what is allowed in a signal handler. */
static void on_signal(int number)
{
    file_out_abandon_all();
    const char *text = goodbye;
    if (isatty(STDERR_FILENO) && write(STDERR_FILENO, "\r\033[K", 4) < 0)
        text = NULL;
    if (text && write(STDERR_FILENO, text, strlen(text)) < 0)
        text = NULL;
    _exit(128 + number);
}

void cli_catch_signals(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        struct sigaction old, new = {.sa_handler = on_signal};
        sigfillset(&new.sa_mask);
        /* What the parent ignores (nohup) stays ignored. */
        if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            sigaction(numbers[i], &new, NULL);
    }
}
