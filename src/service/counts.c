/* How many records a list has, remembered until the next change: pages of one list, and readers of
 * the same one, ask for the same number. */
#include "service/site_int.h"

#include <sodium.h>

#define SLOTS    1024u /* a power of two */
#define KEY_MAX  16u
#define TEXT_MAX (64u << 10)

struct counts {
    pthread_mutex_t lock;
    uint8_t secret[crypto_generichash_KEYBYTES]; /* nobody can aim at another's entry */
    struct {
        uint8_t key[KEY_MAX];
        int64_t seq; /* -1: free */
        uint64_t total;
    } slot[SLOTS];
};

enum rc counts_open(struct counts **out, struct err *e)
{
    struct counts *c = mem_calloc(1, sizeof *c);
    if (!c)
        return err_nomem(e);
    pthread_mutex_init(&c->lock, NULL);
    randombytes_buf(c->secret, sizeof c->secret);
    for (uint32_t i = 0; i < SLOTS; i++)
        c->slot[i].seq = -1;
    *out = c;
    return RC_OK;
}

void counts_close(struct counts *c)
{
    if (!c)
        return;
    pthread_mutex_destroy(&c->lock);
    mem_free(c);
}

/* Kind, what the reader sees, the filter in its canonical words, and the day: what a filter says of
 * lights and terms changes at midnight without a change of any record. */
static enum rc key_of(const struct counts *c, const struct query *q, int64_t day,
                      uint8_t key[KEY_MAX], struct err *e)
{
    struct buf b;
    buf_init(&b, TEXT_MAX);
    enum rc rc = buf_printf(&b, e, "%u %d %lld %d %lld ", q->kind->index, (int)q->scope.reach,
                            (long long)q->scope.org, q->scope.granted, (long long)day);
    if (rc == RC_OK && q->filter)
        rc = filter_print(&b, q->filter, e);
    if (rc == RC_OK)
        crypto_generichash(key, KEY_MAX, (const uint8_t *)b.p, b.n, c->secret, sizeof c->secret);
    buf_free(&b);
    return rc;
}

enum rc counts_total(struct site *s, struct tx *tx, const struct query *q, int64_t seq,
                     uint64_t *out, struct err *e)
{
    struct counts *c = s->counts;
    uint8_t key[KEY_MAX];
    uint32_t place;
    bool known = false;
    TRY(key_of(c, q, day_of_time(site_now(s)), key, e));
    memcpy(&place, key, sizeof place);
    place &= SLOTS - 1;
    pthread_mutex_lock(&c->lock);
    if (c->slot[place].seq == seq && memcmp(c->slot[place].key, key, KEY_MAX) == 0) {
        *out = c->slot[place].total;
        known = true;
    }
    pthread_mutex_unlock(&c->lock);
    if (known)
        return RC_OK;
    TRY(store_count(tx, q, out, e));
    pthread_mutex_lock(&c->lock);
    memcpy(c->slot[place].key, key, KEY_MAX);
    c->slot[place].seq = seq;
    c->slot[place].total = *out;
    pthread_mutex_unlock(&c->lock);
    return RC_OK;
}
