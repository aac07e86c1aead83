#include "cli/options.h"

#include "text/width.h"

#include <math.h>
#include <stdlib.h>

enum { NAME_MAX_LENGTH = 32, HELP_COLUMN = 30, HELP_WIDTH = 50 };

const struct option options_common[] = {
    {.name = "lang",
     .kind = OPTION_LANG,
     .to = offsetof(struct common, lang),
     .value = {"zh|en", "zh|en"},
     .help = {"输出所用的语言", "language of what is printed and written"}},
    {.name = "model",
     .kind = OPTION_TEXT,
     .to = offsetof(struct common, model),
     .value = {"目录", "DIR"},
     .help = {"先用此目录中的配置表", "take tables from this folder first"}},
    {.name = "quiet",
     .kind = OPTION_FLAG,
     .to = offsetof(struct common, quiet),
     .help = {"不显示进度和表格", "no progress bar and no table"}},
    {.letter = 'h',
     .name = "help",
     .kind = OPTION_FLAG,
     .to = offsetof(struct common, help),
     .help = {"显示本说明", "this text"}}};
const size_t n_options_common = ARRAY_LEN(options_common);

/* Both tables as one list. */
struct tables {
    const struct option *own;
    size_t n_own;
};

static size_t count(const struct tables *t)
{
    return t->n_own + n_options_common;
}

static const struct option *at(const struct tables *t, size_t i)
{
    return i < t->n_own ? &t->own[i] : &options_common[i - t->n_own];
}

/* Levenshtein's distance of two short words. */
static size_t distance(const char *a, const char *b)
{
    size_t row[NAME_MAX_LENGTH + 1], n = strlen(b);
    if (n > NAME_MAX_LENGTH)
        return SIZE_MAX;
    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 0; a[i]; i++) {
        size_t corner = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < n; j++) {
            size_t change = corner + (a[i] != b[j]);
            corner = row[j + 1];
            row[j + 1] = MIN(change, MIN(row[j], corner) + 1);
        }
    }
    return row[n];
}

const char *nearest_word(const char *word, const char *const *known, size_t n)
{
    const char *best = NULL;
    size_t length = strlen(word), best_distance = length < 4 ? 2 : 3;
    for (size_t i = 0; i < n; i++) {
        if (!known[i])
            continue;
        size_t d = distance(word, known[i]);
        if (length >= 2 && strncmp(known[i], word, length) == 0)
            d = 1; /* its beginning */
        if (d < best_distance) {
            best = known[i];
            best_distance = d;
        }
    }
    return best;
}

static enum rc unknown(const struct tables *t, const char *word, const char *name, struct err *e)
{
    const char *known[64];
    size_t n = 0;
    for (size_t i = 0; i < count(t) && n < ARRAY_LEN(known); i++)
        known[n++] = at(t, i)->name;
    const char *near = name ? nearest_word(name, known, n) : NULL;
    if (near)
        return err_user(e, "cli.unknown_option_near", "%.60s\t--%s", word, near);
    return err_user(e, "cli.unknown_option", "%.60s", word);
}

/* How an option is called in a sentence. */
static const char *call(const struct option *o, char to[NAME_MAX_LENGTH + 3])
{
    if (o->name) {
        memcpy(to, "--", 2);
        memcpy(to + 2, o->name, MIN(strlen(o->name) + 1, (size_t)NAME_MAX_LENGTH));
    } else {
        to[0] = '-';
        to[1] = o->letter;
        to[2] = 0;
    }
    return to;
}

static bool parse_number(const struct option *o, const char *word, double *x)
{
    char *end;
    *x = strtod(word, &end);
    bool whole = o->kind == OPTION_REAL || *x == floor(*x);
    return end != word && !*end && isfinite(*x) && whole && *x >= o->min && *x <= o->max;
}

/* Put the value of an option into its place. */
static enum rc store(const struct option *o, void *base, char *word, struct err *e)
{
    char name[NAME_MAX_LENGTH + 3];
    void *to = (char *)base + o->to;
    double x = 0;
    switch (o->kind) {
    case OPTION_FLAG:
        *(bool *)to = true;
        return RC_OK;
    case OPTION_TEXT:
        *(const char **)to = word;
        return RC_OK;
    case OPTION_LIST: {
        struct option_list *list = to;
        return vec_push(&list->words, word, e);
    }
    case OPTION_LANG:
        if (strcmp(word, "zh") != 0 && strcmp(word, "en") != 0)
            break;
        *(const char **)to = word;
        return RC_OK;
    case OPTION_COUNT:
    case OPTION_REAL:
        if (!parse_number(o, word, &x))
            break;
        if (o->kind == OPTION_REAL)
            *(double *)to = x;
        else
            *(uint32_t *)to = (uint32_t)x;
        return RC_OK;
    case OPTION_PAIR:
        BUG("a pair is stored by its reader");
    }
    call(o, name);
    if (o->kind == OPTION_LANG)
        return err_user(e, "cli.bad_value", "%s\t%.80s\tzh, en", name, word);
    return err_user(e, "cli.bad_value", "%s\t%.80s\t%.0f–%.0f", name, word, o->min, o->max);
}

static const struct option *find_long(const struct tables *t, const char *name, size_t n)
{
    for (size_t i = 0; i < count(t); i++) {
        const char *known = at(t, i)->name;
        if (known && strlen(known) == n && memcmp(known, name, n) == 0)
            return at(t, i);
    }
    return NULL;
}

static const struct option *find_letter(const struct tables *t, char letter)
{
    for (size_t i = 0; i < count(t); i++)
        if (letter && at(t, i)->letter == letter)
            return at(t, i);
    return NULL;
}

/* Reads the option at argv[*i]; *i is then at the last word that it took. */
static enum rc take(const struct tables *t, void *to, int argc, char **argv, int *i, struct err *e)
{
    char *word = argv[*i], *value = NULL;
    const struct option *o;
    if (word[1] == '-') {
        size_t n = strcspn(word + 2, "=");
        o = find_long(t, word + 2, n);
        if (word[2 + n])
            value = word + 3 + n;
        if (!o) {
            char name[NAME_MAX_LENGTH + 1] = "";
            memcpy(name, word + 2, MIN(n, (size_t)NAME_MAX_LENGTH));
            return unknown(t, word, name, e);
        }
    } else {
        o = find_letter(t, word[1]);
        if (!o)
            return unknown(t, word, strlen(word) > 3 ? word + 1 : NULL, e);
        if (word[2])
            value = word[2] == '=' ? word + 3 : word + 2;
    }
    char name[NAME_MAX_LENGTH + 3];
    if (o->kind == OPTION_FLAG)
        return value ? err_user(e, "cli.no_value_wanted", "%s", call(o, name))
                     : store(o, to, NULL, e);
    if (!value && *i + 1 < argc)
        value = argv[++*i];
    if (!value)
        return err_user(e, "cli.no_value", "%s", call(o, name));
    if (o->kind != OPTION_PAIR)
        return store(o, to, value, e);
    if (*i + 1 >= argc)
        return err_user(e, "cli.needs_two", "%s", call(o, name));
    const char **pair = (const char **)(void *)((char *)to + o->to);
    pair[0] = value;
    pair[1] = argv[++*i];
    return RC_OK;
}

enum rc options_parse(const struct option *options, size_t n_options, void *to, int argc,
                      char **argv, int *n, struct err *e)
{
    struct tables t = {options, n_options};
    bool ended = false;
    *n = 0;
    for (int i = 0; i < argc; i++) {
        char *word = argv[i];
        if (!ended && strcmp(word, "--") == 0)
            ended = true;
        else if (!ended && word[0] == '-' && word[1]) /* "-" is standard input */
            TRY(take(&t, to, argc, argv, &i, e));
        else
            argv[(*n)++] = word;
    }
    return RC_OK;
}

enum lang options_lang(int argc, char **argv)
{
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
        const char *value = NULL;
        if (strncmp(argv[i], "--lang=", 7) == 0)
            value = argv[i] + 7;
        else if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc)
            value = argv[i + 1];
        if (value && strcmp(value, "zh") == 0)
            return LANG_ZH;
        if (value && strcmp(value, "en") == 0)
            return LANG_EN;
    }
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        const char *locale = getenv(names[i]);
        if (locale && locale[0])
            return strncmp(locale, "en", 2) == 0 ? LANG_EN : LANG_ZH;
    }
    return LANG_ZH;
}

static enum rc pad(struct buf *to, size_t from, size_t column, struct err *e)
{
    for (size_t i = from; i < column; i++)
        TRY(buf_char(to, ' ', e));
    return RC_OK;
}

static enum rc option_help(struct buf *to, const struct option *o, enum lang lang, struct err *e)
{
    size_t start = to->n;
    const char *value = words_in(o->value, lang);
    TRY(buf_str(to, STR("  "), e));
    if (o->letter)
        TRY(buf_printf(to, e, "-%c%s", o->letter, o->name ? ", " : ""));
    if (o->name)
        TRY(buf_printf(to, e, "--%s", o->name));
    if (value)
        TRY(buf_printf(to, e, " %s", value));
    size_t used = str_width((struct str){to->p + start, to->n - start});
    if (used + 2 > HELP_COLUMN) {
        TRY(buf_char(to, '\n', e));
        used = 0;
    }
    struct str text = str_of(words_in(o->help, lang));
    while (text.n) {
        size_t n = width_line(text, HELP_WIDTH);
        TRY(pad(to, used, HELP_COLUMN, e));
        TRY(buf_str(to, str_trim(str_sub(text, 0, n)), e));
        TRY(buf_char(to, '\n', e));
        text = str_trim(str_sub(text, n, text.n));
        used = 0;
    }
    return RC_OK;
}

enum rc options_help(struct buf *to, const struct option *options, size_t n, enum lang lang,
                     struct err *e)
{
    for (size_t i = 0; i < n; i++)
        TRY(option_help(to, &options[i], lang, e));
    return RC_OK;
}
