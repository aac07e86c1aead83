/* A hundred indicators: of each family as many as it has words, each as it is declared in Qiao and
 * as somebody who knows the tables would ask for it in SQL. `@` stands for the family's word. */
#include "work.h"

#include <string.h>

#define RED_LIGHT "{done} IS NULL AND {due} < {today} AND state <> 'dropped'"
#define MET       "{done} IS NOT NULL AND {done} <= {due} AND state <> 'dropped'"
#define MADE_UP   "{done} > {due} AND state <> 'dropped'"
#define ACTIVE_PARTIES                                                                             \
    "SELECT {item.org} FROM agreement, items(parties) WHERE state = 'active' AND {type} = '@'"

static const struct {
    const char *measure, *over, *filter, *path, *population, *among;
    const char *cond, *value, *all;
    const char *words; /* parted by blanks */
} families[] = {
    /* needs */
    {"count", "need", "state = @", "", "", "", "state = '@'", "", "", "open matched closed"},
    {"count", "need", "industry under @", "", "", "", "{industry} LIKE '@%'", "", "", "C D I"},
    {"count", "need", "state = open and trl >= @", "", "", "", "state = 'open' AND {#trl} >= @", "",
     "", "5 7"},
    {"sum", "need", "state in (open, matched) and industry = @", "budget", "", "",
     "state IN ('open','matched') AND {industry} = '@'", "{#budget} / 100.0", "", "C33 C36 C39"},
    {"share", "need", "state in (matched, closed)", "", "", "region under @",
     "state IN ('matched','closed')", "", "substr({region}, 1, 2) = substr('@', 1, 2)",
     "430000 440000"},
    {"count", "need", "deadline < today and state = open and budget >= @", "", "", "",
     "{deadline} < {today} AND state = 'open' AND {#budget} >= @00", "", "", "100000 1000000"},
    /* results */
    {"count", "result", "trl >= @ and ipstatus = granted", "", "", "",
     "{#trl} >= @ AND {ipstatus} = 'granted'", "", "", "6 7 9"},
    {"sum", "result", "state = transferred and industry = @", "price", "", "",
     "state = 'transferred' AND {industry} = '@'", "{#price} / 100.0", "", "C26 C35 C38"},
    {"share", "result", "state = transferred", "", "", "trl >= @", "state = 'transferred'", "",
     "{#trl} >= @", "5 7"},
    {"count", "result", "date >= @ and state = open", "", "", "",
     "{date} >= '@' AND state = 'open'", "", "", "2025-01-01 2026-01-01"},
    {"distinct", "result", "state = transferred and trl >= @", "owner", "", "",
     "state = 'transferred' AND {#trl} >= @", "org", "", "4 8"},
    /* introductions */
    {"count", "introduction", "state in (@, agreed)", "", "", "", "state IN ('@','agreed')", "", "",
     "talking contacted"},
    {"sum", "introduction", "state = agreed and signed >= @", "amount", "", "",
     "state = 'agreed' AND {signed} >= '@'", "{#amount} / 100.0", "", "2025-01-01 2026-01-01"},
    {"share", "introduction", "state = agreed", "", "", "score >= @", "state = 'agreed'", "",
     "{#score} >= @", "50 80"},
    {"distinct", "introduction", "state in (talking, agreed) and score >= @", "need", "", "",
     "state IN ('talking','agreed') AND {#score} >= @", "{#need}", "", "40 70"},
    {"count", "introduction", "state = agreed and need.industry = @", "", "", "",
     "state = 'agreed' AND {need>industry} = '@'", "", "", "C34 C40"},
    /* agreements */
    {"count", "agreement", "type = @ and state = active", "", "", "",
     "{type} = '@' AND state = 'active'", "", "", "institute consortium framework contract"},
    {"sum", "agreement", "type = contract and contract = @ and state in (active, finished)",
     "amount", "", "",
     "{type} = 'contract' AND {contract} = '@' AND state IN ('active','finished')",
     "{#amount} / 100.0", "", "development transfer service"},
    {"sum", "agreement", "signed >= @ and state in (active, finished) and not type = donation",
     "amount", "", "",
     "{signed} >= '@' AND state IN ('active','finished') AND coalesce({type},'') <> 'donation'",
     "{#amount} / 100.0", "", "2024-01-01 2025-01-01 2026-01-01"},
    {"count", "agreement", "term in (running, soon) and place under @", "", "", "",
     "{end} >= {today} AND ({end} <= {d+90} OR {start} <= {today}) AND substr({place},1,2) = "
     "substr('@',1,2)",
     "", "", "430000 440000"},
    {"distinct", "agreement", "state = active and type = @", "parties.org", "", "",
     "" ACTIVE_PARTIES, "items", "", "institute contract"},
    {"coverage", "agreement", "state = active and type = @", "parties.org", "org",
     "type = company and tier is set", "" ACTIVE_PARTIES, "",
     "{type} = 'company' AND {tier} IS NOT NULL", "institute consortium framework contract"},
    {"share", "agreement", "amount >= @", "", "", "state = active", "{#amount} >= @00", "",
     "state = 'active'", "1000000 5000000"},
    /* promises */
    {"count", "commitment", "light = red and due < @", "", "", "", RED_LIGHT " AND {due} < '@'", "",
     "", "2027-01-01 2026-01-01"},
    {"share", "commitment", "light in (green, made_up)", "", "", "not state = dropped and due >= @",
     "(" MET ") OR (" MADE_UP ")", "", "state <> 'dropped' AND {due} >= '@'",
     "2024-01-01 2025-01-01 2026-01-01"},
    {"distinct", "commitment", "light = red and due >= @", "debtor", "", "",
     RED_LIGHT " AND {due} >= '@'", "{#debtor}", "", "2024-01-01 2026-06-01"},
    {"count", "commitment", "done > .due and due >= @", "", "", "",
     "{done} > {due} AND {due} >= '@'", "", "", "2024-01-01 2026-01-01"},
    {"coverage", "commitment", "state = fulfilled and due >= @", "debtor", "org", "type = company",
     "SELECT {#debtor} FROM commitment WHERE state = 'fulfilled' AND {due} >= '@'", "",
     "{type} = 'company'", "2024-01-01 2026-01-01"},
    /* projects and milestones */
    {"count", "project", "type = @ and state = running", "", "", "",
     "{type} = '@' AND state = 'running'", "", "", "attack transfer service"},
    {"sum", "project", "stage = @ and state in (running, accepted)", "budget_total", "", "",
     "{stage} = '@' AND state IN ('running','accepted')", "{#budget_total} / 100.0", "",
     "s0 s1 sn"},
    {"count", "project", "light = red and trl >= @", "", "", "",
     "state NOT IN ('stopped','accepted') AND {end} < {today} AND {#trl} >= @", "", "", "3 6"},
    {"share", "project", "state = accepted", "", "", "start >= @", "state = 'accepted'", "",
     "{start} >= '@'", "2024-01-01 2025-01-01"},
    {"count", "project", "agreement.type = @ and state = running", "", "", "",
     "state = 'running' AND {agreement>type} = '@'", "", "", "contract consortium"},
    {"count", "milestone", "light = @", "", "", "", "", "", "", "red made_up green due"},
    {"share", "milestone", "state = accepted", "", "", "due >= @", "state = 'accepted'", "",
     "{due} >= '@'", "2025-01-01 2026-01-01"},
    {"count", "milestone", "light = red and project.type = @", "", "", "",
     "{done} IS NULL AND {due} < {today} AND {project>type} = '@'", "", "", "attack transfer"},
    /* money */
    {"sum", "payment", "day >= @", "amount", "", "", "{day} >= '@'", "{#amount} / 100.0", "",
     "2024-01-01 2025-01-01 2026-01-01"},
    {"sum", "payment", "state = claimed and agreement.type = @", "amount", "", "",
     "state = 'claimed' AND {agreement>type} = '@'", "{#amount} / 100.0", "", "contract institute"},
    {"distinct", "payment", "day >= @", "payer", "", "", "{day} >= '@'", "{#payer}", "",
     "2024-01-01 2026-01-01"},
    /* people, ranks */
    {"distinct", "appointment", "state = active and home_share >= @", "person", "", "",
     "state = 'active' AND {#home_share} >= @", "{#person}", "", "20 50"},
    {"coverage", "rank", "tier = @", "company", "org", "type = company",
     "SELECT {#company} FROM rank WHERE {tier} = '@'", "", "{type} = 'company'",
     "hightech srdi gazelle"},
};

static void replace(char *to, size_t cap, const char *from, const char *word, size_t n)
{
    size_t at = 0;
    for (; *from; from++) {
        size_t more = *from == '@' ? n : 1;
        if (at + more + 1 > cap)
            die("a template is too long: %s", from);
        memcpy(to + at, *from == '@' ? word : from, more);
        at += more;
    }
    to[at] = 0;
}

static const char *light_cond(const char *light)
{
    return strcmp(light, "red") == 0       ? "{done} IS NULL AND {due} < {today}"
           : strcmp(light, "made_up") == 0 ? "{done} > {due}"
           : strcmp(light, "green") == 0
               ? "{done} <= {due}"
               : "{done} IS NULL AND {due} >= {today} AND {due} <= {d+30}";
}

void work_specs(struct work_spec *out)
{
    uint32_t n = 0;
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        for (const char *w = families[i].words; *w;) {
            size_t len = strcspn(w, " ");
            struct work_spec *s = &out[n];
            if (n == WORK_MEASURES)
                die("more than %u indicators", WORK_MEASURES);
            memset(s, 0, sizeof *s);
#define PUT(field, member) replace(s->field, sizeof s->field, families[i].member, w, len)
            PUT(measure, measure);
            PUT(over, over);
            PUT(filter, filter);
            PUT(path, path);
            PUT(population, population);
            PUT(among, among);
            PUT(sql_cond, cond);
            PUT(sql_value, value);
            PUT(sql_all, all);
            if (!s->sql_cond[0]) {
                char light[12];
                snprintf(light, sizeof light, "%.*s", (int)len, w);
                snprintf(s->sql_cond, sizeof s->sql_cond, "%s", light_cond(light));
            }
            n++;
            w += len + (w[len] == ' ');
        }
    if (n != WORK_MEASURES)
        die("%u indicators, not %u", n, WORK_MEASURES);
}
