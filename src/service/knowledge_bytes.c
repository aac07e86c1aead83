/* The knowledge space that was learnt at build time (tools/mkknowledge.c), as bytes of the
 * program. The build names the file in KNOWLEDGE_BIN. */
__asm__(".section .rodata\n"
        ".balign 64\n"
        ".global knowledge_bytes\n"
        "knowledge_bytes:\n"
        ".incbin \"" KNOWLEDGE_BIN "\"\n"
        ".global knowledge_bytes_end\n"
        "knowledge_bytes_end:\n"
        ".byte 0\n"
        ".previous\n");

/* ISO C wants a declaration in a file. */
extern const char knowledge_bytes[];
