/* Every route as somebody: what nobody may get, and what must not be in any answer. */
#ifndef HTTP_WALK_H
#define HTTP_WALK_H

#include "http_help.h"

static const char *walk_kind = "need"; /* what stands for {kind} */

static inline void fill_pattern(char *to, size_t cap, const char *pattern, int64_t id)
{
    size_t n = 0;
    while (*pattern && n + 30 < cap) {
        if (strncmp(pattern, "{kind}", 6) == 0) {
            n += (size_t)snprintf(to + n, cap - n, "%s", walk_kind);
            pattern += 6;
        } else if (strncmp(pattern, "{id}", 4) == 0) {
            n += (size_t)snprintf(to + n, cap - n, "%lld", (long long)id);
            pattern += 4;
        } else if (strncmp(pattern, "{name}", 6) == 0) {
            n += (size_t)snprintf(to + n, cap - n, "zh");
            pattern += 6;
        } else {
            to[n++] = *pattern++;
        }
    }
    to[n] = 0;
}

static inline bool has_word(const char *list, const char *word)
{
    const char *at = strstr(list, word);
    size_t n = strlen(word);
    return at && (at == list || at[-1] == ',') && (!at[n] || at[n] == ',');
}

/* What must not be in any answer; NULL: nothing was planted. */
static const char *planted;

/* Whoever the table does not name gets 403, or is sent to sign in; whoever it names never gets the
 * page of "not signed in", and nobody ever gets a 500. */
static inline void check_route(struct browser *b, const char *role, char *const *col, int64_t id)
{
    char path[300], form[200];
    bool may = has_word(col[2], role), api = has_word(col[3], "api");
    bool writes = strcmp(col[0], "GET") != 0;
    fill_pattern(path, sizeof path, col[1], id);
    if (strcmp(path, "/sign-out") == 0 && may)
        return;
    snprintf(form, sizeof form, "csrf=%s&x=1", b->csrf);
    long status = ask_with(b, col[0], path, writes ? form : NULL, NULL);
    if (status == 405 || status >= 500)
        fail_msg("%s %s as %s: %ld", col[0], path, role, status);
    if (planted && (shows(planted) || (got.head.p && strstr(got.head.p, planted))))
        fail_msg("%s %s shows %s a secret", col[0], path, role);
    if (may)
        return;
    bool sent = status == 303 && strncmp(header("Location"), "/sign-in", 8) == 0;
    bool refused = status == 403 || (api && status == 401);
    if (!refused && !(sent && strcmp(role, "visitor") == 0 && !writes))
        fail_msg("%s %s is not for %s: %ld", col[0], path, role, status);
}

static inline unsigned walk(struct browser *b, const char *role, int64_t id)
{
    struct buf table;
    unsigned n = 0;
    buf_init(&table, 1u << 20);
    OK(web_routes(&table, &e));
    for (char *line = table.p, *next; line && *line; line = next) {
        char *col[6] = {line};
        next = strchr(line, '\n');
        *next++ = 0;
        for (int i = 1; i < 6; i++) {
            col[i] = strchr(col[i - 1], '\t');
            assert_non_null(col[i]);
            *col[i]++ = 0;
        }
        check_route(b, role, col, id);
        n++;
    }
    buf_free(&table);
    return n;
}

#endif
