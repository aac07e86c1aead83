#define _POSIX_C_SOURCE 200809L
#include "service/catalog.h"

#include "base/map.h"
#include "base/pool.h"
#include "match/match.h"
#include "match/scale.h"
#include "text/terms.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define RECORD_MARK  "Q1"
#define RECORD_HEAD  (2 + 4 * (size_t)FIELD__COUNT)
#define TEXT_MAX     (64u << 10) /* as service/collection.c */
#define PATH_ROOM    4096
#define GENERATED_ID 17

/* The weights of `qiao match` without the damping by needs. A name stands for the terms as well,
 * and for good: directories hold it. 2: spellings of both sides of the Atlantic are one term. */
struct scheme {
    const char *name;
    const struct match_params *params;
};
static const struct scheme schemes[] = {{"r3 idf^0.5 single=1.5", &match_chinese},
                                        {"r3 idf english 2", &match_english}};

struct catalog {
    const struct match_params *params;
    struct index_dir *dir;
    struct index_snapshot *now;
};

static double weight(void *ctx, uint64_t key, uint32_t df, uint32_t ndocs)
{
    return match_term_weight(ctx, key, df, ndocs);
}

static struct index_dir_options dir_options(const struct scheme *s)
{
    return (struct index_dir_options){
        .scheme = {s->params->k1, s->params->b, weight, (void *)(uintptr_t)s->params},
        .weight_name = s->name,
        .threads = pool_cpus(),
        .sync = true};
}

/* ---- opening ---- */

static enum rc has_index(const char *path, bool *out, struct err *e)
{
    char name[PATH_ROOM];
    struct stat st;
    int n = snprintf(name, sizeof name, "%s/MANIFEST", path);
    if (n < 0 || (size_t)n >= sizeof name)
        return err_user(e, "index.path_long", "%d", PATH_ROOM);
    *out = stat(name, &st) == 0;
    return RC_OK;
}

static void take_snapshot(struct catalog *c)
{
    index_snapshot_release(c->now);
    c->now = index_dir_snapshot(c->dir);
}

static struct match_text text_of(void *ctx, uint32_t i)
{
    struct match_text t;
    t.text = collection_text(ctx, i, &t.title);
    return t;
}

enum rc catalog_make(const char *path, const struct collection *first, struct err *e)
{
    const struct match_params *params;
    bool there = false;
    TRY(has_index(path, &there, e));
    if (there)
        return RC_OK;
    struct match_source texts = {collection_count(first), text_of, (void *)(uintptr_t)first};
    TRY(match_params_of(&params, texts, e));
    struct index_dir_options o = dir_options(&schemes[params->english]);
    return index_dir_create(path, &o, e);
}

/* The scheme of the directory; of an unknown name the first, which index_dir_open then refuses. */
static enum rc scheme_of(const char *path, const struct scheme **out, struct err *e)
{
    char name[INDEX_WEIGHT_MAX];
    TRY(index_dir_weight_name(path, name, e));
    *out = &schemes[0];
    for (size_t i = 0; i < ARRAY_LEN(schemes); i++)
        if (strcmp(name, schemes[i].name) == 0)
            *out = &schemes[i];
    return RC_OK;
}

enum rc catalog_open(struct catalog **out, const char *path, enum index_dir_mode mode,
                     struct err *e)
{
    const struct scheme *scheme;
    bool there = false;
    TRY(has_index(path, &there, e));
    if (!there)
        return err_at(e, err_user(e, "service.no_index", "%s", ""), path, NULL, 0, 0);
    TRY(scheme_of(path, &scheme, e));
    struct index_dir_options o = dir_options(scheme);
    struct catalog *c = mem_calloc(1, sizeof *c);
    if (!c)
        return err_nomem(e);
    c->params = scheme->params;
    enum rc rc = index_dir_open(&c->dir, path, &o, mode, e);
    if (rc != RC_OK) {
        mem_free(c);
        return rc;
    }
    take_snapshot(c);
    *out = c;
    return RC_OK;
}

void catalog_close(struct catalog *c)
{
    if (!c)
        return;
    index_snapshot_release(c->now);
    index_dir_close(c->dir);
    mem_free(c);
}

/* ---- records ----
 * The mark, the length of every field (4 bytes, low first), then the fields: those that are
 * compared first, with a line break before each that is not empty but the title, as item.text. */

static const enum field order[] = {FIELD_TITLE,    FIELD_BODY,   FIELD_KEYWORDS, FIELD_INDICATORS,
                                   FIELD_ID,       FIELD_ORG,    FIELD_PERSON,   FIELD_CONTACT,
                                   FIELD_INDUSTRY, FIELD_REGION, FIELD_TRL,      FIELD_BUDGET,
                                   FIELD_DEADLINE, FIELD_TYPE,   FIELD_DATE};
_Static_assert(ARRAY_LEN(order) == FIELD__COUNT, "every field is kept");
enum { COMPARED = 4 };

static bool has_break(size_t place, size_t n)
{
    return place && place < COMPARED && n;
}

static enum rc write_record(struct arena *a, const struct item *it, struct str *out, struct err *e)
{
    size_t n = RECORD_HEAD;
    for (size_t i = 0; i < ARRAY_LEN(order); i++)
        n += it->field[order[i]].n + has_break(i, it->field[order[i]].n);
    char *start = arena_alloc(a, n), *p = start;
    if (!p)
        return err_nomem(e);
    memcpy(p, RECORD_MARK, 2);
    p += 2;
    for (int f = 0; f < FIELD__COUNT; f++)
        for (int byte = 0; byte < 4; byte++)
            *p++ = (char)(it->field[f].n >> (8 * byte) & 0xFF);
    for (size_t i = 0; i < ARRAY_LEN(order); i++) {
        struct str f = it->field[order[i]];
        if (has_break(i, f.n))
            *p++ = '\n';
        if (f.n)
            memcpy(p, f.p, f.n);
        p += f.n;
    }
    *out = (struct str){start, n};
    return RC_OK;
}

/* At most TEXT_MAX bytes, cut between characters. */
static struct str compared_text(struct str s)
{
    size_t n = MIN(s.n, (size_t)TEXT_MAX);
    while (n && n < s.n && ((unsigned char)s.p[n] & 0xC0) == 0x80)
        n--;
    return (struct str){s.p, n};
}

static bool read_record(struct str from, struct item *out)
{
    const unsigned char *head = (const unsigned char *)from.p + 2;
    if (from.n < RECORD_HEAD || memcmp(from.p, RECORD_MARK, 2) != 0)
        return false;
    struct str rest = str_sub(from, RECORD_HEAD, from.n), text = rest;
    for (size_t i = 0; i < ARRAY_LEN(order); i++) {
        const unsigned char *p = head + 4 * (size_t)order[i];
        size_t n = p[0] | (size_t)p[1] << 8 | (size_t)p[2] << 16 | (size_t)p[3] << 24;
        size_t skip = has_break(i, n);
        if (rest.n < skip || rest.n - skip < n)
            return false;
        out->field[order[i]] = (struct str){rest.p + skip, n};
        rest = str_sub(rest, skip + n, rest.n);
        if (i == COMPARED - 1)
            out->text = compared_text((struct str){text.p, text.n - rest.n});
    }
    out->title = (uint32_t)MIN(out->field[FIELD_TITLE].n, out->text.n);
    return rest.n == 0;
}

enum rc catalog_item(const struct catalog *c, uint32_t number, struct item *out, struct err *e)
{
    struct index_item kept = index_snapshot_doc(c->now, number);
    *out = (struct item){.id = kept.id};
    if (!read_record(kept.payload, out))
        return err_corrupt(e, "service.record", "%.*s", (int)MIN(kept.id.n, (size_t)100),
                           kept.id.p);
    out->has_id = out->field[FIELD_ID].n > 0;
    return RC_OK;
}

/* ---- changing ---- */

struct adding {
    const struct collection *from;
    unsigned flags; /* of terms_read */
    struct arena arena;
    VEC(struct index_item) item;
    vec_term_at *tokens; /* one a worker */
};

static enum rc id_of(struct adding *a, const struct item *it, struct str *out, struct err *e)
{
    struct str title = it->field[FIELD_TITLE], org = it->field[FIELD_ORG];
    *out = it->id;
    if (it->has_id)
        return RC_OK;
    char *id = arena_alloc(&a->arena, GENERATED_ID);
    if (!id)
        return err_nomem(e);
    uint64_t hash = mix64(hash_bytes(title) ^ mix64(hash_bytes(org) + 1));
    snprintf(id, GENERATED_ID, "%016llx", (unsigned long long)hash);
    *out = (struct str){id, GENERATED_ID - 1};
    return RC_OK;
}

static enum rc make_items(struct adding *a, struct err *e)
{
    for (uint32_t i = 0; i < collection_count(a->from); i++) {
        struct item it = collection_item(a->from, i);
        struct index_item x;
        TRY(id_of(a, &it, &x.id, e));
        TRY(write_record(&a->arena, &it, &x.payload, e));
        TRY(vec_push(&a->item, x, e));
    }
    return RC_OK;
}

static enum rc count_items(const struct catalog *c, const struct adding *a,
                           struct catalog_added *out, struct err *e)
{
    struct strmap seen = {0};
    *out = (struct catalog_added){0};
    for (uint32_t i = 0; i < a->item.n; i++) {
        struct str id = a->item.p[i].id;
        size_t before = seen.n;
        if (!strmap_put(&seen, id, 0)) {
            strmap_free(&seen);
            return err_nomem(e);
        }
        if (seen.n == before)
            out->repeated++;
        else if (index_snapshot_find(c->now, id) != UINT32_MAX)
            out->replaced++;
        else
            out->fresh++;
    }
    strmap_free(&seen);
    return RC_OK;
}

static enum rc keys_of(void *ctx, uint32_t doc, unsigned worker, vec_key *out, struct err *e)
{
    struct adding *a = ctx;
    vec_term_at *t = &a->tokens[worker];
    uint32_t title;
    t->n = 0;
    TRY(terms_read(t, collection_text(a->from, doc, &title), a->flags, e));
    TRY(vec_reserve(out, t->n, e));
    for (size_t i = 0; i < t->n; i++)
        out->p[out->n++] = t->p[i].key;
    return RC_OK;
}

enum rc catalog_add(struct catalog *c, const struct collection *records, struct catalog_added *out,
                    struct err *e)
{
    unsigned threads = pool_cpus();
    struct adding a = {
        .from = records,
        .flags = match_flags(c->params),
        .tokens = mem_calloc(threads, sizeof *a.tokens),
    };
    if (!a.tokens)
        return err_nomem(e);
    enum rc rc;
    GOTO_OUT(make_items(&a, e));
    GOTO_OUT(count_items(c, &a, out, e));
    GOTO_OUT(index_dir_add(c->dir, a.item.p, (uint32_t)a.item.n, keys_of, &a, e));
    take_snapshot(c);
out:
    for (unsigned i = 0; i < threads; i++)
        vec_free(&a.tokens[i]);
    mem_free(a.tokens);
    vec_free(&a.item);
    arena_free(&a.arena);
    return rc;
}

enum rc catalog_delete(struct catalog *c, const struct str *id, uint32_t n, uint32_t *removed,
                       struct err *e)
{
    TRY(index_dir_delete(c->dir, id, n, removed, e));
    take_snapshot(c);
    return RC_OK;
}

enum rc catalog_publish(struct catalog *c, struct err *e)
{
    TRY(index_dir_merge(c->dir, true, e));
    TRY(index_dir_publish(c->dir, e));
    take_snapshot(c);
    return RC_OK;
}

enum rc catalog_verify(struct catalog *c, struct err *e)
{
    return index_dir_verify(c->dir, e);
}

/* ---- reading ---- */

uint32_t catalog_count(const struct catalog *c)
{
    struct index_dir_info info;
    index_snapshot_info(c->now, &info);
    return info.live;
}

struct named_doc {
    struct str id;
    uint32_t number;
};

static int by_id(const void *x, const void *y)
{
    return str_cmp(((const struct named_doc *)x)->id, ((const struct named_doc *)y)->id);
}

enum rc catalog_list(const struct catalog *c, vec_number *out, struct err *e)
{
    VEC(struct named_doc) all = {0};
    enum rc rc = RC_OK;
    uint32_t n = index_docs(index_snapshot_index(c->now));
    for (uint32_t i = 0; i < n; i++) {
        struct named_doc d = {index_snapshot_doc(c->now, i).id, i};
        if (!index_snapshot_dead(c->now, i))
            GOTO_OUT(vec_push(&all, d, e));
    }
    if (all.n)
        qsort(all.p, all.n, sizeof *all.p, by_id);
    for (size_t i = 0; i < all.n; i++)
        GOTO_OUT(vec_push(out, all.p[i].number, e));
out:
    vec_free(&all);
    return rc;
}

/* The text as a need's title: 3 (1 + ln tf) w, of length 1. */
static enum rc profile(const struct catalog *c, struct str text, struct index_weight **out,
                       uint32_t *n, struct err *e)
{
    const struct index *ix = index_snapshot_index(c->now);
    vec_term_at t = {0};
    vec_term_count count = {0};
    double sum = 0;
    struct index_weight *w = NULL;
    enum rc rc;
    GOTO_OUT(terms_read(&t, text, match_flags(c->params), e));
    GOTO_OUT(terms_count(&count, &t, e));
    w = mem_alloc((count.n + 1) * sizeof *w);
    if (!w) {
        rc = err_nomem(e);
        goto out;
    }
    *n = 0;
    for (size_t i = 0; i < count.n; i++) {
        uint64_t key = count.p[i].key;
        double x = match_term_weight(c->params, key, index_df(ix, key), index_stats_docs(ix));
        struct index_weight one = {key, (1 + log(count.p[i].tf)) * x};
        sum += one.x * one.x;
        if (one.x > 0)
            w[(*n)++] = one;
    }
    for (uint32_t i = 0; i < *n; i++)
        w[i].x /= sqrt(sum);
    *out = w;
out:
    vec_free(&t);
    vec_free(&count);
    return rc;
}

enum rc catalog_search(const struct catalog *c, struct str text, uint32_t k, vec_found *out,
                       struct err *e)
{
    const struct index *ix = index_snapshot_index(c->now);
    double alone = c->params->english ? MATCH_ENGLISH_ALONE : 1;
    struct index_scratch *scratch = NULL;
    struct index_weight *w = NULL;
    struct index_query q = {0};
    uint32_t n = 0;
    out->n = 0;
    k = MIN(k, catalog_count(c));
    struct hit *hit = mem_alloc(((size_t)k + 1) * sizeof *hit);
    if (!hit)
        return err_nomem(e);
    enum rc rc;
    GOTO_OUT(profile(c, text, &w, &q.n, e));
    q.term = w;
    if (!q.n || !k)
        goto out;
    GOTO_OUT(index_scratch_open(&scratch, ix, e));
    GOTO_OUT(index_search(ix, scratch, q, k, hit, &n, e));
    for (uint32_t i = 0; i < n; i++) {
        struct found f = {hit[i].id, match_scale(alone * hit[i].score)};
        GOTO_OUT(vec_push(out, f, e));
    }
out:
    index_scratch_close(scratch);
    mem_free(w);
    mem_free(hit);
    return rc;
}

/* ---- phrases ---- */

static bool holds(const vec_term_count *all, uint64_t key)
{
    size_t low = 0, high = all->n;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (all->p[mid].key < key)
            low = mid + 1;
        else
            high = mid;
    }
    return low < all->n && all->p[low].key == key;
}

static int by_share(const void *x, const void *y)
{
    const struct reason *a = x, *b = y;
    if (a->share != b->share)
        return a->share < b->share ? 1 : -1;
    return (a->need.from > b->need.from) - (a->need.from < b->need.from);
}

/* Does token i lengthen the run that ends there? Pairs of characters overlap, and the result holds
 * the longer run word for word; of English words it holds the pair, endings aside, which is the
 * next token. */
static bool lengthens(const struct reason *run, struct str text, const vec_term_at *t, size_t i,
                      const vec_term_count *in, struct str result, unsigned flags)
{
    struct span at = t->p[i].at;
    if (!run->need.to)
        return false;
    if (flags & TERMS_ENGLISH)
        return at.from < run->need.to ||
               (i + 1 < t->n && term_class(t->p[i + 1].key) == TERM_WORDPAIR &&
                t->p[i + 1].at.from < run->need.to && holds(in, t->p[i + 1].key));
    return at.from <= run->need.to &&
           str_find(result, str_sub(text, run->need.from, at.to), 0) != SIZE_MAX;
}

static enum rc find_runs(struct str text, unsigned flags, const vec_term_at *t,
                         const vec_term_count *in, struct str result, vec_reason *out,
                         struct err *e)
{
    struct reason run = {.code = REASON_TERMS, .verdict = VERDICT_UNKNOWN};
    for (size_t i = 0; i <= t->n; i++) {
        if (i < t->n && term_class(t->p[i].key) != TERM_PAIR)
            continue;
        bool here = i < t->n && holds(in, t->p[i].key);
        if (here && lengthens(&run, text, t, i, in, result, flags)) {
            run.need.to = MAX(run.need.to, t->p[i].at.to);
            continue;
        }
        run.share = (double)(run.need.to - run.need.from) / (double)text.n;
        if (utf8_len(span_str(text, run.need)) >= 2)
            TRY(vec_push(out, run, e));
        run.need = here ? t->p[i].at : (struct span){0, 0};
    }
    return RC_OK;
}

enum rc catalog_phrases(const struct catalog *c, struct str text, const struct item *result,
                        vec_reason *out, struct err *e)
{
    unsigned flags = match_flags(c->params);
    size_t before = out->n;
    vec_term_at t = {0};
    vec_term_count in = {0};
    enum rc rc;
    GOTO_OUT(terms_read(&t, result->text, flags, e));
    GOTO_OUT(terms_count(&in, &t, e));
    t.n = 0;
    GOTO_OUT(terms_read(&t, text, flags, e));
    GOTO_OUT(find_runs(text, flags, &t, &in, result->text, out, e));
    if (out->n > before)
        qsort(out->p + before, out->n - before, sizeof *out->p, by_share);
    out->n = MIN(out->n, before + REASON_PHRASES);
out:
    vec_free(&t);
    vec_free(&in);
    return rc;
}
