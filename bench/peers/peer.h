/* What every peer written in C or C++ shares: reading, timing, two cores, the line of figures.
 *
 *   <peer> build DIR INDEX            DIR/results.tok into the folder INDEX, which is empty
 *   <peer> ask   DIR INDEX SECONDS    DIR/needs.tok one by one, then on two cores
 *   <peer> add   DIR INDEX            results once more, one at a time, until each can be found
 *
 * Each prints one line of JSON. `ask` stops after SECONDS when at least five needs are done, and
 * writes INDEX.answers: a line a need, the numbers of the results it found, from 0, best first. */
#ifndef BENCH_PEER_H
#define BENCH_PEER_H

#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { PEER_TOP = 10 };

struct peer {
    const char *name, *version;
    void (*build)(FILE *results, const char *index);
    void *(*open)(const char *index); /* for reading; in each process anew */
    /* Top 10 of the OR of `n` distinct terms, ranked the engine's best way. Returns how many. */
    int (*ask)(void *handle, const char *const *term, int n, uint32_t doc[PEER_TOP]);
    void *(*open_add)(const char *index);            /* for writing */
    void (*add)(void *handle, char *line, size_t n); /* returns once the result can be found */
    void (*close_add)(void *handle);
};

int peer_main(int argc, char **argv, const struct peer *p);

/* The next line without its newline, or NULL; it may be changed and lives until the next call. */
char *peer_line(FILE *f, size_t *n);
void peer_die(const char *what) __attribute__((noreturn));

#ifdef __cplusplus
}
#endif

#endif
