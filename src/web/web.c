#include "web/web.h"

#include "base/embed.h"
#include "service/pages.h"
#include "service/sso.h"
#include "web/http_int.h"
#include "web/menu_int.h"

#include <stdio.h>
#include <stdlib.h>

#define VISITORS_KEPT (64u << 20)
#define OWN_KEPT      (24u << 20)

extern const struct embedded template_files[]; /* templates/, sorted by name */

static const char *message(void *ctx, const char *key, const char *lang)
{
    const struct web *w = ctx;
    return model_message(site_model(w->site), key, lang);
}

static const char *asset(void *ctx, const char *name)
{
    const struct web *w = ctx;
    const struct asset *a = asset_find(&w->assets, name);
    return a ? a->at : NULL;
}

static enum rc keep_text(struct web *w, const char **text, struct err *e)
{
    if (!*text)
        return RC_OK;
    *text = arena_str(&w->arena, str_of(*text)).p;
    return *text ? RC_OK : err_nomem(e);
}

static enum rc keep_options(struct web *w, const struct web_options *o, struct err *e)
{
    w->o = *o;
    const char **const texts[] = {&w->o.address,     &w->o.public_url,  &w->o.cas_url,
                                  &w->o.oidc_issuer, &w->o.oidc_client, &w->o.oidc_secret};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        TRY(keep_text(w, texts[i], e));
    if (!w->o.upload_max)
        w->o.upload_max = UPLOAD_MAX;
    w->secure = w->o.public_url && strncmp(w->o.public_url, "https:", 6) == 0;
    w->strict = getenv("QIAO_WEB_STRICT") != NULL;
    return RC_OK;
}

/* Where people find the site, when nobody said. */
static enum rc own_address(struct web *w, struct err *e)
{
    char text[128];
    snprintf(text, sizeof text, "http://%s:%u", w->o.address ? w->o.address : "127.0.0.1", w->port);
    w->o.public_url = text;
    return keep_text(w, &w->o.public_url, e);
}

static enum rc open_parts(struct web *w, const struct web_options *o, struct err *e)
{
    TRY(keep_options(w, o, e));
    TRY(routes_check(w->site, e));
    TRY(assets_open(&w->assets, e));
    TRY(cache_open(&w->cache, VISITORS_KEPT, e));
    TRY(cache_open(&w->own, OWN_KEPT, e));
    struct template_source from = {.page = pages,
                                   .message = message,
                                   .asset = asset,
                                   .file = template_files,
                                   .layout_shape = layout_shape,
                                   .ctx = w};
    struct sso_options sso = {.cas = w->o.cas_url,
                              .issuer = w->o.oidc_issuer,
                              .client = w->o.oidc_client,
                              .secret = w->o.oidc_secret};
    const struct reader *reader; /* a table with a mistake is told at the start */
    TRY(site_reader(w->site, &reader, e));
    TRY(templates_open(&w->templates, &from, e));
    TRY(sso_open(&w->sso, &sso, e));
    TRY(http_start(w, e));
    return w->o.public_url ? RC_OK : own_address(w, e);
}

enum rc web_open(struct web **out, struct site *s, const struct web_options *o, struct err *e)
{
    struct web *w = mem_calloc(1, sizeof *w);
    if (!w)
        return err_nomem(e);
    w->site = s;
    enum rc rc = open_parts(w, o, e);
    if (rc != RC_OK) {
        web_close(w);
        return rc;
    }
    *out = w;
    return RC_OK;
}

uint16_t web_port(const struct web *w)
{
    return w->port;
}

void web_close(struct web *w)
{
    if (!w)
        return;
    http_stop(w);
    templates_close(w->templates);
    sso_close(w->sso);
    cache_close(w->cache);
    cache_close(w->own);
    assets_close(&w->assets);
    arena_free(&w->arena);
    mem_free(w);
}
