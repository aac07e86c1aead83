/* Command lines, from declared tables of options: `-k 5`, `-k5`, `--threads 4`, `--threads=4`, `--`
 * ends the options, and options may stand after other words. */
#ifndef QIAO_OPTIONS_H
#define QIAO_OPTIONS_H

#include "base/buf.h"

enum lang { LANG_ZH, LANG_EN };
static inline const char *lang_name(enum lang lang)
{
    return lang == LANG_EN ? "en" : "zh";
}

/* A text in both languages. */
struct words {
    const char *zh, *en;
};
static inline const char *words_in(struct words w, enum lang lang)
{
    return lang == LANG_EN ? w.en : w.zh;
}

enum option_kind {
    OPTION_FLAG,  /* bool */
    OPTION_TEXT,  /* const char * */
    OPTION_COUNT, /* uint32_t within [min, max] */
    OPTION_REAL,  /* double within [min, max] */
    OPTION_LANG,  /* const char *, "zh" or "en" */
    OPTION_LIST,  /* struct option_list; may be given several times */
    OPTION_PAIR,  /* const char *[2]; two words follow */
};

struct option {
    char letter;      /* 0: none */
    const char *name; /* without its "--"; NULL: none */
    enum option_kind kind;
    size_t to; /* offset of its place in the command's struct */
    double min, max;
    struct words value; /* what its value is called */
    struct words help;
};

struct option_list {
    VEC(const char *) words; /* of argv */
};

/* What every command understands; the first member of each command's struct. */
struct common {
    const char *lang, *model;
    bool quiet, help;
};
extern const struct option options_common[];
extern const size_t n_options_common;

/* Read argv. Words that are no option are moved to its front, *n of them. The struct `to` is filled
 * from both tables. RC_USER, the detail may be several texts with a tab between
 * them: "cli.unknown_option"; "cli.unknown_option_near" (it, the nearest one); "cli.no_value";
 * "cli.needs_two"; "cli.no_value_wanted"; "cli.bad_value" (the option, its value, what it may be).
 */
enum rc options_parse(const struct option *options, size_t n_options, void *to, int argc,
                      char **argv, int *n, struct err *e) MUST_CHECK;
/* The known word that is nearest to `word`, or NULL when none is near. */
const char *nearest_word(const char *word, const char *const *known, size_t n);
/* The language that is asked for anywhere on the line, else by LC_ALL, LC_MESSAGES or LANG: English
 * where these say so, else Chinese. */
enum lang options_lang(int argc, char **argv);
/* Append the options as two columns of text. */
enum rc options_help(struct buf *to, const struct option *options, size_t n, enum lang lang,
                     struct err *e) MUST_CHECK;

#endif
