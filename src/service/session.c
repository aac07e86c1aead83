/* Sessions: who the cookie is. */
#include "base/log.h"
#include "service/auth_int.h"
#include "store/notice.h"

#include <sodium.h>

#define IDLE      (30 * 60)
#define LONGEST   (12 * 3600)
#define PENDING   (5 * 60) /* time for the second factor */
#define SEEN_STEP 60       /* "seen" is written at most so often */

const struct str session_second = {"{\"second\":true}", 15};

void session_key(uint8_t key[32], struct str value)
{
    crypto_hash_sha256(key, (const unsigned char *)(value.n ? value.p : ""), value.n);
}

void random_text(char *to, size_t cap, size_t bytes)
{
    uint8_t raw[64];
    if (bytes > sizeof raw)
        BUG("%zu random bytes", bytes);
    randombytes_buf(raw, bytes);
    sodium_bin2base64(to, cap, raw, bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

bool session_pending(const struct session *session)
{
    return session->account && str_eq(session->data, session_second);
}

bool session_ended(const struct session *session, int64_t now)
{
    if (session_pending(session) && now - session->created > PENDING)
        return true;
    return now - session->seen > IDLE || now - session->created > LONGEST;
}

struct actor actor_of(const struct account *account)
{
    return (struct actor){.account = account->id,
                          .org = account->org,
                          .person = account->person,
                          .role = account->role,
                          .login = account->login,
                          .name = account->name,
                          .zh = !str_eq(account->lang, STR("en"))};
}

static void fill(struct signed_in *out, const struct known_session *k)
{
    bool pending = session_pending(&k->session);
    out->actor = k->account.id && !pending ? actor_of(&k->account) : actor_visitor;
    out->second_factor = pending;
    out->unread = out->actor.account ? k->unread : 0;
    out->csrf = k->session.csrf;
    out->data = k->session.account ? STR("") : k->session.data;
}

enum rc session_begin(struct site *s, struct tx *tx, const struct account *account, struct str data,
                      struct arena *to, struct signed_in *out, struct err *e)
{
    char csrf[40];
    int64_t now = site_now(s);
    struct known_session k = {.session = {.created = now, .seen = now, .data = data}};
    *out = (struct signed_in){.actor = actor_visitor};
    if (account)
        k.account = *account;
    k.session.account = k.account.id;
    random_text(out->id, sizeof out->id, 32);
    random_text(csrf, sizeof csrf, 24);
    session_key(k.session.key, str_of(out->id));
    k.session.csrf = arena_str(to, str_of(csrf));
    if (!k.session.csrf.p)
        return err_nomem(e);
    fill(out, &k);
    return session_put(tx, &k.session, e);
}

/* ---- whose cookie ---- */

struct session_call {
    uint8_t key[32];
    struct arena *to;
    struct known_session known;
    bool found;
    struct str data;
};

static enum rc read_session(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct session_call *c = ctx;
    struct session *session = &c->known.session;
    bool there = true;
    (void)s;
    c->known = (struct known_session){0};
    TRY(session_get(tx, c->key, c->to, session, &c->found, e));
    if (c->found && session->account) {
        TRY(account_get(tx, session->account, c->to, &c->known.account, &there, e));
        c->found = there && c->known.account.active;
        TRY(notice_unread(tx, session->account, &c->known.unread, e));
    }
    return RC_OK;
}

static enum rc write_seen(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct session_call *c = ctx;
    struct session stored;
    bool found = false;
    TRY(session_get(tx, c->key, c->to, &stored, &found, e));
    stored.seen = site_now(s);
    return found ? session_put(tx, &stored, e) : RC_OK;
}

/* A page is not refused because the time of the visit cannot be put down. */
static void note_seen(struct site *s, struct session_call *c, int64_t now, uint64_t mark)
{
    struct err e;
    c->known.session.seen = now;
    seen_put(s->seen, &c->known, now, mark);
    if (site_write(s, write_seen, c, &e) != RC_OK)
        log_line(LOG_WARN, "session", "%s %s", e.key, e.detail);
}

bool auth_session_seen(struct site *s, struct str session, struct arena *to, struct signed_in *out)
{
    struct known_session known;
    char value[SESSION_ID] = "";
    uint8_t key[32];
    int64_t now = site_now(s);
    if (session.n == SESSION_ID - 1)
        memcpy(value, session.p, session.n); /* it may be out->id */
    *out = (struct signed_in){.actor = actor_visitor};
    if (!value[0])
        return true;
    session_key(key, str_of(value));
    if (!seen_get(s->seen, key, now, to, &known) || now - known.session.seen >= SEEN_STEP)
        return false;
    if (session_ended(&known.session, now))
        return true;
    memcpy(out->id, value, sizeof value);
    fill(out, &known);
    return true;
}

enum rc auth_session(struct site *s, struct str session, struct arena *to, struct signed_in *out,
                     struct err *e)
{
    struct session_call c = {.to = to};
    char value[SESSION_ID] = "";
    int64_t now = site_now(s);
    if (session.n == SESSION_ID - 1)
        memcpy(value, session.p, session.n); /* it may be out->id */
    if (auth_session_seen(s, session, to, out))
        return RC_OK;
    session_key(c.key, str_of(value));
    uint64_t mark = seen_mark(s->seen);
    TRY(site_read(s, read_session, &c, e));
    if (!c.found)
        return RC_OK;
    seen_put(s->seen, &c.known, now, mark);
    if (session_ended(&c.known.session, now))
        return RC_OK;
    if (now - c.known.session.seen >= SEEN_STEP)
        note_seen(s, &c, now, mark);
    memcpy(out->id, value, sizeof value);
    fill(out, &c.known);
    return RC_OK;
}

/* ---- beginning, ending, keeping ---- */

struct visit_call {
    struct arena *to;
    struct signed_in *out;
};

static enum rc visit(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct visit_call *c = ctx;
    return session_begin(s, tx, NULL, STR(""), c->to, c->out, e);
}

enum rc auth_visit(struct site *s, struct arena *to, struct signed_in *out, struct err *e)
{
    struct visit_call c = {to, out};
    return site_write(s, visit, &c, e);
}

static enum rc leave(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct session_call *c = ctx;
    TRY(read_session(s, tx, c, e));
    TRY(session_drop(tx, c->key, e));
    if (!c->found || !c->known.account.id || session_pending(&c->known.session))
        return RC_OK;
    return auth_note(s, tx, &c->known.account, "logout", STR(""), e);
}

enum rc auth_leave(struct site *s, struct str session, struct err *e)
{
    struct arena a = {0};
    struct session_call c = {.to = &a};
    session_key(c.key, session);
    enum rc rc = site_write(s, leave, &c, e);
    seen_drop(s->seen);
    arena_free(&a);
    return rc;
}

static enum rc keep_data(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct session_call *c = ctx;
    TRY(read_session(s, tx, c, e));
    /* A signed-in session's data says whether it is complete: it is not for others to write. */
    if (!c->found || c->known.session.account)
        return err_user(e, "auth.session", "%s", "");
    c->known.session.data = c->data;
    return session_put(tx, &c->known.session, e);
}

enum rc auth_session_data(struct site *s, struct str session, struct str data, struct err *e)
{
    struct arena a = {0};
    struct session_call c = {.to = &a, .data = data};
    session_key(c.key, session);
    enum rc rc = site_write(s, keep_data, &c, e);
    seen_drop(s->seen);
    arena_free(&a);
    return rc;
}
