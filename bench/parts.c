/* The parts of every pair's score, for experiments with their mix (bench/quality --folds):
 *     parts NEEDS RESULTS [MODEL_DIR]
 * Prints need, result, cosine, knowledge, latent, parted by tabs, for each pair; then the mix in
 * use on a line that begins with "mix". */
#include "match/match.h"
#include "service/matching.h"

#include "common.h"

static void or_die(enum rc rc, const struct err *e)
{
    if (rc != RC_OK)
        die("%s: %s %s", e->key, e->file, e->detail);
}

static struct match_text text_of(void *ctx, uint32_t i)
{
    struct match_text t;
    t.text = collection_text(ctx, i, &t.title);
    return t;
}

static struct collection *open_side(const char *path, enum table_side side, const struct model *m)
{
    struct err e;
    struct collection *c;
    struct table_options t = {.side = side};
    or_die(collection_open(&c, path, model_columns(m), &t, NULL, NULL, &e), &e);
    return c;
}

int main(int argc, char **argv)
{
    if (argc < 3)
        die("usage: parts NEEDS RESULTS [MODEL_DIR]");
    struct err e;
    struct model *m;
    struct matcher *matcher;
    or_die(model_open(&m, argc > 3 ? argv[3] : NULL, &e), &e);
    struct collection *needs = open_side(argv[1], SIDE_NEED, m);
    struct collection *results = open_side(argv[2], SIDE_RESULT, m);
    or_die(matcher_open(&matcher,
                        (struct match_source){collection_count(results), text_of, results},
                        (struct match_source){collection_count(needs), text_of, needs},
                        model_knowledge(m), 0, &e),
           &e);
    char a[COLLECTION_ID], b[COLLECTION_ID];
    for (uint32_t i = 0; i < collection_count(needs); i++)
        for (uint32_t j = 0; j < collection_count(results); j++) {
            struct match_parts p;
            or_die(matcher_parts(matcher, i, j, &p, &e), &e);
            struct str n = collection_id(needs, i, a), r = collection_id(results, j, b);
            printf("%.*s\t%.*s\t%.9g\t%.9g\t%.9g\n", (int)n.n, n.p, (int)r.n, r.p, p.cosine,
                   p.knowledge, p.latent);
        }
    const struct match_parts *mix = &matcher_params(matcher)->mix;
    printf("mix\t%g\t%g\t%g\n", mix->cosine, mix->knowledge, mix->latent);
    matcher_close(matcher);
    collection_close(results);
    collection_close(needs);
    model_close(m);
    return 0;
}
