/* Words and values in filters. */
#include "record/filter_int.h"

enum rc filter_expected(struct parser *p, const char *what)
{
    size_t n, from = p->s.at;
    while (p->s.at < p->s.text.n && !scan_ends_word(scan_peek(&p->s, &n)))
        p->s.at += n;
    if (p->s.at == from && from < p->s.text.n) {
        (void)scan_peek(&p->s, &n);
        p->s.at += n;
    }
    if (from == p->s.text.n)
        return filter_refuse(&p->s, from, "filter.more", str_of(what), STR(""), p->e);
    return filter_refuse(&p->s, from, "filter.expected", str_sub(p->s.text, from, p->s.at),
                         str_of(what), p->e);
}

/* The word that stands next, without taking it. */
static struct str next_word(struct parser *p)
{
    size_t n;
    scan_blanks(&p->s);
    struct scan s = p->s;
    while (!scan_ends_word(scan_peek(&s, &n)))
        s.at += n;
    return str_sub(s.text, p->s.at, s.at);
}

static bool is_word(struct str w, const char *lower, const char *han)
{
    size_t n = strlen(lower);
    bool same = w.n == n;
    for (size_t i = 0; same && i < n; i++)
        same = (w.p[i] >= 'A' && w.p[i] <= 'Z' ? w.p[i] + 32 : w.p[i]) == lower[i];
    return same || str_eq(w, str_of(han));
}

bool eat_word(struct parser *p, const char *lower, const char *han)
{
    struct str w = next_word(p);
    if (!is_word(w, lower, han))
        return false;
    p->s.at += w.n;
    return true;
}

bool eat_char(struct parser *p, uint32_t c)
{
    size_t n;
    scan_blanks(&p->s);
    if (scan_peek(&p->s, &n) != c)
        return false;
    p->s.at += n;
    return true;
}

enum rc filter_bad_value(struct parser *p, size_t at, struct str word, const struct path *path)
{
    struct label l = path_label(path);
    return filter_refuse(&p->s, at, "filter.value", word, label_text(&l, p->c->zh), p->e);
}

/* state, secrecy and kind by name or label. */
static bool attr_value(const struct parser *p, const struct path_step *s, struct str text,
                       struct val *out)
{
    const struct kind *k = s->kind;
    bool found = false;
    out->num = 0;
    if (s->attr == ATTR_STATE) {
        uint32_t at = state_find(k, text);
        for (uint32_t i = 0; i < k->n_states && at == UINT32_MAX; i++)
            if (label_is(&k->state[i].label, text))
                at = i;
        found = at != UINT32_MAX;
        out->num = at;
    } else if (s->attr == ATTR_SECRECY) {
        for (int i = 0; i < 3 && !found; i++) {
            found = str_eq(str_of(secrecy_names[i]), text) || label_is(&secrecy_labels[i], text);
            out->num = i;
        }
    } else {
        const struct kind *at = kind_find(p->c->kinds, text);
        for (uint32_t i = 0; i < kinds_count(p->c->kinds) && !at; i++)
            if (label_is(&kinds_at(p->c->kinds, i)->label, text))
                at = kinds_at(p->c->kinds, i);
        found = at != NULL;
        if (at)
            out->text = at->name;
    }
    return found;
}

static int64_t add_months(int64_t days, int64_t months)
{
    int y, m, d;
    days_to(days, &y, &m, &d);
    int64_t all = (int64_t)y * 12 + m - 1 + months;
    if (all < 12 || all > 9999 * 12 + 11)
        return all < 12 ? DAYS_MIN : DAYS_MAX;
    int to_y = (int)(all / 12), to_m = (int)(all % 12) + 1;
    int64_t first = days_of(to_y, to_m, 1);
    int64_t next = to_m == 12 ? days_of(to_y + 1, 1, 1) : days_of(to_y, to_m + 1, 1);
    return MIN(first + d, next) - 1; /* the 31st becomes the last of a shorter month */
}

int64_t days_shift(int64_t days, int64_t months, int64_t more)
{
    return (months ? add_months(days, months) : days) + more;
}

/* What may stand behind today: +30d, - 6 m. false where it is no such thing. */
static bool shift_day(struct str rest, int64_t *days, struct day_from *from)
{
    *from = (struct day_from){.floats = true};
    rest = str_trim(rest);
    if (!rest.n)
        return true;
    bool minus = rest.p[0] == '-';
    if (!minus && rest.p[0] != '+')
        return false;
    rest = str_trim(str_sub(rest, 1, rest.n));
    int64_t n = 0;
    size_t i = 0;
    for (; i < rest.n && i < 7 && rest.p[i] >= '0' && rest.p[i] <= '9'; i++)
        n = n * 10 + (rest.p[i] - '0');
    struct str unit = str_trim(str_sub(rest, i, rest.n));
    if (!i)
        return false;
    n = minus ? -n : n;
    if (is_word(unit, "d", "天"))
        from->days = n;
    else if (is_word(unit, "m", "月") || str_eq(unit, STR("个月")))
        from->months = n;
    else if (is_word(unit, "y", "年"))
        from->months = n * 12;
    else
        return false;
    *days = days_shift(*days, from->months, from->days);
    return *days >= DAYS_MIN && *days <= DAYS_MAX;
}

static bool today_value(struct parser *p, struct str word, int64_t *days, struct day_from *from)
{
    static const char *const words[] = {"today", "今天"};
    *days = p->c->today;
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (str_starts(word, str_of(words[i])))
            return shift_day(str_sub(word, strlen(words[i]), word.n), days, from);
    return false;
}

enum rc read_typed(struct parser *p, const struct path *path, size_t at, struct str text, bool word,
                   struct typed *out)
{
    enum type type = path_type(path);
    const struct field_def *f = path_field(path);
    int64_t days;
    *out = (struct typed){.val = {.set = true}};
    if (!f && type == TYPE_CODE)
        return attr_value(p, &path->step[path->n - 1], str_trim(text), &out->val)
                   ? RC_OK
                   : filter_bad_value(p, at, text, path);
    if (type == TYPE_REF && word && (str_eq(text, STR("@me")) || str_eq(text, STR("@org")))) {
        out->val.num = str_eq(text, STR("@me")) ? p->c->me : p->c->org;
        return RC_OK;
    }
    if (type == TYPE_REF &&
        str_eq(text, STR("0"))) /* nobody: as @me is printed where there is none */
        return RC_OK;
    if ((type == TYPE_DATE || type == TYPE_TIME) && word &&
        today_value(p, text, &days, &out->from)) {
        out->day = type == TYPE_TIME;
        out->from.floats = p->c->floating;
        out->val.num = type == TYPE_TIME ? days * 86400 - CHINA_SECONDS : days;
        return RC_OK;
    }
    if (type == TYPE_TIME)
        return time_read(text, &out->val.num, &out->day) ? RC_OK
                                                         : filter_bad_value(p, at, text, path);
    const struct field_def ref = {.name = STR("id"), .type = TYPE_REF};
    vec_fault faults = {0};
    struct fault_place place = {f ? f : &ref, 0, UINT32_MAX, UINT32_MAX, false, p->arena, &faults};
    enum rc rc = val_parse_one(&out->val, text, &place, p->e);
    if (rc == RC_OK && (faults.n || !out->val.set))
        rc = filter_bad_value(p, at, text, path);
    vec_free(&faults);
    return rc;
}

enum rc scan_value(struct parser *p, size_t *at, struct str *text, bool *word)
{
    size_t n;
    scan_blanks(&p->s);
    *at = p->s.at;
    uint32_t c = scan_peek(&p->s, &n);
    *word = c != '"' && c != 0x201C;
    if (!*word)
        return scan_quoted(&p->s, text, p->arena, p->e);
    struct str w = next_word(p);
    if (!w.n)
        return filter_expected(p, p->c->zh ? "值" : "a value");
    p->s.at += w.n;
    if (str_starts(w, STR("today")) || str_starts(w, STR("今天")))
        for (int i = 0; i < 3; i++) { /* today + 30 d */
            struct scan before = p->s;
            struct str more = next_word(p), last = str_sub(p->s.text, *at, before.at);
            bool open = strchr("+-", last.p[last.n - 1]) ||
                        (last.p[last.n - 1] >= '0' && last.p[last.n - 1] <= '9');
            bool unit = is_word(more, "d", "天") || is_word(more, "m", "月") ||
                        is_word(more, "y", "年") || str_eq(more, STR("个月"));
            bool sign = more.n && strchr("+-", more.p[0]) != NULL;
            bool number = more.n && more.p[0] >= '0' && more.p[0] <= '9';
            if (!sign && !(open && (unit || number))) {
                p->s = before;
                break;
            }
            p->s.at += more.n;
        }
    *text = str_sub(p->s.text, *at, p->s.at);
    return RC_OK;
}
