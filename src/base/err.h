/* Errors are values. A fallible function returns `enum rc` and, when that is not RC_OK, has
 * filled the `struct err` given as its last parameter (which may be NULL where the caller only
 * wants to know that it failed).
 *
 * An error carries a key ("sheet.encrypted") and its arguments, never a sentence: the sentence,
 * in the reader's language, is made by `cli` or `web` from the message table. */
#ifndef QIAO_ERR_H
#define QIAO_ERR_H

#include "base/base.h"

enum rc {
    RC_OK = 0,
    RC_USER,      /* what the user gave cannot be used; the error says where and why */
    RC_SYS,       /* the system refused: a file, a full disk, a permission */
    RC_NOMEM,     /* an allocation failed */
    RC_TOO_BIG,   /* a declared ceiling was reached */
    RC_CORRUPT,   /* stored bytes do not match their checksum or format */
    RC_CANCELLED, /* the user interrupted */
};

struct err {
    enum rc rc;
    char key[48];     /* message key, e.g. "sheet.no_title" */
    char file[192];   /* file the error is about, "" if none; cut at a character boundary */
    char sheet[96];   /* sheet within it, "" if none */
    uint32_t row;     /* 1-based row, 0 if none */
    uint32_t col;     /* 1-based column, 0 if none */
    char detail[512]; /* the argument of the sentence: a name, a limit, a system message */
};

/* Fill `e` (may be NULL) and return its code, so that a failure is one statement:
 *     return err_user(e, "sheet.no_rows", "%s", name);
 * `fmt` gives the detail; pass "" for none. err_user returns RC_USER and so on. */
enum rc err_user(struct err *e, const char *key, const char *fmt, ...) PRINTF_LIKE(3, 4);
enum rc err_sys(struct err *e, const char *key, const char *fmt, ...) PRINTF_LIKE(3, 4);
enum rc err_corrupt(struct err *e, const char *key, const char *fmt, ...) PRINTF_LIKE(3, 4);
enum rc err_too_big(struct err *e, const char *key, const char *fmt, ...) PRINTF_LIKE(3, 4);
enum rc err_nomem(struct err *e);
enum rc err_cancelled(struct err *e);

/* Add the place to an error already filled; keeps what is there. Return e->rc (RC_SYS if e is
 * NULL is never produced: `rc` is passed through). */
enum rc err_at(struct err *e, enum rc rc, const char *file, const char *sheet, uint32_t row,
               uint32_t col);

#endif
