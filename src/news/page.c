/* A page as characters, marks and clauses. */
#include "news/news_int.h"

/* 泸州|长江机械: the 州长 in it is no office. */
bool is_river(const struct page *p, uint32_t i)
{
    static const char *const words[] = {"长江", "长城", "长安", "长虹", "长春", "长沙", "长征"};
    for (size_t k = 0; i > 0 && k < ARRAY_LEN(words); k++)
        if (looking_at(p, i - 1, words[k]))
            return true;
    return false;
}

struct span page_span(const struct page *p, uint32_t from, uint32_t to)
{
    return (struct span){p->at[from], p->at[MAX(from, to)]};
}

struct str page_str(const struct page *p, uint32_t from, uint32_t to)
{
    return span_str(p->x->text, page_span(p, from, to));
}

uint32_t looking_at_rest(const struct page *p, uint32_t i, const char *literal)
{
    const unsigned char *b = (const unsigned char *)literal;
    uint32_t k = i;
    for (; *b; k++) {
        uint32_t c = *b < 0x80 ? b[0] : (b[0] & 15u) << 12 | (b[1] & 63u) << 6 | (b[2] & 63u);
        if (k >= p->n || p->ch[k] != c)
            return 0;
        b += *b < 0x80 ? 1 : 3;
    }
    return k - i;
}

uint32_t find_in(const struct page *p, uint32_t from, uint32_t to, const char *literal)
{
    for (uint32_t i = from; i < to; i++) {
        uint32_t k = looking_at(p, i, literal);
        if (k && i + k <= to)
            return i;
    }
    return NONE;
}

static bool is_later_byte(unsigned char b)
{
    return (signed char)b < -64; /* 80 … BF: one comparison */
}

/* U+4000 … 9FFF */
static bool is_usual(struct str s, size_t i)
{
    const unsigned char *b = (const unsigned char *)s.p + i;
    return i + 3 <= s.n && b[0] - 0xE4u < 6 && is_later_byte(b[1]) && is_later_byte(b[2]);
}

static enum rc decode(struct page *p)
{
    struct str s = p->x->text;
    size_t room = s.n + 8;
    p->ch = arena_alloc(p->a, room * sizeof *p->ch);
    p->at = arena_alloc(p->a, room * sizeof *p->at);
    p->flags = arena_alloc(p->a, (room + SET_ROOM) * sizeof *p->flags);
    p->letter = arena_alloc(p->a, room * sizeof *p->letter);
    if (!p->ch || !p->at || !p->flags || !p->letter)
        return err_nomem(p->e);
    uint32_t n = 0, *ch = p->ch, *at = p->at;
    uint16_t *flags = p->flags, *letter = p->letter;
    const uint16_t *flags_of = p->t->flags, *letter_of = p->t->words.letter;
    for (size_t i = 0; i < s.n; n++) {
        uint32_t c;
        for (; is_usual(s, i); i += 3, n++) { /* most */
            c = utf8_wide(s, i);
            at[n] = (uint32_t)i;
            ch[n] = c;
            flags[n] = flags_of[c];
            letter[n] = letter_of[c];
        }
        if (i >= s.n)
            break;
        at[n] = (uint32_t)i;
        size_t next = i;
        c = news_fold(utf8_next(s, &next));
        i = next;
        ch[n] = c;
        flags[n] = c <= 0xFFFF ? flags_of[c] : 0;
        letter[n] = c < LEXICON_CHARS ? letter_of[c] : 0;
    }
    for (p->title = 0; p->title < n && at[p->title] < p->x->title;)
        p->title++;
    memset(p->flags + n, 0, SET_ROOM * sizeof *p->flags);
    for (uint32_t k = 0; k < 8; k++) {
        p->ch[n + k] = 0;
        p->letter[n + k] = 0;
        p->at[n + k] = (uint32_t)s.n;
    }
    p->n = n;
    return RC_OK;
}

/* Of the words of rules that start at one place only the longest counts: 签约仪式 is no 签约. */
static void keep_longest(struct mark *mark, uint32_t to)
{
    for (; mark->to < to; mark++)
        if (mark->class == SENSE_GROUP)
            mark->class = SENSE__COUNT;
}

/* The words that start in [from, to), until there may be no room for their marks; where it stopped.
 * What is looked at for every character is held in variables of its own. */
static uint32_t mark_some(struct page *p, uint32_t from, uint32_t to)
{
    const struct lexicon *x = &p->t->words;
    const struct lexicon_slot *slots = x->slot.p;
    const uint16_t *letter = p->letter;
    uint32_t *ending = p->ending, *first = p->first, n = (uint32_t)p->mark.n;
    uint32_t full = (uint32_t)(p->mark.cap - x->most);
    uint16_t *begins = p->begins, *ends = p->ends;
    struct mark *mark = p->mark.p;
    for (; from < to && n <= full; from++) {
        uint32_t slot = (slots[0].base & ~LEXICON_END) + letter[from], group = 0, up = 0;
        first[from] = n;
        for (uint32_t k = from + 1; slots[slot].parent == up; k++) {
            uint32_t base = slots[slot].base;
            if (base & LEXICON_END) {
                uint32_t sense = x->slot_sense.p[slot];
                unsigned classes = 0;
                do {
                    const struct sense s = x->sense.p[sense];
                    mark[n] = (struct mark){from, k, s.value, ending[k], s.class};
                    ending[k] = n++;
                    classes |= 1u << s.class;
                    sense = s.next;
                } while (sense != UINT32_MAX);
                ends[k] |= (uint16_t)classes;
                begins[from] |= (uint16_t)classes;
                group = classes >> SENSE_GROUP & 1 ? k : group;
            }
            up = slot;
            slot = (base & ~LEXICON_END) + letter[k];
        }
        if (group > from + 1)
            keep_longest(&mark[first[from]], group);
    }
    p->mark.n = n;
    return from;
}

static enum rc mark_all(struct page *p)
{
    p->first = arena_alloc(p->a, (p->n + 2) * sizeof *p->first);
    p->ending = arena_alloc(p->a, (p->n + 2) * sizeof *p->ending);
    p->begins = arena_calloc(p->a, p->n + SET_ROOM, sizeof *p->begins);
    p->ends = arena_calloc(p->a, p->n + SET_ROOM, sizeof *p->ends);
    if (!p->first || !p->ending || !p->begins || !p->ends)
        return err_nomem(p->e);
    memset(p->ending, 0xFF, (p->n + 2) * sizeof *p->ending);
    const uint32_t none = p->t->words.most ? 0 : p->n; /* no words at all */
    memset(p->first, 0, none * sizeof *p->first);
    for (uint32_t i = none; i < p->n; i = mark_some(p, i, p->n)) /* at first what news has */
        TRY(vec_reserve(&p->mark, (p->n - i) + (p->n - i) / 2 + p->t->words.most, p->e));
    p->first[p->n] = p->first[p->n + 1] = (uint32_t)p->mark.n;
    return RC_OK;
}

const struct mark *mark_at_some(const struct page *p, uint32_t i, enum sense_class class)
{
    const struct mark *best = NULL;
    for (uint32_t k = p->first[i]; i < p->n && k < p->first[i + 1]; k++)
        if (p->mark.p[k].class == class && (!best || p->mark.p[k].to > best->to))
            best = &p->mark.p[k];
    return best;
}

const struct mark *mark_to_some(const struct page *p, uint32_t i, enum sense_class class)
{
    const struct mark *best = NULL;
    for (uint32_t k = p->ending[i]; k != NONE; k = p->mark.p[k].same_end)
        if (p->mark.p[k].class == class &&
            (!best || p->mark.p[k].from < best->from ||
             (p->mark.p[k].from == best->from && p->mark.p[k].value < best->value)))
            best = &p->mark.p[k];
    return best;
}

const struct mark *group_at_some(const struct page *p, uint32_t i, uint32_t group)
{
    const struct mark *best = NULL;
    for (uint32_t k = p->first[i]; i < p->n && k < p->first[i + 1]; k++)
        if (p->mark.p[k].class == SENSE_GROUP && p->mark.p[k].value == group &&
            (!best || p->mark.p[k].to > best->to))
            best = &p->mark.p[k];
    return best;
}

static enum rc put_clause(struct page *p, struct clause c)
{
    while (c.from < c.to && p->ch[c.from] == ' ')
        c.from++;
    if (c.from >= c.to)
        return RC_OK;
    for (uint32_t k = p->first[c.from]; k < p->first[c.to]; k++)
        if (p->mark.p[k].class == SENSE_GROUP && p->mark.p[k].to <= c.to)
            set_put(&c.groups, p->mark.p[k].value);
    return vec_push(&p->clause, c, p->e);
}

/* Commas end a clause unless a list goes on in quotes; full stops end a sentence. */
static enum rc cut(struct page *p)
{
    struct clause c = {.speaker = NONE};
    TRY(vec_reserve(&p->clause, p->n / 8 + 8, p->e)); /* as many as news has */
    for (uint32_t i = 0; (i = next_with(p->flags, i, p->n, CHAR_CUT)) < p->n; i++) {
        uint32_t ch = p->ch[i];
        bool soft = ch == '\n' && i >= p->verse.from && i < p->verse.to;
        bool head = ch == 0x3011 && p->ch[i + 1] && !is_break(p->ch[i + 1]); /* 【…】 */
        bool stop = ch == 0x3002 || ch == '!' || ch == '?' || head || (ch == '\n' && !soft);
        bool inside = i > 0 && is_digit(p->ch[i - 1]) && is_digit(p->ch[i + 1]); /* 1,200; 9:30 */
        bool comma = (ch == ',' || ch == ';' || ch == ':') && !inside;
        bool title_blank = ch == ' ' && i < p->title;
        if (!stop && !comma && !soft && !title_blank)
            continue;
        c.to = i;
        TRY(put_clause(p, c));
        c.from = i + 1;
        c.sentence += stop;
        c.para += ch == '\n' && !soft;
    }
    c.to = p->n;
    return put_clause(p, c);
}

uint32_t clause_of(const struct page *p, uint32_t i)
{
    uint32_t k = FIRST_WITH(p->clause, to, i + 1);
    return k < p->clause.n ? k : NONE;
}

/* The lines of an article set as verse at its beginning: short, without a mark at their end, at
 * least three. */
static struct span verse_of(const struct page *p)
{
    enum { LINE_MAX_CHARS = 36, LINES_MIN = 3 };
    uint32_t begin = p->title ? p->title + 1 : 0, from = begin, lines = 0;
    for (uint32_t i = begin; i < p->n; i++) {
        if (p->ch[i] != '\n')
            continue;
        if (i == from || i - from > LINE_MAX_CHARS || is_break(p->ch[i - 1]))
            break;
        lines++;
        from = i + 1;
    }
    return (struct span){begin, lines >= LINES_MIN ? from - 1 : begin};
}

/* Bylines and captions are shorter than the first paragraph of news. */
static uint32_t lead_end(const struct page *p)
{
    enum { LEAD_MIN = 60 };
    uint32_t from = p->title ? p->title + 1 : 0, body = from;
    for (uint32_t i = from; i < p->n; i++)
        if (p->ch[i] == '\n') {
            if (i - from >= LEAD_MIN || i - body >= 3 * LEAD_MIN)
                return i;
            from = i + 1;
        }
    return p->n;
}

enum rc page_open(struct page *p)
{
    p->host = p->city = NONE;
    TRY(decode(p));
    p->verse = verse_of(p);
    p->lead = MAX(lead_end(p), p->verse.to);
    TRY(mark_all(p));
    return cut(p);
}

void page_close(struct page *p)
{
    vec_free(&p->mark);
    vec_free(&p->clause);
    vec_free(&p->mention);
    vec_free(&p->town);
    vec_free(&p->naming);
    vec_free(&p->amount);
    vec_free(&p->moment);
}
