/* jsonl: one JSON object a line. Keys are columns in the order in which they first appear. */
#include "sheet/sheet_int.h"

#include "base/map.h"

#include <jansson.h>

#define LINE_MAX_BYTES (16u << 20)

struct jsonl {
    const struct source *src;
    struct strmap column;    /* key -> column */
    struct arena names;      /* the keys */
    VEC(struct cell) header; /* the keys as cells */
    struct row row;
    struct buf joined; /* a list written as text */
};

static struct str next_line(struct str text, size_t *at)
{
    const char *nl = memchr(text.p + *at, '\n', text.n - *at);
    size_t end = nl ? (size_t)(nl - text.p) : text.n;
    struct str line = str_sub(text, *at, end);
    *at = end + (nl != NULL);
    return str_trim(line);
}

bool jsonl_looks(struct str text)
{
    size_t at = 0;
    struct str line = {0};
    while (line.n == 0 && at < text.n)
        line = next_line(text, &at);
    json_t *o = line.n <= LINE_MAX_BYTES ? json_loadb(line.p, line.n, 0, NULL) : NULL;
    bool is = json_is_object(o);
    json_decref(o);
    return is;
}

/* The column of a key; a new one is appended. */
static enum rc column_of(struct jsonl *j, struct str key, uint32_t *col, struct err *e)
{
    uint32_t *known = strmap_get(&j->column, key);
    if (known) {
        *col = *known;
        return RC_OK;
    }
    if (j->header.n >= j->src->limits->columns)
        return err_too_big(e, "sheet.columns", "%u", j->src->limits->columns);
    struct str name = arena_str(&j->names, key);
    *col = (uint32_t)j->header.n;
    if (!name.p || !strmap_put(&j->column, name, *col))
        return err_nomem(e);
    return vec_push(&j->header, ((struct cell){name, CELL_TEXT, false}), e);
}

static enum rc put_compact(struct buf *to, const json_t *v, struct err *e)
{
    char *text = json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
    if (!text)
        return err_nomem(e);
    enum rc rc = buf_str(to, str_of(text), e);
    mem_free(text);
    return rc;
}

/* A scalar as text: strings as they are, lists joined by "; ", objects as JSON. */
static enum rc put_value(struct buf *to, const json_t *v, struct err *e)
{
    char number[NUMBER_TEXT];
    switch (json_typeof(v)) {
    case JSON_STRING:
        return buf_put(to, json_string_value(v), json_string_length(v), e);
    case JSON_INTEGER:
        return buf_printf(to, e, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
    case JSON_REAL:
        return buf_str(to, number_plain(number, json_real_value(v)), e);
    case JSON_TRUE:
        return buf_str(to, STR("TRUE"), e);
    case JSON_FALSE:
        return buf_str(to, STR("FALSE"), e);
    case JSON_NULL:
        return RC_OK;
    default:
        return put_compact(to, v, e);
    }
}

static enum rc put_list(struct buf *to, const json_t *list, struct err *e)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (i)
            TRY(buf_str(to, STR("; "), e));
        TRY(put_value(to, json_array_get(list, i), e));
    }
    return RC_OK;
}

static enum cell_kind kind_of(const json_t *v)
{
    switch (json_typeof(v)) {
    case JSON_INTEGER:
    case JSON_REAL:
        return CELL_NUMBER;
    case JSON_TRUE:
    case JSON_FALSE:
        return CELL_BOOL;
    default:
        return CELL_TEXT;
    }
}

static enum rc put_cell(struct jsonl *j, uint32_t col, const json_t *v, struct err *e)
{
    buf_clear(&j->joined);
    TRY(json_is_array(v) ? put_list(&j->joined, v, e) : put_value(&j->joined, v, e));
    struct cell c = {buf_view(&j->joined), (uint8_t)kind_of(v), false};
    if (c.text.n == 0)
        c.kind = CELL_EMPTY;
    if (c.text.n > j->src->limits->cell) {
        c.text = STR("");
        c.kind = CELL_TOO_BIG;
    }
    return row_copy(&j->row, col, c, e);
}

static enum rc put_object(struct jsonl *j, json_t *o, struct err *e)
{
    const char *key;
    json_t *value;
    json_object_foreach(o, key, value)
    {
        uint32_t col = 0;
        TRY(column_of(j, str_of(key), &col, e));
        TRY(put_cell(j, col, value, e));
    }
    return RC_OK;
}

/* A line that is no object: its reason stands in the first column. */
static enum rc put_bad(struct jsonl *j, const char *reason, struct err *e)
{
    return row_copy(&j->row, 0, (struct cell){str_of(reason), CELL_BAD_JSON, false}, e);
}

static enum rc read_line(struct jsonl *j, struct str line, struct err *e)
{
    row_clear(&j->row);
    if (line.n == 0)
        return RC_OK;
    if (line.n > LINE_MAX_BYTES)
        return row_set(&j->row, 0, (struct cell){STR(""), CELL_TOO_BIG, false}, e);
    json_error_t why = {0};
    json_t *o = json_loadb(line.p, line.n, 0, &why);
    enum rc rc;
    if (o && json_is_object(o))
        rc = put_object(j, o, e);
    else if (!o && json_error_code(&why) == json_error_out_of_memory)
        rc = err_nomem(e);
    else
        rc = put_bad(j, o ? "not an object" : why.text, e);
    json_decref(o);
    return rc;
}

static enum rc give_keys(struct jsonl *j, uint32_t number, float done, struct err *e)
{
    const struct sheet_sink *sink = j->src->sink;
    struct sheet_row keys = {number, true, j->header.p, (uint32_t)j->header.n, done};
    return sink->row ? sink->row(sink->ctx, &keys, e) : RC_OK;
}

static enum rc read_lines(struct jsonl *j, struct err *e)
{
    struct sheet_info info = {1, STR("")};
    TRY(sink_sheet(j->src, &info, e));
    struct str text = j->src->bytes;
    uint32_t number = 0;
    for (size_t at = 0; at < text.n;) {
        size_t known = j->header.n;
        struct str line = next_line(text, &at);
        number++;
        TRY(err_at(e, read_line(j, line, e), NULL, NULL, number, 0));
        float done = (float)at / (float)text.n;
        if (j->header.n > known)
            TRY(give_keys(j, number, done, e));
        TRY(sink_row(j->src, &j->row, number, done, e));
    }
    return sink_end(j->src, e);
}

enum rc jsonl_read(const struct source *s, struct err *e)
{
    struct jsonl j = {.src = s};
    row_init(&j.row, s->limits);
    buf_init(&j.joined, 2 * (size_t)LINE_MAX_BYTES);
    enum rc rc = read_lines(&j, e);
    strmap_free(&j.column);
    arena_free(&j.names);
    vec_free(&j.header);
    row_free(&j.row);
    buf_free(&j.joined);
    return rc;
}
