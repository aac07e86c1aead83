/* One box over everything. Words are found by the two indexes of the base, one over public texts
 * and one over whole texts that differ from them, so that a reader's rights choose the index and
 * no hidden word is ever looked at for somebody who may not see it. What an index of pairs and
 * words cannot find (one character, the beginning of a word, a whole title) is found by scanning
 * the texts and by a table of titles. */
#include "base/map.h"
#include "service/engine_int.h"
#include "text/norm.h"

#include <math.h>
#include <stdlib.h>

#define PIECES     32u  /* distinct words of a query that count */
#define CANDIDATES 200u /* first asked of an index */
#define QUERY_MAX  1024u

struct piece {
    struct str text; /* of the query's normal form */
};

struct words {
    struct buf norm;
    struct str text; /* its normal form, ends trimmed */
    vec_weight term; /* x falls with how common it is; length 1 */
    struct piece piece[PIECES];
    uint32_t n_pieces;
};

struct search {
    const struct table *t;
    const struct kind *only;
    face_fn face_of;
    void *ctx;
    struct words q;
    struct map seen; /* slot -> place in found */
    VEC(struct candidate {
        uint32_t slot;
        double score;
    })
    found;
};

enum rc search_norm(struct buf *out, struct str text, struct err *e)
{
    struct norm n;
    struct span at;
    char c4[4];
    norm_start(&n, str_trim(text));
    for (int32_t c; (c = norm_next(&n, &at)) >= 0;)
        TRY(buf_put(out, c4, utf8_put(c4, (uint32_t)c), e));
    return RC_OK;
}

/* ---- titles ---- */

static enum rc title_add(struct table *t, uint32_t slot, struct str title, struct err *e)
{
    struct buf b;
    buf_init(&b, QUERY_MAX * 4);
    enum rc rc = search_norm(&b, str_sub(title, 0, QUERY_MAX), e);
    if (rc == RC_OK)
        rc = vec_reserve(&t->titled, 1, e);
    if (rc == RC_OK && b.n) {
        uint32_t *at = map_put(&t->title, hash_bytes(buf_view(&b)), NO_PLACE);
        if (at) {
            t->titled.p[t->titled.n++] = (struct titled){slot, *at};
            *at = (uint32_t)t->titled.n - 1;
        } else {
            rc = err_nomem(e);
        }
    }
    buf_free(&b);
    return rc;
}

enum rc titles_add(struct table *t, uint32_t slot, struct err *e)
{
    const struct doc *d = t->slot.p[slot].doc;
    struct str whole = str_sub(d->search[0].text, 0, d->search[0].title);
    struct str open = str_sub(d->search[1].text, 0, d->search[1].title);
    TRY(title_add(t, slot, whole, e));
    return str_eq(whole, open) ? RC_OK : title_add(t, slot, open, e);
}

/* ---- the query ---- */

static bool has_piece(const struct words *q, struct str s)
{
    for (uint32_t i = 0; i < q->n_pieces; i++)
        if (str_eq(q->piece[i].text, s))
            return true;
    return false;
}

static int by_key(const void *x, const void *y)
{
    uint64_t a = ((const struct index_weight *)x)->key, b = ((const struct index_weight *)y)->key;
    return (a > b) - (a < b);
}

static double query_weight(const struct base *b, uint64_t key)
{
    double n = index_docs(b->lookup[1].ix), df = index_df(b->lookup[1].ix, key);
    return fmax(log(1 + (n - df + .5) / (df + .5)), 1e-3);
}

static enum rc words_read(struct words *q, const struct base *b, struct str text, struct err *e)
{
    vec_term_at t = {0};
    double sum = 0;
    enum rc rc;
    buf_init(&q->norm, QUERY_MAX * 4);
    GOTO_OUT(search_norm(&q->norm, str_sub(text, 0, QUERY_MAX), e));
    q->text = str_trim(buf_view(&q->norm));
    GOTO_OUT(terms_read(&t, q->text, 0, e));
    for (size_t i = 0; i < t.n && q->n_pieces < PIECES; i++) {
        struct str s = span_str(q->text, t.p[i].at);
        if (term_class(t.p[i].key) != TERM_PAIR || has_piece(q, s))
            continue;
        q->piece[q->n_pieces++].text = s;
        struct index_weight w = {t.p[i].key, query_weight(b, t.p[i].key)};
        sum += w.x * w.x;
        GOTO_OUT(vec_push(&q->term, w, e));
    }
    for (size_t i = 0; i < q->term.n; i++)
        q->term.p[i].x /= sqrt(sum);
    if (q->term.n)
        qsort(q->term.p, q->term.n, sizeof *q->term.p, by_key);
    rc = RC_OK;
out:
    vec_free(&t);
    return rc;
}

/* ---- finding ---- */

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* The first place of `what` (lower case) from `from` on, ASCII letters alike; a Latin word only
 * from its beginning. SIZE_MAX: none. */
static size_t find_folded(struct str s, struct str what, size_t from)
{
    if (!what.n || s.n < what.n)
        return SIZE_MAX;
    char first = what.p[0], upper = first >= 'a' && first <= 'z' ? (char)(first - 32) : first;
    bool word = is_word_byte(first);
    for (size_t i = from; i + what.n <= s.n; i++) {
        if (s.p[i] != first && s.p[i] != upper)
            continue;
        if (word && i && is_word_byte(lower(s.p[i - 1])))
            continue;
        size_t k = 1;
        while (k < what.n && lower(s.p[i + k]) == what.p[k])
            k++;
        if (k == what.n)
            return i;
    }
    return SIZE_MAX;
}

static enum rc add(struct search *s, uint32_t slot, double score, struct err *e)
{
    uint32_t *at = map_put(&s->seen, slot, (uint32_t)s->found.n);
    if (!at)
        return err_nomem(e);
    if (*at == s->found.n) {
        struct candidate c = {slot, score};
        return vec_push(&s->found, c, e);
    }
    s->found.p[*at].score = fmax(s->found.p[*at].score, score);
    return RC_OK;
}

/* The face of a record that is searched for this reader, -1: none. */
static int face_for(const struct search *s, uint32_t slot)
{
    const struct doc *d = slot == NO_PLACE ? NULL : s->t->slot.p[slot].doc;
    if (!d || (s->only && d->kind != s->only))
        return -1;
    return s->face_of(s->ctx, d);
}

/* Does lookup `l` hold the text of that face? Whole texts that are public stand among the public.
 */
static bool holds_face(const struct doc *d, unsigned l, int face)
{
    if (face < 0)
        return false;
    return l == (face == 0 && d->search_masked ? 0u : 1u);
}

static enum rc search_lookup(struct search *s, unsigned l, uint32_t k, bool *more, struct err *e)
{
    const struct lookup *look = &s->t->base->lookup[l];
    struct index_query q = {s->q.term.p, (uint32_t)s->q.term.n};
    struct index_scratch *scratch = NULL;
    uint32_t n = 0;
    struct hit *hit = mem_alloc(MIN(k, look->n) * sizeof *hit);
    enum rc rc = hit ? index_scratch_open(&scratch, look->ix, e) : err_nomem(e);
    if (rc == RC_OK && look->n)
        rc = index_search(look->ix, scratch, q, MIN(k, look->n), hit, &n, e);
    for (uint32_t i = 0; rc == RC_OK && i < n; i++) {
        uint32_t slot = s->t->look_slot[l][hit[i].id];
        int face = face_for(s, slot);
        if (face >= 0 && holds_face(s->t->slot.p[slot].doc, l, face))
            rc = add(s, slot, hit[i].score, e);
    }
    *more = *more || (n == k && k < look->n);
    index_scratch_close(scratch);
    mem_free(hit);
    return rc;
}

static double dot(const vec_weight *a, const vec_weight *b)
{
    double sum = 0;
    for (size_t i = 0, j = 0; i < a->n && j < b->n;) {
        uint64_t x = a->p[i].key, y = b->p[j].key;
        if (x == y)
            sum += a->p[i].x * b->p[j].x;
        i += x <= y;
        j += y <= x;
    }
    return sum;
}

static enum rc search_changed(struct search *s, struct err *e)
{
    for (size_t i = 0; i < s->t->delta.n; i++) {
        const struct changed *c = &s->t->delta.p[i];
        int face = face_for(s, c->slot);
        if (face < 0)
            continue;
        unsigned l = holds_face(s->t->slot.p[c->slot].doc, 0, face) ? 0 : 1;
        double score = dot(&s->q.term, &c->look[l]);
        if (score > 0)
            TRY(add(s, c->slot, score, e));
    }
    return RC_OK;
}

/* Is it called so on the face that is searched? The table of titles has both faces'. */
static enum rc is_called(const struct search *s, uint32_t slot, int face, bool *out, struct err *e)
{
    struct match_text m = s->t->slot.p[slot].doc->search[face];
    struct buf b;
    buf_init(&b, QUERY_MAX * 4);
    enum rc rc = search_norm(&b, str_sub(m.text, 0, MIN(m.title, QUERY_MAX)), e);
    *out = rc == RC_OK && str_eq(buf_view(&b), s->q.text);
    buf_free(&b);
    return rc;
}

static enum rc search_titles(struct search *s, struct err *e)
{
    const uint32_t *at = map_get(&s->t->title, hash_bytes(s->q.text));
    for (uint32_t i = at ? *at : NO_PLACE; i != NO_PLACE; i = s->t->titled.p[i].before) {
        uint32_t slot = s->t->titled.p[i].slot;
        int face = face_for(s, slot);
        bool called = false;
        if (face >= 0)
            TRY(is_called(s, slot, face, &called, e));
        if (called)
            TRY(add(s, slot, 0, e));
    }
    return RC_OK;
}

/* Titles, or bodies, that hold the query as it stands. */
static enum rc scan(struct search *s, bool title, struct err *e)
{
    for (uint32_t i = 0; i < s->t->slot.n; i++) {
        int face = face_for(s, i);
        if (face < 0)
            continue;
        struct match_text m = s->t->slot.p[i].doc->search[face];
        struct str where = title ? str_sub(m.text, 0, m.title) : m.text;
        if (find_folded(where, s->q.text, 0) != SIZE_MAX)
            TRY(add(s, i, 0, e));
    }
    return RC_OK;
}

static enum rc find_all(struct search *s, uint32_t limit, struct err *e)
{
    bool more = s->q.term.n > 0;
    for (uint32_t k = MAX(CANDIDATES, 2 * limit); more && s->found.n < limit; k *= 4) {
        more = false;
        TRY(search_lookup(s, 0, k, &more, e));
        TRY(search_lookup(s, 1, k, &more, e));
    }
    TRY(search_changed(s, e));
    TRY(search_titles(s, e));
    /* one character, or a word that may go on, is no term of the index */
    bool partial = utf8_len(s->q.text) == 1 || is_word_byte(s->q.text.p[s->q.text.n - 1]);
    if (partial || !s->found.n)
        TRY(scan(s, true, e));
    if (s->found.n < limit && (partial || !s->found.n))
        TRY(scan(s, false, e));
    return RC_OK;
}

/* ---- ordering ---- */

/* How well the text that the reader may see answers: all words before some, in the title before
 * the body, together before apart; a title that is the query first of all. */
static double answer(const struct search *s, const struct doc *d, int face, double cosine)
{
    struct match_text m = d->search[face];
    struct str title = str_trim(str_sub(m.text, 0, m.title));
    double in_text = 0, in_title = 0, n = MAX(s->q.n_pieces, 1u);
    for (uint32_t i = 0; i < s->q.n_pieces; i++) {
        in_title += find_folded(title, s->q.piece[i].text, 0) != SIZE_MAX;
        in_text += find_folded(m.text, s->q.piece[i].text, 0) != SIZE_MAX;
    }
    double score = cosine + 2 * in_text / n + in_title / n;
    size_t at = find_folded(title, s->q.text, 0);
    if (at != SIZE_MAX)
        score += at ? 1.5 : 2;
    else if (find_folded(m.text, s->q.text, 0) != SIZE_MAX)
        score += .5;
    if (at == 0 && title.n == s->q.text.n)
        score += 10 + str_eq(d->kind->name, STR("org"));
    return score;
}

static int better_first(const void *x, const void *y)
{
    const struct found *a = x, *b = y;
    if (a->score != b->score)
        return a->score < b->score ? 1 : -1;
    return (a->id > b->id) - (a->id < b->id);
}

enum rc table_search(const struct table *t, struct str text, const struct kind *only,
                     uint32_t limit, face_fn face_of, void *ctx, vec_found *out, struct err *e)
{
    struct search s = {.t = t, .only = only, .face_of = face_of, .ctx = ctx};
    enum rc rc;
    out->n = 0;
    GOTO_OUT(words_read(&s.q, t->base, text, e));
    if (!s.q.text.n)
        goto out;
    GOTO_OUT(find_all(&s, limit, e));
    GOTO_OUT(vec_reserve(out, s.found.n, e));
    for (size_t i = 0; i < s.found.n; i++) {
        const struct doc *d = t->slot.p[s.found.p[i].slot].doc;
        double score = answer(&s, d, face_of(ctx, d), s.found.p[i].score);
        out->p[out->n++] = (struct found){d->id, score};
    }
    if (out->n)
        qsort(out->p, out->n, sizeof *out->p, better_first);
    out->n = MIN(out->n, (size_t)limit);
out:
    vec_free(&s.q.term);
    buf_free(&s.q.norm);
    map_free(&s.seen);
    vec_free(&s.found);
    return rc;
}

/* ---- showing ---- */

static int by_place(const void *x, const void *y)
{
    const struct span *a = x, *b = y;
    return a->from != b->from ? (a->from > b->from) - (a->from < b->from)
                              : (a->to < b->to) - (a->to > b->to);
}

typedef VEC(struct span) vec_span;

static enum rc add_places(vec_span *out, struct str text, struct str what, struct err *e)
{
    for (size_t at = 0; out->n < 1000; at++) {
        at = find_folded(text, what, at);
        if (at == SIZE_MAX)
            break;
        struct span s = {(uint32_t)at, (uint32_t)(at + what.n)};
        TRY(vec_push(out, s, e));
    }
    return RC_OK;
}

enum rc search_spans(struct str query, struct str text, struct span *to, uint32_t room, uint32_t *n,
                     struct err *e)
{
    vec_span v = {0};
    vec_term_at t = {0};
    struct buf b;
    buf_init(&b, QUERY_MAX * 4);
    enum rc rc;
    *n = 0;
    GOTO_OUT(search_norm(&b, str_sub(query, 0, QUERY_MAX), e));
    struct str q = str_trim(buf_view(&b));
    GOTO_OUT(add_places(&v, text, q, e));
    GOTO_OUT(terms_read(&t, q, 0, e));
    for (size_t i = 0; i < t.n && i < 4 * PIECES; i++)
        if (term_class(t.p[i].key) == TERM_PAIR)
            GOTO_OUT(add_places(&v, text, span_str(q, t.p[i].at), e));
    if (v.n)
        qsort(v.p, v.n, sizeof *v.p, by_place);
    for (size_t i = 0; i < v.n; i++) { /* overlapping and touching ones become one */
        if (*n && v.p[i].from <= to[*n - 1].to)
            to[*n - 1].to = MAX(to[*n - 1].to, v.p[i].to);
        else if (*n < room)
            to[(*n)++] = v.p[i];
    }
out:
    vec_free(&v);
    vec_free(&t);
    buf_free(&b);
    return rc;
}
