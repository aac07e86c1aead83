/* JSON (RFC 8259) read in place, value by value, without a tree: the caller asks for what it
 * expects. Strings are unescaped where they stand. Strict: UTF-8, no U+0000, no lone surrogates,
 * nothing behind the document. */
#ifndef QIAO_JSON_INT_H
#define QIAO_JSON_INT_H

#include "base/str.h"

enum { JSON_DEPTH = 8 };

enum json_type {
    JSON_OBJECT,
    JSON_ARRAY,
    JSON_STRING,
    JSON_NUMBER,
    JSON_TRUE,
    JSON_FALSE,
    JSON_NULL,
    JSON_BAD
};

struct json {
    char *start, *at, *end; /* *end is '\0' */
    const char *bad;        /* what is wrong at `at`; NULL: nothing so far */
    int depth;
};

/* `bytes` are the caller's to be written over, with a '\0' behind them. */
void json_start(struct json *j, char *bytes, size_t n);
/* Which value stands next; JSON_BAD fails. */
enum json_type json_peek(struct json *j);
/* Into an object or array that json_peek has seen. */
bool json_enter(struct json *j);
/* Is there another element? Passes the comma, or the closing bracket. *first as the caller set it
 * to true before the first call. */
bool json_more(struct json *j, char close, bool *first);
/* The key and its colon. */
bool json_key(struct json *j, struct str *key);
bool json_read_string(struct json *j, struct str *out);
/* *whole: it is written without point and exponent and fits, then *num has it; else *real. */
bool json_number(struct json *j, bool *whole, int64_t *num, double *real);
/* Any value. */
bool json_skip(struct json *j);
/* Only blanks are left. */
bool json_end(struct json *j);
/* 1-based line and character of an offset into the bytes as they came. */
void json_place(struct str bytes, size_t at, uint32_t *line, uint32_t *col);

#endif
