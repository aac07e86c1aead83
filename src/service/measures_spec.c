/* An indicator as it is declared. */
#include "service/measures_int.h"
#include "service/special_int.h"

#include <math.h>

struct str spec_text(const struct rec *r, const char *field)
{
    const struct val *v = saving_val(r, field);
    return v ? str_trim(v->text) : STR("");
}

double spec_number(const struct rec *r, const char *field)
{
    const struct val *v = saving_val(r, field);
    return v ? v->real : NAN;
}

int64_t spec_day(const struct rec *r, const char *field)
{
    const struct val *v = saving_val(r, field);
    return v ? v->num : 0;
}

static enum rc refuse(struct err *e, const char *key, struct str what)
{
    return err_user(e, key, "%.*s", (int)MIN(what.n, 120u), what.p ? what.p : "");
}

static enum rc read_filter(const struct filter **out, struct site *s, const struct kind *k,
                           struct str text, const char *key, int64_t today, struct arena *to,
                           struct err *e)
{
    struct filter_context c = {.kinds = s->kinds, .kind = k, .today = today};
    struct err why = {0};
    struct filter *f = NULL;
    *out = NULL;
    if (!text.n)
        return RC_OK;
    enum rc rc = filter_parse(&f, text, &c, to, &why);
    if (rc == RC_USER)
        return refuse(e, key, str_of(why.detail));
    if (rc != RC_OK && e)
        *e = why;
    *out = f;
    return rc;
}

static bool is_number(enum type t)
{
    return t == TYPE_INT || t == TYPE_DECIMAL || t == TYPE_MONEY;
}

/* A list may only stand at the record itself: what the database counts and what the trail gives
 * are then the same. */
static bool is_plain(const struct path *p)
{
    for (uint32_t i = 0; i < p->n; i++)
        if (p->n > 1 && p->step[i].attr == ATTR_FIELD &&
            p->step[i].kind->field[p->step[i].field].list)
            return false;
    return true;
}

static enum rc read_path(struct spec *x, struct site *s, struct str text, struct err *e)
{
    struct filter_context c = {.kinds = s->kinds, .kind = x->over, .today = x->today};
    bool needed = x->measure == MEASURE_SUM || x->measure == MEASURE_DISTINCT ||
                  x->measure == MEASURE_COVERAGE;
    x->path = (struct path){.n = 0};
    if (!needed)
        return RC_OK;
    if (!text.n && x->measure == MEASURE_COVERAGE && x->over == x->population)
        text = STR("id");
    if (!text.n || path_find(&x->path, text, &c, NULL) != RC_OK || !is_plain(&x->path))
        return refuse(e, "measure.path", text);
    enum type t = path_type(&x->path);
    bool good = x->measure == MEASURE_SUM        ? is_number(t)
                : x->measure == MEASURE_COVERAGE ? t == TYPE_REF
                                                 : t != TYPE_GROUP;
    return good ? RC_OK : refuse(e, "measure.path", text);
}

enum rc spec_read(struct spec *x, struct site *s, const struct rec *r, int64_t today,
                  struct arena *to, struct err *e)
{
    static const char *const names[] = {
        [MEASURE_COUNT] = "count", [MEASURE_SUM] = "sum",           [MEASURE_DISTINCT] = "distinct",
        [MEASURE_SHARE] = "share", [MEASURE_COVERAGE] = "coverage",
    };
    struct str measure = spec_text(r, "measure"), over = spec_text(r, "over");
    *x = (struct spec){.today = today};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (str_eq(measure, str_of(names[i])))
            x->measure = (enum measure)i;
    x->over = kind_find(s->kinds, over);
    if (!x->over)
        return refuse(e, "measure.over", over);
    TRY(read_filter(&x->filter, s, x->over, spec_text(r, "filter"), "measure.filter", today, to,
                    e));
    const struct kind *of = x->over;
    if (x->measure == MEASURE_COVERAGE) {
        of = x->population = kind_find(s->kinds, spec_text(r, "population"));
        if (!of)
            return refuse(e, "measure.population", spec_text(r, "population"));
    }
    TRY(read_filter(&x->among, s, of, spec_text(r, "among"), "measure.among", today, to, e));
    return read_path(x, s, spec_text(r, "path"), e);
}
