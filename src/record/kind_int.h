/* Reading of declarations: private to record. */
#ifndef QIAO_KIND_INT_H
#define QIAO_KIND_INT_H

#include "base/map.h"
#include "record/kind.h"

enum { FIELDS_MAX = 200, SUBS_MAX = 32, STATES_MAX = 64, ACTIONS_MAX = 64, KINDS_MAX = 250 };
enum { CASES_MAX = 16, RULES_MAX = 64, FORMULAS_MAX = 500 };
enum { CODES_MAX = 200000, NAME_MAX_BYTES = 40, FOLD_MAX = 400 };
enum { TEXT_CHARS = 1000, LONG_CHARS = 100000 }; /* most characters where nothing is declared */

/* A declared file. */
struct source {
    const struct node *node;
    const char *name;
};

struct kinds {
    struct arena arena;
    struct kind *kind; /* in the order of kinds_at */
    uint32_t n;
    VEC(struct source) base, more, formula; /* `kind:`, `extend:`, `formula:` */
    VEC(struct codes *) codes;
    struct strmap by_name, codes_by_name;
};

/* One kind while it is read: its file, then those that extend it. */
struct kind_reader {
    struct kinds *all;
    struct kind *k;
    const struct source *src;
    uint32_t n_src;
    struct action *action; /* [ACTIONS_MAX] room, and one a step behind (kind_flow.c) */
    struct state *state;
};

/* RC_USER `key` at the node's line; `what` is the word it is about. */
enum rc kind_refuse(const struct source *s, const struct node *n, const char *key, struct str what,
                    struct err *e) MUST_CHECK;
/* Every key of `map` is one of `known` (parted by blanks); `map` is a map. */
enum rc kind_keys(const struct source *s, const struct node *map, const char *known,
                  struct err *e) MUST_CHECK;
/* [a-z][a-z0-9_]{0,39} */
enum rc kind_name(const struct source *s, const struct node *n, struct str name,
                  struct err *e) MUST_CHECK;
/* A word that no field may be called. */
bool kind_reserved(struct str name);
/* The text of map's key, "" where it is absent. "kind.shape" where it is no text. */
enum rc kind_text(const struct source *s, const struct node *map, const char *key, struct str *out,
                  struct err *e) MUST_CHECK;
enum rc kind_bool(const struct source *s, const struct node *map, const char *key, bool *out,
                  struct err *e) MUST_CHECK;
/* map's `label` (or `hint`): {zh, en} or a text; both "" where it is absent. */
enum rc kind_label(const struct source *s, const struct node *map, const char *key,
                   struct label *out, struct err *e) MUST_CHECK;
/* The same, refused where it is empty. */
enum rc kind_label_needed(const struct source *s, const struct node *map, struct str whose,
                          struct label *out, struct err *e) MUST_CHECK;
/* zh and en of the map itself. */
enum rc kind_label_pair(const struct source *s, const struct node *map, struct label *out,
                        struct err *e) MUST_CHECK;
/* The roles of map's key: one or a list. A right that visitors have everybody has. */
enum rc kind_roles(const struct source *s, const struct node *map, const char *key, roles *out,
                   struct err *e) MUST_CHECK;
/* The fields of map's key: a list of names. */
enum rc kind_field_list(struct kind_reader *r, const struct source *s, const struct node *map,
                        const char *key, const uint32_t **out, uint32_t *n,
                        struct err *e) MUST_CHECK;
/* One element: the node itself where it is a text, else its first child; then node_next. */
const struct node *kind_first(const struct node *n);

/* codes.c */
enum rc codes_read(struct codes *out, const struct source *s, struct arena *a,
                   struct err *e) MUST_CHECK;
/* kind_field.c */
enum rc kind_fields(struct kind_reader *r, struct err *e) MUST_CHECK;
/* kind_flow.c: states and actions. */
enum rc kind_flow(struct kind_reader *r, struct err *e) MUST_CHECK;
/* kind_read.c: all of it. */
enum rc kind_read(struct kind_reader *r, struct err *e) MUST_CHECK;
/* kind_party.c: who takes part; every kind is read by then. */
enum rc kind_parties(struct kind_reader *r, struct err *e) MUST_CHECK;
/* kind_rule.c: the filters of cases, and rules; every kind is read by then. */
enum rc kind_rules(struct kind_reader *r, struct err *e) MUST_CHECK;
/* kind_read.c: list, filters; every kind is read by then. */
enum rc kind_paths(struct kind_reader *r, struct err *e) MUST_CHECK;

/* Half-width, lower case (A-Z), without blanks: how labels are compared. Cut at `cap`; the result
 * is in `to`. */
struct str fold(char *to, size_t cap, struct str s);

/* Room for n places. NULL: out of memory. */
bool slots_make(struct slots *s, uint32_t **room, uint32_t n, struct arena *a) MUST_CHECK;
static inline void slots_put(const struct slots *s, uint32_t *room, uint64_t hash, uint32_t place)
{
    uint32_t i = (uint32_t)hash & s->mask;
    while (room[i])
        i = (i + 1) & s->mask;
    room[i] = place + 1;
}

#endif
