/* The extractor on any bytes: the first byte says how long the title is and where a brand stands,
 * the rest is the article. Whatever it gives must lie in the article. */
#include <stdlib.h>

#include "../news/words.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void inside(struct span s, struct str text)
{
    if (s.from > s.to || s.to > text.n)
        abort();
}

static void check(const struct news *n, const struct article *x)
{
    for (size_t i = 0; i < n->party.n; i++)
        for (size_t k = 0; k < n->party.p[i].at.n; k++)
            inside(n->party.p[i].at.p[k], x->text);
    for (size_t i = 0; i < n->person.n; i++) {
        inside(n->person.p[i].at, x->text);
        if (n->person.p[i].org != UINT32_MAX && n->person.p[i].org >= n->party.n)
            abort();
    }
    for (size_t i = 0; i < n->fact.n; i++) {
        const struct news_fact *f = &n->fact.p[i];
        inside(f->evidence, x->text);
        if (f->evidence.from == f->evidence.to || f->type >= FACT__COUNT ||
            (f->subject != UINT32_MAX && f->subject >= n->party.n))
            abort();
    }
    if (n->refused && n->fact.n)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    static struct arena model, a;
    static struct news_tables *t;
    struct news out;
    if (!t && !(t = news_words_load(&model, NULL)))
        abort();
    if (n == 0)
        return 0;
    struct article x = {.text = {(const char *)p + 1, n - 1}, .publish_date = STR("2024-05-06")};
    x.title = (uint32_t)MIN(p[0] & 63u, x.text.n);
    if (p[0] & 128 && vec_push(&x.brand, str_sub(x.text, x.title, x.title + 9), NULL) != RC_OK)
        abort();
    if (news_read(&out, &x, t, &a, NULL) != RC_OK)
        abort();
    check(&out, &x);
    news_release(&out);
    vec_free(&x.brand);
    arena_reset(&a);
    return 0;
}
