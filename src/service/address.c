/* Which addresses a page may come from. */
#define _GNU_SOURCE
#include "service/fetch.h"

#include <arpa/inet.h>
#include <netinet/in.h>

struct range {
    uint32_t from;
    unsigned bits;
};

static bool ipv4_is_public(uint32_t a)
{
    static const struct range special[] = {
        {0x00000000, 8},  {0x0A000000, 8},  {0x64400000, 10}, {0x7F000000, 8},  {0xA9FE0000, 16},
        {0xAC100000, 12}, {0xC0000000, 24}, {0xC0000200, 24}, {0xC0586300, 24}, {0xC0A80000, 16},
        {0xC6120000, 15}, {0xC6336400, 24}, {0xCB007100, 24}, {0xE0000000, 4},  {0xF0000000, 4},
    };
    for (size_t i = 0; i < ARRAY_LEN(special); i++)
        if ((a ^ special[i].from) >> (32 - special[i].bits) == 0)
            return false;
    return true;
}

static uint32_t word(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Only 2000::/3 is given out; in it some blocks are not. */
static bool ipv6_is_public(const uint8_t *a)
{
    static const uint8_t zero[12];
    uint32_t head = word(a);
    if (memcmp(a, zero, 10) == 0 && a[10] == 0xFF && a[11] == 0xFF)
        return ipv4_is_public(word(a + 12)); /* ::ffff:a.b.c.d */
    if (head == 0x0064FF9B && memcmp(a + 4, zero, 8) == 0)
        return ipv4_is_public(word(a + 12)); /* 64:ff9b::a.b.c.d */
    if (head >> 16 == 0x2002)
        return ipv4_is_public(word(a + 2));                    /* 6to4 */
    return head >> 29 == 1 && head >> 9 != 0x20010000u >> 9 && /* 2001::/23 */
           head != 0x20010DB8 && head >> 12 != 0x3FFF0;        /* documentation */
}

bool address_is_public(const struct sockaddr *a)
{
    if (a->sa_family == AF_INET)
        return ipv4_is_public(
            ntohl(((const struct sockaddr_in *)(const void *)a)->sin_addr.s_addr));
    if (a->sa_family == AF_INET6)
        return ipv6_is_public(((const struct sockaddr_in6 *)(const void *)a)->sin6_addr.s6_addr);
    return false;
}
