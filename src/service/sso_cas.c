/* CAS 2 and 3: the browser brings a ticket, the server says whose it is. */
#include "service/sso_int.h"

#include <expat.h>

enum rc sso_cas_login(struct sso *s, struct str back, struct arena *a, struct str *to,
                      struct err *e)
{
    struct buf b;
    buf_init(&b, 4096);
    enum rc rc = buf_printf(&b, e, "%s/login?service=", s->options.cas);
    if (rc == RC_OK)
        rc = sso_escape(&b, back, e);
    if (rc == RC_OK) {
        *to = sso_keep(a, &b);
        rc = to->p ? RC_OK : err_nomem(e);
    }
    buf_free(&b);
    return rc;
}

/* ---- the answer: <cas:serviceResponse> with user and attributes, or a failure ---- */

#define CAS_DEPTH 16
enum cas_text { CAS_NONE, CAS_USER, CAS_NAME, CAS_FAILURE };
struct cas_answer {
    XML_Parser parser;
    unsigned depth;
    bool failed, success; /* the failure's words; inside authenticationSuccess */
    enum cas_text in;
    struct buf text[4];
    char code[64];
};

/* The name without its prefix. */
static const char *local(const char *name)
{
    const char *colon = strchr(name, ':');
    return colon ? colon + 1 : name;
}

/* Attributes in which servers give a person's name; the first that comes is taken. */
static bool is_name(const char *name)
{
    static const char *const known[] = {"displayName", "display_name", "cn",
                                        "name",        "realName",     "user_name"};
    for (size_t i = 0; i < ARRAY_LEN(known); i++)
        if (strcmp(name, known[i]) == 0)
            return true;
    return false;
}

static void start(void *ctx, const XML_Char *name, const XML_Char **attribute)
{
    struct cas_answer *c = ctx;
    name = local(name);
    c->depth++;
    if (c->depth > CAS_DEPTH) {
        XML_StopParser(c->parser, XML_FALSE);
        return;
    }
    c->in = CAS_NONE;
    if (c->depth == 2 && strcmp(name, "authenticationSuccess") == 0)
        c->success = true;
    else if (c->depth == 2 && strcmp(name, "authenticationFailure") == 0) {
        c->failed = true;
        c->in = CAS_FAILURE;
        for (; attribute[0]; attribute += 2)
            if (strcmp(attribute[0], "code") == 0)
                snprintf(c->code, sizeof c->code, "%s", attribute[1]);
    } else if (c->success && c->depth == 3 && strcmp(name, "user") == 0)
        c->in = CAS_USER;
    else if (c->success && is_name(name) && !c->text[CAS_NAME].n)
        c->in = CAS_NAME;
}

static void end(void *ctx, const XML_Char *name)
{
    (void)name;
    struct cas_answer *c = ctx;
    c->depth--;
    c->in = CAS_NONE;
}

static void text(void *ctx, const XML_Char *bytes, int n)
{
    struct cas_answer *c = ctx;
    struct err ignored;
    if (c->in != CAS_NONE && buf_put(&c->text[c->in], bytes, (size_t)n, &ignored) != RC_OK)
        XML_StopParser(c->parser, XML_FALSE);
}

/* An entity could unfold into anything; no CAS server declares one. */
static void doctype(void *ctx, const XML_Char *name, const XML_Char *system_id,
                    const XML_Char *public_id, int internal)
{
    (void)name, (void)system_id, (void)public_id, (void)internal;
    struct cas_answer *c = ctx;
    XML_StopParser(c->parser, XML_FALSE);
}

static enum rc identify(struct cas_answer *c, struct arena *a, struct identity *out, struct err *e)
{
    struct str user = str_trim(buf_view(&c->text[CAS_USER]));
    struct str name = str_trim(buf_view(&c->text[CAS_NAME]));
    if (c->failed)
        return err_user(e, "sso.refused", "%s", c->code);
    if (!user.n)
        return err_user(e, "sso.answer", "%s", "CAS");
    struct buf b;
    buf_init(&b, 1024);
    enum rc rc = buf_str(&b, STR("cas:"), e);
    if (rc == RC_OK)
        rc = buf_str(&b, user, e);
    if (rc == RC_OK) {
        out->outside = sso_keep(a, &b);
        out->name = arena_str(a, name.n ? name : user);
        rc = out->outside.p && out->name.p ? RC_OK : err_nomem(e);
    }
    buf_free(&b);
    return rc;
}

static enum rc read_answer(struct str xml, struct arena *a, struct identity *out, struct err *e)
{
    struct cas_answer c = {.parser = XML_ParserCreate(NULL)};
    if (!c.parser)
        return err_nomem(e);
    for (size_t i = 0; i < ARRAY_LEN(c.text); i++)
        buf_init(&c.text[i], 512);
    XML_SetUserData(c.parser, &c);
    XML_SetElementHandler(c.parser, start, end);
    XML_SetCharacterDataHandler(c.parser, text);
    XML_SetStartDoctypeDeclHandler(c.parser, doctype);
    enum rc rc = XML_Parse(c.parser, xml.p, (int)xml.n, 1) == XML_STATUS_OK
                     ? identify(&c, a, out, e)
                     : err_user(e, "sso.answer", "%s", "CAS");
    XML_ParserFree(c.parser);
    for (size_t i = 0; i < ARRAY_LEN(c.text); i++)
        buf_free(&c.text[i]);
    return rc;
}

static enum rc validate(struct sso *s, const char *how, struct str back, struct str ticket,
                        struct buf *answer, long *status, struct err *e)
{
    struct buf url;
    enum rc rc;
    buf_init(&url, 8192);
    buf_clear(answer);
    GOTO_OUT(buf_printf(&url, e, "%s/%s?service=", s->options.cas, how));
    GOTO_OUT(sso_escape(&url, back, e));
    GOTO_OUT(buf_str(&url, STR("&ticket="), e));
    GOTO_OUT(sso_escape(&url, ticket, e));
    rc = sso_ask(s, &(struct sso_request){.url = buf_view(&url)}, answer, status, e);
out:
    buf_free(&url);
    return rc;
}

enum rc sso_cas_check(struct sso *s, struct str back, struct str ticket, struct arena *a,
                      struct identity *out, struct err *e)
{
    struct buf answer;
    long status = 0;
    buf_init(&answer, SSO_ANSWER_MAX);
    enum rc rc = validate(s, "p3/serviceValidate", back, ticket, &answer, &status, e);
    if (rc == RC_OK && status == 404) /* a server of version 2 */
        rc = validate(s, "serviceValidate", back, ticket, &answer, &status, e);
    if (rc == RC_OK)
        rc = read_answer(buf_view(&answer), a, out, e);
    buf_free(&answer);
    return rc;
}
