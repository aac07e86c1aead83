/* How long a page of a list takes to be made: 50 rows of 6 cells, the view and its printing; the
 * median of many runs.   build/gcc/bench/template [RUNS] */
#include "base/clock.h"
#include "base/embed.h"
#include "web/template_int.h"

#include <stdio.h>
#include <stdlib.h>

#define ROWS  50
#define CELLS 6

static const char text[] =
    "<table><thead><tr>{{each heads}}<th>{{.}}</th>{{end}}</tr></thead><tbody>\n"
    "{{each rows}}<tr>{{each cells}}<td{{if num}} class=\"num\"{{end}}>{{if tone}}<span "
    "class=\"state tone-{{tone}}\">{{text}}</span>{{elif href}}<a href=\"{{href}}\">{{text}}</a>"
    "{{else}}{{text}}{{end}}</td>\n{{end}}</tr>\n{{end}}</tbody></table>";

static const char *no_message(void *ctx, const char *key, const char *lang)
{
    (void)ctx, (void)key, (void)lang;
    return NULL;
}

static const char *no_asset(void *ctx, const char *name)
{
    (void)ctx, (void)name;
    return NULL;
}

static struct view *make(struct arena *a)
{
    struct view *v = view_new(a), *rows = view_list(v, "rows"), *heads = view_list(v, "heads");
    for (int c = 0; c < CELLS; c++)
        view_item_str(heads, STR("所属单位"));
    for (int r = 0; r < ROWS; r++) {
        struct view *cells = view_list(view_item(rows), "cells");
        for (int c = 0; c < CELLS; c++) {
            struct view *cell = view_item(cells);
            view_str(cell, "text", STR("颗粒增强铝基复合材料制动盘"));
            view_flag(cell, "num", c == 3);
            if (c == 0)
                view_printf(cell, "href", "/result/%d", r);
            if (c == 5)
                view_text(cell, "tone", "good");
        }
    }
    return v;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    static const struct page page = {"page", "heads[.] rows[cells[text num tone href]]", true};
    static const struct page *const all[] = {&page, NULL};
    const struct embedded files[] = {
        {"templates/page.html", (const unsigned char *)text, sizeof text - 1}, {NULL, NULL, 0}};
    struct template_source from = {
        .page = all, .message = no_message, .asset = no_asset, .file = files, .layout_shape = ""};
    struct templates *t = NULL;
    struct arena a = {0};
    struct buf b;
    size_t runs = argc > 1 ? strtoul(argv[1], NULL, 10) : 2000;
    double *took = calloc(runs ? runs : 1, sizeof *took);
    if (!runs || !took || templates_open(&t, &from, NULL) != RC_OK)
        return 1;
    buf_init(&b, 1u << 20);
    for (size_t i = 0; i < runs; i++) {
        double start = clock_seconds();
        buf_clear(&b);
        if (template_print(&b, t, &page, true, make(&a), NULL) != RC_OK)
            return 1;
        took[i] = clock_seconds() - start;
        arena_reset(&a);
    }
    qsort(took, runs, sizeof *took, by_value);
    printf("%d rows of %d cells, %zu bytes: median %.1f us, p99 %.1f us\n", ROWS, CELLS, b.n,
           took[runs / 2] * 1e6, took[runs * 99 / 100] * 1e6);
    free(took);
    buf_free(&b);
    arena_free(&a);
    templates_close(t);
    return 0;
}
