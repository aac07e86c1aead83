/* An import under faults: every allocation of ours and every step of a database statement of the
 * write made to fail, one after the other (with FAULT_STRIDE=n every n-th). Afterwards nothing
 * of the file is there, or all of it where it was reported as written; and the same import goes
 * through. The dry run and the returned sheet under failing allocations too. Prints TAP. */
#define _GNU_SOURCE
#include "../unit/sheets_help.h"

#include "base/fault.h"

static char file[256];
static unsigned number;

static void say(bool ok, const char *what, long n, const char *key)
{
    printf("%sok %u - %s (%ld places)%s%s\n", ok ? "" : "not ", ++number, what, n, ok ? "" : ": ",
           ok ? "" : key);
}

static long stride(void)
{
    const char *s = getenv("FAULT_STRIDE");
    return s ? strtol(s, NULL, 10) : 1;
}

/* A file of five new rows that refer to each other; other names at every round. */
static void write_rows(unsigned round)
{
    char text[600];
    snprintf(text, sizeof text,
             "单位名称,单位类型,上级单位,主营与优势方向\n室%u,高校,院%u,甲；乙\n院%u,高校,校%u,\n"
             "校%u,高校,,\n厂%u,企业,,电机\n所%u,科研院所,校%u,\n",
             round, round, round, round, round, round, round, round);
    snprintf(file, sizeof file, "%s", written("a.csv", text));
}

static bool is_fault(const struct err *e)
{
    return e->rc == RC_NOMEM || e->rc == RC_SYS;
}

/* One kind of fault in the write. */
static void write_under(enum fault_kind kind, const char *what)
{
    unsigned round = 1000 * (unsigned)(kind + 1);
    long n = 1, tried = 0;
    bool ok = true, through = false;
    struct err e = {0};
    for (; ok && !through; n += stride()) {
        struct import *i = NULL;
        uint64_t before = count_of("org");
        write_rows(++round);
        if (import_open(&i, site, &actor_system, kind_of("org"), file, NULL, NULL, &e) != RC_OK)
            break;
        fault_arm(kind, n);
        enum rc rc = import_apply(i, NULL, NULL, &e);
        long seen = fault_count(kind);
        fault_arm(kind, 0);
        tried++;
        through = seen < n;
        ok = rc == RC_OK ? count_of("org") == before + 5
                         : is_fault(&e) && count_of("org") == before && !through;
        if (ok && rc != RC_OK) /* the same dry run can be written now */
            ok = import_apply(i, NULL, NULL, &e) == RC_OK && count_of("org") == before + 5;
        import_close(i);
    }
    say(ok && through, what, tried, e.key);
}

/* Reading and giving back: refused without a trace, and leaks are ASan's business. */
static void read_under(void)
{
    long tried = 0;
    bool ok = true, through = false;
    struct err e = {0};
    snprintf(file, sizeof file, "%s",
             written("a.csv", "单位名称,单位类型,上级单位\n读一,高校,没有的\n读二,不知,\n"));
    for (long n = 1; ok && !through; n += stride()) {
        struct import *i = NULL;
        fault_arm(FAULT_ALLOC, n);
        enum rc rc = import_open(&i, site, &actor_system, kind_of("org"), file, NULL, NULL, &e);
        if (rc == RC_OK) {
            rc = import_returned(i, true, path_in("r.xlsx"), &e);
            import_close(i);
        }
        through = fault_count(FAULT_ALLOC) < n;
        fault_arm(FAULT_ALLOC, 0);
        tried++;
        ok = rc == RC_OK || (is_fault(&e) && !through);
        ok = ok && (access(path_in("r.xlsx"), F_OK) != 0 || rc == RC_OK);
        unlink(path_in("r.xlsx"));
    }
    say(ok && through, "dry run and returned sheet, allocations", tried, e.key);
}

int main(void)
{
    if (sheets_open_all(NULL) != 0)
        return 1;
    write_under(FAULT_ALLOC, "import, allocations");
    write_under(FAULT_STEP, "import, steps of statements");
    read_under();
    printf("1..%u\n", number);
    sheets_close_all(NULL);
    return 0;
}
