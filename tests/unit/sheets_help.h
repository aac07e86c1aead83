/* Shared by the tests of spreadsheets of kinds: files in a folder of their own, records of every
 * kind with texts that are hard on a spreadsheet. */
#ifndef SHEETS_HELP_H
#define SHEETS_HELP_H

#include "site_help.h"

#include "base/file.h"
#include "service/sheets.h"
#include "sheet/sheet.h"

static char sheets_folder[] = "/tmp/qiao-sheets-XXXXXX";

static inline const char *path_in(const char *name)
{
    static char path[4][256];
    static int at;
    at = (at + 1) % 4;
    snprintf(path[at], sizeof path[at], "%s/%s", sheets_folder, name);
    return path[at];
}

static inline void write_file(const char *name, struct str bytes)
{
    struct file_out *f;
    OK(file_out_open(&f, path_in(name), &e));
    OK(file_out_write(f, bytes.p, bytes.n, &e));
    OK(file_out_commit_unsynced(f, &e));
}

static inline const char *written(const char *name, const char *text)
{
    write_file(name, str_of(text));
    return path_in(name);
}

static inline struct str slurped(const char *path)
{
    struct buf b;
    buf_init(&b, 1u << 28);
    OK(file_read(&b, path, &e));
    struct str s = arena_str(&mem, buf_view(&b));
    buf_free(&b);
    assert_non_null(s.p);
    return s;
}

/* ---- rows as text ---- */

static inline enum rc sheets_show(void *ctx, const struct sheet_row *r, struct err *e)
{
    struct buf *b = ctx;
    if (r->keys)
        return RC_OK;
    for (uint32_t i = 0; i < r->n; i++)
        TRY(buf_printf(b, e, "%s%.*s", i ? "|" : "", (int)r->cell[i].text.n,
                       r->cell[i].text.n ? r->cell[i].text.p : ""));
    return buf_char(b, '\n', e);
}

/* The rows of a file, cells parted by |. */
static inline const char *rows_of(const char *path)
{
    struct buf b;
    buf_init(&b, 1u << 26);
    struct sheet_sink sink = {.ctx = &b, .row = sheets_show};
    OK(sheet_read(path, &sink, NULL, &e));
    struct str s = arena_str(&mem, buf_view(&b));
    buf_free(&b);
    assert_non_null(s.p);
    return s.p;
}

/* ---- imports ---- */

static inline struct import *opened(const struct actor *a, const char *kind, const char *path)
{
    struct import *i = NULL;
    OK(import_open(&i, site, a, kind_of(kind), path, NULL, NULL, &e));
    return i;
}

static inline void assert_counts(const struct import *i, uint32_t new, uint32_t changed,
                                 uint32_t same, uint32_t wrong)
{
    if (import_count(i, ROW_NEW) != new || import_count(i, ROW_CHANGED) != changed ||
        import_count(i, ROW_SAME) != same || import_count(i, ROW_WRONG) != wrong) {
        struct buf b;
        buf_init(&b, 1u << 20);
        for (uint32_t r = 0; r < import_rows(i) && b.n < 4000; r++) {
            struct import_row row = import_row(i, r);
            OK(buf_printf(&b, &e, "\nrow %u state %d id %lld", row.row, (int)row.state,
                          (long long)row.id));
            for (uint32_t c = 0; c < row.n_changes; c++)
                OK(buf_printf(&b, &e, " changes field %u%s", row.change[c].field,
                              row.change[c].masked ? " masked" : ""));
            for (uint32_t f = 0; f < row.n_faults; f++) {
                OK(buf_char(&b, ' ', &e));
                OK(import_say(&b, i, r, f, true, &e));
            }
        }
        fail_msg("new %u changed %u same %u wrong %u, wanted %u %u %u %u%s",
                 import_count(i, ROW_NEW), import_count(i, ROW_CHANGED), import_count(i, ROW_SAME),
                 import_count(i, ROW_WRONG), new, changed, same, wrong, b.n ? b.p : "");
    }
}

/* A fault of the row with this key; its column, 0 where there is none. */
static inline uint32_t fault_in(const struct import *i, uint32_t row, const char *key)
{
    struct import_row r = import_row(i, row);
    for (uint32_t f = 0; f < r.n_faults; f++)
        if (strcmp(r.fault[f].key, key) == 0)
            return r.fault_col[f];
    fail_msg("row %u has no %s, but %s", row, key, r.n_faults ? r.fault[0].key : "nothing");
    return 0;
}

static inline void import_all(const struct actor *a, const char *kind, const char *path)
{
    struct import *i = opened(a, kind, path);
    if (import_count(i, ROW_WRONG))
        assert_counts(i, import_rows(i), 0, 0, 0);
    OK(import_apply(i, NULL, NULL, &e));
    import_close(i);
}

static inline uint64_t count_of(const char *kind)
{
    struct list_request q = {.kind = kind_of(kind), .count = true, .limit = 1};
    struct list_answer a;
    OK(record_list(site, &actor_system, &q, &mem, &a, &e));
    vec_free(&a.rec);
    return a.total;
}

static inline struct rec rec_of(const char *kind, int64_t id)
{
    struct shown s;
    OK(record_show(site, &actor_system, kind_of(kind), id, &mem, &s, &e));
    return s.rec;
}

static inline const struct val *val_of(const struct rec *r, const char *field)
{
    uint32_t f = field_find(r->kind, str_of(field));
    assert_true(f != NO_FIELD);
    return &r->val[f];
}

static inline int64_t titled(const char *kind, const char *title)
{
    struct list_request q = {.kind = kind_of(kind), .limit = 1000, .sort = STR("id")};
    struct list_answer a;
    int64_t id = 0;
    OK(record_list(site, &actor_system, &q, &mem, &a, &e));
    for (size_t i = 0; i < a.rec.n; i++)
        if (str_eq(rec_title(&a.rec.p[i]), str_of(title)))
            id = a.rec.p[i].id;
    vec_free(&a.rec);
    return id;
}

/* ---- records of any kind ---- */

/* What spreadsheets like to spoil. */
static inline struct str hard_text(unsigned n)
{
    static const char *const texts[] = {
        "=1+1",      "+86 010",  "-5",        "@名",        "'=1",
        "''",        "00123",    "1E5",       "2026-03-01", "“引”,号；分;号",
        "竖|线\\斜", "＝全角",   "=\"0012\"", "TRUE",       "#N/A",
        "_x0041_",   "（空）的", "3/4",       "50%",        "示例",
        "a\tb",      "é ü 𠮷",   "1,234.50",  "  x  y",     "NULL"};
    return str_of(texts[n % (sizeof texts / sizeof texts[0])]);
}

static inline enum rc fill_val(struct val *v, const struct field_def *f, unsigned n, bool in_list,
                               int64_t ref, struct err *e);

static inline enum rc fill_items(struct val *v, const struct field_def *f, unsigned n, int64_t ref,
                                 struct err *e)
{
    uint32_t count = f->type == TYPE_GROUP && !f->list ? f->n_sub : 1 + n % 3;
    bool group = f->type == TYPE_GROUP && !f->list;
    if (f->list && f->type == TYPE_REF)
        count = 1;
    v->list.item = arena_calloc(&mem, count, sizeof *v->list.item);
    v->list.n = count;
    for (uint32_t i = 0; i < count; i++)
        TRY(fill_val(&v->list.item[i], group ? &f->sub[i] : f, n + 7 * i + 1, !group, ref, e));
    v->set = f->type != TYPE_REF || ref;
    return RC_OK;
}

/* Some value of the type; n makes it another. */
static inline enum rc fill_val(struct val *v, const struct field_def *f, unsigned n, bool in_list,
                               int64_t ref, struct err *e)
{
    static const char *const credits[] = {"91350100M000100Y43", "91310115MA1K3A8N30"};
    struct field_def one = *f;
    char text[200];
    double low = f->min == f->min ? f->min : 0;
    *v = (struct val){0};
    if ((f->list && !in_list) || f->type == TYPE_GROUP) {
        one.list = f->list && !in_list;
        return fill_items(v, &one, n, ref, e);
    }
    v->set = true;
    switch (f->type) {
    case TYPE_TEXT:
    case TYPE_LONG: {
        struct str t = str_trim(hard_text(n));
        int more = snprintf(text, sizeof text, f->type == TYPE_LONG ? "%.*s\n第 %u 行" : "%.*s%u",
                            (int)t.n, t.p, n);
        v->text = arena_str(&mem, (struct str){text, (size_t)more});
        for (size_t i = 0; i < v->text.n && f->type == TYPE_TEXT; i++)
            if (v->text.p[i] == '\t')
                ((char *)v->text.p)[i] = '_';
        return RC_OK;
    }
    case TYPE_INT:
        v->num = (int64_t)low + n % 9;
        return RC_OK;
    case TYPE_DECIMAL:
        v->real = low + (n % 7) / 10.0 + 0.1;
        return RC_OK;
    case TYPE_MONEY:
        v->num = (int64_t)low + 123456789 + n;
        return RC_OK;
    case TYPE_DATE:
        v->num = n % 3 ? 20000 + (int64_t)n : -30000; /* some days Excel cannot count */
        return RC_OK;
    case TYPE_TIME:
        v->num = 1780000000 + 60 * n;
        return RC_OK;
    case TYPE_BOOL:
        v->num = n % 2;
        return RC_OK;
    case TYPE_CODE:
        v->text = f->codes->code[(n * 31u) % f->codes->n].code;
        return RC_OK;
    case TYPE_REF:
        v->num = ref;
        v->set = ref != 0;
        return RC_OK;
    case TYPE_CREDIT:
        v->text = str_of(credits[n % 2]);
        v->set = false; /* unique; given by hand where it matters */
        return RC_OK;
    case TYPE_EMAIL:
        v->text = STR("a.b@example.cn");
        return RC_OK;
    case TYPE_PHONE:
        v->text = STR("025-83590000");
        return RC_OK;
    case TYPE_URL:
        v->text = STR("https://example.cn/?a=1&b=2");
        return RC_OK;
    default:
        v->set = false;
        return RC_OK;
    }
}

/* Save a record with every field filled; the faults are shown. */
static inline int64_t make_full(const struct kind *k, unsigned n, int64_t org, enum secrecy secrecy,
                                int64_t (*ref)(const struct field_def *f))
{
    struct rec r;
    vec_fault faults = {0};
    struct err e = {0};
    OK(rec_new(&r, k, &mem, &e));
    for (uint32_t f = 0; f < k->n_fields; f++) {
        const struct field_def *def = &k->field[f];
        if (def->computed || def->type == TYPE_FILE) /* files are uploaded, never typed */
            continue;
        OK(fill_val(&r.val[f], def, n + 3 * f, false, ref(def), &e));
        if (def->type == TYPE_GROUP) /* the values of groups bind each other in no kind */
            continue;
        if (def->secret == SECRET_MASKED && secrecy == SECRECY_MASKED)
            OK(fill_val(&r.masked[f], def, n + 3 * f + 11, false, 0, &e));
    }
    r.org = k->owned && !k->is_self ? org : 0;
    r.secrecy = k->secrecy ? secrecy : SECRECY_OPEN;
    if (record_save(site, &actor_system, &r, STR(""), &mem, &faults, &e) != RC_OK)
        fail_msg("%.*s: %s %s (%s: %s %s)", (int)k->name.n, k->name.p, e.key, e.detail,
                 faults.n && faults.p[0].field != NO_FIELD ? k->field[faults.p[0].field].name.p
                                                           : "",
                 faults.n ? faults.p[0].key : "", faults.n ? faults.p[0].detail.p : "");
    vec_free(&faults);
    return r.id;
}

static inline int sheets_open_all(void **state)
{
    return mkdtemp(sheets_folder) ? site_open_all(state) : -1;
}

static inline int sheets_close_all(void **state)
{
    char command[300];
    snprintf(command, sizeof command, "%s", sheets_folder);
    site_close_all(state);
    /* every test removes nothing: the folder goes as a whole */
    static const char *const names[] = {"a.xlsx", "a.csv",  "a.jsonl", "b.xlsx",
                                        "b.csv",  "t.xlsx", "r.xlsx"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        unlink(path_in(names[i]));
    return rmdir(command); /* fails where a test left something behind */
}

#endif
