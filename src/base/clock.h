#ifndef QIAO_CLOCK_H
#define QIAO_CLOCK_H

/* Seconds on a clock that only moves forward; for durations. */
double clock_seconds(void);

#endif
