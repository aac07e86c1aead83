/* What the commands about a site have in common. */
#ifndef QIAO_CLI_SITE_INT_H
#define QIAO_CLI_SITE_INT_H

#include "cli/cli.h"
#include "cli/progress.h"
#include "service/site.h"

/* Second member of such a command's struct. */
struct site_args {
    struct common common;
    const char *db;
    bool new_key; /* migrate */
};
#define OPTION_DB                                                                                  \
    {                                                                                              \
        .name = "db", .kind = OPTION_TEXT, .to = offsetof(struct site_args, db),                   \
        .value = {"地址", "URL"}, .help = {                                                        \
            "PostgreSQL 的地址（或写在 QIAO_DB 中）；不给则用 SQLite",                             \
            "PostgreSQL to keep records in (or in QIAO_DB); SQLite if not given"                   \
        }                                                                                          \
    }

/* --db, else $QIAO_DB. */
struct site_options site_options_of(const struct site_args *a, const char *dir);

/* One run of a command that opens a site. */
struct at_site {
    struct cli *c;
    struct site *site;
    struct speaker speaker;
    struct progress progress;
    bool new_key;
};
enum rc at_site_open(struct at_site *x, struct cli *c, const struct site_options *o,
                     struct err *e) MUST_CHECK;
void at_site_close(struct at_site *x);
/* Print the sentence of a key, and a line break; not with --quiet. */
enum rc at_site_say(struct at_site *x, const char *key, struct str detail,
                    struct err *e) MUST_CHECK;

#endif
