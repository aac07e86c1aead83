/* Kinds at run time: what model/kinds/ and model/codes/ (and a site's own folder) declare.
 *
 * The format of kind files and code tables is docs/record.md, "Kinds" and "Code tables"; in short
 *
 *   kind: need
 *   label: {zh: 技术需求, en: Need}
 *   order: 20
 *   icon: bulb               # a name of static/icons.txt
 *   folded: true             # in the menu's folded part
 *   owner: org                # or self (an organisation: it belongs to itself), or none
 *   secrecy: true
 *   match: {side: need, title: title, text: [body, targets]}
 *   access: {read: visitor, create: [editor, broker], write: [editor, broker], delete: [broker]}
 *   parties: [parties.org, agreement]   # or {of: […], act: true, states: [active, finished]}
 *   list: [title, industry, owner, state, updated]
 *   filters: [state, industry, owner.region]
 *   unique: [title, industry] # together they stand in one record
 *   fields:
 *     title:    {type: text, max: 200, required: true, search: title, label: {zh: 名称, en: Title}}
 *     industry: {type: code, table: gbt4754, label: …}
 *     people:   {type: ref, of: person, list: true, label: …}
 *     targets:  {type: group, list: true, label: …, fields: {name: {type: text, …}, op: …}}
 *     event:    {type: ref, of: event, thread: true, label: …}
 *     light:    {type: code, table: light, label: …, cases: {red: due < today, open: id > 0}}
 *     agreed:   {type: date, confirms: host, label: …}
 *   rules:
 *     - {holds: "end >= .start", field: end, zh: …, en: …}
 *     - {sum: parties.share, of: 100, field: parties, zh: …, en: …}
 *   states:
 *     draft: {label: …, to: {submit: review}}
 *     open:  {label: …, public: true, to: {expire: expired, withdraw: closed}, expires: 180d}
 *   actions:
 *     publish: {label: …, by: [broker], require: [industry], comment: required, reason: refusal}
 *     close: {label: …, by: [editor], other: submit}
 *     diagnose: {label: …, by: [broker], require: [title], ask: [targets]}
 *   sections: [{label: …, fields: [title, body]}, …]
 *
 * `cases` makes a code field computed: the first case whose filter holds gives the code, none:
 * unset. It is never typed and never stored; a case asks about its own record only, and not about
 * another such field. Days counted from today float: they are of the day that is asked about.
 * `parties`: organisations that see a record whole as if it were their own: those that its refs
 * name, and, where a ref leads to another record, that record's organisation and parties. `act:
 * true`: they write it and take its steps as their roles may; `states`: only while it is in one of
 * these. Not for kinds with `match` or `secrecy`: their secrets are between the two.
 * `inner: true`: what the program itself goes by (the code of a step, the number of an account); no
 * page shows it; files and clients get it. `form: false`: no form asks for the field, as it follows
 * from other records; a file or a client may still bring it, and the kind's own code says what
 * becomes of it (service/special.h). `confirms`: the day on which the organisation named by that
 * ref confirmed the record. Only its own people (and brokers) set it, and it goes when anything
 * else that is typed changes. `rules` are checked with a record (rec_check_rules): a filter that
 * must hold, or a sum over a list of groups that must be a number or the value of another field.
 * `thread: true` on a ref says that a record belongs to the story of the other, on a list of groups
 * that its rows stand there themselves, by their `name`, `due` and `done` (service/thread.h).
 * `other: ACTION`: only somebody else than who last took ACTION may take it. `secret` on a
 * sub-field of a group: masked ones are left out of the public face of a masked record, private
 * ones of every public face.
 *
 * and a code table
 *
 *   table: gbt4754
 *   label: {zh: 国民经济行业分类, en: Industry}
 *   codes:
 *     C:   {zh: 制造业, en: Manufacturing}
 *     C32: {zh: 有色金属冶炼和压延加工业, en: …, under: C}
 */
#ifndef QIAO_KIND_H
#define QIAO_KIND_H

#include "base/node.h"

enum type {
    TYPE_TEXT,    /* one line */
    TYPE_LONG,    /* lines */
    TYPE_INT,     /* val.num */
    TYPE_DECIMAL, /* val.real */
    TYPE_MONEY,   /* val.num in fen */
    TYPE_DATE,    /* val.num in days since 1970-01-01 */
    TYPE_TIME,    /* val.num in seconds since 1970-01-01 UTC */
    TYPE_BOOL,    /* val.num */
    TYPE_CODE,    /* val.text: a code of field.codes */
    TYPE_REF,     /* val.num: the id of a record of kind field.of */
    TYPE_CREDIT,  /* val.text: GB 32100 unified social credit code, check character verified */
    TYPE_ORCID,   /* val.text: ISO 7064 mod 11-2 verified */
    TYPE_EMAIL,
    TYPE_PHONE,
    TYPE_URL,   /* http or https only */
    TYPE_FILE,  /* val.text: "sha256:name" of a stored file */
    TYPE_GROUP, /* val.list: one value for each of field.sub */
    TYPE__COUNT,
};

enum role {
    ROLE_VISITOR,
    ROLE_MEMBER,
    ROLE_EDITOR,
    ROLE_BROKER,
    ROLE_AUDITOR,
    ROLE_ADMIN,
    ROLE__COUNT
};
/* A set of roles: bit 1 << role. member and editor hold a right on records of their own
 * organisation only; broker and auditor on all. */
typedef uint8_t roles;

enum secret {
    SECRET_NONE,
    SECRET_MASKED,  /* of a masked record the public sees only its masked wording */
    SECRET_PRIVATE, /* only the record's organisation, brokers and auditors see it, ever */
};

struct label {
    struct str zh, en;
};

/* A hash table of places, of record/ only: slot[hash & mask] is a place + 1, or 0. */
struct slots {
    const uint32_t *slot;
    uint32_t mask;
};

/* A code of a table. */
struct code {
    struct str code;
    struct label label;
    struct label hint;
    struct str tone; /* as of a state: the colour it is shown in; "" none */
    int32_t under;   /* place of the wider code in codes.code, -1: none */
    uint32_t end;    /* all narrower ones are [its place + 1, end): the table is in tree order */
};
struct codes {
    struct str name;
    struct label label;
    const struct code *code;
    uint32_t n;
    const struct str *ending; /* what people leave off a label: 绍兴(市) */
    uint32_t n_endings;
    struct slots by_code, by_label; /* of record/ only */
};

struct kind;
struct filter;
struct formula;
struct field_def;

/* The first case that holds gives a computed field its code. */
struct code_case {
    struct str code;
    const struct filter *when;
};

/* What must hold in a record, beyond its fields one by one. */
struct kind_rule {
    struct label label;         /* said at the field where it does not */
    uint32_t field;             /* NO_FIELD is not allowed */
    const struct filter *holds; /* NULL: a sum */
    uint32_t list, sub;         /* the sum of this number of the groups of a list … */
    uint32_t of;                /* … is the value of this field, or, where NO_FIELD, `total` */
    double total;               /* money: fen */
};

struct field_def {
    struct str name;
    enum type type;
    struct label label, hint;
    bool list;             /* several of them: val.list of val */
    bool required, unique; /* unique: among all records of the kind, held by the database */
    bool computed;         /* written by service only, never by a form or a file */
    bool inner;            /* what the program itself goes by: no page shows it */
    bool off_form;         /* form: false; a file or a client may bring it, a form does not ask */
    bool search_title, search_body; /* search: title | body */
    bool thread;                    /* TYPE_REF: it hangs on what it refers to */
    uint32_t confirms;              /* TYPE_DATE: the ref to whose confirmation it is; NO_FIELD */
    enum secret secret;
    /* Numbers: range (money: fen); texts: characters, max is always there; dates: days; a list of
     * groups: how many. NAN: none. */
    double min, max;
    const struct codes *codes;     /* TYPE_CODE */
    const struct code_case *cases; /* TYPE_CODE: computed from the record; n_cases 0: it is not */
    uint32_t n_cases;
    const struct formula *formula;   /* what it is reckoned by (record/formula.h); NULL: none */
    struct str of;                   /* TYPE_REF: the kind's name; "" several or any */
    const struct kind *of_kind;      /* NULL for several or any */
    const struct kind *const *among; /* several kinds; n_among 0: not so */
    uint32_t n_among;
    const struct field_def *sub; /* TYPE_GROUP */
    uint32_t n_sub;
};

struct action {
    struct str name;
    struct label label;
    roles by;                /* who may; 0: whoever may write the record */
    const uint32_t *require; /* fields that must have a value */
    uint32_t n_require;
    const uint32_t *ask; /* further fields that the page of the step shows, to who may write them */
    uint32_t n_ask;
    bool comment;               /* a comment is required */
    const struct codes *reason; /* a code of this table is required; NULL: none */
    struct str other;           /* not by who last took this action; "" by anybody */
};

struct step {
    const struct action *action;
    uint32_t to; /* state */
};
struct state {
    struct str name;
    struct label label;
    bool is_public;   /* records in it can be seen by visitors, as their secrecy allows */
    bool locked;      /* `locked: true`: fields can be changed by brokers only */
    struct str tone;  /* tone: neutral | active | good | bad | warn; colour of the badge */
    uint32_t expires; /* days after entering it, 0: never; the step is the action "expire" */
    const struct step *step;
    uint32_t n_steps;
};

enum match_side { MATCH_NONE, MATCH_NEED, MATCH_OFFER };

/* A ref whose organisation takes part. */
struct party {
    uint32_t field, sub; /* sub: of a group, else UINT32_MAX */
};

struct kind {
    struct str name;
    struct label label;
    int order;       /* INT_MAX: not in the menu */
    struct str icon; /* of its menu entry; "" none of its own */
    bool folded;     /* its menu entry stands among the folded ones */
    bool owned;      /* owner: org or self */
    bool is_self;    /* owner: self; its owner is the record itself */
    bool secrecy;
    roles read, create, write, remove;
    enum match_side side;
    const uint32_t *match_text; /* fields compared after the title */
    uint32_t n_match_text;
    uint32_t title; /* field that names a record */
    const struct field_def *field;
    uint32_t n_fields;
    const uint32_t *unique; /* fields whose values together stand in one record, held by the
                               database; n_unique 0: none, else two or more */
    uint32_t n_unique;
    const struct state *state; /* n_states 0: none; all records public as secrecy allows */
    uint32_t n_states;
    const struct action *action;
    uint32_t n_actions;
    const struct str *list,
        *filters; /* paths (record/filter.h): fields, attributes, owner.region */
    uint32_t n_list, n_filters;
    const struct section {
        struct label label;
        const uint32_t *field;
        uint32_t n;
    } * section;
    uint32_t n_sections; /* at least one */
    const struct kind_rule *rule;
    uint32_t n_rules;
    const struct party *party;
    uint32_t n_parties;
    bool parties_act;
    uint64_t party_states; /* bit 1 << state: they see it then */
    uint32_t index;        /* place in kinds */
    struct slots by_name;  /* fields; of record/ only */
};

/* All of them. Opaque, read only once made; threads may share it. */
struct kinds;

/* Collect declarations: call kinds_add for every file (node trees and names must stay), then
 * kinds_finish, which links refs, codes, extends and checks. RC_USER "kind.…" with file and line:
 * unknown key, type, state, action or field, a name twice, a state that cannot be reached, no
 * title field, a mask on a field that is no text. After a failure only kinds_close is allowed. */
enum rc kinds_open(struct kinds **out, struct err *e) MUST_CHECK;
enum rc kinds_add(struct kinds *k, const struct node *file, const char *name,
                  struct err *e) MUST_CHECK;
enum rc kinds_finish(struct kinds *k, struct err *e) MUST_CHECK;
void kinds_close(struct kinds *k);

uint32_t kinds_count(const struct kinds *k);
const struct kind *kinds_at(const struct kinds *k, uint32_t i);       /* by order, then name */
const struct kind *kind_find(const struct kinds *k, struct str name); /* NULL if none */
const struct codes *codes_find(const struct kinds *k, struct str name);
uint32_t codes_count(const struct kinds *k);
const struct codes *codes_at(const struct kinds *k, uint32_t i);

#define NO_FIELD UINT32_MAX
/* Is it declared to refer to records of kind `k`, alone or among others? */
bool ref_names(const struct field_def *f, const struct kind *k);
uint32_t field_find(const struct kind *k, struct str name);        /* NO_FIELD if none */
uint32_t sub_find(const struct field_def *group, struct str name); /* NO_FIELD if none */
uint32_t state_find(const struct kind *k, struct str name);        /* UINT32_MAX if none */
/* The step that `action` takes from `state`; NULL if none. */
const struct step *step_find(const struct kind *k, uint32_t state, struct str action);
const struct code *code_find(const struct codes *c, struct str code); /* O(1); NULL if none */
/* By label, zh or en, whatever its case, width and blanks; *n: how many have it (the first is
 * given). O(1). */
const struct code *code_by_label(const struct codes *c, struct str label, uint32_t *n);
/* As people write where it stands: with wider ones in front ("浙江省绍兴市"), without the table's
 * endings ("浙江绍兴", "绍兴"). *n: how many it may mean, the widest being preferred. O(codes). */
const struct code *code_by_path(const struct codes *c, struct str text, uint32_t *n);
/* code is `wide` or under it. */
bool code_under(const struct codes *c, struct str code, struct str wide);

/* "zh" or "en"; falls back to the other. */
struct str label_text(const struct label *l, bool zh);

/* "visitor" …; ROLE__COUNT if none. */
enum role role_find(struct str name);
const char *role_name(enum role r);
const char *type_name(enum type t);

#endif
