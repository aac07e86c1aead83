/* Sessions that were read a moment ago, so that a page costs no read. An entry is believed for
 * SEEN_SECONDS, because other processes sign people out too; this process forgets at once. */
#include "service/site_int.h"

#define SLOTS    4096u /* a power of two */
#define TEXT_MAX 1024u

struct slot {
    struct known_session known; /* texts are in `text` */
    int64_t read;
    bool used;
    char text[TEXT_MAX];
};

struct seen {
    pthread_mutex_t lock;
    uint64_t mark; /* grows at every drop */
    struct slot slot[SLOTS];
};

enum rc seen_open(struct seen **out, struct err *e)
{
    struct seen *c = mem_calloc(1, sizeof *c);
    if (!c)
        return err_nomem(e);
    pthread_mutex_init(&c->lock, NULL);
    *out = c;
    return RC_OK;
}

void seen_close(struct seen *c)
{
    if (!c)
        return;
    pthread_mutex_destroy(&c->lock);
    mem_free(c);
}

static struct slot *slot_of(struct seen *c, const uint8_t key[32])
{
    uint32_t place;
    memcpy(&place, key, sizeof place); /* of a hash: spread well */
    return &c->slot[place & (SLOTS - 1)];
}

/* The texts that a page needs. */
#define N_TEXTS 5
static void texts_of(struct known_session *k, struct str *text[N_TEXTS])
{
    text[0] = &k->session.csrf;
    text[1] = &k->session.data;
    text[2] = &k->account.login;
    text[3] = &k->account.name;
    text[4] = &k->account.lang;
}

bool seen_get(struct seen *c, const uint8_t key[32], int64_t now, struct arena *to,
              struct known_session *out)
{
    struct str *text[N_TEXTS];
    bool found = false;
    pthread_mutex_lock(&c->lock);
    struct slot *s = slot_of(c, key);
    if (s->used && memcmp(s->known.session.key, key, 32) == 0 && now >= s->read &&
        now - s->read <= SEEN_SECONDS) {
        *out = s->known;
        texts_of(out, text);
        found = true;
        for (int i = 0; i < N_TEXTS; i++) {
            *text[i] = arena_str(to, *text[i]);
            found &= text[i]->p != NULL;
        }
    }
    pthread_mutex_unlock(&c->lock);
    return found;
}

uint64_t seen_mark(struct seen *c)
{
    pthread_mutex_lock(&c->lock);
    uint64_t mark = c->mark;
    pthread_mutex_unlock(&c->lock);
    return mark;
}

void seen_put(struct seen *c, const struct known_session *k, int64_t now, uint64_t mark)
{
    struct known_session copy = *k;
    struct str *text[N_TEXTS];
    size_t n = 0;
    texts_of(&copy, text);
    for (int i = 0; i < N_TEXTS; i++)
        n += text[i]->n;
    if (n > TEXT_MAX)
        return; /* such a one is read anew each time */
    /* Secrets that no page needs stay out of memory. */
    copy.account.hash = copy.account.totp = copy.account.outside = STR("");
    pthread_mutex_lock(&c->lock);
    if (c->mark == mark) {
        struct slot *s = slot_of(c, k->session.key);
        size_t at = 0;
        for (int i = 0; i < N_TEXTS; i++) {
            if (text[i]->n)
                memcpy(s->text + at, text[i]->p, text[i]->n);
            text[i]->p = s->text + at;
            at += text[i]->n;
        }
        s->known = copy;
        s->read = now;
        s->used = true;
    }
    pthread_mutex_unlock(&c->lock);
}

void seen_drop(struct seen *c)
{
    pthread_mutex_lock(&c->lock);
    c->mark++;
    for (uint32_t i = 0; i < SLOTS; i++)
        c->slot[i].used = false;
    pthread_mutex_unlock(&c->lock);
}
