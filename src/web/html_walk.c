#include "web/template_int.h"

/* Does a tag that begins a script or style start here? Their contents are no HTML. */
static bool begins_code(struct str s)
{
    static const char *const names[] = {"<script", "<style"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        size_t n = strlen(names[i]);
        if (str_starts(s, str_of(names[i])) && (s.n == n || strchr(" >\n\t", s.p[n])))
            return true;
    }
    return false;
}

static enum html_state in_text(struct html *h, struct str rest)
{
    if (str_starts(rest, STR("<!--")))
        return HTML_COMMENT;
    if (rest.p[0] != '<')
        return HTML_TEXT;
    h->code_tag = begins_code(rest);
    return HTML_TAG;
}

static enum html_state in_tag(const struct html *h, char c)
{
    switch (c) {
    case '"':
        return HTML_DOUBLE;
    case '\'':
        return HTML_SINGLE;
    case '>':
        return h->code_tag ? HTML_CODE : HTML_TEXT;
    default:
        return HTML_TAG;
    }
}

void html_walk(struct html *h, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        struct str rest = str_sub(s, i, s.n);
        switch (h->state) {
        case HTML_TEXT:
            h->state = in_text(h, rest);
            break;
        case HTML_TAG:
            h->state = in_tag(h, s.p[i]);
            break;
        case HTML_DOUBLE:
            h->state = s.p[i] == '"' ? HTML_TAG : HTML_DOUBLE;
            break;
        case HTML_SINGLE:
            h->state = s.p[i] == '\'' ? HTML_TAG : HTML_SINGLE;
            break;
        case HTML_COMMENT:
            h->state = str_starts(rest, STR("-->")) ? HTML_TEXT : HTML_COMMENT;
            break;
        case HTML_CODE:
            if (str_starts(rest, STR("</script")) || str_starts(rest, STR("</style"))) {
                h->code_tag = false;
                h->state = HTML_TAG;
            }
            break;
        }
    }
}
