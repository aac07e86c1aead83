/* qiao sample: a region written for this project, with what has happened in it. Every record is
 * made and every step taken as people would, at the time that the files give. */
#define _POSIX_C_SOURCE 200809L
#include "base/map.h"
#include "cli/site_int.h"
#include "record/value.h"
#include "service/approval.h"
#include "service/attach.h"
#include "service/auth.h"
#include "service/notify.h"
#include "service/records.h"
#include "sheet/grid.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define DAY         86400
#define RECENT      (14 * 86400) /* what was told before has been read */
#define MORNING     3600         /* 9 o'clock in China, in seconds of UTC */
#define FIRST_DAY   "2024-09-01"
#define ROWS_MAX    100000u
#define BYTES_MAX   (64u << 20)
/* day|action|login|reason|comment|field=text|field=text…
 * "approval.agree" and the like are operations of a running approval, the last one
 * "approval.pass"; there the reason is a login or the name of a step. */
#define EVENT_PART  6
#define APPROVAL    "approval."
#define STEP_FIELDS 8

/* Files in the order in which their records can be made. The first two are there before anything
 * happens; all others in the order of their days. */
static const char *const kinds_in_order[] = {
    "org",          "person",    "resource",    "result",      "need",
    "introduction", "event",     "direction",   "commitment",  "agreement",
    "project",      "milestone", "payment",     "reward",      "scoresheet",
    "assessment",   "position",  "application", "appointment", "rank",
    "programme",    "indicator", "finding",     "base",        "alumnus"};
#define N_FILES   ARRAY_LEN(kinds_in_order)
#define N_SETTLED 2u

struct sample_args {
    struct site_args site;
    const char *password;
};

static const struct option options[] = {
    OPTION_DB,
    {.name = "password",
     .kind = OPTION_TEXT,
     .to = offsetof(struct sample_args, password),
     .value = {"口令", "PASSWORD"},
     .help = {"所有示例账号的口令；不给则不建账号",
              "the password of all sample accounts; without it none are made"}},
};

struct happening {
    int64_t at;
    uint32_t file, row, step; /* step 0: it is made */
    struct str part[EVENT_PART];
};

struct loading {
    struct at_site at;
    int64_t now;
    const char *folder, *password;
    struct grid grid[N_FILES];
    int64_t *id[N_FILES];
    VEC(struct happening) happening;
    struct arena arena, scratch;
    vec_account accounts;
};

static int64_t told_time(void *ctx)
{
    return ((struct loading *)ctx)->now;
}

/* ---- reading ---- */

static struct str cell_at(const struct grid *g, uint32_t row, const char *column)
{
    const struct grid_row *head = &g->rows.p[0], *r = &g->rows.p[row];
    for (uint32_t i = 0; i < head->n && i < r->n; i++)
        if (str_eq(head->cell[i].text, str_of(column)))
            return r->cell[i].text;
    return STR("");
}

static int64_t day_at(struct str text)
{
    struct date d;
    if (!value_date(text, &d))
        return -1;
    return days_of(d.year, d.month ? d.month : 1, d.day ? d.day : 1) * DAY + MORNING;
}

static enum rc read_file(struct loading *x, uint32_t file, struct err *e)
{
    struct buf path;
    struct grid_request q = {.rows = ROWS_MAX, .bytes = BYTES_MAX, .limits = &sheet_limits_default};
    buf_init(&path, 4096);
    enum rc rc = buf_printf(&path, e, "%s/%s.csv", x->folder, kinds_in_order[file]);
    if (rc == RC_OK)
        rc = cli_check_input(path.p, e);
    if (rc == RC_OK)
        rc = grid_read(&x->grid[file], path.p, &q, e);
    if (rc == RC_OK && !x->grid[file].rows.n)
        rc = err_user(e, "sheet.no_rows", "%s", path.p);
    buf_free(&path);
    if (rc != RC_OK)
        return rc;
    x->id[file] = arena_calloc(&x->arena, x->grid[file].rows.n, sizeof *x->id[file]);
    return x->id[file] ? RC_OK : err_nomem(e);
}

/* "2025-07-06|diagnose|broker||why|done=2025-07-05" */
static enum rc read_step(struct happening *h, struct str text, struct err *e)
{
    size_t from = 0;
    for (uint32_t i = 0; i < EVENT_PART; i++) {
        size_t end = i + 1 < EVENT_PART ? MIN(str_find(text, STR("|"), from), text.n) : text.n;
        h->part[i] = str_trim(str_sub(text, from, end));
        from = end + 1;
    }
    int64_t day = day_at(h->part[0]);
    if (day < 0 || !h->part[1].n)
        return err_user(e, "cli.sample_step", "%.*s", (int)MIN(text.n, 120), text.p);
    h->at = day;
    return RC_OK;
}

/* A row becomes its making and its steps. */
static enum rc plan_row(struct loading *x, uint32_t file, uint32_t row, struct err *e)
{
    const struct grid *g = &x->grid[file];
    struct str created = cell_at(g, row, "created"), history = cell_at(g, row, "history");
    struct happening h = {.file = file, .row = row};
    h.at = day_at(created.n ? created : STR(FIRST_DAY));
    if (h.at < 0)
        return err_user(e, "cli.sample_step", "%.*s", (int)MIN(created.n, 60), created.p);
    h.at += row % 480 * 60;
    TRY(vec_push(&x->happening, h, e));
    for (size_t from = 0; from < history.n;) {
        size_t end = MIN(str_find(history, STR("；"), from), history.n);
        h.step++;
        TRY(read_step(&h, str_sub(history, from, end), e));
        h.at += row % 480 * 60;
        TRY(vec_push(&x->happening, h, e));
        from = end + strlen("；");
    }
    return RC_OK;
}

static int earlier(const void *p, const void *q)
{
    const struct happening *a = p, *b = q;
    bool sa = a->file < N_SETTLED, sb = b->file < N_SETTLED;
    if (sa != sb)
        return sa ? -1 : 1;
    if (sa && a->file != b->file)
        return a->file < b->file ? -1 : 1;
    if (!sa && a->at != b->at)
        return a->at < b->at ? -1 : 1;
    if (a->file != b->file)
        return a->file < b->file ? -1 : 1;
    if (a->row != b->row)
        return a->row < b->row ? -1 : 1;
    return a->step < b->step ? -1 : a->step > b->step;
}

static enum rc plan(struct loading *x, struct err *e)
{
    for (uint32_t f = 0; f < N_FILES; f++) {
        TRY(read_file(x, f, e));
        for (uint32_t r = 1; r < x->grid[f].rows.n; r++)
            TRY(plan_row(x, f, r, e));
    }
    qsort(x->happening.p, x->happening.n, sizeof *x->happening.p, earlier);
    return RC_OK;
}

/* ---- doing ---- */

/* Columns that are about the row, not fields of the record. */
static bool is_field(const struct kind *k, struct str name)
{
    static const char *const not_fields[] = {"key", "created", "history", "state", "offer_kind"};
    for (size_t i = 0; i < ARRAY_LEN(not_fields); i++)
        if (str_eq(name, str_of(not_fields[i])))
            return false;
    return k->owned || !str_eq(name, STR("owner"));
}

/* The id of a record of a file by its title. */
static int64_t id_of(const struct loading *x, struct str kind, struct str title)
{
    for (uint32_t f = 0; f < N_FILES; f++) {
        if (!title.n || !str_eq(kind, str_of(kinds_in_order[f])))
            continue;
        for (uint32_t r = 1; r < x->grid[f].rows.n; r++)
            if (str_eq(cell_at(&x->grid[f], r, "title"), title) ||
                str_eq(cell_at(&x->grid[f], r, "name"), title))
                return x->id[f][r];
    }
    return 0;
}

static enum rc place_error(struct err *e, enum rc rc, const struct happening *h, vec_fault *faults)
{
    if (rc == RC_USER && faults->n)
        rc = err_user(e, faults->p[0].key, "%.*s", (int)faults->p[0].detail.n,
                      faults->p[0].detail.p);
    return err_at(e, rc, kinds_in_order[h->file], NULL, h->row + 1, 0);
}

static enum rc make(struct loading *x, const struct happening *h, struct err *e)
{
    const struct grid *g = &x->grid[h->file];
    const struct grid_row *head = &g->rows.p[0], *row = &g->rows.p[h->row];
    const struct kind *k = kind_find(site_kinds(x->at.site), str_of(kinds_in_order[h->file]));
    struct typed *typed = arena_calloc(&x->scratch, head->n + 1, sizeof *typed);
    struct rec r;
    vec_fault faults = {0};
    char number[24];
    uint32_t n = 0;
    if (!k || !typed)
        return k ? err_nomem(e) : err_user(e, "cli.sample_step", "%s", kinds_in_order[h->file]);
    for (uint32_t i = 0; i < head->n && i < row->n; i++)
        if (is_field(k, head->cell[i].text) && row->cell[i].text.n)
            typed[n++] = (struct typed){head->cell[i].text, row->cell[i].text};
    struct str offer_kind = cell_at(g, h->row, "offer_kind");
    for (uint32_t i = 0; offer_kind.n && i < n; i++)
        if (str_eq(typed[i].name, STR("offer"))) {
            int len = snprintf(number, sizeof number, "#%lld",
                               (long long)id_of(x, offer_kind, typed[i].text));
            typed[i].text = (struct str){number, (size_t)len};
        }
    enum rc rc = rec_new(&r, k, &x->scratch, e);
    if (rc == RC_OK)
        rc = record_fill(x->at.site, &actor_system, &r, typed, n, &x->scratch, &faults, e);
    if (rc == RC_OK)
        rc = record_save(x->at.site, &actor_system, &r, STR(""), &x->scratch, &faults, e);
    rc = rc == RC_OK ? RC_OK : place_error(e, rc, h, &faults);
    x->id[h->file][h->row] = r.id;
    vec_free(&faults);
    return rc;
}

static struct actor actor_of(const struct loading *x, struct str login)
{
    for (size_t i = 0; i < x->accounts.n; i++) {
        const struct account *a = &x->accounts.p[i];
        if (str_eq(a->login, login))
            return (struct actor){.account = a->id,
                                  .org = a->org,
                                  .person = a->person,
                                  .role = a->role,
                                  .login = a->login,
                                  .name = a->name,
                                  .zh = true};
    }
    return actor_system;
}

/* "done=2025-07-05|evidence=signed" */
static uint32_t step_fields(struct str text, struct typed *typed)
{
    uint32_t n = 0;
    for (size_t from = 0; from < text.n && n < STEP_FIELDS;) {
        size_t end = MIN(str_find(text, STR("|"), from), text.n);
        struct str one = str_sub(text, from, end);
        size_t equal = MIN(str_find(one, STR("="), 0), one.n);
        typed[n++] = (struct typed){str_trim(str_sub(one, 0, equal)),
                                    str_sub(one, MIN(equal + 1, one.n), one.n)};
        from = end + 1;
    }
    return n;
}

/* "@NAME.pdf" stands for a file: a page that says what it is. */
static const char scan[] = "%PDF-1.4\n"
                           "1 0 obj\n"
                           "<< /Type /Catalog /Pages 2 0 R >>\n"
                           "endobj\n"
                           "2 0 obj\n"
                           "<< /Type /Pages /Kids [3 0 R] /Count 1 >>\n"
                           "endobj\n"
                           "3 0 obj\n"
                           "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
                           "/Resources << /Font << /F1 5 0 R >> >> >>\n"
                           "endobj\n"
                           "4 0 obj\n"
                           "<< /Length 55 >>\n"
                           "stream\n"
                           "BT /F1 24 Tf 72 760 Td (Sample of a scanned deed) Tj ET\n"
                           "endstream\n"
                           "endobj\n"
                           "5 0 obj\n"
                           "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>\n"
                           "endobj\n"
                           "xref\n"
                           "0 6\n"
                           "0000000000 65535 f \n"
                           "0000000009 00000 n \n"
                           "0000000058 00000 n \n"
                           "0000000115 00000 n \n"
                           "0000000241 00000 n \n"
                           "0000000346 00000 n \n"
                           "trailer\n"
                           "<< /Size 6 /Root 1 0 R >>\n"
                           "startxref\n"
                           "416\n"
                           "%%EOF\n";

static enum rc put_files(struct loading *x, const struct actor *who, struct typed *typed,
                         uint32_t n, struct err *e)
{
    for (uint32_t i = 0; i < n; i++)
        if (str_starts(typed[i].text, STR("@")))
            TRY(attach_put(x->at.site, who, str_sub(typed[i].text, 1, typed[i].text.n),
                           (struct str){scan, sizeof scan - 1}, &x->scratch, &typed[i].text, e));
    return RC_OK;
}

static enum rc sign(struct loading *x, const struct happening *h, struct err *e)
{
    const struct kind *k = kind_find(site_kinds(x->at.site), str_of(kinds_in_order[h->file]));
    struct actor who = actor_of(x, h->part[2]);
    struct str name = str_sub(h->part[1], strlen(APPROVAL), h->part[1].n);
    bool last = str_eq(name, STR("pass"));
    const struct approval_act act = {.id = x->id[h->file][h->row],
                                     .action = last ? STR("agree") : name,
                                     .comment = h->part[4],
                                     .step = h->part[3],
                                     .login = h->part[3]};
    /* without accounts nobody is asked */
    const struct act approve = {.id = act.id, .action = STR("approve"), .comment = h->part[4]};
    struct rec after;
    vec_fault faults = {0};
    enum rc rc = RC_OK;
    if (x->accounts.n)
        rc = approval_do(x->at.site, &who, k, &act, &x->scratch, &faults, e);
    else if (last)
        rc = record_act(x->at.site, &who, k, &approve, &x->scratch, &after, &faults, e);
    rc = rc == RC_OK ? RC_OK : place_error(e, rc, h, &faults);
    vec_free(&faults);
    return rc;
}

static enum rc step(struct loading *x, const struct happening *h, struct err *e)
{
    const struct kind *k = kind_find(site_kinds(x->at.site), str_of(kinds_in_order[h->file]));
    struct actor who = actor_of(x, h->part[2]);
    struct typed typed[STEP_FIELDS];
    struct act act = {.id = x->id[h->file][h->row],
                      .typed = typed,
                      .n_typed = step_fields(h->part[5], typed),
                      .action = h->part[1],
                      .reason = h->part[3],
                      .comment = h->part[4]};
    struct rec after;
    vec_fault faults = {0};
    enum rc rc = put_files(x, &who, typed, act.n_typed, e);
    if (rc == RC_OK)
        rc = record_act(x->at.site, &who, k, &act, &x->scratch, &after, &faults, e);
    rc = rc == RC_OK ? RC_OK : place_error(e, rc, h, &faults);
    vec_free(&faults);
    return rc;
}

/* Accounts come once the organisations are there. */
static enum rc make_accounts(struct loading *x, struct err *e)
{
    struct grid g = {0};
    struct buf path;
    struct grid_request q = {.rows = 1000, .bytes = 1u << 20, .limits = &sheet_limits_default};
    buf_init(&path, 4096);
    enum rc rc = buf_printf(&path, e, "%s/accounts.csv", x->folder);
    if (rc == RC_OK)
        rc = grid_read(&g, path.p, &q, e);
    for (uint32_t i = 1; rc == RC_OK && i < g.rows.n; i++) {
        int64_t id;
        struct account_request r = {.login = cell_at(&g, i, "login"),
                                    .name = cell_at(&g, i, "name"),
                                    .role = cell_at(&g, i, "role"),
                                    .lang = cell_at(&g, i, "lang"),
                                    .password = str_of(x->password),
                                    .org = id_of(x, STR("org"), cell_at(&g, i, "org")),
                                    .person = id_of(x, STR("person"), cell_at(&g, i, "person")),
                                    .active = true};
        rc = auth_account_save(x->at.site, &actor_system, &r, &id, e);
    }
    if (rc == RC_OK)
        rc = auth_accounts(x->at.site, &actor_system, &x->arena, &x->accounts, e);
    buf_free(&path);
    grid_free(&g);
    return rc;
}

static enum rc run_all(struct loading *x, struct err *e)
{
    bool accounts = !x->password;
    for (size_t i = 0; i < x->happening.n; i++) {
        const struct happening *h = &x->happening.p[i];
        x->now = h->at;
        if (!accounts && h->file >= N_SETTLED) {
            TRY(make_accounts(x, e));
            accounts = true;
        }
        TRY(!h->step                                ? make(x, h, e)
            : str_starts(h->part[1], STR(APPROVAL)) ? sign(x, h, e)
                                                    : step(x, h, e));
        arena_reset(&x->scratch);
        if (i % 16 == 0)
            TRY(progress_step(&x->at.progress, "sample", (double)i / (double)x->happening.n, e));
    }
    return RC_OK;
}

static enum rc read_old(struct loading *x, const struct account *account, struct err *e)
{
    struct actor a = actor_of(x, account->login);
    vec_notice_shown v = {0};
    enum rc rc = inbox_list(x->at.site, &a, false, 0, 200, &x->scratch, &v, e);
    for (size_t i = 0; rc == RC_OK && i < v.n; i++)
        if (v.p[i].at < x->now - RECENT) {
            rc = inbox_read_all(x->at.site, &a, v.p[i].id, e);
            break;
        }
    vec_free(&v);
    arena_reset(&x->scratch);
    return rc;
}

static enum rc read_inboxes(struct loading *x, struct err *e)
{
    x->now = (int64_t)time(NULL);
    for (size_t i = 0; i < x->accounts.n; i++)
        TRY(read_old(x, &x->accounts.p[i], e));
    return RC_OK;
}

static enum rc sample_run(struct cli *c, int argc, char **argv, struct err *e)
{
    struct sample_args a = {0};
    struct loading x = {0};
    int n;
    bool done;
    TRY(cli_parse(c, &sample_command, &a, argc, argv, &n, &done, e));
    if (done)
        return RC_OK;
    if (n != 2)
        return err_user(e, "cli.sample_words", "%s", "");
    struct site_options o = site_options_of(&a.site, argv[0]);
    x.folder = argv[1];
    x.password = a.password;
    x.now = (int64_t)time(NULL);
    o.now = told_time;
    o.now_ctx = &x;
    enum rc rc = at_site_open(&x.at, c, &o, e);
    if (rc == RC_OK)
        rc = plan(&x, e);
    if (rc == RC_OK)
        rc = run_all(&x, e);
    if (rc == RC_OK)
        rc = read_inboxes(&x, e);
    if (rc == RC_OK)
        rc = at_site_say(&x.at, "cli.sample_done", str_of(argv[0]), e);
    at_site_close(&x.at);
    for (uint32_t f = 0; f < N_FILES; f++)
        grid_free(&x.grid[f]);
    vec_free(&x.happening);
    vec_free(&x.accounts);
    arena_free(&x.scratch);
    arena_free(&x.arena);
    return rc;
}

const struct command sample_command = {
    .name = "sample",
    .run = sample_run,
    .options = options,
    .n_options = ARRAY_LEN(options),
    .usage = {"[选项] 数据目录 示例目录", "[OPTION]... DIR SAMPLES"},
    .what = {"把示例区域装入一个空站点", "load the sample region into an empty site"},
};
