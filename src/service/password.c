#include "service/auth_int.h"

#include <sodium.h>

_Static_assert(HASH_MAX >= crypto_pwhash_STRBYTES, "room for an argon2id string");

enum { SHORTEST = 10 };

/* What people take when ten characters are asked for. */
static const char *const common[] = {
    "1q2w3e4r5t", "1qaz2wsx3edc", "a123456789",   "aa123456789",  "abc1234567",    "abc123456789",
    "abcd123456", "abcd1234567",  "admin12345",   "admin123456",  "administrator", "asdfghjkl123",
    "asdfghjkl;", "changeme123",  "iloveyou123",  "letmein123",   "p@ssw0rd123",   "passw0rd123",
    "password12", "password123",  "password1234", "qazwsxedc1",   "qazwsxedcrfv",  "qq123456789",
    "qwe1234567", "qwer123456",   "qwerasdfzxcv", "qwerty1234",   "qwerty12345",   "qwerty123456",
    "qwertyuiop", "welcome123",   "woaini1314",   "woaini520520", "woaini123456",  "zxcvbnm123",
    "zxcvbnm,./", "1234qwerasdf", "5201314520",   "1314520520",   "0123456789",    "9876543210",
    "q1w2e3r4t5", "test123456",   "user123456",   "root123456",   "system12345",   "manager123",
};

/* In lower case; false where it does not fit. */
static bool lower(char *to, size_t cap, struct str s)
{
    if (s.n >= cap)
        return false;
    for (size_t i = 0; i < s.n; i++)
        to[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] + 32) : s.p[i];
    to[s.n] = 0;
    return true;
}

/* 1111111111, 1234567890, zyxwvutsrq, 1212121212 */
static bool is_run(struct str s)
{
    bool same = true, up = true, down = true, pairs = true;
    for (size_t i = 1; i < s.n; i++) {
        int step = (unsigned char)s.p[i] - (unsigned char)s.p[i - 1];
        same &= step == 0;
        up &= step == 1 || (s.p[i - 1] == '9' && s.p[i] == '0');
        down &= step == -1 || (s.p[i - 1] == '0' && s.p[i] == '9');
        pairs &= i < 2 || s.p[i] == s.p[i - 2];
    }
    return same || up || down || pairs;
}

enum rc password_judge(struct str password, struct str login, struct err *e)
{
    char word[PASSWORD_MAX], name[LOGIN_MAX + 1];
    bool bad = utf8_len(password) < SHORTEST || !lower(word, sizeof word, password) ||
               !lower(name, sizeof name, login) || is_run(password);
    if (!bad)
        bad = strcmp(word, name) == 0;
    for (size_t i = 0; !bad && i < ARRAY_LEN(common); i++)
        bad = strcmp(word, common[i]) == 0;
    sodium_memzero(word, sizeof word);
    return bad ? err_user(e, "auth.weak", "%d", SHORTEST) : RC_OK;
}

enum rc password_hash(struct site *s, struct str password, char to[HASH_MAX], struct err *e)
{
    pthread_mutex_lock(&s->hashing);
    int bad =
        crypto_pwhash_str_alg(to, password.p, password.n, crypto_pwhash_OPSLIMIT_INTERACTIVE,
                              crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13);
    pthread_mutex_unlock(&s->hashing);
    return bad ? err_nomem(e) : RC_OK;
}

bool password_right(struct site *s, struct str hash, struct str password)
{
    /* Of a password that nobody has: so that an unknown name takes as long as a known one. */
    static const char nobody[] = "$argon2id$v=19$m=65536,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
                                 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    char text[HASH_MAX];
    bool known = hash.n && hash.n < sizeof text && password.n <= PASSWORD_MAX;
    struct str use = known ? hash : STR(nobody);
    memcpy(text, use.p, use.n);
    text[use.n] = 0;
    pthread_mutex_lock(&s->hashing);
    bool right = crypto_pwhash_str_verify(text, password.p ? password.p : "",
                                          MIN(password.n, PASSWORD_MAX)) == 0;
    pthread_mutex_unlock(&s->hashing);
    return right && known;
}
