/* Build tool: prints a C table of the files named on the command line, so that the declared
 * tables of model/ travel inside the program.   embed NAME FILE...  > table.c */
#include <stdio.h>
#include <stdlib.h>

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

int main(int argc, char **argv)
{
    printf("#include \"base/embed.h\"\n");
    for (int i = 2; i < argc; i++) {
        printf("static const unsigned char file%d[] = {", i);
        print_bytes(argv[i]);
        printf("0};\n");
    }
    printf("const struct embedded %s[] = {\n", argv[1]);
    for (int i = 2; i < argc; i++)
        printf("{\"%s\", file%d, sizeof file%d - 1},\n", argv[i], i, i);
    printf("{0, 0, 0}};\n");
    return 0;
}
