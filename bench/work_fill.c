/* A million records with three years behind them, through the real store_put: every record is what
 * its number says, so nothing but ids and versions is kept while the days go by. */
#include "work.h"

#include "base/clock.h"
#include "base/map.h"

#include <inttypes.h>
#include <string.h>

#define STAGES 5 /* most entries of one record */
#define BATCH  20000u

enum {
    ORG,
    PERSON,
    RESULT,
    NEED,
    TALK,
    AGREEMENT,
    COMMITMENT,
    PROJECT,
    MILESTONE,
    PAYMENT,
    APPOINTMENT,
    RANK,
    KINDS
};

/* States one after the other; behind the first: how many of a hundred get there, and the days it
 * takes them at most. "-": deleted. */
static const struct plan {
    const char *kind;
    unsigned permille;
    struct {
        const char *state;
        unsigned percent, days;
    } stage[STAGES];
} plans[KINDS] = {
    [ORG] = {"org", 30, {{"", 0, 0}, {"", 30, 900}}},
    [PERSON] = {"person", 100, {{"", 0, 0}, {"", 10, 900}}},
    [RESULT] = {"result", 200, {{"open", 0, 0}, {"transferred", 15, 600}, {"withdrawn", 5, 200}}},
    [NEED] = {"need",
              150,
              {{"collected", 0, 0},
               {"diagnosed", 85, 30},
               {"open", 90, 20},
               {"matched", 40, 200},
               {"closed", 20, 300}}},
    [TALK] = {"introduction",
              120,
              {{"shortlist", 0, 0},
               {"proposed", 80, 20},
               {"contacted", 70, 20},
               {"talking", 70, 40},
               {"agreed", 50, 90}}},
    [AGREEMENT] = {"agreement", 100, {{"draft", 0, 0}, {"active", 90, 40}, {"finished", 35, 700}}},
    [COMMITMENT] = {"commitment", 120, {{"open", 0, 0}, {"fulfilled", 70, 150}, {"open", 2, 50}}},
    [PROJECT] = {"project", 50, {{"proposed", 0, 0}, {"running", 85, 60}, {"accepted", 50, 700}}},
    [MILESTONE] = {"milestone", 70, {{"open", 0, 0}, {"delivered", 75, 200}, {"accepted", 80, 60}}},
    [PAYMENT] = {"payment", 45, {{"received", 0, 0}, {"claimed", 80, 60}, {"-", 2, 60}}},
    [APPOINTMENT] =
        {"appointment",
         10,
         {{"draft", 0, 0}, {"confirmed", 90, 30}, {"active", 95, 30}, {"finished", 30, 500}}},
    [RANK] = {"rank", 5, {{"", 0, 0}}},
};

struct entry_of {
    int64_t at;
    uint32_t kind, place, stage;
};
typedef VEC(struct entry_of) vec_step_of;

struct filling {
    struct site *site;
    const struct kind *kind[KINDS];
    uint32_t n[KINDS];
    int64_t *id[KINDS];
    uint8_t *version[KINDS];
    vec_step_of event;
    struct arena arena;
};
static struct err err;

static uint32_t draw(uint32_t kind, uint32_t place, uint32_t what, uint32_t n)
{
    uint64_t x = ((uint64_t)kind << 48) + ((uint64_t)what << 36) + place;
    return (uint32_t)(mix64(x + 0x9e3779b97f4a7c15u) >> 32) % n;
}

/* Organisations and people are there from the first month on; the rest comes day by day. */
static int64_t made_on(const struct filling *f, uint32_t kind, uint32_t place)
{
    int64_t first = WORK_TODAY - WORK_DAYS;
    if (kind == ORG || kind == PERSON)
        return first + (kind == PERSON) + (int64_t)place * 28 / f->n[kind];
    int64_t from = kind == TALK ? 60 : 30; /* what they bring together is there */
    return first + from + (int64_t)place * (WORK_DAYS - from) / f->n[kind];
}

static int by_time(const void *x, const void *y)
{
    const struct entry_of *a = x, *b = y;
    if (a->at != b->at)
        return a->at < b->at ? -1 : 1;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    return a->place != b->place ? (a->place < b->place ? -1 : 1)
                                : (a->stage > b->stage) - (a->stage < b->stage);
}

static void plan_all(struct filling *f)
{
    for (uint32_t k = 0; k < KINDS; k++)
        for (uint32_t i = 0; i < f->n[k]; i++) {
            int64_t at = made_on(f, k, i) * 86400 + draw(k, i, 1, 36000);
            for (uint32_t s = 0; s < STAGES && plans[k].stage[s].state; s++) {
                if (s && draw(k, i, 10 + s, 100) >= plans[k].stage[s].percent)
                    break;
                if (s)
                    at += 86400 + (int64_t)draw(k, i, 20 + s, plans[k].stage[s].days * 86400u);
                if (at >= WORK_NOW - 3600)
                    break;
                or_die(vec_push(&f->event, ((struct entry_of){at, k, i, s}), &err), &err);
            }
        }
    qsort(f->event.p, f->event.n, sizeof *f->event.p, by_time);
}

/* ---- what a record says ---- */

static const char *day(int64_t days)
{
    static char text[8][12];
    static unsigned at;
    char *to = text[at++ % 8];
    struct str s = date_put(to, days);
    memmove(to, s.p, s.n);
    to[s.n] = 0;
    return to;
}

/* An earlier record of another kind. */
static int64_t other(const struct filling *f, uint32_t kind, uint32_t place, uint32_t of,
                     uint32_t what)
{
    uint32_t upto = of == ORG || of == PERSON
                        ? f->n[of]
                        : (uint32_t)((uint64_t)place * f->n[of] / f->n[kind] * 9 / 10) + 1;
    int64_t id = f->id[of][draw(kind, place, what, upto)];
    return id ? id : f->id[of][0];
}

/* One of its own for every record of `kind`, of which there are fewer: no pair stands twice. */
static int64_t own(const struct filling *f, uint32_t kind, uint32_t place, uint32_t of)
{
    return f->id[of][(uint64_t)place * f->n[of] * 8 / f->n[kind] / 10];
}

#define PICK(list, what) (list)[draw(k, i, what, ARRAY_LEN(list))]
static const char *const industries[] = {"C26", "C27", "C33", "C34", "C35", "C36", "C37", "C38",
                                         "C39", "C40", "C13", "A01", "D44", "E48", "I65", "M73"};
static const char *const regions[] = {"430100", "430200", "430300", "430400", "420100", "440100",
                                      "440300", "310000", "110000", "320100", "330100", "510100"};
static const char *const tiers[] = {"sme", "hightech", "srdi", "gazelle", "littlegiant", "listed"};
static const char *const agreements[] = {"institute",  "consortium", "framework",
                                         "contract",   "contract",   "contract",
                                         "internship", "donation",   "talent"};
static const char *const contracts[] = {"development", "transfer", "licence", "consulting",
                                        "service"};
static const char *const coops[] = {"entrust", "joint", "buy", "consult", "lab"};
static const char text_of_all[] = "面向量产线的工艺改进与装备国产化，要求批次稳定、成本可控，"
                                  "提供样品、检测报告与现场调试，并完成人员培训和技术资料交接。";

static void first_kinds(const struct filling *f, struct buf *b, uint32_t k, uint32_t i)
{
    static const char *const types[] = {"company",    "company",   "company",    "company",
                                        "university", "institute", "government", "park"};
    static const char *const titles[] = {"professor", "aprofessor", "researcher", "srengineer"};
    static const char *const rights[] = {"filed", "granted", "secret", "software"};
    bool is_company = draw(k, i, 30, 8) < 4;
    int64_t d = made_on(f, k, i);
    switch (k) {
    case ORG:
        or_die(buf_printf(b, &err,
                          "{\"name\":\"示例单位%u\",\"type\":\"%s\",\"industry\":\"%s\","
                          "\"region\":\"%s\",\"staff\":%u",
                          i, is_company ? "company" : PICK(types, 31), PICK(industries, 32),
                          PICK(regions, 33), 10 + draw(k, i, 34, 5000)),
               &err);
        if (is_company && draw(k, i, 35, 3) == 0)
            or_die(buf_printf(b, &err, ",\"tier\":\"%s\"", PICK(tiers, 36)), &err);
        or_die(buf_printf(b, &err, ",\"intro\":\"%s\"}", text_of_all), &err);
        break;
    case PERSON:
        or_die(buf_printf(b, &err,
                          "{\"name\":\"示例人员%u\",\"units\":[%" PRId64 "],\"jobtitle\":\"%s\","
                          "\"available\":%s,\"bio\":\"%s\"}",
                          i, other(f, k, i, ORG, 2), PICK(titles, 32),
                          draw(k, i, 33, 3) ? "true" : "false", text_of_all),
               &err);
        break;
    case RESULT:
        or_die(buf_printf(b, &err,
                          "{\"title\":\"示例成果%u\",\"body\":\"%s\",\"people\":[%" PRId64 "],"
                          "\"industry\":\"%s\",\"region\":\"%s\",\"trl\":%u,\"date\":\"%s\","
                          "\"ipstatus\":\"%s\",\"transfer\":[\"%s\"],\"price\":%u}",
                          i, text_of_all, other(f, k, i, PERSON, 3), PICK(industries, 32),
                          PICK(regions, 33), 1 + draw(k, i, 34, 9), day(d - draw(k, i, 35, 700)),
                          PICK(rights, 36), draw(k, i, 37, 2) ? "assign" : "license",
                          1000000 + draw(k, i, 38, 500000000)),
               &err);
        break;
    default:
        or_die(
            buf_printf(
                b, &err,
                "{\"title\":\"示例需求%u\",\"body\":\"%s\",\"industry\":\"%s\","
                "\"region\":\"%s\",\"trl\":%u,\"coop\":[\"%s\"],\"budget\":%u,\"deadline\":\"%s\"}",
                i, text_of_all, PICK(industries, 32), PICK(regions, 33), 3 + draw(k, i, 34, 6),
                PICK(coops, 35), 5000000 + draw(k, i, 36, 300000000),
                day(d + 60 + draw(k, i, 37, 700))),
            &err);
    }
}

static void bonds(const struct filling *f, struct buf *b, uint32_t k, uint32_t i, uint32_t stage,
                  int64_t today)
{
    int64_t d = made_on(f, k, i);
    uint32_t amount = 5000000 + draw(k, i, 40, 800000000);
    const char *type = PICK(agreements, 41);
    switch (k) {
    case TALK:
        or_die(buf_printf(b, &err,
                          "{\"title\":\"示例对接%u\",\"need\":%" PRId64 ",\"offer\":%" PRId64
                          ",\"need_org\":%" PRId64 ",\"offer_org\":%" PRId64 ",\"score\":%u.5",
                          i, own(f, k, i, NEED), own(f, k, i, RESULT), other(f, k, i, ORG, 4),
                          other(f, k, i, ORG, 5), draw(k, i, 6, 100)),
               &err);
        if (stage == 4)
            or_die(buf_printf(b, &err, ",\"mode\":\"%s\",\"amount\":%u,\"signed\":\"%s\"",
                              PICK(coops, 7), amount, day(today)),
                   &err);
        or_die(buf_str(b, STR("}"), &err), &err);
        break;
    case AGREEMENT:
        or_die(buf_printf(b, &err, "{\"title\":\"示例协议%u\",\"type\":\"%s\"", i, type), &err);
        if (strcmp(type, "contract") == 0)
            or_die(buf_printf(b, &err, ",\"contract\":\"%s\"", PICK(contracts, 42)), &err);
        or_die(buf_printf(b, &err,
                          ",\"parties\":[{\"org\":%" PRId64 ",\"role\":\"lead\"},{\"org\":%" PRId64
                          ",\"role\":\"b\"}],\"place\":\"%s\",\"signed\":\"%s\",\"start\":\"%s\","
                          "\"end\":\"%s\",\"amount\":%u,\"body\":\"%s\"}",
                          other(f, k, i, ORG, 4), other(f, k, i, ORG, 5), PICK(regions, 33), day(d),
                          day(d + 10), day(d + 200 + draw(k, i, 43, 900)), amount, text_of_all),
               &err);
        break;
    case PROJECT: {
        static const char *const types[] = {"attack", "transfer", "service", "platform"};
        static const char *const stages[] = {"s0", "s1", "sn"};
        or_die(
            buf_printf(b, &err,
                       "{\"title\":\"示例项目%u\",\"type\":\"%s\",\"body\":\"%s\",\"stage\":\"%s\","
                       "\"trl\":%u,\"leader\":%" PRId64 ",\"start\":\"%s\",\"end\":\"%s\","
                       "\"budget_total\":%u,\"agreement\":%" PRId64 "}",
                       i, PICK(types, 41), text_of_all, PICK(stages, 42), 1 + draw(k, i, 44, 9),
                       other(f, k, i, PERSON, 3), day(d), day(d + 180 + draw(k, i, 43, 900)),
                       amount, other(f, k, i, AGREEMENT, 5)),
            &err);
        break;
    }
    default:
        or_die(buf_printf(b, &err,
                          "{\"title\":\"示例到款%u\",\"agreement\":%" PRId64 ",\"project\":%" PRId64
                          ",\"payer\":%" PRId64 ",\"amount\":%u,\"day\":\"%s\"}",
                          i, other(f, k, i, AGREEMENT, 3), other(f, k, i, PROJECT, 4),
                          other(f, k, i, ORG, 5), amount / 4, day(d)),
               &err);
    }
}

static void promises(const struct filling *f, struct buf *b, uint32_t k, uint32_t i, uint32_t stage,
                     int64_t today)
{
    int64_t d = made_on(f, k, i), due = d + 20 + draw(k, i, 40, 200);
    switch (k) {
    case COMMITMENT:
        or_die(buf_printf(b, &err,
                          "{\"title\":\"示例承诺%u\",\"body\":\"%s\",\"debtor\":%" PRId64
                          ",\"creditor\":%" PRId64 ",\"owner_name\":\"责任人%u\",\"due\":\"%s\"",
                          i, text_of_all, f->id[ORG][draw(k, i, 4, f->n[ORG] / 20 + 1)],
                          other(f, k, i, ORG, 5), draw(k, i, 41, 300), day(due)),
               &err);
        break;
    case MILESTONE:
        or_die(buf_printf(b, &err,
                          "{\"title\":\"示例里程碑%u\",\"project\":%" PRId64 ",\"due\":\"%s\"", i,
                          other(f, k, i, PROJECT, 4), day(due)),
               &err);
        break;
    case APPOINTMENT:
        or_die(buf_printf(b, &err,
                          "{\"title\":\"示例双聘%u\",\"person\":%" PRId64 ",\"home\":%" PRId64
                          ",\"host\":%" PRId64 ",\"start\":\"%s\",\"end\":\"%s\",\"home_share\":50,"
                          "\"host_share\":30}",
                          i, other(f, k, i, PERSON, 3), other(f, k, i, ORG, 4),
                          other(f, k, i, ORG, 5), day(d + 5), day(d + 300 + draw(k, i, 41, 500))),
               &err);
        return;
    default:
        or_die(buf_printf(b, &err,
                          "{\"title\":\"示例梯队%u\",\"company\":%" PRId64 ",\"tier\":\"%s\","
                          "\"start\":\"%s\",\"end\":\"%s\"}",
                          i, f->id[ORG][draw(k, i, 4, f->n[ORG])], PICK(tiers, 41), day(d - 30),
                          day(d + 1000)),
               &err);
        return;
    }
    if (stage % 2 == 1 || (k == MILESTONE && stage))
        or_die(buf_printf(b, &err, ",\"done\":\"%s\",\"evidence\":\"验收单%u\"", day(today), i),
               &err);
    or_die(buf_str(b, STR("}"), &err), &err);
}

static void write_one(struct filling *f, struct tx *tx, struct buf *b, const struct entry_of *x)
{
    static const char *const actions[] = {"create", "update", "update", "update", "update"};
    const uint32_t k = x->kind, i = x->place;
    const char *state = plans[k].stage[x->stage].state;
    struct by by = {.login = STR("bench"), .action = str_of(actions[x->stage]), .at = x->at};
    struct rec r;
    b->n = 0;
    if (k <= NEED)
        first_kinds(f, b, k, i);
    else if (k == TALK || k == AGREEMENT || k == PROJECT || k == PAYMENT)
        bonds(f, b, k, i, x->stage, day_of_time(x->at));
    else
        promises(f, b, k, i, x->stage, day_of_time(x->at));
    or_die(rec_new(&r, f->kind[k], &f->arena, &err), &err);
    or_die(rec_parse(&r, buf_view(b), &f->arena, &err), &err);
    r.id = f->id[k][i];
    r.version = f->version[k][i];
    if (k != ORG && f->kind[k]->owned)
        r.org = other(f, k, i, ORG, 9);
    if (k == RESULT || k == NEED || k == PERSON)
        r.secrecy = draw(k, i, 50, 10) == 0 ? SECRECY_MASKED : SECRECY_OPEN;
    if (state[0] == '-') {
        by.action = STR("delete");
        or_die(store_delete(tx, &r, &by, &err), &err);
        return;
    }
    r.state = state[0] ? state_find(r.kind, str_of(state)) : NO_STATE;
    or_die(store_put(tx, &r, &by, &err), &err);
    f->id[k][i] = r.id;
    f->version[k][i] = (uint8_t)r.version;
}

static void live(struct filling *f)
{
    struct buf b;
    struct tx *tx = NULL;
    double start = clock_seconds();
    buf_init(&b, 1 << 20);
    for (size_t i = 0; i < f->event.n; i++) {
        if (!tx)
            or_die(tx_begin(&tx, site_store(f->site), TX_WRITE, &err), &err);
        write_one(f, tx, &b, &f->event.p[i]);
        if ((i + 1) % BATCH == 0 || i + 1 == f->event.n) {
            or_die(tx_commit(tx, &err), &err);
            tx = NULL;
            arena_reset(&f->arena);
        }
        if ((i + 1) % 200000 == 0)
            fprintf(stderr, "%zu of %zu entries, %.0f s\n", i + 1, f->event.n,
                    clock_seconds() - start);
    }
    buf_free(&b);
}

/* ---- what is counted ---- */

static int64_t put_json(struct filling *f, struct tx *tx, const char *kind, const char *state,
                        struct str json)
{
    struct by by = {.login = STR("bench"), .action = STR("create"), .at = WORK_NOW};
    struct rec r;
    or_die(rec_new(&r, kind_find(site_kinds(f->site), str_of(kind)), &f->arena, &err), &err);
    or_die(rec_parse(&r, json, &f->arena, &err), &err);
    r.org = f->id[ORG][0];
    r.state = state ? state_find(r.kind, str_of(state)) : NO_STATE;
    or_die(store_put(tx, &r, &by, &err), &err);
    return r.id;
}

static void put_member(struct buf *b, const char *name, const char *value)
{
    if (!value[0])
        return;
    or_die(buf_printf(b, &err, ",\"%s\":", name), &err);
    or_die(buf_json(b, str_of(value), &err), &err);
}

/* A running programme of which LEADING indicators have a deadline, hence a forecast. */
#define LEADING 18u
static void declare(struct filling *f)
{
    static struct work_spec spec[WORK_MEASURES];
    struct tx *tx;
    struct buf b;
    work_specs(spec);
    buf_init(&b, 1 << 16);
    or_die(tx_begin(&tx, site_store(f->site), TX_WRITE, &err), &err);
    or_die(buf_printf(&b, &err, "{\"title\":\"示例行动计划\",\"start\":\"%s\",\"end\":\"%s\"}",
                      day(WORK_TODAY - WORK_DAYS), day(WORK_TODAY + 400)),
           &err);
    int64_t programme = put_json(f, tx, "programme", "active", buf_view(&b));
    for (uint32_t i = 0; i < WORK_MEASURES; i++) {
        const struct work_spec *s =
            &spec[i * 37 % WORK_MEASURES]; /* of all kinds among the first */
        b.n = 0;
        or_die(buf_printf(&b, &err,
                          "{\"title\":\"示例指标%u\",\"programme\":%" PRId64
                          ",\"baseline\":0,\"target\":%u",
                          i, programme, i < LEADING ? 100000000u : 1u),
               &err);
        if (i < LEADING)
            put_member(&b, "deadline", day(WORK_TODAY + 300));
        put_member(&b, "measure", s->measure);
        put_member(&b, "over", s->over);
        put_member(&b, "filter", s->filter);
        put_member(&b, "path", s->path);
        put_member(&b, "population", s->population);
        put_member(&b, "among", s->among);
        or_die(buf_str(&b, STR("}"), &err), &err);
        put_json(f, tx, "indicator", NULL, buf_view(&b));
    }
    or_die(tx_commit(tx, &err), &err);
    buf_free(&b);
}

void work_fill(struct site *s, uint32_t n)
{
    struct filling f = {.site = s};
    uint32_t left = n - WORK_MEASURES - 1; /* and the programme with its indicators */
    for (uint32_t k = 0; k < KINDS; k++) {
        f.kind[k] = kind_find(site_kinds(s), str_of(plans[k].kind));
        f.n[k] = (uint32_t)((uint64_t)n * plans[k].permille / 1000) + 1;
        if (k == KINDS - 1 || f.n[k] > left)
            f.n[k] = left; /* the last has what is left */
        left -= f.n[k];
        f.id[k] = grab(f.n[k], sizeof *f.id[k]);
        f.version[k] = grab(f.n[k], 1);
    }
    plan_all(&f);
    live(&f);
    declare(&f);
    for (uint32_t k = 0; k < KINDS; k++) {
        free(f.id[k]);
        free(f.version[k]);
    }
    vec_free(&f.event);
    arena_free(&f.arena);
}
