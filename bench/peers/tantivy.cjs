// Tantivy through its npm binding, set up for speed: frequencies only, the text not stored, one
// indexing thread with a large arena so that few segments come out; BM25. Modes and output as in
// peer.h.
'use strict';
const fs = require('fs');
const { spawn } = require('child_process');
const t = require('@oxdev03/node-tantivy-binding-linux-x64-gnu');

// The npm package carries Tantivy 0.25.
const VERSION = require('./package.json').dependencies['@oxdev03/node-tantivy-binding-linux-x64-gnu'];
const TOP = 10, LEAST_NEEDS = 5, WARM_NEEDS = 50, ADDED = 11;
const [, , mode, dir, index, limit, half] = process.argv;

const now = () => Number(process.hrtime.bigint()) / 1e9;
const peakMb = () =>
  Math.round(/VmHWM:\s+(\d+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1] / 1024);
const print = (o) => console.log(JSON.stringify({ engine: 'tantivy', ...o }));

const schema = new t.SchemaBuilder()
  .addTextField('b', { stored: false, tokenizerName: 'blank', indexOption: 'freq' })
  .addUnsignedField('id', { stored: true, indexed: false, fast: false })
  .build();

function open(create) {
  const ix = create ? new t.Index(schema, index) : t.Index.open(index);
  ix.registerTokenizer('blank', new t.TextAnalyzerBuilder(t.TokenizerStatic.whitespace()).build());
  ix.reload();
  return ix;
}

function makeDocument(line, id) {
  const d = new t.Document();
  d.addText('b', line);
  d.addUnsigned('id', id);
  return d;
}

// A file larger than a JavaScript string may be, line by line without waiting.
function* lines(path) {
  const fd = fs.openSync(path, 'r'), chunk = Buffer.alloc(1 << 22);
  let rest = Buffer.alloc(0);
  for (let n; (n = fs.readSync(fd, chunk, 0, chunk.length, null)) > 0;) {
    const all = Buffer.concat([rest, chunk.subarray(0, n)]);
    let from = 0;
    for (let end; (end = all.indexOf(10, from)) >= 0; from = end + 1)
      yield all.toString('utf8', from, end);
    rest = Buffer.from(all.subarray(from));
  }
  fs.closeSync(fd);
}

function query(terms) {
  return t.Query.booleanQuery(terms.map((term) =>
    ({ occur: t.Occur.Should, query: t.Query.termQuery(schema, 'b', term) })));
}

function readNeeds() {
  return Array.from(lines(`${dir}/needs.tok`), (l) => [...new Set(l.split(' '))]);
}

function build() {
  const start = now();
  const w = open(true).writer(3_000_000_000, 1);
  let id = 0;
  for (const line of lines(`${dir}/results.tok`))
    w.addDocument(makeDocument(line, id++));
  w.commit();
  w.waitMergingThreads();
  const took = now() - start;
  const disk = fs.readdirSync(index).reduce((n, f) => n + fs.statSync(`${index}/${f}`).size, 0);
  print({ version: VERSION, build_s: took, disk_bytes: disk, build_rss_mb: peakMb(),
    segments: open(false).searcher().numSegments });
}

// Half of the first `n` needs, in a process of its own; its time is all it prints.
function askHalf(n, first) {
  const s = open(false).searcher(), needs = readNeeds();
  s.search(query(needs[0]), TOP, false);
  const start = now();
  for (let i = first; i < n; i += 2)
    s.search(query(needs[i]), TOP, false);
  console.log(now() - start);
}

function askOnTwo(n) {
  const run = (first) => new Promise((done) => {
    const p = spawn(process.argv[0], [__filename, 'half', dir, index, n, first]);
    p.stderr.pipe(process.stderr);
    p.stdout.on('data', (text) => done(Number(text)));
  });
  return Promise.all([run(0), run(1)]).then((took) => n / Math.max(...took));
}

async function ask() {
  const s = open(false).searcher(), needs = readNeeds();
  for (let i = 0, start = now(); i < WARM_NEEDS && now() - start < limit / 4; i++)
    s.search(query(needs[i % needs.length]), TOP, false);
  const took = [], answers = [];
  for (const start = now(); took.length < needs.length &&
       (took.length < LEAST_NEEDS || now() - start < limit);) {
    const begin = now();
    const found = s.search(query(needs[took.length]), TOP, false);
    took.push((now() - begin) * 1e3);
    answers.push(found.hits.map((h) => s.doc(h.docAddress).toDict().id[0]).join(' ') + '\n');
  }
  fs.writeFileSync(`${index}.answers`, answers.join(''));
  const n = took.length, sum = took.reduce((a, b) => a + b), peak = peakMb();
  took.sort((a, b) => a - b);
  print({ needs: n, p50_ms: took[Math.floor((n - 1) * .5)], p99_ms: took[Math.floor((n - 1) * .99)],
    mean_ms: sum / n, batch1_qps: n / (sum / 1e3), batch2_qps: await askOnTwo(n),
    peak_rss_mb: peak });
}

function add() {
  const ix = open(false), w = ix.writer(50_000_000, 1), took = [];
  for (const line of lines(`${dir}/results.tok`)) {
    const begin = now();
    w.addDocument(makeDocument(line, 0));
    w.commit();
    ix.reload();
    ix.searcher().search(query(['x']), 1, false);
    took.push((now() - begin) * 1e3);
    if (took.length === ADDED)
      break;
  }
  w.waitMergingThreads();
  took.sort((a, b) => a - b);
  print({ visible_ms: took[took.length >> 1] });
}

const modes = { build, ask, add, half: () => askHalf(Number(limit), Number(half)) };
if (!modes[mode])
  throw new Error('build DIR INDEX | ask DIR INDEX SECONDS | add DIR INDEX');
modes[mode]();
