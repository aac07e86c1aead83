/* Tests of values and records: the kind need, and what every test holds. */
#ifndef RECORD_DESK_H
#define RECORD_DESK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "record_help.h"

static inline const struct kind *need(void)
{
    return kind_find(help_kinds(), STR("need"));
}

static inline uint32_t at(const char *name)
{
    uint32_t i = field_find(need(), str_of(name));
    assert_int_not_equal(i, NO_FIELD);
    return i;
}

static inline const struct field_def *field(const char *name)
{
    return &need()->field[at(name)];
}

struct desk {
    struct arena a;
    vec_fault faults;
    struct err e;
    struct buf b;
};

static inline struct desk desk_open(void)
{
    struct desk d = {0};
    buf_init(&d.b, 1 << 22);
    return d;
}

static inline void desk_close(struct desk *d)
{
    buf_free(&d->b);
    vec_free(&d->faults);
    arena_free(&d->a);
}

#endif
