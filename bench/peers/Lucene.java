// Lucene 4.10, set up for speed: documents and frequencies only, nothing stored, one segment in the
// end, mapped; BM25. Modes and output as in peer.h.
import java.io.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.util.*;
import org.apache.lucene.analysis.core.WhitespaceAnalyzer;
import org.apache.lucene.document.*;
import org.apache.lucene.index.*;
import org.apache.lucene.search.*;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.store.*;
import org.apache.lucene.util.Version;

public class Lucene {
    static final int TOP = 10, LEAST_NEEDS = 5, ADDED = 41;
    static final FieldType TYPE = new FieldType();

    static {
        TYPE.setIndexed(true);
        TYPE.setTokenized(true);
        TYPE.setIndexOptions(FieldInfo.IndexOptions.DOCS_AND_FREQS);
        TYPE.freeze();
        BooleanQuery.setMaxClauseCount(4096);
    }

    static Query query(String need) {
        BooleanQuery q = new BooleanQuery(true);
        for (String t : new LinkedHashSet<String>(Arrays.asList(need.split(" "))))
            q.add(new TermQuery(new Term("b", t)), BooleanClause.Occur.SHOULD);
        return q;
    }

    static Document document(String line) {
        Document d = new Document();
        d.add(new Field("b", line, TYPE));
        return d;
    }

    static IndexWriter writer(Directory dir) throws IOException {
        IndexWriterConfig c = new IndexWriterConfig(Version.LATEST, new WhitespaceAnalyzer());
        c.setSimilarity(new BM25Similarity());
        c.setRAMBufferSizeMB(1024);
        c.setUseCompoundFile(false);
        return new IndexWriter(dir, c);
    }

    static BufferedReader open(String dir, String name) throws IOException {
        return Files.newBufferedReader(Paths.get(dir, name), StandardCharsets.UTF_8);
    }

    static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    static long peakMb() throws IOException {
        for (String l : Files.readAllLines(Paths.get("/proc/self/status"), StandardCharsets.UTF_8))
            if (l.startsWith("VmHWM"))
                return Long.parseLong(l.replaceAll("[^0-9]", "")) / 1024;
        return 0;
    }

    static void build(String dir, File index) throws IOException {
        long start = System.nanoTime();
        IndexWriter w = writer(new MMapDirectory(index));
        BufferedReader r = open(dir, "results.tok");
        for (String line; (line = r.readLine()) != null;)
            w.addDocument(document(line));
        w.forceMerge(1);
        w.close();
        double took = seconds(start);
        long disk = 0;
        for (File f : index.listFiles())
            disk += f.length();
        System.out.printf(Locale.ROOT,
            "{\"engine\":\"lucene\",\"version\":\"4.10.4\",\"build_s\":%.3f,\"disk_bytes\":%d,"
                + "\"build_rss_mb\":%d}%n",
            took, disk, peakMb());
    }

    static List<Query> readNeeds(String dir) throws IOException {
        List<Query> all = new ArrayList<Query>();
        BufferedReader r = open(dir, "needs.tok");
        for (String line; (line = r.readLine()) != null;)
            all.add(query(line));
        return all;
    }

    // The compiler needs more warm-up than a cache: as long as is measured, twice over at most.
    static void warm(IndexSearcher s, List<Query> needs, double limit) throws IOException {
        long start = System.nanoTime();
        for (int i = 0; i < 2 * needs.size() && seconds(start) < limit; i++)
            s.search(needs.get(i % needs.size()), TOP);
    }

    static double askOnTwo(final IndexSearcher s, final List<Query> needs) throws Exception {
        Thread[] threads = new Thread[2];
        long start = System.nanoTime();
        for (int j = 0; j < 2; j++) {
            final int first = j;
            threads[j] = new Thread() {
                public void run() {
                    try {
                        for (int i = first; i < needs.size(); i += 2)
                            s.search(needs.get(i), TOP);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            };
            threads[j].start();
        }
        for (Thread t : threads)
            t.join();
        return needs.size() / seconds(start);
    }

    static void ask(String dir, File index, double limit) throws Exception {
        IndexSearcher s = new IndexSearcher(DirectoryReader.open(new MMapDirectory(index)));
        s.setSimilarity(new BM25Similarity());
        List<Query> needs = readNeeds(dir);
        warm(s, needs, limit);
        double[] took = new double[needs.size()];
        double sum = 0;
        int n = 0;
        PrintWriter answers = new PrintWriter(index + ".answers");
        for (long start = System.nanoTime();
             n < needs.size() && (n < LEAST_NEEDS || seconds(start) < limit); n++) {
            long t = System.nanoTime();
            TopDocs top = s.search(needs.get(n), TOP);
            took[n] = seconds(t) * 1e3;
            sum += took[n];
            StringBuilder b = new StringBuilder();
            for (ScoreDoc d : top.scoreDocs)
                b.append(b.length() > 0 ? " " : "").append(d.doc);
            answers.println(b);
        }
        answers.close();
        Arrays.sort(took, 0, n);
        double two = askOnTwo(s, needs.subList(0, n));
        System.out.printf(Locale.ROOT,
            "{\"engine\":\"lucene\",\"needs\":%d,\"p50_ms\":%.4f,\"p99_ms\":%.4f,\"mean_ms\":%.4f,"
                + "\"batch1_qps\":%.3f,\"batch2_qps\":%.3f,\"peak_rss_mb\":%d}%n",
            n, took[(int) ((n - 1) * .5)], took[(int) ((n - 1) * .99)], sum / n, n / (sum / 1e3),
            two, peakMb());
    }

    static void add(String dir, File index) throws IOException {
        IndexWriter w = writer(new MMapDirectory(index));
        DirectoryReader reader = DirectoryReader.open(w, true);
        BufferedReader r = open(dir, "results.tok");
        double[] took = new double[ADDED];
        for (int i = 0; i < ADDED; i++) {
            String line = r.readLine();
            long t = System.nanoTime();
            w.addDocument(document(line));
            DirectoryReader next = DirectoryReader.openIfChanged(reader, w, true);
            reader.close();
            reader = next;
            took[i] = seconds(t) * 1e3;
        }
        Arrays.sort(took);
        reader.close();
        w.rollback();
        System.out.printf(Locale.ROOT, "{\"engine\":\"lucene\",\"visible_ms\":%.3f}%n",
            took[ADDED / 2]);
    }

    public static void main(String[] a) throws Exception {
        if (a.length == 3 && a[0].equals("build"))
            build(a[1], new File(a[2]));
        else if (a.length == 4 && a[0].equals("ask"))
            ask(a[1], new File(a[2]), Double.parseDouble(a[3]));
        else if (a.length == 3 && a[0].equals("add"))
            add(a[1], new File(a[2]));
        else
            throw new IllegalArgumentException("build DIR INDEX | ask DIR INDEX SECONDS | add DIR INDEX");
    }
}
