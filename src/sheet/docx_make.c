/* A plain docx of blocks: the forms that come with the program, until a site has its own. */
#include "sheet/docx_int.h"

#define FONT "宋体"
#define W                                                                                          \
    "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" "                    \
    "xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\""
#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define REL  "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
#define PKG  "http://schemas.openxmlformats.org/package/2006/"
#define WML  "application/vnd.openxmlformats-officedocument.wordprocessingml."

const struct docx_body docx_a4 = {
    .page_w = 11906, .page_h = 16838, .left = 1417, .right = 1417, .top = 1417, .bottom = 1417};

static const char types[] =
    HEAD "<Types xmlns=\"" PKG "content-types\">"
         "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package."
         "relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/>"
         "<Override PartName=\"/word/document.xml\" ContentType=\"" WML "document.main+xml\"/>"
         "<Override PartName=\"/word/styles.xml\" ContentType=\"" WML "styles+xml\"/></Types>";
static const char root_rels[] =
    HEAD "<Relationships xmlns=\"" PKG "relationships\"><Relationship Id=\"rId1\" Type=\"" REL
         "officeDocument\" Target=\"word/document.xml\"/></Relationships>";
static const char document_rels[] =
    HEAD "<Relationships xmlns=\"" PKG "relationships\"><Relationship Id=\"rId1\" Type=\"" REL
         "styles\" Target=\"styles.xml\"/></Relationships>";
static const char styles[] = HEAD
    "<w:styles " W "><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii=\"Times New Roman\" "
    "w:hAnsi=\"Times New Roman\" w:eastAsia=\"" FONT "\"/><w:kern w:val=\"2\"/><w:sz w:val=\"21\"/>"
    "<w:szCs w:val=\"21\"/><w:lang w:val=\"en-US\" w:eastAsia=\"zh-CN\"/></w:rPr></w:rPrDefault>"
    "</w:docDefaults><w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"a\">"
    "<w:name w:val=\"Normal\"/></w:style></w:styles>";

/* ---- the body ---- */

static enum rc put_run(struct buf *b, const struct docx_run *r, struct err *e)
{
    struct str s = r->text;
    TRY(buf_str(b, STR("<w:r>"), e));
    if (r->bold || r->size) {
        TRY(buf_printf(b, e, "<w:rPr>%s", r->bold ? "<w:b/>" : ""));
        if (r->size)
            TRY(buf_printf(b, e, "<w:sz w:val=\"%u\"/><w:szCs w:val=\"%u\"/>", r->size, r->size));
        TRY(buf_str(b, STR("</w:rPr>"), e));
    }
    for (;;) {
        size_t n = str_find(s, STR("\n"), 0);
        TRY(buf_str(b, STR("<w:t xml:space=\"preserve\">"), e));
        TRY(xml_text(b, str_sub(s, 0, n), e));
        TRY(buf_str(b, STR("</w:t>"), e));
        if (n == SIZE_MAX)
            break;
        TRY(buf_str(b, STR("<w:br/>"), e));
        s = str_sub(s, n + 1, s.n);
    }
    return buf_str(b, STR("</w:r>"), e);
}

static enum rc put_para(struct buf *b, const struct docx_para *p, struct err *e)
{
    static const char *const align[] = {"left", "center", "right"};
    TRY(buf_str(b, STR("<w:p>"), e));
    if (p->align != DOCX_LEFT)
        TRY(buf_printf(b, e, "<w:pPr><w:jc w:val=\"%s\"/></w:pPr>", align[p->align]));
    for (uint32_t i = 0; i < p->n; i++)
        TRY(put_run(b, &p->run[i], e));
    return buf_str(b, STR("</w:p>"), e);
}

static enum rc put_cell(struct buf *b, const struct docx_cell *c, uint32_t width, bool begins,
                        struct err *e)
{
    TRY(buf_printf(b, e, "<w:tc><w:tcPr><w:tcW w:w=\"%u\" w:type=\"dxa\"/>", width));
    if (c->span > 1)
        TRY(buf_printf(b, e, "<w:gridSpan w:val=\"%u\"/>", c->span));
    if (c->continued || begins)
        TRY(buf_printf(b, e, "<w:vMerge%s/>", begins ? " w:val=\"restart\"" : ""));
    if (c->shaded)
        TRY(buf_str(b, STR("<w:shd w:val=\"clear\" w:color=\"auto\" w:fill=\"F2F2F2\"/>"), e));
    TRY(buf_str(b, STR("<w:vAlign w:val=\"center\"/></w:tcPr>"), e));
    for (uint32_t i = 0; i < c->n; i++)
        TRY(put_para(b, &c->para[i], e));
    return buf_str(b, c->n ? STR("</w:tc>") : STR("<w:p/></w:tc>"), e);
}

static enum rc put_lines(struct buf *b, bool plain, struct err *e)
{
    static const char *const side[] = {"top", "left", "bottom", "right", "insideH", "insideV"};
    TRY(buf_str(b, STR("<w:tblBorders>"), e));
    for (size_t i = 0; i < ARRAY_LEN(side); i++)
        TRY(buf_printf(b, e, "<w:%s w:val=\"%s\" w:sz=\"4\" w:space=\"0\" w:color=\"000000\"/>",
                       side[i], plain ? "nil" : "single"));
    return buf_str(b, STR("</w:tblBorders>"), e);
}

/* Does a cell of the row begin at this column and go on with what stands above it? */
static bool continues_at(const struct docx_row *row, uint32_t col)
{
    uint32_t at = 0;
    for (uint32_t i = 0; i < row->n && at <= col; at += MAX(row->cell[i].span, 1u), i++)
        if (at == col)
            return row->cell[i].continued;
    return false;
}

uint32_t docx_heads(const struct docx_block *t)
{
    for (uint32_t r = 0; r + 1 < t->n_rows; r++)
        for (uint32_t i = 0; i < t->row[r].n; i++)
            if (!t->row[r].cell[i].shaded)
                return r;
    return t->n_rows ? t->n_rows - 1 : 0;
}

static enum rc put_table(struct buf *b, const struct docx_block *t, struct err *e)
{
    TRY(buf_str(b, STR("<w:tbl><w:tblPr><w:tblW w:w=\"5000\" w:type=\"pct\"/>"), e));
    TRY(put_lines(b, t->plain, e));
    TRY(buf_str(b, STR("<w:tblLayout w:type=\"fixed\"/></w:tblPr><w:tblGrid>"), e));
    for (uint32_t i = 0; i < t->n_cols; i++)
        TRY(buf_printf(b, e, "<w:gridCol w:w=\"%u\"/>", t->width[i]));
    TRY(buf_str(b, STR("</w:tblGrid>"), e));
    uint32_t heads = docx_heads(t);
    for (uint32_t r = 0; r < t->n_rows; r++) {
        uint32_t col = 0;
        TRY(buf_printf(b, e, "<w:tr><w:trPr><w:trHeight w:val=\"454\"/>%s</w:trPr>",
                       r < heads ? "<w:tblHeader/>" : ""));
        for (uint32_t i = 0; i < t->row[r].n; i++) {
            const struct docx_cell *c = &t->row[r].cell[i];
            uint32_t width = 0, from = col;
            for (uint32_t k = 0; k < MAX(c->span, 1u) && col < t->n_cols; k++)
                width += t->width[col++];
            bool begins = !c->continued && r + 1 < t->n_rows && continues_at(&t->row[r + 1], from);
            TRY(put_cell(b, c, width, begins, e));
        }
        TRY(buf_str(b, STR("</w:tr>"), e));
    }
    return buf_str(b, STR("</w:tbl>"), e);
}

static enum rc put_body(struct buf *b, const struct docx_body *body, struct err *e)
{
    TRY(buf_str(b, STR(HEAD "<w:document " W "><w:body>"), e));
    for (uint32_t i = 0; i < body->n; i++) {
        bool table = body->block[i].n_rows > 0;
        TRY(table ? put_table(b, &body->block[i], e) : put_para(b, &body->block[i].para, e));
        /* a body does not end with a table, and two in a row would become one */
        if (table && (i + 1 == body->n || body->block[i + 1].n_rows))
            TRY(buf_str(b, STR("<w:p/>"), e));
    }
    return buf_printf(b, e,
                      "<w:sectPr><w:pgSz w:w=\"%u\" w:h=\"%u\"/><w:pgMar w:top=\"%u\" "
                      "w:right=\"%u\" w:bottom=\"%u\" w:left=\"%u\" w:header=\"851\" "
                      "w:footer=\"992\" w:gutter=\"0\"/></w:sectPr></w:body></w:document>",
                      body->page_w, body->page_h, body->top, body->right, body->bottom, body->left);
}

/* ---- the package ---- */

static enum rc add(zip_t *z, const char *name, const char *bytes, size_t n, struct err *e)
{
    zip_source_t *s = zip_source_buffer(z, bytes, n, 0);
    zip_int64_t i = s ? zip_file_add(z, name, s, ZIP_FL_ENC_UTF_8) : -1;
    if (i < 0) {
        zip_source_free(s);
        return err_nomem(e);
    }
    /* the first day that a zip can have, whenever it is made */
    return zip_file_set_dostime(z, (zip_uint64_t)i, 0, 0x21, 0) == 0 ? RC_OK : err_nomem(e);
}

static enum rc add_all(zip_t *z, const struct buf *body, struct err *e)
{
    TRY(add(z, "[Content_Types].xml", types, sizeof types - 1, e));
    TRY(add(z, "_rels/.rels", root_rels, sizeof root_rels - 1, e));
    TRY(add(z, "word/document.xml", body->p, body->n, e));
    TRY(add(z, "word/_rels/document.xml.rels", document_rels, sizeof document_rels - 1, e));
    return add(z, "word/styles.xml", styles, sizeof styles - 1, e);
}

static enum rc take(zip_source_t *to, struct buf *out, struct err *e)
{
    zip_stat_t st;
    if (zip_source_open(to) != 0)
        return err_nomem(e);
    char *room = zip_source_stat(to, &st) == 0 ? mem_alloc((size_t)st.size) : NULL;
    enum rc rc =
        room && zip_source_read(to, room, st.size) == (zip_int64_t)st.size ? RC_OK : err_nomem(e);
    if (rc == RC_OK)
        rc = buf_put(out, room, (size_t)st.size, e);
    mem_free(room);
    zip_source_close(to);
    return rc;
}

static enum rc pack(const struct buf *body, struct buf *out, struct err *e)
{
    zip_source_t *to = zip_source_buffer_create(NULL, 0, 0, NULL);
    if (!to)
        return err_nomem(e);
    zip_source_keep(to);
    zip_t *z = zip_open_from_source(to, ZIP_TRUNCATE, NULL);
    if (!z) {
        zip_source_free(to);
        zip_source_free(to);
        return err_nomem(e);
    }
    enum rc rc = add_all(z, body, e);
    if (rc != RC_OK || zip_close(z) != 0) {
        zip_discard(z);
        rc = rc == RC_OK ? err_nomem(e) : rc;
    }
    if (rc == RC_OK)
        rc = take(to, out, e);
    zip_source_free(to);
    return rc;
}

enum rc docx_make(struct buf *out, const struct docx_body *body, struct err *e)
{
    struct buf b;
    buf_init(&b, DOCX_MAX);
    enum rc rc = put_body(&b, body, e);
    if (rc == RC_OK)
        rc = pack(&b, out, e);
    buf_free(&b);
    return rc;
}
