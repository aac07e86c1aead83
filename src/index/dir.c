#define _DEFAULT_SOURCE
#include "index/dir_int.h"

#include "base/fault.h"
#include "base/pool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define FLUSHES    8   /* files asked of the disk at once */
#define READ_TRIES 100 /* a reader meets a commit between MANIFEST and the files it names */

/* ---- snapshots ---- */

void index_snapshot_release(struct index_snapshot *s)
{
    if (!s || atomic_fetch_sub(&s->refs, 1) != 1)
        return;
    for (size_t i = 0; i < s->m.seg.n; i++) {
        forward_drop(s->fwd ? s->fwd[i] : NULL);
        inverted_drop(s->inv ? s->inv[i] : NULL);
        dead_drop(s->dead ? s->dead[i] : NULL);
    }
    stats_drop(s->stats);
    mem_free(s->fwd);
    mem_free(s->inv);
    mem_free(s->dead);
    mem_free(s->ix.seg);
    manifest_release(&s->m);
    mem_free(s);
}

/* Where `prev` holds the segment of this number; -1 if nowhere. */
static ptrdiff_t place_in(const struct index_snapshot *prev, uint32_t number)
{
    for (size_t i = 0; prev && i < prev->m.seg.n; i++)
        if (prev->m.seg.p[i].number == number)
            return (ptrdiff_t)i;
    return -1;
}

static enum rc begin_segment(struct index_snapshot *s, const char *dir, size_t i,
                             const struct index_snapshot *prev, struct err *e)
{
    const struct manifest_segment *g = &s->m.seg.p[i];
    char path[INDEX_PATH_MAX];
    ptrdiff_t at = place_in(prev, g->number);
    if (at >= 0) {
        s->fwd[i] = prev->fwd[at];
        atomic_fetch_add(&s->fwd[i]->refs, 1);
    } else {
        file_path(path, dir, (struct file_name){REGION_FWD, g->number, 0});
        TRY(forward_load(&s->fwd[i], path, e));
        if (s->fwd[i]->f.ndocs != g->ndocs)
            return err_at(e, err_corrupt(e, "index.corrupt", "%s", "header"), path, NULL, 0, 0);
    }
    if (!g->dead)
        return g->ndead ? region_bad(REGION_MANIFEST, 1, e) : RC_OK;
    if (at >= 0 && prev->m.seg.p[at].dead == g->dead) {
        s->dead[i] = prev->dead[at];
        atomic_fetch_add(&s->dead[i]->refs, 1);
        return RC_OK;
    }
    file_path(path, dir, (struct file_name){REGION_DEL, g->number, g->dead});
    TRY(dead_load(&s->dead[i], path, g->ndocs, e));
    return s->dead[i]->ndead == g->ndead
               ? RC_OK
               : err_at(e, region_bad(REGION_DEL, 0, e), path, NULL, 0, 0);
}

enum rc snapshot_begin(struct index_snapshot **out, const struct index_dir *d, struct manifest *m,
                       const struct index_snapshot *prev, struct err *e)
{
    struct index_snapshot *s = mem_calloc(1, sizeof *s);
    if (!s) {
        manifest_release(m);
        return err_nomem(e);
    }
    atomic_init(&s->refs, 1);
    s->m = *m;
    *m = (struct manifest){0};
    size_t n = s->m.seg.n;
    s->fwd = mem_calloc(n, sizeof(void *));
    s->inv = mem_calloc(n, sizeof(void *));
    s->dead = mem_calloc(n, sizeof(void *));
    s->ix.seg = mem_calloc(n, sizeof *s->ix.seg);
    enum rc rc = s->fwd && s->inv && s->dead && s->ix.seg ? RC_OK : err_nomem(e);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        rc = begin_segment(s, d->path, i, prev, e);
    if (rc != RC_OK)
        index_snapshot_release(s);
    else
        *out = s;
    return rc;
}

static enum rc load_stats(struct index_snapshot *s, const struct index_dir *d,
                          const struct index_snapshot *prev, struct err *e)
{
    if (s->stats || !s->m.generation)
        return RC_OK;
    if (prev && prev->m.generation == s->m.generation) {
        s->stats = prev->stats;
        atomic_fetch_add(&s->stats->refs, 1);
        return RC_OK;
    }
    char path[INDEX_PATH_MAX];
    file_path(path, d->path, (struct file_name){REGION_STATS, s->m.generation, 0});
    return stats_load(&s->stats, path, s->m.generation, e);
}

static enum rc load_inverted(struct index_snapshot *s, const struct index_dir *d, size_t i,
                             const struct index_snapshot *prev, struct err *e)
{
    uint32_t number = s->m.seg.p[i].number;
    ptrdiff_t at = place_in(prev, number);
    if (at >= 0 && prev->m.generation == s->m.generation) {
        s->inv[i] = prev->inv[at];
        atomic_fetch_add(&s->inv[i]->refs, 1);
        return RC_OK;
    }
    char path[INDEX_PATH_MAX];
    file_path(path, d->path, (struct file_name){REGION_INV, number, s->m.generation});
    return inverted_load(&s->inv[i], path, &s->fwd[i]->f, s->m.generation, e);
}

enum rc snapshot_finish(struct index_snapshot *s, const struct index_dir *d,
                        const struct index_snapshot *prev, struct err *e)
{
    static const struct stats none = {.avg = 1};
    TRY(load_stats(s, d, prev, e));
    s->ix.scheme = d->o.scheme;
    s->ix.nseg = (uint32_t)s->m.seg.n;
    s->ix.stats = s->stats ? &s->stats->s : &none;
    uint32_t terms = 0;
    for (uint32_t i = 0; i < s->ix.nseg; i++) {
        TRY(load_inverted(s, d, i, prev, e));
        s->ix.seg[i] =
            (struct segment){s->fwd[i]->f, s->inv[i]->v, snapshot_bits(s, i), s->ix.ndocs, terms};
        s->ix.ndocs += s->fwd[i]->f.ndocs;
        terms += s->fwd[i]->f.nterms;
    }
    return RC_OK;
}

static void swap_in(struct index_dir *d, struct index_snapshot *s)
{
    pthread_mutex_lock(&d->swapping);
    struct index_snapshot *old = d->now;
    d->now = s;
    pthread_mutex_unlock(&d->swapping);
    index_snapshot_release(old);
}

struct index_snapshot *index_dir_snapshot(struct index_dir *d)
{
    pthread_mutex_lock(&d->swapping);
    struct index_snapshot *s = d->now;
    atomic_fetch_add(&s->refs, 1);
    pthread_mutex_unlock(&d->swapping);
    return s;
}

/* ---- committing ---- */

static enum rc publish_stats(struct index_snapshot *s, const struct index_dir *d, struct err *e)
{
    uint32_t n = (uint32_t)s->m.seg.n;
    struct stats_source *from = mem_calloc(n, sizeof *from);
    struct stats made = {0};
    if (!from)
        return err_nomem(e);
    for (uint32_t i = 0; i < n; i++)
        from[i] = (struct stats_source){&s->fwd[i]->f, snapshot_bits(s, i)};
    enum rc rc = stats_make(&made, from, n, e);
    mem_free(from);
    if (rc == RC_OK) {
        char path[INDEX_PATH_MAX];
        file_path(path, d->path, (struct file_name){REGION_STATS, s->m.generation, 0});
        rc = stats_save(path, &made, s->m.generation, e);
    }
    stats_release(&made);
    return rc;
}

static enum rc weigh_segment(struct index_snapshot *s, const struct index_dir *d, size_t i,
                             struct err *e)
{
    const struct forward *f = &s->fwd[i]->f;
    const struct stats *stats = &s->stats->s;
    double *weight = NULL;
    struct inverted v;
    char path[INDEX_PATH_MAX];
    TRY(stats_weigh(stats, f, &d->o.scheme, &weight, e));
    TRY(inverted_build(&v, f, weight, stats->avg, &d->o.scheme, d->o.threads, e));
    file_path(path, d->path, (struct file_name){REGION_INV, s->m.seg.p[i].number, s->m.generation});
    enum rc rc = inverted_save(path, &v, f, s->m.generation, e);
    inverted_release(&v);
    return rc;
}

/* Make what derives from the documents and is not there yet. */
static enum rc derive(struct index_snapshot *s, const struct index_dir *d, struct err *e)
{
    bool published = s->m.generation != d->now->m.generation;
    if (published)
        TRY(publish_stats(s, d, e));
    TRY(load_stats(s, d, d->now, e));
    for (size_t i = 0; i < s->m.seg.n; i++)
        if (published || place_in(d->now, s->m.seg.p[i].number) < 0)
            TRY(weigh_segment(s, d, i, e));
    return RC_OK;
}

/* What must be on the disk before MANIFEST may name it: the new files, the folder, and the new
 * MANIFEST itself. Asked for at once, they share the disk's round trip. */
struct flush {
    const char *dir;
    vec_file_name name;
    struct file_out *manifest;
};

static enum rc sys_error(struct err *e, const char *key, const char *path)
{
    return err_at(e, err_sys(e, key, "%s", strerror(errno)), path, NULL, 0, 0);
}

static enum rc flush_one(void *ctx, size_t i, unsigned worker, struct err *e)
{
    (void)worker;
    struct flush *f = ctx;
    char path[INDEX_PATH_MAX];
    if (i == f->name.n + 1)
        return file_out_sync(f->manifest, e);
    if (i < f->name.n)
        file_path(path, f->dir, f->name.p[i]);
    else
        snprintf(path, sizeof path, "%s", f->dir);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    errno = fd < 0 ? errno : EIO;
    bool done = fd >= 0 && !fault_hit(FAULT_WRITE) && fsync(fd) == 0;
    enum rc rc = done ? RC_OK : sys_error(e, "file.write", path);
    if (fd >= 0)
        close(fd);
    return rc;
}

static enum rc write_manifest(const struct index_dir *d, const struct manifest *m,
                              const struct manifest *old, struct err *e)
{
    struct flush f = {.dir = d->path};
    TRY(manifest_start(&f.manifest, m, d->path, e));
    if (!d->o.sync)
        return file_out_commit_unsynced(f.manifest, e);
    enum rc rc = manifest_new(m, old, &f.name, e);
    if (rc == RC_OK)
        rc = pool_run(FLUSHES, f.name.n + 2, flush_one, &f, e);
    vec_free(&f.name);
    if (rc == RC_OK)
        return file_out_commit(f.manifest, e);
    file_out_abandon(f.manifest);
    return rc;
}

enum rc dir_commit(struct index_dir *d, struct manifest *m, struct err *e)
{
    struct manifest names = {0}; /* what to remove if this fails */
    struct index_snapshot *s = NULL;
    enum rc rc = manifest_copy(&names, m, e);
    if (rc != RC_OK) {
        manifest_remove(d->path, m, &d->now->m);
        manifest_release(m);
        return rc;
    }
    rc = snapshot_begin(&s, d, m, d->now, e);
    if (rc == RC_OK)
        rc = derive(s, d, e);
    if (rc == RC_OK)
        rc = snapshot_finish(s, d, d->now, e);
    if (rc == RC_OK)
        rc = write_manifest(d, &s->m, &d->now->m, e);
    if (rc == RC_OK) {
        manifest_remove(d->path, &d->now->m, &s->m);
        swap_in(d, s);
    } else {
        manifest_remove(d->path, &names, &d->now->m);
        index_snapshot_release(s);
    }
    manifest_release(&names);
    return rc;
}

/* ---- opening ---- */

static enum rc check_path(const char *path, struct err *e)
{
    return strlen(path) + 64 > INDEX_PATH_MAX
               ? err_too_big(e, "index.path_long", "%u", INDEX_PATH_MAX)
               : RC_OK;
}

static enum rc check_options(const char *path, const struct index_dir_options *o, struct err *e)
{
    TRY(check_path(path, e));
    if (strlen(o->weight_name) >= INDEX_WEIGHT_MAX)
        BUG("weight_name of %zu bytes", strlen(o->weight_name));
    return RC_OK;
}

enum rc index_dir_create(const char *path, const struct index_dir_options *o, struct err *e)
{
    struct manifest m = {.next = 1, .k1 = o->scheme.k1, .b = o->scheme.b};
    char name[INDEX_PATH_MAX];
    TRY(check_options(path, o, e));
    snprintf(m.weight_name, sizeof m.weight_name, "%s", o->weight_name);
    if (mkdir(path, 0777) != 0 && errno != EEXIST)
        return sys_error(e, "file.create", path);
    file_path(name, path, (struct file_name){REGION_MANIFEST, 0, 0});
    if (access(name, F_OK) == 0)
        return err_at(e, err_user(e, "index.exists", "%s", path), path, NULL, 0, 0);
    struct file_out *f = NULL;
    TRY(manifest_start(&f, &m, path, e));
    return o->sync ? file_out_commit(f, e) : file_out_commit_unsynced(f, e);
}

enum rc index_dir_weight_name(const char *path, char to[INDEX_WEIGHT_MAX], struct err *e)
{
    struct manifest m;
    TRY(check_path(path, e));
    TRY(manifest_load(&m, path, e));
    memcpy(to, m.weight_name, INDEX_WEIGHT_MAX);
    manifest_release(&m);
    return RC_OK;
}

static enum rc take_lock(struct index_dir *d, struct err *e)
{
    char path[INDEX_PATH_MAX + 8];
    snprintf(path, sizeof path, "%s/LOCK", d->path);
    d->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (d->lock < 0)
        return sys_error(e, "file.create", path);
    if (flock(d->lock, LOCK_EX | LOCK_NB) == 0)
        return RC_OK;
    if (errno != EWOULDBLOCK)
        return sys_error(e, "file.open", path);
    return err_at(e, err_user(e, "index.locked", "%s", d->path), d->path, NULL, 0, 0);
}

static enum rc check_scheme(const struct index_dir *d, const struct manifest *m, struct err *e)
{
    const struct index_scheme *s = &d->o.scheme;
    if (m->k1 == s->k1 && m->b == s->b && strcmp(m->weight_name, d->o.weight_name) == 0)
        return RC_OK;
    return err_at(e, err_user(e, "index.scheme", "%s k1=%g b=%g", m->weight_name, m->k1, m->b),
                  d->path, NULL, 0, 0);
}

static enum rc load_once(struct index_snapshot **out, const struct index_dir *d,
                         const struct index_snapshot *prev, uint32_t *commit, struct err *e)
{
    struct manifest m;
    TRY(manifest_load(&m, d->path, e));
    *commit = m.commit;
    enum rc rc = check_scheme(d, &m, e);
    if (rc != RC_OK) {
        manifest_release(&m);
        return rc;
    }
    struct index_snapshot *s = NULL;
    TRY(snapshot_begin(&s, d, &m, prev, e));
    rc = snapshot_finish(s, d, prev, e);
    if (rc != RC_OK)
        index_snapshot_release(s);
    else
        *out = s;
    return rc;
}

/* A file that is gone although MANIFEST named it is no fault if MANIFEST has changed since. */
static enum rc load_newest(struct index_snapshot **out, const struct index_dir *d,
                           const struct index_snapshot *prev, struct err *e)
{
    uint32_t commit = 0, before;
    enum rc rc = RC_OK;
    for (int i = 0; i < READ_TRIES; i++) {
        before = commit;
        rc = load_once(out, d, prev, &commit, e);
        if (rc != RC_SYS || (i && commit == before))
            break;
    }
    return rc;
}

enum rc index_dir_open(struct index_dir **out, const char *path, const struct index_dir_options *o,
                       enum index_dir_mode mode, struct err *e)
{
    TRY(check_options(path, o, e));
    struct index_dir *d = mem_calloc(1, sizeof *d);
    if (!d)
        return err_nomem(e);
    snprintf(d->path, sizeof d->path, "%s", path);
    d->o = *o;
    d->mode = mode;
    d->lock = -1;
    pthread_mutex_init(&d->writing, NULL);
    pthread_mutex_init(&d->swapping, NULL);
    enum rc rc = mode == INDEX_WRITE ? take_lock(d, e) : RC_OK;
    if (rc == RC_OK)
        rc = load_newest(&d->now, d, NULL, e);
    if (rc != RC_OK) {
        index_dir_close(d);
        return rc;
    }
    if (mode == INDEX_WRITE)
        manifest_sweep(d->path, &d->now->m);
    *out = d;
    return RC_OK;
}

void index_dir_close(struct index_dir *d)
{
    if (!d)
        return;
    index_snapshot_release(d->now);
    if (d->lock >= 0)
        close(d->lock);
    pthread_mutex_destroy(&d->writing);
    pthread_mutex_destroy(&d->swapping);
    mem_free(d);
}

/* ---- reading ---- */

const struct index *index_snapshot_index(const struct index_snapshot *s)
{
    return &s->ix;
}

uint32_t snapshot_segment(const struct index_snapshot *s, uint32_t *doc)
{
    uint32_t i = 0;
    while (i < s->ix.nseg && *doc - s->ix.seg[i].base >= s->ix.seg[i].fwd.ndocs)
        i++;
    if (i == s->ix.nseg)
        BUG("document %u of %u", *doc, s->ix.ndocs);
    *doc -= s->ix.seg[i].base;
    return i;
}

struct index_item index_snapshot_doc(const struct index_snapshot *s, uint32_t number)
{
    uint32_t i = snapshot_segment(s, &number);
    return (struct index_item){held_id(s->fwd[i], number), held_payload(s->fwd[i], number)};
}

uint32_t index_snapshot_find(const struct index_snapshot *s, struct str id)
{
    for (uint32_t i = s->ix.nseg; i-- > 0;) {
        uint32_t doc = held_find(s->fwd[i], id);
        if (doc != UINT32_MAX && !is_dead(s->ix.seg[i].dead, doc))
            return s->ix.seg[i].base + doc;
    }
    return UINT32_MAX;
}

bool index_snapshot_dead(const struct index_snapshot *s, uint32_t number)
{
    uint32_t i = snapshot_segment(s, &number);
    return is_dead(s->ix.seg[i].dead, number);
}

void index_snapshot_info(const struct index_snapshot *s, struct index_dir_info *out)
{
    *out = (struct index_dir_info){.docs = s->ix.ndocs,
                                   .live = (uint32_t)manifest_live(&s->m),
                                   .segments = s->ix.nseg,
                                   .generation = s->m.generation,
                                   .postings = index_postings(&s->ix)};
    for (uint32_t i = 0; i < s->ix.nseg; i++) {
        uint64_t items = forward_item_bytes(s->fwd[i]);
        out->inverted_bytes += s->inv[i]->file.map.n;
        out->forward_bytes += s->fwd[i]->file.map.n - items;
        out->item_bytes += items;
    }
    out->stats_bytes = s->stats ? s->stats->file.map.n : 0;
}

const struct index *index_dir_index(const struct index_dir *d)
{
    return &d->now->ix;
}
