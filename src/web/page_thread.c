/* The thread: what became of a sentence in the news, from wherever one stands on it. */
#include "service/thread.h"
#include "web/work_int.h"

const struct page thread_def = {"thread", "kind{name label path} title path id " THREAD_SHAPE,
                                false};

static bool threads_to(const struct kind *other, const struct field_def *f, const struct kind *k)
{
    if (f->thread && (other == k || ref_names(f, k)))
        return true;
    for (uint32_t i = 0; i < f->n_sub; i++)
        if (threads_to(other, &f->sub[i], k))
            return true;
    return false;
}

bool kind_has_thread(const struct request *rq, const struct kind *k)
{
    const struct kinds *all = site_kinds(rq->site);
    for (uint32_t i = 0; i < kinds_count(all); i++) {
        const struct kind *other = kinds_at(all, i);
        for (uint32_t j = 0; j < other->n_fields; j++)
            if (threads_to(other, &other->field[j], k))
                return true;
    }
    return false;
}

static const struct thread_item *item_of(const vec_thread *all, int64_t id)
{
    for (size_t i = 0; id && i < all->n; i++)
        if (all->p[i].rec.id == id && !all->p[i].part)
            return &all->p[i];
    return NULL;
}

/* Who reads no pages of news is not led to one. */
static bool kind_reads_pages(const struct request *rq)
{
    const struct kind *k = kind_find(site_kinds(rq->site), STR("page"));
    return k && actor_may(rq->actor, k, RIGHT_READ, NULL);
}

static void view_one(struct request *rq, struct view *v, const vec_thread *all, size_t i)
{
    const struct thread_item *item = &all->p[i];
    const struct thread_item *from = item_of(all, item->from);
    const struct val *light = work_val(&item->rec, "light", TYPE_CODE);
    view_str(v, "day", show_day(rq, item->day));
    view_flag(v, "dated", item->day_field != NO_FIELD);
    view_str(v, "kind",
             label_text(item->part ? &item->part->label : &item->rec.kind->label, rq->zh));
    view_str(v, "title", item->part ? item->name : title_of(rq, &item->rec));
    view_str(v, "href", record_path(rq, &item->rec));
    view_flag(v, "here", item->here);
    if (item->part)
        view_light(rq, view_map(v, "light"), str_of(item->light));
    else
        view_state(rq, view_map(v, "state"), &item->rec);
    if (light && !item->part)
        view_light(rq, view_map(v, "light"), light->text);
    view_str(v, "quote", item->quote);
    view_str(v, "source", item->source);
    if (kind_reads_pages(rq) && !item->part)
        view_str(v, "said", source_path(rq, &item->rec, 0));
    /* where it comes from is plain where that stands right above it */
    if (from && !(i && all->p[i - 1].rec.id == item->from)) {
        struct view *f = view_map(v, "from");
        view_str(f, "title", title_of(rq, &from->rec));
        view_str(f, "href", record_path(rq, &from->rec));
    }
}

enum rc view_thread(struct request *rq, struct view *v, const struct kind *k, int64_t id,
                    size_t most, size_t *n, struct err *e)
{
    vec_thread all = {0};
    bool more = false;
    size_t here = 0;
    TRY(thread_of(rq->site, rq->actor, id, rq->arena, &all, &more, e));
    while (here < all.n && !all.p[here].here)
        here++;
    size_t first =
        most && all.n > most ? MIN(here > most / 2 ? here - most / 2 : 0, all.n - most) : 0;
    size_t end = most ? MIN(all.n, first + most) : all.n;
    struct view *list = view_list(v, "thread");
    for (size_t i = first; i < end; i++)
        view_one(rq, view_item(list), &all, i);
    view_printf(v, "thread_total", more ? "%zu+" : "%zu", all.n);
    view_flag(v, "thread_cut", more || end - first < all.n);
    view_str(v, "thread_path",
             textf(rq, "/%.*s/%lld/thread", (int)k->name.n, k->name.p, (long long)id));
    *n = all.n;
    vec_free(&all);
    return RC_OK;
}

enum rc thread_page(struct request *rq, struct reply *re, struct err *e)
{
    struct shown shown = {0};
    size_t n = 0;
    TRY(record_show(rq->site, rq->actor, rq->kind, rq->id, rq->arena, &shown, e));
    struct view *v = view_new(rq->arena);
    view_kind(rq, v, rq->kind);
    view_str(v, "title", title_of(rq, &shown.rec));
    view_str(v, "path", record_path(rq, &shown.rec));
    view_int(v, "id", rq->id);
    TRY(view_thread(rq, v, rq->kind, rq->id, 0, &n, e));
    return reply_page(rq, re, &thread_def, msg(rq, "web.thread"), v, e);
}
