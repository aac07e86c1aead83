/* Any bytes as a record, from a client and from the store. jansson is the judge of what is JSON;
 * what is read is printed, read again and then the same. */
#include "../unit/record_help.h"

#include <jansson.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static int depth(const json_t *j)
{
    int most = 0;
    const char *key;
    json_t *v;
    size_t i;
    json_object_foreach((json_t *)j, key, v) most = MAX(most, depth(v));
    json_array_foreach(j, i, v) most = MAX(most, depth(v));
    return json_is_object(j) || json_is_array(j) ? most + 1 : 0;
}

/* Ours differs in four ways only: it wants an object, has fewer levels, takes whole numbers beyond
 * 64 bits as real ones, and refuses a NUL behind a number, which jansson 2.14 loses when it puts it
 * back. */
static void judge(struct str s, enum rc rc)
{
    json_error_t error;
    json_t *j = json_loadb(s.p, s.n, JSON_DECODE_ANY, &error);
    if (rc == RC_OK && !j && json_error_code(&error) != json_error_numeric_overflow)
        abort();
    bool nul = s.n && memchr(s.p, 0, s.n);
    if (rc != RC_OK && j && !nul && json_is_object(j) && depth(j) <= 8)
        abort();
    json_decref(j);
}

static void round_trip(const struct rec *r, struct arena *a)
{
    struct buf once, twice;
    struct rec again;
    struct err e = {0};
    vec_change c = {0};
    buf_init(&once, 1u << 26);
    buf_init(&twice, 1u << 26);
    if (rec_print(&once, r, &e) || rec_new(&again, r->kind, a, &e) ||
        rec_parse(&again, buf_view(&once), a, &e) || rec_print(&twice, &again, &e) ||
        rec_diff(r, &again, &c, &e) || c.n || !str_eq(buf_view(&once), buf_view(&twice)))
        abort();
    buf_free(&once);
    buf_free(&twice);
}

/* A checked value's raw text gives the value again. */
static void typed_again(const struct rec *r, struct arena *a)
{
    for (uint32_t i = 0; i < r->kind->n_fields; i++) {
        struct buf b;
        struct val v;
        struct err e = {0};
        vec_fault faults = {0};
        buf_init(&b, 1u << 26);
        if (val_text(&b, &r->kind->field[i], &r->val[i], true, true, &e) ||
            val_parse(&v, &r->kind->field[i], i, buf_view(&b), a, &faults, &e) || faults.n ||
            !val_eq(&r->kind->field[i], &r->val[i], &v))
            abort();
        vec_free(&faults);
        buf_free(&b);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct arena a = {.ceiling = 256u << 20};
    struct err e = {0};
    struct rec r;
    vec_fault faults = {0};
    const struct str s = {n ? (const char *)bytes : "", n};
    const struct kind *k = kind_find(help_kinds(), STR("need"));
    if (rec_new(&r, k, &a, &e) != RC_OK)
        abort();
    enum rc rc = rec_parse_input(&r, s, &a, &faults, &e);
    if (rc != RC_OK && rc != RC_USER)
        abort();
    judge(s, rc);
    if (rc == RC_OK) {
        faults.n = 0;
        if (rec_check(&r, &a, &faults, &e) != RC_OK)
            abort();
        round_trip(&r, &a);
        bool clean = true;
        for (size_t i = 0; i < faults.n; i++) /* a limit does not spoil the text, a bad value may */
            clean = clean && (!strncmp(faults.p[i].key, "field.too", 9) ||
                              !strcmp(faults.p[i].key, "field.required"));
        if (clean)
            typed_again(&r, &a);
    }
    if (rec_new(&r, k, &a, &e) != RC_OK)
        abort();
    rc = rec_parse(&r, s, &a, &e);
    if (rc == RC_OK)
        round_trip(&r, &a);
    else if (rc != RC_CORRUPT)
        abort();
    vec_free(&faults);
    arena_free(&a);
    return 0;
}
