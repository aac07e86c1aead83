/* A site on 127.0.0.1 for tests/read_test.sh: prints its port, answers by the path, ends by itself
 * after two minutes.
 *     /page/NAME  the file NAME of the folder given    /redirect?URL  302 to URL
 *     /as/CHARSET/NAME  that file, said to be in this charset by the header
 *     /loop       302 to itself                        /big           17 MiB of text
 *     /packed     17 MiB in a few KiB, as gzip         /slow          an answer that never ends
 *     /picture    image/png                            else           404 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum { BIG = 17 << 20, REQUEST = 8192 };

static void put(int fd, const char *bytes, size_t n)
{
    while (n) {
        ssize_t done = write(fd, bytes, n);
        if (done <= 0)
            exit(0); /* the other side went away */
        bytes += done;
        n -= (size_t)done;
    }
}

static void head(int fd, const char *status, const char *more)
{
    char text[REQUEST + 256];
    int n = snprintf(text, sizeof text, "HTTP/1.1 %s\r\nConnection: close\r\n%s\r\n", status, more);
    put(fd, text, (size_t)n);
}

static void big(int fd)
{
    static char block[1 << 16];
    memset(block, 'x', sizeof block);
    head(fd, "200 OK", "Content-Type: text/html\r\n");
    for (int i = 0; i < BIG; i += (int)sizeof block)
        put(fd, block, sizeof block);
}

static void packed(int fd)
{
    static unsigned char block[1 << 16], out[1 << 17];
    z_stream z = {0};
    if (deflateInit2(&z, 9, Z_DEFLATED, 31, 9, Z_DEFAULT_STRATEGY) != Z_OK)
        exit(1);
    z.next_out = out;
    z.avail_out = sizeof out;
    for (int i = 0; i < BIG; i += (int)sizeof block) {
        z.next_in = block;
        z.avail_in = sizeof block;
        if (deflate(&z, i + (int)sizeof block >= BIG ? Z_FINISH : Z_NO_FLUSH) < Z_OK)
            exit(1);
    }
    head(fd, "200 OK", "Content-Type: text/html\r\nContent-Encoding: gzip\r\n");
    put(fd, (const char *)out, sizeof out - z.avail_out);
    deflateEnd(&z);
}

static void page(int fd, const char *folder, const char *name, const char *charset)
{
    char path[2 * REQUEST], block[4096], type[100];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = strstr(name, "..") ? NULL : fopen(path, "rb");
    if (!f) {
        head(fd, "404 Not Found", "Content-Type: text/html\r\n");
        return;
    }
    snprintf(type, sizeof type, "Content-Type: text/html%s%s\r\n", *charset ? "; charset=" : "",
             charset);
    head(fd, "200 OK", type);
    for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0;)
        put(fd, block, n);
    fclose(f);
}

static void answer(int fd, const char *folder)
{
    char request[REQUEST] = {0}, path[REQUEST] = {0}, more[REQUEST + 32], charset[32], name[100];
    size_t n = 0;
    while (n < sizeof request - 1 && !strstr(request, "\r\n\r\n")) {
        ssize_t got = read(fd, request + n, sizeof request - 1 - n);
        if (got <= 0)
            return;
        n += (size_t)got;
    }
    sscanf(request, "GET %8000s", path);
    const char *agent = strstr(request, "User-Agent: ");
    fprintf(stderr, "%s %.*s\n", path, agent ? (int)strcspn(agent, "\r") : 0, agent ? agent : "");
    if (strncmp(path, "/page/", 6) == 0)
        page(fd, folder, path + 6, "");
    else if (sscanf(path, "/as/%31[^/]/%99s", charset, name) == 2)
        page(fd, folder, name, charset);
    else if (strncmp(path, "/redirect?", 10) == 0 || strcmp(path, "/loop") == 0) {
        snprintf(more, sizeof more, "Location: %s\r\n", path[1] == 'l' ? path : path + 10);
        head(fd, "302 Found", more);
    } else if (strcmp(path, "/big") == 0)
        big(fd);
    else if (strcmp(path, "/packed") == 0)
        packed(fd);
    else if (strcmp(path, "/slow") == 0) {
        head(fd, "200 OK", "Content-Type: text/html\r\n");
        pause();
    } else if (strcmp(path, "/picture") == 0) {
        head(fd, "200 OK", "Content-Type: image/png\r\n");
        put(fd, "\x89PNG\r\n", 6);
    } else
        head(fd, "404 Not Found", "Content-Type: text/html\r\n");
}

int main(int argc, char **argv)
{
    struct sockaddr_in a = {.sin_family = AF_INET};
    socklen_t n = sizeof a;
    if (argc != 2) {
        fputs("httpd FOLDER\n", stderr);
        return 2;
    }
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (s < 0 || bind(s, (struct sockaddr *)&a, sizeof a) != 0 || listen(s, 64) != 0 ||
        getsockname(s, (struct sockaddr *)&a, &n) != 0) {
        perror("httpd");
        return 1;
    }
    signal(SIGCHLD, SIG_IGN);
    alarm(120);
    printf("%d\n", ntohs(a.sin_port));
    fflush(stdout);
    for (int fd; (fd = accept(s, NULL, NULL)) >= 0; close(fd))
        if (fork() == 0) {
            alarm(60);
            close(s);
            answer(fd, argv[1]);
            shutdown(fd, SHUT_WR);
            return 0;
        }
    return 0;
}
