/* Word templates. A zip's checksums stop nearly every mutation, so the input is the body's XML, put
 * into a package; what begins with PK is taken as a package. What is filled must be readable. */
#include "sheet/docx.h"

#include <stdlib.h>
#include <zip.h>

static enum rc knows(void *ctx, struct str list, struct str name, struct str form, bool repeats,
                     bool *known, struct err *e)
{
    (void)ctx, (void)list, (void)form, (void)repeats, (void)e;
    *known = name.n && name.p[0] != 'z';
    return RC_OK;
}

static struct str name_at(void *ctx, struct str list, uint32_t i)
{
    (void)ctx, (void)list;
    return i < 3 ? STR("zebra") : (struct str){NULL, 0};
}

static enum rc count(void *ctx, struct str list, uint32_t *n, struct err *e)
{
    (void)ctx, (void)e;
    *n = (uint32_t)list.n % 4;
    return RC_OK;
}

static enum rc text(void *ctx, const struct docx_place *at, struct str name, struct str form,
                    struct buf *out, struct err *e)
{
    (void)ctx, (void)form;
    if (name.p[0] == 'e')
        return RC_OK;
    return buf_printf(out, e, "<%u&\n%.*s>", at->item, (int)name.n, name.p);
}

static void try(struct str bytes, bool xml)
{
    static const struct docx_values values = {NULL, knows, name_at, count, text};
    struct buf out;
    struct docx_body body;
    struct arena a = {.ceiling = 256u << 20};
    struct err e = {0};
    buf_init(&out, 64u << 20);
    enum rc rc = docx_fill(&out, bytes, "f", &values, &e);
    if (rc == RC_OK && docx_read(&body, buf_view(&out), "f", &a, &e) != RC_OK && xml &&
        e.rc == RC_USER)
        abort(); /* a body that could be read is broken by filling it */
    arena_free(&a);
    buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct str in = {(const char *)bytes, n};
    zip_stat_t st;
    if (str_starts(in, STR("PK"))) {
        try(in, false);
        return 0;
    }
    zip_source_t *to = zip_source_buffer_create(NULL, 0, 0, NULL);
    if (!to)
        abort();
    zip_source_keep(to);
    zip_t *z = zip_open_from_source(to, ZIP_TRUNCATE, NULL);
    zip_source_t *s = zip_source_buffer(z, bytes, n, 0);
    zip_int64_t i = zip_file_add(z, "word/document.xml", s, ZIP_FL_ENC_UTF_8);
    if (i < 0 || zip_set_file_compression(z, (zip_uint64_t)i, ZIP_CM_STORE, 0) != 0 ||
        zip_close(z) != 0 || zip_source_open(to) != 0 || zip_source_stat(to, &st) != 0)
        abort();
    char *package = malloc(st.size);
    if (!package || zip_source_read(to, package, st.size) != (zip_int64_t)st.size)
        abort();
    zip_source_close(to);
    zip_source_free(to);
    try((struct str){package, st.size}, true);
    free(package);
    return 0;
}
