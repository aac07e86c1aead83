/* Build tool: prints a C table of the files named on the command line, so that the declared
 * tables of model/ travel inside the program.   embed NAME FILE...  > table.c
 * With -i the compiler reads the files itself (.incbin): for large ones. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_bytes(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f) {
        perror(path);
        exit(1);
    }
    int c, n = 0;
    while ((c = fgetc(f)) != EOF)
        printf("%d,%s", c, ++n % 32 ? "" : "\n");
    fclose(f);
}

static long size_of(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f || fseek(f, 0, SEEK_END) != 0) {
        perror(path);
        exit(1);
    }
    long n = ftell(f);
    fclose(f);
    return n;
}

static void print_file(const char *name, int i, const char *path, int by_compiler)
{
    if (!by_compiler) {
        printf("static const unsigned char %s%d[] = {", name, i);
        print_bytes(path);
        printf("0};\n");
        return;
    }
    printf("__asm__(\".section .rodata\\n.balign 16\\n.global %s%d\\n%s%d:\\n\"\n"
           "\".incbin \\\"%s\\\"\\n.byte 0\\n.previous\\n\");\n"
           "extern const unsigned char %s%d[%ld];\n",
           name, i, name, i, path, name, i, size_of(path) + 1);
}

int main(int argc, char **argv)
{
    int by_compiler = argc > 1 && strcmp(argv[1], "-i") == 0;
    const char *name = argv[1 + by_compiler];
    printf("#include \"base/embed.h\"\n");
    for (int i = 2 + by_compiler; i < argc; i++)
        print_file(name, i, argv[i], by_compiler);
    printf("const struct embedded %s[] = {\n", name);
    for (int i = 2 + by_compiler; i < argc; i++)
        printf("{\"%s\", %s%d, sizeof %s%d - 1},\n", argv[i], name, i, name, i);
    printf("{0, 0, 0}};\n");
    return 0;
}
