/* Build tool: learns the knowledge space from the concept files and writes it to standard output.
 *     mkknowledge model/concepts/a.yaml ... > knowledge.bin */
#include "base/file.h"
#include "match/knowledge.h"
#include "record/yaml.h"

#include <stdio.h>

#define FILE_MAX      (16u << 20)
#define OUT_MAX_BYTES (256u << 20)

static enum rc add(struct concepts *c, const char *path, struct arena *a, struct err *e)
{
    struct buf b;
    struct node *n = NULL;
    buf_init(&b, FILE_MAX);
    enum rc rc = file_read(&b, path, e);
    if (rc == RC_OK)
        rc = yaml_parse(&n, buf_view(&b), path, a, e);
    if (rc == RC_OK)
        rc = concepts_add(c, n, path, e);
    buf_free(&b);
    return rc;
}

static enum rc make(int argc, char **argv, struct buf *out, struct err *e)
{
    struct arena a = {0};
    struct concepts *c = NULL;
    struct knowledge *k = NULL;
    enum rc rc;
    GOTO_OUT(concepts_open(&c, e));
    for (int i = 1; i < argc; i++)
        GOTO_OUT(add(c, argv[i], &a, e));
    GOTO_OUT(concepts_finish(c, e));
    GOTO_OUT(knowledge_fit(&k, c, e));
    rc = knowledge_save(k, out, e);
out:
    knowledge_close(k);
    concepts_close(c);
    arena_free(&a);
    return rc;
}

int main(int argc, char **argv)
{
    struct err e;
    struct buf out;
    buf_init(&out, OUT_MAX_BYTES);
    if (make(argc, argv, &out, &e) != RC_OK) {
        fprintf(stderr, "mkknowledge: %s:%u: %s %s\n", e.file, e.row, e.key, e.detail);
        return 1;
    }
    bool ok = fwrite(out.p, 1, out.n, stdout) == out.n && fflush(stdout) == 0;
    buf_free(&out);
    return ok ? 0 : 1;
}
