#include "service/attach.h"

#include "service/site_int.h"
#include "service/special.h"

#define NAME_BYTES 200u
#define LOOKED_AT  4096u

struct str attach_key(struct str value)
{
    return str_sub(value, 0, ATTACH_KEY);
}

struct str attach_name(struct str value)
{
    return str_sub(value, ATTACH_KEY + 1, value.n);
}

/* ---- what it is ---- */

struct mark {
    size_t at;
    struct str bytes;
    const char *type; /* NULL: refused */
};
#define M(at, text, type)                                                                          \
    {                                                                                              \
        at, {text, sizeof text - 1}, type                                                          \
    }
static const struct mark marks[] = {
    M(0, "%PDF-", "application/pdf"),
    M(0, "\x89PNG\r\n\x1A\n", "image/png"),
    M(0, "\xFF\xD8\xFF", "image/jpeg"),
    M(0, "GIF8", "image/gif"),
    M(8, "WEBP", "image/webp"),
    M(0, "II*\0", "image/tiff"),
    M(0, "MM\0*", "image/tiff"),
    M(0, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "application/x-ole-storage"),
    M(0, "7z\xBC\xAF\x27\x1C", "application/x-7z-compressed"),
    M(0, "Rar!\x1A\x07", "application/vnd.rar"),
    M(0, "MZ", NULL),
    M(0,
      "\x7F"
      "ELF",
      NULL),
    M(0, "\xFE\xED\xFA\xCE", NULL),
    M(0, "\xFE\xED\xFA\xCF", NULL),
    M(0, "\xCE\xFA\xED\xFE", NULL),
    M(0, "\xCF\xFA\xED\xFE", NULL),
    M(0, "\xCA\xFE\xBA\xBE", NULL),
    M(0, "#!", NULL),
};

/* What stands in a ZIP, by the names of its first parts. */
static const char *zip_type(struct str head)
{
    static const struct {
        const char *part, *type;
    } known[] = {
        {"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
        {"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
        {"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
        {"OFD.xml", "application/ofd"},
    };
    for (size_t i = 0; i < ARRAY_LEN(known); i++)
        if (str_find(head, str_of(known[i].part), 0) != SIZE_MAX)
            return known[i].type;
    return "application/zip";
}

static bool holds_nocase(struct str s, const char *word)
{
    size_t n = strlen(word);
    for (size_t i = 0; i + n <= s.n; i++) {
        size_t k = 0;
        while (k < n && (s.p[i + k] | 0x20) == word[k])
            k++;
        if (k == n)
            return true;
    }
    return false;
}

/* The last character may be cut. */
static bool is_utf8(struct str s)
{
    for (size_t i = 0; i + 4 < s.n;)
        if (utf8_next(s, &i) == 0xFFFD)
            return false;
    return s.n > 0;
}

const char *attach_type(struct str bytes)
{
    struct str head = str_sub(bytes, 0, LOOKED_AT);
    for (size_t i = 0; i < ARRAY_LEN(marks); i++)
        if (str_starts(str_sub(head, marks[i].at, head.n), marks[i].bytes))
            return marks[i].type;
    if (str_starts(head, STR("PK\x03\x04")))
        return zip_type(head);
    static const char *const pages[] = {"<html", "<!doctype html", "<script", "<svg"};
    for (size_t i = 0; i < ARRAY_LEN(pages); i++)
        if (holds_nocase(head, pages[i]))
            return NULL;
    for (size_t i = 0; i < head.n; i++)
        if ((unsigned char)head.p[i] < ' ' && !strchr("\t\r\n\f", head.p[i]))
            return "application/octet-stream";
    return is_utf8(head) ? "text/plain; charset=utf-8" : "application/octet-stream";
}

/* ---- in ---- */

/* A name that can stand in a value, in a list of values, and on anybody's disk. */
static struct str clean_name(struct str name, struct arena *to)
{
    size_t n = name.n;
    if (n > NAME_BYTES) {
        size_t dot = n;
        for (size_t i = n - 1; i > n - 12 && i > 0; i--)
            if (name.p[i] == '.')
                dot = i;
        struct str end = str_sub(name, dot, n);
        n = NAME_BYTES - end.n;
        while (n && ((unsigned char)name.p[n] & 0xC0) == 0x80)
            n--;
        char *p = arena_alloc(to, NAME_BYTES + 1);
        if (!p)
            return (struct str){0};
        memcpy(p, name.p, n);
        memcpy(p + n, end.p, end.n);
        name = (struct str){p, n + end.n};
    }
    struct str out = arena_str(to, name.n ? name : STR("file"));
    for (size_t i = 0; out.p && i < out.n; i++) {
        char *c = (char *)(uintptr_t)out.p + i;
        if ((unsigned char)*c < ' ' || strchr("/\\;:*?\"<>|\x7F", *c))
            *c = '_';
        else if (str_starts(str_sub(out, i, out.n), STR("；")))
            memcpy(c, "___", 3);
    }
    return out;
}

enum rc attach_put(struct site *s, const struct actor *a, struct str name, struct str bytes,
                   struct arena *to, struct str *value, struct err *e)
{
    char text[ATTACH_KEY + 1 + NAME_BYTES + 1];
    char key[ATTACH_KEY + 1];
    struct str called = clean_name(name, to);
    if (!called.p)
        return err_nomem(e);
    if (!bytes.n)
        return err_user(e, "attach.empty", "%.*s", (int)called.n, called.p);
    if (!attach_type(bytes))
        return err_user(e, "attach.program", "%.*s", (int)called.n, called.p);
    TRY(file_keep(s, a, called, bytes, key, e));
    memcpy(text, key, ATTACH_KEY);
    text[ATTACH_KEY] = ':';
    memcpy(text + ATTACH_KEY + 1, called.p, called.n);
    *value = arena_str(to, (struct str){text, ATTACH_KEY + 1 + called.n});
    return value->p ? RC_OK : err_nomem(e);
}

/* ---- which a record holds ---- */

static const struct val *files_of(const struct rec *r, uint32_t f, uint32_t *n)
{
    const struct val *v = &r->val[f];
    *n = 0;
    if (r->kind->field[f].type != TYPE_FILE || !v->set)
        return NULL;
    *n = r->kind->field[f].list ? v->list.n : 1;
    return r->kind->field[f].list ? v->list.item : v;
}

static bool holds_value(const struct rec *r, uint32_t f, struct str value)
{
    uint32_t n;
    const struct val *v = files_of(r, f, &n);
    for (uint32_t i = 0; i < n; i++)
        if (str_eq(v[i].text, value))
            return true;
    return false;
}

/* Its value with this key; "" where it holds none. */
static struct str find_key(const struct rec *r, struct str key)
{
    for (uint32_t f = 0; f < r->kind->n_fields; f++) {
        uint32_t n;
        const struct val *v = files_of(r, f, &n);
        for (uint32_t i = 0; i < n; i++)
            if (str_eq(attach_key(v[i].text), key))
                return v[i].text;
    }
    return STR("");
}

enum rc attach_check(struct saving *x, struct err *e)
{
    for (uint32_t f = 0; f < x->r->kind->n_fields; f++) {
        uint32_t n;
        const struct val *v = files_of(x->r, f, &n);
        for (uint32_t i = 0; i < n; i++) {
            bool held = x->before && holds_value(x->before, f, v[i].text);
            if (!held)
                TRY(file_held(x->tx, x->a, attach_key(v[i].text), x->to, &held, e));
            if (!held)
                TRY(fault_add(x->faults, f, x->r->kind->field[f].list ? i : UINT32_MAX, UINT32_MAX,
                              "field.file_unknown", attach_name(v[i].text), e));
        }
    }
    return RC_OK;
}

/* ---- out ---- */

struct getting {
    const struct actor *a;
    const struct kind *k;
    int64_t id;
    struct str key;
    struct arena *to;
    struct attachment *out;
};

/* In what it was before, for who sees its history. */
static enum rc find_past(struct getting *x, struct tx *tx, struct str *value, struct err *e)
{
    vec_entry entries = {0};
    enum rc rc = store_history(tx, x->id, x->to, &entries, e);
    for (size_t i = entries.n; rc == RC_OK && !value->n && i-- > 0;) {
        struct rec r;
        if (!entries.p[i].body.n)
            continue;
        rc = rec_new(&r, x->k, x->to, e);
        if (rc == RC_OK)
            rc = rec_parse(&r, entries.p[i].body, x->to, e);
        if (rc == RC_OK)
            *value = find_key(&r, x->key);
    }
    vec_free(&entries);
    return rc;
}

static enum rc get(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct getting *x = ctx;
    struct viewed v;
    struct str value, name;
    bool found = false;
    (void)s;
    TRY(view_get(tx, x->a, x->k, x->id, x->to, &v, e));
    if (!v.found)
        return view_missing(e);
    value = find_key(&v.rec, x->key);
    if (!value.n && v.face == FACE_FULL)
        TRY(find_past(x, tx, &value, e));
    if (value.n)
        TRY(blob_get(tx, x->key, x->to, &name, &x->out->bytes, &found, e));
    if (!found)
        return view_missing(e);
    x->out->name = attach_name(value);
    x->out->type = attach_type(x->out->bytes);
    if (!x->out->type)
        x->out->type = "application/octet-stream";
    return RC_OK;
}

enum rc attach_get(struct site *s, const struct actor *a, const struct kind *k, int64_t id,
                   struct str key, struct arena *to, struct attachment *out, struct err *e)
{
    struct getting x = {a, k, id, key, to, out};
    *out = (struct attachment){0};
    return key.n == ATTACH_KEY ? site_read(s, get, &x, e) : view_missing(e);
}
