/* A dry run of a file of any bytes against a site with one organisation and one need: the first
 * byte chooses the kind. What the dry run says of every row is made into sentences. */
#define _GNU_SOURCE
#include "service/sheets.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct site *site;
static char folder[] = "/tmp/qiao-fuzz-import-XXXXXX";

static void clean(void)
{
    static const char *const names[] = {"qiao.db", "qiao.db-wal", "qiao.db-shm", "files",
                                        "secret.key"};
    char path[128];
    site_close(site);
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        if (unlink(path) != 0)
            rmdir(path);
    }
    rmdir(folder);
}

/* The rows every file may meet. */
static void seed(const char *kind, const char *csv)
{
    struct import *i = NULL;
    struct import_options o = {.bytes = str_of(csv)};
    const struct kind *k = kind_find(site_kinds(site), str_of(kind));
    if (!k || import_open_with(&i, site, &actor_system, k, "seed", &o, NULL, NULL, NULL) != RC_OK ||
        import_apply(i, NULL, NULL, NULL) != RC_OK)
        abort();
    import_close(i);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    struct site_options o = {.dir = folder};
    struct err e = {0};
    if (!mkdtemp(folder) || site_init(&o, &e) != RC_OK || site_open(&site, &o, &e) != RC_OK) {
        fprintf(stderr, "%s %s\n", e.key, e.detail);
        abort();
    }
    atexit(clean);
    seed("org", "单位名称,单位类型\n示例厂,企业\n");
    seed("need", "需求名称,所属单位,技术指标,预算\n降噪,示例厂,噪声|≤|65,50万元\n");
    return 0;
}

static void look(const struct import *i)
{
    struct buf b;
    buf_init(&b, 16u << 20);
    for (uint32_t r = 0; r < import_rows(i); r++) {
        struct import_row row = import_row(i, r);
        if ((row.state == ROW_WRONG) != (row.n_faults > 0))
            abort();
        for (uint32_t f = 0; f < row.n_faults; f++)
            if (import_say(&b, i, r, f, r % 2, NULL) != RC_OK)
                buf_clear(&b);
    }
    buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct import *i = NULL;
    if (n < 2)
        return 0;
    const struct kinds *all = site_kinds(site);
    const struct kind *k = kinds_at(all, bytes[0] % kinds_count(all));
    struct import_options o = {.states = true, .bytes = {(const char *)bytes + 1, n - 1}};
    if (import_open_with(&i, site, &actor_system, k, "f", &o, NULL, NULL, NULL) == RC_OK)
        look(i);
    import_close(i);
    return 0;
}
