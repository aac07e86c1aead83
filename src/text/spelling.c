#include "text/spelling.h"

#include "base/mem.h"

#include <stdbool.h>
#include <string.h>

#define LEAST 5u /* letters: shorter words are spelt alike */

/* Wherever they stand in a word, or (`last`) at its end and before a plural's s; none gets longer.
 * Of two that begin alike the longer one stands first. */
static const struct {
    const char *from, *to;
    bool last;
} fragments[] = {
    {"aemi", "emi", false},         {"aesth", "esth", false},
    {"ageing", "aging", false},     {"aluminium", "aluminum", false},
    {"armour", "armor", false},     {"artefact", "artifact", false},
    {"aviour", "avior", false},     {"avour", "avor", false},
    {"centere", "centre", false},   {"centeri", "centri", false},
    {"center", "centre", false},    {"defence", "defense", false},
    {"eighbour", "eighbor", false}, {"fibered", "fibred", false},
    {"fiber", "fibre", false},      {"foetal", "fetal", false},
    {"foetus", "fetus", false},     {"haem", "hem", false},
    {"labour", "labor", false},     {"logue", "log", false},
    {"oedema", "edema", false},     {"oesoph", "esoph", false},
    {"oestr", "estr", false},       {"olour", "olor", false},
    {"paedi", "pedi", false},       {"programme", "program", true},
    {"sulph", "sulf", false},       {"umour", "umor", false},
    {"vapour", "vapor", false},     {"yz", "ys", false},
};

/* Verbs that end in -ise everywhere, up to that. */
static const char *const always_ise[] = {"advert", "comprom", "expert", "merchand",
                                         "pract",  "prem",    "prom"};

static size_t replace_fragment(char *w, size_t n)
{
    for (size_t at = 0; at < n; at++) {
        for (size_t i = 0; i < ARRAY_LEN(fragments); i++) {
            const char *from = fragments[i].from;
            if (w[at] != *from)
                continue;
            size_t k = strlen(from), to = strlen(fragments[i].to);
            if (at + k > n || memcmp(w + at, from, k) != 0)
                continue;
            if (fragments[i].last && at + k < n && w[at + k] != 's')
                continue;
            memcpy(w + at, fragments[i].to, to);
            memmove(w + at + to, w + at + k, n - at - k);
            return n - k + to;
        }
    }
    return n;
}

static bool is_always(const char *w, size_t n)
{
    for (size_t i = 0; i < ARRAY_LEN(always_ise); i++)
        if (strlen(always_ise[i]) == n && memcmp(w, always_ise[i], n) == 0)
            return true;
    return false;
}

/* The place of the s of -ise, -ised, -ising, -isation ..., or 0. Only after consonants that such
 * verbs have before it: not precise, supervise, franchise, noise, enterprise. */
static size_t find_ise(const char *w, size_t n)
{
    static const char *const endings[] = {"e",   "ed",    "er",      "ers",    "es",
                                          "ing", "ation", "ational", "ations", "able"};
    for (size_t i = 0; i < ARRAY_LEN(endings); i++) {
        size_t k = strlen(endings[i]);
        if (n < k + 6 || memcmp(w + n - k, endings[i], k) != 0 || w[n - k - 1] != 's' ||
            w[n - k - 2] != 'i')
            continue;
        size_t stem = n - k - 2; /* letters before -is- */
        char last = w[stem - 1];
        if (!strchr("bdgklmnprst", last) || (last == 'r' && w[stem - 2] == 'p') ||
            is_always(w, stem))
            return 0;
        return n - k - 1;
    }
    return 0;
}

size_t spell_alike(char *w, size_t n)
{
    if (n < LEAST)
        return n;
    for (size_t i = 0; i < n; i++)
        if (w[i] < 'a' || w[i] > 'z')
            return n;
    n = replace_fragment(w, n);
    size_t at = find_ise(w, n);
    if (at)
        w[at] = 'z';
    return n;
}
