/* Typed text into values. */
#include "record/val_number.h"
#include "record/value.h"

#include <stdarg.h>
#include <stdio.h>

enum rc fault_put(struct fault_place *p, struct err *e, const char *key, const char *fmt, ...)
{
    char text[400];
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    size_t cut = n < 0 ? 0 : MIN((size_t)n, sizeof text - 1);
    /* not within a character */
    while (cut && cut < (size_t)n && ((unsigned char)text[cut] & 0xC0) == 0x80)
        cut--;
    struct str detail = arena_str(p->arena, (struct str){text, cut});
    if (!detail.p)
        return err_nomem(e);
    struct fault_at f = {p->field, p->item, p->sub, p->masked, key, detail};
    return vec_push(p->faults, f, e);
}

#define SHOWN(s) (int)MIN((s).n, 120u), (s).p

/* Trimmed and cleaned, in the arena; .p NULL: out of memory. *bad: no UTF-8. */
static struct str keep(struct str s, bool lines, struct arena *a, bool *bad)
{
    struct str copy = arena_str(a, s);
    if (!copy.p)
        return copy;
    size_t n = text_clean((char *)copy.p, copy.n, lines);
    *bad = n == SIZE_MAX;
    return (struct str){copy.p, *bad ? 0 : n};
}

static enum rc parse_bool(struct val *out, struct str s, struct fault_place *p, struct err *e)
{
    static const char *const yes[] = {"是", "有",   "对",  "真", "√",  "✓",
                                      "1",  "true", "yes", "y",  "on", NULL};
    static const char *const no[] = {"否", "无",    "没有", "不是", "错",  "假", "×",
                                     "0",  "false", "no",   "n",    "off", NULL};
    char to[ASCII_MAX];
    struct str t = ascii_fold(to, s);
    for (size_t i = 0; yes[i]; i++)
        if (str_eq(t, str_of(yes[i]))) {
            *out = (struct val){.set = true, .num = 1};
            return RC_OK;
        }
    for (size_t i = 0; no[i]; i++)
        if (str_eq(t, str_of(no[i]))) {
            *out = (struct val){.set = true, .num = 0};
            return RC_OK;
        }
    return fault_put(p, e, "field.bool", "%.*s", SHOWN(s));
}

/* By code, by label, both as an export has them ("C32 有色金属…"), or with wider ones in front. */
static const struct code *find_code(const struct codes *c, struct str s, uint32_t *n)
{
    const struct code *at = code_find(c, s);
    *n = 1;
    if (at || (at = code_by_label(c, s, n)))
        return at;
    size_t cut = str_find(s, STR(" "), 0);
    at = cut == SIZE_MAX ? NULL : code_find(c, str_sub(s, 0, cut));
    uint32_t ignored;
    const struct code *named = at ? code_by_label(c, str_sub(s, cut, s.n), &ignored) : NULL;
    *n = 1;
    if (named && str_eq(named->label.zh, at->label.zh))
        return at;
    return at ? NULL : code_by_path(c, s, n);
}

static enum rc parse_code(struct val *out, struct str s, struct fault_place *p, struct err *e)
{
    uint32_t n = 0;
    const struct code *c = find_code(p->f->codes, s, &n);
    if (!c)
        return fault_put(p, e, "field.code", "%.*s\t%.*s", SHOWN(s), SHOWN(p->f->codes->label.zh));
    if (n > 1)
        return fault_put(p, e, "field.code_several", "%.*s\t%u", SHOWN(s), n);
    *out = (struct val){.set = true, .text = c->code};
    return RC_OK;
}

static enum rc parse_format(struct val *out, struct str s, struct fault_place *p, struct err *e)
{
    char to[20];
    bool bad = false, ok = false;
    struct str text = keep(s, false, p->arena, &bad);
    if (!text.p)
        return err_nomem(e);
    const char *key = "field.file";
    switch (p->f->type) {
    case TYPE_CREDIT:
        key = "field.credit";
        ok = credit_read(to, text);
        if (ok)
            text = arena_str(p->arena, (struct str){to, 18});
        break;
    case TYPE_ORCID:
        key = "field.orcid";
        ok = orcid_read(to, text);
        if (ok)
            text = arena_str(p->arena, (struct str){to, 19});
        break;
    case TYPE_EMAIL:
        key = "field.email";
        text.n = text_narrow((char *)text.p, text.n);
        ok = email_ok(text);
        break;
    case TYPE_PHONE:
        key = "field.phone";
        text.n = text_narrow((char *)text.p, text.n);
        ok = phone_ok(text);
        break;
    case TYPE_URL:
        key = "field.url";
        ok = url_ok(text);
        break;
    default:
        ok = file_ok(text);
    }
    if (!ok)
        return fault_put(p, e, key, "%.*s", SHOWN(s));
    if (!text.p)
        return err_nomem(e);
    *out = (struct val){.set = true, .text = text};
    return RC_OK;
}

static enum rc parse_text(struct val *out, struct str s, struct fault_place *p, struct err *e)
{
    bool bad;
    struct str text = keep(s, p->f->type == TYPE_LONG, p->arena, &bad);
    if (!text.p)
        return err_nomem(e);
    if (bad)
        return fault_put(p, e, "field.utf8", "%s", "");
    *out = (struct val){.set = text.n > 0, .text = text};
    return RC_OK;
}

static enum rc parse_int(struct val *out, struct str s, struct fault_place *p, struct err *e)
{
    char to[ASCII_MAX];
    struct str t = ascii_fold(to, s);
    struct dec d;
    int trl;
    out->set = dec_eat(&d, &t) && !t.n && dec_int(&d, 0, &out->num);
    if (!out->set && p->f->max <= 9 && t.n && to[0] != '-' &&
        value_trl(s, &trl)) /* "TRL 6", "六级" */
        *out = (struct val){.set = true, .num = trl};
    if (!out->set && p->f->min > -100 && p->f->max < 100) /* a grade: 12 would be no advice */
        return fault_put(p, e, "field.int_of", "%.*s\t%d～%d", SHOWN(s), (int)p->f->min,
                         (int)p->f->max);
    return out->set ? RC_OK : fault_put(p, e, "field.int", "%.*s", SHOWN(s));
}

static enum rc parse_decimal(struct val *out, struct str s, struct fault_place *p, struct err *e)
{
    char to[ASCII_MAX];
    struct str t = ascii_fold(to, s);
    struct dec d;
    out->set = dec_eat(&d, &t) && !t.n && dec_real(&d, &out->real);
    return out->set ? RC_OK : fault_put(p, e, "field.decimal", "%.*s", SHOWN(s));
}

static enum rc parse_ref(struct val *out, struct str s, struct fault_place *p, struct err *e)
{
    char to[ASCII_MAX];
    struct str t = ascii_fold(to, s);
    int64_t id = 0;
    size_t i = t.n && t.p[0] == '#', from = i;
    for (; i < t.n && t.p[i] >= '0' && t.p[i] <= '9' && id <= NUMBER_LIMIT / 10; i++)
        id = id * 10 + (t.p[i] - '0');
    if (i == from || i != t.n || id < 1 || id > NUMBER_LIMIT)
        return fault_put(p, e, "field.ref", "%.*s", SHOWN(s));
    *out = (struct val){.set = true, .num = id};
    return RC_OK;
}

static enum rc parse_when(struct val *out, struct str s, struct fault_place *p, struct err *e)
{
    bool day;
    if (p->f->type == TYPE_TIME) {
        out->set = time_read(s, &out->num, &day);
        return out->set ? RC_OK : fault_put(p, e, "field.time", "%.*s", SHOWN(s));
    }
    enum date_rc rc = day_read(s, &out->num);
    out->set = rc == DATE_OK;
    return out->set ? RC_OK
                    : fault_put(p, e, rc == DATE_NO_DAY ? "field.date_day" : "field.date", "%.*s",
                                SHOWN(s));
}

static enum rc parse_money(struct val *out, struct str s, struct fault_place *p, struct err *e)
{
    bool range;
    out->set = money_read(s, &out->num, &range);
    return out->set
               ? RC_OK
               : fault_put(p, e, range ? "field.money_range" : "field.money", "%.*s", SHOWN(s));
}

static bool is_bar(struct str s, size_t i, size_t *n)
{
    *n = s.p[i] == '|' ? 1 : 3;
    return s.p[i] == '|' || (s.n - i >= 3 && memcmp(s.p + i, "\xEF\xBD\x9C", 3) == 0);
}

/* The text up to the next bar with its backslashes taken away, into `to`; *at moves past the bar.
 * *more: there was a bar. */
static struct str next_part(char *to, struct str s, size_t *at, bool *more)
{
    size_t n = 0, k;
    *more = false;
    for (size_t i = *at; i < s.n; i++) {
        if (is_bar(s, i, &k)) {
            *more = true;
            *at = i + k;
            return (struct str){to, n};
        }
        if (s.p[i] == '\\' && i + 1 < s.n && (s.p[i + 1] == '\\' || is_bar(s, i + 1, &k)))
            i++;
        to[n++] = s.p[i];
    }
    *at = s.n;
    return (struct str){to, n};
}

static enum rc parse_group(struct val *out, struct str s, struct fault_place *p, struct err *e)
{
    const struct field_def *f = p->f;
    struct val *v = arena_calloc(p->arena, f->n_sub, sizeof *v);
    char *to = arena_alloc(p->arena, s.n + 1);
    if (!v || !to)
        return err_nomem(e);
    size_t at = 0;
    uint32_t i = 0;
    bool more = true;
    for (; more; i++) {
        struct str part = next_part(to, s, &at, &more);
        struct fault_place sub = *p;
        if (i >= f->n_sub) {
            if (!str_trim(part).n)
                continue;
            out->set = false;
            return fault_put(p, e, "field.parts", "%u", f->n_sub);
        }
        sub.f = &f->sub[i];
        sub.sub = i;
        TRY(val_parse_one(&v[i], part, &sub, e));
        out->set |= v[i].set;
    }
    out->list.item = v;
    out->list.n = f->n_sub;
    return RC_OK;
}

enum rc val_parse_one(struct val *out, struct str text, struct fault_place *p, struct err *e)
{
    *out = (struct val){0};
    text = str_trim(text);
    if (!text.n)
        return RC_OK;
    switch (p->f->type) {
    case TYPE_TEXT:
    case TYPE_LONG:
        return parse_text(out, text, p, e);
    case TYPE_INT:
        return parse_int(out, text, p, e);
    case TYPE_DECIMAL:
        return parse_decimal(out, text, p, e);
    case TYPE_MONEY:
        return parse_money(out, text, p, e);
    case TYPE_DATE:
    case TYPE_TIME:
        return parse_when(out, text, p, e);
    case TYPE_BOOL:
        return parse_bool(out, text, p, e);
    case TYPE_CODE:
        return parse_code(out, text, p, e);
    case TYPE_REF:
        return parse_ref(out, text, p, e);
    case TYPE_GROUP:
        return parse_group(out, text, p, e);
    default:
        return parse_format(out, text, p, e);
    }
}

/* Length of the separator at s.p[i], 0: none. */
static size_t separator(struct str s, size_t i, bool lines, bool commas)
{
    static const char *const marks[] = {"；", "、", "，"};
    char c = s.p[i];
    if (c == '\n' || c == '\r')
        return 1;
    if ((c == ';' && !lines) || (c == ',' && commas))
        return 1;
    for (size_t k = lines ? 1 : 0; k < (commas ? 3 : 1); k++)
        if (s.n - i >= 3 && memcmp(s.p + i, marks[k], 3) == 0)
            return 3;
    return 0;
}

static size_t part_end(struct str s, size_t from, bool lines, bool commas, size_t *gap)
{
    size_t i = from;
    for (*gap = 0; i < s.n && !(*gap = separator(s, i, lines, commas)); i++)
        ;
    return i;
}

/* Labels may have the separator in them (电力、热力生产和供应业): the longest run of parts that is
 * a code or a label is one. */
static size_t code_end(const struct codes *c, struct str s, size_t from, size_t *gap)
{
    size_t end = part_end(s, from, false, true, gap), best = end, best_gap = *gap, g = *gap;
    for (int more = 0; more < 8 && end < s.n && s.p[end] != '\n' && s.p[end] != ';'; more++) {
        uint32_t n;
        end = part_end(s, end + g, false, true, &g);
        if (find_code(c, str_trim(str_sub(s, from, end)), &n)) {
            best = end;
            best_gap = g;
        }
    }
    *gap = best_gap;
    return best;
}

/* Room for one more, growing in the arena. */
static struct val *list_room(struct val *out, uint32_t *cap, struct arena *a)
{
    if (out->list.n < *cap)
        return &out->list.item[out->list.n];
    uint32_t more = *cap ? *cap * 2 : 4;
    struct val *v = arena_calloc(a, more, sizeof *v);
    if (!v)
        return NULL;
    if (out->list.n)
        memcpy(v, out->list.item, out->list.n * sizeof *v);
    out->list.item = v;
    *cap = more;
    return &v[out->list.n];
}

static enum rc parse_list(struct val *out, struct str s, struct fault_place *p, struct err *e)
{
    const struct field_def *f = p->f;
    bool commas = f->type == TYPE_CODE || f->type == TYPE_REF;
    bool lines = !commas && (str_find(s, STR("\n"), 0) != SIZE_MAX);
    uint32_t cap = 0, item = 0;
    size_t gap = 0;
    *out = (struct val){.list = {NULL, 0}};
    for (size_t at = 0, end; at < s.n; at = end + gap) {
        end = f->type == TYPE_CODE ? code_end(f->codes, s, at, &gap)
                                   : part_end(s, at, lines, commas, &gap);
        struct str part = str_trim(str_sub(s, at, end));
        if (!part.n)
            continue;
        if (item == LIST_MAX) {
            p->item = UINT32_MAX;
            return fault_put(p, e, "field.too_many", "%d", LIST_MAX);
        }
        p->item = item++;
        struct val *v = list_room(out, &cap, p->arena);
        if (!v)
            return err_nomem(e);
        TRY(val_parse_one(v, part, p, e));
        out->list.n += v->set;
    }
    out->set = out->list.n > 0;
    return RC_OK;
}

enum rc val_parse(struct val *out, const struct field_def *f, uint32_t field, struct str text,
                  struct arena *a, vec_fault *faults, struct err *e)
{
    struct fault_place p = {f, field, UINT32_MAX, UINT32_MAX, false, a, faults};
    return f->list ? parse_list(out, text, &p, e) : val_parse_one(out, text, &p, e);
}
