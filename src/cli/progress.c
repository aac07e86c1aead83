#define _POSIX_C_SOURCE 200809L
#include "cli/progress.h"

#include "base/clock.h"
#include "text/width.h"

#include <math.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CELLS = 24, STAGE_COLUMNS = 10 };
#define REDRAW 0.1 /* seconds between drawings */
#define QUICK  0.5 /* a stage that is done sooner is never shown */

void progress_init(struct progress *p, struct speaker s, bool quiet)
{
    *p = (struct progress){.speaker = s};
    p->on = !quiet && isatty(STDERR_FILENO);
}

static double file_bytes(const char *path)
{
    struct stat st;
    return path && stat(path, &st) == 0 && S_ISREG(st.st_mode) ? (double)st.st_size : 0;
}

static void begin(struct progress *p, const char *stage, double now)
{
    progress_end(p);
    p->stage = stage;
    p->start = now;
    p->shown = now + QUICK - REDRAW;
    p->bytes = strcmp(stage, "needs") == 0     ? file_bytes(p->needs)
               : strcmp(stage, "results") == 0 ? file_bytes(p->results)
                                               : 0;
}

static enum rc say_rate(struct buf *to, const struct progress *p, double done, double seconds,
                        struct err *e)
{
    if (seconds <= 0 || done <= 0)
        return RC_OK;
    if (p->bytes > 0)
        TRY(buf_printf(to, e, "  %.1f MB/s", p->bytes * done / seconds / 1e6));
    else
        TRY(buf_printf(to, e, "  %.1f %%/s", 100 * done / seconds));
    double left = seconds / done * (1 - done);
    char number[32];
    snprintf(number, sizeof number, "%.0f", ceil(left < 90 ? left : left / 60));
    TRY(buf_str(to, STR("  "), e));
    return SAY(to, &p->speaker, left < 90 ? "cli.seconds_left" : "cli.minutes_left", e,
               {"n", str_of(number)});
}

static enum rc draw(struct buf *to, const struct progress *p, double done, double seconds,
                    struct err *e)
{
    char key[32];
    snprintf(key, sizeof key, "stage.%s", p->stage);
    struct str name = sentence(&p->speaker, key);
    TRY(buf_str(to, STR("\r"), e));
    TRY(buf_str(to, name, e));
    for (size_t w = str_width(name); w < STAGE_COLUMNS; w++)
        TRY(buf_char(to, ' ', e));
    TRY(buf_char(to, ' ', e));
    int full = (int)(done * CELLS + 0.5);
    for (int i = 0; i < CELLS; i++)
        TRY(buf_str(to, i < full ? STR("█") : STR("░"), e));
    TRY(buf_printf(to, e, " %3.0f%%", 100 * done));
    TRY(say_rate(to, p, done, seconds, e));
    return buf_str(to, STR("\033[K"), e);
}

enum rc progress_step(void *ctx, const char *stage, double done, struct err *e)
{
    struct progress *p = ctx;
    (void)e;
    if (!p->on)
        return RC_OK;
    double now = clock_seconds();
    if (!p->stage || strcmp(p->stage, stage) != 0)
        begin(p, stage, now);
    if (now - p->shown < REDRAW)
        return RC_OK;
    p->shown = now;
    struct buf line;
    buf_init(&line, 4096);
    /* A bar that cannot be drawn is no reason to stop. */
    if (draw(&line, p, done < 0 ? 0 : MIN(done, 1.0), now - p->start, NULL) == RC_OK)
        fwrite(line.p, 1, line.n, stderr);
    buf_free(&line);
    return RC_OK;
}

void progress_end(struct progress *p)
{
    if (p->on && p->stage)
        fputs("\r\033[K", stderr);
    p->stage = NULL;
}
