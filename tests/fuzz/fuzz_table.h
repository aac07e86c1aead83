/* A whole table read from memory with the program's own column names and small ceilings. Every
 * byte of a record is touched, so that ASan sees a text that reaches too far. */
#ifndef FUZZ_TABLE_H
#define FUZZ_TABLE_H

#include "base/embed.h"
#include "record/value.h"
#include "record/yaml.h"
#include "sheet/table.h"

#include <stdlib.h>

static volatile unsigned fuzz_sum;

static inline void touch(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        fuzz_sum += (unsigned char)s.p[i];
}

static inline enum rc fuzz_record(void *ctx, const struct record *r, struct err *e)
{
    int trl;
    struct money m;
    struct date d;
    char iso[16];
    (void)ctx, (void)e;
    if (r->field[FIELD_TITLE].n == 0 || r->row == 0)
        abort();
    for (int f = 0; f < FIELD__COUNT; f++)
        touch(r->field[f]);
    for (uint32_t i = 0; i < r->n_other; i++) {
        touch(r->other[i].name);
        touch(r->other[i].text);
    }
    if (value_trl(r->field[FIELD_TRL], &trl) && (trl < 1 || trl > 9))
        abort();
    if (value_money(r->field[FIELD_BUDGET], &m) && !(m.low <= m.high))
        abort();
    if (value_date(r->field[FIELD_DEADLINE], &d))
        touch(value_date_iso(iso, d));
    return RC_OK;
}

static inline enum rc fuzz_problem(void *ctx, const struct problem *p, struct err *e)
{
    (void)ctx, (void)e;
    touch(p->detail);
    touch(p->sheet_name);
    return RC_OK;
}

static inline struct columns *fuzz_columns(void)
{
    static struct columns *columns;
    struct arena a = {0};
    struct node *n;
    const struct embedded *m = model_files;
    if (columns)
        return columns;
    while (strcmp(m->name, "model/columns.yaml") != 0)
        m++;
    if (yaml_parse(&n, (struct str){(const char *)m->bytes, m->n}, m->name, &a, NULL) != RC_OK ||
        columns_init(&columns, n, m->name, NULL) != RC_OK)
        abort();
    arena_free(&a);
    return columns;
}

static inline void fuzz_table(struct str bytes)
{
    struct sheet_limits limits = sheet_limits_default;
    struct table_options o = {.side = bytes.n % 2 ? SIDE_NEED : SIDE_RESULT, .limits = &limits};
    struct table_sink sink = {NULL, NULL, fuzz_record, fuzz_problem};
    struct err e = {0};
    limits.expanded = 4u << 20;
    limits.columns = 256;
    limits.cell = 4096;
    limits.row = 16384;
    limits.strings = 10000;
    enum rc rc = table_read_bytes(bytes, "fuzz", fuzz_columns(), &o, &sink, &e);
    if (rc != RC_OK && (!e.key[0] || e.rc != rc))
        abort();
}

#endif
