/* Where paragraphs, rows and texts lie in a part, by byte: what is not changed is copied. */
#include "sheet/docx_int.h"

#include <expat.h>

#define DEPTH_MAX    200u
#define ELEMENTS_MAX 2000000u

struct open {
    uint32_t serial, el; /* el NONE: one that does not matter */
    bool is_cell;
};
struct parsing {
    struct doc *d;
    XML_Parser xml;
    VEC(struct open) stack;
    uint32_t serial;
    enum rc rc;
    struct err *e;
};

static void after(struct parsing *p, enum rc rc)
{
    if (rc == RC_OK || p->rc != RC_OK)
        return;
    p->rc = rc;
    XML_StopParser(p->xml, XML_FALSE);
}

/* "uri|local": the local name of an element of WordprocessingML (transitional or strict). */
static const char *word_name(const char *name)
{
    const char *bar = strrchr(name, '|');
    return bar && strstr(name, "wordprocessingml") ? bar + 1 : "";
}

static uint32_t around(const struct parsing *p)
{
    for (size_t i = p->stack.n; i > 0; i--)
        if (p->stack.p[i - 1].el != NONE)
            return p->stack.p[i - 1].el;
    return NONE;
}

static enum rc begin(struct parsing *p, const char *name, struct err *e)
{
    struct doc *d = p->d;
    const struct open *top = p->stack.n ? &p->stack.p[p->stack.n - 1] : NULL;
    struct el el = {.start = (size_t)XML_GetCurrentByteIndex(p->xml),
                    .up = around(p),
                    .parent = top ? top->serial : NONE,
                    .in_cell = top && top->is_cell,
                    .text_at = d->text.n,
                    .each = NONE};
    struct open open = {p->serial++, NONE, strcmp(name, "tc") == 0};
    if (p->stack.n >= DEPTH_MAX)
        return err_too_big(e, "sheet.depth", "%u", DEPTH_MAX);
    if (d->el.n >= ELEMENTS_MAX)
        return err_too_big(e, "docx.bytes", "%s", "");
    bool known = strcmp(name, "p") == 0 || strcmp(name, "tr") == 0 || strcmp(name, "t") == 0;
    if (strcmp(name, "sectPr") == 0 && el.up != NONE && d->el.p[el.up].type == EL_P)
        d->el.p[el.up].section = true;
    if (known) {
        el.type = name[0] == 'p' ? EL_P : name[1] == 'r' ? EL_ROW : EL_T;
        open.el = (uint32_t)d->el.n;
        TRY(vec_push(&d->el, el, e));
    }
    return vec_push(&p->stack, open, e);
}

static void on_start(void *user, const char *name, const char **attributes)
{
    struct parsing *p = user;
    (void)attributes;
    if (p->rc == RC_OK)
        after(p, begin(p, word_name(name), p->e));
}

static void on_end(void *user, const char *name)
{
    struct parsing *p = user;
    (void)name;
    if (p->rc != RC_OK || !p->stack.n)
        return;
    uint32_t el = p->stack.p[--p->stack.n].el;
    if (el == NONE)
        return;
    struct el *x = &p->d->el.p[el];
    x->end = (size_t)XML_GetCurrentByteIndex(p->xml) + (size_t)XML_GetCurrentByteCount(p->xml);
    x->next = (uint32_t)p->d->el.n;
    x->text_n = p->d->text.n - x->text_at;
}

static void on_text(void *user, const char *bytes, int n)
{
    struct parsing *p = user;
    uint32_t el = p->stack.n ? p->stack.p[p->stack.n - 1].el : NONE;
    if (p->rc == RC_OK && el != NONE && p->d->el.p[el].type == EL_T)
        after(p, buf_put(&p->d->text, bytes, (size_t)n, p->e));
}

static void on_doctype(void *user, const char *name, const char *system, const char *public,
                       int internal)
{
    (void)name, (void)system, (void)public, (void)internal;
    struct parsing *p = user;
    after(p, err_user(p->e, "sheet.entities", "%s", ""));
}

/* Bytes are counted and copied: they must be UTF-8, as all word processors write. */
static void on_declaration(void *user, const char *version, const char *encoding, int standalone)
{
    (void)version, (void)standalone;
    struct parsing *p = user;
    if (encoding && strcmp(encoding, "UTF-8") != 0 && strcmp(encoding, "utf-8") != 0)
        after(p, err_user(p->e, "docx.charset", "%.40s", encoding));
}

enum rc doc_parse(struct doc *d, struct err *e)
{
    static const XML_Memory_Handling_Suite memory = {mem_alloc, mem_realloc, mem_free};
    struct parsing p = {.d = d, .e = e};
    if (d->xml.n >= 2 && ((unsigned char)d->xml.p[0] >= 0xFE || !d->xml.p[0] || !d->xml.p[1]))
        return err_user(e, "docx.charset", "UTF-16");
    p.xml = XML_ParserCreate_MM(NULL, &memory, "|");
    if (!p.xml)
        return err_nomem(e);
    XML_SetUserData(p.xml, &p);
    XML_SetElementHandler(p.xml, on_start, on_end);
    XML_SetCharacterDataHandler(p.xml, on_text);
    XML_SetStartDoctypeDeclHandler(p.xml, on_doctype);
    XML_SetXmlDeclHandler(p.xml, on_declaration);
    bool well = XML_Parse(p.xml, d->xml.p, (int)d->xml.n, 1) == XML_STATUS_OK;
    enum XML_Error code = XML_GetErrorCode(p.xml);
    if (p.rc == RC_OK && !well)
        p.rc =
            code == XML_ERROR_NO_MEMORY
                ? err_nomem(e)
                : err_user(e, "sheet.damaged", "%s:%lu: %s", d->name,
                           (unsigned long)XML_GetCurrentLineNumber(p.xml), XML_ErrorString(code));
    XML_ParserFree(p.xml);
    vec_free(&p.stack);
    return p.rc;
}

void doc_free(struct doc *d)
{
    vec_free(&d->el);
    vec_free(&d->mark);
    vec_free(&d->seg);
    buf_free(&d->text);
    arena_free(&d->names);
}

struct str doc_tag(const struct doc *d, uint32_t el)
{
    size_t from = d->el.p[el].start + 1, to = from;
    while (to < d->xml.n && !strchr(" \t\r\n/>", d->xml.p[to]))
        to++;
    return str_sub(d->xml, from, to);
}
