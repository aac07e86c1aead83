/* xlsx. A zip's checksums stop nearly every mutation, so the input is read twice: as a zip, and
 * as the text of its parts (split at lines of "----") put into a zip without checksums to break:
 * sheet, shared strings, styles, workbook. */
#include "fuzz_table.h"

#include <zip.h>

static const char *const names[] = {"xl/worksheets/sheet1.xml", "xl/sharedStrings.xml",
                                    "xl/styles.xml", "xl/workbook.xml"};
static const char rels[] =
    "<r><Relationship Id='a' Type='/worksheet' Target='worksheets/sheet1.xml'/>"
    "<Relationship Id='b' Type='/sharedStrings' Target='sharedStrings.xml'/>"
    "<Relationship Id='c' Type='/styles' Target='styles.xml'/></r>";
static const char book[] = "<w><sheets><sheet name='s' id='a'/></sheets></w>";

static void add(zip_t *z, const char *name, struct str text)
{
    zip_source_t *s = zip_source_buffer(z, text.p, text.n, 0);
    zip_int64_t i = s ? zip_file_add(z, name, s, ZIP_FL_ENC_UTF_8) : -1;
    if (i < 0)
        abort();
    zip_set_file_compression(z, (zip_uint64_t)i, ZIP_CM_STORE, 0);
}

static void add_parts(zip_t *z, struct str text)
{
    size_t i = 0;
    for (; i < ARRAY_LEN(names); i++) {
        size_t cut = str_find(text, STR("\n----\n"), 0);
        add(z, names[i], str_sub(text, 0, cut));
        if (cut == SIZE_MAX)
            break;
        text = str_sub(text, cut + 6, text.n);
    }
    if (i < 3) /* no workbook among them */
        add(z, names[3], (struct str){book, sizeof book - 1});
    add(z, "xl/_rels/workbook.xml.rels", (struct str){rels, sizeof rels - 1});
}

static void as_parts(struct str text)
{
    zip_error_t why;
    zip_stat_t st;
    zip_error_init(&why);
    zip_source_t *to = zip_source_buffer_create(NULL, 0, 0, &why);
    if (!to)
        abort();
    zip_source_keep(to);
    zip_t *z = zip_open_from_source(to, ZIP_TRUNCATE, &why);
    if (!z)
        abort();
    add_parts(z, text);
    if (zip_close(z) != 0 || zip_source_open(to) != 0 || zip_source_stat(to, &st) != 0)
        abort();
    char *bytes = malloc(st.size);
    if (!bytes || zip_source_read(to, bytes, st.size) != (zip_int64_t)st.size)
        abort();
    zip_source_close(to);
    zip_source_free(to);
    zip_error_fini(&why);
    fuzz_table((struct str){bytes, st.size});
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct str text = {(const char *)bytes, n};
    if (str_starts(text, STR("PK")))
        fuzz_table(text);
    else
        as_parts(text);
    return 0;
}
