#include "service/packed.h"

#include "base/map.h"
#include "service/sources.h"

bool packed_is(struct str bytes)
{
    return str_starts(bytes, STR("PK\003\004"));
}

/* NAME.url of the page NAME. */
static enum rc beside(uint32_t *member, const struct strmap *all, struct str name,
                      const char *ending, struct buf *work, struct err *e)
{
    buf_clear(work);
    TRY(buf_str(work, name, e));
    TRY(buf_str(work, str_of(ending), e));
    const uint32_t *at = strmap_get(all, buf_view(work));
    *member = at ? *at : UINT32_MAX;
    return RC_OK;
}

static enum rc list(vec_packed *pages, const struct archive *a, struct strmap *all,
                    struct buf *work, struct err *e)
{
    for (uint32_t i = 0; i < archive_count(a); i++) {
        if (str_eq(archive_name(a, i), STR("[Content_Types].xml")))
            return err_user(e, "read.packed_document", "%s", "");
        if (!strmap_put(all, archive_name(a, i), i))
            return err_nomem(e);
    }
    for (uint32_t i = 0; i < archive_count(a); i++) {
        struct packed_page p = {.member = i};
        struct str name = archive_name(a, i);
        if (source_is_no_page(name.p))
            continue;
        TRY(beside(&p.address, all, name, ".url", work, e));
        TRY(beside(&p.charset, all, name, ".charset", work, e));
        TRY(vec_push(pages, p, e));
    }
    return pages->n ? RC_OK : err_user(e, "read.packed_empty", "%s", "");
}

enum rc packed_open(struct archive **out, vec_packed *pages, struct str bytes, struct err *e)
{
    struct archive *a;
    struct strmap all = {0};
    struct buf work;
    TRY(archive_open(&a, bytes, e));
    buf_init(&work, 1 << 20);
    enum rc rc = list(pages, a, &all, &work, e);
    buf_free(&work);
    strmap_free(&all);
    if (rc == RC_OK)
        *out = a;
    else
        archive_close(a);
    return rc;
}

static void read_beside(struct archive *a, uint32_t member, struct buf *to)
{
    if (member != UINT32_MAX && archive_read(a, member, to, NULL) != RC_OK)
        buf_clear(to); /* a page without it, then */
}

enum rc packed_read(struct archive *a, const struct packed_page *p, struct buf *page,
                    struct buf *address, struct buf *charset, struct err *e)
{
    read_beside(a, p->address, address);
    read_beside(a, p->charset, charset);
    return archive_read(a, p->member, page, e);
}
