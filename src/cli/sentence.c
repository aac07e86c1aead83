#include "cli/sentence.h"

#include <errno.h>
#include <stdio.h>

struct str sentence(const struct speaker *s, const char *key)
{
    const char *text = s->model ? model_message(s->model, key, lang_name(s->lang)) : NULL;
    return str_of(text ? text : key);
}

/* The value of the placeholder at the start of `rest` ("{name}…"); *n its length with the braces.
 */
static const struct named *placeholder(struct str rest, const struct named *names, size_t n_names,
                                       size_t *n)
{
    size_t end = str_find(rest, STR("}"), 0);
    if (end == SIZE_MAX)
        return NULL;
    struct str name = str_sub(rest, 1, end);
    *n = end + 1;
    for (size_t i = 0; i < n_names; i++)
        if (str_eq(name, str_of(names[i].name)))
            return &names[i];
    return NULL;
}

enum rc say(struct buf *to, const struct speaker *s, const char *key, const struct named *names,
            size_t n, struct err *e)
{
    struct str text = sentence(s, key);
    while (text.n) {
        size_t brace = str_find(text, STR("{"), 0);
        TRY(buf_str(to, str_sub(text, 0, brace), e));
        text = str_sub(text, brace, text.n);
        if (!text.n)
            break;
        size_t used = 1;
        const struct named *value = placeholder(text, names, n, &used);
        TRY(buf_str(to, value ? value->text : str_sub(text, 0, used), e));
        text = str_sub(text, used, text.n);
    }
    return RC_OK;
}

struct str column_letters(char to[8], uint32_t col)
{
    size_t at = 8;
    for (; col && at; col = (col - 1) / 26)
        to[--at] = (char)('A' + (col - 1) % 26);
    return (struct str){to + at, 8 - at};
}

static enum rc say_row(struct buf *to, const struct speaker *s, const struct place *at,
                       struct err *e)
{
    char number[16], letters[8];
    snprintf(number, sizeof number, "%u", at->row);
    struct named row = {"row", str_of(number)}, col = {"col", column_letters(letters, at->col)};
    if (at->row && at->col)
        return SAY(to, s, "cli.at_row_col", e, row, col);
    return at->row ? SAY(to, s, "cli.at_row", e, row) : SAY(to, s, "cli.at_col", e, col);
}

enum rc say_place(struct buf *to, const struct speaker *s, const struct place *at, struct err *e)
{
    size_t start = to->n;
    if (at->file.n) {
        bool standard = str_eq(at->file, STR("-"));
        TRY(buf_str(to, standard ? sentence(s, "cli.standard_input") : at->file, e));
    }
    if (at->sheet.n) {
        if (to->n > start)
            TRY(buf_str(to, sentence(s, "cli.comma"), e));
        TRY(SAY(to, s, "cli.at_sheet", e, {"sheet", at->sheet}));
    }
    if (at->row || at->col) {
        if (to->n > start)
            TRY(buf_str(to, sentence(s, "cli.comma"), e));
        TRY(say_row(to, s, at, e));
    }
    return RC_OK;
}

/* The reasons that the C library gives in English only. */
static struct str system_reason(const struct speaker *s, struct str detail)
{
    static const struct {
        int number;
        const char *key;
    } known[] = {
        {ENOSPC, "cli.disk_full"},      {EACCES, "cli.not_permitted"}, {EPERM, "cli.not_permitted"},
        {ENOENT, "cli.no_such_folder"}, {EISDIR, "cli.is_folder"},     {EROFS, "cli.read_only"},
    };
    for (size_t i = 0; i < ARRAY_LEN(known); i++)
        if (str_eq(detail, str_of(strerror(known[i].number))))
            return sentence(s, known[i].key);
    return detail;
}

enum rc say_error(struct buf *to, const struct speaker *s, const struct err *what, struct err *e)
{
    struct place at = {str_of(what->file), str_of(what->sheet), what->row, what->col};
    size_t start = to->n;
    TRY(say_place(to, s, &at, e));
    if (to->n > start)
        TRY(buf_str(to, sentence(s, "cli.colon"), e));
    struct str rest = str_of(what->detail), part[3] = {0};
    for (size_t i = 0; i < ARRAY_LEN(part); i++) {
        size_t tab = str_find(rest, STR("\t"), 0);
        part[i] = str_sub(rest, 0, tab);
        rest = str_sub(rest, tab == SIZE_MAX ? rest.n : tab + 1, rest.n);
    }
    if (what->rc == RC_SYS)
        part[0] = system_reason(s, part[0]);
    return SAY(to, s, what->key, e, {"detail", part[0]}, {"other", part[1]}, {"third", part[2]});
}

enum rc say_problem(struct buf *to, const struct speaker *s, const struct row_problem *p,
                    struct err *e)
{
    return SAY(to, s, p->key, e, {"detail", p->detail});
}

struct str todo_of(const struct speaker *s, const struct row_problem *p)
{
    char key[64];
    const char *dot = strchr(p->key, '.');
    snprintf(key, sizeof key, "todo.%s", dot ? dot + 1 : p->key);
    return sentence(s, key);
}
