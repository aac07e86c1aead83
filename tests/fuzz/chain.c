/* Any bytes as declared approval chains, YAML documents parted by NUL, about the kinds of
 * tests/unit; then any bytes as the seats of a round. */
#include "../unit/chain_help.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* Its text makes the same chain. */
static void again(const struct chain *c)
{
    struct arena a = {.ceiling = 64u << 20};
    struct err e = {0};
    struct chain *same;
    enum rc rc = chain_read(&same, chain_kinds(), c->text, &a, &e);
    if (rc != RC_NOMEM && rc != RC_TOO_BIG &&
        (rc != RC_OK || !str_eq(same->text, c->text) || same->n_steps != c->n_steps))
        abort();
    arena_free(&a);
}

/* What a chain promises: every step is taken once, and is sent back only to earlier ones. */
static void look(const struct chain *c)
{
    uint32_t taken = 0;
    if (!c->kind || !c->n_steps)
        abort();
    for (uint32_t i = c->first; i != CHAIN_END; i = c->step[i].next)
        if (i >= c->n_steps || c->step[i].place != taken++ || !c->step[i].n_signers)
            abort();
    if (taken != c->n_steps)
        abort();
    for (uint32_t i = 0; i < c->n_steps; i++) {
        if (chain_step_find(c, c->step[i].name) != i)
            abort();
        for (uint32_t j = 0; j < c->n_steps; j++)
            if (chain_may_return(c, i, j) && c->step[j].place >= c->step[i].place)
                abort();
    }
}

/* Seven bytes a seat. Somebody who signs what is his brings the round on, and nobody signs twice.
 */
static void sign(const uint8_t *bytes, size_t n)
{
    struct seat s[64];
    uint32_t seats = (uint32_t)MIN(n / 7, ARRAY_LEN(s));
    for (uint32_t i = 0; i < seats; i++, bytes += 7)
        s[i] = (struct seat){.round = bytes[0] % 3,
                             .decision = (enum decided)(bytes[1] % DECISION__COUNT),
                             .added = bytes[2] & 1,
                             .after = (int8_t)bytes[3],
                             .account = bytes[4] % 8,
                             .by = bytes[5],
                             .org = bytes[6] % 3};
    for (int64_t account = 1; account < 8; account++) {
        const struct signer who = {account, account % 3, (enum role)(account % ROLE__COUNT)};
        int32_t mine = seat_for(s, seats, 1, &who);
        if (mine < 0)
            continue;
        if ((uint32_t)mine >= seats || s[mine].round != 1 || !seat_is_of(&s[mine], &who) ||
            !seat_ready(s, seats, (uint32_t)mine))
            abort();
        s[mine].account = account;
        s[mine].decision = DECISION_AGREED;
        if (seat_for(s, seats, 1, &who) >= 0)
            abort();
    }
    bool joint = round_done(s, seats, 1, CHAIN_JOINT);
    for (uint32_t i = 0; i < seats; i++)
        if (joint && s[i].round == 1 && s[i].decision != DECISION_AGREED)
            abort();
    if (round_done(s, seats, 1, CHAIN_ANY) != round_done(s, seats, 1, CHAIN_ONE))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct arena a = {.ceiling = 64u << 20};
    struct err e = {0};
    struct chains *all;
    enum rc rc = chains_open(&all, &e);
    if (rc != RC_OK)
        abort();
    sign(bytes, n);
    for (size_t at = 0; at < n && rc == RC_OK;) {
        const uint8_t *cut = memchr(bytes + at, 0, n - at);
        size_t end = cut ? (size_t)(cut - bytes) : n;
        struct node *file;
        rc = yaml_parse(&file, (struct str){(const char *)bytes + at, end - at}, "f", &a, &e);
        if (rc == RC_OK)
            rc = chains_add(all, chain_kinds(), file, "f", &e);
        at = end + 1;
    }
    if (rc != RC_OK && (!e.key[0] || e.rc != rc))
        abort();
    for (uint32_t i = 0; i < chains_count(all); i++) {
        look(chains_at(all, i));
        again(chains_at(all, i));
    }
    chains_close(all);
    arena_free(&a);
    return 0;
}
