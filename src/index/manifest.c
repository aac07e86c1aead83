#define _POSIX_C_SOURCE 200809L
#include "index/manifest.h"

#include "base/fault.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { C_COMMIT, C_GENERATION, C_NEXT, C_SEGMENTS, C_K1, C_B };

/* ---- names ---- */

void file_path(char *path, const char *dir, struct file_name f)
{
    int n = snprintf(path, INDEX_PATH_MAX, "%s/", dir);
    size_t room = INDEX_PATH_MAX - (size_t)n;
    switch (f.kind) {
    case REGION_FWD:
        snprintf(path + n, room, "seg-%06u.fwd", f.a);
        break;
    case REGION_INV:
        snprintf(path + n, room, "seg-%06u-%06u.inv", f.a, f.b);
        break;
    case REGION_DEL:
        snprintf(path + n, room, "seg-%06u-%06u.del", f.a, f.b);
        break;
    case REGION_STATS:
        snprintf(path + n, room, "stats-%06u", f.a);
        break;
    case REGION_MANIFEST:
        snprintf(path + n, room, "MANIFEST");
        break;
    }
}

bool file_parse(const char *name, struct file_name *out)
{
    static const struct {
        const char *format, *end;
        enum region_kind kind;
    } form[] = {{"seg-%9u.fwd", ".fwd", REGION_FWD},
                {"seg-%9u-%9u.inv", ".inv", REGION_INV},
                {"seg-%9u-%9u.del", ".del", REGION_DEL},
                {"stats-%9u", "", REGION_STATS}};
    for (size_t i = 0; i < ARRAY_LEN(form); i++) {
        struct file_name f = {form[i].kind, 0, 0};
        size_t n = strlen(name), end = strlen(form[i].end);
        if (n < end || strcmp(name + n - end, form[i].end) != 0)
            continue;
        char again[INDEX_PATH_MAX];
        if (sscanf(name, form[i].format, &f.a, &f.b) < 1)
            continue;
        file_path(again, "", f);
        if (strcmp(again + 1, name) == 0) {
            *out = f;
            return true;
        }
    }
    return false;
}

bool manifest_names(const struct manifest *m, struct file_name f)
{
    if (!m)
        return false;
    if (f.kind == REGION_STATS)
        return m->generation && f.a == m->generation;
    for (size_t i = 0; i < m->seg.n; i++) {
        const struct manifest_segment *g = &m->seg.p[i];
        if (g->number == f.a)
            return f.kind == REGION_FWD || (f.kind == REGION_INV && f.b == m->generation) ||
                   (f.kind == REGION_DEL && g->dead && f.b == g->dead);
    }
    return false;
}

static void remove_file(const char *dir, struct file_name f, const struct manifest *keep)
{
    char path[INDEX_PATH_MAX];
    if (manifest_names(keep, f) || fault_hit(FAULT_WRITE))
        return;
    file_path(path, dir, f);
    unlink(path);
}

/* File i of a manifest: three a segment, statistics last. Not all need exist (manifest_names). */
static struct file_name nth_name(const struct manifest *m, size_t i)
{
    if (i == 3 * m->seg.n)
        return (struct file_name){REGION_STATS, m->generation, 0};
    const struct manifest_segment *g = &m->seg.p[i / 3];
    switch (i % 3) {
    case 0:
        return (struct file_name){REGION_FWD, g->number, 0};
    case 1:
        return (struct file_name){REGION_INV, g->number, m->generation};
    default:
        return (struct file_name){REGION_DEL, g->number, g->dead};
    }
}

void manifest_remove(const char *dir, const struct manifest *m, const struct manifest *keep)
{
    for (size_t i = 0; i <= 3 * m->seg.n; i++)
        if (manifest_names(m, nth_name(m, i)))
            remove_file(dir, nth_name(m, i), keep);
}

enum rc manifest_new(const struct manifest *m, const struct manifest *old, vec_file_name *out,
                     struct err *e)
{
    for (size_t i = 0; i <= 3 * m->seg.n; i++)
        if (manifest_names(m, nth_name(m, i)) && !manifest_names(old, nth_name(m, i)))
            TRY(vec_push(out, nth_name(m, i), e));
    return RC_OK;
}

static bool is_temporary(const char *name)
{
    bool ours = strncmp(name, "seg-", 4) == 0 || strncmp(name, "stats-", 6) == 0 ||
                strncmp(name, "MANIFEST", 8) == 0;
    return ours && strstr(name, ".tmp");
}

void manifest_sweep(const char *dir, const struct manifest *keep)
{
    DIR *d = opendir(dir);
    if (!d)
        return;
    for (struct dirent *entry; (entry = readdir(d)) != NULL;) {
        struct file_name f;
        char path[INDEX_PATH_MAX];
        if (file_parse(entry->d_name, &f))
            remove_file(dir, f, keep);
        else if (is_temporary(entry->d_name) &&
                 snprintf(path, sizeof path, "%s/%s", dir, entry->d_name) < (int)sizeof path)
            unlink(path);
    }
    closedir(d);
}

/* ---- the file ---- */

enum rc manifest_start(struct file_out **out, const struct manifest *m, const char *dir,
                       struct err *e)
{
    char path[INDEX_PATH_MAX];
    file_path(path, dir, (struct file_name){REGION_MANIFEST, 0, 0});
    const struct region r[] = {{m->weight_name, strlen(m->weight_name), NULL},
                               {m->seg.p, m->seg.n * sizeof *m->seg.p, NULL}};
    uint64_t count[REGION_COUNTS] = {
        [C_COMMIT] = m->commit,  [C_GENERATION] = m->generation, [C_NEXT] = m->next,
        [C_SEGMENTS] = m->seg.n, [C_K1] = bits_from(m->k1),      [C_B] = bits_from(m->b),
    };
    return region_start(out, path, REGION_MANIFEST, count, r, ARRAY_LEN(r), e);
}

static enum rc bad(uint32_t i, struct err *e)
{
    return region_bad(REGION_MANIFEST, i, e);
}

static enum rc check_segments(const struct manifest *m, struct err *e)
{
    for (size_t i = 0; i < m->seg.n; i++) {
        const struct manifest_segment *g = &m->seg.p[i];
        if (g->number >= m->next || g->ndocs > INDEX_DOCS_MAX || g->ndead > g->ndocs ||
            g->dead > m->commit)
            return bad(1, e);
    }
    bool fits = manifest_docs(m) < UINT32_MAX && (m->generation || !m->seg.n);
    return fits ? RC_OK : bad(1, e);
}

static enum rc read_regions(struct manifest *m, const struct region_file *f, struct err *e)
{
    const uint64_t *c = f->count;
    m->commit = (uint32_t)c[C_COMMIT];
    m->generation = (uint32_t)c[C_GENERATION];
    m->next = (uint32_t)c[C_NEXT];
    m->k1 = bits_to(c[C_K1]);
    m->b = bits_to(c[C_B]);
    const void *name, *seg;
    uint64_t n = region_size(f, 0);
    TRY(region_get(f, REGION_MANIFEST, 0, MIN(n, INDEX_WEIGHT_MAX - 1), &name, e));
    memcpy(m->weight_name, name, n);
    n = region_size(f, 1) / sizeof *m->seg.p;
    TRY(region_get(f, REGION_MANIFEST, 1, n * sizeof *m->seg.p, &seg, e));
    if (n != c[C_SEGMENTS])
        return bad(1, e);
    TRY(vec_reserve(&m->seg, n, e));
    if (n)
        memcpy(m->seg.p, seg, n * sizeof *m->seg.p);
    m->seg.n = n;
    return check_segments(m, e);
}

enum rc manifest_load(struct manifest *out, const char *dir, struct err *e)
{
    char path[INDEX_PATH_MAX];
    struct region_file f;
    *out = (struct manifest){0};
    file_path(path, dir, (struct file_name){REGION_MANIFEST, 0, 0});
    TRY(region_open(&f, path, REGION_MANIFEST, e));
    enum rc rc = err_at(e, read_regions(out, &f, e), path, NULL, 0, 0);
    region_close(&f);
    if (rc != RC_OK)
        manifest_release(out);
    return rc;
}

enum rc manifest_copy(struct manifest *out, const struct manifest *m, struct err *e)
{
    *out = *m;
    memset(&out->seg, 0, sizeof out->seg);
    TRY(vec_reserve(&out->seg, m->seg.n, e));
    if (m->seg.n)
        memcpy(out->seg.p, m->seg.p, m->seg.n * sizeof *m->seg.p);
    out->seg.n = m->seg.n;
    return RC_OK;
}

void manifest_release(struct manifest *m)
{
    vec_free(&m->seg);
}

uint64_t manifest_docs(const struct manifest *m)
{
    uint64_t n = 0;
    for (size_t i = 0; i < m->seg.n; i++)
        n += m->seg.p[i].ndocs;
    return n;
}

uint64_t manifest_live(const struct manifest *m)
{
    uint64_t n = 0;
    for (size_t i = 0; i < m->seg.n; i++)
        n += m->seg.p[i].ndocs - m->seg.p[i].ndead;
    return n;
}
