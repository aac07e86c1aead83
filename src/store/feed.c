/* How far the trail is, and waiting for it to grow. */
#define _POSIX_C_SOURCE 200809L
#include "store/store_int.h"

#include <time.h>

#define LOOK_MS 200

static enum rc read_seq(struct store *s, int64_t *seq, struct err *e)
{
    struct stmt *st;
    TRY(db_query(&st, s->seq_db, SQL_SEQ, e, ""));
    bool row;
    enum rc rc = stmt_step(st, &row, e);
    *seq = rc == RC_OK && row ? col_int(st, 0) : 0;
    stmt_done(st);
    return rc;
}

/* On a connection of its own, outside of any transaction; anew where that was lost. */
enum rc store_seq(struct store *s, int64_t *seq, struct err *e)
{
    enum rc rc = RC_OK;
    pthread_mutex_lock(&s->seq_lock);
    for (int i = 0; i < 2; i++) {
        rc = s->seq_db ? RC_OK : store_connect(&s->seq_db, s, false, e);
        if (rc == RC_OK)
            rc = read_seq(s, seq, e);
        if (rc == RC_OK || !s->seq_db || !s->seq_db->lost)
            break;
        db_close(s->seq_db);
        s->seq_db = NULL;
    }
    pthread_mutex_unlock(&s->seq_lock);
    return rc;
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* One of the waiting threads sits on the listening connection and wakes the others. The lock is
 * held; it is given up while listening. */
static enum rc listen_turn(struct store *s, unsigned ms, struct err *e)
{
    s->listening = true;
    pthread_mutex_unlock(&s->lock);
    enum rc rc = s->listener ? RC_OK : store_connect(&s->listener, s, false, e);
    if (rc == RC_OK)
        rc = s->ops->listen(s->listener, ms, e);
    if (s->listener && s->listener->lost) {
        db_close(s->listener);
        s->listener = NULL;
    }
    pthread_mutex_lock(&s->lock);
    s->listening = false;
    pthread_cond_broadcast(&s->grown);
    return rc;
}

static void look_turn(struct store *s, int64_t ms)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    int64_t ns = t.tv_nsec + MIN(ms, (int64_t)LOOK_MS) * 1000000;
    t.tv_sec += ns / 1000000000;
    t.tv_nsec = ns % 1000000000;
    pthread_cond_timedwait(&s->grown, &s->lock, &t);
}

enum rc store_wait(struct store *s, int64_t seq, unsigned ms, int64_t *now, struct err *e)
{
    int64_t end = now_ms() + ms;
    for (;;) {
        TRY(store_seq(s, now, e));
        int64_t left = end - now_ms();
        if (*now > seq || left <= 0)
            return RC_OK;
        enum rc rc = RC_OK;
        pthread_mutex_lock(&s->lock);
        if (s->ops->listen && !s->listening)
            rc = listen_turn(s, (unsigned)MIN(left, (int64_t)LOOK_MS * 5), e);
        else
            look_turn(s, left);
        pthread_mutex_unlock(&s->lock);
        TRY(rc);
    }
}
