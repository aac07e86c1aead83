/* qiao learn: weights from decisions that people took; --install, --show, --reset. */
#define _POSIX_C_SOURCE 200809L
#include "cli/match_int.h"
#include "cli/page.h"
#include "service/learning.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct learn_args {
    struct common common;
    bool install, reset, show;
};
#define HERE(member) offsetof(struct learn_args, member)

static const struct option options[] = {
    {.name = "install",
     .kind = OPTION_FLAG,
     .to = HERE(install),
     .help = {"效果变好时，以后都用这些权重", "use the weights from now on, if they gain"}},
    {.name = "reset",
     .kind = OPTION_FLAG,
     .to = HERE(reset),
     .help = {"恢复程序自带的权重", "return to the weights that the program came with"}},
    {.name = "show",
     .kind = OPTION_FLAG,
     .to = HERE(show),
     .help = {"显示现用的权重", "print the weights in use"}},
};

/* ---- where the weights are kept ---- */

/* $XDG_CONFIG_HOME/qiao, else ~/.config/qiao; "" where there is no home. */
static void weights_folder(char to[WEIGHTS_PATH])
{
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    int n = 0;
    if (config && config[0] == '/')
        n = snprintf(to, WEIGHTS_PATH, "%s/qiao", config);
    else if (home && home[0])
        n = snprintf(to, WEIGHTS_PATH, "%s/.config/qiao", home);
    if (n <= 0 || n > WEIGHTS_PATH - 32)
        to[0] = 0;
}

static bool weights_path(char to[WEIGHTS_PATH])
{
    weights_folder(to);
    if (to[0])
        memcpy(to + strlen(to), "/weights.tsv", sizeof "/weights.tsv");
    return to[0] != 0;
}

const char *weights_installed(char to[WEIGHTS_PATH])
{
    return weights_path(to) && access(to, F_OK) == 0 ? to : NULL;
}

/* mkdir -p */
static enum rc make_folder(char *path, struct err *e)
{
    for (char *slash = strchr(path + 1, '/');; slash = strchr(slash + 1, '/')) {
        if (slash)
            *slash = 0;
        bool made = mkdir(path, 0777) == 0 || errno == EEXIST;
        if (!made)
            return err_at(e, err_sys(e, "file.create", "%s", strerror(errno)), path, NULL, 0, 0);
        if (!slash)
            return RC_OK;
        *slash = '/';
    }
}

static enum rc install(const struct weights *w, char path[WEIGHTS_PATH], struct err *e)
{
    weights_folder(path);
    if (!path[0])
        return err_user(e, "cli.no_home", "%s", "");
    TRY(make_folder(path, e));
    weights_path(path);
    return weights_save(w, path, e);
}

/* ---- what is printed ---- */

static enum rc print_weight(struct page *p, const struct speaker *s, const char *name, double w,
                            struct err *e)
{
    char number[32], key[64];
    snprintf(number, sizeof number, "%+.4f", w);
    snprintf(key, sizeof key, "feature.%s", name);
    TRY(page_cell(p, sentence(s, key), 44, PAGE_LEFT, PAGE_PLAIN, e));
    TRY(page_cell(p, str_of(number), 10, PAGE_RIGHT, PAGE_PLAIN, e));
    return page_line(p, e);
}

static enum rc print_weights(struct page *p, const struct speaker *s, const struct weights *w,
                             struct err *e)
{
    for (int f = 0; f < FEATURE__COUNT; f++)
        TRY(print_weight(p, s, feature_name((enum feature)f), w->w[f], e));
    return print_weight(p, s, "bias", w->bias, e);
}

static enum rc print_learnt(struct page *p, const struct speaker *s, const struct learning *l,
                            bool installing, struct buf *b, struct err *e)
{
    const struct learn_report *r = &l->report;
    char n[9][32];
    const uint32_t counts[] = {l->rows,         r->accepted,       r->examples - r->accepted,
                               l->unknown_need, l->unknown_result, l->unknown_word};
    const double rates[] = {100 * r->before, 100 * r->after, 100 * r->error};
    for (size_t i = 0; i < 6; i++)
        snprintf(n[i], sizeof n[i], "%u", counts[i]);
    for (size_t i = 0; i < 3; i++)
        snprintf(n[6 + i], sizeof n[6 + i], "%.1f", rates[i]);
    TRY(SAY(b, s, "learn.read", e, {"rows", str_of(n[0])}, {"accepted", str_of(n[1])},
            {"refused", str_of(n[2])}));
    TRY(page_wrap(p, buf_view(b), 0, 4, PAGE_PLAIN, e));
    if (counts[3] + counts[4] + counts[5]) {
        buf_clear(b);
        TRY(SAY(b, s, "learn.unused", e, {"needs", str_of(n[3])}, {"results", str_of(n[4])},
                {"words", str_of(n[5])}));
        TRY(page_wrap(p, buf_view(b), 0, 4, PAGE_PLAIN, e));
    }
    buf_clear(b);
    TRY(SAY(b, s, "learn.gain", e, {"before", str_of(n[6])}, {"after", str_of(n[7])},
            {"error", str_of(n[8])}));
    TRY(page_wrap(p, buf_view(b), 0, 4, PAGE_BOLD, e));
    if (!r->gains)
        TRY(page_wrap(p, sentence(s, "learn.no_gain"), 0, 4, PAGE_PLAIN, e));
    else if (!installing)
        TRY(page_wrap(p, sentence(s, "learn.gains"), 0, 4, PAGE_PLAIN, e));
    TRY(page_line(p, e));
    return print_weights(p, s, &r->weights, e);
}

/* One sentence about a path. */
static enum rc print_path(struct page *p, const struct speaker *s, const char *key,
                          const char *path, struct buf *b, struct err *e)
{
    buf_clear(b);
    TRY(SAY(b, s, key, e, {"path", str_of(path)}));
    TRY(page_put(p, buf_view(b), e));
    return page_line(p, e);
}

/* ---- the command ---- */

static enum rc show(struct page *p, const struct speaker *s, struct buf *b, struct err *e)
{
    char path[WEIGHTS_PATH];
    struct weights w;
    if (!weights_installed(path))
        return page_wrap(p, sentence(s, "learn.built_in"), 0, 2, PAGE_PLAIN, e);
    TRY(weights_load(&w, path, e));
    TRY(print_path(p, s, "learn.installed", path, b, e));
    return print_weights(p, s, &w, e);
}

static enum rc reset(struct page *p, const struct speaker *s, struct err *e)
{
    char path[WEIGHTS_PATH];
    if (weights_installed(path) && unlink(path) != 0)
        return err_at(e, err_sys(e, "file.write", "%s", strerror(errno)), path, NULL, 0, 0);
    return page_wrap(p, sentence(s, "learn.built_in"), 0, 2, PAGE_PLAIN, e);
}

static enum rc learn(struct page *p, const struct speaker *s, const struct learn_args *a,
                     char **words, struct buf *b, struct err *e)
{
    char path[WEIGHTS_PATH];
    struct learning l;
    struct progress progress;
    progress_init(&progress, *s, a->common.quiet);
    progress.needs = words[1];
    progress.results = words[2];
    struct matching_options o = {.needs = words[1],
                                 .results = words[2],
                                 .weights = weights_installed(path),
                                 .progress = progress_step,
                                 .progress_ctx = &progress};
    enum rc rc = learning_run(&l, words[0], &o, s->model, e);
    progress_end(&progress);
    TRY(rc);
    if (!a->common.quiet)
        TRY(print_learnt(p, s, &l, a->install, b, e));
    if (!a->install)
        return RC_OK;
    if (!l.report.gains) {
        TRY(page_print(p, e));
        return err_user(e, "cli.no_gain", "%s", "");
    }
    TRY(install(&l.report.weights, path, e));
    return a->common.quiet ? RC_OK : print_path(p, s, "learn.installed", path, b, e);
}

static enum rc learn_run(struct cli *c, int argc, char **argv, struct err *e)
{
    struct learn_args a = {0};
    struct page p;
    struct buf b;
    int n;
    bool done;
    TRY(cli_parse(c, &learn_command, &a, argc, argv, &n, &done, e));
    if (done)
        return RC_OK;
    if (a.show + a.reset + a.install > 1)
        return err_user(e, "cli.not_both", "%s\t%s", a.show ? "--show" : "--reset",
                        a.install ? "--install" : "--reset");
    if (n != (a.show || a.reset ? 0 : 3))
        return err_user(e, "cli.learn_words", "%s", "");
    for (int i = 0; i < n; i++)
        TRY(cli_check_input(argv[i], e));
    TRY(cli_model(c, e));
    struct speaker s = {c->model, c->lang};
    page_init(&p);
    buf_init(&b, 1 << 20);
    enum rc rc = a.show    ? show(&p, &s, &b, e)
                 : a.reset ? reset(&p, &s, e)
                           : learn(&p, &s, &a, argv, &b, e);
    if (rc == RC_OK)
        rc = page_print(&p, e);
    page_free(&p);
    buf_free(&b);
    return rc;
}

const struct command learn_command = {
    .name = "learn",
    .run = learn_run,
    .options = options,
    .n_options = ARRAY_LEN(options),
    .usage = {"[--install] 决定表 需求表 成果表\n--show | --reset",
              "[--install] DECISIONS NEEDS RESULTS\n--show | --reset"},
    .what = {"从已做的决定中学习打分的权重", "learn weights from decisions that were taken"},
    .more = {"决定表有三列：需求编号、成果编号、决定（接受或拒绝）。",
             "DECISIONS has the columns need id, result id and decision (accepted or refused)."},
};
