#include "service/papers_int.h"

enum paper_form form_find(struct str name)
{
    static const char *const names[] = {"", "upper", "zh", "wan"};
    for (int i = 0; i < FORM__NONE; i++)
        if (str_eq(name, str_of(names[i])))
            return (enum paper_form)i;
    return FORM__NONE;
}

bool form_fits(enum paper_form f, enum type t)
{
    switch (f) {
    case FORM_UPPER:
    case FORM_WAN:
        return t == TYPE_MONEY;
    case FORM_ZH:
        return t == TYPE_DATE || t == TYPE_TIME;
    default:
        return f == FORM_PLAIN;
    }
}

/* Four digits a group: 元, 万, 亿, 万亿. */
static enum rc yuan_words(struct buf *out, int64_t yuan, struct err *e)
{
    static const char *const digit[] = {"零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"},
                             *const place[] = {"", "拾", "佰", "仟"},
                             *const group[] = {"", "万", "亿", "万"};
    bool zero = false, any = false, written = false; /* any: in the group; written: at all */
    int64_t scale = 1000000000000000;
    for (int p = 15; p >= 0; p--, scale /= 10) {
        int d = (int)(yuan / scale % 10);
        if (d) {
            if (zero && written)
                TRY(buf_str(out, STR("零"), e));
            TRY(buf_printf(out, e, "%s%s", digit[d], place[p % 4]));
            any = written = true;
        }
        zero = !d;
        /* 亿 is said too where only ten thousands of it are there */
        bool high = p == 8 && yuan / 1000000000000 > 0;
        if (p % 4 == 0) {
            if (any || high)
                TRY(buf_str(out, str_of(group[p / 4]), e));
            any = false;
        }
    }
    return RC_OK;
}

enum rc money_words(struct buf *out, int64_t fen, struct err *e)
{
    static const char *const digit[] = {"零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"};
    if (fen < 0) {
        TRY(buf_str(out, STR("负"), e));
        fen = -fen;
    }
    int jiao = (int)(fen / 10 % 10), cent = (int)(fen % 10);
    if (fen < 100 && (jiao || cent)) {
        if (jiao)
            TRY(buf_printf(out, e, "%s角", digit[jiao]));
        return cent ? buf_printf(out, e, "%s分", digit[cent]) : RC_OK;
    }
    if (fen < 100)
        return buf_str(out, STR("零元整"), e);
    TRY(yuan_words(out, fen / 100, e));
    TRY(buf_str(out, STR("元"), e));
    if (!jiao && !cent)
        return buf_str(out, STR("整"), e);
    TRY(jiao ? buf_printf(out, e, "%s角", digit[jiao]) : buf_str(out, STR("零"), e));
    return cent ? buf_printf(out, e, "%s分", digit[cent]) : RC_OK;
}

enum rc money_wan(struct buf *out, int64_t fen, struct err *e)
{
    int64_t n = fen < 0 ? -fen : fen;
    char part[8];
    int k = 6;
    TRY(buf_printf(out, e, "%s%lld", fen < 0 ? "-" : "", (long long)(n / 1000000)));
    n %= 1000000;
    for (int i = 5; i >= 0; i--, n /= 10)
        part[i] = (char)('0' + n % 10);
    while (k && part[k - 1] == '0')
        k--;
    return k ? buf_printf(out, e, ".%.*s", k, part) : RC_OK;
}

enum rc date_words(struct buf *out, int64_t days, struct err *e)
{
    int y, m, d;
    days_to(days, &y, &m, &d);
    return buf_printf(out, e, "%d年%d月%d日", y, m, d);
}
