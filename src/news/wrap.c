/* Text with hard line ends, as a PDF or a newspaper's column gives it: lines of one width, cut in
 * the middle of words. */
#include "news/article_int.h"

enum { LINES_MIN = 5, WIDTH_MIN = 30, WIDTH_MAX = 130, RAGGED = 4 };

static size_t width_of(struct str s)
{
    size_t w = 0;
    for (size_t i = 0; i < s.n; i++)
        w += (unsigned char)s.p[i] < 0x80 ? 1 : ((unsigned char)s.p[i] & 0xC0) != 0x80 ? 2 : 0;
    return w;
}

struct str next_line(struct str text, size_t *i)
{
    const char *end = memchr(text.p + *i, '\n', text.n - *i);
    size_t from = *i, to = end ? (size_t)(end - text.p) : text.n;
    *i = to + 1;
    while (to > from && (text.p[to - 1] == ' ' || text.p[to - 1] == '\r'))
        to--;
    return str_sub(text, from, to);
}

/* The width that most lines have, and few pass: paragraphs of one line each have many widths. */
size_t wrap_width(struct str text)
{
    size_t widths[WIDTH_MAX + 1] = {0}, lines = 0, best = 0, most = 0, wider = 0;
    for (size_t i = 0; i < text.n;) {
        struct str line = next_line(text, &i);
        size_t w = line.n > 3 * WIDTH_MAX ? WIDTH_MAX + 1 : width_of(line);
        if (w > WIDTH_MAX)
            return 0;
        lines += w >= WIDTH_MIN;
        widths[w]++;
    }
    for (size_t w = WIDTH_MIN; w <= WIDTH_MAX; w++) {
        size_t full = 0;
        for (size_t k = w - RAGGED; k <= w; k++)
            full += widths[k];
        if (full > most) {
            most = full;
            best = w;
        }
    }
    for (size_t w = best + 1; w <= WIDTH_MAX; w++)
        wider += widths[w];
    return most >= LINES_MIN && most * 2 >= lines && wider * 5 <= lines ? best : 0;
}

bool wrap_goes_on(size_t width, struct str line, struct str next)
{
    bool indent = str_starts(next, STR("　")) || str_starts(next, STR("  "));
    return next.n && !indent && width_of(line) + RAGGED >= width;
}

/* - 12 -, 第 3 页, 12 */
bool is_page_number(struct str line)
{
    size_t digits = 0, other = 0;
    for (size_t i = 0; i < line.n;) {
        uint32_t c = next_char(line, &i);
        digits += c >= '0' && c <= '9';
        other += !(c >= '0' && c <= '9') && c != ' ' && c != 0x3000 && c != '-' && c != '/' &&
                 c != 0x2014 && c != 0xB7 && c != 0x7B2C && c != 0x9875 && c != 0x5171; /* 第页共 */
    }
    return digits > 0 && digits <= 6 && other == 0;
}
