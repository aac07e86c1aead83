/* What people decided about pages, as labelled pages for bench/news: the bytes that were read, and
 * of each page what a person let stand. */
#include "base/file.h"
#include "service/pages_int.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <sys/stat.h>

enum { PATH_MOST = 4096, BATCH = 100 };

struct labelling {
    const struct actor *a;
    const char *dir;
    struct file_out *gold;
    struct arena to;
    struct page_labels *out;
    int64_t after; /* id of the last page that was written */
    uint32_t got;
};

static json_t *text_json(struct str s)
{
    return s.n ? json_stringn(s.p, s.n) : json_null();
}

static json_t *aliases_json(struct str all)
{
    json_t *list = json_array();
    for (size_t at = 0; at < all.n;) {
        size_t end = MIN(str_find(all, STR("、"), at), all.n);
        json_array_append_new(list, text_json(str_sub(all, at, end)));
        at = end + strlen("、");
    }
    return list;
}

static bool is_wrong(const struct rec *page, const char *group, uint32_t i)
{
    return str_eq(row_text(page, group, i, "choice"), STR("wrong"));
}

static json_t *parties_json(const struct rec *page)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < rows_of(page, "parties"); i++)
        if (!is_wrong(page, "parties", i))
            json_array_append_new(
                list,
                json_pack("{s:o,s:o,s:o}", "name", text_json(row_text(page, "parties", i, "name")),
                          "kind", text_json(row_text(page, "parties", i, "type")), "aliases",
                          aliases_json(row_text(page, "parties", i, "aliases"))));
    return list;
}

static json_t *people_json(const struct rec *page)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < rows_of(page, "people"); i++)
        if (!is_wrong(page, "people", i))
            json_array_append_new(list,
                                  json_pack("{s:o,s:o,s:o}", "name",
                                            text_json(row_text(page, "people", i, "name")), "title",
                                            text_json(row_text(page, "people", i, "title")), "org",
                                            text_json(row_text(page, "people", i, "org"))));
    return list;
}

static json_t *fact_json(const struct rec *f)
{
    static const char *const texts[] = {"subject", "object", "predicate", "value", "deadline"};
    json_t *o = json_pack("{s:o}", "type", text_json(rec_text(f, "type")));
    for (size_t i = 0; o && i < ARRAY_LEN(texts); i++)
        json_object_set_new(o, texts[i], text_json(rec_text(f, texts[i])));
    if (o)
        json_object_set_new(o, "evidence", text_json(rec_text(f, "quote")));
    return o;
}

static json_t *day_json(const struct rec *r, const char *field)
{
    const struct val *v = r && r->kind ? saving_val(r, field) : NULL;
    char text[12];
    return v ? text_json(date_put(text, v->num)) : json_null();
}

static json_t *list_json(const struct rec *page, const char *field)
{
    const struct val *v = saving_val(page, field);
    json_t *list = json_array();
    for (uint32_t i = 0; v && i < v->list.n; i++)
        json_array_append_new(list, text_json(v->list.item[i].text));
    return list;
}

/* The page as a person left it. `negative`: it is no news of a cooperation, and then nothing else
 * is asked of a reader. */
static json_t *page_json(const struct rec *page, const vec_rec *facts, bool negative)
{
    const struct rec *event = NULL;
    json_t *told = json_array();
    for (size_t i = 0; i < facts->n; i++) {
        const struct rec *f = &facts->p[i];
        bool is_event = str_eq(rec_text(f, "type"), STR("event"));
        if (is_event && !rec_is(f, "rejected"))
            event = f;
        else if (!is_event && rec_is(f, "accepted") && !negative)
            json_array_append_new(told, fact_json(f));
    }
    struct str day = rec_text(page, "event_day");
    bool yearless = event && !saving_val(event, "day") && str_starts(day, STR("--"));
    char id[24];
    snprintf(id, sizeof id, "%lld", (long long)page->id);
    return json_pack(
        "{s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:b,s:b}", "id", id, "url",
        text_json(rec_text(page, "address")), "main_title",
        rec_num(page, "head", 0) ? text_json(rec_title(page)) : json_null(), "publish_date",
        day_json(page, "published"), "event_date",
        yearless ? text_json(day) : day_json(event, "day"), "event_date_end",
        day_json(event, "due"), "event_type",
        event && !negative ? text_json(rec_text(event, "event_type")) : json_string("none"),
        "parties", negative ? json_array() : parties_json(page), "people",
        negative ? json_array() : people_json(page), "facts", told, "areas",
        negative ? json_array() : list_json(page, "areas"), "truncated", 0, "negative", negative);
}

static enum rc write_file(const char *path, struct str bytes, struct err *e)
{
    struct file_out *f = NULL;
    enum rc rc = file_out_open(&f, path, e);
    if (rc == RC_OK)
        rc = file_out_write(f, bytes.p ? bytes.p : "", bytes.n, e);
    if (rc == RC_OK) {
        rc = file_out_commit(f, e);
        f = NULL;
    }
    file_out_abandon(f);
    return rc;
}

static bool is_html(struct str bytes)
{
    struct str head = str_trim(str_sub(bytes, 0, 200));
    return head.n && head.p[0] == '<';
}

/* What the page came with, in a file beside it, where something is known. */
static enum rc write_beside(const char *page, const char *ending, struct str text, struct err *e)
{
    char path[PATH_MOST];
    int n = snprintf(path, sizeof path, "%s%s", page, ending);
    return text.n && n > 0 && n < PATH_MOST ? write_file(path, text, e) : RC_OK;
}

static enum rc write_page(struct labelling *l, struct tx *tx, const struct rec *page, struct err *e)
{
    struct str name, bytes = {0};
    char path[PATH_MOST - 16];
    bool found;
    TRY(blob_get(tx, rec_text(page, "hash"), &l->to, &name, &bytes, &found, e));
    const char *ending = is_html(bytes) ? "html" : "txt";
    int n = snprintf(path, sizeof path, "%s/pages/%lld.%s", l->dir, (long long)page->id, ending);
    if (!found || n < 0 || (size_t)n >= sizeof path)
        return RC_OK; /* without its bytes there is nothing to read again */
    TRY(write_file(path, bytes, e));
    TRY(write_beside(path, ".url", rec_text(page, "address"), e));
    return write_beside(path, ".charset", rec_text(page, "charset"), e);
}

static enum rc write_label(struct labelling *l, const struct rec *page, const vec_rec *facts,
                           bool negative, struct err *e)
{
    json_t *o = page_json(page, facts, negative);
    char *line = o ? json_dumps(o, JSON_COMPACT) : NULL;
    enum rc rc = line ? file_out_write(l->gold, line, strlen(line), e) : err_nomem(e);
    if (rc == RC_OK)
        rc = file_out_write(l->gold, "\n", 1, e);
    mem_free(line);
    json_decref(o);
    return rc;
}

static enum rc label_one(struct labelling *l, struct site *s, struct tx *tx, const struct rec *page,
                         struct err *e)
{
    vec_rec facts = {0};
    bool negative = rec_is(page, "dismissed");
    struct str filter = text_made(&l->to, "page = %lld", (long long)page->id);
    enum rc rc = records_by(s, tx, l->a, "fact", filter, "n", &l->to, &facts, e);
    if (rc == RC_OK)
        rc = write_page(l, tx, page, e);
    if (rc == RC_OK)
        rc = write_label(l, page, &facts, negative, e);
    l->out->pages++;
    l->out->refused += negative;
    for (size_t i = 0; i < facts.n; i++)
        l->out->facts += rec_is(&facts.p[i], "accepted");
    vec_free(&facts);
    return rc;
}

static enum rc label_batch(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct labelling *l = ctx;
    vec_rec pages = {0};
    struct str filter =
        text_made(&l->to, "state in (done, dismissed) and id > %lld", (long long)l->after);
    enum rc rc = records_by(s, tx, l->a, "page", filter, "id", &l->to, &pages, e);
    l->got = 0;
    for (size_t i = 0; rc == RC_OK && i < pages.n && i < BATCH; i++) {
        rc = label_one(l, s, tx, &pages.p[i], e);
        l->after = pages.p[i].id;
        l->got++;
    }
    vec_free(&pages);
    return rc;
}

static enum rc make_folder(const char *path, struct err *e)
{
    if (mkdir(path, 0777) == 0 || errno == EEXIST)
        return RC_OK;
    return err_at(e, err_sys(e, "file.create", "%s", strerror(errno)), path, NULL, 0, 0);
}

static enum rc label_all(struct site *s, struct labelling *l, struct err *e)
{
    char path[PATH_MOST];
    int n = snprintf(path, sizeof path, "%s/pages", l->dir);
    if (n < 0 || n >= PATH_MOST)
        return err_sys(e, "file.create", "%s", "path");
    TRY(make_folder(l->dir, e));
    TRY(make_folder(path, e));
    snprintf(path, sizeof path, "%s/gold.jsonl", l->dir);
    TRY(file_out_open(&l->gold, path, e));
    do {
        TRY(site_read(s, label_batch, l, e));
        arena_reset(&l->to);
    } while (l->got == BATCH);
    struct file_out *gold = l->gold;
    l->gold = NULL;
    return file_out_commit(gold, e);
}

enum rc page_labels_write(struct site *s, const struct actor *a, const char *dir,
                          struct page_labels *out, struct err *e)
{
    struct labelling l = {.a = a, .dir = dir, .out = out};
    *out = (struct page_labels){0};
    if (!actor_is_system(a) && a->role != ROLE_BROKER)
        return err_user(e, "service.denied", "%s", "");
    enum rc rc = label_all(s, &l, e);
    file_out_abandon(l.gold);
    arena_free(&l.to);
    return rc;
}
