/* qiao test-sheet FILE: the rows of a spreadsheet as our own reader sees them, for the tests:
 * sheet, row, then the cells, tabs between them. Line breaks within a cell are shown as "\n". */
#include "cli/cli.h"
#include "sheet/sheet.h"

struct reading {
    struct buf line;
    char sheet[128];
};

static enum rc on_sheet(void *ctx, const struct sheet_info *info, struct err *e)
{
    struct reading *r = ctx;
    (void)e;
    size_t n = MIN(info->name.n, sizeof r->sheet - 1);
    if (n)
        memcpy(r->sheet, info->name.p, n);
    r->sheet[n] = 0;
    return RC_OK;
}

static enum rc on_row(void *ctx, const struct sheet_row *row, struct err *e)
{
    struct reading *r = ctx;
    buf_clear(&r->line);
    TRY(buf_printf(&r->line, e, "%s\t%u", r->sheet, row->row));
    for (uint32_t i = 0; i < row->n; i++) {
        TRY(buf_char(&r->line, '\t', e));
        struct str s = row->cell[i].text;
        for (size_t at = 0; at < s.n; at++) {
            if (s.p[at] == '\n')
                TRY(buf_str(&r->line, STR("\\n"), e));
            else
                TRY(buf_char(&r->line, s.p[at], e));
        }
    }
    TRY(buf_char(&r->line, '\n', e));
    return cli_print(buf_view(&r->line), e);
}

static enum rc test_sheet(struct cli *c, int argc, char **argv, struct err *e)
{
    struct common common = {0};
    struct reading r = {0};
    int n;
    bool done;
    TRY(cli_parse(c, &test_sheet_command, &common, argc, argv, &n, &done, e));
    if (done)
        return RC_OK;
    buf_init(&r.line, 1 << 26);
    struct sheet_sink sink = {.ctx = &r, .sheet = on_sheet, .row = on_row};
    enum rc rc =
        n == 1 ? sheet_read(argv[0], &sink, NULL, e) : err_user(e, "cli.one_file", "%s", "");
    buf_free(&r.line);
    return rc;
}

const struct command test_sheet_command = {
    .name = "test-sheet",
    .run = test_sheet,
    .what = {"显示读到的行（供测试用）", "print the rows that are read, for tests"},
};
