/* The store's writes under faults: each with every allocation of ours and every step of a database
 * statement made to fail, one after the other. Afterwards the store is as before or as it should
 * be, agrees with its trail, and takes the same write. Prints TAP. */
#include "../store/store_help.h"

#include "base/fault.h"

static struct place at;
static struct store *s;
static struct arena arena;

/* ---- the writes ---- */

typedef enum rc (*change_fn)(struct tx *tx, struct arena *a, struct err *e);

static enum rc insert(struct tx *tx, struct arena *a, struct err *e)
{
    struct rec r;
    TRY(rec_new(&r, kind_of("org"), a, e));
    r.val[0] = (struct val){.set = true, .text = STR("新单位")};
    return store_put(tx, &r, &by_test, e);
}

static enum rc read_rec(struct tx *tx, int64_t id, struct rec *r, struct arena *a, struct err *e)
{
    bool found;
    TRY(store_get(tx, NULL, id, a, r, &found, e));
    return found ? RC_OK : err_user(e, "store.gone", "%s", "");
}

/* Other links, another unique value, another face. */
static enum rc update(struct tx *tx, struct arena *a, struct err *e)
{
    struct rec need, org;
    TRY(read_rec(tx, 3, &need, a, e));
    need.state = state_find(need.kind, STR("open"));
    need.val[field("need", "about")] = (struct val){.set = true, .num = 1};
    need.val[field("need", "people")].set = false;
    TRY(store_put(tx, &need, &by_test, e));
    TRY(read_rec(tx, 1, &org, a, e));
    org.val[0].text = STR("改名");
    return store_put(tx, &org, &by_test, e);
}

static enum rc remove_need(struct tx *tx, struct arena *a, struct err *e)
{
    struct rec need;
    TRY(read_rec(tx, 3, &need, a, e));
    return store_delete(tx, &need, &by_test, e);
}

static enum rc account(struct tx *tx, struct arena *a, struct err *e)
{
    struct account n = {.login = STR("li"), .role = ROLE_ADMIN, .lang = STR("zh")};
    (void)a;
    TRY(account_put(tx, &n, e));
    return store_note(tx, &by_test, STR("li"), e);
}

static enum rc job(struct tx *tx, struct arena *a, struct err *e)
{
    struct job j = {.name = STR("import"), .args = STR("{}")}, got;
    bool found, cancelled;
    TRY(job_put(tx, &j, e));
    TRY(job_claim(tx, 5, 0, a, &got, &found, e));
    TRY(job_beat(tx, j.id, 1, 2, STR("x"), 6, &cancelled, e));
    return store_note(tx, &by_test, STR("job"), e);
}

static const struct write {
    const char *name;
    change_fn run;
    int entries; /* it adds to the trail */
} changes[] = {{"insert", insert, 1},
               {"update", update, 2},
               {"delete", remove_need, 1},
               {"account", account, 1},
               {"job", job, 1}};

static enum rc run(change_fn change, struct err *e)
{
    struct arena a = {0};
    struct tx *tx;
    enum rc rc = tx_begin(&tx, s, TX_WRITE, e);
    if (rc == RC_OK) {
        rc = change(tx, &a, e);
        if (rc == RC_OK)
            rc = tx_commit(tx, e);
        else
            tx_rollback(tx);
    }
    arena_free(&a);
    return rc;
}

/* The same, but commits although a step had failed: what had been put before it may stay, whole. */
static enum rc run_on(change_fn change, struct err *e)
{
    struct arena a = {0};
    struct tx *tx;
    enum rc rc = tx_begin(&tx, s, TX_WRITE, e);
    if (rc == RC_OK) {
        rc = change(tx, &a, e);
        enum rc end = tx_commit(tx, rc == RC_OK ? e : NULL);
        rc = rc == RC_OK ? end : rc;
    }
    arena_free(&a);
    return rc;
}

/* ---- driving ---- */

static int64_t seq(void)
{
    int64_t n;
    return store_seq(s, &n, &err) == RC_OK ? n : -1;
}

static void prepare(void)
{
    at = place_new();
    s = place_open(&at);
    struct rec org = make("org", "{\"name\":\"甲\"}", &arena);
    struct rec man = make("person", "{\"name\":\"王\"}", &arena);
    struct rec need =
        make("need", "{\"title\":\"需求\",\"people\":[2],\"masked\":{\"title\":\"某\"}}", &arena);
    if (put_one(s, &org) || (man.org = 1, put_one(s, &man)) || (need.org = 1, put_one(s, &need)))
        print_fault("prepare");
}

static void done(void)
{
    store_close(s);
    place_free(&at);
    arena_reset(&arena);
}

static bool wrong(const struct write *c, enum fault_kind kind, long n, const char *what)
{
    printf("# %s, fault %d at %ld: %s: %s %s\n", c->name, kind, n, what, err.key, err.detail);
    return false;
}

/* One try with the n-th failing; *hit: it came so far. */
static bool attempt(const struct write *c, enum fault_kind kind, long n, bool on, bool *hit)
{
    struct err e = {0};
    int64_t before = seq();
    fault_arm(kind, n);
    enum rc rc = on ? run_on(c->run, &e) : run(c->run, &e);
    *hit = fault_count(kind) >= n;
    fault_arm(kind, 0);
    int64_t now = seq(), want = before + (rc == RC_OK ? c->entries : 0);
    if (rc != RC_OK && !e.key[0])
        return wrong(c, kind, n, "no error was given");
    /* a commit that was made and whose answer was lost is still whole */
    bool late = rc != RC_OK && now == before + c->entries;
    bool part = rc != RC_OK && on && now > before && now < before + c->entries;
    if (now != want && !late && !part)
        return wrong(c, kind, n, "half written");
    if (store_verify(s, NULL, NULL, &err) != RC_OK)
        return wrong(c, kind, n, "it does not agree with the trail");
    return true;
}

static bool drive(const struct write *c, enum fault_kind kind, bool on)
{
    bool good = true, hit = true;
    long n = 0;
    prepare();
    while (good && hit) {
        int64_t before = seq();
        good = attempt(c, kind, ++n, on, &hit);
        if (seq() != before) { /* it went through: begin again from the same state */
            done();
            prepare();
        }
    }
    if (good && n < 5)
        good = wrong(c, kind, n, "hardly a step of it was tried");
    done();
    return good;
}

int main(void)
{
    static const enum fault_kind kinds[] = {FAULT_ALLOC, FAULT_STEP};
    static const char *const what[] = {"every allocation fails", "every step fails"};
    int status = 0, n = 0;
    printf("1..%zu\n", ARRAY_LEN(changes) * 4);
    help_kinds();
    for (size_t i = 0; i < ARRAY_LEN(changes); i++)
        for (int k = 0; k < 4; k++) {
            bool good = drive(&changes[i], kinds[k % 2], k >= 2);
            printf("%sok %d - store: %s, %s%s\n", good ? "" : "not ", ++n, changes[i].name,
                   what[k % 2], k >= 2 ? ", commit all the same" : "");
            status |= !good;
        }
    arena_free(&arena);
    help_free();
    return status;
}
