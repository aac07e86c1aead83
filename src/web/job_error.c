/* A failed job keeps its error as JSON; here it becomes a sentence. */
#include "web/page_int.h"

#include <jansson.h>
#include <stdio.h>

struct str job_error(const struct request *rq, struct str result)
{
    struct err why = {.rc = RC_USER};
    json_t *all = json_loadb(result.p ? result.p : "", result.n, 0, NULL);
    const char *key = json_string_value(json_object_get(all, "key"));
    const char *detail = json_string_value(json_object_get(all, "detail"));
    snprintf(why.key, sizeof why.key, "%s", key ? key : "web.internal");
    snprintf(why.detail, sizeof why.detail, "%s", detail ? detail : "");
    why.row = (uint32_t)json_integer_value(json_object_get(all, "row"));
    why.col = (uint32_t)json_integer_value(json_object_get(all, "col"));
    json_decref(all);
    return msg_error(rq, &why);
}
