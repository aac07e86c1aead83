/* Any bytes as a robot's answer, and as a title in a header of a mail and in a sentence. */
#include "service/notify_int.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static bool is_utf8(const char *text)
{
    struct str s = str_of(text);
    char again[4];
    for (size_t i = 0; i < s.n;) {
        size_t from = i;
        uint32_t c = utf8_next(s, &i);
        if (utf8_put(again, c) != i - from || memcmp(again, s.p + from, i - from) != 0)
            return false;
    }
    return true;
}

/* What the store keeps of an answer. */
static void answer(struct str s)
{
    static const char *const channels[] = {"wecom", "dingtalk", "feishu"};
    for (size_t i = 0; i < ARRAY_LEN(channels); i++) {
        struct err e = {0};
        enum rc rc = robot_answer(str_of(channels[i]), 200, s, &e);
        if (rc != RC_OK && (!str_starts(str_of(e.key), STR("notify.robot_")) || !is_utf8(e.detail)))
            abort();
    }
}

/* A header stays one header, in lines that every server takes. */
static void header(struct str s)
{
    struct buf b;
    buf_init(&b, 64u << 20);
    if (mail_word(&b, s, NULL) != RC_OK)
        abort();
    size_t line = 0;
    for (size_t i = 0; i < b.n; i++) {
        line++;
        if (b.p[i] == '\r' && (i + 2 >= b.n || b.p[i + 1] != '\n' || b.p[i + 2] != ' '))
            abort();
        if (b.p[i] == '\n') {
            if (!i || b.p[i - 1] != '\r' || line > 78)
                abort();
            line = 0;
        } else if (b.p[i] != '\r' && (b.p[i] < ' ' || b.p[i] > '~')) {
            abort();
        }
    }
    buf_free(&b);
}

static void sentence(struct str s)
{
    struct buf b;
    buf_init(&b, 64u << 20);
    if (notice_sentence(&b, STR("“{detail}” {other}, {detail}"), s, NULL) != RC_OK)
        abort();
    buf_clear(&b);
    if (s.n < 4096 && notice_sentence(&b, s, STR("a\tb"), NULL) != RC_OK)
        abort();
    buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    struct str s = {(const char *)p, n};
    int minutes = 0;
    answer(s);
    header(s);
    sentence(s);
    if (minutes_read(s, &minutes) && (minutes < 0 || minutes >= 1440))
        abort();
    return 0;
}
