#include "service/secret.h"

#include "base/file.h"
#include "service/notify_int.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>

#define KEY_BYTES   crypto_aead_xchacha20poly1305_ietf_KEYBYTES
#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_BYTES   crypto_aead_xchacha20poly1305_ietf_ABYTES
#define BASE64      sodium_base64_VARIANT_URLSAFE_NO_PADDING
#define MARK        STR("sealed1.") /* 1: the form below */
#define PRINT_NAME  STR("secret")
#define PRINT_CHARS 32
#define TEXT_MOST   8192u

_Static_assert(sizeof(((struct secrets *)0)->key) == KEY_BYTES, "the key's size");

/* ---- one text ---- */

enum rc secret_check(const struct secrets *k, struct err *e)
{
    if (k->state == SECRET_MISSING)
        return err_user(e, "sealed.missing", "%s", SECRET_FILE);
    return k->state == SECRET_OTHER ? err_user(e, "sealed.other", "%s", SECRET_FILE) : RC_OK;
}

bool secret_sealed(struct str text)
{
    return str_starts(text, MARK);
}

enum rc secret_seal(const struct secrets *k, struct str place, struct str text, struct arena *to,
                    struct str *out, struct err *e)
{
    *out = text;
    if (!text.n || k->state == SECRET_PLAIN)
        return RC_OK;
    TRY(secret_check(k, e));
    if (text.n > TEXT_MOST)
        return err_too_big(e, "sealed.damaged", "%.*s", (int)place.n, place.p);
    size_t n = NONCE_BYTES + text.n + TAG_BYTES, room = sodium_base64_encoded_len(n, BASE64);
    unsigned char *raw = arena_alloc(to, n);
    char *coded = arena_alloc(to, MARK.n + room);
    if (!raw || !coded)
        return err_nomem(e);
    randombytes_buf(raw, NONCE_BYTES);
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        raw + NONCE_BYTES, NULL, (const unsigned char *)text.p, text.n,
        (const unsigned char *)place.p, place.n, NULL, raw, k->key);
    memcpy(coded, MARK.p, MARK.n);
    sodium_bin2base64(coded + MARK.n, room, raw, n, BASE64);
    *out = str_of(coded);
    return RC_OK;
}

enum rc secret_unseal(const struct secrets *k, struct str place, struct str text, struct arena *to,
                      struct str *out, struct err *e)
{
    *out = text;
    if (!text.n || k->state == SECRET_PLAIN)
        return RC_OK;
    TRY(secret_check(k, e));
    size_t n = 0, most = text.n;
    unsigned char *raw = arena_alloc(to, most);
    unsigned char *plain = arena_alloc(to, most + 1);
    if (!raw || !plain)
        return err_nomem(e);
    struct str coded = str_sub(text, MARK.n, text.n);
    unsigned long long found = 0;
    if (!secret_sealed(text) ||
        sodium_base642bin(raw, most, coded.p, coded.n, NULL, &n, NULL, BASE64) != 0 ||
        n < NONCE_BYTES + TAG_BYTES ||
        crypto_aead_xchacha20poly1305_ietf_decrypt(plain, &found, NULL, raw + NONCE_BYTES,
                                                   n - NONCE_BYTES, (const unsigned char *)place.p,
                                                   place.n, raw, k->key) != 0)
        return err_corrupt(e, "sealed.damaged", "%.*s", (int)place.n, place.p);
    plain[found] = 0;
    *out = (struct str){(const char *)plain, (size_t)found};
    return RC_OK;
}

/* ---- the key's file ---- */

static enum rc path_of(char to[4096], const char *dir, struct err *e)
{
    if (snprintf(to, 4096, "%s/" SECRET_FILE, dir && *dir ? dir : ".") < 4096)
        return RC_OK;
    return err_sys(e, "file.open", "%s", strerror(ENAMETOOLONG));
}

enum key_file { KEY_NONE, KEY_BROKEN, KEY_THERE };

static enum rc read_key(enum key_file *is, unsigned char key[KEY_BYTES], const char *dir,
                        struct err *e)
{
    char path[4096];
    struct stat st;
    struct buf b;
    *is = KEY_NONE;
    TRY(path_of(path, dir, e));
    if (stat(path, &st) != 0 && errno == ENOENT)
        return RC_OK;
    buf_init(&b, 4096);
    enum rc rc = file_read(&b, path, e);
    if (rc == RC_TOO_BIG)
        rc = RC_OK;
    struct str text = str_trim(buf_view(&b));
    size_t n = 0;
    const char *end = NULL;
    *is = rc == RC_OK && text.n == 2 * KEY_BYTES &&
                  sodium_hex2bin(key, KEY_BYTES, text.p, text.n, NULL, &n, &end) == 0 &&
                  n == KEY_BYTES && end == text.p + text.n
              ? KEY_THERE
              : KEY_BROKEN;
    if (b.n)
        sodium_memzero(b.p, b.n);
    buf_free(&b);
    return rc;
}

static enum rc write_key(const unsigned char key[KEY_BYTES], const char *dir, struct err *e)
{
    char path[4096], text[2 * KEY_BYTES + 2];
    struct file_out *f;
    TRY(path_of(path, dir, e));
    sodium_bin2hex(text, sizeof text, key, KEY_BYTES);
    text[2 * KEY_BYTES] = '\n';
    TRY(file_out_open(&f, path, e));
    enum rc rc = file_out_private(f, e);
    if (rc == RC_OK)
        rc = file_out_write(f, text, 2 * KEY_BYTES + 1, e);
    sodium_memzero(text, sizeof text);
    if (rc == RC_OK)
        return file_out_commit(f, e);
    file_out_abandon(f);
    return rc;
}

/* ---- which key is the site's ---- */

static void print_of(char to[PRINT_CHARS + 1], const unsigned char key[KEY_BYTES])
{
    static const char what[] = "print of the key of a site";
    unsigned char hash[PRINT_CHARS / 2];
    crypto_generichash(hash, sizeof hash, (const unsigned char *)what, sizeof what - 1, key,
                       KEY_BYTES);
    sodium_bin2hex(to, PRINT_CHARS + 1, hash, sizeof hash);
}

static enum rc put_print(struct tx *tx, const struct secrets *k, struct err *e)
{
    char print[PRINT_CHARS + 1];
    print_of(print, k->key);
    return meta_put(tx, PRINT_NAME, str_of(print), e);
}

struct looked {
    enum key_file file;
    bool notices;               /* the notices' settings hold what is sealed, or is to be */
    struct second_found second; /* so do accounts */
};

static bool any_sealed(const struct secrets *k, const struct looked *l)
{
    return k->state != SECRET_PLAIN && (l->notices || l->second.sealed);
}

/* What database and file say. The database first: where it holds a print, the file was there
 * before. */
static enum rc look(struct secrets *k, struct tx *tx, const char *dir, struct looked *l,
                    struct err *e)
{
    struct arena a = {0};
    struct str kept = STR("");
    char print[PRINT_CHARS + 1] = "";
    bool found = false;
    enum rc rc;
    GOTO_OUT(meta_get(tx, PRINT_NAME, &a, &kept, &found, e));
    GOTO_OUT(notify_secrets_any(tx, &l->notices, e));
    GOTO_OUT(second_secrets_look(tx, &l->second, e));
    GOTO_OUT(read_key(&l->file, k->key, dir, e));
    if (l->file == KEY_THERE)
        print_of(print, k->key);
    k->state = !found || !kept.n                                     ? SECRET_PLAIN
               : l->file == KEY_THERE && str_eq(kept, str_of(print)) ? SECRET_READY
               : l->file == KEY_NONE                                 ? SECRET_MISSING
                                                                     : SECRET_OTHER;
out:
    arena_free(&a);
    return rc;
}

static enum rc new_key(struct secrets *k, const char *dir, struct err *e)
{
    randombytes_buf(k->key, sizeof k->key);
    return write_key(k->key, dir, e);
}

/* The key's file is on the disk before anything that was sealed with it is. */
static enum rc settle(struct secrets *k, struct tx *tx, const char *dir, struct err *e)
{
    struct looked l;
    TRY(look(k, tx, dir, &l, e));
    if (k->state != SECRET_READY) {
        if (any_sealed(k, &l))
            return RC_OK; /* it is lost */
        if (l.file == KEY_BROKEN)
            return err_user(e, "sealed.form", "%s", SECRET_FILE);
        bool plain = k->state == SECRET_PLAIN;
        if (l.file == KEY_NONE)
            TRY(new_key(k, dir, e));
        k->state = SECRET_READY;
        TRY(put_print(tx, k, e));
        if (plain && l.notices)
            TRY(notify_secrets_seal(tx, k, e));
    }
    return l.second.plain ? second_secrets_seal(tx, k, e) : RC_OK;
}

enum rc secrets_open(struct secrets *out, struct store *store, const char *dir, bool make,
                     struct err *e)
{
    struct tx *tx = NULL;
    struct looked l;
    *out = (struct secrets){0};
    TRY(tx_begin(&tx, store, TX_READ, e));
    enum rc rc = look(out, tx, dir, &l, e);
    tx_rollback(tx);
    bool settled = out->state == SECRET_READY ? !l.second.plain : any_sealed(out, &l);
    if (rc != RC_OK || !make || settled)
        return rc;
    TRY(tx_begin(&tx, store, TX_WRITE, e));
    rc = settle(out, tx, dir, e);
    if (rc == RC_OK)
        return tx_commit(tx, e);
    tx_rollback(tx);
    return rc;
}

static enum rc renew(struct secrets *k, struct tx *tx, const char *dir, struct err *e)
{
    struct looked l;
    TRY(look(k, tx, dir, &l, e));
    if (k->state != SECRET_MISSING && k->state != SECRET_OTHER)
        return err_user(e, "sealed.there", "%s", SECRET_FILE);
    TRY(new_key(k, dir, e));
    TRY(notify_secrets_forget(tx, e));
    TRY(second_secrets_forget(tx, e));
    TRY(put_print(tx, k, e));
    k->state = SECRET_READY;
    return second_secrets_seal(tx, k, e);
}

enum rc secrets_renew(struct secrets *k, struct store *store, const char *dir, struct err *e)
{
    struct tx *tx = NULL;
    TRY(tx_begin(&tx, store, TX_WRITE, e));
    enum rc rc = renew(k, tx, dir, e);
    if (rc == RC_OK)
        return tx_commit(tx, e);
    tx_rollback(tx);
    return rc;
}

void secrets_close(struct secrets *k)
{
    sodium_memzero(k, sizeof *k);
}
