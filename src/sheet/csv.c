/* csv and tsv: RFC 4180, read leniently. Separator comma, tab or semicolon, whichever splits the
 * first records most evenly. Cells lie in the file's bytes unless a doubled quote is in them. */
#include "sheet/sheet_int.h"

#define SNIFF_BYTES   (64u << 10)
#define SNIFF_RECORDS 32

struct csv {
    const struct source *src;
    struct str text;
    size_t at;
    char separator;
    struct row row;
    struct buf cell; /* a quoted cell without its doubled quotes */
};

/* Separators in each of the first records, outside quotes. Returns the number of records. */
static size_t count_separators(struct str text, char separator, uint32_t count[SNIFF_RECORDS])
{
    size_t n = 0;
    bool quoted = false, blank = true, cell_start = true;
    memset(count, 0, SNIFF_RECORDS * sizeof *count);
    for (size_t i = 0; i < text.n && n < SNIFF_RECORDS; i++) {
        char c = text.p[i];
        if (c == '"' && (quoted || cell_start)) {
            quoted = !quoted;
            cell_start = !quoted; /* so that "" inside quotes opens them again */
            blank = false;
        } else if (!quoted && (c == '\n' || c == '\r')) {
            n += !blank;
            if (n < SNIFF_RECORDS)
                count[n] = 0;
            blank = cell_start = true;
        } else {
            count[n] += !quoted && c == separator;
            cell_start = !quoted && c == separator;
            blank = blank && c == ' ';
        }
    }
    return n < SNIFF_RECORDS && !blank ? n + 1 : n;
}

/* How evenly: records that have the most frequent number (not 0) of separators, then that number.
 */
static uint64_t evenness(struct str text, char separator)
{
    uint32_t count[SNIFF_RECORDS];
    size_t n = count_separators(text, separator, count);
    uint64_t best = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t same = 0;
        for (size_t j = 0; j < n; j++)
            same += count[j] == count[i];
        if (count[i])
            best = MAX(best, same << 32 | count[i]);
    }
    return best;
}

static char find_separator(struct str text)
{
    struct str head = str_sub(text, 0, SNIFF_BYTES);
    uint64_t best = 0;
    char found = ',';
    for (const char *s = "\t,;"; *s; s++) {
        uint64_t score = evenness(head, *s);
        if (score > best) {
            best = score;
            found = *s;
        }
    }
    return found;
}

static bool cell_ends(const struct csv *c, size_t i)
{
    return i >= c->text.n || c->text.p[i] == c->separator || c->text.p[i] == '\n' ||
           c->text.p[i] == '\r';
}

/* ="00123" is how programs keep Excel from taking an id for a number. */
static struct str unwrap(struct str s)
{
    bool wrapped = s.n >= 3 && s.p[0] == '=' && s.p[1] == '"' && s.p[s.n - 1] == '"' &&
                   !memchr(s.p + 2, '"', s.n - 3);
    return wrapped ? str_sub(s, 2, s.n - 1) : s;
}

static enum rc put(struct csv *c, uint32_t col, struct str text, enum cell_kind kind, bool copy,
                   struct err *e)
{
    text = unwrap(text);
    struct cell cell = {text, (uint8_t)(text.n ? kind : CELL_EMPTY), false};
    if (text.n > c->src->limits->cell) {
        cell.text = STR("");
        cell.kind = CELL_TOO_BIG;
    }
    return copy ? row_copy(&c->row, col, cell, e) : row_set(&c->row, col, cell, e);
}

static enum rc plain_cell(struct csv *c, uint32_t col, enum cell_kind kind, struct err *e)
{
    size_t from = c->at;
    while (!cell_ends(c, c->at))
        c->at++;
    return put(c, col, str_sub(c->text, from, c->at), kind, false, e);
}

/* Append to the cell what is not beyond its ceiling; one byte more makes it too big. */
static enum rc grow(struct csv *c, size_t from, size_t to, struct err *e)
{
    size_t left = c->src->limits->cell + 1 - MIN(c->cell.n, c->src->limits->cell + 1);
    return buf_str(&c->cell, str_sub(c->text, from, MIN(to, from + left)), e);
}

/* The byte after the closing quote, or SIZE_MAX. *doubled: a doubled quote stands between. */
static size_t closing_quote(const struct csv *c, size_t i, bool *doubled)
{
    *doubled = false;
    while (i < c->text.n) {
        const char *q = memchr(c->text.p + i, '"', c->text.n - i);
        if (!q)
            return SIZE_MAX;
        i = (size_t)(q - c->text.p) + 1;
        if (i >= c->text.n || c->text.p[i] != '"')
            return i;
        *doubled = true;
        i++;
    }
    return SIZE_MAX;
}

static enum rc quoted_cell(struct csv *c, uint32_t col, struct err *e)
{
    bool doubled;
    size_t from = c->at + 1, end = closing_quote(c, from, &doubled);
    if (end == SIZE_MAX) /* once a file: every later run of quotes is then of even length */
        return plain_cell(c, col, CELL_OPEN_QUOTE, e);
    c->at = end;
    if (!doubled && cell_ends(c, end))
        return put(c, col, str_sub(c->text, from, end - 1), CELL_TEXT, false, e);
    buf_clear(&c->cell);
    while (from < end - 1) {
        const char *q = memchr(c->text.p + from, '"', end - 1 - from);
        size_t to = q ? (size_t)(q - c->text.p) + 1 : end - 1;
        TRY(grow(c, from, to, e));
        from = q ? to + 1 : to;
    }
    while (!cell_ends(c, c->at)) /* text after the closing quote belongs to the cell */
        c->at++;
    TRY(grow(c, end, c->at, e));
    return put(c, col, buf_view(&c->cell), CELL_TEXT, true, e);
}

static enum rc read_record(struct csv *c, struct err *e)
{
    row_clear(&c->row);
    for (uint32_t col = 0;; col++) {
        if (c->at < c->text.n && c->text.p[c->at] == '"')
            TRY(quoted_cell(c, col, e));
        else
            TRY(plain_cell(c, col, CELL_TEXT, e));
        if (c->at < c->text.n && c->text.p[c->at] == c->separator) {
            c->at++;
            continue;
        }
        if (c->at < c->text.n && c->text.p[c->at] == '\r')
            c->at++;
        if (c->at < c->text.n && c->text.p[c->at] == '\n')
            c->at++;
        return RC_OK;
    }
}

static enum rc read_records(struct csv *c, struct err *e)
{
    struct sheet_info info = {1, STR("")};
    TRY(sink_sheet(c->src, &info, e));
    for (uint32_t number = 1; c->at < c->text.n; number++) {
        TRY(err_at(e, read_record(c, e), NULL, NULL, number, 0));
        TRY(sink_row(c->src, &c->row, number, (float)c->at / (float)c->text.n, e));
    }
    return sink_end(c->src, e);
}

/* Excel's own hint "sep=;" in the first line, which is not a row. */
static bool separator_line(struct csv *c)
{
    if (!str_starts(c->text, STR("sep=")) || c->text.n < 6 || !strchr(",;\t|", c->text.p[4]) ||
        !strchr("\r\n", c->text.p[5]))
        return false;
    c->separator = c->text.p[4];
    c->at = 6 + (c->text.n > 6 && c->text.p[5] == '\r' && c->text.p[6] == '\n');
    return true;
}

enum rc csv_read(const struct source *s, struct err *e)
{
    struct csv c = {.src = s, .text = s->bytes};
    if (!separator_line(&c))
        c.separator = find_separator(c.text);
    row_init(&c.row, s->limits);
    buf_init(&c.cell, s->limits->cell + 1);
    enum rc rc = read_records(&c, e);
    row_free(&c.row);
    buf_free(&c.cell);
    return rc;
}
