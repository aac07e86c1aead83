/* The template engine: what it prints, what it escapes, what it refuses at boot. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/embed.h"
#include "web/template_int.h"

static struct arena arena;
static struct err err;

static const char *message(void *ctx, const char *key, const char *lang)
{
    (void)ctx;
    if (strcmp(key, "web.count") == 0)
        return strcmp(lang, "zh") == 0 ? "共 {detail} <条>" : "{detail} in all";
    return strcmp(key, "web.hello") == 0 ? "a & b" : NULL;
}

static const char *asset(void *ctx, const char *name)
{
    (void)ctx;
    return strcmp(name, "icons.svg") == 0 ? "/static/icons-1.svg" : NULL;
}

/* Compile and print one template with this view; NULL: refused. */
static const char *print(const char *text, const char *shape, const struct view *v)
{
    static char out[4096];
    struct page page = {"page", shape, true};
    const struct page *const all[] = {&page, NULL};
    struct embedded files[] = {{"templates/page.html", (const unsigned char *)text, strlen(text)},
                               {"templates/part.html", (const unsigned char *)"[{{name}}]", 10},
                               {NULL, NULL, 0}};
    struct template_source from = {
        .page = all, .message = message, .asset = asset, .file = files, .layout_shape = "site{x}"};
    struct templates *t = NULL;
    struct buf b;
    memset(&err, 0, sizeof err);
    if (templates_open(&t, &from, &err) != RC_OK)
        return NULL;
    buf_init(&b, sizeof out - 1);
    enum rc rc = template_print(&b, t, &page, true, v, &err);
    snprintf(out, sizeof out, "%s", rc == RC_OK && b.p ? b.p : "");
    buf_free(&b);
    templates_close(t);
    return rc == RC_OK ? out : NULL;
}

static struct view *sample(void)
{
    struct view *v = view_new(&arena), *list, *item, *texts;
    view_text(v, "name", "<a href='x'>&\"");
    view_int(v, "n", -5);
    view_flag(v, "on", true);
    view_text(v, "word", "blue");
    view_text(view_map(v, "map"), "inner", "in");
    list = view_list(v, "rows");
    for (int i = 1; i <= 3; i++) {
        item = view_item(list);
        view_printf(item, "name", "r%d", i);
        if (i == 2)
            view_flag(item, "last", true);
    }
    texts = view_list(v, "texts");
    view_item_str(texts, STR("x<"));
    view_item_str(texts, STR("y"));
    view_list(v, "empty");
    return v;
}

#define SHAPE "name n on word map{inner} rows[name last] texts[.] empty[a] gone"

static void test_values(void **state)
{
    (void)state;
    struct view *v = sample();
    assert_string_equal(print("{{name}}", SHAPE, v), "&lt;a href=&#39;x&#39;&gt;&amp;&quot;");
    assert_string_equal(print("<p title=\"{{name}}\">", SHAPE, v),
                        "<p title=\"&lt;a href=&#39;x&#39;&gt;&amp;&quot;\">");
    assert_string_equal(print("{{url name}}", SHAPE, v), "%3Ca%20href%3D%27x%27%3E%26%22");
    assert_string_equal(print("{{n}} {{on}} {{map.inner}} [{{gone}}]", SHAPE, v), "-5 1 in []");
}

static void test_blocks(void **state)
{
    (void)state;
    struct view *v = sample();
    assert_string_equal(print("{{if on}}A{{else}}B{{end}}{{unless on}}C{{end}}", SHAPE, v), "A");
    assert_string_equal(
        print("{{if gone}}A{{elif word = red}}B{{elif word = blue}}C{{else}}D{{end}}", SHAPE, v),
        "C");
    assert_string_equal(
        print("{{each rows}}{{name}}{{if last}}!{{end}},{{else}}none{{end}}", SHAPE, v),
        "r1,r2!,r3,");
    assert_string_equal(print("{{each empty}}{{a}}{{else}}none{{end}}", SHAPE, v), "none");
    assert_string_equal(print("{{each texts}}({{.}}){{end}}", SHAPE, v), "(x&lt;)(y)");
    assert_string_equal(print("{{with map}}{{inner}} {{n}}{{end}}", SHAPE, v), "in -5");
    assert_string_equal(print("{{each rows}}{{> part}}{{end}}", SHAPE, v), "[r1][r2][r3]");
    assert_string_equal(print("{{each rows}}{{each texts}}{{name}}{{.}} {{end}}{{end}}", SHAPE, v),
                        "r1x&lt; r1y r2x&lt; r2y r3x&lt; r3y ");
}

static void test_sentences(void **state)
{
    (void)state;
    struct view *v = sample();
    assert_string_equal(print("{{t web.hello}}", SHAPE, v), "a &amp; b");
    assert_string_equal(print("{{t web.count n}}", SHAPE, v), "共 -5 &lt;条&gt;");
    assert_non_null(strstr(print("{{icon home}}", SHAPE, v), "/static/icons-1.svg#home"));
}

static void test_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "{{nobody}}",                          /* not declared */
        "{{map.other}}",                       /* nor here */
        "{{rows}}",                            /* a list is no value */
        "{{each name}}x{{end}}",               /* a text is no list */
        "{{.}}",                               /* no element here */
        "{{if on}}x",                          /* no end */
        "x{{end}}",                            /* no beginning */
        "{{else}}",                            /* of nothing */
        "{{if on}}a{{else}}b{{else}}c{{end}}", /* twice */
        "{{t web.missing}}",                   /* no sentence */
        "{{t web.hello n}}",                   /* no place for a value */
        "{{> nothing}}",                       /* no such part */
        "{{asset gone.css}}",                  /* no such file */
        "{{name",                              /* no close */
        "{{}}",                                /* empty */
        "{{frobnicate name}}",                 /* no such word */
        "<p class={{name}}>",                  /* not quoted */
        "<p {{name}}>",                        /* in a tag */
        "<script>{{name}}</script>",           /* in code */
        "<style>{{name}}</style>",             /* in code */
        "<!-- {{name}} -->",                   /* in a remark */
        "{{if on}}<p {{else}}<p>{{end}}>",     /* branches end at different places */
        "<p title=\"{{name}}",                 /* the attribute has no end */
    };
    struct view *v = sample();
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        if (print(bad[i], SHAPE, v))
            fail_msg("not refused: %s", bad[i]);
        assert_string_equal(err.key, "web.template");
    }
    static const char *const shapes[] = {"a[", "a{b", "a]", "A", "a a", "a[.", "a{{}}", "-"};
    for (size_t i = 0; i < ARRAY_LEN(shapes); i++)
        if (print("x", shapes[i], v))
            fail_msg("not refused: %s", shapes[i]);
}

static void test_place(void **state)
{
    (void)state;
    assert_null(print("one\ntwo\n{{nobody}}\n", SHAPE, sample()));
    assert_string_equal(err.file, "templates/page.html");
    assert_int_equal(err.row, 3);
}

static void test_strict(void **state)
{
    (void)state;
    struct shape *s = NULL;
    struct str why = {0};
    assert_int_equal(shape_parse(&s, STR(SHAPE), &arena, &err), RC_OK);
    assert_true(shape_fits(s, sample(), &why));
    struct view *v = sample();
    view_text(v, "stranger", "x");
    assert_false(shape_fits(s, v, &why));
    assert_true(str_eq(why, STR("stranger")));
    v = sample();
    view_list(v, "gone"); /* a list where a value was declared */
    assert_false(shape_fits(s, v, &why));
    v = sample();
    view_text(view_item(view_list(v, "empty")), "b", "x");
    assert_false(shape_fits(s, v, &why));
    assert_true(str_eq(why, STR("b")));
}

/* A view that could not be made is an error, not half a page. */
static void test_no_memory(void **state)
{
    (void)state;
    struct arena small = {.ceiling = 1200};
    struct view *v = view_new(&small), *list = view_list(v, "rows");
    for (int i = 0; i < 100; i++)
        view_text(view_item(list), "name", "x");
    assert_null(print("{{each rows}}{{name}}{{end}}", SHAPE, v));
    assert_int_equal(err.rc, RC_NOMEM);
    arena_free(&small);
}

static int teardown(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),    cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_sentences), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_place),     cmocka_unit_test(test_strict),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, teardown);
}
