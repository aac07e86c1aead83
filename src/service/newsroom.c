/* What reading the news needs and is made once: the reader's tables, the organisations on record.
 * The latter are made anew where the trail has a newer entry about an organisation. */
#include "service/pages_int.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

struct newsroom {
    pthread_mutex_t lock;
    struct reader *reader;
    struct shared_known {
        struct known *known;
        int64_t seq;
        uint32_t users;
        bool stale; /* a newer one took its place */
        struct shared_known *next;
    } * shared; /* the newest first */
};

struct fetch_options site_fetch_options(const struct site *s, double timeout, double delay)
{
    return (struct fetch_options){
        .timeout = timeout, .delay = delay, .allow = s->o.allow, .n_allow = s->o.n_allow};
}

enum rc newsroom_open(struct newsroom **out, struct err *e)
{
    struct newsroom *n = mem_calloc(1, sizeof *n);
    if (!n)
        return err_nomem(e);
    pthread_mutex_init(&n->lock, NULL);
    *out = n;
    return RC_OK;
}

void newsroom_close(struct newsroom *n)
{
    if (!n)
        return;
    while (n->shared) {
        struct shared_known *k = n->shared;
        n->shared = k->next;
        known_close(k->known);
        mem_free(k);
    }
    reader_close(n->reader);
    pthread_mutex_destroy(&n->lock);
    mem_free(n);
}

enum rc site_reader(struct site *s, const struct reader **out, struct err *e)
{
    struct newsroom *n = s->newsroom;
    enum rc rc = RC_OK;
    pthread_mutex_lock(&n->lock);
    if (!n->reader)
        rc = reader_open(&n->reader, site_model_dir(s), e);
    *out = n->reader;
    pthread_mutex_unlock(&n->lock);
    return rc;
}

/* ---- organisations ---- */

struct gathering {
    struct known *known;
    uint32_t short_name, type;
};

static const char *kind_of_org(struct str type)
{
    static const char *const names[][2] = {
        {"university", "university"}, {"company", "enterprise"},
        {"government", "government"}, {"park", "park"},
        {"institute", "institute"},   {"hospital", "hospital"},
        {"agency", "other"},          {"association", "other"},
    };
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (str_eq(type, str_of(names[i][0])))
            return names[i][1];
    return NULL;
}

static enum rc take_org(void *ctx, const struct rec *r, struct err *e)
{
    struct gathering *g = ctx;
    char id[24];
    int n = snprintf(id, sizeof id, "%lld", (long long)r->id);
    struct known_org org = {.id = {id, (size_t)n},
                            .name = rec_title(r),
                            .kind = g->type != NO_FIELD && r->val[g->type].set
                                        ? kind_of_org(r->val[g->type].text)
                                        : NULL};
    struct str others = g->short_name != NO_FIELD && r->val[g->short_name].set
                            ? r->val[g->short_name].text
                            : STR("");
    return known_add(g->known, &org, others, e);
}

static enum rc gather(struct site *s, struct tx *tx, struct known **out, struct err *e)
{
    struct gathering g = {0};
    struct query q = {.kind = kind_find(s->kinds, STR("org")), .scope = {.reach = SCOPE_ALL}};
    TRY(known_new(&g.known, e));
    enum rc rc = RC_OK;
    if (q.kind) {
        g.short_name = field_find(q.kind, STR("short"));
        g.type = field_find(q.kind, STR("type"));
        rc = store_each(tx, &q, take_org, &g, e);
    }
    if (rc == RC_OK) {
        known_ready(g.known);
        *out = g.known;
    } else {
        known_close(g.known);
    }
    return rc;
}

static enum rc newest_org(struct tx *tx, int64_t *seq, struct err *e)
{
    struct arena a = {0};
    vec_entry entries = {0};
    struct trail_query q = {.kind = STR("org"), .limit = 1};
    enum rc rc = store_trail(tx, &q, &a, &entries, e);
    *seq = rc == RC_OK && entries.n ? entries.p[0].seq : 0;
    vec_free(&entries);
    arena_free(&a);
    return rc;
}

/* Those that nobody uses any more go; the newest stays. */
static void sweep(struct newsroom *n)
{
    for (struct shared_known **at = &n->shared; *at;) {
        struct shared_known *k = *at;
        if (!k->stale || k->users) {
            at = &k->next;
            continue;
        }
        *at = k->next;
        known_close(k->known);
        mem_free(k);
    }
}

static const struct known *take_shared(struct newsroom *n, int64_t seq)
{
    const struct known *found = NULL;
    pthread_mutex_lock(&n->lock);
    for (struct shared_known *k = n->shared; k && !found; k = k->next)
        if (!k->stale && k->seq == seq) {
            k->users++;
            found = k->known;
        }
    pthread_mutex_unlock(&n->lock);
    return found;
}

enum rc newsroom_known(struct site *s, struct tx *tx, bool writing, const struct known **out,
                       struct err *e)
{
    struct newsroom *n = s->newsroom;
    int64_t seq;
    struct known *made = NULL;
    TRY(newest_org(tx, &seq, e));
    *out = take_shared(n, seq);
    if (*out)
        return RC_OK;
    TRY(gather(s, tx, &made, e));
    struct shared_known *k = mem_calloc(1, sizeof *k);
    if (!k) {
        known_close(made);
        return err_nomem(e);
    }
    *k = (struct shared_known){.known = made, .seq = seq, .users = 1, .stale = writing};
    pthread_mutex_lock(&n->lock);
    for (struct shared_known *old = n->shared; old && !writing; old = old->next)
        old->stale = true;
    sweep(n);
    k->next = n->shared;
    n->shared = k;
    pthread_mutex_unlock(&n->lock);
    *out = made;
    return RC_OK;
}

void newsroom_done(struct site *s, const struct known *known)
{
    struct newsroom *n = s->newsroom;
    pthread_mutex_lock(&n->lock);
    for (struct shared_known *k = n->shared; k; k = k->next)
        if (k->known == known && k->users)
            k->users--;
    sweep(n);
    pthread_mutex_unlock(&n->lock);
}
