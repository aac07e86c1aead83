#define _POSIX_C_SOURCE 200809L
#include "base/fault.h"

#ifdef QIAO_FAULT

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static atomic_long at[3], seen[3], kill_at;
static const char *each; /* the folder of QIAO_FAULT_EACH */
static long stride;      /* of QIAO_FAULT_STRIDE */
static long child_of;    /* its allocation that this process is to fail at; 0: the run itself */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static long env_number(const char *name)
{
    const char *s = getenv(name);
    return s ? strtol(s, NULL, 10) : 0;
}

static void load(void)
{
    at[FAULT_ALLOC] = env_number("QIAO_FAULT_ALLOC");
    at[FAULT_WRITE] = env_number("QIAO_FAULT_WRITE");
    at[FAULT_STEP] = env_number("QIAO_FAULT_STEP");
    kill_at = env_number("QIAO_FAULT_KILL");
    each = getenv("QIAO_FAULT_EACH");
    stride = MAX(env_number("QIAO_FAULT_STRIDE"), 1);
}

/* ---- each allocation, in a child of its own ---- */

/* The child's own names of the files that the run has in its folder so far: what it removes is
 * still there for the run itself. */
static bool move_to(const char *folder)
{
    DIR *d = mkdir(folder, 0700) == 0 ? opendir(".") : NULL;
    int to = open(folder, O_RDONLY | O_DIRECTORY);
    bool ok = d && to >= 0;
    for (struct dirent *x; ok && (x = readdir(d));)
        if (x->d_name[0] != '.' && linkat(AT_FDCWD, x->d_name, to, x->d_name, 0) != 0)
            ok = false;
    if (d)
        closedir(d);
    ok = ok && fchdir(to) == 0;
    if (to >= 0)
        close(to);
    return ok;
}

static void become_child(const char *folder, const int said[2])
{
    int null = open("/dev/null", O_WRONLY);
    if (null < 0 || dup2(null, 1) < 0 || dup2(said[1], 2) < 0 || !move_to(folder))
        _exit(99);
    close(null);
    close(said[0]);
    close(said[1]);
    each = NULL;
}

/* Looking for leaks reads all memory, which takes a hundred times as long as all else that a child
 * does: of the children every LEAKS_EVERY-th is asked. LeakSanitizer calls this at the end of a
 * process. */
#define LEAKS_EVERY 16
int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void)
{
    return child_of && child_of % LEAKS_EVERY != 0;
}

/* What the child said on its standard error, a bar for every end of a line. */
static void read_said(int fd, char *to, size_t cap)
{
    size_t n = 0;
    for (ssize_t got; n < cap - 1 && (got = read(fd, to + n, cap - 1 - n)) > 0;)
        n += (size_t)got;
    to[n] = 0;
    if (n && to[n - 1] == '\n')
        to[n - 1] = 0;
    for (char *p = to; (p = strchr(p, '\n'));)
        *p = '|';
}

static void report(long n, int status, bool left, const char *said)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/report", each);
    FILE *f = fopen(path, "a");
    if (!f || fprintf(f, "%ld\t%d\t%s\t%s\n", n, status, left ? "left" : "-", said) < 0 ||
        fclose(f))
        abort();
}

/* Whether this is the child in which it fails; the run itself waits, tells and goes on. */
static bool fail_apart(long n)
{
    char folder[1024], text[2048];
    int said[2], status = 0;
    snprintf(folder, sizeof folder, "%s/%ld", each, n);
    pid_t pid = pipe(said) == 0 ? fork() : -1;
    if (pid < 0)
        abort();
    if (pid == 0) {
        become_child(folder, said);
        child_of = n;
        return true;
    }
    close(said[1]);
    read_said(said[0], text, sizeof text);
    close(said[0]);
    if (waitpid(pid, &status, 0) != pid)
        abort();
    bool left = rmdir(folder) != 0;
    report(n, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), left, text);
    return false;
}

bool fault_hit(enum fault_kind kind)
{
    pthread_once(&once, load);
    long n = atomic_fetch_add(&seen[kind], 1) + 1;
    if (kind == FAULT_WRITE && n == kill_at)
        kill(getpid(), SIGKILL);
    if (each && kind == FAULT_ALLOC)
        return n % stride == 0 && fail_apart(n);
    return n == at[kind];
}

long fault_count(enum fault_kind kind)
{
    return atomic_load(&seen[kind]);
}

void fault_begin_anew(void)
{
    pthread_once(&once, load);
    for (int kind = 0; kind < 3; kind++)
        atomic_store(&seen[kind], 0);
    load();
}

void fault_arm(enum fault_kind kind, long n)
{
    pthread_once(&once, load);
    atomic_store(&seen[kind], 0);
    atomic_store(&at[kind], n);
}

#else
/* ISO C forbids an empty translation unit. */
extern int fault_unused;
#endif
