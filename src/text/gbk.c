#include "text/gbk.h"

#include "base/mem.h"

#include <unicode/ucnv.h>

enum { LEAD = 0x81, LEADS = 0xFE - 0x81 + 1, TRAIL = 0x40, TRAILS = 0xFE - 0x40 + 1 };

struct gbk {
    uint16_t code[65536];
    uint16_t character[LEADS][TRAILS];
};

static uint32_t decode(UConverter *u, unsigned lead, unsigned trail)
{
    char in[2] = {(char)lead, (char)trail};
    const char *from = in;
    UChar to[4], *end = to;
    UErrorCode error = U_ZERO_ERROR;
    ucnv_reset(u);
    ucnv_toUnicode(u, &end, to + 4, &from, in + 2, NULL, true, &error);
    bool private_use = end == to + 1 && to[0] >= 0xE000 && to[0] < 0xF900;
    return U_FAILURE(error) || end != to + 1 || to[0] == 0xFFFD || private_use ? 0 : to[0];
}

enum rc gbk_open(struct gbk **out, struct err *e)
{
    UErrorCode error = U_ZERO_ERROR;
    UConverter *u = ucnv_open("GBK", &error);
    if (U_FAILURE(error))
        return err_sys(e, "text.converter", "%s", u_errorName(error));
    struct gbk *g = mem_calloc(1, sizeof *g);
    if (!g) {
        ucnv_close(u);
        return err_nomem(e);
    }
    for (unsigned lead = LEAD; lead < LEAD + LEADS; lead++)
        for (unsigned trail = TRAIL; trail < TRAIL + TRAILS; trail++) {
            uint32_t c = trail == 0x7F ? 0 : decode(u, lead, trail);
            g->character[lead - LEAD][trail - TRAIL] = (uint16_t)c;
            if (c && !g->code[c])
                g->code[c] = (uint16_t)(lead << 8 | trail);
        }
    ucnv_close(u);
    *out = g;
    return RC_OK;
}

void gbk_close(struct gbk *g)
{
    mem_free(g);
}

unsigned gbk_code(const struct gbk *g, uint32_t c)
{
    return c < 65536 ? g->code[c] : 0;
}

uint32_t gbk_char(const struct gbk *g, unsigned lead, unsigned trail)
{
    if (lead - LEAD >= LEADS || trail - TRAIL >= TRAILS)
        return 0;
    return g->character[lead - LEAD][trail - TRAIL];
}

bool gbk_common(const struct gbk *g, uint32_t c)
{
    unsigned code = gbk_code(g, c);
    return code >= 0xB0A1 && code <= 0xD7F9 && (code & 0xFF) >= 0xA1;
}
