/* Makes the workbooks of the golden tests.
 *   mkxlsx rows OUT < TSV     one sheet "Sheet1"; a cell "=…!" is a formula whose value is the
 * error … mkxlsx bomb OUT           a sheet of 256 MiB of blanks, compressed to almost nothing
 *   mkxlsx far OUT            a cell in column 1,000,000
 *   mkxlsx zip OUT FILE...    no workbook: these files, by the names given */
#define _POSIX_C_SOURCE 200809L
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

enum { LINE = 1 << 16, BOMB = 256 << 20 };

#define XML  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
#define MAIN "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define RELS "http://schemas.openxmlformats.org/package/2006/relationships"
#define ROLE "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

static int add(zip_t *zip, const char *name, const char *bytes, size_t n)
{
    zip_source_t *source = zip_source_buffer(zip, bytes, n, 0);
    return !source || zip_file_add(zip, name, source, 0) < 0;
}

/* The smallest workbook around a sheet's XML. */
static int around(const char *path, const char *sheet, size_t n)
{
    static const struct {
        const char *name, *text;
    } parts[] = {
        {"[Content_Types].xml",
         XML "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
             "<Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>"},
        {"_rels/.rels", XML "<Relationships xmlns=\"" RELS "\"><Relationship Id=\"r1\" Type=\"" ROLE
                            "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"},
        {"xl/workbook.xml",
         XML "<workbook xmlns=\"" MAIN "\" xmlns:r=\"" ROLE
             "\"><sheets><sheet name=\"Sheet1\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"},
        {"xl/_rels/workbook.xml.rels",
         XML "<Relationships xmlns=\"" RELS "\"><Relationship Id=\"r1\" Type=\"" ROLE
             "/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"},
    };
    zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
    if (!zip)
        return 1;
    int failed = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        failed |= add(zip, parts[i].name, parts[i].text, strlen(parts[i].text));
    failed |= add(zip, "xl/worksheets/sheet1.xml", sheet, n);
    return zip_close(zip) != 0 || failed;
}

static int bomb(const char *path)
{
    static const char head[] = XML "<worksheet xmlns=\"" MAIN "\"><sheetData>";
    char *sheet = malloc(BOMB);
    if (!sheet)
        return 1;
    memset(sheet, ' ', BOMB);
    memcpy(sheet, head, sizeof head - 1);
    int status = around(path, sheet, BOMB);
    free(sheet);
    return status;
}

static int far(const char *path)
{
    static const char sheet[] =
        XML "<worksheet xmlns=\"" MAIN "\"><sheetData><row r=\"1\"><c r=\"BDWGN1\" t=\"inlineStr\">"
            "<is><t>x</t></is></c></row></sheetData></worksheet>";
    return around(path, sheet, sizeof sheet - 1);
}

/* A cell of the current row: a text, or the error of a formula. */
static void put_cell(FILE *to, const char *text)
{
    size_t n = strlen(text);
    bool error = n > 2 && text[0] == '=' && text[n - 1] == '!';
    fputs(error ? "<c t=\"e\"><f>1/0</f><v>" : "<c t=\"inlineStr\"><is><t>", to);
    for (text += error; *text; text++) {
        if (*text == '&' || *text == '<')
            fprintf(to, "&#%d;", *text);
        else
            fputc(*text, to);
    }
    fputs(error ? "</v></c>" : "</t></is></c>", to);
}

static int rows(const char *path)
{
    static char line[LINE];
    char *xml = NULL;
    size_t n = 0;
    FILE *to = open_memstream(&xml, &n);
    if (!to)
        return 1;
    fputs(XML "<worksheet xmlns=\"" MAIN "\"><sheetData>", to);
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = 0;
        fputs("<row>", to);
        for (char *cell = line, *next; cell; cell = next) {
            next = strchr(cell, '\t');
            if (next)
                *next++ = 0;
            put_cell(to, cell);
        }
        fputs("</row>", to);
    }
    fputs("</sheetData></worksheet>", to);
    int status = fclose(to) != 0 || around(path, xml, n);
    free(xml);
    return status;
}

static int packed(const char *path, char **file, int n)
{
    zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
    bool failed = !zip;
    for (int i = 0; i < n && !failed; i++) {
        zip_source_t *source = zip_source_file(zip, file[i], 0, -1);
        failed = !source || zip_file_add(zip, file[i], source, ZIP_FL_ENC_UTF_8) < 0;
    }
    return failed || zip_close(zip) != 0;
}

int main(int argc, char **argv)
{
    if (argc > 3 && strcmp(argv[1], "zip") == 0)
        return packed(argv[2], argv + 3, argc - 3);
    if (argc != 3)
        return 2;
    return strcmp(argv[1], "rows") == 0   ? rows(argv[2])
           : strcmp(argv[1], "bomb") == 0 ? bomb(argv[2])
           : strcmp(argv[1], "far") == 0  ? far(argv[2])
                                          : 2;
}
