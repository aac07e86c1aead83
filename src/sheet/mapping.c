/* From a header row to fields. */
#include "sheet/table_int.h"

/* Column of a letter name ("C", "aa"), or UINT32_MAX. */
static uint32_t letter_column(struct str s)
{
    uint32_t c = 0;
    if (s.n == 0 || s.n > 3)
        return UINT32_MAX;
    for (size_t i = 0; i < s.n; i++) {
        char x = s.p[i] | 0x20;
        if (x < 'a' || x > 'z')
            return UINT32_MAX;
        c = c * 26 + (uint32_t)(x - 'a' + 1);
    }
    return c - 1;
}

/* Does the user's word mean this header text? */
static bool asked_by_name(const struct column_map *m, struct str text)
{
    char a[NORMAL_MAX], b[NORMAL_MAX];
    struct str have = header_normal(a, text), want = header_normal(b, m->column);
    return have.n && str_eq(have, want);
}

static bool is_text(const struct cell *c)
{
    return (c->kind == CELL_TEXT || c->kind == CELL_OPEN_QUOTE) && text_trim(c->text).n;
}

#define SCORE_EXACT     3
#define SCORE_CONTAINED 1
#define SCORE_ASKED     16
#define SCORE_COLUMNS   1024 /* looked at: a header is no wider */

uint32_t mapping_score(const struct map_request *q, const struct sheet_row *row)
{
    const struct table_options *o = q->options;
    uint32_t score = 0, fields = 0;
    bool title = false;
    for (size_t i = 0; i < o->n_map; i++)
        title |= o->map[i].field == FIELD_TITLE && letter_column(o->map[i].column) != UINT32_MAX;
    for (uint32_t col = 0; col < MIN(row->n, SCORE_COLUMNS); col++) {
        char bytes[NORMAL_MAX];
        if (!is_text(&row->cell[col]))
            continue;
        struct str text = text_trim(row->cell[col].text);
        struct match m = columns_find(q->columns, o->side, header_normal(bytes, text));
        for (size_t i = 0; i < o->n_map; i++) {
            if (!asked_by_name(&o->map[i], text))
                continue;
            score += SCORE_ASKED;
            title |= o->map[i].field == FIELD_TITLE;
        }
        if (m.rank == UINT32_MAX)
            continue;
        score += m.exact ? SCORE_EXACT : SCORE_CONTAINED;
        fields |= 1u << m.field;
        title |= m.field == FIELD_TITLE;
    }
    /* one exact word, or words of two fields; a lone contained word may be a banner */
    return title && (score >= SCORE_EXACT || (fields & (fields - 1))) ? score : 0;
}

static enum rc read_texts(struct mapping *m, const struct map_request *q,
                          const struct sheet_row *row, struct err *e)
{
    for (uint32_t col = 0; row && col < row->n; col++) {
        char bytes[NORMAL_MAX];
        struct str text = STR("");
        if (row->cell[col].text.n && row->cell[col].kind != CELL_ERROR)
            text = arena_str(&m->names, text_trim(row->cell[col].text));
        if (!text.p)
            return err_nomem(e);
        struct match found = {FIELD_OTHER, false, UINT32_MAX};
        if (text.n)
            found = columns_find(q->columns, q->options->side, header_normal(bytes, text));
        TRY(vec_push(&m->text, text, e));
        TRY(vec_push(&m->match, found, e));
        TRY(vec_push(&m->field, found.field, e));
    }
    return RC_OK;
}

/* The column that the user means: by its text, else by its letter. */
static enum rc asked_column(struct mapping *m, const struct column_map *want, uint32_t *col,
                            struct err *e)
{
    for (*col = 0; *col < m->text.n; ++*col)
        if (asked_by_name(want, m->text.p[*col]))
            return RC_OK;
    *col = letter_column(want->column);
    while (*col != UINT32_MAX && *col < 16384 && m->text.n <= *col) { /* a column without a name */
        TRY(vec_push(&m->text, STR(""), e));
        TRY(vec_push(&m->match, ((struct match){FIELD_OTHER, false, UINT32_MAX}), e));
        TRY(vec_push(&m->field, FIELD_OTHER, e));
    }
    if (*col >= m->text.n)
        *col = UINT32_MAX;
    return RC_OK;
}

/* Fields that the user named lose the columns that the synonyms gave them. */
static enum rc apply_requests(struct mapping *m, const struct map_request *q, uint32_t *given,
                              struct err *e)
{
    const struct table_options *o = q->options;
    uint32_t cleared = 0;
    *given = 0; /* fields, as bits */
    for (size_t i = 0; i < o->n_map; i++) {
        const struct column_map *want = &o->map[i];
        uint32_t col;
        TRY(asked_column(m, want, &col, e));
        if (col == UINT32_MAX)
            continue;
        q->met[i] = true;
        for (size_t k = 0; k < m->field.n && !(cleared & 1u << want->field); k++)
            if (m->field.p[k] == want->field)
                m->field.p[k] = FIELD_OTHER;
        cleared |= 1u << want->field;
        m->field.p[col] = want->field;
        *given |= 1u << want->field;
    }
    return RC_OK;
}

static bool better(const struct match *a, const struct match *b)
{
    return a->exact != b->exact ? a->exact : a->rank < b->rank;
}

/* A field of one column takes the best; the others become what the table says (titles: body). */
static void keep_best(struct mapping *m, const struct map_request *q, uint32_t given)
{
    for (enum field f = 0; f < FIELD__COUNT; f++) {
        size_t best = SIZE_MAX;
        enum field rest = columns_surplus(q->columns, f);
        if (columns_join(q->columns, f) || given & 1u << f)
            continue;
        if (rest != FIELD_OTHER && given & 1u << rest)
            rest = FIELD_OTHER;
        for (size_t k = 0; k < m->field.n; k++) {
            if (m->field.p[k] != f)
                continue;
            if (best != SIZE_MAX && !better(&m->match.p[k], &m->match.p[best])) {
                m->field.p[k] = rest;
                continue;
            }
            if (best != SIZE_MAX)
                m->field.p[best] = rest;
            best = k;
        }
    }
}

enum rc mapping_make(struct mapping *m, const struct map_request *q, const struct sheet_row *row,
                     struct err *e)
{
    uint32_t given;
    mapping_free(m);
    m->row = row ? row->row : 0;
    TRY(read_texts(m, q, row, e));
    TRY(apply_requests(m, q, &given, e));
    keep_best(m, q, given);
    m->title = false;
    for (size_t k = 0; k < m->field.n; k++)
        m->title |= m->field.p[k] == FIELD_TITLE;
    return RC_OK;
}

bool mapping_headless(const struct map_request *q)
{
    const struct table_options *o = q->options;
    bool title = false;
    for (size_t i = 0; i < o->n_map; i++) {
        if (letter_column(o->map[i].column) == UINT32_MAX)
            return false;
        title |= o->map[i].field == FIELD_TITLE;
    }
    return title;
}

void mapping_free(struct mapping *m)
{
    vec_free(&m->text);
    vec_free(&m->field);
    vec_free(&m->match);
    arena_free(&m->names);
    *m = (struct mapping){0};
}
