/* qiao init, backup, restore, verify, migrate, rebuild. */
#include "cli/site_int.h"
#include "service/upkeep.h"

#include <stdlib.h>

struct site_options site_options_of(const struct site_args *a, const char *dir)
{
    const char *db = a->db ? a->db : getenv("QIAO_DB");
    return (struct site_options){
        .dir = dir, .db = db && db[0] ? db : NULL, .model_dir = a->common.model};
}

enum rc at_site_open(struct at_site *x, struct cli *c, const struct site_options *o, struct err *e)
{
    *x = (struct at_site){.c = c};
    TRY(cli_model(c, e));
    x->speaker = (struct speaker){c->model, c->lang};
    progress_init(&x->progress, x->speaker, c->common.quiet);
    return o ? site_open(&x->site, o, e) : RC_OK;
}

void at_site_close(struct at_site *x)
{
    progress_end(&x->progress);
    site_close(x->site);
}

enum rc at_site_say(struct at_site *x, const char *key, struct str detail, struct err *e)
{
    struct buf b;
    if (x->c->common.quiet)
        return RC_OK;
    progress_end(&x->progress);
    buf_init(&b, 1 << 16);
    enum rc rc = SAY(&b, &x->speaker, key, e, {"detail", detail});
    if (rc == RC_OK)
        rc = buf_char(&b, '\n', e);
    if (rc == RC_OK)
        rc = cli_print(buf_view(&b), e);
    buf_free(&b);
    return rc;
}

/* ---- the six ---- */

static enum rc init(struct at_site *x, const struct site_options *o, char **word, struct err *e)
{
    TRY(site_init(o, e));
    return at_site_say(x, "cli.site_made", str_of(word[0]), e);
}

static enum rc backup(struct at_site *x, const struct site_options *o, char **word, struct err *e)
{
    (void)o;
    TRY(upkeep_backup(x->site, word[1], progress_step, &x->progress, e));
    return at_site_say(x, "cli.site_saved", str_of(word[1]), e);
}

static enum rc restore(struct at_site *x, const struct site_options *o, char **word, struct err *e)
{
    bool keyless;
    TRY(upkeep_restore(o, word[0], progress_step, &x->progress, &keyless, e));
    TRY(at_site_say(x, "cli.site_restored", str_of(word[1]), e));
    return keyless ? at_site_say(x, "cli.site_keyless", str_of(word[1]), e) : RC_OK;
}

static enum rc verify(struct at_site *x, const struct site_options *o, char **word, struct err *e)
{
    (void)o;
    TRY(upkeep_verify(x->site, progress_step, &x->progress, e));
    return at_site_say(x, "cli.site_sound", str_of(word[0]), e);
}

static enum rc migrate(struct at_site *x, const struct site_options *o, char **word, struct err *e)
{
    (void)o;
    if (x->new_key) {
        TRY(upkeep_new_key(x->site, e));
        return at_site_say(x, "cli.site_new_key", STR(""), e);
    }
    return at_site_say(x, "cli.site_current", str_of(word[0]), e);
}

static enum rc rebuild(struct at_site *x, const struct site_options *o, char **word, struct err *e)
{
    (void)o;
    TRY(upkeep_rebuild(x->site, e));
    return at_site_say(x, "cli.site_rebuilt", str_of(word[0]), e);
}

static const struct upkeep {
    const char *name;
    enum rc (*run)(struct at_site *x, const struct site_options *o, char **word, struct err *e);
    int words, dir; /* how many, and which of them is the data directory */
    bool open, migrate;
} table[] = {
    {"init", init, 1, 0, false, false},       {"backup", backup, 2, 0, true, false},
    {"restore", restore, 2, 1, false, false}, {"verify", verify, 1, 0, true, false},
    {"migrate", migrate, 1, 0, true, true},   {"rebuild", rebuild, 1, 0, true, false},
};

static enum rc run(struct cli *c, const struct command *command, const struct upkeep *u, int argc,
                   char **argv, struct err *e)
{
    struct site_args a = {0};
    struct at_site x;
    int n;
    bool done;
    TRY(cli_parse(c, command, &a, argc, argv, &n, &done, e));
    if (done)
        return RC_OK;
    if (n < u->words)
        return err_user(e, u->words == 1 ? "cli.site_dir" : "cli.site_two_dirs", "%s", "");
    if (n > u->words)
        return err_user(e, "cli.too_many_words", "%.60s", argv[u->words]);
    struct site_options o = site_options_of(&a, argv[u->dir]);
    o.migrate = u->migrate;
    enum rc rc = at_site_open(&x, c, u->open ? &o : NULL, e);
    x.new_key = a.new_key;
    if (rc == RC_OK)
        rc = u->run(&x, &o, argv, e);
    at_site_close(&x);
    /* What is damaged is the store, not what was typed: exit status 1. */
    return rc == RC_CORRUPT ? (e->rc = RC_SYS) : rc;
}

static const struct option options[] = {OPTION_DB};
static const struct option migrate_options[] = {
    OPTION_DB,
    {.name = "new-key",
     .kind = OPTION_FLAG,
     .to = offsetof(struct site_args, new_key),
     .help = {"密钥文件 secret.key 丢失时：生成新的，忘掉邮件密码和群机器人地址",
              "where the key file secret.key is lost: make a new one and forget the mail password "
              "and the robots"}},
};

#define COMMAND(i, word, options_, usage_, what_)                                                  \
    static enum rc word##_run(struct cli *c, int argc, char **argv, struct err *e)                 \
    {                                                                                              \
        return run(c, &word##_command, &table[i], argc, argv, e);                                  \
    }                                                                                              \
    const struct command word##_command = {.name = #word,                                          \
                                           .run = word##_run,                                      \
                                           .options = options_,                                    \
                                           .n_options = ARRAY_LEN(options_),                       \
                                           .usage = usage_,                                        \
                                           .what = what_}
#define W(zh, en)                                                                                  \
    {                                                                                              \
        zh, en                                                                                     \
    }

COMMAND(0, init, options, W("[选项] 数据目录", "[OPTION]... DIR"),
        W("建立一个站点的数据目录", "make the data directory of a site"));
COMMAND(1, backup, options, W("[选项] 数据目录 备份目录", "[OPTION]... DIR BACKUP"),
        W("备份站点，运行中也可以", "copy a site, also while it runs"));
COMMAND(2, restore, options, W("[选项] 备份目录 数据目录", "[OPTION]... BACKUP DIR"),
        W("由备份建立站点", "make a site from a backup"));
COMMAND(3, verify, options, W("[选项] 数据目录", "[OPTION]... DIR"),
        W("核对审计链和全部记录", "check the trail and every record"));
COMMAND(4, migrate, migrate_options, W("[选项] 数据目录", "[OPTION]... DIR"),
        W("把旧版的数据升级到本版", "bring older data up to this version"));
COMMAND(5, rebuild, options, W("[选项] 数据目录", "[OPTION]... DIR"),
        W("重建可由记录推出的数据", "make anew what follows from the records"));
