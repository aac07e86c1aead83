/* Shared by the tests of src/sheet: rows and errors as text, zips made in memory. */
#ifndef SHEET_HELP_H
#define SHEET_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "sheet/sheet.h"

#include <stdio.h>
#include <zip.h>

/* Every row as "number|cell|cell\n"; a cell that is no plain text has its kind in front: #number,
 * @date, ?bool, !error, -no value, >too big, "open quote, ~bad json; ^ for merged. */
static inline enum rc show_row(void *ctx, const struct sheet_row *r, struct err *e)
{
    static const char marks[] = " \0#@?!->\"~";
    struct buf *b = ctx;
    TRY(buf_printf(b, e, "%u%s", r->row, r->keys ? "k" : ""));
    for (uint32_t i = 0; i < r->n; i++) {
        char mark[2] = {r->cell[i].kind == CELL_EMPTY ? 0 : marks[r->cell[i].kind], 0};
        TRY(buf_printf(b, e, "|%s%s%.*s", r->cell[i].merged ? "^" : "", mark,
                       (int)r->cell[i].text.n, r->cell[i].text.p));
    }
    return buf_char(b, '\n', e);
}

static inline enum rc show_sheet(void *ctx, const struct sheet_info *i, struct err *e)
{
    return i->name.n ? buf_printf(ctx, e, "[%u %.*s]\n", i->sheet, (int)i->name.n, i->name.p)
                     : RC_OK;
}

/* What reading gives: rows, then "error KEY SHEET ROW COL DETAIL" where it ends with one. */
static inline char *shown_with(struct str bytes, const struct sheet_limits *limits)
{
    static struct buf b;
    struct err e = {0};
    struct sheet_sink sink = {&b, show_sheet, show_row, NULL};
    buf_free(&b);
    buf_init(&b, 1u << 26);
    if (sheet_read_bytes(bytes, "f", &sink, limits, &e) != RC_OK)
        assert_int_equal(
            buf_printf(&b, NULL, "error %s %s %u %u %s", e.key, e.sheet, e.row, e.col, e.detail),
            RC_OK);
    assert_int_equal(buf_str(&b, STR(""), NULL), RC_OK);
    return b.p;
}

static inline char *shown(struct str bytes)
{
    return shown_with(bytes, NULL);
}

static inline const char *error_key(struct str bytes, const struct sheet_limits *limits)
{
    static struct err e;
    struct sheet_sink sink = {0};
    memset(&e, 0, sizeof e);
    return sheet_read_bytes(bytes, "f", &sink, limits, &e) == RC_OK ? "" : e.key;
}

struct entry {
    const char *name, *text;
};

/* A zip with these entries; freed by free(). A NULL name ends them. */
static inline struct str make_zip(const struct entry *entries)
{
    zip_error_t why;
    zip_error_init(&why);
    zip_source_t *to = zip_source_buffer_create(NULL, 0, 0, &why);
    assert_non_null(to);
    zip_source_keep(to);
    zip_t *z = zip_open_from_source(to, ZIP_TRUNCATE, &why);
    assert_non_null(z);
    for (; entries->name; entries++) {
        zip_source_t *s = zip_source_buffer(z, entries->text, strlen(entries->text), 0);
        assert_true(zip_file_add(z, entries->name, s, ZIP_FL_ENC_UTF_8) >= 0);
    }
    assert_int_equal(zip_close(z), 0);
    zip_stat_t st;
    assert_int_equal(zip_source_open(to), 0);
    assert_int_equal(zip_source_stat(to, &st), 0);
    char *bytes = malloc(st.size);
    assert_non_null(bytes);
    assert_int_equal(zip_source_read(to, bytes, st.size), (zip_int64_t)st.size);
    zip_source_close(to);
    zip_source_free(to);
    zip_error_fini(&why);
    return (struct str){bytes, st.size};
}

#endif
