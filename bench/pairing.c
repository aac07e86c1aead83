/* The engine of a site: lists of matches a second, searches a second, how soon a change is seen.
 *     pairing TEXTS SITE
 * TEXTS/needs.jsonl and TEXTS/results.jsonl (bench/gen --raw) become the records of a new site in
 * SITE, in the sample region's proportions: to 400 results 120 needs, 150 people and 60
 * organisations. One thread asks. Last line: figures as key=value. */
#define _GNU_SOURCE
#include "service/pairing.h"
#include "base/clock.h"
#include "service/collection.h"

#include "common.h"

#include <string.h>
#include <unistd.h>

#define ASKED   300u
#define CHANGES 20u
#define BATCH   500u

static void or_die(enum rc rc, const struct err *e)
{
    if (rc != RC_OK)
        die("%s: %s %s", e->key, e->file, e->detail);
}

static struct err err;

/* ---- the site ---- */

struct making {
    struct site *site;
    struct tx *tx;
    uint32_t n; /* written in this transaction */
    struct arena arena;
};

static void set(struct making *m, struct rec *r, const char *name, struct str text)
{
    vec_fault faults = {0};
    uint32_t f = field_find(r->kind, str_of(name));
    if (f == NO_FIELD)
        die("no field %s", name);
    or_die(val_parse(&r->val[f], &r->kind->field[f], f, text, &m->arena, &faults, &err), &err);
    vec_free(&faults);
}

static void set_id(struct making *m, struct rec *r, const char *name, int64_t id)
{
    char text[32];
    int n = snprintf(text, sizeof text, "%lld", (long long)id);
    set(m, r, name, (struct str){text, (size_t)n});
}

static struct rec begin(struct making *m, const char *kind, int64_t org)
{
    struct rec r;
    if (!m->tx)
        or_die(tx_begin(&m->tx, site_store(m->site), TX_WRITE, &err), &err);
    or_die(rec_new(&r, kind_find(site_kinds(m->site), str_of(kind)), &m->arena, &err), &err);
    r.org = org;
    r.created = r.updated = r.since = 1700000000;
    return r;
}

static void commit(struct making *m)
{
    if (m->tx)
        or_die(tx_commit(m->tx, &err), &err);
    m->tx = NULL;
    m->n = 0;
    arena_reset(&m->arena);
}

static int64_t put(struct making *m, struct rec *r)
{
    struct by by = {.login = STR("bench"), .action = STR("create"), .at = 1700000000};
    or_die(store_put(m->tx, r, &by, &err), &err);
    if (++m->n >= BATCH)
        commit(m);
    return r->id;
}

static struct str numbered(char to[64], const char *what, uint32_t i)
{
    return (struct str){to, (size_t)snprintf(to, 64, "%s%u", what, i)};
}

struct made {
    int64_t *need, *result, *person, *org;
    uint32_t n_need, n_result, n_person, n_org;
};

static void make_site(struct making *m, const struct collection *needs,
                      const struct collection *results, struct made *x)
{
    char name[64];
    x->n_result = collection_count(results);
    x->n_need = collection_count(needs);
    x->n_person = x->n_result * 3 / 8;
    x->n_org = x->n_result * 3 / 20 + 1;
    x->need = grab(x->n_need, sizeof *x->need);
    x->result = grab(x->n_result, sizeof *x->result);
    x->person = grab(x->n_person, sizeof *x->person);
    x->org = grab(x->n_org, sizeof *x->org);
    for (uint32_t i = 0; i < x->n_org; i++) {
        struct rec r = begin(m, "org", 0);
        set(m, &r, "name", numbered(name, "示例单位", i));
        set(m, &r, "type", i % 3 ? STR("company") : STR("university"));
        x->org[i] = put(m, &r);
    }
    for (uint32_t i = 0; i < x->n_person; i++) {
        struct rec r = begin(m, "person", x->org[i % x->n_org]);
        set(m, &r, "name", numbered(name, "示例专家", i));
        set_id(m, &r, "units", x->org[i % x->n_org]);
        set(m, &r, "bio", collection_item(results, i * 2 % x->n_result).field[FIELD_TITLE]);
        x->person[i] = put(m, &r);
    }
    for (uint32_t i = 0; i < x->n_result; i++) {
        struct item it = collection_item(results, i);
        struct rec r = begin(m, "result", x->org[i % x->n_org]);
        set(m, &r, "title", it.field[FIELD_TITLE]);
        set(m, &r, "body", it.field[FIELD_BODY]);
        if (x->n_person)
            set_id(m, &r, "people", x->person[i % x->n_person]);
        x->result[i] = put(m, &r);
    }
    for (uint32_t i = 0; i < x->n_need; i++) {
        struct item it = collection_item(needs, i);
        struct rec r = begin(m, "need", x->org[i % x->n_org]);
        r.state = state_find(r.kind, STR("open"));
        set(m, &r, "title", it.field[FIELD_TITLE]);
        set(m, &r, "body", it.field[FIELD_BODY]);
        x->need[i] = put(m, &r);
    }
    commit(m);
}

/* ---- measuring ---- */

static double resident_mb(void)
{
    long pages = 0, all = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (!f || fscanf(f, "%ld %ld", &all, &pages) != 2)
        pages = 0;
    if (f)
        fclose(f);
    return (double)pages * (double)sysconf(_SC_PAGESIZE) / 1e6;
}

/* Lists a second of kind `of` for records spread over id[0..n). */
static double lists(struct site *s, const char *kind, const int64_t *id, uint32_t n, const char *of,
                    unsigned times)
{
    vec_pairing v = {0};
    const struct kind *a = kind_find(site_kinds(s), str_of(kind)),
                      *b = kind_find(site_kinds(s), str_of(of));
    uint32_t asked = n < ASKED ? n : ASKED;
    double start = clock_seconds();
    for (unsigned t = 0; t < times; t++)
        for (uint32_t i = 0; i < asked; i++) {
            v.n = 0;
            or_die(pairing_list(s, &actor_visitor, a, id[(uint64_t)i * n / asked], b, 20, NULL, &v,
                                &err),
                   &err);
        }
    vec_free(&v);
    return asked * times / (clock_seconds() - start);
}

static double searches(struct site *s, const struct collection *results)
{
    vec_shown v = {0};
    struct arena a = {0};
    double start = clock_seconds();
    for (uint32_t i = 0; i < ASKED; i++) {
        struct str t = collection_item(results, i % collection_count(results)).field[FIELD_TITLE];
        v.n = 0;
        arena_reset(&a);
        or_die(search_all(s, &actor_visitor, str_sub(t, 0, 12), NULL, 20, &a, &v, &err), &err);
    }
    vec_free(&v);
    arena_free(&a);
    return ASKED / (clock_seconds() - start);
}

static int rising(const void *x, const void *y)
{
    double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

/* Seconds from a commit through `from` until a list of `to` has the record; sorted. */
static void delays(struct site *from, struct site *to, const struct collection *needs,
                   const struct made *x, double out[CHANGES])
{
    struct making m = {.site = from};
    for (uint32_t i = 0; i < CHANGES; i++) {
        struct item it = collection_item(needs, i % x->n_need);
        struct rec r = begin(&m, "result", x->org[0]);
        int64_t seq;
        set(&m, &r, "title", it.field[FIELD_TITLE]);
        set(&m, &r, "body", it.field[FIELD_BODY]);
        put(&m, &r);
        commit(&m);
        double start = clock_seconds();
        or_die(store_seq(site_store(from), &seq, &err), &err);
        or_die(engine_wait(to, seq, 20000, &err), &err);
        out[i] = clock_seconds() - start;
        usleep(30000 + i * 17000 % 100000);
    }
    arena_free(&m.arena);
    qsort(out, CHANGES, sizeof *out, rising);
}

static struct site *open_site(const char *dir, bool engine)
{
    struct site *s;
    struct site_options o = {.dir = dir, .engine = engine};
    or_die(site_open(&s, &o, &err), &err);
    return s;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        die("usage: pairing TEXTS SITE");
    struct collection *needs, *results;
    struct made x = {0};
    char path[2][4096];
    struct site_options o = {.dir = argv[2]};
    snprintf(path[0], sizeof path[0], "%s/needs.jsonl", argv[1]);
    snprintf(path[1], sizeof path[1], "%s/results.jsonl", argv[1]);
    or_die(site_init(&o, &err), &err);
    struct site *plain = open_site(argv[2], false);
    struct table_options t = {.side = SIDE_NEED}, u = {.side = SIDE_RESULT};
    const struct columns *c = model_columns(site_model(plain));
    or_die(collection_open(&needs, path[0], c, &t, NULL, NULL, &err), &err);
    or_die(collection_open(&results, path[1], c, &u, NULL, NULL, &err), &err);
    struct making m = {.site = plain};
    make_site(&m, needs, results, &x);
    double before = resident_mb(), start = clock_seconds();
    struct site *s = open_site(argv[2], true);
    double opened = clock_seconds() - start, memory = resident_mb() - before;
    double cold[4], warm[4], delay[CHANGES];
    static const char *const way[4][2] = {
        {"need", "result"}, {"need", "person"}, {"need", "org"}, {"result", "need"}};
    for (int i = 0; i < 4; i++) {
        const int64_t *id = i < 3 ? x.need : x.result;
        uint32_t n = i < 3 ? x.n_need : x.n_result;
        cold[i] = lists(s, way[i][0], id, n, way[i][1], 1);
        warm[i] = lists(s, way[i][0], id, n, way[i][1], 5);
        printf("%-6s -> %-8s %10.0f lists/s at first %10.0f kept\n", way[i][0], way[i][1], cold[i],
               warm[i]);
    }
    double found = searches(s, results);
    printf("%-18s %10.0f /s\n", "search", found);
    delays(plain, s, needs, &x, delay);
    printf("change seen after   median %.3f s, most %.3f s\n", delay[CHANGES / 2],
           delay[CHANGES - 1]);
    printf("results=%u needs=%u open_s=%.2f memory_mb=%.0f resident_mb=%.0f first=%.0f kept=%.0f "
           "search=%.0f seen_s=%.3f\n",
           x.n_result, x.n_need, opened, memory, resident_mb(), cold[0], warm[0], found,
           delay[CHANGES / 2]);
    site_close(s);
    site_close(plain);
    collection_close(needs);
    collection_close(results);
    arena_free(&m.arena);
    return 0;
}
