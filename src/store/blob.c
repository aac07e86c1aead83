/* Files under their SHA-256, and the site's settings. */
#include "store/account.h"

#include "store/store_int.h"

#include <sodium.h>

#define BLOB_MAX (64u << 20)

static enum rc put(struct tx *tx, struct str name, struct str bytes, struct str salt,
                   int64_t account, int64_t now, char key[65], struct err *e)
{
    TRY(tx_writes(tx, e));
    if (bytes.n > BLOB_MAX)
        return err_too_big(e, "store.too_big", "%u MiB", BLOB_MAX >> 20);
    crypto_hash_sha256_state sum;
    uint8_t hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_init(&sum);
    crypto_hash_sha256_update(&sum, (const uint8_t *)bytes.p, bytes.n);
    crypto_hash_sha256_update(&sum, (const uint8_t *)salt.p, salt.n);
    crypto_hash_sha256_final(&sum, hash);
    sodium_bin2hex(key, 65, hash, sizeof hash);
    return TX_RUN(tx, SQL_FILE_PUT, e, "stbii", key, name, bytes, account, now);
}

enum rc blob_put(struct tx *tx, struct str name, struct str bytes, int64_t account, int64_t now,
                 char key[65], struct err *e)
{
    return put(tx, name, bytes, STR(""), account, now, key, e);
}

enum rc blob_put_alone(struct tx *tx, struct str name, struct str bytes, int64_t account,
                       int64_t now, char key[65], struct err *e)
{
    char salt[32];
    randombytes_buf(salt, sizeof salt);
    return put(tx, name, bytes, (struct str){salt, sizeof salt}, account, now, key, e);
}

enum rc blob_there(struct tx *tx, struct str key, int64_t *account, bool *found, struct err *e)
{
    struct stmt *st;
    *found = false;
    TRY(db_query(&st, tx->db, SQL_FILE_THERE, e, "t", key));
    enum rc rc = stmt_step(st, found, e);
    if (rc == RC_OK && *found)
        *account = col_int(st, 0);
    stmt_done(st);
    return rc;
}

enum rc blob_drop(struct tx *tx, struct str key, struct err *e)
{
    TRY(tx_writes(tx, e));
    return TX_RUN(tx, SQL_FILE_DROP, e, "t", key);
}

enum rc blob_get(struct tx *tx, struct str key, struct arena *a, struct str *name,
                 struct str *bytes, bool *found, struct err *e)
{
    struct stmt *st;
    *found = false;
    TRY(db_query(&st, tx->db, SQL_FILE_GET, e, "t", key));
    bool row;
    enum rc rc = stmt_step(st, &row, e);
    if (rc == RC_OK && row) {
        rc = col_str(name, st, 0, a, e);
        if (rc == RC_OK)
            rc = col_str(bytes, st, 1, a, e);
        *found = rc == RC_OK;
    }
    stmt_done(st);
    return rc;
}

enum rc meta_get(struct tx *tx, struct str name, struct arena *a, struct str *out, bool *found,
                 struct err *e)
{
    struct stmt *st;
    *found = false;
    TRY(db_query(&st, tx->db, SQL_META_GET, e, "t", name));
    bool row;
    enum rc rc = stmt_step(st, &row, e);
    if (rc == RC_OK && row) {
        rc = col_str(out, st, 0, a, e);
        *found = rc == RC_OK;
    }
    stmt_done(st);
    return rc;
}

enum rc meta_put(struct tx *tx, struct str name, struct str value, struct err *e)
{
    TRY(tx_writes(tx, e));
    return TX_RUN(tx, SQL_META_PUT, e, "tt", name, value);
}

enum rc meta_names(struct tx *tx, struct str from, struct str to, uint32_t limit, struct arena *a,
                   vec_meta *out, struct err *e)
{
    struct stmt *st;
    bool row;
    enum rc rc;
    TRY(db_query(&st, tx->db, SQL_META_RANGE, e, "tti", from, to, (int64_t)limit));
    while ((rc = stmt_step(st, &row, e)) == RC_OK && row) {
        struct str name;
        rc = col_str(&name, st, 0, a, e);
        if (rc == RC_OK)
            rc = vec_push(out, name, e);
        if (rc != RC_OK)
            break;
    }
    stmt_done(st);
    return rc;
}

enum rc meta_drop(struct tx *tx, struct str name, struct err *e)
{
    TRY(tx_writes(tx, e));
    return TX_RUN(tx, SQL_META_DROP, e, "t", name);
}
