/* What stands under qiao read: addresses, organisations on record, likeness, the journal, sources.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "service/fetch.h"
#include "service/journal.h"
#include "service/known.h"
#include "service/likeness.h"
#include "service/reading.h"
#include "service/sources.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/qiao-reading-XXXXXX";

static int set_up(void **unused)
{
    (void)unused;
    return mkdtemp(dir) ? 0 : -1;
}

static int tear_down(void **unused)
{
    (void)unused;
    return rmdir(dir) == 0 ? 0 : -1;
}

static const char *path_of(const char *name)
{
    static char path[2][128];
    static int turn;
    turn = !turn;
    snprintf(path[turn], sizeof path[turn], "%s/%s", dir, name);
    return path[turn];
}

static void put_file(const char *name, const char *text)
{
    FILE *f = fopen(path_of(name), "w");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
    assert_int_equal(fclose(f), 0);
}

/* ---- addresses ---- */

static bool is_public(const char *text)
{
    struct sockaddr_in a4 = {.sin_family = AF_INET};
    struct sockaddr_in6 a6 = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, text, &a4.sin_addr) == 1)
        return address_is_public((const struct sockaddr *)&a4);
    assert_int_equal(inet_pton(AF_INET6, text, &a6.sin6_addr), 1);
    return address_is_public((const struct sockaddr *)&a6);
}

static void private_addresses(void **unused)
{
    static const char *const inside[] = {
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "127.255.0.9",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:192.168.0.1",
        "::127.0.0.1",
        "64:ff9b::a00:1",
        "fc00::1",
        "fd12::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "2001::1",
        "2002:7f00:1::",
        "2002:c0a8:101::1",
        "100::1",
        "3fff::1",
    };
    static const char *const outside[] = {
        "1.1.1.1",         "9.255.255.255",       "11.0.0.1",
        "100.63.255.255",  "100.128.0.1",         "126.1.1.1",
        "128.0.0.1",       "169.253.1.1",         "172.15.255.255",
        "172.32.0.1",      "192.167.1.1",         "192.169.1.1",
        "223.255.255.255", "::ffff:202.112.0.36", "64:ff9b::ca70:0024",
        "2001:da8::1",     "2002:ca70:24::1",     "240e::1",
        "2620:fe::fe",
    };
    (void)unused;
    for (size_t i = 0; i < ARRAY_LEN(inside); i++)
        if (is_public(inside[i]))
            fail_msg("%s is not public", inside[i]);
    for (size_t i = 0; i < ARRAY_LEN(outside); i++)
        if (!is_public(outside[i]))
            fail_msg("%s is public", outside[i]);
}

/* ---- organisations on record ---- */

static struct known_link link_of(const struct known *k, const char *name, const char *kind,
                                 const char *alias)
{
    struct news_party p = {.name = str_of(name), .kind = kind};
    struct known_link l;
    if (alias)
        assert_int_equal(vec_push(&p.alias, str_of(alias), NULL), RC_OK);
    assert_int_equal(known_find(k, &p, &l, NULL), RC_OK);
    vec_free(&p.alias);
    return l;
}

static void known_organisations(void **unused)
{
    struct known *k = NULL;
    struct err e = {0};
    (void)unused;
    put_file("known.csv", "单位名称,简称,编号,类型\n"
                          "示例大学,\"示大；例大\",U1,高校\n"
                          "另一示例大学,示大,U2,高校\n"
                          "江城（集团）精工有限公司,江城精工,C1,企业\n"
                          "北方交通大学,交大,U3,高校\n"
                          "交大科技集团有限公司,交大,C2,企业\n");
    assert_int_equal(known_open(&k, path_of("known.csv"), NULL, NULL, &e), RC_OK);
    assert_int_equal(known_count(k), 5);
    struct known_link l = link_of(k, "示例大学", "university", NULL);
    assert_int_equal(l.by, KNOWN_NAME);
    assert_string_equal(known_at(k, l.org[0]).id.p, "U1");
    /* full-width brackets and blanks make no difference */
    assert_int_equal(link_of(k, "江城(集团) 精工有限公司", "enterprise", NULL).by, KNOWN_NAME);
    assert_int_equal(link_of(k, "江城精工", "enterprise", NULL).by, KNOWN_SHORT);
    assert_int_equal(link_of(k, "例大", "university", NULL).by, KNOWN_SHORT);
    /* a short name of two records: somebody must choose */
    l = link_of(k, "示大", "university", NULL);
    assert_int_equal(l.by, KNOWN_DOUBT);
    assert_int_equal(l.n, 2);
    /* of one kind each: the kind decides */
    l = link_of(k, "交大", "enterprise", NULL);
    assert_int_equal(l.by, KNOWN_SHORT);
    assert_string_equal(known_at(k, l.org[0]).id.p, "C2");
    /* 交大 as the page's short form of another university is not ours */
    assert_int_equal(link_of(k, "西岭交通大学", "university", "交大").by, KNOWN_NOT);
    assert_int_equal(link_of(k, "", "university", "例大").by, KNOWN_ALIAS);
    /* the same core under another legal form is a doubt, not a match */
    assert_int_equal(link_of(k, "江城（集团）精工股份有限公司", "enterprise", NULL).by,
                     KNOWN_DOUBT);
    assert_int_equal(link_of(k, "江城精密有限公司", "enterprise", NULL).by, KNOWN_NOT);
    known_close(k);
    assert_int_equal(known_open(&k, path_of("known.csv"), "动物园", NULL, &e), RC_USER);
    assert_string_equal(e.key, "read.kind");
    unlink(path_of("known.csv"));
}

static void known_without_names(void **unused)
{
    struct known *k = NULL;
    struct err e = {0};
    (void)unused;
    put_file("bad.csv", "电话,地址\n123,某路\n");
    assert_int_equal(known_open(&k, path_of("bad.csv"), NULL, NULL, &e), RC_USER);
    assert_string_equal(e.key, "read.no_name");
    unlink(path_of("bad.csv"));
}

/* ---- likeness ---- */

/* n sentences, those from `changed` on of another kind. */
static void text_of(struct buf *b, unsigned n, unsigned seed, unsigned changed)
{
    buf_clear(b);
    for (unsigned i = 0; i < n; i++) {
        unsigned x = (i >= changed ? seed + 977 : seed) + i * 7919;
        for (int k = 0; k < 12; k++, x = x * 1103515245u + 12345u) {
            char c[4];
            size_t m = utf8_put(c, 0x4E00 + (x >> 8) % 2000);
            assert_int_equal(buf_put(b, c, m, NULL), RC_OK);
        }
    }
}

static void likeness(void **unused)
{
    struct likeness l = {0};
    struct sketch s;
    struct buf b;
    uint32_t found;
    (void)unused;
    buf_init(&b, 1 << 20);
    for (uint32_t id = 1; id <= 200; id++) { /* two hundred pages that have nothing in common */
        text_of(&b, 40, id * 100003, 99);
        sketch_make(&s, buf_view(&b));
        assert_int_equal(likeness_find(&l, &s, id, &found, NULL), RC_OK);
        assert_int_equal(found, id);
    }
    for (uint32_t id = 1; id <= 200; id++) { /* all of them again, the last sentence changed */
        text_of(&b, 40, id * 100003, 39);
        assert_int_equal(buf_str(&b, STR("（转载）"), NULL), RC_OK);
        sketch_make(&s, buf_view(&b));
        assert_int_equal(likeness_find(&l, &s, 1000 + id, &found, NULL), RC_OK);
        assert_int_equal(found, id);
    }
    text_of(&b, 40, 7 * 100003, 15); /* three fifths are new */
    sketch_make(&s, buf_view(&b));
    assert_int_equal(likeness_find(&l, &s, 5000, &found, NULL), RC_OK);
    assert_int_equal(found, 5000);
    sketch_make(&s, STR("短文不比较"));
    for (int i = 0; i < 2; i++) {
        assert_int_equal(likeness_find(&l, &s, 6000 + (uint32_t)i, &found, NULL), RC_OK);
        assert_int_equal(found, 6000 + i);
    }
    likeness_free(&l);
    buf_free(&b);
}

/* ---- the journal ---- */

static void journal(void **unused)
{
    struct journal *j = NULL, *other = NULL;
    struct buf b;
    struct err e = {0};
    struct stat st;
    (void)unused;
    buf_init(&b, 1 << 16);
    assert_int_equal(journal_open(&j, path_of("j"), 7, NULL), RC_OK);
    for (uint64_t key = 1; key <= 3; key++)
        assert_int_equal(journal_add(j, key, STR("{\"a\":\n1}"), NULL), RC_OK);
    assert_int_equal(journal_open(&other, path_of("j"), 7, &e), RC_USER);
    assert_string_equal(e.key, "read.journal_busy");
    assert_false(journal_has(j, 1)); /* only those of an earlier run */
    journal_close(j, false);
    assert_int_equal(stat(path_of("j"), &st), 0);
    assert_int_equal(truncate(path_of("j"), st.st_size - 3), 0); /* torn while it was written */
    assert_int_equal(journal_open(&j, path_of("j"), 7, NULL), RC_OK);
    assert_int_equal(journal_count(j), 2);
    assert_true(journal_has(j, 2) && !journal_has(j, 3));
    assert_int_equal(journal_get(j, 2, &b, NULL), RC_OK);
    assert_true(str_eq(buf_view(&b), STR("{\"a\":\n1}")));
    assert_int_equal(journal_add(j, 3, STR("{}"), NULL), RC_OK);
    journal_close(j, false);
    assert_int_equal(journal_open(&j, path_of("j"), 7, NULL), RC_OK);
    assert_int_equal(journal_count(j), 3);
    journal_close(j, false);
    assert_int_equal(journal_open(&j, path_of("j"), 8, NULL), RC_OK); /* other tables: anew */
    assert_int_equal(journal_count(j), 0);
    journal_close(j, true);
    assert_int_not_equal(access(path_of("j"), F_OK), 0);
    buf_free(&b);
}

/* ---- sources and tables ---- */

static void sources(void **unused)
{
    struct sources s = {0};
    struct err e = {0};
    (void)unused;
    assert_int_equal(mkdir(path_of("a"), 0777), 0);
    assert_int_equal(mkdir(path_of("a/b"), 0777), 0);
    put_file("a/2.html", "x");
    put_file("a/1.txt", "x");
    put_file("a/b/0.htm", "x");
    put_file("a/1.txt.url", "http://example.org");
    put_file("a/style.CSS", "x");
    put_file("a/.hidden", "x");
    put_file("a/out.jsonl.journal", "x");
    assert_int_equal(symlink("..", path_of("a/b/up")), 0); /* a loop */
    assert_int_equal(sources_add(&s, path_of("a"), NULL), RC_OK);
    assert_int_equal(s.all.n, 3);
    assert_non_null(strstr(s.all.p[0].name, "a/1.txt"));
    assert_non_null(strstr(s.all.p[1].name, "a/2.html"));
    assert_non_null(strstr(s.all.p[2].name, "a/b/0.htm"));
    put_file("list", "\xEF\xBB\xBF# pages\r\n\r\n http://a.example/1 \r\nhttp://b.example/2");
    assert_int_equal(sources_add_urls(&s, path_of("list"), NULL), RC_OK);
    assert_int_equal(s.urls, 2);
    assert_string_equal(s.all.p[3].name, "http://a.example/1");
    assert_int_equal(sources_add(&s, path_of("none"), &e), RC_USER);
    sources_free(&s);
    static const char *const names[] = {"a/b/up",    "a/b/0.htm",           "a/2.html",
                                        "a/1.txt",   "a/1.txt.url",         "a/style.CSS",
                                        "a/.hidden", "a/out.jsonl.journal", "list"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        unlink(path_of(names[i]));
    rmdir(path_of("a/b"));
    rmdir(path_of("a"));
}

/* A table of the user's own is added; one with a mistake is named with its line. */
static void own_tables(void **unused)
{
    static const char page[] =
        "江城大学与麻雀之家签约\n2024年5月6日，江城大学与麻雀之家在江城大学举行签约"
        "仪式，双方签署战略合作协议，共建示范实验室，校长王建国出席签约仪式并致辞。\n";
    struct reader *plain = NULL, *own = NULL;
    struct arena a = {0};
    struct reading x;
    struct err e = {0};
    bool found = false;
    (void)unused;
    assert_int_equal(mkdir(path_of("news"), 0777), 0);
    put_file("news/mine.yaml", "known:\n  hospital: [麻雀之家]\n");
    assert_int_equal(reader_open(&plain, NULL, NULL), RC_OK);
    assert_int_equal(reader_open(&own, dir, NULL), RC_OK);
    assert_true(reader_version(plain) != reader_version(own));
    assert_int_equal(reading_make(&x, str_of(page), STR(""), own, &a, NULL), RC_OK);
    for (size_t i = 0; i < x.news.party.n; i++)
        found |= str_eq(x.news.party.p[i].name, STR("麻雀之家")) &&
                 strcmp(x.news.party.p[i].kind, "hospital") == 0;
    assert_true(found);
    reading_release(&x);
    arena_free(&a);
    reader_close(plain);
    reader_close(own);
    put_file("news/mine.yaml", "known:\n  zoo: [麻雀之家]\n");
    assert_int_equal(reader_open(&own, dir, &e), RC_USER);
    assert_non_null(strstr(e.file, "news/mine.yaml"));
    assert_int_equal(e.row, 2);
    unlink(path_of("news/mine.yaml"));
    rmdir(path_of("news"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(private_addresses),
        cmocka_unit_test(known_organisations),
        cmocka_unit_test(known_without_names),
        cmocka_unit_test(likeness),
        cmocka_unit_test(journal),
        cmocka_unit_test(sources),
        cmocka_unit_test(own_tables),
    };
    return cmocka_run_group_tests_name("reading", tests, set_up, tear_down);
}
