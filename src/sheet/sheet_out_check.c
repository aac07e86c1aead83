/* Reading back what was written. libxlsxwriter puts its parts together in temporary files and
 * does not look whether those writes succeed, so a full disk can leave a valid zip with a part
 * cut off or with a hole in it. A hole makes the rows shorter than they were known to be. */
#include "sheet/sheet_out_int.h"

#include <errno.h>
#include <stdio.h>
#include <zip.h>

#define CHUNK (64u << 10)

struct span {
    uint64_t at; /* place in the part */
    struct str want;
    size_t met; /* bytes of it seen */
};

/* Compare the part of `view` (which stands at `pos`) that the span covers. */
static bool span_agrees(struct span *s, struct str view, uint64_t pos)
{
    while (s->met < s->want.n && s->at + s->met >= pos && s->at + s->met < pos + view.n) {
        if (view.p[s->at + s->met - pos] != s->want.p[s->met])
            return false;
        s->met++;
    }
    return true;
}

/* A part must end with `>`, and a sheet's rows must be `rows` bytes long. */
static bool part_whole(zip_file_t *f, char *chunk, const uint64_t *rows)
{
    struct span end = {0, STR("</sheetData>"), 0};
    uint64_t pos = 0;
    char last = 0;
    for (;;) {
        zip_int64_t n = zip_fread(f, chunk, CHUNK);
        if (n < 0)
            return false;
        if (n == 0)
            break;
        struct str view = {chunk, (size_t)n};
        if (rows &&
            pos == 0) { /* libxlsxwriter writes <sheetData> in the first few hundred bytes */
            size_t head = str_find(view, STR("<sheetData>"), 0);
            if (head == SIZE_MAX)
                return false;
            end.at = head + 11 + *rows;
        }
        if (rows && !span_agrees(&end, view, pos))
            return false;
        last = chunk[n - 1];
        if (last == '\n' && n > 1)
            last = chunk[n - 2];
        pos += (uint64_t)n;
    }
    return last == '>' && (!rows || end.met == end.want.n);
}

static bool zip_whole(zip_t *z, char *chunk, const uint64_t *rows, uint32_t sheets)
{
    zip_int64_t n = zip_get_num_entries(z, 0);
    uint32_t found = 0;
    for (zip_int64_t i = 0; i < n; i++) {
        const char *name = zip_get_name(z, (zip_uint64_t)i, 0);
        unsigned number = 0;
        bool sheet = name && sscanf(name, "xl/worksheets/sheet%u.xml", &number) == 1;
        if (sheet && (number == 0 || number > sheets))
            return false;
        zip_file_t *f = zip_fopen_index(z, (zip_uint64_t)i, 0);
        const uint64_t *size = sheet && rows[number - 1] ? &rows[number - 1] : NULL;
        bool whole = f && part_whole(f, chunk, size);
        if (f)
            zip_fclose(f);
        if (!whole)
            return false;
        found += sheet;
    }
    return found == sheets;
}

enum rc out_check(const char *path, const uint64_t *rows, uint32_t sheets, struct err *e)
{
    char *chunk = mem_alloc(CHUNK);
    if (!chunk)
        return err_nomem(e);
    zip_t *z = zip_open(path, ZIP_RDONLY | ZIP_CHECKCONS, NULL);
    bool whole = z && zip_whole(z, chunk, rows, sheets);
    mem_free(chunk);
    if (z)
        zip_discard(z);
    return whole ? RC_OK : err_sys(e, "file.write", "%s", strerror(ENOSPC));
}
