#include "sheet/xlsx_int.h"

#include <expat.h>

#define CHUNK      (64u << 10)
#define RATIO_FROM (4u << 20) /* small parts may be as dense as they like */
#define TOKEN_MAX  (4u << 20) /* a tag is held by expat as a whole */

zip_int64_t part_find(struct xlsx *x, const char *name)
{
    zip_int64_t i = zip_name_locate(x->zip, name, 0);
    return i >= 0 ? i : zip_name_locate(x->zip, name, ZIP_FL_NOCASE);
}

static enum rc damaged(const struct part *p, const char *why, struct err *e)
{
    return err_user(e, "sheet.damaged", "%s: %s", p->name, why);
}

enum rc part_open(struct part *p, struct xlsx *x, zip_int64_t index, bool again, struct err *e)
{
    struct zip_stat st;
    *p = (struct part){.x = x, .again = again, .name = "?"};
    if (zip_stat_index(x->zip, (zip_uint64_t)index, 0, &st) != 0)
        return damaged(p, zip_strerror(x->zip), e);
    p->name = st.name ? st.name : "?";
    p->in = st.comp_size;
    if ((st.valid & ZIP_STAT_ENCRYPTION_METHOD) && st.encryption_method != ZIP_EM_NONE)
        return err_user(e, "sheet.encrypted", "%s", "");
    if (x->kept.p && x->kept.part == index)
        return RC_OK;
    p->file = zip_fopen_index(x->zip, (zip_uint64_t)index, 0);
    return p->file ? RC_OK : damaged(p, zip_strerror(x->zip), e);
}

static enum rc inflate_part(struct part *p, char *to, size_t n, size_t *got, struct err *e)
{
    zip_int64_t k = zip_fread(p->file, to, n);
    if (k < 0)
        return damaged(p, zip_file_strerror(p->file), e);
    *got = (size_t)k;
    return RC_OK;
}

static void copy_kept(const struct part *p, char *to, size_t n, size_t *got)
{
    const struct kept *k = &p->x->kept;
    *got = MIN(n, k->n - (size_t)p->out);
    if (*got)
        memcpy(to, k->p + p->out, *got);
}

enum rc part_read(struct part *p, char *to, size_t n, size_t *got, struct err *e)
{
    const struct sheet_limits *limits = p->x->src->limits;
    if (p->file)
        TRY(inflate_part(p, to, n, got, e));
    else
        copy_kept(p, to, n, got);
    p->out += *got;
    if (!p->again && p->out > limits->expanded - MIN(p->x->expanded, limits->expanded))
        return err_too_big(e, "sheet.expanded", "%llu", (unsigned long long)limits->expanded);
    if (p->out > RATIO_FROM && p->out / limits->ratio > p->in)
        return err_too_big(e, "sheet.ratio", "%s", p->name);
    return RC_OK;
}

void part_close(struct part *p)
{
    if (p->file)
        zip_fclose(p->file);
    if (!p->again)
        p->x->expanded += p->out;
}

struct parse {
    XML_Parser xml;
    struct xml_handler *h;
    uint32_t depth, depth_max;
    enum rc rc; /* of the first step that failed */
    struct err *e;
};

static const char *local(const char *name)
{
    const char *colon = strchr(name, ':');
    return colon ? colon + 1 : name;
}

const char *xml_attribute(const char **attributes, const char *name)
{
    for (; *attributes; attributes += 2)
        if (strcmp(local(attributes[0]), name) == 0)
            return attributes[1];
    return NULL;
}

static void after(struct parse *p, enum rc rc)
{
    if (rc == RC_OK)
        return;
    p->rc = rc;
    XML_StopParser(p->xml, XML_FALSE);
}

static void on_start(void *user, const char *name, const char **attributes)
{
    struct parse *p = user;
    if (p->rc != RC_OK)
        return;
    if (++p->depth > p->depth_max)
        after(p, err_too_big(p->e, "sheet.depth", "%u", p->depth_max));
    else
        after(p, p->h->start(p->h->ctx, local(name), attributes, p->e));
}

static void on_end(void *user, const char *name)
{
    struct parse *p = user;
    if (p->rc != RC_OK)
        return;
    p->depth--;
    if (p->h->end)
        after(p, p->h->end(p->h->ctx, local(name), p->e));
}

static void on_text(void *user, const char *bytes, int n)
{
    struct parse *p = user;
    if (p->rc == RC_OK && p->h->text)
        after(p, p->h->text(p->h->ctx, bytes, (size_t)n, p->e));
}

/* No spreadsheet has a DTD; attacks by entities need one. */
static void on_doctype(void *user, const char *name, const char *system, const char *public,
                       int internal)
{
    (void)name, (void)system, (void)public, (void)internal;
    struct parse *p = user;
    after(p, err_user(p->e, "sheet.entities", "%s", ""));
}

static enum rc parse_failed(struct part *part, struct parse *p, struct err *e)
{
    if (p->rc != RC_OK)
        return p->rc;
    enum XML_Error code = XML_GetErrorCode(p->xml);
    if (code == XML_ERROR_NO_MEMORY)
        return err_nomem(e);
    return err_user(e, "sheet.damaged", "%s:%lu: %s", part->name,
                    (unsigned long)XML_GetCurrentLineNumber(p->xml), XML_ErrorString(code));
}

static enum rc feed(struct part *part, struct parse *p, struct err *e)
{
    for (;;) {
        size_t got;
        char *chunk = XML_GetBuffer(p->xml, CHUNK);
        if (!chunk)
            return err_nomem(e);
        TRY(part_read(part, chunk, CHUNK, &got, e));
        if (XML_ParseBuffer(p->xml, (int)got, got == 0) != XML_STATUS_OK)
            return parse_failed(part, p, e);
        if (got == 0)
            return RC_OK;
        XML_Index at = XML_GetCurrentByteIndex(p->xml);
        if (at >= 0 && part->out - (uint64_t)at > TOKEN_MAX)
            return err_too_big(e, "sheet.tag", "%s", part->name);
    }
}

enum rc part_parse(struct xlsx *x, zip_int64_t index, bool again, struct xml_handler *h,
                   struct err *e)
{
    static const XML_Memory_Handling_Suite memory = {mem_alloc, mem_realloc, mem_free};
    struct part part;
    struct parse p = {.h = h, .depth_max = x->src->limits->depth, .e = e};
    enum rc rc = part_open(&part, x, index, again, e);
    h->out = &part.out;
    if (rc == RC_OK && !(p.xml = XML_ParserCreate_MM(NULL, &memory, NULL)))
        rc = err_nomem(e);
    if (rc == RC_OK) {
        XML_SetUserData(p.xml, &p);
        XML_SetElementHandler(p.xml, on_start, on_end);
        XML_SetCharacterDataHandler(p.xml, on_text);
        XML_SetStartDoctypeDeclHandler(p.xml, on_doctype);
        rc = feed(&part, &p, e);
    }
    if (p.xml)
        XML_ParserFree(p.xml);
    part_close(&part);
    h->out = NULL;
    return rc;
}
