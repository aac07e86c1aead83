#include "service/measures_int.h"

#include <math.h>

#define POINTS_LEAST 4u

/* The 97.5 % point of Student's t: a table for few degrees of freedom, beyond it the expansion of
 * Abramowitz and Stegun, 26.7.5 (off by less than 0.0002 from 11 on). */
static double student(uint32_t df)
{
    static const double few[] = {0,      12.7062, 4.3027, 3.1824, 2.7764, 2.5706,
                                 2.4469, 2.3646,  2.3060, 2.2622, 2.2281};
    const double z = 1.959964, z3 = z * z * z, z5 = z3 * z * z;
    double v = df;
    if (df < ARRAY_LEN(few))
        return few[df];
    return z + (z3 + z) / (4 * v) + (5 * z5 + 16 * z3 + 3 * z) / (96 * v * v);
}

struct forecast forecast_line(const double *x, const double *y, uint32_t n, double at)
{
    struct forecast f = {NAN, NAN, NAN};
    double mx = 0, my = 0, sxx = 0, sxy = 0, rest = 0;
    if (n < POINTS_LEAST)
        return f;
    for (uint32_t i = 0; i < n; i++) {
        mx += x[i] / n;
        my += y[i] / n;
    }
    for (uint32_t i = 0; i < n; i++) {
        sxx += (x[i] - mx) * (x[i] - mx);
        sxy += (x[i] - mx) * (y[i] - my);
    }
    if (!(sxx > 0))
        return f;
    double slope = sxy / sxx;
    for (uint32_t i = 0; i < n; i++) {
        double d = y[i] - my - slope * (x[i] - mx);
        rest += d * d;
    }
    double half =
        student(n - 2) * sqrt(rest / (n - 2)) * sqrt(1 + 1.0 / n + (at - mx) * (at - mx) / sxx);
    f.at = my + slope * (at - mx);
    f.low = f.at - half;
    f.high = f.at + half;
    return f;
}

enum light forecast_light(const struct forecast *f, double value, double baseline, double target,
                          int64_t start, int64_t today, int64_t deadline)
{
    if (isnan(target))
        return LIGHT_NONE;
    if (value >= target)
        return LIGHT_REACHED;
    if (!deadline)
        return LIGHT_NONE;
    if (deadline < today)
        return LIGHT_BEHIND;
    if (f && !isnan(f->at))
        return f->low >= target ? LIGHT_ON_COURSE : f->at >= target ? LIGHT_AT_RISK : LIGHT_BEHIND;
    if (deadline <= start || today < start || isnan(baseline))
        return LIGHT_NONE;
    double gone = (double)(today - start) / (double)(deadline - start);
    double made = target > baseline ? (value - baseline) / (target - baseline) : 0;
    return made >= gone ? LIGHT_ON_COURSE : made >= 0.8 * gone ? LIGHT_AT_RISK : LIGHT_BEHIND;
}
