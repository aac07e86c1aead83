// Xapian, set up for speed: no positions, no term lists, no document data, large flushes,
// compacted at the end; BM25 with k1 1.2 and b 0.75.
#include <cstdlib>
#include <cstring>
#include <string>
#include <xapian.h>

#include "peer.h"

static void index_line(Xapian::WritableDatabase &db, char *line)
{
    Xapian::Document doc;
    for (char *t = strtok(line, " "); t; t = strtok(nullptr, " "))
        doc.add_term(t, 1);
    db.add_document(doc);
}

static void build(FILE *results, const char *index)
{
    std::string part = std::string(index) + "/part";
    setenv("XAPIAN_FLUSH_THRESHOLD", "200000", 1);
    Xapian::WritableDatabase db(part,
                                Xapian::DB_CREATE | Xapian::DB_DANGEROUS | Xapian::DB_NO_SYNC);
    size_t n;
    for (char *line; (line = peer_line(results, &n));)
        index_line(db, line);
    db.commit();
    db.compact(std::string(index) + "/whole", Xapian::DBCOMPACT_NO_RENUMBER);
    db.close();
    if (system(("rm -r '" + part + "'").c_str()) != 0)
        peer_die("cannot remove the uncompacted index");
}

struct Reader {
    Xapian::Database db;
    Xapian::Enquire enquire;
    explicit Reader(const std::string &path) : db(path), enquire(db)
    {
        enquire.set_weighting_scheme(Xapian::BM25Weight(1.2, 0, 0, 0.75, 0));
    }
};

static void *open_reader(const char *index)
{
    return new Reader(std::string(index) + "/whole");
}

static int ask(void *handle, const char *const *term, int n, uint32_t doc[PEER_TOP])
{
    auto *r = static_cast<Reader *>(handle);
    r->enquire.set_query(Xapian::Query(Xapian::Query::OP_OR, term, term + n));
    Xapian::MSet found = r->enquire.get_mset(0, PEER_TOP);
    int k = 0;
    for (auto i = found.begin(); i != found.end(); ++i)
        doc[k++] = *i - 1; // its numbers start at 1
    return k;
}

struct Writer {
    Xapian::WritableDatabase db;
    Xapian::Database reader;
};

static void *open_writer(const char *index)
{
    std::string path = std::string(index) + "/whole";
    return new Writer{Xapian::WritableDatabase(path, Xapian::DB_OPEN | Xapian::DB_NO_SYNC),
                      Xapian::Database(path)};
}

static void add(void *handle, char *line, size_t)
{
    auto *w = static_cast<Writer *>(handle);
    index_line(w->db, line);
    w->db.commit();
    if (!w->reader.reopen())
        peer_die("xapian: the result is not there");
}

static void close_writer(void *handle)
{
    delete static_cast<Writer *>(handle);
}

int main(int argc, char **argv)
try {
    const peer p = {
        "xapian",    Xapian::version_string(), build, open_reader, ask, open_writer, add,
        close_writer};
    return peer_main(argc, argv, &p);
} catch (const Xapian::Error &e) {
    peer_die(e.get_description().c_str());
}
