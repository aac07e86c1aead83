/* Files under their SHA-256, and the site's settings. */
#include "store/account.h"

#include "store/store_int.h"

#include <sodium.h>

#define BLOB_MAX (64u << 20)

enum rc blob_put(struct tx *tx, struct str name, struct str bytes, int64_t account, int64_t now,
                 char key[65], struct err *e)
{
    TRY(tx_writes(tx, e));
    if (bytes.n > BLOB_MAX)
        return err_too_big(e, "store.too_big", "%u MiB", BLOB_MAX >> 20);
    uint8_t hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const uint8_t *)bytes.p, bytes.n);
    sodium_bin2hex(key, 65, hash, sizeof hash);
    return TX_RUN(tx, SQL_FILE_PUT, e, "stbii", key, name, bytes, account, now);
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
