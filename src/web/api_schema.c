/* What each operation of the API answers, as a JSON Schema; KIND stands for the kind's name.
 * Objects are closed: tests/api holds every answer to it. */
#include "web/api_int.h"
#include "web/approval_int.h"
#include "web/notice_int.h"
#include "web/page_int.h"
#include "web/report_int.h"

#define INT     "{\"type\":\"integer\"}"
#define NUM     "{\"type\":\"number\"}"
#define TEXT    "{\"type\":\"string\"}"
#define TIME    "{\"type\":\"string\",\"format\":\"date-time\"}"
#define FLAG    "{\"type\":\"boolean\"}"
#define SPAN    "{\"type\":\"array\",\"items\":" INT ",\"minItems\":2,\"maxItems\":2}"
#define VERDICT "{\"enum\":[\"met\",\"missed\",\"unknown\"]}"
#define LIST(x) "{\"type\":\"array\",\"items\":" x "}"
/* required: the names in quotes, parted by commas */
#define OBJECT(required, properties)                                                               \
    "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[" required                  \
    "],\"properties\":{" properties "}}"
#define RECORD "{\"$ref\":\"#/components/schemas/KIND_record\"}"

static const char list[] =
    OBJECT("\"items\"", "\"items\":" LIST(RECORD) ",\"total\":" INT ",\"next\":" TEXT);
static const char history[] =
    OBJECT("\"items\"",
           "\"items\":" LIST(
               OBJECT("\"seq\",\"version\",\"at\",\"by\",\"name\",\"action\",\"changes\"",
                      "\"seq\":" INT ",\"version\":" INT ",\"at\":" TIME ",\"by\":" TEXT
                      ",\"name\":" TEXT ",\"action\":" TEXT ",\"state\":" TEXT ",\"comment\":" TEXT
                      ",\"reason\":" TEXT ",\"secrecy\":" TEXT ",\"changes\":" LIST(
                          OBJECT("\"field\",\"before\",\"after\"",
                                 "\"field\":" TEXT ",\"before\":" TEXT ",\"after\":" TEXT)))));
static const char codes[] =
    OBJECT("\"codes\"",
           "\"codes\":" LIST(OBJECT("\"code\",\"zh\",\"en\"", "\"code\":" TEXT ",\"zh\":" TEXT
                                                              ",\"en\":" TEXT ",\"under\":" TEXT)));
static const char search[] = OBJECT(
    "\"items\"", "\"items\":" LIST(OBJECT("\"score\",\"record\"",
                                          "\"score\":" NUM ",\"record\":{\"type\":\"object\"}")));
static const char matches[] =
    OBJECT("\"items\"", "\"items\":" LIST(OBJECT("\"id\",\"kind\",\"title\",\"score\",\"credible\"",
                                                 "\"id\":" INT ",\"kind\":" TEXT ",\"title\":" TEXT
                                                 ",\"score\":" NUM ",\"credible\":" FLAG
                                                 ",\"introduction\":" INT)));
static const char why[] = OBJECT(
    "\"score\",\"credible\",\"need_text\",\"offer_text\",\"reasons\",\"fit\"",
    "\"score\":" NUM ",\"credible\":" FLAG ",\"need_text\":" TEXT ",\"offer_text\":" TEXT
    ",\"via\":" INT ",\"reasons\":" LIST(OBJECT(
        "\"code\",\"verdict\",\"share\",\"need\",\"offer\"",
        "\"code\":" TEXT ",\"verdict\":" VERDICT ",\"share\":" NUM ",\"need\":" SPAN
        ",\"offer\":" SPAN
        ",\"need_name\":" SPAN)) ",\"fit\":" LIST(OBJECT("\"code\",\"verdict\",\"need\",\"offer\"",
                                                         "\"code\":" TEXT ",\"verdict\":" VERDICT
                                                         ",\"need\":" TEXT ",\"offer\":" TEXT)));
static const char uploaded[] =
    OBJECT("\"file\",\"name\",\"type\",\"bytes\"",
           "\"file\":" TEXT ",\"name\":" TEXT ",\"type\":" TEXT ",\"bytes\":" INT);
static const char inbox[] =
    OBJECT("\"unread\",\"items\"",
           "\"unread\":" INT ",\"before\":" INT ",\"items\":" LIST(
               OBJECT("\"id\",\"event\",\"text\",\"at\",\"read\"",
                      "\"id\":" INT ",\"event\":" TEXT ",\"text\":" TEXT ",\"at\":" TIME
                      ",\"read\":" FLAG ",\"about\":" INT ",\"kind\":" TEXT ",\"path\":" TEXT)));
static const char approvals[] =
    OBJECT("\"items\"",
           "\"items\":" LIST(OBJECT("\"id\",\"record\",\"title\",\"state\",\"submitter\",\"since\"",
                                    "\"id\":" INT ",\"record\":" INT ",\"kind\":" TEXT
                                    ",\"title\":" TEXT ",\"state\":" TEXT ",\"step\":" TEXT
                                    ",\"submitter\":" TEXT ",\"since\":" TIME)));
static const char approval[] = OBJECT(
    "\"state\",\"steps\",\"signatures\",\"may\"",
    "\"state\":{\"type\":[\"string\",\"null\"]},\"id\":" INT ",\"round\":" INT
    ",\"submitted\":" TIME ",\"submitter\":" TEXT ",\"ended\":" TIME ",\"chain\":" TEXT
    ",\"steps\":" LIST(OBJECT(
        "\"step\",\"label\",\"mode\",\"stage\"",
        "\"step\":" TEXT ",\"label\":" TEXT ",\"mode\":{\"enum\":[\"one\",\"joint\",\"any\"]}"
        ",\"stage\":{\"enum\":[\"done\",\"now\",\"ahead\"]"
        "}")) ",\"signatures\":" LIST(OBJECT("\"round\","
                                             "\"label\","
                                             "\"asked\","
                                             "\"mine\","
                                             "\"waits\"",
                                             "\"round\""
                                             ":" INT ",\"step\""
                                             ":" TEXT ",\"label\""
                                             ":" TEXT ",\"who\""
                                             ":" TEXT ",\"org\""
                                             ":" INT ",\"roles\""
                                             ":" LIST(
                                                 TEXT) ","
                                                       "\""
                                                       "de"
                                                       "ci"
                                                       "si"
                                                       "on"
                                                       "\""
                                                       ":" TEXT ","
                                                       "\""
                                                       "co"
                                                       "mm"
                                                       "en"
                                                       "t"
                                                       "\""
                                                       ":" TEXT ","
                                                       "\""
                                                       "se"
                                                       "nt"
                                                       "_b"
                                                       "ac"
                                                       "k_"
                                                       "to"
                                                       "\""
                                                       ":" TEXT ","
                                                       "\""
                                                       "de"
                                                       "le"
                                                       "ga"
                                                       "te"
                                                       "d_"
                                                       "by"
                                                       "\""
                                                       ":" TEXT ","
                                                       "\""
                                                       "ad"
                                                       "de"
                                                       "d_"
                                                       "by"
                                                       "\""
                                                       ":" TEXT ","
                                                       "\""
                                                       "as"
                                                       "ke"
                                                       "d"
                                                       "\""
                                                       ":" TIME ","
                                                       "\""
                                                       "at"
                                                       "\""
                                                       ":" TIME ","
                                                       "\""
                                                       "mi"
                                                       "ne"
                                                       "\""
                                                       ":" FLAG ","
                                                       "\""
                                                       "wa"
                                                       "it"
                                                       "s"
                                                       "\""
                                                       ":" FLAG)) ",\"may\":" OBJECT("\"sign\","
                                                                                     "\"withdraw\","
                                                                                     "\"remind\","
                                                                                     "\"delegate\","
                                                                                     "\"back\","
                                                                                     "\"people\"",
                                                                                     "\"sign\""
                                                                                     ":" FLAG
                                                                                     ",\"withdraw\""
                                                                                     ":" FLAG
                                                                                     ",\"remind\""
                                                                                     ":" FLAG
                                                                                     ",\"delegate\""
                                                                                     ":" FLAG
                                                                                     ",\"back\""
                                                                                     ":" LIST(TEXT) ",\"people\":" LIST(
                                                                                         TEXT)));

/* By handler; one that is not here answers an object. */
static const struct {
    handler_fn handler;
    const char *status;
    const char *schema; /* NULL: nothing */
    const char *type;
} answers[] = {
    {api_list, "200", list, NULL},
    {api_show, "200", RECORD, NULL},
    {api_create, "201", RECORD, NULL},
    {api_change, "200", RECORD, NULL},
    {api_step, "200", RECORD, NULL},
    {api_remove, "204", NULL, NULL},
    {api_history, "200", history, NULL},
    {api_codes, "200", codes, NULL},
    {api_search, "200", search, NULL},
    {api_matches, "200", matches, NULL},
    {api_why, "200", why, NULL},
    {api_upload, "201", uploaded, NULL},
    {api_inbox, "200", inbox, NULL},
    {api_inbox_read, "204", NULL, NULL},
    {api_inbox_read_all, "204", NULL, NULL},
    {api_approvals, "200", approvals, NULL},
    {api_approval, "200", approval, NULL},
    {api_approval_do, "200", approval, NULL},
    {attach_do, "200", TEXT, "application/octet-stream"},
};

/* KIND replaced; NULL without memory. */
static json_t *schema_for(const char *text, struct str kind)
{
    struct buf b;
    struct err e;
    enum rc rc = RC_OK;
    json_t *schema = NULL;
    buf_init(&b, 64u << 10);
    for (const char *at; rc == RC_OK && (at = strstr(text, "KIND")); text = at + 4) {
        rc = buf_put(&b, text, (size_t)(at - text), &e);
        if (rc == RC_OK)
            rc = buf_str(&b, kind, &e);
    }
    if (rc == RC_OK && buf_str(&b, str_of(text), &e) == RC_OK)
        schema = json_loadb(b.p, b.n, 0, NULL);
    buf_free(&b);
    return schema;
}

json_t *api_responses(const struct route *r, const struct kind *k)
{
    json_t *problem = json_pack("{s:s}", "$ref", "#/components/responses/problem");
    const char *status = "2XX", *type = "application/json";
    json_t *schema = NULL;
    bool body = true;
    for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
        if (answers[i].handler != r->handler)
            continue;
        status = answers[i].status;
        type = answers[i].type ? answers[i].type : type;
        body = answers[i].schema != NULL;
        if (body)
            schema = schema_for(answers[i].schema, k ? k->name : STR(""));
    }
    json_t *ok = json_pack("{s:s}", "description", "OK");
    if (body)
        json_object_set_new(ok, "content",
                            json_pack("{s:{s:o}}", type, "schema",
                                      schema ? schema : json_pack("{s:s}", "type", "object")));
    return json_pack("{s:o, s:o}", status, ok, "4XX", problem);
}
