/* Terms of mixed text: what they are, where they stand, and the same as a plain implementation
 * over the whole normalised text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/map.h"
#include "text/english.h"
#include "text/spelling.h"
#include "text/terms.h"

#include <unicode/unorm2.h>
#include <unicode/ustring.h>

/* Every token as the source bytes of its span, marked by class: pair plain, single "#", word pair
 * "+". */
static void reads(struct str text, unsigned flags, const char *expected)
{
    static const char *const mark[] = {"", "#", "+", "?"};
    vec_term_at t = {0};
    struct buf b;
    buf_init(&b, 1 << 16);
    assert_int_equal(terms_read(&t, text, flags, NULL), RC_OK);
    assert_int_equal(buf_str(&b, STR(""), NULL), RC_OK);
    for (size_t i = 0; i < t.n; i++) {
        struct str s = span_str(text, t.p[i].at);
        assert_int_equal(buf_printf(&b, NULL, "%s%s%.*s", i ? "|" : "",
                                    mark[term_class(t.p[i].key)], (int)s.n, s.p),
                         RC_OK);
    }
    assert_string_equal(b.p, expected);
    buf_free(&b);
    vec_free(&t);
}

static void han_gives_characters_and_pairs(void **unused)
{
    (void)unused;
    reads(STR("锂电池"), 0, "#锂|锂电|#电|电池|#池");
    reads(STR("铝"), 0, "#铝|铝");
    reads(STR("铝，铜合"), 0, "#铝|铝|#铜|铜合|#合");
    reads(STR("锂 电"), 0, "#锂|锂|#电|电");
    reads(STR("铝ABC铜"), 0, "#铝|铝|ABC|#ABC|#铜|铜");
    reads(STR(""), 0, "");
    reads(STR("，。 ！"), 0, "");
    reads((struct str){NULL, 0}, 0, "");
    reads(STR("㐀䶿一鿿"), 0, "#㐀|㐀䶿|#䶿|䶿一|#一|一鿿|#鿿");
    reads(STR("かなカナ한글"), 0, ""); /* other scripts are no terms */
}

static void words_hold_their_points(void **unused)
{
    (void)unused;
    reads(STR("PEEK-1.5 x"), 0, "PEEK-1.5|#PEEK-1.5|x|#x");
    reads(STR("a. b- .c -d"), 0, "a|#a|b|#b|c|#c|d|#d");
    reads(STR("a..b a.-b a--b"), 0, "a|#a|b|#b|a|#a|b|#b|a|#a|b|#b");
    reads(STR("3.14mm"), 0, "3.14mm|#3.14mm");
    reads(STR("a_b"), 0, "a|#a|b|#b");
    reads(STR("v2.铝"), 0, "v2|#v2|#铝|铝");
    reads(STR("end."), 0, "end|#end");
}

static void english_words_and_pairs(void **unused)
{
    (void)unused;
    reads(STR("deep neural  net"), TERMS_ENGLISH, "deep|neural|+deep neural|net|+neural  net");
    reads(STR("a, b. c; d\nf"), TERMS_ENGLISH, "b|c|d|f");
    reads(STR("x 铝 b"), TERMS_ENGLISH, "x|#铝|铝|b");
    reads(STR("x　b"), TERMS_ENGLISH, "x|b|+x　b"); /* U+3000 is a blank */
    reads(STR("x b"), 0, "x|#x|b|#b");
    reads(STR("theory of the mind map"), TERMS_ENGLISH, "theory|mind|map|+mind map");
    /* compounds: the parts, pairs across their borders, and the whole */
    reads(STR("a low-power chip"), TERMS_ENGLISH,
          "low|power|+low-power|low-power|chip|+power chip");
    reads(STR("state-of-the-art"), TERMS_ENGLISH, "state|art|state-of-the-art");
    reads(STR("pre- and -post x--y 1.5-2 v2.0"), TERMS_ENGLISH,
          "pre|post|x|+post x|y|1.5|+y 1.5|2|+1.5-2|1.5-2|v2.0|+2 v2.0");
}

/* What TeX does is no word; the letters it names are. */
static void commands_of_formulas(void **unused)
{
    (void)unused;
    reads(STR("rate \\mathcal{O}(\\sqrt{n}) bound"), TERMS_ENGLISH, "rate|O|n|bound");
    reads(STR("\\alpha-stable \\Sigma x"), TERMS_ENGLISH,
          "alpha|stable|+alpha-stable|alpha-stable|Sigma|x|+Sigma x");
    reads(STR("\\ frac"), TERMS_ENGLISH, "frac");
    reads(STR("\\frac"), 0, "frac|#frac");
}

static uint64_t key_at(struct str text, unsigned flags, size_t i)
{
    vec_term_at t = {0};
    assert_int_equal(terms_read(&t, text, flags, NULL), RC_OK);
    assert_true(i < t.n);
    uint64_t key = t.p[i].key;
    vec_free(&t);
    return key;
}

/* Both texts have the same terms, whatever bytes they stand in. */
static void same_terms(struct str a, struct str b)
{
    vec_term_at x = {0}, y = {0};
    assert_int_equal(terms_read(&x, a, TERMS_ENGLISH, NULL), RC_OK);
    assert_int_equal(terms_read(&y, b, TERMS_ENGLISH, NULL), RC_OK);
    assert_int_equal(x.n, y.n);
    assert_true(x.n > 0);
    for (size_t i = 0; i < x.n; i++)
        assert_true(x.p[i].key == y.p[i].key);
    vec_free(&x);
    vec_free(&y);
}

/* From Porter's paper, and some that are none of its words. */
static const char *const stems[][2] = {
    {"caresses", "caress"},
    {"ponies", "poni"},
    {"ties", "ti"},
    {"cats", "cat"},
    {"feed", "feed"},
    {"agreed", "agre"},
    {"plastered", "plaster"},
    {"bled", "bled"},
    {"motoring", "motor"},
    {"sing", "sing"},
    {"conflated", "conflat"},
    {"troubled", "troubl"},
    {"sized", "size"},
    {"hopping", "hop"},
    {"tanned", "tan"},
    {"falling", "fall"},
    {"hissing", "hiss"},
    {"fizzed", "fizz"},
    {"failing", "fail"},
    {"filing", "file"},
    {"happy", "happi"},
    {"sky", "sky"},
    {"relational", "relat"},
    {"conditional", "condit"},
    {"valenci", "valenc"},
    {"digitizer", "digit"},
    {"conformabli", "conform"},
    {"radicalli", "radic"},
    {"vileli", "vile"},
    {"analogousli", "analog"},
    {"vietnamization", "vietnam"},
    {"predication", "predic"},
    {"operator", "oper"},
    {"feudalism", "feudal"},
    {"decisiveness", "decis"},
    {"hopefulness", "hope"},
    {"callousness", "callous"},
    {"formaliti", "formal"},
    {"sensitiviti", "sensit"},
    {"sensibiliti", "sensibl"},
    {"triplicate", "triplic"},
    {"formative", "form"},
    {"formalize", "formal"},
    {"electriciti", "electr"},
    {"electrical", "electr"},
    {"hopeful", "hope"},
    {"goodness", "good"},
    {"revival", "reviv"},
    {"allowance", "allow"},
    {"inference", "infer"},
    {"airliner", "airlin"},
    {"gyroscopic", "gyroscop"},
    {"adjustable", "adjust"},
    {"defensible", "defens"},
    {"irritant", "irrit"},
    {"replacement", "replac"},
    {"adjustment", "adjust"},
    {"dependent", "depend"},
    {"adoption", "adopt"},
    {"homologou", "homolog"},
    {"communism", "commun"},
    {"activate", "activ"},
    {"angulariti", "angular"},
    {"homologous", "homolog"},
    {"effective", "effect"},
    {"bowdlerize", "bowdler"},
    {"probate", "probat"},
    {"rate", "rate"},
    {"cease", "ceas"},
    {"controll", "control"},
    {"roll", "roll"},
    {"completion", "complet"},
    {"is", "is"},
    {"s", "s"},
    {"ies", "ie"},
    {"covid19", "covid19"},
    {"", ""},
    {"generalizations", "gener"},
};

/* Alike: both are spelt in the one way. Others are words of their own. */
static const char *const spellings[][2] = {
    {"optimisation", "optimization"},
    {"randomised", "randomized"},
    {"characterises", "characterizes"},
    {"organising", "organizing"},
    {"organisational", "organizational"},
    {"tokeniser", "tokenizer"},
    {"behavioural", "behavioral"},
    {"colour", "color"},
    {"neighbourhoods", "neighborhoods"},
    {"analyse", "analyze"},
    {"catalysing", "catalyzing"},
    {"centre", "center"},
    {"centred", "centered"},
    {"fibres", "fibers"},
    {"programmes", "programs"},
    {"tumour", "tumor"},
    {"haemoglobin", "hemoglobin"},
    {"leukaemia", "leukemia"},
    {"anaesthetic", "anesthetic"},
    {"modelling", "modeling"},
    {"catalogue", "catalog"},
    {"aluminium", "aluminum"},
    {"sulphur", "sulfur"},
};
static const char *const spelt[] = {"precise",    "supervised", "noise",     "franchise",
                                    "enterprise", "promising",  "expertise", "programmer",
                                    "visited",    "list",       "analysis",  "basis",
                                    "existing",   "covid19s",   ""};

static void spellings_are_one(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < ARRAY_LEN(spellings); i++)
        same_terms(str_of(spellings[i][0]), str_of(spellings[i][1]));
    for (size_t i = 0; i < ARRAY_LEN(spelt); i++) {
        char w[40];
        size_t n = strlen(spelt[i]);
        memcpy(w, spelt[i], n);
        assert_int_equal(spell_alike(w, n), n);
        assert_memory_equal(w, spelt[i], n);
    }
    same_terms(STR("micro-optimisations"), STR("micro-optimizations"));
}

/* What differs by its ending only is one term; what merely looks alike is not. */
static void english_endings_are_one(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < ARRAY_LEN(stems); i++) {
        char w[40];
        size_t n = strlen(stems[i][0]);
        memcpy(w, stems[i][0], n);
        w[stem_english(w, n)] = 0;
        assert_string_equal(w, stems[i][1]);
    }
    same_terms(STR("Neural networks learning policies"), STR("neural network learns policy"));
    same_terms(STR("multi-agent"), STR("Multi-Agents"));
    assert_true(key_at(STR("multi-agent"), TERMS_ENGLISH, 3) ==
                key_at(STR("multiagents"), TERMS_ENGLISH, 0));
    assert_true(key_at(STR("policy"), TERMS_ENGLISH, 0) != key_at(STR("police"), TERMS_ENGLISH, 0));
    assert_true(key_at(STR("universe"), 0, 0) !=
                key_at(STR("universes"), 0, 0)); /* as they stand */
    for (size_t i = 1; i < function_words_n; i++)
        assert_true(strcmp(function_words[i - 1], function_words[i]) < 0);
    for (size_t i = 0; i < function_words_n; i++)
        assert_true(is_function_word(str_of(function_words[i])));
    assert_false(is_function_word(STR("")) || is_function_word(STR("off")) ||
                 is_function_word(STR("zz")));
}

static void compatible_forms_are_one(void **unused)
{
    (void)unused;
    same_terms(STR("ＰＥＥＫ－１．５"), STR("peek-1.5"));
    same_terms(STR("100㎡"), STR("100m2"));
    same_terms(STR("50℃"), STR("50°C"));
    same_terms(STR("eﬃcient ﬁlm"), STR("efficient film"));
    same_terms(STR("㈱"), STR("(株)"));
    same_terms(STR("⼯业"), STR("工业"));       /* a Kangxi radical */
    same_terms(STR("\xEF\xA4\x80"), STR("豈")); /* a compatibility ideograph, U+F900 */
    same_terms(STR("①②"), STR("12"));
    same_terms(STR("㎏"), STR("KG"));
    same_terms(STR("\xE2\x84\xAA"
                   "elvin"),
               STR("kelvin")); /* the Kelvin sign */
    /* a letter that takes a combining mark is another letter, alone or composed */
    reads(STR("re\xCC\x81sume\xCC\x81"), 0, "r|#r|sum|#sum");
    reads(STR("résumé"), 0, "r|#r|sum|#sum");
    /* one source character that becomes several keeps one span */
    reads(STR("x㎡y"), 0, "x㎡y|#x㎡y");
    reads(STR("铝\xCC\x81铜"), 0, "#铝\xCC\x81|铝\xCC\x81|#铜|铜"); /* shown with its mark */
}

static void keys_tell_what_they_are(void **unused)
{
    (void)unused;
    assert_true(key_at(STR("锂电"), 0, 0) == term_han(0x9502));
    assert_true(key_at(STR("锂电"), 0, 1) == term_han_pair(0x9502, 0x7535));
    assert_true(key_at(STR("锂"), 0, 1) == term_han_pair(0x9502, 0));
    assert_true(key_at(STR("PEEK"), 0, 0) == term_word(STR("peek"), TERM_PAIR));
    assert_true(key_at(STR("PEEK"), 0, 1) == term_word(STR("peek"), TERM_SINGLE));
    struct map seen = {0};
    for (uint32_t c = 0x3400; c <= 0x9FFF; c++) {
        const uint64_t keys[] = {term_han(c), term_han_pair(c, 0), term_han_pair(c, 0x4E00),
                                 term_han_pair(0x4E00, c), term_concept(c)};
        static const enum term_class class[] = {TERM_SINGLE, TERM_PAIR, TERM_PAIR, TERM_PAIR,
                                                TERM_CONCEPT};
        for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
            assert_int_equal(term_class(keys[i]), class[i]);
            assert_int_equal(term_is_han(keys[i]), i < 4);
            assert_non_null(map_put(&seen, keys[i], 0));
        }
    }
    assert_int_equal(seen.n, 5 * (0x9FFF - 0x3400 + 1) - 1); /* 一一 was made twice */
    map_free(&seen);
    for (int class = TERM_PAIR; class <= TERM_CONCEPT; class ++) {
        uint64_t key = term_word(STR("steel"), (enum term_class) class);
        assert_int_equal(term_class(key), class);
        assert_false(term_is_han(key));
    }
    assert_true(term_in_class(term_word(STR("steel"), TERM_PAIR), TERM_SINGLE) ==
                term_word(STR("steel"), TERM_SINGLE));
    uint64_t pair = key_at(STR("deep net"), TERMS_ENGLISH, 2);
    assert_int_equal(term_class(pair), TERM_WORDPAIR);
    assert_false(term_is_han(pair));
    assert_true(pair != key_at(STR("net deep"), TERMS_ENGLISH, 2)); /* order matters */
}

static void malformed_bytes_part_terms(void **unused)
{
    (void)unused;
    reads(STR("锂\xFF电"), 0, "#锂|锂|#电|电");
    reads(STR("ab\x80"
              "cd"),
          TERMS_ENGLISH, "ab|cd");
    reads(STR("锂\xE7\x94"), 0, "#锂|锂");
    reads(STR("锂\0电"), 0, "#锂|锂|#电|电");
}

static void a_word_may_be_endless(void **unused)
{
    (void)unused;
    size_t n = 1 << 20;
    char *text = malloc(n);
    memset(text, 'a', n);
    vec_term_at t = {0};
    assert_int_equal(terms_read(&t, (struct str){text, n}, 0, NULL), RC_OK);
    assert_int_equal(t.n, 2);
    assert_int_equal(t.p[0].at.from, 0);
    assert_int_equal(t.p[0].at.to, n);
    for (size_t i = 1; i < n; i += 2)
        text[i] = i % 4 == 1 ? '.' : '-';
    t.n = 0;
    assert_int_equal(terms_read(&t, (struct str){text, n}, 0, NULL), RC_OK);
    assert_int_equal(t.n, 2);
    assert_int_equal(t.p[1].at.to, n - 1);
    /* and so may be a run of combining marks */
    for (size_t i = 0; i < n; i += 2)
        memcpy(text + i, "\xCC\x81", 2);
    t.n = 0;
    assert_int_equal(terms_read(&t, (struct str){text, n}, 0, NULL), RC_OK);
    assert_int_equal(t.n, 0);
    vec_free(&t);
    free(text);
}

static void counting_merges_and_sorts(void **unused)
{
    (void)unused;
    vec_term_at t = {0};
    vec_term_count c = {0};
    assert_int_equal(terms_count(&c, &t, NULL), RC_OK);
    assert_int_equal(c.n, 0);
    assert_int_equal(terms_read(&t, STR("铜铜铜 steel 铜 Steel"), 0, NULL), RC_OK);
    assert_int_equal(terms_count(&c, &t, NULL), RC_OK);
    assert_int_equal(c.n, 5);
    for (size_t i = 0; i < c.n; i++) {
        uint64_t k = c.p[i].key;
        assert_true(i == 0 || c.p[i - 1].key < k);
        assert_int_equal(c.p[i].tf, k == term_han(0x94DC)           ? 4
                                    : k == term_han_pair(0x94DC, 0) ? 1
                                                                    : 2);
    }
    vec_free(&t);
    vec_free(&c);
}

/* ---- the same terms, plainly ---- */

static uint64_t state = 7;

static uint32_t any(uint32_t below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((state >> 33) % below);
}

/* NFKC and lower case of a whole text at once. */
static int32_t normal_form(struct str text, UChar32 *to)
{
    UChar in[4096], out[40000];
    UErrorCode u = U_ZERO_ERROR;
    int32_t n = 0, k = 0;
    for (size_t i = 0; i < text.n;) {
        uint32_t c = utf8_next(text, &i);
        U16_APPEND_UNSAFE(in, n, c);
    }
    n = unorm2_normalize(unorm2_getNFKCInstance(&u), in, n, out, 40000, &u);
    assert_true(U_SUCCESS(u));
    for (int32_t i = 0; i < n;) {
        UChar32 c;
        U16_NEXT_UNSAFE(out, i, c);
        to[k++] = u_tolower(c);
    }
    return k;
}

static bool is_alnum(UChar32 c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Maximal runs of Han or of [a-z0-9]+([.-][a-z0-9]+)*, keys in order of their ends. */
static size_t plain_terms(struct str text, uint64_t *key)
{
    UChar32 c[40000];
    int32_t n = normal_form(text, c);
    size_t k = 0;
    for (int32_t i = 0, from; i < n;) {
        from = i;
        if (is_han((uint32_t)c[i])) {
            for (; i < n && is_han((uint32_t)c[i]); i++) {
                if (i > from)
                    key[k++] = term_han_pair((uint32_t)c[i - 1], (uint32_t)c[i]);
                key[k++] = term_han((uint32_t)c[i]);
            }
            if (i == from + 1)
                key[k++] = term_han_pair((uint32_t)c[from], 0);
        } else if (is_alnum(c[i])) {
            char word[4096];
            while (i < n && (is_alnum(c[i]) ||
                             ((c[i] == '.' || c[i] == '-') && i + 1 < n && is_alnum(c[i + 1])))) {
                word[i - from] = (char)c[i];
                i++;
            }
            struct str w = {word, (size_t)(i - from)};
            key[k++] = term_word(w, TERM_PAIR);
            key[k++] = term_word(w, TERM_SINGLE);
        } else
            i++;
    }
    return k;
}

static struct str random_text(char *to)
{
    static const char *const pieces[] = {
        "锂",        "电",       "池",   "铝",       "a",  "B",  "7",  ".",
        "-",         " ",        "，",   "Ｘ",       "㎡", "ﬁ",  "\n", "é",
        "e\xCC\x81", "\xCC\x81", "\xFF", "\xE7\x94", "１", "．", "한", "\xE1\x84\x80\xE1\x85\xA1",
        "①",         "⼯",       "ﷺ",    "😀"};
    struct str s = {to, 0};
    for (uint32_t n = any(60); n > 0; n--) {
        const char *p = pieces[any(any(3) ? 12 : ARRAY_LEN(pieces))];
        memcpy(to + s.n, p, strlen(p));
        s.n += strlen(p);
    }
    return s;
}

static bool boundary(struct str s, uint32_t at)
{
    for (size_t i = 0; i <= s.n;) {
        if (i == at)
            return true;
        if (i == s.n)
            break;
        utf8_next(s, &i);
    }
    return false;
}

static void random_texts_have_the_plain_terms(void **unused)
{
    (void)unused;
    char text[2000];
    uint64_t key[8000];
    vec_term_at t = {0};
    for (int round = 0; round < 20000; round++) {
        struct str s = random_text(text);
        size_t n = plain_terms(s, key);
        t.n = 0;
        assert_int_equal(terms_read(&t, s, 0, NULL), RC_OK);
        if (n != t.n)
            fail_msg("%.*s: %zu terms, not %zu", (int)s.n, s.p, t.n, n);
        uint32_t last = 0;
        for (size_t i = 0; i < n; i++) {
            struct span at = t.p[i].at;
            if (t.p[i].key != key[i])
                fail_msg("%.*s: term %zu differs", (int)s.n, s.p, i);
            assert_true(at.from < at.to && at.to <= s.n && at.to >= last);
            if (round < 3000)
                assert_true(boundary(s, at.from) && boundary(s, at.to));
            last = at.to;
        }
    }
    vec_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(han_gives_characters_and_pairs),
        cmocka_unit_test(words_hold_their_points),
        cmocka_unit_test(english_words_and_pairs),
        cmocka_unit_test(commands_of_formulas),
        cmocka_unit_test(spellings_are_one),
        cmocka_unit_test(english_endings_are_one),
        cmocka_unit_test(compatible_forms_are_one),
        cmocka_unit_test(keys_tell_what_they_are),
        cmocka_unit_test(malformed_bytes_part_terms),
        cmocka_unit_test(a_word_may_be_endless),
        cmocka_unit_test(counting_merges_and_sorts),
        cmocka_unit_test(random_texts_have_the_plain_terms),
    };
    return cmocka_run_group_tests_name("terms", tests, NULL, NULL);
}
