/* Who may do what: the one place. A kind's tables say which roles hold a right on it; this table
 * says how far a role's rights reach at all, whatever a kind declares. */
#include "service/site_int.h"
#include "service/special.h"

#define ACTOR_SYSTEM (-1)

enum reach { REACH_NONE, REACH_OWN, REACH_ALL };

/* Administration, audit and business are three different people. */
static const struct {
    enum reach sees, writes;
} reach_of[ROLE__COUNT] = {
    [ROLE_VISITOR] = {REACH_NONE, REACH_NONE}, [ROLE_MEMBER] = {REACH_OWN, REACH_OWN},
    [ROLE_EDITOR] = {REACH_OWN, REACH_OWN},    [ROLE_BROKER] = {REACH_ALL, REACH_ALL},
    [ROLE_AUDITOR] = {REACH_ALL, REACH_NONE},  [ROLE_ADMIN] = {REACH_NONE, REACH_NONE},
};

const struct actor actor_visitor = {.role = ROLE_VISITOR, .zh = true};
const struct actor actor_system = {
    .account = ACTOR_SYSTEM, .role = ROLE_BROKER, .login = {"system", 6}, .zh = true};

bool actor_is_system(const struct actor *a)
{
    return a->account == ACTOR_SYSTEM;
}

static enum reach sees(const struct actor *a)
{
    return actor_is_system(a) ? REACH_ALL : reach_of[a->role].sees;
}

static enum reach writes(const struct actor *a)
{
    if (a->read_only)
        return REACH_NONE;
    return actor_is_system(a) ? REACH_ALL : reach_of[a->role].writes;
}

bool actor_writes_all(const struct actor *a)
{
    return writes(a) == REACH_ALL;
}

static bool held(const struct actor *a, roles by)
{
    return actor_is_system(a) || (by & 1u << a->role);
}

bool actor_reads_kind(const struct actor *a, const struct kind *k)
{
    return held(a, k->read);
}

static bool owns(const struct actor *a, const struct rec *r)
{
    return a->org && !r->face_public && (r->org == a->org || (r->kind->is_self && r->id == a->org));
}

static bool reaches(const struct actor *a, enum reach reach, const struct rec *r)
{
    return reach == REACH_ALL || (reach == REACH_OWN && (!r || owns(a, r)));
}

bool actor_sees_all(const struct actor *a, const struct rec *r)
{
    return !r->face_public && actor_reads_kind(a, r->kind) && reaches(a, sees(a), r);
}

/* Its public face, where there is one. */
static bool has_face(const struct rec *r)
{
    struct arena a = {0};
    struct rec face;
    bool visible = false;
    if (r->face_public)
        return true;
    enum rc rc = rec_public(&face, &visible, r, &a, NULL);
    arena_free(&a);
    return rc == RC_OK && visible;
}

bool actor_may(const struct actor *a, const struct kind *k, enum right right, const struct rec *r)
{
    if (right == RIGHT_READ)
        return actor_reads_kind(a, k) && (!r || actor_sees_all(a, r) || has_face(r));
    roles by = right == RIGHT_CREATE ? k->create : right == RIGHT_WRITE ? k->write : k->remove;
    return held(a, by) && reaches(a, writes(a), r);
}

bool actor_may_write_as(const struct actor *a, const struct rec *r, bool partner)
{
    if (r->state != NO_STATE && r->kind->state[r->state].locked && !actor_writes_all(a))
        return false;
    return partner ? held(a, r->kind->write) && writes(a) != REACH_NONE
                   : actor_may(a, r->kind, RIGHT_WRITE, r);
}

bool actor_may_step_as(const struct actor *a, const struct rec *r, const struct step *step,
                       bool partner)
{
    roles by = step->action->by ? step->action->by : r->kind->write;
    if (!held(a, by))
        return false;
    return partner ? writes(a) != REACH_NONE : reaches(a, writes(a), r);
}

bool actor_may_step(const struct actor *a, const struct rec *r, const struct step *step)
{
    return actor_may_step_as(a, r, step, false);
}

struct scope actor_scope(const struct actor *a)
{
    if (sees(a) == REACH_ALL)
        return (struct scope){.reach = SCOPE_ALL};
    if (sees(a) == REACH_OWN && a->org)
        return (struct scope){.reach = SCOPE_ORG, .org = a->org};
    return (struct scope){.reach = SCOPE_PUBLIC};
}

struct scope actor_scope_of(const struct actor *a, const struct kind *k)
{
    const struct special *special = special_of(k);
    struct scope scope = actor_scope(a);
    scope.granted =
        scope.reach == SCOPE_ORG && ((special && special->partners_act) || k->n_parties);
    return scope;
}

struct by actor_by(const struct site *s, const struct actor *a, struct str action,
                   struct str comment, struct str reason)
{
    return (struct by){.account = actor_is_system(a) ? 0 : a->account,
                       .login = a->login,
                       .action = action,
                       .comment = comment,
                       .reason = reason,
                       .at = site_now(s)};
}
