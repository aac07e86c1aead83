#define _DEFAULT_SOURCE
#include "cli/page.h"

#include "cli/cli.h"
#include "text/width.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { PAGE_CEILING = 1 << 26, WIDTH_LEAST = 60, WIDTH_MOST = 160, WIDTH_USUAL = 100 };

static size_t terminal_width(void)
{
    struct winsize size;
    long n = 0;
    const char *columns = getenv("COLUMNS");
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        n = size.ws_col;
    if (n == 0 && columns)
        n = strtol(columns, NULL, 10);
    if (n <= 0)
        return WIDTH_USUAL;
    return (size_t)MIN(MAX(n, WIDTH_LEAST), WIDTH_MOST);
}

void page_init(struct page *p)
{
    const char *no_color = getenv("NO_COLOR");
    buf_init(&p->text, PAGE_CEILING);
    buf_init(&p->clean, PAGE_CEILING);
    p->width = terminal_width();
    p->color = isatty(STDOUT_FILENO) && !(no_color && no_color[0]);
}

void page_free(struct page *p)
{
    buf_free(&p->text);
    buf_free(&p->clean);
}

enum rc page_put(struct page *p, struct str s, struct err *e)
{
    return buf_str(&p->text, s, e);
}

/* Marks that change the direction of text, or do not show at all. */
static bool hidden(uint32_t c)
{
    return (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF;
}

/* The text in p->clean: control characters and line breaks are one blank, hidden marks are gone. */
static enum rc clean(struct page *p, struct str s, struct err *e)
{
    buf_clear(&p->clean);
    for (size_t i = 0; i < s.n;) {
        char bytes[4];
        uint32_t c = utf8_next(s, &i);
        if (c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029)
            c = ' ';
        if (c == ' ' && (p->clean.n == 0 || p->clean.p[p->clean.n - 1] == ' '))
            continue;
        if (!hidden(c))
            TRY(buf_put(&p->clean, bytes, utf8_put(bytes, c), e));
    }
    return RC_OK;
}

static enum rc styled(struct page *p, struct str s, enum page_style style, struct err *e)
{
    static const char *const codes[] = {"", "\033[1m", "\033[2m"};
    bool color = p->color && style != PAGE_PLAIN && s.n;
    if (color)
        TRY(page_put(p, str_of(codes[style]), e));
    TRY(page_put(p, s, e));
    return color ? page_put(p, STR("\033[0m"), e) : RC_OK;
}

enum rc page_blank(struct page *p, size_t columns, struct err *e)
{
    for (size_t i = 0; i < columns; i++)
        TRY(buf_char(&p->text, ' ', e));
    return RC_OK;
}

enum rc page_cell(struct page *p, struct str s, size_t columns, enum page_align align,
                  enum page_style style, struct err *e)
{
    TRY(clean(p, s, e));
    struct str shown = buf_view(&p->clean);
    size_t wide = str_width(shown);
    if (wide > columns) {
        p->clean.n = width_head(shown, columns - 1);
        TRY(buf_str(&p->clean, STR("…"), e));
        shown = buf_view(&p->clean);
        wide = str_width(shown);
    }
    if (align == PAGE_RIGHT)
        TRY(page_blank(p, columns - wide, e));
    TRY(styled(p, shown, style, e));
    return align == PAGE_LEFT ? page_blank(p, columns - wide, e) : RC_OK;
}

enum rc page_wrap(struct page *p, struct str s, size_t indent, size_t lines, enum page_style style,
                  struct err *e)
{
    TRY(clean(p, s, e));
    struct str rest = str_trim(buf_view(&p->clean));
    size_t columns = p->width - indent;
    while (rest.n && lines--) {
        size_t n = width_line(rest, columns);
        bool cut = n < rest.n && lines == 0;
        if (cut)
            n = width_head(rest, columns - 1);
        TRY(page_blank(p, indent, e));
        TRY(styled(p, str_trim(str_sub(rest, 0, n)), style, e));
        if (cut)
            TRY(styled(p, STR("…"), style, e));
        TRY(page_line(p, e));
        rest = str_trim(str_sub(rest, n, rest.n));
    }
    return RC_OK;
}

/* No blanks at the end of a line. */
enum rc page_line(struct page *p, struct err *e)
{
    while (p->text.n && p->text.p[p->text.n - 1] == ' ')
        p->text.n--;
    return buf_char(&p->text, '\n', e);
}

enum rc page_print(struct page *p, struct err *e)
{
    enum rc rc = cli_print(buf_view(&p->text), e);
    buf_clear(&p->text);
    return rc;
}
