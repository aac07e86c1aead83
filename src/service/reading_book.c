/* The workbook of `qiao read`. What a duplicate says is listed with the first page of its text. */
#include "service/reading_book.h"
#include "sheet/sheet_out.h"

enum { SHEET_PAGES, SHEET_PARTIES, SHEET_PEOPLE, SHEET_FACTS, SHEETS };
enum { ROWS_MAX = 1048576 };

struct read_column {
    const char *key;
    double width;
    enum out_style style;
};

enum {
    P_NO,
    P_SOURCE,
    P_STATUS,
    P_REASON,
    P_SAME,
    P_TITLE,
    P_PUBLISHED,
    P_DAY,
    P_END,
    P_EVENT,
    P_AREAS,
    P_PARTIES,
    P_PEOPLE,
    P_FACTS,
    P_REPAIRS,
    P_BRANDS,
    P_ADDRESS,
    P__COUNT
};
static const struct read_column page_columns[P__COUNT] = {
    {"column.page", 7, OUT_INTEGER},      {"column.source", 40, OUT_TEXT},
    {"column.status", 14, OUT_TEXT},      {"column.reason", 30, OUT_WRAP},
    {"column.duplicate", 9, OUT_INTEGER}, {"column.title", 46, OUT_WRAP},
    {"column.published", 12, OUT_TEXT},   {"column.event_day", 12, OUT_TEXT},
    {"column.event_end", 12, OUT_TEXT},   {"column.event", 12, OUT_TEXT},
    {"column.areas", 24, OUT_WRAP},       {"column.parties", 8, OUT_INTEGER},
    {"column.people", 8, OUT_INTEGER},    {"column.facts", 8, OUT_INTEGER},
    {"column.repairs", 8, OUT_INTEGER},   {"column.brands", 16, OUT_TEXT},
    {"column.address", 40, OUT_TEXT},
};

enum {
    O_NO,
    O_TITLE,
    O_NAME,
    O_KIND,
    O_ALIASES,
    O_KNOWN,
    O_RECORD,
    O_RECORD_NAME,
    O_PLACES,
    O_QUOTE,
    O_FROM,
    O_TO,
    O__COUNT
};
static const struct read_column party_columns[O__COUNT] = {
    {"column.page", 7, OUT_INTEGER},   {"column.title", 36, OUT_WRAP},
    {"column.party", 30, OUT_TEXT},    {"column.kind", 12, OUT_TEXT},
    {"column.aliases", 24, OUT_WRAP},  {"column.known", 12, OUT_TEXT},
    {"column.record", 20, OUT_TEXT},   {"column.record_name", 30, OUT_WRAP},
    {"column.places", 8, OUT_INTEGER}, {"column.quote", 60, OUT_WRAP},
    {"column.from", 8, OUT_INTEGER},   {"column.to", 8, OUT_INTEGER},
};

enum { W_NO, W_TITLE, W_NAME, W_OFFICE, W_ORG, W_QUOTE, W_FROM, W_TO, W__COUNT };
static const struct read_column person_columns[W__COUNT] = {
    {"column.page", 7, OUT_INTEGER}, {"column.title", 36, OUT_WRAP}, {"column.name", 12, OUT_TEXT},
    {"column.office", 26, OUT_WRAP}, {"column.party", 30, OUT_TEXT}, {"column.quote", 60, OUT_WRAP},
    {"column.from", 8, OUT_INTEGER}, {"column.to", 8, OUT_INTEGER},
};

enum {
    F_NO,
    F_TITLE,
    F_TYPE,
    F_SUBJECT,
    F_PREDICATE,
    F_OBJECT,
    F_VALUE,
    F_DEADLINE,
    F_QUOTE,
    F_FROM,
    F_TO,
    F__COUNT
};
static const struct read_column fact_columns[F__COUNT] = {
    {"column.page", 7, OUT_INTEGER},    {"column.title", 36, OUT_WRAP},
    {"column.fact", 14, OUT_TEXT},      {"column.subject", 28, OUT_TEXT},
    {"column.predicate", 16, OUT_TEXT}, {"column.object", 36, OUT_WRAP},
    {"column.value", 14, OUT_TEXT},     {"column.until", 14, OUT_TEXT},
    {"column.quote", 60, OUT_WRAP},     {"column.from", 8, OUT_INTEGER},
    {"column.to", 8, OUT_INTEGER},
};

struct read_book {
    struct sheet_out *out;
    struct read_words words;
    uint32_t sheet[SHEETS], rows[SHEETS];
    uint32_t left_out;
    struct buf text;
};

static enum rc add_sheet(struct read_book *b, int which, const char *name,
                         const struct read_column *columns, uint32_t n, struct err *e)
{
    struct out_column c[P__COUNT];
    for (uint32_t i = 0; i < n; i++)
        c[i] = (struct out_column){book_sentence(&b->words, columns[i].key), columns[i].width,
                                   columns[i].style};
    return sheet_out_sheet(b->out, book_sentence(&b->words, name), c, n, &b->sheet[which], e);
}

static enum rc add_sheets(struct read_book *b, struct err *e)
{
    TRY(add_sheet(b, SHEET_PAGES, "sheetname.pages", page_columns, P__COUNT, e));
    TRY(add_sheet(b, SHEET_PARTIES, "sheetname.parties", party_columns, O__COUNT, e));
    TRY(add_sheet(b, SHEET_PEOPLE, "sheetname.people", person_columns, W__COUNT, e));
    return add_sheet(b, SHEET_FACTS, "sheetname.facts", fact_columns, F__COUNT, e);
}

enum rc read_book_open(struct read_book **out, const char *path, const struct read_words *w,
                       struct err *e)
{
    struct read_book *b = mem_calloc(1, sizeof *b);
    if (!b)
        return err_nomem(e);
    b->words = *w;
    buf_init(&b->text, 1 << 26);
    enum rc rc = sheet_out_open(&b->out, path, e);
    if (rc == RC_OK)
        rc = add_sheets(b, e);
    if (rc == RC_OK)
        *out = b;
    else
        read_book_abandon(b);
    return rc;
}

void read_book_abandon(struct read_book *b)
{
    if (!b)
        return;
    sheet_out_abandon(b->out);
    buf_free(&b->text);
    mem_free(b);
}

enum rc read_book_close(struct read_book *b, uint32_t *left_out, struct err *e)
{
    struct sheet_out *out = b->out;
    *left_out = b->left_out;
    b->out = NULL;
    read_book_abandon(b);
    return sheet_out_close(out, e);
}

/* A row, unless the sheet is full; *row 0 then. */
static enum rc add_row(struct read_book *b, int which, uint32_t *row, struct err *e)
{
    *row = 0;
    if (b->rows[which] + 1 >= ROWS_MAX) {
        b->left_out++;
        return RC_OK;
    }
    b->rows[which]++;
    return sheet_out_row(b->out, b->sheet[which], row, e);
}

static enum rc put(struct read_book *b, int which, uint32_t col, struct str s, struct err *e)
{
    return s.n ? sheet_out_text(b->out, b->sheet[which], col, s, e) : RC_OK;
}

static enum rc put_number(struct read_book *b, int which, uint32_t col, double x, struct err *e)
{
    return sheet_out_number(b->out, b->sheet[which], col, x, e);
}

/* Page, title; quote and place. */
static enum rc put_place(struct read_book *b, int which, const struct read_page *p,
                         uint32_t quote_col, const json_t *place, struct str quote, struct err *e)
{
    TRY(put_number(b, which, 0, p->number, e)); /* links would be kept in memory, each of them */
    TRY(put(b, which, 1, read_text(p->json, "title"), e));
    TRY(put(b, which, quote_col, quote, e));
    if (!place)
        return RC_OK;
    TRY(put_number(b, which, quote_col + 1,
                   (double)json_integer_value(json_object_get(place, "from")), e));
    return put_number(b, which, quote_col + 2,
                      (double)json_integer_value(json_object_get(place, "to")), e);
}

/* A list of texts as one cell. */
static enum rc put_list(struct read_book *b, int which, uint32_t col, const json_t *texts,
                        struct err *e)
{
    size_t i;
    const json_t *t;
    buf_clear(&b->text);
    json_array_foreach(texts, i, t)
    {
        if (i)
            TRY(buf_str(&b->text, book_sentence(&b->words, "read.list"), e));
        TRY(buf_put(&b->text, json_string_value(t), json_string_length(t), e));
    }
    return put(b, which, col, buf_view(&b->text), e);
}

/* Why it was refused or not read. */
static enum rc put_reason(struct read_book *b, const struct read_page *p, struct err *e)
{
    struct str reason = read_text(p->json, "reason"), detail = read_text(p->json, "detail");
    if (b->words.reason)
        return b->words.reason(b->words.ctx, &b->text, p, e);
    if (!str_eq(p->status, STR("failed")))
        return buf_str(&b->text, book_word(&b->words, "refused.%s", reason), e);
    struct str text = book_word(&b->words, "%s", reason);
    size_t at = str_find(text, STR("{detail}"), 0);
    TRY(buf_str(&b->text, str_sub(text, 0, MIN(at, text.n)), e));
    if (at == SIZE_MAX)
        return RC_OK;
    TRY(buf_str(&b->text, detail, e));
    return buf_str(&b->text, str_sub(text, at + strlen("{detail}"), text.n), e);
}

static enum rc put_page(struct read_book *b, const struct read_page *p, struct err *e)
{
    static const struct {
        uint32_t col;
        const char *key;
    } texts[] = {{P_SOURCE, "source"},  {P_TITLE, "title"},        {P_PUBLISHED, "publish_date"},
                 {P_DAY, "event_date"}, {P_END, "event_date_end"}, {P_ADDRESS, "address"}},
      lists[] = {
          {P_PARTIES, "parties"}, {P_PEOPLE, "people"}, {P_FACTS, "facts"}, {P_REPAIRS, "repairs"}};
    uint32_t row;
    TRY(add_row(b, SHEET_PAGES, &row, e));
    if (!row)
        return RC_OK;
    TRY(put_number(b, SHEET_PAGES, P_NO, p->number, e));
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        TRY(put(b, SHEET_PAGES, texts[i].col, read_text(p->json, texts[i].key), e));
    TRY(put(b, SHEET_PAGES, P_STATUS, book_word(&b->words, "status.%s", p->status), e));
    if (p->duplicate_of)
        TRY(put_number(b, SHEET_PAGES, P_SAME, p->duplicate_of, e));
    if (!str_eq(p->status, STR("read"))) {
        buf_clear(&b->text);
        TRY(put_reason(b, p, e));
        TRY(put(b, SHEET_PAGES, P_REASON, buf_view(&b->text), e));
    } else {
        struct str event = read_text(p->json, "event_type");
        TRY(put(b, SHEET_PAGES, P_EVENT, book_word(&b->words, "event.%s", event), e));
    }
    TRY(put_list(b, SHEET_PAGES, P_AREAS, json_object_get(p->json, "areas"), e));
    TRY(put_list(b, SHEET_PAGES, P_BRANDS, json_object_get(p->json, "brands"), e));
    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        const json_t *list = json_object_get(p->json, lists[i].key);
        if (list)
            TRY(put_number(b, SHEET_PAGES, lists[i].col, (double)json_array_size(list), e));
    }
    return RC_OK;
}

/* The record, or those among which somebody must choose. */
static enum rc put_known(struct read_book *b, const json_t *known, struct err *e)
{
    size_t i;
    const json_t *record, *records = json_object_get(known, "records");
    struct str by = read_text(known, "by");
    TRY(put(b, SHEET_PARTIES, O_KNOWN, book_word(&b->words, "known.%s", by), e));
    for (int k = 0; k < 2; k++) {
        buf_clear(&b->text);
        json_array_foreach(records, i, record)
        {
            if (i)
                TRY(buf_str(&b->text, book_sentence(&b->words, "read.between"), e));
            TRY(buf_str(&b->text, read_text(record, k ? "name" : "id"), e));
        }
        TRY(put(b, SHEET_PARTIES, k ? O_RECORD_NAME : O_RECORD, buf_view(&b->text), e));
    }
    return RC_OK;
}

static enum rc put_party(struct read_book *b, const struct read_page *p, const json_t *party,
                         struct err *e)
{
    uint32_t row;
    const json_t *at = json_object_get(party, "at"), *first = json_array_get(at, 0);
    const json_t *known = json_object_get(party, "known");
    TRY(add_row(b, SHEET_PARTIES, &row, e));
    if (!row)
        return RC_OK;
    TRY(put_place(b, SHEET_PARTIES, p, O_QUOTE, first,
                  first ? read_quote(p, first) : (struct str){0}, e));
    TRY(put(b, SHEET_PARTIES, O_NAME, read_text(party, "name"), e));
    TRY(put(b, SHEET_PARTIES, O_KIND, book_word(&b->words, "kind.%s", read_text(party, "kind")),
            e));
    TRY(put_list(b, SHEET_PARTIES, O_ALIASES, json_object_get(party, "aliases"), e));
    if (known)
        TRY(put_known(b, known, e));
    return put_number(b, SHEET_PARTIES, O_PLACES, (double)json_array_size(at), e);
}

static enum rc put_person(struct read_book *b, const struct read_page *p, const json_t *person,
                          struct err *e)
{
    uint32_t row;
    const json_t *at = json_object_get(person, "at");
    TRY(add_row(b, SHEET_PEOPLE, &row, e));
    if (!row)
        return RC_OK;
    TRY(put_place(b, SHEET_PEOPLE, p, W_QUOTE, at, read_quote(p, at), e));
    TRY(put(b, SHEET_PEOPLE, W_NAME, read_text(person, "name"), e));
    TRY(put(b, SHEET_PEOPLE, W_OFFICE, read_text(person, "title"), e));
    return put(b, SHEET_PEOPLE, W_ORG, book_party(&b->words, p, json_object_get(person, "party")),
               e);
}

static enum rc put_fact(struct read_book *b, const struct read_page *p, const json_t *fact,
                        struct err *e)
{
    uint32_t row;
    const json_t *at = json_object_get(fact, "evidence");
    TRY(add_row(b, SHEET_FACTS, &row, e));
    if (!row)
        return RC_OK;
    TRY(put_place(b, SHEET_FACTS, p, F_QUOTE, at, read_text(at, "text"), e));
    TRY(put(b, SHEET_FACTS, F_TYPE, book_word(&b->words, "fact.%s", read_text(fact, "type")), e));
    TRY(put(b, SHEET_FACTS, F_SUBJECT, book_party(&b->words, p, json_object_get(fact, "subject")),
            e));
    TRY(put(b, SHEET_FACTS, F_PREDICATE, read_text(fact, "predicate"), e));
    TRY(put(b, SHEET_FACTS, F_OBJECT, read_text(fact, "object"), e));
    TRY(put(b, SHEET_FACTS, F_VALUE, read_text(fact, "value"), e));
    return put(b, SHEET_FACTS, F_DEADLINE, read_text(fact, "deadline"), e);
}

enum rc read_book_add(struct read_book *b, const struct read_page *p, struct err *e)
{
    size_t i;
    const json_t *x;
    TRY(put_page(b, p, e));
    if (p->duplicate_of || !str_eq(p->status, STR("read")))
        return RC_OK;
    json_array_foreach(json_object_get(p->json, "parties"), i, x) TRY(put_party(b, p, x, e));
    json_array_foreach(json_object_get(p->json, "people"), i, x) TRY(put_person(b, p, x, e));
    json_array_foreach(json_object_get(p->json, "facts"), i, x) TRY(put_fact(b, p, x, e));
    return RC_OK;
}
