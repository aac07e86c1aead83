/* What the news reader makes of articles, for bench/news: one JSON line a page in the shape of
 * ../shared/data/pages/gold.jsonl.
 *   news_dump --articles FILE.jsonl   articles already cut out: {id, text, title, publish_date,
 *                                     url, brand[]}; title: true when the first line is one */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/embed.h"
#include "news/news.h"
#include "record/yaml.h"

static int fail(const struct err *e)
{
    fprintf(stderr, "news_dump: %s %s:%u %s\n", e->key, e->file, (unsigned)e->row, e->detail);
    return 1;
}

static enum rc load(struct news_tables **out, struct arena *a, struct err *e)
{
    TRY(news_tables_open(out, e));
    for (const struct embedded *f = model_files; f->name; f++) {
        struct str bytes = {(const char *)f->bytes, f->n};
        struct node *table;
        if (strncmp(f->name, "model/news/", 11) != 0)
            continue;
        TRY(yaml_parse(&table, bytes, f->name, a, e));
        TRY(news_tables_add(*out, table, f->name, e));
    }
    return news_tables_finish(*out, e);
}

static json_t *text(struct str s)
{
    return s.n ? json_stringn(s.p, s.n) : json_null();
}

static json_t *party_name(const struct news *n, uint32_t party)
{
    return party < n->party.n ? text(n->party.p[party].name) : json_null();
}

static json_t *parties(const struct news *n)
{
    json_t *all = json_array();
    for (size_t i = 0; i < n->party.n; i++) {
        json_t *alias = json_array();
        for (size_t k = 0; k < n->party.p[i].alias.n; k++)
            json_array_append_new(alias, text(n->party.p[i].alias.p[k]));
        json_array_append_new(all, json_pack("{so ss so}", "name", text(n->party.p[i].name), "kind",
                                             n->party.p[i].kind, "aliases", alias));
    }
    return all;
}

static json_t *people(const struct news *n)
{
    json_t *all = json_array();
    for (size_t i = 0; i < n->person.n; i++)
        json_array_append_new(all, json_pack("{so so so}", "name", text(n->person.p[i].name),
                                             "title", text(n->person.p[i].title), "org",
                                             party_name(n, n->person.p[i].org)));
    return all;
}

static json_t *facts(const struct news *n, struct str article)
{
    json_t *all = json_array();
    for (size_t i = 0; i < n->fact.n; i++) {
        const struct news_fact *f = &n->fact.p[i];
        json_array_append_new(
            all, json_pack("{ss so so so so so so}", "type", fact_type_str(f->type), "subject",
                           party_name(n, f->subject), "object", text(f->object), "predicate",
                           text(f->predicate), "value", text(f->value), "deadline",
                           text(f->deadline), "evidence", text(span_str(article, f->evidence))));
    }
    return all;
}

static void print(const char *id, const struct article *x, const struct news *n)
{
    json_t *area = json_array();
    for (size_t i = 0; i < n->area.n; i++)
        json_array_append_new(area, text(n->area.p[i]));
    json_t *page = json_pack(
        "{ss so so so so ss so so so so sb so}", "id", id, "main_title",
        text(str_sub(x->text, 0, x->title)), "publish_date", text(x->publish_date), "event_date",
        text(n->event_date), "event_date_end", text(n->event_date_end), "event_type", n->event_type,
        "parties", parties(n), "people", people(n), "facts", facts(n, x->text), "areas", area,
        "negative", n->refused != NULL, "main_text", text(x->text));
    json_object_set_new(page, "refused", n->refused ? json_string(n->refused) : json_null());
    char *line = json_dumps(page, JSON_COMPACT | JSON_PRESERVE_ORDER);
    puts(line ? line : "{}");
    free(line);
    json_decref(page);
}

static struct str member(const json_t *o, const char *key)
{
    const json_t *v = json_object_get(o, key);
    return (struct str){json_string_value(v), json_string_length(v)};
}

static enum rc one(const json_t *o, const struct news_tables *t, struct arena *a, struct err *e)
{
    struct article x = {.text = member(o, "text"),
                        .url = member(o, "url"),
                        .publish_date = member(o, "publish_date")};
    struct news n;
    if (json_is_true(json_object_get(o, "title"))) {
        size_t end = str_find(x.text, STR("\n"), 0);
        x.title = (uint32_t)(end == SIZE_MAX ? x.text.n : end);
    }
    size_t i;
    json_t *b;
    json_array_foreach(json_object_get(o, "brand"), i, b)
    {
        struct str brand = {json_string_value(b), json_string_length(b)};
        TRY(vec_push(&x.brand, brand, e));
    }
    TRY(news_read(&n, &x, t, a, e));
    print(member(o, "id").p, &x, &n);
    news_release(&n);
    vec_free(&x.brand);
    arena_reset(a);
    return RC_OK;
}

int main(int argc, char **argv)
{
    struct arena model = {0}, page = {0};
    struct news_tables *t = NULL;
    struct err e = {0};
    if (argc != 3 || strcmp(argv[1], "--articles") != 0) {
        fputs("news_dump --articles FILE.jsonl\n", stderr);
        return 2;
    }
    if (load(&t, &model, &e) != RC_OK)
        return fail(&e);
    FILE *f = fopen(argv[2], "r");
    json_t *o;
    while (f && (o = json_loadf(f, JSON_DISABLE_EOF_CHECK, NULL))) {
        if (one(o, t, &page, &e) != RC_OK)
            return fail(&e);
        json_decref(o);
    }
    if (f)
        fclose(f);
    news_tables_close(t);
    arena_free(&page);
    arena_free(&model);
    return f ? 0 : 1;
}
