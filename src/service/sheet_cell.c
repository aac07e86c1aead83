/* Values as the cells of a file, and codes out of them. */
#include "service/attach.h"
#include "service/sheets_int.h"
#include "service/special.h"
#include "sheet/header.h"

/* ---- codes ---- */

/* Codes of letters are words of ours ("university"); people know those with capitals and digits. */
static bool is_known_code(struct str code)
{
    for (size_t i = 0; i < code.n; i++)
        if ((code.p[i] >= '0' && code.p[i] <= '9') || (code.p[i] >= 'A' && code.p[i] <= 'Z'))
            return true;
    return false;
}

enum rc cell_code(struct buf *to, const struct codes *table, const struct code *code, bool zh,
                  struct err *e)
{
    uint32_t n = 0;
    struct str label = label_text(&code->label, zh);
    code_by_label(table, label, &n);
    if (n == 1 && !is_known_code(code->code))
        return buf_str(to, label, e);
    TRY(buf_str(to, code->code, e));
    size_t at = code->code.n;
    if (str_starts(label, code->code) && at < label.n && label.p[at] == ' ')
        return buf_str(to, str_sub(label, at, label.n), e); /* "6 级 …" */
    return label.n ? buf_printf(to, e, " %.*s", (int)label.n, label.p) : RC_OK;
}

bool has_lines(struct str text)
{
    return text.n && memchr(text.p, '\n', text.n);
}

/* Bytes of the separator that stands at i, 0: none. */
static size_t separator(struct str s, size_t i, bool lines, bool comma)
{
    struct str rest = str_sub(s, i, s.n);
    if (rest.p[0] == '\n')
        return 1;
    if (lines)
        return 0;
    if (rest.p[0] == ';' || (comma && rest.p[0] == ','))
        return 1;
    if (str_starts(rest, STR("；")))
        return 3;
    return comma && (str_starts(rest, STR("、")) || str_starts(rest, STR("，"))) ? 3 : 0;
}

bool next_item(struct str *rest, struct str *item, bool lines, bool comma)
{
    while (rest->n) {
        size_t i = 0, n = 0;
        while (i < rest->n && (n = separator(*rest, i, lines, comma)) == 0)
            i++;
        *item = text_trim(str_sub(*rest, 0, i));
        *rest = str_sub(*rest, i + n, rest->n);
        if (item->n)
            return true;
    }
    return false;
}

/* ---- words ---- */

static const char *const secrecy_names[] = {"open", "masked", "private"};
static const struct label secrecy_labels[] = {
    {{"公开", 6}, {"Open", 4}}, {{"脱敏", 6}, {"Masked", 6}}, {{"保密", 6}, {"Private", 7}}};

const char *secrecy_name(enum secrecy s)
{
    return secrecy_names[s];
}

struct label secrecy_label(enum secrecy s)
{
    return secrecy_labels[s];
}

static bool is_word(struct str text, struct str name, const struct label *l)
{
    char a[NORMAL_MAX], b[NORMAL_MAX];
    struct str want = header_whole(a, text);
    return want.n && (str_eq(want, header_whole(b, name)) || str_eq(want, header_whole(b, l->zh)) ||
                      str_eq(want, header_whole(b, l->en)));
}

bool secrecy_read(struct str text, enum secrecy *out)
{
    for (size_t i = 0; i < ARRAY_LEN(secrecy_names); i++)
        if (is_word(text, str_of(secrecy_names[i]), &secrecy_labels[i])) {
            *out = (enum secrecy)i;
            return true;
        }
    return false;
}

uint32_t state_read(const struct kind *k, struct str text)
{
    for (uint32_t i = 0; i < k->n_states; i++)
        if (is_word(text, k->state[i].name, &k->state[i].label))
            return i;
    return NO_STATE;
}

/* ---- values ---- */

static enum rc ref_text(struct buf *to, int64_t id, const struct writing *w, struct err *e)
{
    struct str title = STR("");
    if (w->raw)
        return buf_printf(to, e, "%lld", (long long)id);
    if (w->title)
        TRY(w->title(w->ctx, id, &title, e));
    TRY(buf_str(to, title, e));
    if (id >= REF_PENDING)
        return RC_OK; /* a row of the same file: it has no number yet */
    return buf_printf(to, e, title.n ? " #%lld" : "#%lld", (long long)id);
}

static enum rc one_text(struct buf *to, const struct field_def *f, const struct val *v,
                        const struct writing *w, struct err *e)
{
    if (f->type == TYPE_REF)
        return ref_text(to, v->num, w, e);
    const struct code *c = code_find(f->codes, v->text);
    return c && !w->raw ? cell_code(to, f->codes, c, w->zh, e) : buf_str(to, v->text, e);
}

/* Does a text give the value again? */
static enum rc gives(bool *out, const struct field_def *f, struct str text, const struct val *v,
                     struct err *e)
{
    struct arena a = {0};
    vec_fault faults = {0};
    struct val again = {0};
    enum rc rc = val_parse(&again, f, 0, text, &a, &faults, e);
    *out = rc == RC_OK && faults.n == 0 && val_eq(f, &again, v);
    vec_free(&faults);
    arena_free(&a);
    return rc;
}

static struct str bool_word(bool yes, bool zh)
{
    return yes ? zh ? STR("是") : STR("yes") : zh ? STR("否") : STR("no");
}

/* A bar or a backslash in a part of a group has a backslash in front. */
static enum rc escaped(struct buf *to, struct str s, struct err *e)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '|' || s.p[i] == '\\')
            TRY(buf_char(to, '\\', e));
        TRY(buf_char(to, s.p[i], e));
    }
    return RC_OK;
}

static enum rc part_text(struct buf *to, const struct field_def *f, const struct val *v,
                         const struct writing *w, struct err *e)
{
    const struct code *c = f->type == TYPE_CODE ? code_find(f->codes, v->text) : NULL;
    if (c)
        return cell_code(to, f->codes, c, w->zh, e);
    if (f->type == TYPE_BOOL)
        return buf_str(to, bool_word(v->num, w->zh), e);
    if (f->type == TYPE_TEXT)
        return escaped(to, v->text, e);
    return val_text(to, f, v, w->zh, true, e);
}

/* One item of a list: "噪声|≤|65||dB", with ≤ instead of le. */
static enum rc item_text(struct buf *to, const struct field_def *f, const struct val *v,
                         const struct writing *w, struct err *e)
{
    uint32_t last = 0;
    if (f->type != TYPE_GROUP)
        return val_text(to, f, v, w->zh, true, e);
    for (uint32_t s = 0; s < v->list.n; s++)
        if (v->list.item[s].set)
            last = s;
    for (uint32_t s = 0; s <= last && s < f->n_sub; s++) {
        if (s)
            TRY(buf_char(to, '|', e));
        if (v->list.item[s].set)
            TRY(part_text(to, &f->sub[s], &v->list.item[s], w, e));
    }
    return RC_OK;
}

/* Items parted by ；, where that can be read again; else as val_text has them. */
static enum rc items_text(struct buf *to, const struct field_def *f, const struct val *v,
                          const struct writing *w, struct err *e)
{
    size_t from = to->n;
    bool same = false;
    struct field_def one = *f;
    one.list = false;
    for (uint32_t i = 0; !w->raw && i < (f->list ? v->list.n : 1); i++) {
        if (i)
            TRY(buf_str(to, STR("；"), e));
        TRY(item_text(to, &one, f->list ? &v->list.item[i] : v, w, e));
    }
    if (!w->raw)
        TRY(gives(&same, f, str_sub(buf_view(to), from, to->n), v, e));
    if (same)
        return RC_OK;
    to->n = from;
    return val_text(to, f, v, w->zh, true, e);
}

/* Uploaded, never read out of a cell: what they are called is enough. */
static enum rc file_names(struct buf *to, const struct field_def *f, const struct val *v,
                          struct err *e)
{
    for (uint32_t i = 0; i < (f->list ? v->list.n : 1); i++) {
        if (i)
            TRY(buf_str(to, STR("；"), e));
        TRY(buf_str(to, attach_name(f->list ? v->list.item[i].text : v->text), e));
    }
    return RC_OK;
}

static enum rc value_text(struct buf *to, const struct field_def *f, const struct val *v,
                          const struct writing *w, struct err *e)
{
    if (!v->set)
        return RC_OK;
    if (f->type == TYPE_FILE && !w->raw)
        return file_names(to, f, v, e);
    if (f->type == TYPE_GROUP || (f->list && f->type != TYPE_CODE && f->type != TYPE_REF))
        return items_text(to, f, v, w, e);
    if (f->type == TYPE_BOOL && !w->raw)
        return buf_str(to, bool_word(v->num, w->zh), e);
    if (f->type != TYPE_CODE && f->type != TYPE_REF)
        return val_text(to, f, v, w->zh, true, e);
    if (!f->list)
        return one_text(to, f, v, w, e);
    for (uint32_t i = 0; i < v->list.n; i++) {
        if (i)
            TRY(buf_str(to, STR("；"), e));
        TRY(one_text(to, f, &v->list.item[i], w, e));
    }
    return RC_OK;
}

static enum rc time_text(struct buf *to, int64_t seconds, struct err *e)
{
    static const struct field_def time = {.type = TYPE_TIME};
    struct val v = {.set = seconds != 0, .num = seconds};
    return v.set ? val_text(to, &time, &v, true, true, e) : RC_OK;
}

static enum rc attr_text(struct buf *to, const struct rec *r, enum attr a, const struct writing *w,
                         struct err *e)
{
    struct label l;
    switch (a) {
    case ATTR_ID:
        return r->id ? buf_printf(to, e, "%lld", (long long)r->id) : RC_OK;
    case ATTR_OWNER:
        return r->org ? ref_text(to, r->org, w, e) : RC_OK;
    case ATTR_STATE:
        if (r->state == NO_STATE)
            return RC_OK;
        return buf_str(to,
                       w->raw ? r->kind->state[r->state].name
                              : label_text(&r->kind->state[r->state].label, w->zh),
                       e);
    case ATTR_SECRECY:
        l = secrecy_label(r->secrecy);
        return buf_str(to, w->raw ? str_of(secrecy_name(r->secrecy)) : label_text(&l, w->zh), e);
    case ATTR_CREATED:
        return time_text(to, r->created, e);
    case ATTR_UPDATED:
        return time_text(to, r->updated, e);
    case ATTR_SINCE:
        return time_text(to, r->since, e);
    default:
        return RC_OK;
    }
}

enum rc cell_text(struct buf *to, const struct rec *r, struct col c, const struct writing *w,
                  struct err *e)
{
    if (c.what == COL_ATTR)
        return attr_text(to, r, c.attr, w, e);
    return value_text(to, col_def(r->kind, c), col_val(r, c), w, e);
}
