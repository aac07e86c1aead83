/* Several pages that tell one event: the same day and type, and parties in common; without a day,
 * the same headline and parties in common. */
#include "service/pages_int.h"

static bool has_party(const struct rec *page, struct str name)
{
    return party_named(page, name) != UINT32_MAX;
}

/* Two parties in common, or all that one of them names. */
static bool share_parties(const struct rec *a, const struct rec *b)
{
    uint32_t n = rows_of(a, "parties"), m = rows_of(b, "parties"), common = 0, named = 0;
    for (uint32_t i = 0; i < n; i++) {
        struct str name = row_text(a, "parties", i, "name");
        named += name.n > 0;
        common += name.n && has_party(b, name);
    }
    return common >= 2 || (common == 1 && (named == 1 || m == 1));
}

static bool is_day(struct str s)
{
    int64_t day;
    return date_read(s, &day);
}

static enum rc candidates(struct site *s, struct tx *tx, const struct actor *a,
                          const struct rec *page, struct arena *to, vec_rec *out, struct err *e)
{
    struct str day = rec_text(page, "event_day"), type = rec_text(page, "event_type");
    struct str filter;
    if (is_day(day))
        filter = text_made(to, "event_day = \"%.*s\" and event_type = %.*s", (int)day.n, day.p,
                           (int)type.n, type.p);
    else if (rec_title(page).n > 12 && str_find(rec_title(page), STR("\""), 0) == SIZE_MAX)
        filter = text_made(to, "title = \"%.*s\"", (int)rec_title(page).n, rec_title(page).p);
    else
        return RC_OK;
    return records_by(s, tx, a, "page", filter, "id", to, out, e);
}

enum rc same_event(struct site *s, struct tx *tx, const struct actor *a, const struct rec *page,
                   struct arena *to, int64_t *first, struct err *e)
{
    vec_rec all = {0};
    *first = 0;
    enum rc rc = candidates(s, tx, a, page, to, &all, e);
    for (size_t i = 0; rc == RC_OK && i < all.n && !*first; i++)
        if (str_eq(rec_text(&all.p[i], "verdict"), STR("read")) && share_parties(page, &all.p[i]))
            *first = rec_num(&all.p[i], "same", all.p[i].id);
    vec_free(&all);
    return rc;
}

enum rc same_pages(struct site *s, struct tx *tx, const struct actor *a, const struct rec *page,
                   struct arena *to, vec_rec *out, struct err *e)
{
    long long root = (long long)rec_num(page, "same", page->id), self = (long long)page->id;
    struct str filter =
        text_made(to, "(id = %lld or same = %lld) and id != %lld", root, root, self);
    return records_by(s, tx, a, "page", filter, "id", to, out, e);
}

enum rc same_facts(struct site *s, struct tx *tx, const struct actor *a, const vec_rec *pages,
                   struct arena *to, vec_rec *out, struct err *e)
{
    for (size_t i = 0; i < pages->n && i < 20; i++) {
        struct str filter =
            text_made(to, "page = %lld and state = accepted", (long long)pages->p[i].id);
        TRY(records_by(s, tx, a, "fact", filter, "id", to, out, e));
    }
    return RC_OK;
}

/* Two names of one thing: equal, or one holds the other. */
static bool alike(struct str a, struct str b)
{
    if (!a.n || !b.n)
        return false;
    return str_find(a.n < b.n ? b : a, a.n < b.n ? a : b, 0) != SIZE_MAX;
}

bool fact_same(const struct rec *a, const struct rec *b)
{
    if (!str_eq(rec_text(a, "type"), rec_text(b, "type")))
        return false;
    if (str_eq(rec_text(a, "type"), STR("event")))
        return true; /* of two pages of one event */
    struct str value = rec_text(a, "value"), other = rec_text(b, "value");
    bool subject = alike(rec_text(a, "subject"), rec_text(b, "subject"));
    bool object = alike(rec_text(a, "object"), rec_text(b, "object"));
    bool turned = alike(rec_text(a, "subject"), rec_text(b, "object")) &&
                  alike(rec_text(a, "object"), rec_text(b, "subject"));
    if (value.n && other.n && !str_eq(value, other))
        return false;
    return turned || (subject && (object || (value.n && other.n))) ||
           (object && value.n && other.n);
}
