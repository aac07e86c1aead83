/* A view of a collection: every text as a point of a low-dimensional space of terms; two texts are
 * alike by the cosine of their points. Points of results are kept in 8 bits a number. */
#ifndef QIAO_VIEW_H
#define QIAO_VIEW_H

#include "index/index.h"

/* A term of a need: w is R3's weight, tf its part of the vector before weighing. */
struct need_term {
    uint64_t key;
    double tf, w;
};
typedef VEC(struct need_term) vec_need_term;

struct view_term {
    const float *vector; /* borrowed; NULL: none */
    double share;        /* sqrt(w) of a view with root */
};

struct view {
    const struct index *ix;
    uint32_t dims, stride;  /* numbers of a point; stride is dims rounded up to 16 */
    struct view_term *term; /* [index terms] */
    float *own;             /* the vectors, where the view owns them */
    bool root;              /* terms count with sqrt(w) instead of w */
    float *mean;            /* [stride] taken off every point; zeros where not centred */
    int8_t *point;          /* [docs * stride], or NULL: points are computed when asked for */
    float *inverse;         /* [docs] 1 / length of the point */
};

/* Fill in stride, shares and mean (centred: of at most 20,000 evenly spaced documents), from dims,
 * vectors and root, which are set. `pull` ([index terms], NULL: none; only where centred): the
 * vectors are refined by those documents first (match/refine.h). `keep`: the points of all
 * documents as well. */
enum rc view_open(struct view *v, bool centred, const double *pull, bool keep, unsigned threads,
                  struct err *e) MUST_CHECK;
void view_release(struct view *v);

/* The point of a need, scaled to 16 bits: to[0..stride); returns 1 / length. `vector_of` gives a
 * term's vector or NULL. */
typedef const float *(*vector_fn)(const void *ctx, uint64_t key);
float view_need(const struct view *v, const vec_need_term *need, vector_fn vector_of,
                const void *ctx, int16_t *to);

/* The point of a result that need not be in the index, from its terms: to[0..stride); returns 1 /
 * length. */
struct result_term {
    uint64_t key;
    double sat, w; /* saturated tf, weight */
};
typedef VEC(struct result_term) vec_result_term;
float view_result(const struct view *v, const vec_result_term *result, vector_fn vector_of,
                  const void *ctx, int8_t *to);
/* Likeness of two points; the lengths are given as inverses. */
double view_alike(const struct view *v, const int16_t *need, float need_inverse,
                  const int8_t *result, float result_inverse);

/* to[i] += factor * likeness of a need's point and document first + i, for i < n; points are kept.
 * In single precision: within 1e-5 of view_likeness. A tile of a few hundred documents that many
 * needs are asked for in turn stays in the cache. */
void view_add(const struct view *v, const int16_t *need, float inverse, float factor,
              uint32_t first, uint32_t n, float *to);

/* Likeness, -1..1, of a need's point and a document. Some 20 ns when points are kept, else
 * proportional to the document's terms. */
enum rc view_likeness(const struct view *v, const int16_t *need, float inverse, uint32_t doc,
                      double *out, struct err *e) MUST_CHECK;

#endif
