/* The container of an xlsx: a zip with parts and relationships (ECMA-376 parts 1 and 2). */
#include "sheet/xlsx_int.h"

#include <stdio.h>

#define NAME_MAX_BYTES 512

struct relation {
    struct str id, type, target;
};

struct relations {
    struct xlsx *x;
    VEC(struct relation) all;
};

static enum rc copy(struct xlsx *x, struct str *to, const char *text, struct err *e)
{
    *to = arena_str(&x->names, str_of(text ? text : ""));
    return to->p ? RC_OK : err_nomem(e);
}

static enum rc relations_start(void *ctx, const char *name, const char **attributes, struct err *e)
{
    struct relations *r = ctx;
    struct relation n;
    if (strcmp(name, "Relationship") != 0 || r->all.n > 65536)
        return RC_OK;
    TRY(copy(r->x, &n.id, xml_attribute(attributes, "Id"), e));
    TRY(copy(r->x, &n.type, xml_attribute(attributes, "Type"), e));
    TRY(copy(r->x, &n.target, xml_attribute(attributes, "Target"), e));
    return vec_push(&r->all, n, e);
}

static enum rc relations_read(struct relations *r, zip_int64_t part, struct err *e)
{
    struct xml_handler h = {r, relations_start, NULL, NULL, NULL};
    return part < 0 ? RC_OK : part_parse(r->x, part, false, &h, e);
}

/* Name of the part that `target` means, seen from the folder of part `base`: "/a" is absolute,
 * "../" goes up. */
static void resolve(char out[NAME_MAX_BYTES], const char *base, struct str target)
{
    const char *slash = strrchr(base, '/');
    size_t n = slash ? (size_t)(slash - base) + 1 : 0;
    if (target.n && (target.p[0] == '/' || target.p[0] == '\\')) {
        n = 0;
        target = str_sub(target, 1, target.n);
    }
    n = MIN(n, (size_t)NAME_MAX_BYTES / 2);
    memcpy(out, base, n);
    for (;;) {
        if (str_starts(target, STR("./"))) {
            target = str_sub(target, 2, target.n);
        } else if (str_starts(target, STR("../"))) {
            target = str_sub(target, 3, target.n);
            while (n && out[--n] != '/') /* the slash itself, then back to the one before */
                ;
            while (n && out[n - 1] != '/')
                n--;
        } else {
            break;
        }
    }
    for (size_t i = 0; i < target.n && n < NAME_MAX_BYTES - 1; i++)
        out[n++] = target.p[i] == '\\' ? '/' : target.p[i];
    out[n] = 0;
}

static const struct relation *relation_of_type(const struct relations *r, const char *tail)
{
    for (size_t i = 0; i < r->all.n; i++)
        if (str_ends(r->all.p[i].type, str_of(tail)))
            return &r->all.p[i];
    return NULL;
}

/* Where the workbook is; refuses the other kinds of document that are zips too. */
static enum rc find_workbook(struct xlsx *x, char name[NAME_MAX_BYTES], struct err *e)
{
    static const struct {
        const char *part, *what;
    } others[] = {
        {"word/document.xml", "docx"},   {"ppt/presentation.xml", "pptx"},
        {"xl/workbook.bin", "xlsb"},     {"content.xml", "ODF"},
        {"EncryptedPackage", NULL},      {"encryption.xml", NULL},
        {"META-INF/MANIFEST.MF", "jar"}, {"META-INF/container.xml", "epub"},
    };
    struct relations r = {.x = x};
    enum rc rc = relations_read(&r, part_find(x, "_rels/.rels"), e);
    const struct relation *w = relation_of_type(&r, "/officeDocument");
    snprintf(name, NAME_MAX_BYTES, "xl/workbook.xml");
    if (w)
        resolve(name, "", w->target);
    vec_free(&r.all);
    if (rc != RC_OK)
        return rc;
    for (size_t i = 0; i < ARRAY_LEN(others); i++)
        if (part_find(x, others[i].part) >= 0 && part_find(x, "xl/workbook.xml") < 0)
            return others[i].what ? err_user(e, "sheet.not_sheet", "%s", others[i].what)
                                  : err_user(e, "sheet.encrypted", "%s", "");
    if (part_find(x, name) < 0)
        snprintf(name, NAME_MAX_BYTES, "xl/workbook.xml");
    return part_find(x, name) < 0 ? err_user(e, "sheet.not_sheet", "zip") : RC_OK;
}

static bool is_true(const char *s)
{
    return s && (strcmp(s, "1") == 0 || strcmp(s, "true") == 0 || strcmp(s, "on") == 0);
}

static enum rc workbook_start(void *ctx, const char *name, const char **attributes, struct err *e)
{
    struct xlsx *x = ctx;
    if (strcmp(name, "workbookPr") == 0)
        x->from_1904 = is_true(xml_attribute(attributes, "date1904"));
    if (strcmp(name, "sheet") != 0)
        return RC_OK;
    if (x->sheets.n >= x->src->limits->sheets)
        return err_too_big(e, "sheet.sheets", "%u", x->src->limits->sheets);
    struct xlsx_sheet s = {.info = {.sheet = (uint32_t)x->sheets.n + 1}, .part = -1};
    const char *state = xml_attribute(attributes, "state");
    s.hidden = state && strcmp(state, "visible") != 0;
    TRY(copy(x, &s.info.name, xml_attribute(attributes, "name"), e));
    TRY(copy(x, &s.relation, xml_attribute(attributes, "id"), e));
    return vec_push(&x->sheets, s, e);
}

/* Give every visible worksheet its part; a chart sheet keeps -1. */
static enum rc locate_sheets(struct xlsx *x, const struct relations *r, const char *workbook,
                             struct err *e)
{
    for (size_t i = 0; i < x->sheets.n; i++) {
        struct xlsx_sheet *s = &x->sheets.p[i];
        for (size_t k = 0; k < r->all.n && !s->hidden; k++) {
            const struct relation *n = &r->all.p[k];
            char name[NAME_MAX_BYTES];
            struct zip_stat st;
            if (!str_eq(n->id, s->relation) || !str_ends(n->type, STR("/worksheet")))
                continue;
            resolve(name, workbook, n->target);
            s->part = part_find(x, name);
            if (s->part < 0)
                return err_at(e, err_user(e, "sheet.damaged", "%s", name), NULL, s->info.name.p, 0,
                              0);
            if (zip_stat_index(x->zip, (zip_uint64_t)s->part, 0, &st) == 0)
                x->total += st.size;
            break;
        }
    }
    return RC_OK;
}

/* A part that the workbook names by its type, or -1. */
static zip_int64_t part_of_type(struct xlsx *x, const struct relations *r, const char *tail,
                                const char *workbook)
{
    char name[NAME_MAX_BYTES];
    const struct relation *n = relation_of_type(r, tail);
    if (!n)
        return -1;
    resolve(name, workbook, n->target);
    return part_find(x, name);
}

static enum rc read_workbook(struct xlsx *x, struct relations *r, struct err *e)
{
    char workbook[NAME_MAX_BYTES], rels[2 * NAME_MAX_BYTES];
    TRY(find_workbook(x, workbook, e));
    const char *slash = strrchr(workbook, '/');
    int folder = slash ? (int)(slash - workbook) + 1 : 0;
    snprintf(rels, sizeof rels, "%.*s_rels/%s.rels", folder, workbook, workbook + folder);
    TRY(relations_read(r, part_find(x, rels), e));
    struct xml_handler h = {x, workbook_start, NULL, NULL, NULL};
    TRY(part_parse(x, part_find(x, workbook), false, &h, e));
    TRY(locate_sheets(x, r, workbook, e));
    zip_int64_t styles = part_of_type(x, r, "/styles", workbook);
    zip_int64_t strings = part_of_type(x, r, "/sharedStrings", workbook);
    if (styles >= 0)
        TRY(styles_read(x, styles, e));
    if (strings >= 0)
        TRY(strings_read(x, strings, e));
    x->total += x->expanded;
    return RC_OK;
}

static enum rc open_zip(struct xlsx *x, struct err *e)
{
    zip_error_t why;
    zip_error_init(&why);
    zip_source_t *from = zip_source_buffer_create(x->src->bytes.p, x->src->bytes.n, 0, &why);
    if (from)
        x->zip = zip_open_from_source(from, ZIP_RDONLY, &why);
    enum rc rc = RC_OK;
    if (!x->zip) {
        rc = zip_error_code_zip(&why) == ZIP_ER_MEMORY
                 ? err_nomem(e)
                 : err_user(e, "sheet.damaged", "%s", zip_error_strerror(&why));
        zip_source_free(from);
    }
    zip_error_fini(&why);
    return rc;
}

enum rc xlsx_read(const struct source *s, struct err *e)
{
    struct xlsx x = {.src = s};
    struct relations r = {.x = &x};
    enum rc rc = open_zip(&x, e);
    if (rc == RC_OK)
        rc = read_workbook(&x, &r, e);
    for (size_t i = 0; rc == RC_OK && i < x.sheets.n; i++)
        if (x.sheets.p[i].part >= 0)
            rc = xlsx_sheet_read(&x, &x.sheets.p[i], e);
    if (x.zip)
        zip_discard(x.zip);
    vec_free(&r.all);
    vec_free(&x.sheets);
    vec_free(&x.styles);
    strings_free(&x.strings);
    arena_free(&x.names);
    return rc;
}
