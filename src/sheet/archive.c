#include "sheet/archive.h"

#include "text/charset.h"

#include <zip.h>

#define CHUNK      (64u << 10)
#define RATIO      1000u
#define RATIO_FROM (1u << 20)
#define NAME_BYTES (64u << 10)

struct archive {
    zip_t *zip;
    struct arena names;
    VEC(struct archive_member {
        struct str name;
        zip_uint64_t index;
    })
    member;
};

static enum rc damaged(const char *why, struct err *e)
{
    return err_user(e, "sheet.damaged", "%s", why);
}

/* What lies beside the files: folders, what a Mac adds, hidden ones. */
static bool is_file(struct str name)
{
    size_t base = 0;
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] == '/' || name.p[i] == '\\')
            base = i + 1;
    return base < name.n && name.p[base] != '.' && !str_starts(name, STR("__MACOSX/"));
}

static enum rc add_member(struct archive *a, zip_uint64_t i, struct buf *text, struct err *e)
{
    const char *raw = zip_get_name(a->zip, i, ZIP_FL_ENC_RAW);
    if (!raw)
        return damaged(zip_strerror(a->zip), e);
    buf_clear(text);
    TRY(charset_to_utf8(text, str_of(raw), NULL, e));
    if (!is_file(buf_view(text)))
        return RC_OK;
    struct archive_member m = {arena_str(&a->names, buf_view(text)), i};
    return m.name.p ? vec_push(&a->member, m, e) : err_nomem(e);
}

static enum rc list(struct archive *a, struct err *e)
{
    zip_int64_t n = zip_get_num_entries(a->zip, 0);
    struct buf text;
    if (n > ARCHIVE_MEMBERS)
        return err_too_big(e, "read.too_many", "%d", ARCHIVE_MEMBERS);
    buf_init(&text, 4 * NAME_BYTES);
    enum rc rc = RC_OK;
    for (zip_int64_t i = 0; rc == RC_OK && i < n; i++)
        rc = add_member(a, (zip_uint64_t)i, &text, e);
    buf_free(&text);
    return rc;
}

enum rc archive_open(struct archive **out, struct str bytes, struct err *e)
{
    struct archive *a = mem_calloc(1, sizeof *a);
    zip_error_t why;
    if (!a)
        return err_nomem(e);
    zip_error_init(&why);
    zip_source_t *from = zip_source_buffer_create(bytes.p, bytes.n, 0, &why);
    if (from)
        a->zip = zip_open_from_source(from, ZIP_RDONLY, &why);
    enum rc rc = RC_OK;
    if (!a->zip) {
        rc = damaged(zip_error_strerror(&why), e);
        zip_source_free(from);
    }
    zip_error_fini(&why);
    if (rc == RC_OK)
        rc = list(a, e);
    if (rc == RC_OK)
        *out = a;
    else
        archive_close(a);
    return rc;
}

void archive_close(struct archive *a)
{
    if (!a)
        return;
    if (a->zip)
        zip_discard(a->zip);
    vec_free(&a->member);
    arena_free(&a->names);
    mem_free(a);
}

uint32_t archive_count(const struct archive *a)
{
    return (uint32_t)a->member.n;
}

struct str archive_name(const struct archive *a, uint32_t i)
{
    return a->member.p[i].name;
}

static enum rc inflate(zip_file_t *f, zip_uint64_t packed, struct buf *to, struct err *e)
{
    char chunk[CHUNK];
    size_t before = to->n;
    for (;;) {
        zip_int64_t n = zip_fread(f, chunk, sizeof chunk);
        if (n < 0)
            return damaged(zip_file_strerror(f), e);
        if (n == 0)
            return RC_OK;
        size_t all = to->n - before + (size_t)n;
        if (all > ARCHIVE_MEMBER)
            return err_too_big(e, "read.too_big", "%d", ARCHIVE_MEMBER >> 20);
        if (all > RATIO_FROM && all / RATIO > packed)
            return err_too_big(e, "sheet.ratio", "%s", "");
        TRY(buf_put(to, chunk, (size_t)n, e));
    }
}

enum rc archive_read(struct archive *a, uint32_t i, struct buf *to, struct err *e)
{
    zip_uint64_t index = a->member.p[i].index;
    struct zip_stat st;
    if (zip_stat_index(a->zip, index, 0, &st) != 0)
        return damaged(zip_strerror(a->zip), e);
    if ((st.valid & ZIP_STAT_ENCRYPTION_METHOD) && st.encryption_method != ZIP_EM_NONE)
        return err_user(e, "sheet.encrypted", "%s", "");
    zip_file_t *f = zip_fopen_index(a->zip, index, 0);
    if (!f)
        return damaged(zip_strerror(a->zip), e);
    enum rc rc = inflate(f, st.comp_size, to, e);
    zip_fclose(f);
    return rc;
}
