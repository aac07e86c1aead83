#include "service/known.h"

#include "base/embed.h"
#include "base/file.h"
#include "base/map.h"
#include "record/yaml.h"
#include "service/folder.h"
#include "sheet/table.h"
#include "text/norm.h"

#include <stdlib.h> /* qsort */
#include <unistd.h>

#define COLUMNS "organisations.yaml"

enum { RECORDS_MAX = 5000000, TABLE_MAX = 1 << 20, KEY_MAX = 1 << 16 };

/* A name of a record, as it is compared. */
enum name_sort { NAME_FULL, NAME_OTHER, NAME_CORE };
struct name {
    uint64_t hash;
    uint32_t org;
    uint32_t sort; /* enum name_sort */
};

struct entry {
    struct known_org org;
    struct str key;
};

struct known {
    struct arena arena;
    VEC(struct entry) entry;
    VEC(struct name) name; /* by hash, then record, then sort */
    const char *kind;
    uint64_t version;
};

const char *known_by_str(enum known_by by)
{
    static const char *const names[] = {"new", "name", "short", "alias", "doubt"};
    return names[by];
}

/* ---- names ---- */

static bool counts(int32_t c)
{
    return c >= 0x2E80 ? !(c >= 0x3000 && c <= 0x303F) && c != 0x30FB
                       : (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                             (c >= 0xC0 && c != 0xD7 && c != 0xF7 && !(c >= 0x2000 && c <= 0x2BFF));
}

/* Only letters, digits and Han, in NFKC and lower case. */
static enum rc key_of(struct buf *to, struct str s, struct err *e)
{
    struct norm n;
    struct span at;
    char bytes[4];
    buf_clear(to);
    norm_start(&n, s);
    for (int32_t c; (c = norm_next(&n, &at)) >= 0;)
        if (counts(c))
            TRY(buf_put(to, bytes, utf8_put(bytes, (uint32_t)c), e));
    return RC_OK;
}

/* A key without what says only of what form the company is. */
static struct str core_of(struct str key)
{
    static const char *const ends[] = {"有限责任公司", "有限公司", "总公司", "公司",
                                       "集团",         "股份",     "控股"};
    for (size_t i = 0; i < ARRAY_LEN(ends);) {
        struct str end = str_of(ends[i]);
        bool has = key.n > end.n && str_eq((struct str){key.p + key.n - end.n, end.n}, end);
        if (has)
            key.n -= end.n;
        i = has ? 0 : i + 1;
    }
    return key;
}

/* Are the characters of the shorter one in the longer one, in order? */
static bool one_in_other(struct str a, struct str b)
{
    struct str in = a.n < b.n ? a : b, of = a.n < b.n ? b : a;
    size_t i = 0, k = 0;
    while (i < in.n && k < of.n) {
        size_t was = i;
        uint32_t want = utf8_next(in, &i);
        if (utf8_next(of, &k) != want)
            i = was;
    }
    return i == in.n;
}

/* ---- reading ---- */

static const struct {
    const char *word, *kind;
} kinds[] = {
    {"高职", "college"},          {"专科", "college"},
    {"职业", "college"},          {"技工", "college"},
    {"中职", "college"},          {"高校", "university"},
    {"大学", "university"},       {"本科", "university"},
    {"院校", "university"},       {"企业", "enterprise"},
    {"公司", "enterprise"},       {"政府", "government"},
    {"机关", "government"},       {"园区", "park"},
    {"开发区", "park"},           {"医院", "hospital"},
    {"院所", "institute"},        {"研究", "institute"},
    {"university", "university"}, {"college", "college"},
    {"enterprise", "enterprise"}, {"company", "enterprise"},
    {"government", "government"}, {"park", "park"},
    {"hospital", "hospital"},     {"institute", "institute"},
    {"other", "other"},
};

static const char *kind_of(struct str s)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (str_find(s, str_of(kinds[i].word), 0) != SIZE_MAX)
            return kinds[i].kind;
    return NULL;
}

static enum rc add_name(struct known *k, uint32_t org, struct str key, enum name_sort sort,
                        struct err *e)
{
    struct name n = {hash_bytes(key), org, sort};
    return key.n ? vec_push(&k->name, n, e) : RC_OK;
}

static bool is_separator(uint32_t c)
{
    return c == ';' || c == 0xFF1B || c == 0x3001 || c == ',' || c == 0xFF0C || c == '\n' ||
           c == '|' || c == '/';
}

static enum rc add_others(struct known *k, uint32_t org, struct str names, struct buf *key,
                          struct err *e)
{
    size_t from = 0;
    for (size_t i = 0; i < names.n;) {
        size_t end = i;
        if (!is_separator(utf8_next(names, &i)))
            continue;
        TRY(key_of(key, str_sub(names, from, end), e));
        TRY(add_name(k, org, buf_view(key), NAME_OTHER, e));
        from = i;
    }
    TRY(key_of(key, str_sub(names, from, names.n), e));
    return add_name(k, org, buf_view(key), NAME_OTHER, e);
}

/* `org` and `others` may be the caller's. */
static enum rc take_names(struct known *k, const struct known_org *org, struct str others,
                          struct buf *key, struct err *e)
{
    uint32_t i = (uint32_t)k->entry.n;
    TRY(key_of(key, org->name, e));
    struct entry x = {.org = {.id = arena_str(&k->arena, org->id),
                              .name = arena_str(&k->arena, org->name),
                              .kind = org->kind ? org->kind : k->kind,
                              .row = org->row},
                      .key = arena_str(&k->arena, buf_view(key))};
    if (!x.org.id.p || !x.org.name.p || !x.key.p)
        return err_nomem(e);
    TRY(vec_push(&k->entry, x, e));
    TRY(add_name(k, i, x.key, NAME_FULL, e));
    if (core_of(x.key).n < x.key.n)
        TRY(add_name(k, i, core_of(x.key), NAME_CORE, e));
    k->version =
        mix64(k->version ^ hash_bytes(x.key) ^ hash_bytes(others) ^ mix64(hash_bytes(org->id)));
    return add_others(k, i, others, key, e);
}

enum rc known_add(struct known *k, const struct known_org *org, struct str others, struct err *e)
{
    struct buf key;
    if (k->entry.n >= RECORDS_MAX)
        return err_too_big(e, "service.too_many_records", "%d", RECORDS_MAX);
    buf_init(&key, KEY_MAX);
    enum rc rc = take_names(k, org, others, &key, e);
    buf_free(&key);
    return rc;
}

static enum rc take_record(void *ctx, const struct record *r, struct err *e)
{
    struct known_org org = {.id = r->field[FIELD_ID],
                            .name = r->field[FIELD_TITLE],
                            .kind = kind_of(r->field[FIELD_TYPE]),
                            .row = r->row};
    return known_add(ctx, &org, r->field[FIELD_KEYWORDS], e);
}

/* The table of columns: the user's where there is one. */
static enum rc open_columns(struct columns **out, const char *dir, struct err *e)
{
    struct arena a = {0};
    struct node *table = NULL;
    struct buf own;
    const char *name = "model/" COLUMNS;
    struct str bytes = {0};
    for (const struct embedded *f = model_files; f->name; f++)
        if (strcmp(f->name, "model/" COLUMNS) == 0)
            bytes = (struct str){(const char *)f->bytes, f->n};
    buf_init(&own, TABLE_MAX);
    const char *path = dir ? path_join(&a, dir, COLUMNS) : NULL;
    enum rc rc = dir && !path ? err_nomem(e) : RC_OK;
    if (rc == RC_OK && path && access(path, F_OK) == 0) {
        rc = file_read(&own, name = path, e);
        bytes = buf_view(&own);
    }
    if (rc == RC_OK)
        rc = yaml_parse(&table, bytes, name, &a, e);
    if (rc == RC_OK)
        rc = columns_init(out, table, name, e);
    buf_free(&own);
    arena_free(&a);
    return rc;
}

static int by_hash(const void *x, const void *y)
{
    const struct name *a = x, *b = y;
    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    if (a->org != b->org)
        return a->org < b->org ? -1 : 1;
    return (int)a->sort - (int)b->sort;
}

static enum rc load(struct known *k, const char *path, const char *dir, struct err *e)
{
    struct columns *columns = NULL;
    struct table_options o = {.side = SIDE_RESULT};
    struct table_sink sink = {.ctx = k, .record = take_record};
    enum rc rc = open_columns(&columns, dir, e);
    if (rc == RC_OK)
        rc = table_read(path, columns, &o, &sink, e);
    columns_free(columns);
    if (rc == RC_USER && e && strcmp(e->key, "sheet.no_title") == 0) {
        struct err was = *e;
        rc = err_at(e, err_user(e, "read.no_name", "%s", was.detail), path, was.sheet, 0, 0);
    }
    if (rc == RC_OK)
        known_ready(k);
    return rc;
}

void known_ready(struct known *k)
{
    if (k->name.n)
        qsort(k->name.p, k->name.n, sizeof *k->name.p, by_hash);
}

enum rc known_new(struct known **out, struct err *e)
{
    struct known *k = mem_calloc(1, sizeof *k);
    if (!k)
        return err_nomem(e);
    k->version = 1;
    *out = k;
    return RC_OK;
}

enum rc known_open(struct known **out, const char *path, const char *kind, const char *dir,
                   struct err *e)
{
    const char *is = kind ? kind_of(str_of(kind)) : NULL;
    if (kind && !is)
        return err_user(e, "read.kind", "%.60s", kind);
    struct known *k = mem_calloc(1, sizeof *k);
    if (!k)
        return err_nomem(e);
    k->kind = is;
    k->version = is ? hash_bytes(str_of(is)) : 1;
    enum rc rc = load(k, path, dir, e);
    if (rc == RC_OK)
        *out = k;
    else
        known_close(k);
    return rc;
}

void known_close(struct known *k)
{
    if (!k)
        return;
    vec_free(&k->entry);
    vec_free(&k->name);
    arena_free(&k->arena);
    mem_free(k);
}

uint32_t known_count(const struct known *k)
{
    return (uint32_t)k->entry.n;
}

struct known_org known_at(const struct known *k, uint32_t i)
{
    return k->entry.p[i].org;
}

uint64_t known_version(const struct known *k)
{
    return k->version;
}

/* ---- finding ---- */

/* One party on its way. */
struct search {
    const struct known *k;
    const struct news_party *party;
    struct buf name, key; /* keys of its full name and of the name looked up */
    struct known_link *out;
};

static bool same_kind(const struct search *s, uint32_t org)
{
    const char *kind = s->k->entry.p[org].org.kind;
    if (!kind || strcmp(kind, s->party->kind) == 0)
        return true;
    bool schools = strcmp(kind, "university") == 0 || strcmp(kind, "college") == 0;
    return schools &&
           (strcmp(s->party->kind, "university") == 0 || strcmp(s->party->kind, "college") == 0);
}

static void choose(struct search *s, uint32_t org, enum known_by by)
{
    struct known_link *l = s->out;
    for (uint32_t i = 0; i < l->n; i++)
        if (l->org[i] == org)
            return;
    if (l->n < KNOWN_CHOICES)
        l->org[l->n++] = org;
    l->by = l->n > 1 ? KNOWN_DOUBT : by;
}

/* Records that have the key in s->key as a name of this sort. */
static void look_up(struct search *s, enum name_sort sort, enum known_by by)
{
    const struct known *k = s->k;
    uint64_t hash = hash_bytes(buf_view(&s->key));
    size_t lo = 0, hi = k->name.n;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (k->name.p[mid].hash < hash)
            lo = mid + 1;
        else
            hi = mid;
    }
    for (; lo < k->name.n && k->name.p[lo].hash == hash; lo++) {
        uint32_t org = k->name.p[lo].org;
        bool fits = k->name.p[lo].sort == sort && (sort == NAME_FULL || same_kind(s, org));
        if (fits && by == KNOWN_ALIAS)
            fits = !s->name.n || one_in_other(buf_view(&s->name), k->entry.p[org].key);
        if (fits)
            choose(s, org, by);
    }
}

static enum rc find_alias(struct search *s, struct err *e)
{
    for (size_t i = 0; i < s->party->alias.n; i++) {
        TRY(key_of(&s->key, s->party->alias.p[i], e));
        if (s->key.n < 2 * 3) /* a single character is no name */
            continue;
        look_up(s, NAME_FULL, KNOWN_ALIAS);
        look_up(s, NAME_OTHER, KNOWN_ALIAS);
    }
    return RC_OK;
}

static enum rc find(struct search *s, struct err *e)
{
    TRY(key_of(&s->name, s->party->name, e));
    if (s->name.n) {
        TRY(buf_str(&s->key, buf_view(&s->name), e));
        look_up(s, NAME_FULL, KNOWN_NAME);
        if (!s->out->n)
            look_up(s, NAME_OTHER, KNOWN_SHORT);
    }
    if (!s->out->n)
        TRY(find_alias(s, e));
    if (s->out->n || !s->name.n)
        return RC_OK;
    /* the same company in another form, or the form left out: somebody must look */
    struct str core = core_of(buf_view(&s->name));
    buf_clear(&s->key);
    TRY(buf_str(&s->key, core, e));
    if (core.n >= 3 * 3) {
        look_up(s, NAME_CORE, KNOWN_DOUBT);
        look_up(s, NAME_FULL, KNOWN_DOUBT);
    }
    return RC_OK;
}

enum rc known_find(const struct known *k, const struct news_party *party, struct known_link *out,
                   struct err *e)
{
    struct search s = {.k = k, .party = party, .out = out};
    *out = (struct known_link){.by = KNOWN_NOT};
    buf_init(&s.name, KEY_MAX);
    buf_init(&s.key, KEY_MAX);
    enum rc rc = find(&s, e);
    buf_free(&s.name);
    buf_free(&s.key);
    return rc;
}
