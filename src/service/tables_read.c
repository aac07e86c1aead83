/* Declared tables: node trees into parts, columns, figures. Every path and filter is read here
 * once, so that a mistake is told when the site is opened, with its line. */
#include "service/tables_int.h"

#include <math.h>

struct table_file {
    struct tables *t;
    const struct kinds *kinds;
    const char *name;
};

static enum rc refuse(const struct table_file *f, const struct node *n, struct str what,
                      struct err *e)
{
    return err_at(
        e, err_user(e, "tables.declared", "%.*s", (int)MIN(what.n, 100u), what.p ? what.p : ""),
        f->name, NULL, n ? n->line : 1, 0);
}

static void *room(struct table_file *f, size_t n, size_t size)
{
    return arena_calloc(&f->t->arena, n ? n : 1, size);
}

static enum rc check_keys(const struct table_file *f, const struct node *map, const char *known,
                          struct err *e)
{
    if (map->type != NODE_MAP)
        return refuse(f, map, map->key, e);
    for (const struct node *n = map->child; n; n = n->next) {
        bool is = false;
        for (const char *p = known; *p && !is;) {
            size_t len = strcspn(p, " ");
            is = str_eq(n->key, (struct str){p, len});
            p += len + (p[len] == ' ');
        }
        if (!is)
            return refuse(f, n, n->key, e);
    }
    return RC_OK;
}

static struct label label_of(const struct node *map, const char *key)
{
    const struct node *n = node_get(map, key);
    if (n && n->type == NODE_MAP)
        return (struct label){node_text(n, "zh", STR("")), node_text(n, "en", STR(""))};
    struct str s = n && n->type == NODE_TEXT ? n->text : STR("");
    return (struct label){s, s};
}

static bool yes(const struct node *map, const char *key)
{
    return str_eq(node_text(map, key, STR("")), STR("true"));
}

static struct filter_context context(const struct table_file *f, const struct kind *k)
{
    return (struct filter_context){.kinds = f->kinds, .kind = k, .today = 20000, .org = 1, .me = 1};
}

/* "" is allowed. */
static enum rc read_path(const struct table_file *f, const struct node *map, const char *key,
                         const struct kind *k, struct str *out, struct err *e)
{
    struct filter_context c = context(f, k);
    struct path p;
    *out = node_text(map, key, STR(""));
    if (!out->n || !k || path_find(&p, *out, &c, NULL) == RC_OK)
        return RC_OK;
    return refuse(f, node_get(map, key), *out, e);
}

static enum rc read_filter(struct table_file *f, const struct node *map, const struct kind *k,
                           struct str *out, struct err *e)
{
    struct filter_context c = context(f, k);
    struct filter *read;
    *out = node_text(map, "filter", STR(""));
    if (!out->n || !k)
        return RC_OK;
    if (filter_parse(&read, *out, &c, &f->t->arena, NULL) != RC_OK)
        return refuse(f, node_get(map, "filter"), *out, e);
    return RC_OK;
}

static enum rc read_kind(const struct table_file *f, const struct node *map,
                         const struct kind **out, struct err *e)
{
    struct str name = node_text(map, "kind", STR(""));
    *out = name.n ? kind_find(f->kinds, name) : NULL;
    return *out || !name.n ? RC_OK : refuse(f, node_get(map, "kind"), name, e);
}

/* ---- columns ---- */

static enum rc label_column(const struct table_file *f, const struct kind *k,
                            struct table_column *c, struct err *e)
{
    struct filter_context x = context(f, k);
    struct path p;
    if (c->label.zh.n || c->label.en.n || !c->path.n || c->type != COLUMN_PATH || !k)
        return RC_OK;
    TRY(path_find(&p, c->path, &x, e));
    const struct field_def *d = path_field(&p);
    c->label = d ? d->label : attr_label(p.step[p.n - 1].attr);
    return RC_OK;
}

static enum rc read_period(const struct table_file *f, const struct node *n, enum period *out,
                           struct err *e)
{
    static const char *const words[] = {"this", "last", "all"};
    struct str t = node_text(n, "period", STR("this"));
    for (int i = 0; i < 3; i++)
        if (str_eq(t, str_of(words[i]))) {
            *out = (enum period)i;
            return RC_OK;
        }
    return refuse(f, n, t, e);
}

/* months: {kind: milestone, by: project, day: due, light: light} */
static enum rc read_months(struct table_file *f, const struct node *n, struct table_column *c,
                           struct err *e)
{
    c->type = COLUMN_MONTHS;
    TRY(check_keys(f, n, "kind by day light", e));
    TRY(read_kind(f, n, &c->kind, e));
    if (!c->kind)
        return refuse(f, n, STR("kind"), e);
    TRY(read_path(f, n, "by", c->kind, &c->by, e));
    TRY(read_path(f, n, "day", c->kind, &c->path, e));
    TRY(read_path(f, n, "light", c->kind, &c->light, e));
    uint32_t by = field_find(c->kind, c->by), day = field_find(c->kind, c->path);
    if (by == NO_FIELD || c->kind->field[by].type != TYPE_REF || day == NO_FIELD ||
        c->kind->field[day].type != TYPE_DATE)
        return refuse(f, n, STR("by, day"), e);
    return RC_OK;
}

/* The place of a column that counts and stands before column `own`, given from 1 on. */
static enum rc read_place(struct table_file *f, const struct node *n, struct str text,
                          const struct table_part *p, uint32_t own, uint32_t *out, struct err *e)
{
    uint32_t at = text.n == 1 || text.n == 2 ? 0 : UINT32_MAX;
    for (size_t i = 0; i < text.n && at != UINT32_MAX; i++)
        at = text.p[i] >= '0' && text.p[i] <= '9' ? at * 10 + (uint32_t)(text.p[i] - '0')
                                                  : UINT32_MAX;
    if (!at || at > own ||
        (p->column[at - 1].type != COLUMN_COUNT && p->column[at - 1].type != COLUMN_SUM))
        return refuse(f, n, text.n ? text : STR("of"), e);
    *out = at - 1;
    return RC_OK;
}

/* Columns that follow from those before them: {measure: share, part: 2, of: [2, 3, 4]} and, behind
 * it, {measure: place}. */
static enum rc read_derived(struct table_file *f, const struct node *n, const struct table_part *p,
                            struct table_column *c, struct err *e)
{
    const struct node *of = node_get(n, "of");
    uint32_t own = p->n;
    if (c->type != COLUMN_SHARE && c->type != COLUMN_PLACE)
        return of || node_get(n, "part") ? refuse(f, n, STR("of"), e) : RC_OK;
    if (p->type != PART_BY ||
        (c->type == COLUMN_PLACE && (!own || p->column[own - 1].type != COLUMN_SHARE)))
        return refuse(f, n, STR("measure"), e);
    if (c->type == COLUMN_PLACE)
        return RC_OK;
    TRY(read_place(f, n, node_text(n, "part", STR("")), p, own, &c->share, e));
    if (!of || of->type != NODE_LIST || !node_count(of) || node_count(of) > TABLE_SHARED)
        return refuse(f, n, STR("of"), e);
    for (const struct node *i = of->child; i; i = i->next)
        TRY(read_place(f, n, i->type == NODE_TEXT ? i->text : STR(""), p, own, &c->of[c->n_of++],
                       e));
    return RC_OK;
}

static enum column_type measure_type(struct str measure)
{
    static const struct {
        const char *name;
        enum column_type type;
    } all[] = {{"count", COLUMN_COUNT},
               {"sum", COLUMN_SUM},
               {"share", COLUMN_SHARE},
               {"place", COLUMN_PLACE}};
    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        if (str_eq(measure, str_of(all[i].name)))
            return all[i].type;
    return COLUMN_PATH;
}

static enum rc read_column(struct table_file *f, const struct node *n, const struct kind *k,
                           struct table_column *c, struct err *e)
{
    struct str measure = node_text(n, "measure", STR(""));
    double width;
    TRY(check_keys(f, n, "label under path measure filter period width sum wan row months part of",
                   e));
    c->label = label_of(n, "label");
    c->under = label_of(n, "under");
    c->sum = yes(n, "sum");
    c->wan = yes(n, "wan");
    TRY(err_at(e, node_number(&width, n, "width", 0, e), f->name, NULL, 0, 0));
    c->width = width >= 0 && width <= 200 ? width : 0;
    TRY(read_period(f, n, &c->period, e));
    if (node_get(n, "months"))
        return read_months(f, node_get(n, "months"), c, e);
    c->type = yes(n, "row") ? COLUMN_ROW : measure_type(measure);
    if (measure.n && (c->type == COLUMN_PATH || c->type == COLUMN_ROW))
        return refuse(f, n, measure, e);
    TRY(read_path(f, n, "path", k, &c->path, e));
    TRY(read_filter(f, n, k, &c->filter, e));
    if (c->type == COLUMN_PATH && !c->path.n)
        return refuse(f, n, STR("path"), e);
    return label_column(f, k, c, e);
}

static enum rc read_columns(struct table_file *f, const struct node *n, struct table_part *p,
                            struct err *e)
{
    const struct node *list = node_get(n, "columns");
    size_t count = node_count(list);
    if (!list || list->type != NODE_LIST || !count || count > TABLE_COLUMNS)
        return refuse(f, n, STR("columns"), e);
    struct table_column *c = room(f, count, sizeof *c);
    if (!c)
        return err_nomem(e);
    p->column = c;
    for (const struct node *i = list->child; i; i = i->next) {
        TRY(read_column(f, i, p->kind, c, e));
        bool counts = c->type == COLUMN_COUNT || c->type == COLUMN_SUM || c->type == COLUMN_SHARE ||
                      c->type == COLUMN_PLACE;
        TRY(read_derived(f, i, p, c, e));
        if (counts == (p->type == PART_LIST) ||
            (p->type == PART_BY && c->type == COLUMN_SUM && !c->path.n))
            return refuse(f, i, STR("measure"), e);
        c++;
        p->n++;
    }
    return RC_OK;
}

/* ---- figures ---- */

static enum rc read_figure(struct table_file *f, const struct node *n, struct table_figure *to,
                           struct err *e)
{
    TRY(check_keys(f, n, "label kind filter date sum org each", e));
    to->label = label_of(n, "label");
    TRY(read_kind(f, n, &to->kind, e));
    if (!to->kind)
        return to->label.zh.n ? RC_OK : refuse(f, n, STR("kind"), e);
    TRY(read_filter(f, n, to->kind, &to->filter, e));
    TRY(read_path(f, n, "date", to->kind, &to->date, e));
    TRY(read_path(f, n, "org", to->kind, &to->org, e));
    return read_path(f, n, "sum", to->kind, &to->sum, e);
}

/* each: contract: a row for every code of that field. */
static enum rc read_each(struct table_file *f, const struct node *n,
                         const struct table_figure *like, struct table_part *p,
                         struct table_figure *to, struct err *e)
{
    struct str name = node_text(n, "each", STR(""));
    uint32_t at = like->kind ? field_find(like->kind, name) : NO_FIELD;
    const struct codes *codes = at == NO_FIELD ? NULL : like->kind->field[at].codes;
    if (!codes)
        return refuse(f, n, name, e);
    for (uint32_t i = 0; i < codes->n; i++) {
        struct buf b;
        if (p->n_figures == TABLE_FIGURES)
            return refuse(f, n, STR("rows"), e);
        struct table_figure *one = &to[p->n_figures++];
        *one = *like;
        one->label = codes->code[i].label;
        buf_init(&b, 1u << 16);
        enum rc rc = buf_printf(&b, e, "%.*s%.*s%s%.*s = %.*s", like->filter.n ? 1 : 0, "(",
                                (int)like->filter.n, like->filter.n ? like->filter.p : "",
                                like->filter.n ? ") and " : "", (int)name.n, name.p,
                                (int)codes->code[i].code.n, codes->code[i].code.p);
        one->filter = rc == RC_OK ? arena_str(&f->t->arena, buf_view(&b)) : (struct str){0};
        buf_free(&b);
        if (rc != RC_OK || !one->filter.p)
            return rc != RC_OK ? rc : err_nomem(e);
    }
    return RC_OK;
}

static enum rc read_figures(struct table_file *f, const struct node *n, struct table_part *p,
                            struct err *e)
{
    const struct node *list = node_get(n, "rows");
    struct table_figure *to = room(f, TABLE_FIGURES, sizeof *to);
    if (!to)
        return err_nomem(e);
    p->figure = to;
    if (list->type != NODE_LIST)
        return refuse(f, list, list->key, e);
    for (const struct node *i = list->child; i; i = i->next) {
        struct table_figure one = {0};
        TRY(read_figure(f, i, &one, e));
        if (node_get(i, "each")) {
            TRY(read_each(f, i, &one, p, to, e));
            continue;
        }
        if (p->n_figures == TABLE_FIGURES)
            return refuse(f, i, STR("rows"), e);
        to[p->n_figures++] = one;
    }
    return p->n_figures ? RC_OK : refuse(f, list, list->key, e);
}

/* ---- parts ---- */

static enum rc read_part(struct table_file *f, const struct node *n, struct table_part *p,
                         struct err *e)
{
    double limit;
    TRY(check_keys(f, n, "title kind filter date org sort group by limit total columns rows", e));
    p->title = label_of(n, "title");
    p->type = node_get(n, "rows") ? PART_FIGURES : node_get(n, "by") ? PART_BY : PART_LIST;
    TRY(read_kind(f, n, &p->kind, e));
    if (!p->kind != (p->type == PART_FIGURES))
        return refuse(f, n, STR("kind"), e);
    TRY(read_filter(f, n, p->kind, &p->filter, e));
    TRY(read_path(f, n, "date", p->kind, &p->date, e));
    TRY(read_path(f, n, "org", p->kind, &p->org, e));
    TRY(read_path(f, n, "group", p->kind, &p->group, e));
    TRY(read_path(f, n, "by", p->kind, &p->by, e));
    p->sort = node_text(n, "sort", STR("id"));
    struct filter_context c = context(f, p->kind);
    struct path path;
    bool down = p->sort.n && p->sort.p[0] == '-';
    if (p->kind && path_find(&path, str_sub(p->sort, down, p->sort.n), &c, NULL) != RC_OK)
        return refuse(f, node_get(n, "sort"), p->sort, e);
    TRY(err_at(e, node_number(&limit, n, "limit", 0, e), f->name, NULL, 0, 0));
    p->limit = limit >= 1 && limit <= TABLE_ROWS ? (uint32_t)limit : 0;
    p->total = yes(n, "total");
    TRY(read_columns(f, n, p, e));
    return p->type == PART_FIGURES ? read_figures(f, n, p, e) : RC_OK;
}

static bool spans(const struct report *r)
{
    for (uint32_t i = 0; i < r->n; i++) {
        if (r->part[i].date.n)
            return true;
        for (uint32_t j = 0; j < r->part[i].n; j++)
            if (r->part[i].column[j].type == COLUMN_MONTHS)
                return true;
        for (uint32_t j = 0; j < r->part[i].n_figures; j++)
            if (r->part[i].figure[j].date.n)
                return true;
    }
    return false;
}

static bool is_name(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != '_' && !(s.p[i] >= 'a' && s.p[i] <= 'z') && !(s.p[i] >= '0' && s.p[i] <= '9'))
            return false;
    return s.n && s.n <= 40;
}

static enum rc read_head(struct table_file *f, const struct node *file, struct report *r,
                         struct err *e)
{
    const struct node *roles_of = node_get(file, "roles");
    double order;
    TRY(check_keys(f, file, "report label about order roles parts", e));
    r->name = node_text(file, "report", STR(""));
    r->label = label_of(file, "label");
    r->about = label_of(file, "about");
    if (!is_name(r->name) || !r->label.zh.n)
        return refuse(f, file, STR("report, label"), e);
    TRY(err_at(e, node_number(&order, file, "order", 1000, e), f->name, NULL, 0, 0));
    r->order = order >= 0 && order <= 1e6 ? (int)order : 1000;
    r->by = (roles)(((1u << ROLE__COUNT) - 1) & ~(1u << ROLE_VISITOR | 1u << ROLE_ADMIN));
    if (roles_of)
        r->by = 0;
    for (const struct node *c = roles_of ? roles_of->child : NULL; c; c = c->next) {
        enum role role = role_find(c->text);
        if (role == ROLE__COUNT)
            return refuse(f, c, c->text, e);
        r->by |= (roles)(1u << role);
    }
    return RC_OK;
}

enum rc tables_add(struct tables *t, const struct kinds *kinds, const struct node *file,
                   const char *name, struct err *e)
{
    struct table_file f = {t, kinds, name};
    struct report r = {0};
    if (file->type != NODE_MAP)
        return refuse(&f, file, STR("report"), e);
    TRY(read_head(&f, file, &r, e));
    const struct node *list = node_get(file, "parts");
    size_t count = node_count(list);
    if (!list || list->type != NODE_LIST || !count || count > TABLE_PARTS)
        return refuse(&f, file, STR("parts"), e);
    struct table_part *part = room(&f, count, sizeof *part);
    if (!part)
        return err_nomem(e);
    r.part = part;
    for (const struct node *n = list->child; n; n = n->next)
        TRY(read_part(&f, n, &part[r.n++], e));
    r.spans = spans(&r);
    for (size_t i = 0; i < t->all.n; i++)
        if (str_eq(t->all.p[i].name, r.name)) {
            t->all.p[i] = r;
            return RC_OK;
        }
    return vec_push(&t->all, r, e);
}
