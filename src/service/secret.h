/* What the site must be able to read again and nobody else: the password of the mail server, the
 * addresses and signing secrets of robots, the secrets of second factors. In the database, and so
 * in its backups, they stand sealed (XChaCha20-Poly1305 of libsodium, a random nonce each). The
 * name of the place goes into the seal: what is copied to another row does not open there. The key
 * is in DIR/secret.key, 64 hexadecimal digits, mode 0600, and nowhere else; the database keeps a
 * print of it, by which a key of another site is known. */
#ifndef QIAO_SECRET_H
#define QIAO_SECRET_H

#include "base/arena.h"

struct store;

#define SECRET_FILE "secret.key"

enum secret_state {
    SECRET_PLAIN, /* from before there were keys, and not yet sealed: texts pass as they are */
    SECRET_READY,
    SECRET_MISSING, /* something is sealed, and there is no key file */
    SECRET_OTHER    /* the key file is of another site, or is none */
};

struct secrets {
    enum secret_state state;
    unsigned char key[32];
};

/* Looks for the key. With `make`, and while nothing is sealed with another one, it is made, what
 * stands there in plain is sealed, and the state is SECRET_READY; the turns of the store's writers
 * see to it that several processes make one. A key that is lost is no failure: the state says so,
 * and all goes on but sending, and signing in with a second factor. RC_SYS "file.*", RC_USER
 * "sealed.form" where a new site's folder has a broken key file. */
enum rc secrets_open(struct secrets *out, struct store *store, const char *dir, bool make,
                     struct err *e) MUST_CHECK;
/* A new key for one that is lost; what was sealed is forgotten, but an account that had a second
 * factor is not opened by its password alone: an administrator sets a new one. RC_USER
 * "sealed.there" where the key fits. */
enum rc secrets_renew(struct secrets *k, struct store *store, const char *dir,
                      struct err *e) MUST_CHECK;
void secrets_close(struct secrets *k);

/* RC_USER "sealed.missing", "sealed.other": nothing can be sealed or opened. */
enum rc secret_check(const struct secrets *k, struct err *e) MUST_CHECK;
/* Is the text one that secret_seal made? */
bool secret_sealed(struct str text);
/* An empty text stays empty. Texts to the arena. Errors of secret_check; RC_CORRUPT
 * "sealed.damaged" for what was not sealed with this key for this place. */
enum rc secret_seal(const struct secrets *k, struct str place, struct str text, struct arena *to,
                    struct str *out, struct err *e) MUST_CHECK;
enum rc secret_unseal(const struct secrets *k, struct str place, struct str text, struct arena *to,
                      struct str *out, struct err *e) MUST_CHECK;

/* ---- what is sealed beside the notices' settings: second factors (second_secret.c) ---- */

struct tx;
struct site;
struct second_found {
    bool sealed, plain;
};
enum rc second_secrets_look(struct tx *tx, struct second_found *out, struct err *e) MUST_CHECK;
/* What stands there in plain is sealed; what is sealed is forgotten; is looked at (a tx_fn). */
enum rc second_secrets_seal(struct tx *tx, const struct secrets *k, struct err *e) MUST_CHECK;
enum rc second_secrets_forget(struct tx *tx, struct err *e) MUST_CHECK;
enum rc second_secrets_check(struct site *s, struct tx *tx, void *ctx, struct err *e) MUST_CHECK;

#endif
