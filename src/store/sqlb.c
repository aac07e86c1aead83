/* SQL made at run time: text, parameters, a sticky error. */
#include "store/store_int.h"

#include <stdarg.h>
#include <stdio.h>

#define SQL_MAX (1u << 20)

void sqlb_init(struct sqlb *b, const struct store *s, struct scope scope, struct arena *a)
{
    *b = (struct sqlb){
        .dialect = s->ops->dialect, .kinds = s->kinds, .scope = scope, .a = a, .rc = RC_OK};
    buf_init(&b->text, SQL_MAX);
}

void sqlb_free(struct sqlb *b)
{
    buf_free(&b->text);
    vec_free(&b->param);
}

void sql_fail(struct sqlb *b, enum rc rc)
{
    if (b->rc == RC_OK)
        b->rc = rc;
}

void sql_str(struct sqlb *b, struct str sql)
{
    if (b->rc == RC_OK)
        b->rc = buf_str(&b->text, sql, &b->err);
}

void sql_put(struct sqlb *b, const char *text)
{
    sql_str(b, str_of(text));
}

void sql_printf(struct sqlb *b, const char *fmt, ...)
{
    char line[256];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    if (n < 0 || n >= (int)sizeof line)
        BUG("a piece of SQL of %d bytes", n);
    sql_put(b, line);
}

/* Names of kinds, fields and states stand in the text itself, where an index has them too. The
 * model admits no others; whatever else comes here is not from the model. */
void sql_name(struct sqlb *b, struct str name)
{
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'))
            BUG("a name with byte %d in SQL", c);
    }
    if (b->rc == RC_OK)
        b->rc = buf_str(&b->text, name, &b->err);
}

static void add(struct sqlb *b, struct param p)
{
    if (b->rc == RC_OK)
        b->rc = vec_push(&b->param, p, &b->err);
    sql_printf(b, "?%zu", b->param.n);
}

void sql_int(struct sqlb *b, int64_t v)
{
    add(b, (struct param){.type = 'i', .num = v});
}

void sql_real(struct sqlb *b, double v)
{
    add(b, (struct param){.type = 'd', .real = v});
}

void sql_text(struct sqlb *b, struct str v)
{
    add(b, (struct param){.type = 't', .text = v});
}

enum rc sql_stmt(struct stmt **out, struct sqlb *b, struct db *db, struct err *e)
{
    *out = NULL;
    if (b->rc != RC_OK) {
        if (e)
            *e = b->err;
        return b->rc;
    }
    TRY(db_made(out, db, buf_view(&b->text), e));
    for (size_t i = 0; i < b->param.n; i++) {
        const struct param *p = &b->param.p[i];
        if (p->type == 'i')
            db->ops->bind_int(*out, (int)i + 1, p->num);
        else if (p->type == 'd')
            db->ops->bind_real(*out, (int)i + 1, p->real);
        else
            db->ops->bind_text(*out, (int)i + 1, p->text);
    }
    return RC_OK;
}
