#include "text/english.h"

#include <string.h>

/* The word is w[0..n); what a rule asks of it, it asks of the part before the suffix. */
struct word {
    char *w;
    size_t n;
};

static bool is_consonant(const char *w, size_t i)
{
    switch (w[i]) {
    case 'a':
    case 'e':
    case 'i':
    case 'o':
    case 'u':
        return false;
    case 'y':
        return i == 0 || !is_consonant(w, i - 1);
    default:
        return true;
    }
}

/* m: how often a vowel is followed by a consonant in w[0..n). */
static unsigned measure(const char *w, size_t n)
{
    unsigned m = 0;
    for (size_t i = 1; i < n; i++)
        m += !is_consonant(w, i - 1) && is_consonant(w, i);
    return m;
}

static bool has_vowel(const char *w, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!is_consonant(w, i))
            return true;
    return false;
}

static bool ends_double(const char *w, size_t n)
{
    return n >= 2 && w[n - 1] == w[n - 2] && is_consonant(w, n - 1);
}

/* consonant, vowel, consonant other than w, x, y: hop, but not snow */
static bool ends_short(const char *w, size_t n)
{
    return n >= 3 && is_consonant(w, n - 3) && !is_consonant(w, n - 2) && is_consonant(w, n - 1) &&
           !strchr("wxy", w[n - 1]);
}

static bool ends_in(const struct word *x, const char *suffix)
{
    size_t k = strlen(suffix);
    return x->n > k && memcmp(x->w + x->n - k, suffix, k) == 0;
}

static void replace(struct word *x, size_t cut, const char *by)
{
    size_t k = strlen(by);
    x->n -= cut;
    memcpy(x->w + x->n, by, k);
    x->n += k;
}

/* Suffixes of one step; of those that fit the longest counts, so longer ones stand first. A
 * suffix is never shorter than what takes its place. */
struct rule {
    const char *suffix, *by;
};

/* Apply the first rule that fits, where the part before has a measure above `over`. */
static void apply(struct word *x, const struct rule *rule, size_t n, unsigned over)
{
    for (size_t i = 0; i < n; i++) {
        size_t k = strlen(rule[i].suffix);
        if (!ends_in(x, rule[i].suffix))
            continue;
        if (measure(x->w, x->n - k) > over)
            replace(x, k, rule[i].by);
        return;
    }
}

static void plural(struct word *x)
{
    if (ends_in(x, "sses") || ends_in(x, "ies"))
        x->n -= 2;
    else if (ends_in(x, "s") && x->w[x->n - 2] != 's')
        x->n--;
}

/* What -ed and -ing leave is mended: conflat(ed) to conflate, hopp(ing) to hop, fil(ing) to file.
 */
static void mend(struct word *x)
{
    if (ends_in(x, "at") || ends_in(x, "bl") || ends_in(x, "iz"))
        x->w[x->n++] = 'e';
    else if (ends_double(x->w, x->n) && !strchr("lsz", x->w[x->n - 1]))
        x->n--;
    else if (measure(x->w, x->n) == 1 && ends_short(x->w, x->n))
        x->w[x->n++] = 'e';
}

static void past_and_present(struct word *x)
{
    size_t cut = ends_in(x, "ed") ? 2 : ends_in(x, "ing") ? 3 : 0;
    if (ends_in(x, "eed")) {
        if (measure(x->w, x->n - 3) > 0)
            x->n--;
    } else if (cut && has_vowel(x->w, x->n - cut)) {
        x->n -= cut;
        mend(x);
    }
    if (ends_in(x, "y") && has_vowel(x->w, x->n - 1))
        x->w[x->n - 1] = 'i';
}

static const struct rule double_suffixes[] = {
    {"ational", "ate"}, {"ization", "ize"}, {"iveness", "ive"}, {"fulness", "ful"},
    {"ousness", "ous"}, {"tional", "tion"}, {"biliti", "ble"},  {"entli", "ent"},
    {"ousli", "ous"},   {"ation", "ate"},   {"alism", "al"},    {"aliti", "al"},
    {"iviti", "ive"},   {"enci", "ence"},   {"anci", "ance"},   {"izer", "ize"},
    {"alli", "al"},     {"ator", "ate"},    {"logi", "log"},    {"bli", "ble"},
    {"eli", "e"}};

static const struct rule endings[] = {{"icate", "ic"}, {"ative", ""},  {"alize", "al"},
                                      {"iciti", "ic"}, {"ical", "ic"}, {"ness", ""},
                                      {"ful", ""}};

static const struct rule last_suffixes[] = {
    {"ement", ""}, {"ance", ""}, {"ence", ""}, {"able", ""}, {"ible", ""}, {"ment", ""},
    {"ant", ""},   {"ent", ""},  {"ism", ""},  {"ate", ""},  {"iti", ""},  {"ous", ""},
    {"ive", ""},   {"ize", ""},  {"al", ""},   {"er", ""},   {"ic", ""},   {"ou", ""}};

/* -e, and one of two l. */
static void tidy(struct word *x)
{
    if (ends_in(x, "e")) {
        unsigned m = measure(x->w, x->n - 1);
        if (m > 1 || (m == 1 && !ends_short(x->w, x->n - 1)))
            x->n--;
    }
    if (ends_in(x, "ll") && measure(x->w, x->n - 1) > 1)
        x->n--;
}

size_t stem_english(char *w, size_t n)
{
    struct word x = {w, n};
    for (size_t i = 0; i < n; i++)
        if (w[i] < 'a' || w[i] > 'z')
            return n;
    if (n <= 2)
        return n;
    plural(&x);
    past_and_present(&x);
    apply(&x, double_suffixes, ARRAY_LEN(double_suffixes), 0);
    apply(&x, endings, ARRAY_LEN(endings), 0);
    if (ends_in(&x, "sion") || ends_in(&x, "tion"))
        x.n -= measure(x.w, x.n - 3) > 1 ? 3 : 0;
    else
        apply(&x, last_suffixes, ARRAY_LEN(last_suffixes), 1);
    tidy(&x);
    return x.n;
}

/* ---- function words ---- */

const char *const function_words[] = {
    "a",     "an",    "and",   "are",   "as",     "at",    "be",     "been",    "but",
    "by",    "can",   "for",   "from",  "has",    "have",  "in",     "into",    "is",
    "it",    "its",   "may",   "more",  "must",   "no",    "not",    "of",      "on",
    "or",    "our",   "over",  "shall", "should", "such",  "than",   "that",    "the",
    "their", "these", "this",  "those", "to",     "under", "up",     "was",     "we",
    "were",  "when",  "which", "while", "will",   "with",  "within", "without", "you"};
const size_t function_words_n = ARRAY_LEN(function_words);

static const char *const greek[] = {"alpha", "beta",  "chi",   "delta",   "ell",    "epsilon",
                                    "eta",   "gamma", "iota",  "kappa",   "lambda", "mu",
                                    "nu",    "omega", "phi",   "pi",      "psi",    "rho",
                                    "sigma", "tau",   "theta", "upsilon", "xi",     "zeta"};

static bool is_among(struct str word, const char *const *words, size_t n)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t mid = (low + high) / 2;
        int order = str_cmp(word, str_of(words[mid]));
        if (order == 0)
            return true;
        if (order > 0)
            low = mid + 1;
        else
            high = mid;
    }
    return false;
}

bool is_function_word(struct str word)
{
    return is_among(word, function_words, function_words_n);
}

bool is_greek_letter(struct str word)
{
    return is_among(word, greek, ARRAY_LEN(greek));
}
