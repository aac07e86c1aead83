/* Every write of a fact and of a page: what is told is kept true to the page's text, and the steps
 * of a fact do what they say. */
#include "service/pages_int.h"

static void clear(struct rec *r, const char *field)
{
    saving_set(r, field, (struct val){0});
}

static const char *const told[] = {"type",     "subject", "predicate",  "object", "value",
                                   "deadline", "quote",   "event_type", "day"};

static bool is_corrected(const struct rec *before, const struct rec *r)
{
    for (size_t i = 0; i < ARRAY_LEN(told); i++) {
        uint32_t f = field_find(r->kind, str_of(told[i]));
        if (f != NO_FIELD && !val_eq(&r->kind->field[f], &before->val[f], &r->val[f]))
            return true;
    }
    return false;
}

/* The sentence must stand in the text; where it does is told by its place. */
static enum rc find_quote(struct saving *x, const struct rec *page, struct err *e)
{
    struct str quote = rec_text(x->r, "quote"), text = rec_text(page, "text");
    if (x->before && str_eq(rec_text(x->before, "quote"), quote))
        return RC_OK;
    if (!x->before && saving_val(x->r, "to"))
        return RC_OK; /* page_keep.c knows where */
    size_t at = quote.n ? str_find(text, quote, 0) : SIZE_MAX;
    if (at == SIZE_MAX)
        return quote.n ? fault_add(x->faults, field_find(x->r->kind, STR("quote")), UINT32_MAX,
                                   UINT32_MAX, "field.not_verbatim", STR(""), e)
                       : RC_OK;
    rec_put_num(x->r, "from", (int64_t)utf8_len(str_sub(text, 0, at)));
    rec_put_num(x->r, "to", (int64_t)utf8_len(str_sub(text, 0, at + quote.n)));
    return RC_OK;
}

static enum rc keep_told(struct saving *x, const struct rec *page, struct err *e)
{
    struct rec event = {0};
    TRY(find_quote(x, page, e));
    if (!x->before && !saving_val(x->r, "origin"))
        rec_put_text(x->r, "origin", STR("person"));
    if (x->before && is_corrected(x->before, x->r))
        rec_put_num(x->r, "corrected", 1);
    bool moved = x->before &&
                 !str_eq(rec_text(x->before, "deadline"), rec_text(x->r, "deadline")) &&
                 rec_num(x->before, "due", 0) == rec_num(x->r, "due", 0);
    if (moved)
        clear(x->r, "due");
    if ((x->before && !moved) || saving_val(x->r, "n"))
        return fact_title(x->r, x->to, e);
    TRY(fact_event(x, page->id, &event, e));
    fact_defaults(x->r, page, event.kind ? &event : NULL, x->to);
    if (!x->before)
        rec_put_num(x->r, "n", FACTS_MOST);
    return fact_title(x->r, x->to, e);
}

static enum rc page_of(struct saving *x, const struct rec *fact, struct viewed *v, struct err *e)
{
    const struct kind *k = kind_find(x->s->kinds, STR("page"));
    *v = (struct viewed){0};
    if (k)
        TRY(view_get(x->tx, x->a, k, rec_num(fact, "page", 0), x->to, v, e));
    v->found = v->found && v->face == FACE_FULL;
    return RC_OK;
}

static bool is_step(const struct saving *x, const char *action)
{
    return x->step && str_eq(x->step->action->name, str_of(action));
}

enum rc fact_before(struct saving *x, struct err *e)
{
    static const char *const written[] = {"record", "record_version", "joined", "made"};
    struct viewed page;
    TRY(page_of(x, x->r, &page, e));
    if (!page.found)
        return x->step ? view_missing(e) : RC_OK; /* the reference is a fault of its own */
    x->r->org = page.full.org;
    if (x->before && rec_num(x->before, "page", 0) != page.full.id)
        return err_user(e, "news.other_page", "%s", "");
    if (!x->step && x->before && rec_is(x->before, "accepted"))
        return err_user(e, "news.withdraw_first", "%s", "");
    if (!x->step || is_step(x, "accept"))
        TRY(keep_told(x, &page.full, e));
    if (is_step(x, "accept") && !x->faults->n)
        return fact_accept(x, &page.full, e);
    for (size_t i = 0; is_step(x, "withdraw") && i < ARRAY_LEN(written); i++)
        clear(x->r, written[i]);
    return RC_OK;
}

enum rc fact_after(struct saving *x, struct err *e)
{
    struct viewed page;
    if (!is_step(x, "withdraw") || !x->before)
        return RC_OK;
    TRY(page_of(x, x->before, &page, e));
    if (!page.found)
        return view_missing(e);
    return fact_withdraw(x, &page.full, e);
}

/* ---- every write of a page ---- */

/* An event whose day nobody knows may stay proposed. */
static enum rc check_finished(struct saving *x, struct err *e)
{
    vec_rec left = {0};
    struct str filter =
        text_made(x->to, "page = %lld and state = proposed and type != event", (long long)x->r->id);
    TRY(records_by(x->s, x->tx, x->a, "fact", filter, "id", x->to, &left, e));
    size_t n = left.n;
    vec_free(&left);
    return n ? err_user(e, "news.facts_left", "%zu", n) : RC_OK;
}

enum rc page_before(struct saving *x, struct err *e)
{
    if (!x->before && !saving_val(x->r, "hash"))
        return err_user(e, "news.by_hand", "%s", "");
    if (!x->before && str_eq(rec_text(x->r, "verdict"), STR("refused"))) {
        uint32_t refused = state_find(x->r->kind, STR("refused"));
        x->r->state = refused == UINT32_MAX ? x->r->state : refused;
    }
    return is_step(x, "finish") ? check_finished(x, e) : RC_OK;
}
