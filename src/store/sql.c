#include "store/sql_int.h"

/* Parameters are ?1, ?2 … in both dialects; `$word` is the dialect's own (db.c has the table). */

#define REC "id, kind, org, state, secrecy, version, created, updated, since, body"
#define AUDIT                                                                                      \
    "seq, at, account, login, action, comment, reason, id, kind, version, state, secrecy, org, "   \
    "body, hash"
#define ACCOUNT                                                                                    \
    "id, login, name, role, org, person, hash, totp, lang, outside, active, failed, "              \
    "locked_until, created, last_login, seen_matches"
#define JOB                                                                                        \
    "id, account, name, args, state, done, total, stage, result, created, started, ended, beat, "  \
    "attempts"
#define NOTICE    "id, account, key, text, about, once, created, seen"
#define NOTICE_OF "n.id, n.account, n.key, n.text, n.about, n.once, n.created, n.seen"
#define DELIVERY  "notice, channel, account, state, due, batch, attempts, ended, reason"
#define REACH     "account, mail, proved, code, code_until, code_tries, quiet_from, quiet_until, choice"

const char *const sql_text_of[SQL__COUNT] = {
    [SQL_HEAD] = "SELECT seq, last_id, hash FROM head WHERE one = 1",
    [SQL_HEAD_LOCK] = "SELECT seq, last_id, hash FROM head WHERE one = 1 $lock",
    [SQL_HEAD_PUT] = "UPDATE head SET seq = ?1, last_id = ?2, hash = ?3 WHERE one = 1",
    [SQL_SEQ] = "SELECT seq FROM head WHERE one = 1",

    /* records */
    [SQL_REC_GET] = "SELECT " REC " FROM rec WHERE id = ?1",
    [SQL_REC_HEADS] =
        "SELECT r.id, r.kind, r.org, r.state, r.secrecy, r.title, r.pub_title, r.shown, "
        "CASE WHEN g.id IS NULL THEN 0 ELSE 1 END FROM rec r LEFT JOIN grant_to g ON g.id = r.id "
        "AND g.org = ?2 WHERE r.id $among",
    [SQL_REC_STATE] = "SELECT kind, version, state, created, since FROM rec WHERE id = ?1",
    [SQL_REC_INSERT] =
        "INSERT INTO rec (id, kind, org, state, secrecy, version, created, updated, since, body, "
        "pub, pub_org, title, pub_title, shown) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, "
        "?10$json, ?11$json, ?12, ?13, ?14, ?15)",
    [SQL_REC_UPDATE] =
        "UPDATE rec SET kind = ?2, org = ?3, state = ?4, secrecy = ?5, version = ?6, "
        "created = ?7, updated = ?8, since = ?9, body = ?10$json, pub = ?11$json, pub_org = ?12, "
        "title = ?13, pub_title = ?14, shown = ?15 WHERE id = ?1 AND version = ?6 - 1",
    [SQL_REC_FACE] = "UPDATE rec SET pub = ?2$json, pub_org = ?3, title = ?4, pub_title = ?5, "
                     "shown = ?6 WHERE id = ?1",
    [SQL_REC_DELETE] = "DELETE FROM rec WHERE id = ?1 AND version = ?2",
    [SQL_REC_KIND] = "SELECT kind FROM rec WHERE id = ?1",
    [SQL_REC_OF_KIND] = "SELECT " REC " FROM rec WHERE kind = ?1 AND id > ?2 ORDER BY id LIMIT 200",
    /* title || '': else SQLite puts the constant into substr(title, …), and the index is lost */
    [SQL_REC_BY_TITLE] = "SELECT id FROM rec WHERE kind = ?1 AND substr(title, 1, 200) = "
                         "substr(?2$str, 1, 200) AND title || '' = ?2$str ORDER BY id",
    [SQL_LINK_OF] = "SELECT relation, to_id FROM link WHERE from_id = ?1 ORDER BY relation, to_id",
    [SQL_LINK_ADD] = "INSERT INTO link (from_id, relation, to_id) VALUES (?1, ?2, ?3)",
    [SQL_LINK_DROP] = "DELETE FROM link WHERE from_id = ?1 AND relation = ?2 AND to_id = ?3",
    [SQL_LINK_CLEAR] = "DELETE FROM link WHERE from_id = ?1",
    [SQL_LINK_COUNT_TO] =
        "SELECT count(DISTINCT from_id) FROM link WHERE to_id = ?1 AND from_id <> ?1",
    /* (SELECT ?1): PostgreSQL plans it once, not for every value anew */
    [SQL_LINK_TO] =
        "SELECT r.kind, l.from_id, l.relation FROM link l JOIN rec r "
        "ON r.id = l.from_id WHERE l.to_id = (SELECT ?1$num) ORDER BY l.from_id, l.relation "
        "LIMIT ?2",
    [SQL_LINK_TO_ANY] = "SELECT to_id, from_id FROM link WHERE to_id $among AND relation = ?2 "
                        "ORDER BY to_id, from_id LIMIT ?3",
    [SQL_UNIQ_GET] = "SELECT id FROM uniq WHERE kind = ?1 AND field = ?2 AND value = ?3",
    [SQL_UNIQ_OF] = "SELECT field, value FROM uniq WHERE id = ?1 ORDER BY field, value",
    [SQL_UNIQ_ADD] = "INSERT INTO uniq (kind, field, value, id) VALUES (?1, ?2, ?3, ?4)",
    [SQL_UNIQ_DROP] = "DELETE FROM uniq WHERE kind = ?1 AND field = ?2 AND value = ?3 AND id = ?4",
    [SQL_UNIQ_CLEAR] = "DELETE FROM uniq WHERE id = ?1",
    [SQL_GRANT_ADD] = "INSERT INTO grant_to (id, org) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
    [SQL_GRANT_GET] = "SELECT 1 FROM grant_to WHERE id = ?1 AND org = ?2",
    [SQL_GRANT_CLEAR] = "DELETE FROM grant_to WHERE id = ?1 OR org = ?1",
    [SQL_GRANT_LIST] = "SELECT org FROM grant_to WHERE id = ?1 ORDER BY org",
    [SQL_GRANT_NONE] = "DELETE FROM grant_to WHERE id = ?1",
    [SQL_GRANT_OF_ORG] = "SELECT id FROM grant_to WHERE org = ?1 ORDER BY id",

    [SQL_SHARE_OF_PERSON] =
        "SELECT appointment, start, until, percent FROM share WHERE person = ?1 AND start <= ?3 "
        "AND until >= ?2 AND appointment <> ?4 ORDER BY start, appointment, org",
    [SQL_SHARE_CLEAR] = "DELETE FROM share WHERE appointment = ?1",
    [SQL_SHARE_ADD] = "INSERT INTO share (appointment, org, person, start, until, percent) "
                      "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [SQL_SHARE_OF] = "SELECT org, person, start, until, percent FROM share WHERE appointment = ?1 "
                     "ORDER BY org",
    [SQL_SHARE_STRAY] = "SELECT min(s.appointment) FROM share s LEFT JOIN rec r ON "
                        "r.id = s.appointment WHERE r.id IS NULL OR r.kind <> ?1",
    [SQL_COUNTER_NEXT] = "INSERT INTO counter (name, value) VALUES (?1, 1) ON CONFLICT (name) "
                         "DO UPDATE SET value = counter.value + 1 RETURNING value",

    /* audit */
    [SQL_AUDIT_ADD] = "INSERT INTO audit (" AUDIT ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, "
                      "?10, ?11, ?12, ?13, ?14, ?15)",
    [SQL_AUDIT_OF] = "SELECT " AUDIT " FROM audit WHERE id = ?1 ORDER BY seq",
    [SQL_AUDIT_AFTER] = "SELECT " AUDIT " FROM audit WHERE seq > ?1 ORDER BY seq LIMIT ?2",
    [SQL_AUDIT_OF_KIND] =
        "SELECT seq, at, 0, '', action, '', '', id, kind, version, state, secrecy, org, body, '' "
        "FROM audit WHERE kind = ?1 AND (id, seq) > (?3, ?4) AND id > 0 AND at < ?2 "
        "ORDER BY id, seq LIMIT ?5",
    [SQL_AUDIT_COUNT] = "SELECT count(*) FROM audit",
    [SQL_VERIFY_REC] =
        "SELECT r.id, r.kind, r.org, r.state, r.secrecy, r.version, r.created, r.updated, "
        "r.since, r.body, r.pub, r.pub_org, r.title, r.pub_title, r.shown, "
        "CASE WHEN r.kind = a.kind AND r.version = a.version AND a.secrecy = "
        "CASE r.secrecy WHEN 0 THEN 'open' WHEN 1 THEN 'masked' ELSE 'private' END "
        "AND coalesce(r.org, 0) = a.org AND coalesce(r.state, '') = a.state "
        "AND a.body <> '' AND r.body = $bodya THEN 1 ELSE 0 END "
        "FROM rec r LEFT JOIN audit a "
        "ON a.seq = (SELECT max(seq) FROM audit WHERE id = r.id) "
        "WHERE r.id > (SELECT ?1$num) ORDER BY r.id LIMIT 500",
    [SQL_VERIFY_LINK] = "SELECT from_id, relation, to_id FROM link WHERE from_id BETWEEN ?1 AND ?2 "
                        "ORDER BY from_id, relation, to_id",
    [SQL_VERIFY_UNIQ] = "SELECT id, kind, field, value FROM uniq WHERE id BETWEEN ?1 AND ?2 "
                        "ORDER BY id, field, value",
    [SQL_VERIFY_GONE] = "SELECT min(a.id) FROM audit a WHERE a.id > 0 AND a.body <> '' "
                        "AND NOT EXISTS (SELECT 1 FROM rec r WHERE r.id = a.id) "
                        "AND a.seq = (SELECT max(b.seq) FROM audit b WHERE b.id = a.id)",
    [SQL_VERIFY_LINK_ALONE] = "SELECT min(from_id) FROM link l WHERE NOT EXISTS "
                              "(SELECT 1 FROM rec r WHERE r.id = l.from_id)",
    [SQL_VERIFY_UNIQ_ALONE] =
        "SELECT min(id) FROM uniq u WHERE NOT EXISTS (SELECT 1 FROM rec r WHERE r.id = u.id)",
    [SQL_REC_COUNT] = "SELECT count(*) FROM rec",

    /* accounts */
    [SQL_ACCOUNT_INSERT] =
        "INSERT INTO account (" ACCOUNT ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, "
        "?12, ?13, ?14, ?15, ?16)",
    [SQL_ACCOUNT_UPDATE] =
        "UPDATE account SET login = ?2, name = ?3, role = ?4, org = ?5, person = ?6, hash = ?7, "
        "totp = ?8, lang = ?9, outside = ?10, active = ?11, failed = ?12, locked_until = ?13, "
        "created = ?14, last_login = ?15, seen_matches = ?16 WHERE id = ?1",
    [SQL_ACCOUNT_GET] = "SELECT " ACCOUNT " FROM account WHERE id = ?1",
    [SQL_ACCOUNT_BY_LOGIN] = "SELECT " ACCOUNT " FROM account WHERE login = ?1",
    [SQL_ACCOUNT_BY_OUTSIDE] = "SELECT " ACCOUNT " FROM account WHERE outside = ?1",
    [SQL_ACCOUNT_LIST] = "SELECT " ACCOUNT " FROM account ORDER BY id",
    [SQL_ACCOUNT_LIST_SECOND] = "SELECT " ACCOUNT " FROM account WHERE totp <> '' ORDER BY id",
    [SQL_SESSION_PUT] =
        "INSERT INTO session (key, account, created, seen, csrf, data) VALUES (?1, ?2, ?3, ?4, "
        "?5, ?6) ON CONFLICT (key) DO UPDATE SET account = excluded.account, "
        "created = excluded.created, seen = excluded.seen, csrf = excluded.csrf, "
        "data = excluded.data",
    [SQL_SESSION_GET] =
        "SELECT key, account, created, seen, csrf, data FROM session WHERE key = ?1",
    [SQL_SESSION_DROP] = "DELETE FROM session WHERE key = ?1",
    [SQL_SESSION_DROP_ACCOUNT] = "DELETE FROM session WHERE account = ?1",
    [SQL_SESSION_DROP_OLD] = "DELETE FROM session WHERE seen < ?1",
    [SQL_TOKEN_PUT] =
        "INSERT INTO token (id, key, account, name, scope, created, expires, used) VALUES (?1, "
        "?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (id) DO UPDATE SET key = excluded.key, "
        "account = excluded.account, name = excluded.name, scope = excluded.scope, "
        "created = excluded.created, expires = excluded.expires, used = excluded.used",
    [SQL_TOKEN_BY_KEY] =
        "SELECT id, key, account, name, scope, created, expires, used FROM token WHERE key = ?1",
    [SQL_TOKEN_LIST] = "SELECT id, key, account, name, scope, created, expires, used FROM token "
                       "WHERE account = ?1 ORDER BY id",
    [SQL_TOKEN_DROP] = "DELETE FROM token WHERE id = ?1 AND account = ?2",
    [SQL_SAVED_PUT] =
        "INSERT INTO saved (id, account, shared, kind, name, filter, columns, sort) VALUES (?1, "
        "?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (id) DO UPDATE SET account = excluded.account, "
        "shared = excluded.shared, kind = excluded.kind, name = excluded.name, "
        "filter = excluded.filter, columns = excluded.columns, sort = excluded.sort",
    [SQL_SAVED_LIST] = "SELECT id, account, shared, kind, name, filter, columns, sort FROM saved "
                       "WHERE (account = ?1 OR shared = 1) AND (?2$str = '' OR kind = ?2$str) "
                       "ORDER BY kind, name, id",
    [SQL_SAVED_DROP] = "DELETE FROM saved WHERE id = ?1 AND account = ?2",
    [SQL_JOB_PUT] =
        "INSERT INTO job (" JOB ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, "
        "?13, ?14) ON CONFLICT (id) DO UPDATE SET account = excluded.account, name = "
        "excluded.name, "
        "args = excluded.args, state = excluded.state, done = excluded.done, "
        "total = excluded.total, stage = excluded.stage, result = excluded.result, "
        "created = excluded.created, started = excluded.started, ended = excluded.ended, "
        "beat = excluded.beat, attempts = excluded.attempts",
    [SQL_JOB_GET] = "SELECT " JOB " FROM job WHERE id = ?1",
    [SQL_JOB_LIST] = "SELECT " JOB " FROM job ORDER BY id DESC LIMIT ?1",
    [SQL_JOB_LIST_OF] = "SELECT " JOB " FROM job WHERE account = ?2 ORDER BY id DESC LIMIT ?1",
    [SQL_JOB_NEXT] = "SELECT " JOB " FROM job WHERE state = 0 OR (state = 1 AND beat < ?1) "
                     "ORDER BY id LIMIT 1 $skip",
    [SQL_JOB_TAKE] = "UPDATE job SET state = 1, started = ?2, beat = ?2, attempts = attempts + 1 "
                     "WHERE id = ?1",
    [SQL_JOB_GIVE_UP] = "UPDATE job SET state = 3, ended = ?2, result = ?4 WHERE state = 1 AND "
                        "beat < ?1 AND attempts >= ?3",
    [SQL_JOB_BEAT] = "UPDATE job SET done = ?2, total = ?3, stage = ?4, beat = ?5 WHERE id = ?1 "
                     "RETURNING state",
    [SQL_FILE_PUT] = "INSERT INTO file (key, name, bytes, account, created) VALUES (?1, ?2, ?3, "
                     "?4, ?5) ON CONFLICT (key) DO NOTHING",
    [SQL_FILE_GET] = "SELECT name, bytes FROM file WHERE key = ?1",
    [SQL_FILE_THERE] = "SELECT account FROM file WHERE key = ?1",
    [SQL_FILE_DROP] = "DELETE FROM file WHERE key = ?1",

    /* notices: a list is of one account, all (?2 = 0) or the unread, newest first before an id */
    [SQL_NOTICE_ADD] = "INSERT INTO notice (" NOTICE ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0)",
    [SQL_NOTICE_ONCE] = "SELECT 1 FROM notice WHERE account = ?1 AND once = ?2 AND once <> ''",
    [SQL_NOTICE_GET] = "SELECT " NOTICE " FROM notice WHERE id = ?1",
    [SQL_NOTICE_LIST] = "SELECT " NOTICE " FROM notice WHERE account = ?1 AND (?2 = 0 OR seen = 0) "
                        "AND id < ?3 ORDER BY id DESC LIMIT ?4",
    [SQL_NOTICE_UNREAD] = "SELECT count(*) FROM notice WHERE account = ?1 AND seen = 0",
    [SQL_NOTICE_SEEN] = "UPDATE notice SET seen = ?3 WHERE id = ?2 AND account = ?1 AND seen = 0",
    [SQL_NOTICE_SEEN_ALL] =
        "UPDATE notice SET seen = ?3 WHERE account = ?1 AND id <= ?2 AND seen = 0",
    [SQL_NOTICE_DROP_SENT] = "DELETE FROM delivery WHERE notice IN (SELECT id FROM notice "
                             "WHERE created < ?1)",
    [SQL_NOTICE_DROP_OLD] = "DELETE FROM notice WHERE created < ?1",
    [SQL_DELIVERY_ADD] = "INSERT INTO delivery (" DELIVERY ") VALUES (?1, ?2, ?3, 0, ?4, 0, 0, 0, "
                         "'') ON CONFLICT DO NOTHING",
    [SQL_DELIVERY_NEXT] =
        "SELECT " DELIVERY " FROM delivery WHERE state < 2 AND due <= ?1 ORDER BY due, notice "
        "LIMIT 1",
    [SQL_DELIVERY_DUE] = "SELECT min(due) FROM delivery WHERE state < 2",
    [SQL_DELIVERY_READY] =
        "SELECT notice FROM delivery WHERE state = 0 AND due <= ?3 AND batch = 0 "
        "AND account = ?1 AND channel = ?2 ORDER BY notice LIMIT ?4",
    [SQL_DELIVERY_BATCH] = "UPDATE delivery SET batch = ?3 WHERE notice = ?1 AND channel = ?2",
    [SQL_DELIVERY_OF_BATCH] = "SELECT " NOTICE_OF ", d.attempts FROM delivery d JOIN notice n "
                              "ON n.id = d.notice WHERE d.batch = ?1 ORDER BY d.notice",
    [SQL_DELIVERY_TAKE] =
        "UPDATE delivery SET state = 1, due = ?2, attempts = attempts + 1 WHERE batch = ?1",
    [SQL_DELIVERY_PUT_OFF] = "UPDATE delivery SET due = ?3 WHERE account = ?1 AND channel = ?2 "
                             "AND state < 2 AND due <= ?4",
    [SQL_DELIVERY_HURRY] = "UPDATE delivery SET due = ?2 WHERE account = ?1 AND state = 0 "
                           "AND state < 2 AND attempts = 0 AND due > ?2",
    /* not when somebody else has taken it since: then its attempts have grown */
    [SQL_DELIVERY_END] = "UPDATE delivery SET state = ?3, due = ?4, ended = ?5, reason = ?6 "
                         "WHERE batch = ?1 AND state = 1 AND attempts = ?2",
    [SQL_DELIVERY_FAILED] =
        "SELECT batch, min(account), min(channel), count(*), max(attempts), max(ended), "
        "min(reason) FROM delivery WHERE state = 3 GROUP BY batch ORDER BY batch DESC LIMIT ?1",
    [SQL_DELIVERY_AGAIN] =
        "UPDATE delivery SET state = 0, due = ?2, attempts = 0 WHERE batch = ?1 AND state = 3",
    [SQL_REACH_GET] = "SELECT " REACH " FROM reach WHERE account = ?1",
    [SQL_REACH_PUT] =
        "INSERT INTO reach (" REACH ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT "
        "(account) DO UPDATE SET mail = excluded.mail, proved = excluded.proved, "
        "code = excluded.code, code_until = excluded.code_until, "
        "code_tries = excluded.code_tries, quiet_from = excluded.quiet_from, "
        "quiet_until = excluded.quiet_until, choice = excluded.choice",
    [SQL_HOOK_GET] = "SELECT account, channel, url, secret FROM hook WHERE account = ?1 "
                     "ORDER BY channel",
    [SQL_HOOK_ALL] = "SELECT account, channel, url, secret FROM hook ORDER BY account, channel",
    [SQL_HOOK_PUT] = "INSERT INTO hook (account, channel, url, secret) VALUES (?1, ?2, ?3, ?4) "
                     "ON CONFLICT (account, channel) DO UPDATE SET url = excluded.url, "
                     "secret = excluded.secret",
    [SQL_HOOK_DROP] = "DELETE FROM hook WHERE account = ?1 AND channel = ?2",
    [SQL_META_GET] = "SELECT value FROM meta WHERE name = ?1",
    [SQL_META_RANGE] =
        "SELECT name FROM meta WHERE name >= ?1 AND name < ?2 ORDER BY name LIMIT ?3",
    [SQL_META_DROP] = "DELETE FROM meta WHERE name = ?1",
    [SQL_META_PUT] = "INSERT INTO meta (name, value) VALUES (?1, ?2) ON CONFLICT (name) "
                     "DO UPDATE SET value = excluded.value",
};
