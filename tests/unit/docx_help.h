/* Word documents for tests: a body's XML in a package, values of a small record, parts as text. */
#ifndef DOCX_HELP_H
#define DOCX_HELP_H

#include "sheet_help.h"

#include "sheet/docx.h"

#define WORD                                                                                       \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<w:document xmlns:w=\"http://schemas."            \
    "openxmlformats.org/wordprocessingml/2006/main\"><w:body>"
#define WORD_END "<w:sectPr/></w:body></w:document>"
#define P(text)  "<w:p><w:r><w:t>" text "</w:t></w:r></w:p>"

/* title, empty, lines, and a list "parties" of two with org, share; "none" is a list of none. */
static inline enum rc help_knows(void *ctx, struct str list, struct str name, struct str form,
                                 bool repeats, bool *known, struct err *e)
{
    static const char *const names[] = {"title", "empty", "lines", "amount"};
    (void)ctx;
    if (form.n && !str_eq(form, STR("upper")))
        return err_user(e, "test.form", "%s", "");
    *known = repeats && (str_eq(name, STR("parties")) || str_eq(name, STR("none")));
    if (list.n && !repeats)
        *known |= str_eq(name, STR("org")) || str_eq(name, STR("share"));
    for (size_t i = 0; i < ARRAY_LEN(names) && !repeats; i++)
        *known |= str_eq(name, str_of(names[i]));
    return RC_OK;
}

static inline struct str help_name(void *ctx, struct str list, uint32_t i)
{
    static const char *const names[] = {"title", "empty", "lines", "amount"};
    (void)ctx, (void)list;
    return i < ARRAY_LEN(names) ? str_of(names[i]) : (struct str){NULL, 0};
}

static inline enum rc help_count(void *ctx, struct str list, uint32_t *n, struct err *e)
{
    (void)ctx, (void)e;
    *n = str_eq(list, STR("parties")) ? 2 : 0;
    return RC_OK;
}

static inline enum rc help_text(void *ctx, const struct docx_place *at, struct str name,
                                struct str form, struct buf *out, struct err *e)
{
    (void)ctx;
    if (str_eq(name, STR("org")))
        return buf_str(out, at->item ? STR("乙大学") : STR("甲公司"), e);
    if (str_eq(name, STR("share")))
        return buf_printf(out, e, "%u", at->item ? 40u : 60u);
    if (str_eq(name, STR("title")))
        return buf_str(out, STR("a<b> & \"c\"\x01"), e);
    if (str_eq(name, STR("lines")))
        return buf_str(out, STR("一\n二\n"), e);
    if (str_eq(name, STR("amount")))
        return buf_str(out, form.n ? STR("壹元整") : STR("1"), e);
    return RC_OK;
}

static const struct docx_values help_values = {NULL, help_knows, help_name, help_count, help_text};

/* One part of a package; freed by free(). NULL: none. */
static inline char *part_of(struct str bytes, const char *name)
{
    zip_source_t *s = zip_source_buffer_create(bytes.p, bytes.n, 0, NULL);
    zip_t *z = zip_open_from_source(s, ZIP_RDONLY | ZIP_CHECKCONS, NULL);
    zip_stat_t st;
    char *text = NULL;
    assert_non_null(z);
    if (zip_stat(z, name, 0, &st) == 0) {
        zip_file_t *f = zip_fopen(z, name, 0);
        text = calloc(1, st.size + 1);
        assert_non_null(text);
        assert_int_equal(zip_fread(f, text, st.size), st.size);
        zip_fclose(f);
    }
    zip_discard(z);
    return text;
}

/* The filled body of a document with this XML between <w:body> and <w:sectPr/>, or "error KEY
 * DETAIL". Valid until the next call. */
static inline const char *filled(const char *body)
{
    static char text[64 << 10];
    static char xml[64 << 10];
    struct buf out;
    struct err e = {0};
    snprintf(xml, sizeof xml, WORD "%s" WORD_END, body);
    const struct entry parts[] = {
        {"[Content_Types].xml", "<Types/>"}, {"word/document.xml", xml}, {NULL, NULL}};
    struct str bytes = make_zip(parts);
    buf_init(&out, 1u << 20);
    if (docx_fill(&out, bytes, "f.docx", &help_values, &e) != RC_OK) {
        snprintf(text, sizeof text, "error %s %s", e.key, e.detail);
    } else {
        char *part = part_of(buf_view(&out), "word/document.xml");
        assert_memory_equal(part, WORD, sizeof WORD - 1);
        size_t n = strlen(part);
        assert_string_equal(part + n - (sizeof WORD_END - 1), WORD_END);
        snprintf(text, sizeof text, "%.*s", (int)(n - sizeof WORD - sizeof WORD_END + 2),
                 part + sizeof WORD - 1);
        free(part);
    }
    buf_free(&out);
    free((char *)bytes.p);
    return text;
}

#endif
