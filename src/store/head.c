/* Of many records at once: what names them and decides who sees them, and what refers to them. */
#include "base/map.h"
#include "store/store_int.h"

static enum rc id_list(struct buf *out, const int64_t *id, uint32_t n, struct err *e)
{
    TRY(buf_char(out, '[', e));
    for (uint32_t i = 0; i < n; i++)
        TRY(buf_printf(out, e, "%s%lld", i ? "," : "", (long long)id[i]));
    return buf_char(out, ']', e);
}

static enum rc read_head(struct rec_head *h, const struct store *s, struct stmt *st,
                         struct arena *a, struct err *e)
{
    const struct kind *k = kind_find(s->kinds, col_bytes(st, 1));
    if (!k)
        return err_corrupt(e, "store.kind", "%.*s", (int)MIN(col_bytes(st, 1).n, 40u),
                           col_bytes(st, 1).p);
    struct str state = col_bytes(st, 3);
    *h = (struct rec_head){.kind = k,
                           .id = col_int(st, 0),
                           .org = col_int(st, 2),
                           .state = state.n ? state_find(k, state) : NO_STATE,
                           .shown = col_int(st, 7) == 1,
                           .granted = col_int(st, 8) == 1};
    h->secrecy = (enum secrecy)MIN((uint64_t)col_int(st, 4), (uint64_t)SECRECY_PRIVATE);
    TRY(col_str(&h->title, st, 5, a, e));
    return col_str(&h->pub_title, st, 6, a, e);
}

enum rc store_heads(struct tx *tx, const int64_t *id, uint32_t n, int64_t org, struct arena *a,
                    struct rec_head *out, struct err *e)
{
    struct map place = {0};
    struct buf list;
    struct stmt *st = NULL;
    enum rc rc = RC_OK;
    bool row = false;
    buf_init(&list, 16u << 20);
    for (uint32_t i = 0; i < n; i++) {
        out[i] = (struct rec_head){.id = id[i]};
        if (!map_put(&place, (uint64_t)id[i], i))
            GOTO_OUT(err_nomem(e));
    }
    GOTO_OUT(id_list(&list, id, n, e));
    GOTO_OUT(db_query(&st, tx->db, SQL_REC_HEADS, e, "ti", buf_view(&list), org));
    while ((rc = stmt_step(st, &row, e)) == RC_OK && row) {
        const uint32_t *at = map_get(&place, (uint64_t)col_int(st, 0));
        if (at)
            GOTO_OUT(read_head(&out[*at], tx->s, st, a, e));
    }
out:
    stmt_done(st);
    buf_free(&list);
    map_free(&place);
    return rc;
}

enum rc store_linked(struct tx *tx, const int64_t *id, uint32_t n, struct str relation,
                     uint32_t limit, vec_linked *out, struct err *e)
{
    struct buf list;
    struct stmt *st = NULL;
    bool row = false;
    buf_init(&list, 16u << 20);
    enum rc rc = id_list(&list, id, n, e);
    if (rc == RC_OK)
        rc = db_query(&st, tx->db, SQL_LINK_TO_ANY, e, "tti", buf_view(&list), relation,
                      (int64_t)limit);
    while (rc == RC_OK && (rc = stmt_step(st, &row, e)) == RC_OK && row)
        rc = vec_push(out, ((struct linked){col_int(st, 0), col_int(st, 1)}), e);
    stmt_done(st);
    buf_free(&list);
    return rc;
}
