#include "match/feature.h"

const char *feature_name(enum feature f)
{
    static const char *const names[FEATURE__COUNT] = {"cosine", "knowledge", "latent", "met",
                                                      "missed", "industry",  "region", "trl",
                                                      "price",  "deadline"};
    return names[f];
}

double weights_sum(const struct weights *w, const double x[FEATURE__COUNT])
{
    double sum = w->bias;
    for (int f = 0; f < FEATURE__COUNT; f++)
        sum += w->w[f] * x[f];
    return sum;
}
