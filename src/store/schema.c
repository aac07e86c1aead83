/* The schema, as steps from one version to the next; a new store takes them all. `$word` is the
 * dialect's (db.c). Times are unix seconds, ids are unique over all tables, truth is 0 or 1. */
#include "store/store_int.h"

static const char version_1[] =
    /* settings of the site, and what the program remembers: schema, kind:NAME */
    "CREATE TABLE meta (name $textc NOT NULL PRIMARY KEY, value $textc NOT NULL) $strict;"
    /* the end of the chain: the last entry's number and hash, and the last id given */
    "CREATE TABLE head (one $int NOT NULL PRIMARY KEY CHECK (one = 1), seq $int NOT NULL,"
    " last_id $int NOT NULL, hash $blob NOT NULL) $strict;"
    /* org: the owner's id or NULL; state: its name or NULL; secrecy 0 open, 1 masked, 2 private;
     * since: when it entered its state; body: the record; pub, pub_org, pub_title: what a visitor
     * may see of it, NULL what is hidden */
    "CREATE TABLE rec (id $int NOT NULL PRIMARY KEY, kind $textc NOT NULL, org $int,"
    " state $textc, secrecy $int NOT NULL, version $int NOT NULL, created $int NOT NULL,"
    " updated $int NOT NULL, since $int NOT NULL, body $jsonc NOT NULL, pub $jsonc, pub_org $int,"
    " title $textc NOT NULL, pub_title $textc) $strict;"
    "CREATE INDEX rec_updated ON rec (kind, updated, id);"
    "CREATE INDEX rec_state ON rec (kind, state, updated, id);"
    "CREATE INDEX rec_org ON rec (org, kind, updated, id);"
    "CREATE INDEX rec_title ON rec (kind, substr(title, 1, 200));"
    /* who refers to whom: relation is the field's name, or owner */
    "CREATE TABLE link (from_id $int NOT NULL REFERENCES rec (id), relation $textc NOT NULL,"
    " to_id $int NOT NULL REFERENCES rec (id), PRIMARY KEY (from_id, relation, to_id)) $norowid;"
    "CREATE INDEX link_to ON link (to_id);"
    /* values of unique fields; long ones as sha256:… */
    "CREATE TABLE uniq (kind $textc NOT NULL, field $textc NOT NULL, value $textc NOT NULL,"
    " id $int NOT NULL REFERENCES rec (id), PRIMARY KEY (kind, field, value)) $norowid;"
    "CREATE INDEX uniq_id ON uniq (id);"
    /* organisations that may see a masked record whole */
    "CREATE TABLE grant_to (id $int NOT NULL REFERENCES rec (id), org $int NOT NULL,"
    " PRIMARY KEY (id, org)) $norowid;"
    /* the trail: id 0 for entries about no record; body is what the record became */
    "CREATE TABLE audit (seq $int NOT NULL PRIMARY KEY, at $int NOT NULL, account $int NOT NULL,"
    " login $textc NOT NULL, action $textc NOT NULL, comment $textc NOT NULL,"
    " reason $textc NOT NULL, id $int NOT NULL, kind $textc NOT NULL, version $int NOT NULL,"
    " state $textc NOT NULL, secrecy $textc NOT NULL, org $int NOT NULL, body $textc NOT NULL,"
    " hash $blob NOT NULL) $strict;"
    "CREATE INDEX audit_id ON audit (id, seq);"
    "CREATE INDEX audit_account ON audit (account, seq);"
    "CREATE TABLE account (id $int NOT NULL PRIMARY KEY, login $textc NOT NULL UNIQUE,"
    " name $textc NOT NULL, role $textc NOT NULL, org $int NOT NULL, person $int NOT NULL,"
    " hash $textc NOT NULL, totp $textc NOT NULL, lang $textc NOT NULL, outside $textc NOT NULL,"
    " active $int NOT NULL, failed $int NOT NULL, locked_until $int NOT NULL,"
    " created $int NOT NULL, last_login $int NOT NULL, seen_matches $int NOT NULL) $strict;"
    "CREATE UNIQUE INDEX account_outside ON account (outside) WHERE outside <> '';"
    /* key: SHA-256 of the cookie; csrf: token of its forms; data: JSON */
    "CREATE TABLE session (key $blob NOT NULL PRIMARY KEY, account $int NOT NULL,"
    " created $int NOT NULL, seen $int NOT NULL, csrf $textc NOT NULL, data $textc NOT NULL)"
    " $norowid;"
    "CREATE INDEX session_account ON session (account);"
    "CREATE INDEX session_seen ON session (seen);"
    "CREATE TABLE token (id $int NOT NULL PRIMARY KEY, key $blob NOT NULL UNIQUE,"
    " account $int NOT NULL, name $textc NOT NULL, scope $textc NOT NULL, created $int NOT NULL,"
    " expires $int NOT NULL, used $int NOT NULL) $strict;"
    "CREATE INDEX token_account ON token (account);"
    "CREATE TABLE saved (id $int NOT NULL PRIMARY KEY, account $int NOT NULL,"
    " shared $int NOT NULL, kind $textc NOT NULL, name $textc NOT NULL, filter $textc NOT NULL,"
    " columns $textc NOT NULL, sort $textc NOT NULL) $strict;"
    "CREATE INDEX saved_account ON saved (account);"
    /* state: enum job_state; done of total; beat: the runner's last sign of life */
    "CREATE TABLE job (id $int NOT NULL PRIMARY KEY, account $int NOT NULL, name $textc NOT NULL,"
    " args $textc NOT NULL, state $int NOT NULL, done $int NOT NULL, total $int NOT NULL,"
    " stage $textc NOT NULL, result $textc NOT NULL, created $int NOT NULL,"
    " started $int NOT NULL, ended $int NOT NULL, beat $int NOT NULL) $strict;"
    "CREATE INDEX job_state ON job (state, id);"
    "CREATE INDEX job_account ON job (account, id);"
    /* key: SHA-256 of the bytes, in hex */
    "CREATE TABLE file (key $textc NOT NULL PRIMARY KEY, name $textc NOT NULL,"
    " bytes $blob NOT NULL, account $int NOT NULL, created $int NOT NULL) $strict;";

/* shown: 1 where there is a public face, so that visitors' lists and counts are served by an index
 * alone. */
static const char version_2[] =
    "ALTER TABLE rec ADD COLUMN shown $int NOT NULL DEFAULT 0;"
    "UPDATE rec SET shown = 1 WHERE pub IS NOT NULL;"
    "CREATE INDEX rec_shown ON rec (kind, shown, updated, id);"
    "CREATE INDEX rec_shown_state ON rec (kind, shown, state, updated, id);";

/* share: what part of a person's time an appointment takes at an organisation, in hundredths of a
 * percent, from a day to a day, both included; counter: the last number given of a sequence. */
static const char version_3[] =
    "CREATE TABLE share (appointment $int NOT NULL REFERENCES rec (id),"
    " org $int NOT NULL REFERENCES rec (id), person $int NOT NULL REFERENCES rec (id),"
    " start $int NOT NULL, until $int NOT NULL, percent $int NOT NULL,"
    " CHECK (until >= start), CHECK (percent > 0 AND percent <= 10000),"
    " PRIMARY KEY (appointment, org)) $norowid;"
    "CREATE INDEX share_person ON share (person, start);"
    "CREATE INDEX audit_kind ON audit (kind, seq);"
    "CREATE TABLE counter (name $textc NOT NULL PRIMARY KEY, value $int NOT NULL) $strict;";

/* notice: what somebody is told; key: of its sentence; about: a record, 0 none; once: told at most
 * once to an account; seen: when it was read, 0 not yet. Account 0 is the site's own chat group.
 * delivery: a notice by a channel; state: enum delivery_state; due: not before; batch: notices that
 * go in one message, 0 not put together yet. reach: where and when somebody wants to be told; mail
 * is used once proved; quiet hours in minutes of the day, -1 the site's. hook: address of a chat
 * robot. grant_org: what an organisation takes part in. attempts: how often a job was begun. */
static const char version_4[] =
    "CREATE TABLE notice (id $int NOT NULL PRIMARY KEY, account $int NOT NULL, key $textc NOT NULL,"
    " text $textc NOT NULL, about $int NOT NULL, once $textc NOT NULL, created $int NOT NULL,"
    " seen $int NOT NULL) $strict;"
    "CREATE UNIQUE INDEX notice_once ON notice (account, once) WHERE once <> '';"
    "CREATE INDEX notice_account ON notice (account, id);"
    "CREATE INDEX notice_unread ON notice (account, id) WHERE seen = 0;"
    "CREATE TABLE delivery (notice $int NOT NULL REFERENCES notice (id), channel $textc NOT NULL,"
    " account $int NOT NULL, state $int NOT NULL, due $int NOT NULL, batch $int NOT NULL,"
    " attempts $int NOT NULL, ended $int NOT NULL, reason $textc NOT NULL,"
    " PRIMARY KEY (notice, channel)) $norowid;"
    "CREATE INDEX delivery_due ON delivery (due, notice) WHERE state < 2;"
    "CREATE INDEX delivery_batch ON delivery (batch, notice);"
    "CREATE INDEX delivery_failed ON delivery (batch) WHERE state = 3;"
    "CREATE TABLE reach (account $int NOT NULL PRIMARY KEY, mail $textc NOT NULL,"
    " proved $int NOT NULL, code $textc NOT NULL, code_until $int NOT NULL,"
    " code_tries $int NOT NULL, quiet_from $int NOT NULL, quiet_until $int NOT NULL,"
    " choice $textc NOT NULL) $strict;"
    "CREATE TABLE hook (account $int NOT NULL, channel $textc NOT NULL, url $textc NOT NULL,"
    " secret $textc NOT NULL, PRIMARY KEY (account, channel)) $norowid;"
    "CREATE INDEX grant_org ON grant_to (org, id);"
    "ALTER TABLE job ADD COLUMN attempts $int NOT NULL DEFAULT 0;";

static const char *const steps[SCHEMA_VERSION] = {version_1, version_2, version_3, version_4};

/* After the tables of version 1: the trail grows only. */
static const char *const guards[] = {
    [SQLITE] = "CREATE TRIGGER audit_keep_update BEFORE UPDATE ON audit"
               " BEGIN SELECT raise(ABORT, 'the trail is append-only'); END;"
               "CREATE TRIGGER audit_keep_delete BEFORE DELETE ON audit"
               " BEGIN SELECT raise(ABORT, 'the trail is append-only'); END;",
    [POSTGRES] = "CREATE FUNCTION audit_keep() RETURNS trigger LANGUAGE plpgsql AS"
                 " 'BEGIN RAISE EXCEPTION ''the trail is append-only''; END';"
                 "CREATE TRIGGER audit_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON audit"
                 " FOR EACH STATEMENT EXECUTE FUNCTION audit_keep();",
};
/* After the tables of version 3: on no day more than the whole of a person. The sum is greatest on
 * a day on which some share begins. PostgreSQL: writers of one person take turns, whoever they
 * are. */
#define SHARE_OVER                                                                                 \
    "EXISTS (SELECT 1 FROM (SELECT NEW.start AS d UNION SELECT o.start FROM share o"               \
    " WHERE o.person = NEW.person AND o.start BETWEEN NEW.start AND NEW.until) days"               \
    " WHERE NEW.percent + (SELECT coalesce(sum(s.percent), 0) FROM share s"                        \
    " WHERE s.person = NEW.person AND s.start <= days.d AND s.until >= days.d"                     \
    " AND NOT (s.appointment = NEW.appointment AND s.org = NEW.org)) > 10000)"
static const char *const share_guards[] = {
    [SQLITE] = "CREATE TRIGGER share_insert BEFORE INSERT ON share WHEN " SHARE_OVER
               " BEGIN SELECT raise(ABORT, 'share.over'); END;"
               "CREATE TRIGGER share_update BEFORE UPDATE ON share WHEN " SHARE_OVER
               " BEGIN SELECT raise(ABORT, 'share.over'); END;",
    [POSTGRES] = "CREATE FUNCTION share_keep() RETURNS trigger LANGUAGE plpgsql AS '"
                 "BEGIN PERFORM pg_advisory_xact_lock(7309940, (NEW.person % 2147483647)::int);"
                 " IF " SHARE_OVER " THEN RAISE EXCEPTION ''share.over''; END IF;"
                 " RETURN NEW; END';"
                 "CREATE TRIGGER share_keep BEFORE INSERT OR UPDATE ON share"
                 " FOR EACH ROW EXECUTE FUNCTION share_keep();",
};

static const char *const first_head[] = {
    [SQLITE] = "INSERT INTO head (one, seq, last_id, hash) VALUES (1, 0, 0, zeroblob(32));",
    [POSTGRES] = "INSERT INTO head (one, seq, last_id, hash)"
                 " VALUES (1, 0, 0, decode(repeat('00', 32), 'hex'));",
};

/* After every step. SQLite: what ANALYZE would find in a site of 100,000 records, so that plans do
 * not hang on whether and when it was run; index_kinds.c adds its own. PostgreSQL: the everyday
 * role's rights. */
static const char *const after[] = {
    [SQLITE] = "ANALYZE;" /* makes the table */
               "DELETE FROM sqlite_stat1;"
               "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES"
               " ('rec', 'rec_updated', '100000 20000 2 1'),"
               " ('rec', 'rec_state', '100000 20000 4000 2 1'),"
               " ('rec', 'rec_org', '100000 100 20 2 1'),"
               " ('rec', 'rec_title', '100000 20000 2'),"
               " ('rec', 'rec_shown', '100000 20000 10000 2 1'),"
               " ('rec', 'rec_shown_state', '100000 20000 10000 3000 2 1'),"
               " ('link', 'link', '200000 2 2 1'), ('link', 'link_to', '200000 20'),"
               " ('share', 'share_person', '20000 4 1'),"
               " ('notice', 'notice_account', '100000 200 1'),"
               " ('notice', 'notice_unread', '10000 20 1'),"
               " ('delivery', 'delivery_due', '100 2 1'),"
               " ('delivery', 'delivery_batch', '100000 5 1'),"
               " ('audit', 'audit_id', '400000 4 1'), ('audit', 'audit_account', '400000 2000 1');",
    [POSTGRES] = "DO 'DECLARE s text := quote_ident(current_schema()); BEGIN"
                 " EXECUTE ''GRANT USAGE ON SCHEMA '' || s || '' TO qiao_app'';"
                 " EXECUTE ''GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA '' || s"
                 " || '' TO qiao_app'';"
                 " EXECUTE ''REVOKE UPDATE, DELETE, TRUNCATE ON audit FROM qiao_app''; END';",
};

const struct table schema_tables[] = {
    {"meta", "name, value", "tt", "name"},
    {"rec",
     "id, kind, org, state, secrecy, version, created, updated, since, body, pub, pub_org, title, "
     "pub_title, shown",
     "ititiiiiijjitti", "id"},
    {"link", "from_id, relation, to_id", "iti", "from_id, relation, to_id"},
    {"uniq", "kind, field, value, id", "ttti", "kind, field, value"},
    {"grant_to", "id, org", "ii", "id, org"},
    {"audit", AUDIT_COLUMNS, "iiittttitittitb", "seq"},
    {"account",
     "id, login, name, role, org, person, hash, totp, lang, outside, active, failed, "
     "locked_until, created, last_login, seen_matches",
     "itttiittttiiiiii", "id"},
    {"session", "key, account, created, seen, csrf, data", "biiitt", "key"},
    {"token", "id, key, account, name, scope, created, expires, used", "ibittiii", "id"},
    {"saved", "id, account, shared, kind, name, filter, columns, sort", "iiittttt", "id"},
    {"job",
     "id, account, name, args, state, done, total, stage, result, created, started, ended, "
     "beat, attempts",
     "iittiiittiiiii", "id"},
    {"file", "key, name, bytes, account, created", "ttbii", "key"},
    {"share", "appointment, org, person, start, until, percent", "iiiiii", "appointment, org"},
    {"counter", "name, value", "ti", "name"},
    {"notice", "id, account, key, text, about, once, created, seen", "iittitii", "id"},
    {"delivery", "notice, channel, account, state, due, batch, attempts, ended, reason",
     "itiiiiiit", "notice, channel"},
    {"reach",
     "account, mail, proved, code, code_until, code_tries, quiet_from, quiet_until, choice",
     "ititiiiit", "account"},
    {"hook", "account, channel, url, secret", "ittt", "account, channel"},
    {"head", "one, seq, last_id, hash", "iiib", "one"},
};
const uint32_t schema_n_tables = ARRAY_LEN(schema_tables);

static const char *const has_meta[] = {
    [SQLITE] = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'meta'",
    [POSTGRES] = "SELECT 1 FROM pg_catalog.pg_class WHERE relname = 'meta' AND relkind = 'r' "
                 "AND pg_table_is_visible(oid)",
};

enum rc schema_version(struct db *db, int64_t *out, struct err *e)
{
    *out = 0;
    struct stmt *st;
    TRY(db_made(&st, db, str_of(has_meta[db->ops->dialect]), e));
    bool row;
    enum rc rc = stmt_step(st, &row, e);
    stmt_done(st);
    if (rc != RC_OK || !row)
        return rc;
    TRY(db_query(&st, db, SQL_META_GET, e, "s", "schema"));
    rc = stmt_step(st, &row, e);
    if (rc == RC_OK && row) {
        struct str s = col_bytes(st, 0);
        for (size_t i = 0; i < s.n && i < 9 && s.p[i] >= '0' && s.p[i] <= '9'; i++)
            *out = *out * 10 + (s.p[i] - '0');
    }
    stmt_done(st);
    return rc;
}

static enum rc set_version(struct db *db, struct err *e)
{
    char text[16];
    int n = 0;
    for (int v = SCHEMA_VERSION; v; v /= 10)
        n++;
    for (int i = n, v = SCHEMA_VERSION; i; v /= 10)
        text[--i] = (char)('0' + v % 10);
    return db_run(db, SQL_META_PUT, NULL, e, "tt", STR("schema"), (struct str){text, (size_t)n});
}

enum rc schema_lock(struct db *db, struct err *e)
{
    if (db->ops->dialect == SQLITE)
        return db_exec(db, "BEGIN IMMEDIATE", e);
    return db->ops->exec(db, "BEGIN; SELECT pg_advisory_xact_lock(7116105)", e);
}

static enum rc climb(struct db *db, struct err *e)
{
    enum dialect d = db->ops->dialect;
    int64_t from;
    /* another process may have been faster */
    TRY(schema_version(db, &from, e));
    for (int64_t v = from; v < SCHEMA_VERSION; v++) {
        TRY(db_exec(db, steps[v], e));
        if (v == 0) {
            TRY(db->ops->exec(db, guards[d], e));
            TRY(db->ops->exec(db, first_head[d], e));
        }
        if (v == 2)
            TRY(db->ops->exec(db, share_guards[d], e));
    }
    if (from >= SCHEMA_VERSION)
        return RC_OK;
    TRY(db->ops->exec(db, after[d], e));
    return set_version(db, e);
}

enum rc schema_up(struct db *db, struct err *e)
{
    TRY(db->ops->owner(db, true, e));
    enum rc rc = schema_lock(db, e);
    if (rc == RC_OK)
        rc = climb(db, e);
    if (rc == RC_OK)
        rc = db_exec(db, "COMMIT", e);
    if (rc != RC_OK) {
        db->ops->rollback(db);
        (void)!db->ops->owner(db, false, NULL);
        return rc;
    }
    return db->ops->owner(db, false, e);
}
