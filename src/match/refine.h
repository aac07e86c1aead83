/* Inside match/ only: terms refined by a collection. A term's vector, learnt elsewhere, is brought
 * closer to the documents that hold it: what a word means here, and whatever the table that taught
 * it left out. One step of smoothing over the graph of terms and documents. */
#ifndef QIAO_REFINE_H
#define QIAO_REFINE_H

#include "match/view.h"

/* The points, before centring, of the documents 0, every, 2 every … (count of them), and their
 * mean. */
struct refine_sample {
    const float *point; /* [count * view's stride] */
    const float *mean;  /* [stride] */
    uint32_t every, count;
};

/* vector += pull[number] * |vector| * direction of the sum of y (point - mean) over the sample's
 * documents that hold the term. Numbers with the same vector are one term (of several segments) and
 * have the same pull. The view then owns its vectors; terms without one stay so. The same bits on
 * any number of threads. Cost: postings of the sample * dims. */
enum rc view_refine(struct view *v, const struct refine_sample *s, const double *pull,
                    unsigned threads, struct err *e) MUST_CHECK;

#endif
