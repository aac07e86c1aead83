/* What follows from the seats of a round. */
#include "record/chain.h"

static const char *const decisions[DECISION__COUNT] = {
    [DECISION_NONE] = "",
    [DECISION_AGREED] = "agreed",
    [DECISION_RETURNED] = "returned",
    [DECISION_REJECTED] = "rejected",
    [DECISION_MOOT] = "moot",
};

enum decided decision_find(struct str code)
{
    for (int d = 0; d < DECISION__COUNT; d++)
        if (str_eq(code, str_of(decisions[d])))
            return (enum decided)d;
    return DECISION__COUNT;
}

const char *decision_name(enum decided d)
{
    return d >= 0 && d < DECISION__COUNT ? decisions[d] : "";
}

bool seat_ready(const struct seat *s, uint32_t n, uint32_t i)
{
    int32_t after = s[i].after;
    return s[i].decision == DECISION_NONE &&
           (after < 0 || (uint32_t)after >= n || s[after].decision == DECISION_AGREED);
}

bool seat_is_of(const struct seat *s, const struct signer *who)
{
    if (!who->account)
        return false;
    if (s->account)
        return s->account == who->account;
    return (s->by & 1u << who->role) && (!s->org || s->org == who->org);
}

bool seat_signed_by(const struct seat *s, uint32_t n, uint32_t round, int64_t account)
{
    for (uint32_t i = 0; i < n; i++)
        if (s[i].round == round && s[i].account == account && s[i].decision != DECISION_NONE &&
            s[i].decision != DECISION_MOOT)
            return true;
    return false;
}

int32_t seat_for(const struct seat *s, uint32_t n, uint32_t round, const struct signer *who)
{
    int32_t of_role = -1;
    bool waits = false;
    if (seat_signed_by(s, n, round, who->account))
        return -1;
    for (uint32_t i = 0; i < n; i++) {
        if (s[i].round != round || s[i].decision != DECISION_NONE || !seat_is_of(&s[i], who))
            continue;
        bool ready = seat_ready(s, n, i);
        if (s[i].account && ready)
            return (int32_t)i;
        waits |= s[i].account != 0;
        if (of_role < 0 && ready)
            of_role = (int32_t)i;
    }
    return waits ? -1 : of_role;
}

/* A seat that was added after `base`, or after one that was. Seats only wait for others of their
 * round, and what waits in a circle (a damaged record) ends with the number of seats. */
static bool hangs_on(const struct seat *s, uint32_t n, uint32_t i, uint32_t base)
{
    int32_t at = (int32_t)i;
    for (uint32_t steps = 0; steps < n && at >= 0 && (uint32_t)at < n; steps++) {
        at = s[at].after;
        if (at == (int32_t)base)
            return true;
    }
    return false;
}

static bool followers_agreed(const struct seat *s, uint32_t n, uint32_t base)
{
    for (uint32_t i = 0; i < n; i++)
        if (s[i].round == s[base].round && i != base && hangs_on(s, n, i, base) &&
            s[i].decision != DECISION_AGREED)
            return false;
    return true;
}

bool round_done(const struct seat *s, uint32_t n, uint32_t round, enum chain_mode mode)
{
    uint32_t seats = 0, agreed = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (s[i].round != round)
            continue;
        bool yes = s[i].decision == DECISION_AGREED;
        if (mode != CHAIN_JOINT && yes && !s[i].added && followers_agreed(s, n, i))
            return true;
        seats++;
        agreed += yes;
    }
    return mode == CHAIN_JOINT && seats && agreed == seats;
}
