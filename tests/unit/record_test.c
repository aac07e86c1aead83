/* YAML into nodes: what comes of a document, and what is refused, where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "record/yaml.h"

static void show(struct buf *b, const struct node *n)
{
    enum rc rc = RC_OK;
    if (n->type == NODE_TEXT)
        rc = buf_printf(b, NULL, "%u:'%.*s'", n->line, (int)n->text.n, n->text.p);
    else
        rc = buf_printf(b, NULL, "%u:%c", n->line, n->type == NODE_MAP ? '{' : '[');
    for (const struct node *c = n->child; rc == RC_OK && c; c = c->next) {
        if (n->type == NODE_MAP)
            rc = buf_printf(b, NULL, "%.*s=", (int)c->key.n, c->key.p);
        show(b, c);
        if (c->next)
            rc = buf_char(b, ' ', NULL);
    }
    if (rc == RC_OK && n->type != NODE_TEXT)
        rc = buf_char(b, n->type == NODE_MAP ? '}' : ']', NULL);
    assert_int_equal(rc, RC_OK);
}

static void parses(struct str yaml, const char *expected)
{
    struct arena a = {0};
    struct node *n = NULL;
    struct err e = {0};
    struct buf b;
    buf_init(&b, 1 << 20);
    if (yaml_parse(&n, yaml, "f.yaml", &a, &e) != RC_OK)
        fail_msg("%u:%u %s", e.row, e.col, e.detail);
    show(&b, n);
    assert_string_equal(b.p, expected);
    buf_free(&b);
    arena_free(&a);
}

static void refuses(struct str yaml, uint32_t row, const char *why)
{
    struct arena a = {0};
    struct node *n = NULL;
    struct err e = {0};
    assert_int_equal(yaml_parse(&n, yaml, "f.yaml", &a, &e), RC_USER);
    assert_string_equal(e.key, "model.yaml");
    assert_string_equal(e.file, "f.yaml");
    assert_int_equal(e.row, row);
    if (!strstr(e.detail, why))
        fail_msg("%s", e.detail);
    arena_free(&a);
}

static void documents_become_nodes(void **unused)
{
    (void)unused;
    parses(STR("a"), "1:'a'");
    parses(STR("# first\na: 1\nb: [x, 'y z', \"\\u6865\"]\nc:\n  - d: {}\n  - []\n"),
           "2:{a=2:'1' b=3:[3:'x' 3:'y z' 3:'桥'] c=5:[5:{d=5:{}} 6:[]]}");
    parses(STR("k: |\n  two\n  lines\ne:\n"), "1:{k=1:'two\nlines\n' e=4:''}");
    parses(STR("桥: 梁\r\n锚: 碇\r\n"), "1:{桥=1:'梁' 锚=2:'碇'}");
    parses(STR("\xEF\xBB\xBF"
               "a: b"),
           "1:{a=1:'b'}");
    parses(STR("---\na: b\n...\n"), "2:{a=2:'b'}");
}

static void keys_stand_once_and_are_text(void **unused)
{
    (void)unused;
    refuses(STR("a: 1\nb: 2\na: 3\n"), 3, "twice");
    refuses(STR("x:\n  - {k: 1, k: 2}\n"), 2, "twice");
    parses(STR("x: {k: 1}\ny: {k: 1}\n"), "1:{x=1:{k=1:'1'} y=2:{k=2:'1'}}");
    refuses(STR("a: 1\n? [b]\n: 2\n"), 2, "must be text");
    refuses(STR("{a: 1}: 2\n"), 1, "must be text");
}

static void anchors_and_aliases_are_refused(void **unused)
{
    (void)unused;
    refuses(STR("a: 1\nb: &x [1, 2]\nc: *x\n"), 2, "anchors");
    refuses(STR("a: 1\nb: &x text\n"), 2, "anchors");
    refuses(STR("a: &x {b: 1}\n"), 1, "anchors");
    refuses(STR("&x a: 1\n"), 1, "anchors");
    refuses(STR("a: *x\n"), 1, "");
}

static void depth_has_a_limit(void **unused)
{
    (void)unused;
    char deep[100];
    memset(deep, '[', 32);
    memset(deep + 32, ']', 32);
    struct arena a = {0};
    struct node *n;
    assert_int_equal(yaml_parse(&n, (struct str){deep, 64}, "f", &a, NULL), RC_OK);
    unsigned depth = 0;
    for (const struct node *c = n; c; c = c->child)
        depth++;
    assert_int_equal(depth, 32);
    arena_free(&a);
    memset(deep, '[', 34); /* the outermost is depth 0 */
    memset(deep + 34, ']', 34);
    refuses((struct str){deep, 68}, 1, "deep");
    /* unclosed brackets without end do not exhaust the stack */
    char *many = malloc(1000000);
    memset(many, '[', 1000000);
    refuses((struct str){many, 1000000}, 1, "deep");
    free(many);
}

static void errors_name_the_line(void **unused)
{
    (void)unused;
    refuses(STR(""), 1, "empty");
    refuses((struct str){NULL, 0}, 1, "empty");
    refuses(STR("# only a comment\n"), 2, "empty");
    refuses(STR("a: 1\nb: [1,\nc: 2\n"), 4, "");
    refuses(STR("a: 1\n\tb: 2\n"), 2, "");
    refuses(STR("a: 'open\nb: 2\n"), 3, "");
    refuses(STR("a: 1\nb: \xFF\n"), 1, "");
}

/* What stands behind the document would otherwise be lost without a word. */
static void what_follows_the_document_is_refused(void **unused)
{
    (void)unused;
    refuses(STR("[a, b]\nfoo: bar\n"), 2, "");
    refuses(STR("a: 1\n---\nb: 2\n"), 2, "one document");
    refuses(STR("{a: 1}}\n"), 1, "");
    refuses(STR("a: 1\n}\n"), 2, "");
}

static void memory_may_end_anywhere(void **unused)
{
    (void)unused;
    const struct str yaml = STR("a: [b, c, {d: e}]\nf: g\n");
    struct err e = {0};
    for (size_t ceiling = 1;; ceiling += 8) {
        struct arena a = {.ceiling = ceiling};
        struct node *n = NULL;
        enum rc rc = yaml_parse(&n, yaml, "f.yaml", &a, &e);
        arena_free(&a);
        if (rc == RC_OK) {
            assert_true(ceiling > 7 * sizeof(struct node));
            return;
        }
        assert_int_equal(rc, RC_NOMEM);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_become_nodes),
        cmocka_unit_test(keys_stand_once_and_are_text),
        cmocka_unit_test(anchors_and_aliases_are_refused),
        cmocka_unit_test(depth_has_a_limit),
        cmocka_unit_test(errors_name_the_line),
        cmocka_unit_test(what_follows_the_document_is_refused),
        cmocka_unit_test(memory_may_end_anywhere),
    };
    return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
