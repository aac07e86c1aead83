/* Withdrawing a fact takes back all that accepting it wrote and that nothing hangs on. */
#include "service/pages_int.h"

static enum rc drop(struct saving *x, const struct rec *r, struct err *e)
{
    struct by by = actor_by(x->s, x->a, STR("delete"), STR(""), STR(""));
    struct err own;
    enum rc rc = store_delete(x->tx, r, &by, &own);
    if (rc == RC_USER && strcmp(own.key, "store.held") == 0)
        return err_user(e, "news.held", "%s", "");
    if (rc != RC_OK && e)
        *e = own;
    return rc;
}

static enum rc has_refs(struct saving *x, int64_t id, bool *has, struct err *e)
{
    vec_ref refs = {0};
    enum rc rc = store_refs(x->tx, id, 3, x->to, &refs, e);
    *has = false;
    for (size_t i = 0; rc == RC_OK && i < refs.n; i++)
        *has |= refs.p[i].id != id;
    vec_free(&refs);
    return rc;
}

static enum rc leave(struct saving *x, const struct rec *page, const struct rec *record,
                     struct err *e)
{
    struct rec *r = record_copy(record, x->to);
    struct str line = rec_text(x->before, "quote"), minutes = rec_text(record, "minutes");
    size_t at = str_find(minutes, line, 0);
    if (!r)
        return err_nomem(e);
    TRY(source_drop(r, page, x->before, x->to, e));
    if (str_eq(rec_text(x->before, "target"), STR("note")) && line.n && at != SIZE_MAX) {
        size_t from = at && minutes.p[at - 1] == '\n' ? at - 1 : at;
        rec_put_text(r, "minutes",
                     text_made(x->to, "%.*s%.*s", (int)from, minutes.p,
                               (int)(minutes.n - at - line.n), minutes.p + at + line.n));
    }
    return fact_put_changed(x, record, r, e);
}

static enum rc undo_record(struct saving *x, const struct rec *page, struct err *e)
{
    int64_t id = rec_num(x->before, "record", 0);
    struct rec record;
    bool found;
    if (!id)
        return RC_OK;
    TRY(store_get(x->tx, NULL, id, x->to, &record, &found, e));
    if (!found)
        return RC_OK;
    if (rec_num(x->before, "joined", 0))
        return leave(x, page, &record, e);
    if (record.version != rec_num(x->before, "record_version", 1))
        return err_user(e, "news.changed", "%lld", (long long)id);
    return drop(x, &record, e);
}

/* Organisations and people that were made with it and that nothing else has come to need. */
static enum rc undo_made(struct saving *x, struct err *e)
{
    const struct val *v = saving_val(x->before, "made");
    for (uint32_t i = 0; v && i < v->list.n; i++) {
        struct rec r;
        bool found, has = false;
        uint32_t at = v->list.n - 1 - i; /* people before the organisations they hang on */
        TRY(store_get(x->tx, NULL, v->list.item[at].num, x->to, &r, &found, e));
        if (found)
            TRY(has_refs(x, r.id, &has, e));
        if (found && !has && r.version == 1)
            TRY(drop(x, &r, e));
    }
    return RC_OK;
}

enum rc fact_withdraw(struct saving *x, const struct rec *page, struct err *e)
{
    TRY(undo_record(x, page, e));
    return undo_made(x, e);
}
