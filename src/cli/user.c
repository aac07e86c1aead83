/* qiao user: the accounts of a site. */
#define _POSIX_C_SOURCE 200809L
#include "cli/page.h"
#include "cli/site_int.h"
#include "service/auth.h"

#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#define PASSWORD_ROOM 600

struct user_args {
    struct site_args site;
    const char *role, *name;
    uint32_t org, person;
    bool tsv;
};
#define HERE(member) offsetof(struct user_args, member)

static const struct option options[] = {
    OPTION_DB,
    {.name = "role",
     .kind = OPTION_TEXT,
     .to = HERE(role),
     .value = {"角色", "ROLE"},
     .help = {"add：member、editor、broker、auditor 或 admin（默认 member）",
              "add: member, editor, broker, auditor or admin (member if not given)"}},
    {.name = "name",
     .kind = OPTION_TEXT,
     .to = HERE(name),
     .value = {"姓名", "NAME"},
     .help = {"add：显示的姓名", "add: the name that is shown"}},
    {.name = "org",
     .kind = OPTION_COUNT,
     .to = HERE(org),
     .max = UINT32_MAX,
     .value = {"编号", "ID"},
     .help = {"add：所属单位的记录编号", "add: the record of its organisation"}},
    {.name = "person",
     .kind = OPTION_COUNT,
     .to = HERE(person),
     .max = UINT32_MAX,
     .value = {"编号", "ID"},
     .help = {"add：本人的专家记录编号", "add: its own record as a person"}},
    {.name = "tsv",
     .kind = OPTION_FLAG,
     .to = HERE(tsv),
     .help = {"list：以制表符分隔", "list: separated by tabs"}},
};

struct using
{
    struct at_site at;
    const struct user_args *args;
    const char *login;
    struct arena arena;
    vec_account all;
};

/* ---- passwords ---- */

static enum rc read_line(char *to, size_t cap, struct err *e)
{
    if (!fgets(to, (int)cap, stdin))
        return err_user(e, "cli.no_password", "%s", "");
    to[strcspn(to, "\r\n")] = 0;
    return RC_OK;
}

/* From a terminal without showing it; else the first line of standard input. */
static enum rc ask(struct using *x, const char *key, char *to, struct err *e)
{
    struct termios was, silent;
    if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &was) != 0)
        return read_line(to, PASSWORD_ROOM, e);
    struct str prompt = sentence(&x->at.speaker, key);
    silent = was;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent); /* silent before anybody is asked to type */
    fprintf(stderr, "%.*s", (int)prompt.n, prompt.p);
    enum rc rc = read_line(to, PASSWORD_ROOM, e);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &was);
    fputc('\n', stderr);
    return rc;
}

static enum rc ask_password(struct using *x, char *to, struct err *e)
{
    char again[PASSWORD_ROOM];
    TRY(ask(x, "cli.password", to, e));
    if (!isatty(STDIN_FILENO))
        return RC_OK;
    TRY(ask(x, "cli.password_again", again, e));
    return strcmp(to, again) == 0 ? RC_OK : err_user(e, "cli.password_differs", "%s", "");
}

/* ---- actions ---- */

static enum rc save(struct using *x, const struct account_request *r, const char *said,
                    struct err *e)
{
    int64_t id;
    TRY(auth_account_save(x->at.site, &actor_system, r, &id, e));
    return at_site_say(&x->at, said, str_of(x->login), e);
}

static enum rc add(struct using *x, struct err *e)
{
    const struct user_args *a = x->args;
    char password[PASSWORD_ROOM];
    TRY(ask_password(x, password, e));
    struct account_request r = {.login = str_of(x->login),
                                .name = str_of(a->name),
                                .role = str_of(a->role ? a->role : "member"),
                                .lang = str_of(lang_name(x->at.c->lang)),
                                .password = str_of(password),
                                .org = a->org,
                                .person = a->person,
                                .active = true};
    if (!r.password.n)
        return err_user(e, "cli.no_password", "%s", "");
    return save(x, &r, "cli.user_added", e);
}

static enum rc find(struct using *x, struct account_request *r, struct err *e)
{
    TRY(auth_accounts(x->at.site, &actor_system, &x->arena, &x->all, e));
    for (size_t i = 0; i < x->all.n; i++) {
        const struct account *a = &x->all.p[i];
        if (!str_eq(a->login, str_of(x->login)))
            continue;
        *r = (struct account_request){
            .id = a->id, .org = a->org, .person = a->person, .active = a->active};
        return RC_OK;
    }
    return err_user(e, "cli.no_user", "%.60s", x->login);
}

static enum rc passwd(struct using *x, struct err *e)
{
    struct account_request r;
    char password[PASSWORD_ROOM];
    TRY(find(x, &r, e));
    TRY(ask_password(x, password, e));
    r.password = str_of(password);
    if (!r.password.n)
        return err_user(e, "cli.no_password", "%s", "");
    return save(x, &r, "cli.user_password", e);
}

static enum rc set_active(struct using *x, bool active, const char *said, struct err *e)
{
    struct account_request r;
    TRY(find(x, &r, e));
    r.active = active;
    return save(x, &r, said, e);
}

static enum rc disable(struct using *x, struct err *e)
{
    return set_active(x, false, "cli.user_disabled", e);
}

static enum rc enable(struct using *x, struct err *e)
{
    return set_active(x, true, "cli.user_enabled", e);
}

static enum rc put_cell(struct page *p, bool tsv, struct str text, size_t columns, struct err *e)
{
    if (!tsv) {
        TRY(page_cell(p, text, columns, PAGE_LEFT, PAGE_PLAIN, e));
        return page_blank(p, 2, e);
    }
    for (size_t i = 0; i < text.n; i++) /* no cell may break a line */
        TRY(buf_char(&p->text, (unsigned char)text.p[i] < 0x20 ? ' ' : text.p[i], e));
    return buf_char(&p->text, '\t', e);
}

static enum rc list_one(struct page *p, bool tsv, const struct account *a, struct err *e)
{
    char org[24] = "";
    if (a->org)
        snprintf(org, sizeof org, "%lld", (long long)a->org);
    TRY(put_cell(p, tsv, a->login, 20, e));
    TRY(put_cell(p, tsv, str_of(role_name(a->role)), 8, e));
    TRY(put_cell(p, tsv, str_of(org), 8, e));
    TRY(put_cell(p, tsv, str_of(a->active ? "active" : "closed"), 6, e));
    if (!tsv)
        TRY(page_cell(p, a->name, 24, PAGE_LEFT, PAGE_PLAIN, e));
    else
        TRY(buf_str(&p->text, a->name, e));
    return page_line(p, e);
}

static enum rc list(struct using *x, struct err *e)
{
    struct page p;
    TRY(auth_accounts(x->at.site, &actor_system, &x->arena, &x->all, e));
    page_init(&p);
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < x->all.n; i++)
        rc = list_one(&p, x->args->tsv, &x->all.p[i], e);
    if (rc == RC_OK)
        rc = page_print(&p, e);
    page_free(&p);
    return rc;
}

static const struct user_action {
    const char *name;
    enum rc (*run)(struct using *x, struct err *e);
    bool login; /* a name follows */
} actions[] = {
    {"add", add, true},         {"list", list, false},    {"passwd", passwd, true},
    {"disable", disable, true}, {"enable", enable, true},
};

static enum rc run_action(struct cli *c, const struct user_args *a,
                          const struct user_action *action, char **word, struct err *e)
{
    struct using x = {.args = a, .login = word[2]};
    struct site_options o = site_options_of(&a->site, word[0]);
    enum rc rc = at_site_open(&x.at, c, &o, e);
    if (rc == RC_OK)
        rc = action->run(&x, e);
    at_site_close(&x.at);
    vec_free(&x.all);
    arena_free(&x.arena);
    return rc;
}

static enum rc user_run(struct cli *c, int argc, char **argv, struct err *e)
{
    struct user_args a = {0};
    int n;
    bool done;
    TRY(cli_parse(c, &user_command, &a, argc, argv, &n, &done, e));
    if (done)
        return RC_OK;
    if (n < 2)
        return err_user(e, "cli.user_words", "%s", "");
    for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
        if (strcmp(actions[i].name, argv[1]) != 0)
            continue;
        if (n < 2 + actions[i].login)
            return err_user(e, "cli.user_login", "%s", "");
        if (n > 2 + actions[i].login)
            return err_user(e, "cli.too_many_words", "%.60s", argv[2 + actions[i].login]);
        return run_action(c, &a, &actions[i], argv, e);
    }
    return err_user(e, "cli.user_action", "%.60s", argv[1]);
}

const struct command user_command = {
    .name = "user",
    .run = user_run,
    .options = options,
    .n_options = ARRAY_LEN(options),
    .usage = {"[选项] 数据目录 add 用户名\n[选项] 数据目录 list\n[选项] 数据目录 passwd 用户名\n"
              "[选项] 数据目录 disable|enable 用户名",
              "[OPTION]... DIR add LOGIN\n[OPTION]... DIR list\n[OPTION]... DIR passwd LOGIN\n"
              "[OPTION]... DIR disable|enable LOGIN"},
    .what = {"站点的账号", "the accounts of a site"},
    .more = {"密码在终端中询问，不显示；不在终端时取标准输入的第一行。",
             "The password is asked for on the terminal; else it is the first line of standard "
             "input."},
};
