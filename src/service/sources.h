/* Where pages come from: files, zips, folders with all that is in them, lists of addresses. */
#ifndef QIAO_SOURCES_H
#define QIAO_SOURCES_H

#include "base/file.h"
#include "service/packed.h"

/* A zip of pages. */
struct source_zip {
    const char *path;
    struct file_map map;
    struct archive *archive;
};

struct source {
    const char *name; /* path or address; of a page in a zip: ZIP/MEMBER */
    bool url;
    uint32_t zip;            /* number in sources.zip, UINT32_MAX: it is in none */
    struct packed_page page; /* in it */
    const struct err *why;   /* a zip that cannot be opened; else NULL */
};

/* `struct sources s = {0};` is empty. */
struct sources {
    struct arena arena;
    VEC(struct source) all;
    VEC(struct source_zip) zip;
    uint32_t urls;
};

/* Append an address (http:// or https://), a file ("-" is standard input), the pages of a zip, or
 * the files in a folder and in those below it, sorted by bytes; there a file is a zip by its ending
 * .zip, else by its first bytes. A zip that cannot be opened is one source, which tells why. Left
 * out there: hidden ones, links to folders, what belongs to a saved page but is none (by the ending
 * of its name: .css, .js, .png …), NAME.url, which has the address of NAME, and what qiao read
 * writes: .xlsx, .jsonl, .journal. RC_USER "cli.no_file", "read.empty_folder"; RC_TOO_BIG
 * "read.too_many", "read.too_deep"; RC_SYS.
 */
enum rc sources_add(struct sources *s, const char *path, struct err *e) MUST_CHECK;
/* Append the addresses of a list, one a line; empty lines and those that begin with # are passed
 * over. RC_USER "read.no_urls". */
enum rc sources_add_urls(struct sources *s, const char *path, struct err *e) MUST_CHECK;
/* Is it left out of a folder, by the ending of its name? */
bool source_is_no_page(const char *path);
void sources_free(struct sources *s);

#endif
