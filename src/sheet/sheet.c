/* Opening a file: which format it is, in which charset, and to which reader it goes. */
#define _GNU_SOURCE
#include "sheet/sheet.h"

#include "base/file.h"
#include "sheet/sheet_int.h"
#include "text/charset.h"

#include <sys/stat.h>

const struct sheet_limits sheet_limits_default = {
    .expanded = 2ull << 30,
    .ratio = 400,
    .columns = 16384,
    .strings = 1u << 24,
    .sheets = 1024,
    .depth = 64,
    .merges = 1u << 20,
    .cell = 1u << 20,
    .row = 64u << 20,
};

enum rc sink_sheet(const struct source *s, const struct sheet_info *info, struct err *e)
{
    return s->sink->sheet ? s->sink->sheet(s->sink->ctx, info, e) : RC_OK;
}

enum rc sink_row(const struct source *s, struct row *r, uint32_t number, float done, struct err *e)
{
    struct sheet_row row = {number, false, r->cells.p, (uint32_t)r->cells.n, done};
    return s->sink->row && r->own ? s->sink->row(s->sink->ctx, &row, e) : RC_OK;
}

enum rc sink_end(const struct source *s, struct err *e)
{
    return s->sink->sheet_end ? s->sink->sheet_end(s->sink->ctx, e) : RC_OK;
}

/* Files that people give by mistake, by their first bytes. */
static const struct {
    struct str head;
    const char *what;
} strangers[] = {
    {{"\x89PNG", 4}, "PNG"},
    {{"\xFF\xD8\xFF", 3}, "JPEG"},
    {{"GIF8", 4}, "GIF"},
    {{"%PDF", 4}, "PDF"},
    {{"Rar!", 4}, "RAR"},
    {{"7z\xBC\xAF", 4}, "7z"},
    {{"\x1F\x8B", 2}, "gzip"},
    {{"{\\rtf", 5}, "RTF"},
    {{"\x7F"
      "ELF",
      4},
     "ELF"},
    {{"SQLite format 3", 15}, "SQLite"},
    {{"BM", 2}, NULL}, /* ends the table; "BM" alone may be text */
};

static const char *stranger(struct str b)
{
    for (size_t i = 0; strangers[i].what; i++)
        if (str_starts(b, strangers[i].head))
            return strangers[i].what;
    return NULL;
}

/* Tables that web systems save under the name .xls. */
static bool is_markup(struct str text)
{
    static const struct str heads[] = {{"<!doctype", 9}, {"<html", 5}, {"<table", 6},
                                       {"<?xml", 5},     {"<meta", 5}, {"<head", 5}};
    struct str t = str_trim(str_sub(text, 0, 256));
    for (size_t i = 0; i < ARRAY_LEN(heads); i++)
        if (t.n >= heads[i].n && strncasecmp(t.p, heads[i].p, heads[i].n) == 0)
            return true;
    return false;
}

/* An OLE2 container is an old .xls, an encrypted .xlsx or something else; the names in its
 * directory (UTF-16LE) tell. */
static enum rc refuse_ole(struct str b, struct err *e)
{
#define NAME(s) (u"" s), sizeof(u"" s) - 2
    if (memmem(b.p, b.n, NAME("EncryptedPackage")))
        return err_user(e, "sheet.encrypted", "%s", "");
    if (memmem(b.p, b.n, NAME("WordDocument")))
        return err_user(e, "sheet.not_sheet", "doc");
    if (memmem(b.p, b.n, NAME("PowerPoint Document")))
        return err_user(e, "sheet.not_sheet", "ppt");
#undef NAME
    return err_user(e, "sheet.old_xls", "%s", "");
}

static bool utf8_valid(struct str s)
{
    size_t i = 0;
    while (i < s.n) {
        uint64_t w;
        if (i + 8 <= s.n && (memcpy(&w, s.p + i, 8), (w & 0x8080808080808080u) == 0)) {
            if ((w - 0x0101010101010101u) & ~w & 0x8080808080808080u)
                return false; /* a NUL: UTF-16 or no text */
            i += 8;
            continue;
        }
        size_t at = i;
        uint32_t c = utf8_next(s, &i);
        if (c == 0 || (c == 0xFFFD && i - at == 1))
            return false;
    }
    return true;
}

/* Bytes that no charset explains: control characters and damaged ones in the first 64 KiB. */
static bool is_binary(struct str text)
{
    struct str head = str_sub(text, 0, 64u << 10);
    size_t bad = 0, all = 0;
    for (size_t i = 0; i < head.n; all++) {
        uint32_t c = utf8_next(head, &i);
        bad += c == 0xFFFD || (c < ' ' && !(c >= '\t' && c <= '\r') && c != 0x1A);
    }
    return bad > 2 + all / 50;
}

static enum rc read_text(struct source *s, struct err *e)
{
    if (is_binary(s->bytes))
        return err_user(e, "sheet.not_sheet", "binary");
    if (is_markup(s->bytes))
        return err_user(e, "sheet.not_sheet", "HTML");
    struct str t = str_trim(str_sub(s->bytes, 0, 256));
    struct str next = str_trim(str_sub(t, 1, t.n));
    if (t.n && t.p[0] == '[' && next.n && next.p[0] == '{')
        return err_user(e, "sheet.json", "%s", "");
    if (t.n && t.p[0] == '{' && next.n && (next.p[0] == '"' || next.p[0] == '}')) {
        if (!jsonl_looks(s->bytes))
            return err_user(e, "sheet.json", "%s", "");
        return jsonl_read(s, e);
    }
    return csv_read(s, e);
}

/* UTF-8 is read where it lies; anything else is converted as a whole first. */
static enum rc read_any_text(struct source *s, struct err *e)
{
    if (str_starts(s->bytes, STR("\xEF\xBB\xBF")))
        s->bytes = str_sub(s->bytes, 3, s->bytes.n);
    if (utf8_valid(s->bytes))
        return read_text(s, e);
    struct buf text;
    buf_init(&text, s->limits->expanded);
    enum rc rc = charset_to_utf8(&text, s->bytes, NULL, e);
    if (rc == RC_OK) {
        s->bytes = buf_view(&text);
        rc = read_text(s, e);
    }
    buf_free(&text);
    return rc;
}

static enum rc read_bytes(struct source *s, struct err *e)
{
    struct str b = s->bytes;
    if (b.n == 0)
        return err_user(e, "sheet.empty", "%s", "");
    if (str_starts(b, STR("PK\x03\x04")) || str_starts(b, STR("PK\x05\x06")))
        return xlsx_read(s, e);
    if (str_starts(b, STR("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")))
        return refuse_ole(b, e);
    const char *what = stranger(b);
    if (what)
        return err_user(e, "sheet.not_sheet", "%s", what);
    return read_any_text(s, e);
}

enum rc sheet_read_bytes(struct str bytes, const char *name, const struct sheet_sink *sink,
                         const struct sheet_limits *limits, struct err *e)
{
    struct source s = {bytes, name, sink, limits ? limits : &sheet_limits_default};
    return err_at(e, read_bytes(&s, e), name, NULL, 0, 0);
}

/* A pipe cannot be mapped. */
static bool is_stream(const char *path)
{
    struct stat st;
    return strcmp(path, "-") == 0 ||
           (stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode));
}

enum rc sheet_read(const char *path, const struct sheet_sink *sink,
                   const struct sheet_limits *limits, struct err *e)
{
    if (!limits)
        limits = &sheet_limits_default;
    enum rc rc;
    if (is_stream(path)) {
        struct buf b;
        buf_init(&b, limits->expanded);
        rc = file_read(&b, path, e);
        if (rc == RC_OK)
            rc = sheet_read_bytes(buf_view(&b), path, sink, limits, e);
        buf_free(&b);
        return rc;
    }
    struct file_map m;
    TRY(file_map(&m, path, e));
    rc = sheet_read_bytes((struct str){(const char *)m.p, m.n}, path, sink, limits, e);
    file_unmap(&m);
    return rc;
}
