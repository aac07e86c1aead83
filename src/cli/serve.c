/* qiao serve: the site over HTTP, until SIGINT or SIGTERM; and qiao test-routes. */
#define _POSIX_C_SOURCE 200809L
#include "cli/site_int.h"
#include "web/web.h"

#include "base/log.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

struct serve_args {
    struct site_args site;
    const char *address, *url, *cas, *oidc_issuer, *oidc_client, *chat, *chat_model;
    uint32_t port, threads, upload;
    struct option_list allow;
    bool behind_proxy, verbose;
};
#define HERE(member) offsetof(struct serve_args, member)

static const struct option options[] = {
    OPTION_DB,
    {.name = "address",
     .kind = OPTION_TEXT,
     .to = HERE(address),
     .value = {"地址", "ADDRESS"},
     .help = {"监听的 IP 地址（默认 127.0.0.1）",
              "IP address to listen on (127.0.0.1 if not given)"}},
    {.name = "port",
     .kind = OPTION_COUNT,
     .to = HERE(port),
     .max = 65535,
     .value = {"端口", "PORT"},
     .help = {"监听的端口（默认 8080；0 任选一个）",
              "port to listen on (8080 if not given; 0: any)"}},
    {.name = "url",
     .kind = OPTION_TEXT,
     .to = HERE(url),
     .value = {"网址", "URL"},
     .help = {"用户看到的网址；https 时 Cookie 只经加密连接发送",
              "address that users see; with https cookies go over TLS only"}},
    {.name = "behind-proxy",
     .kind = OPTION_FLAG,
     .to = HERE(behind_proxy),
     .help = {"前面有反向代理：客户端地址取自 X-Forwarded-For",
              "a proxy stands in front: the client's address is in X-Forwarded-For"}},
    {.name = "threads",
     .kind = OPTION_COUNT,
     .to = HERE(threads),
     .max = 1024,
     .value = {"N", "N"},
     .help = {"生成页面的线程数（默认为处理器数的两倍）",
              "threads that make pages (twice the processors if not given)"}},
    {.name = "upload-max",
     .kind = OPTION_COUNT,
     .to = HERE(upload),
     .min = 1,
     .max = 1024,
     .value = {"MB", "MB"},
     .help = {"上传文件的上限（默认 32 MB）", "largest upload (32 MB if not given)"}},
    {.name = "cas",
     .kind = OPTION_TEXT,
     .to = HERE(cas),
     .value = {"网址", "URL"},
     .help = {"CAS 单点登录服务的网址", "address of a CAS server for single sign-on"}},
    {.name = "oidc",
     .kind = OPTION_TEXT,
     .to = HERE(oidc_issuer),
     .value = {"网址", "URL"},
     .help = {"OIDC 单点登录的签发者；密钥写在 QIAO_OIDC_SECRET 中",
              "issuer for single sign-on by OIDC; its secret is in QIAO_OIDC_SECRET"}},
    {.name = "oidc-client",
     .kind = OPTION_TEXT,
     .to = HERE(oidc_client),
     .value = {"编号", "ID"},
     .help = {"在签发者处登记的客户端编号", "our client id at the issuer"}},
    {.name = "chat",
     .kind = OPTION_TEXT,
     .to = HERE(chat),
     .value = {"网址", "URL"},
     .help = {"可补充新闻事实的对话模型（OpenAI 兼容接口）；密钥写在 QIAO_CHAT_KEY 中",
              "chat model that may propose facts of news (OpenAI-compatible); its key is in "
              "QIAO_CHAT_KEY"}},
    {.name = "chat-model",
     .kind = OPTION_TEXT,
     .to = HERE(chat_model),
     .value = {"名称", "NAME"},
     .help = {"对话模型的名称", "name of the chat model"}},
    {.name = "allow-private",
     .kind = OPTION_LIST,
     .to = HERE(allow),
     .value = {"地址", "ADDRESS"},
     .help = {"读新闻时允许访问这个内网地址，可多次",
              "this private address may be asked for pages of news; may be repeated"}},
    {.name = "log",
     .kind = OPTION_FLAG,
     .to = HERE(verbose),
     .help = {"每个请求在标准错误上记一行", "a line on standard error for every request"}},
};

/* The signals that end it wait for sigwait: no thread is interrupted by them. */
static void hold_signals(sigset_t *held)
{
    sigemptyset(held);
    sigaddset(held, SIGINT);
    sigaddset(held, SIGTERM);
    pthread_sigmask(SIG_BLOCK, held, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static struct web_options web_options_of(const struct serve_args *a)
{
    return (struct web_options){.address = a->address,
                                .port = (uint16_t)a->port,
                                .threads = a->threads,
                                .public_url = a->url,
                                .behind_proxy = a->behind_proxy,
                                .upload_max = (size_t)a->upload << 20,
                                .cas_url = a->cas,
                                .oidc_issuer = a->oidc_issuer,
                                .oidc_client = a->oidc_client,
                                .oidc_secret = getenv("QIAO_OIDC_SECRET"),
                                .chat_url = a->chat,
                                .chat_model = a->chat_model,
                                .chat_key = getenv("QIAO_CHAT_KEY")};
}

static enum rc say_where(struct at_site *x, const struct serve_args *a, const struct web *w,
                         struct err *e)
{
    struct buf b;
    buf_init(&b, 4096);
    const char *address = a->address ? a->address : "127.0.0.1";
    bool v6 = strchr(address, ':') != NULL;
    enum rc rc = a->url ? buf_printf(&b, e, "%s", a->url)
                        : buf_printf(&b, e, "http://%s%s%s:%u/", v6 ? "[" : "", address,
                                     v6 ? "]" : "", (unsigned)web_port(w));
    if (rc == RC_OK)
        rc = at_site_say(x, "cli.serving", buf_view(&b), e);
    buf_free(&b);
    return rc == RC_OK ? cli_flush(e) : rc;
}

static enum rc serve(struct cli *c, const struct serve_args *a, const char *dir, struct err *e)
{
    struct at_site x;
    struct web *w = NULL;
    struct site_options o = site_options_of(&a->site, dir);
    struct web_options wo = web_options_of(a);
    sigset_t held;
    int caught;
    o.engine = o.jobs = true;
    o.allow = a->allow.words.p;
    o.n_allow = a->allow.words.n;
    char here[128];
    const char *address = a->address ? a->address : "127.0.0.1";
    snprintf(here, sizeof here, "http://%s:%u", address, (unsigned)a->port);
    o.url = a->url ? a->url : a->port ? here : NULL;
    mem_heaps(2);
    hold_signals(&held);
    log_set_level(a->verbose ? LOG_INFO : LOG_WARN);
    enum rc rc = at_site_open(&x, c, &o, e);
    if (rc == RC_OK)
        rc = web_open(&w, x.site, &wo, e);
    if (rc == RC_OK)
        rc = say_where(&x, a, w, e);
    if (rc == RC_OK)
        sigwait(&held, &caught);
    web_close(w);
    at_site_close(&x);
    return rc;
}

static enum rc serve_run(struct cli *c, int argc, char **argv, struct err *e)
{
    struct serve_args a = {.port = 8080};
    int n;
    bool done;
    enum rc rc = cli_parse(c, &serve_command, &a, argc, argv, &n, &done, e);
    if (rc == RC_OK && !done && n < 1)
        rc = err_user(e, "cli.site_dir", "%s", "");
    else if (rc == RC_OK && n > 1)
        rc = err_user(e, "cli.too_many_words", "%.60s", argv[1]);
    if (rc == RC_OK && !done)
        rc = serve(c, &a, argv[0], e);
    vec_free(&a.allow.words);
    return rc;
}

const struct command serve_command = {
    .name = "serve",
    .run = serve_run,
    .options = options,
    .n_options = ARRAY_LEN(options),
    .usage = {"[选项] 数据目录", "[OPTION]... DIR"},
    .what = {"运行站点", "serve a site"},
    .more = {"收到 SIGTERM 或按 Ctrl-C 时，先答完正在处理的请求再退出。",
             "On SIGTERM or Ctrl-C the requests that run are answered first."},
};

/* ---- for the tests ---- */

struct routes_args {
    struct common common;
};

static enum rc routes_run(struct cli *c, int argc, char **argv, struct err *e)
{
    struct routes_args a = {0};
    struct buf b;
    int n;
    bool done;
    TRY(cli_parse(c, &test_routes_command, &a, argc, argv, &n, &done, e));
    if (done)
        return RC_OK;
    buf_init(&b, 1u << 20);
    enum rc rc = web_routes(&b, e);
    if (rc == RC_OK)
        rc = cli_print(buf_view(&b), e);
    buf_free(&b);
    return rc == RC_OK ? cli_flush(e) : rc;
}

const struct command test_routes_command = {
    .name = "test-routes",
    .run = routes_run,
    .what = {"列出所有路由（测试用）", "list all routes (for tests)"},
};
