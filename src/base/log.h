/* Structured log lines on standard error: `level key=value …`, values quoted and escaped, so
 * that nothing from outside can forge a line. */
#ifndef QIAO_LOG_H
#define QIAO_LOG_H

#include "base/base.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* Lines above this level are dropped; LOG_WARN at start. */
void log_set_level(enum log_level level);
void log_line(enum log_level level, const char *event, const char *fmt, ...) PRINTF_LIKE(3, 4);

#endif
