/* The catalog: records there and back, ids, searching, phrases. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "service/catalog.h"
#include "service/model.h"

#include <dirent.h>
#include <stdio.h>
#include <unistd.h>

static char dir[] = "/tmp/qiao-catalog-XXXXXX";
static char store[64], sheet[64];
static struct model *model;

static int set_up(void **unused)
{
    (void)unused;
    if (!mkdtemp(dir) || model_open(&model, NULL, NULL) != RC_OK)
        return -1;
    snprintf(store, sizeof store, "%s/store", dir);
    snprintf(sheet, sizeof sheet, "%s/results.tsv", dir);
    return 0;
}

static void empty_store(void)
{
    char path[512];
    DIR *d = opendir(store);
    for (struct dirent *f; d && (f = readdir(d));) {
        snprintf(path, sizeof path, "%s/%s", store, f->d_name);
        unlink(path);
    }
    if (d)
        closedir(d);
    rmdir(store);
}

static int tear_down(void **unused)
{
    (void)unused;
    model_close(model);
    empty_store();
    unlink(sheet);
    return rmdir(dir);
}

static struct collection *collection_of(const char *text)
{
    struct collection *from = NULL;
    FILE *f = fopen(sheet, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    struct table_options o = {.side = SIDE_RESULT};
    assert_int_equal(collection_open(&from, sheet, model_columns(model), &o, NULL, NULL, NULL),
                     RC_OK);
    return from;
}

static struct catalog_added add(struct catalog *c, const char *text)
{
    struct collection *from = collection_of(text);
    struct catalog_added a;
    assert_int_equal(catalog_add(c, from, &a, NULL), RC_OK);
    collection_close(from);
    return a;
}

/* One in the language of a text, holding nothing. */
static struct catalog *open_new_for(const char *text)
{
    struct catalog *c = NULL;
    struct collection *first = collection_of(text);
    empty_store();
    assert_int_equal(catalog_make(store, first, NULL), RC_OK);
    collection_close(first);
    assert_int_equal(catalog_open(&c, store, INDEX_WRITE, NULL), RC_OK);
    return c;
}

static struct catalog *open_new(void)
{
    return open_new_for("title\n涂层\n");
}

static void assert_str(struct str s, const char *expected)
{
    assert_int_equal(s.n, strlen(expected));
    assert_memory_equal(s.p, expected, s.n);
}

static void every_field_comes_back(void **unused)
{
    (void)unused;
    struct catalog *c = open_new();
    vec_number all = {0};
    struct item it;
    add(c, "id\ttitle\tbody\torg\tcontact\tkeywords\tregion\n"
           "r1\t耐热涂层\t\t甲大学\t0000-1\t模具\t东示市\n");
    assert_int_equal(catalog_list(c, &all, NULL), RC_OK);
    assert_int_equal(all.n, 1);
    assert_int_equal(catalog_item(c, all.p[0], &it, NULL), RC_OK);
    assert_str(it.id, "r1");
    assert_str(it.field[FIELD_TITLE], "耐热涂层");
    assert_str(it.field[FIELD_BODY], "");
    assert_str(it.field[FIELD_ORG], "甲大学");
    assert_str(it.field[FIELD_CONTACT], "0000-1");
    assert_str(it.field[FIELD_KEYWORDS], "模具");
    assert_str(it.field[FIELD_REGION], "东示市");
    assert_str(it.text, "耐热涂层\n模具");
    assert_int_equal(it.title, strlen("耐热涂层"));
    vec_free(&all);
    catalog_close(c);
}

static void counts_tell_new_replaced_repeated(void **unused)
{
    (void)unused;
    struct catalog *c = open_new();
    struct catalog_added a = add(c, "title\torg\n涂层\t甲\n涂层\t乙\n涂层\t甲\n");
    assert_int_equal(a.fresh, 2);
    assert_int_equal(a.replaced, 0);
    assert_int_equal(a.repeated, 1);
    a = add(c, "title\torg\n涂层\t甲\n熔覆\t甲\n");
    assert_int_equal(a.fresh, 1);
    assert_int_equal(a.replaced, 1);
    assert_int_equal(catalog_count(c), 3);
    catalog_close(c);
}

static void a_text_finds_the_nearest_first(void **unused)
{
    (void)unused;
    struct catalog *c = open_new();
    vec_found found = {0};
    vec_reason reasons = {0};
    struct item it;
    struct str text = STR("耐热涂层的厚度");
    add(c, "id\ttitle\nr1\t葡萄园霜冻\nr2\t模具耐热涂层\nr3\t涂料\n");
    assert_int_equal(catalog_search(c, text, 5, &found, NULL), RC_OK);
    assert_int_equal(found.n, 2);
    assert_true(found.p[0].score > found.p[1].score && found.p[0].score <= 100);
    assert_int_equal(catalog_item(c, found.p[0].number, &it, NULL), RC_OK);
    assert_str(it.id, "r2");
    assert_int_equal(catalog_phrases(c, text, &it, &reasons, NULL), RC_OK);
    assert_int_equal(reasons.n, 1);
    assert_str(span_str(text, reasons.p[0].need), "耐热涂层");
    assert_int_equal(catalog_search(c, STR("。"), 5, &found, NULL), RC_OK);
    assert_int_equal(found.n, 0);
    vec_free(&found);
    vec_free(&reasons);
    catalog_close(c);
}

/* The best of `c` for a text, and the first phrase that is quoted of it. */
static void assert_best(const struct catalog *c, struct str text, const char *id,
                        const char *phrase)
{
    vec_found found = {0};
    vec_reason reasons = {0};
    struct item it;
    assert_int_equal(catalog_search(c, text, 5, &found, NULL), RC_OK);
    assert_int_equal(found.n, 1);
    assert_int_equal(catalog_item(c, found.p[0].number, &it, NULL), RC_OK);
    assert_str(it.id, id);
    assert_int_equal(catalog_phrases(c, text, &it, &reasons, NULL), RC_OK);
    assert_true(reasons.n >= 1);
    assert_str(span_str(text, reasons.p[0].need), phrase);
    vec_free(&found);
    vec_free(&reasons);
}

#define ENGLISH_TEXT                                                                               \
    "id\ttitle\nr1\tPruning convolutional networks\nr2\tThe multi-agent systems\nr3\tFrost\n"

static void english_words_are_found_by_their_stems(void **unused)
{
    (void)unused;
    struct catalog *c = open_new_for(ENGLISH_TEXT);
    vec_found found = {0};
    add(c, ENGLISH_TEXT);
    for (int again = 0; again < 2; again++) {
        assert_best(c, STR("a network is pruned"), "r1", "network");
        assert_best(c, STR("my pruning convolutional filters"), "r1", "pruning convolutional");
        assert_best(c, STR("multiagent"), "r2", "multiagent");
        assert_int_equal(catalog_search(c, STR("the"), 5, &found, NULL), RC_OK);
        assert_int_equal(found.n, 0);
        /* the same after it was closed: MANIFEST tells what it was made for */
        catalog_close(c);
        assert_int_equal(catalog_open(&c, store, INDEX_WRITE, NULL), RC_OK);
    }
    assert_int_equal(catalog_verify(c, NULL), RC_OK);
    vec_free(&found);
    catalog_close(c);
}

static void a_chinese_index_stays_one(void **unused)
{
    (void)unused;
    struct catalog *c = open_new();
    vec_found found = {0};
    add(c, ENGLISH_TEXT);
    assert_int_equal(catalog_search(c, STR("network"), 5, &found, NULL), RC_OK);
    assert_int_equal(found.n, 0);
    assert_best(c, STR("networks"), "r1", "networks");
    struct collection *english = collection_of(ENGLISH_TEXT);
    assert_int_equal(catalog_make(store, english, NULL), RC_OK); /* there already: nothing */
    collection_close(english);
    assert_best(c, STR("networks"), "r1", "networks");
    vec_free(&found);
    catalog_close(c);
}

static void deleted_ones_are_gone(void **unused)
{
    (void)unused;
    struct catalog *c = open_new();
    vec_number all = {0};
    uint32_t removed = 9;
    const struct str id[] = {STR("r2"), STR("r9")};
    add(c, "id\ttitle\nr3\t涂料\nr1\t霜冻\nr2\t涂层\n");
    assert_int_equal(catalog_delete(c, id, 2, &removed, NULL), RC_OK);
    assert_int_equal(removed, 1);
    assert_int_equal(catalog_list(c, &all, NULL), RC_OK);
    assert_int_equal(all.n, 2);
    struct item it;
    assert_int_equal(catalog_item(c, all.p[0], &it, NULL), RC_OK);
    assert_str(it.id, "r1"); /* by id, not by place */
    assert_int_equal(catalog_verify(c, NULL), RC_OK);
    vec_free(&all);
    catalog_close(c);
}

static void without_an_index_it_does_not_open(void **unused)
{
    (void)unused;
    struct catalog *c = NULL;
    struct err e = {0};
    empty_store();
    assert_int_equal(catalog_open(&c, store, INDEX_WRITE, &e), RC_USER);
    assert_string_equal(e.key, "service.no_index");
    assert_null(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_comes_back),
        cmocka_unit_test(counts_tell_new_replaced_repeated),
        cmocka_unit_test(a_text_finds_the_nearest_first),
        cmocka_unit_test(english_words_are_found_by_their_stems),
        cmocka_unit_test(a_chinese_index_stays_one),
        cmocka_unit_test(deleted_ones_are_gone),
        cmocka_unit_test(without_an_index_it_does_not_open),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
