/* The package of a docx: a zip (ECMA-376 part 2). Parts that have no marks stay as they are. */
#include "sheet/docx_int.h"

#define PARTS_MAX 4096

static const struct sheet_limits limits = {.expanded = 4ull * DOCX_MAX, .ratio = 200, .depth = 200};

enum rc package_open(struct package *p, struct str bytes, const char *name, struct err *e)
{
    zip_error_t why;
    *p = (struct package){.src = {.bytes = bytes, .name = name, .limits = &limits}};
    p->x.src = &p->src;
    if (bytes.n > DOCX_MAX)
        return err_too_big(e, "docx.bytes", "%u", DOCX_MAX);
    if (!str_starts(bytes, STR("PK")))
        return err_user(e, "docx.not_docx", "%s", "");
    zip_error_init(&why);
    p->source = zip_source_buffer_create(bytes.p, bytes.n, 0, &why);
    if (p->source) {
        zip_source_keep(p->source);
        p->x.zip = zip_open_from_source(p->source, 0, &why);
        if (!p->x.zip)
            zip_source_free(p->source);
    }
    enum rc rc = RC_OK;
    if (!p->x.zip)
        rc = zip_error_code_zip(&why) == ZIP_ER_MEMORY
                 ? err_nomem(e)
                 : err_user(e, "sheet.damaged", "%s", zip_error_strerror(&why));
    zip_error_fini(&why);
    TRY(rc);
    if (zip_get_num_entries(p->x.zip, 0) > PARTS_MAX)
        return err_too_big(e, "docx.bytes", "%u", DOCX_MAX);
    return part_find(&p->x, "word/document.xml") < 0 ? err_user(e, "docx.not_docx", "%s", "")
                                                     : RC_OK;
}

void package_close(struct package *p)
{
    if (p->x.zip)
        zip_discard(p->x.zip);
    if (p->source)
        zip_source_free(p->source);
    p->x.zip = NULL;
    p->source = NULL;
}

/* Body, headers and footers: where a template may have marks. */
static bool is_text_part(const char *name)
{
    struct str s = str_of(name);
    size_t n = s.n;
    if (n < 4 || memcmp(name + n - 4, ".xml", 4) != 0)
        return false;
    return strcmp(name, "word/document.xml") == 0 || str_starts(s, STR("word/header")) ||
           str_starts(s, STR("word/footer"));
}

static enum rc read_part(struct package *p, zip_int64_t index, struct buf *to, struct err *e)
{
    static const size_t chunk = 64u << 10;
    struct part part;
    char *room = mem_alloc(chunk);
    enum rc rc = room ? part_open(&part, &p->x, index, false, e) : err_nomem(e);
    if (!room)
        return rc;
    for (size_t got = 1; rc == RC_OK && got > 0;) {
        rc = part_read(&part, room, chunk, &got, e);
        if (rc == RC_OK)
            rc = buf_put(to, room, got, e);
    }
    part_close(&part);
    mem_free(room);
    return rc;
}

struct filling {
    struct package package;
    const struct docx_values *v;
    struct buf in;
    VEC(char *) made; /* parts; the library reads them when it closes the package */
};

static enum rc refused(zip_t *z, struct err *e)
{
    return err_user(e, "sheet.damaged", "%s", zip_strerror(z));
}

/* The part anew, with the date that it had: same input, same bytes. */
static enum rc replace(struct filling *f, zip_uint64_t index, struct buf *made, struct err *e)
{
    zip_t *z = f->package.x.zip;
    zip_stat_t st;
    size_t n = made->n;
    char *bytes = buf_take(made);
    enum rc rc = vec_push(&f->made, bytes, e);
    if (rc != RC_OK) {
        mem_free(bytes);
        return rc;
    }
    if (zip_stat_index(z, index, 0, &st) != 0)
        return refused(z, e);
    zip_source_t *s = zip_source_buffer(z, bytes, n, 0);
    if (!s)
        return err_nomem(e);
    if (zip_file_replace(z, index, s, 0) != 0) {
        zip_source_free(s);
        return refused(z, e);
    }
    if ((st.valid & ZIP_STAT_MTIME) && zip_file_set_mtime(z, index, st.mtime, 0) != 0)
        return refused(z, e);
    return RC_OK;
}

static enum rc fill_part(struct filling *f, zip_uint64_t index, struct err *e)
{
    struct doc d = {.name = f->package.src.name};
    struct buf made;
    buf_init(&made, DOCX_MAX);
    buf_init(&d.text, DOCX_MAX);
    d.names.ceiling = 2 * (size_t)DOCX_MAX;
    buf_clear(&f->in);
    enum rc rc = read_part(&f->package, (zip_int64_t)index, &f->in, e);
    d.xml = buf_view(&f->in);
    if (rc == RC_OK)
        rc = doc_parse(&d, e);
    if (rc == RC_OK)
        rc = doc_marks(&d, e);
    if (rc == RC_OK)
        rc = doc_check(&d, f->v, e);
    if (rc == RC_OK && d.mark.n)
        rc = doc_print(&made, &d, f->v, e);
    if (rc == RC_OK && made.n)
        rc = replace(f, index, &made, e);
    buf_free(&made);
    doc_free(&d);
    return rc;
}

/* Close the package and take its new bytes. */
static enum rc finish(struct package *p, struct buf *out, struct err *e)
{
    zip_stat_t st;
    if (zip_close(p->x.zip) != 0)
        return refused(p->x.zip, e);
    p->x.zip = NULL;
    if (zip_source_open(p->source) != 0)
        return err_user(e, "sheet.damaged", "%s", p->src.name);
    enum rc rc = zip_source_stat(p->source, &st) == 0 && st.size <= DOCX_MAX
                     ? RC_OK
                     : err_too_big(e, "docx.bytes", "%u", DOCX_MAX);
    char *room = rc == RC_OK ? mem_alloc((size_t)st.size) : NULL;
    if (rc == RC_OK && !room)
        rc = err_nomem(e);
    if (rc == RC_OK && zip_source_read(p->source, room, st.size) != (zip_int64_t)st.size)
        rc = err_user(e, "sheet.damaged", "%s", p->src.name);
    if (rc == RC_OK)
        rc = buf_put(out, room, (size_t)st.size, e);
    mem_free(room);
    zip_source_close(p->source);
    return rc;
}

enum rc docx_fill(struct buf *out, struct str bytes, const char *name,
                  const struct docx_values *values, struct err *e)
{
    struct filling f = {.v = values};
    buf_init(&f.in, DOCX_MAX);
    enum rc rc = package_open(&f.package, bytes, name, e);
    zip_int64_t n = rc == RC_OK ? zip_get_num_entries(f.package.x.zip, 0) : 0;
    for (zip_int64_t i = 0; rc == RC_OK && i < n; i++) {
        const char *part = zip_get_name(f.package.x.zip, (zip_uint64_t)i, 0);
        if (part && is_text_part(part))
            rc = fill_part(&f, (zip_uint64_t)i, e);
    }
    if (rc == RC_OK)
        rc = f.made.n ? finish(&f.package, out, e) : buf_str(out, bytes, e);
    package_close(&f.package);
    for (size_t i = 0; i < f.made.n; i++)
        mem_free(f.made.p[i]);
    vec_free(&f.made);
    buf_free(&f.in);
    return rc == RC_OK ? rc : err_at(e, rc, name, NULL, 0, 0);
}
