// The server when things go wrong, on SQLite: killed, no room on the disk, slow and hostile clients.
import { closeSync, openSync, readFileSync, readdirSync, statSync, writeSync } from 'node:fs';
import net from 'node:net';
import { Browser, Program, check, end, freePort, makeSite, run, same, serve, sleep, test, until, work } from '../site.mjs';
import { allThere, writers } from './help.mjs';

const dir = makeSite();
let site = await serve(dir, ['--upload-max', '1', '--log']);
let token = await (await new Browser(site.url).signIn('broker')).token();
const program = () => new Program(site.url, token);
const owner = (await program().get('/api/org?limit=1')).json.items[0].id;

await test('SIGKILL while many write: nothing acknowledged is lost', async () => {
  const stop = { now: false };
  const writing = writers([program()], owner, stop);
  await sleep(700);
  await until(() => stop.done > 20);
  await site.stop('SIGKILL');
  const { ids, refused } = await writing;
  check(ids.size > 5, 'something was written', String(ids.size));
  same(refused.length, 0);
  run('verify', dir);
  site = await serve(dir, ['--upload-max', '1', '--log']);
  await allThere(program(), ids);
  const last = [...ids].at(-1);
  check(await until(async () => (await program().get(`/api/search?q=${encodeURIComponent(last[1])}&limit=200`)).json.items.some((i) => i.record.id === last[0])), 'found again');
});

await test('SIGTERM ends it in order', async () => {
  await site.stop('SIGTERM');
  same(site.child.exitCode, 0);
  site = await serve(dir, ['--upload-max', '1', '--log']);
});

// ---- no room ----

await test('a full disk: 503 and a log line, nothing half-written', async () => {
  await site.stop();
  const grown = 150 << 10;
  const limit = Math.ceil((Math.max(...readdirSync(dir).map((f) => statSync(`${dir}/${f}`).size)) + grown) / 512);
  const sh = ['sh', '-c', `trap '' XFSZ; ulimit -f ${limit}; exec "$@"`, 'sh'];
  site = await serve(dir, [], { prefix: sh });
  const stop = { now: false };
  const before = (await program().get('/api/need?limit=1&count=1')).json.total;
  const writing = writers([program()], owner, stop, 2);
  const enough = setTimeout(() => (stop.now = true), 120000);
  const { ids, refused } = await writing;
  clearTimeout(enough);
  check(refused.length > 0, 'the disk was never full', String(ids.size));
  for (const r of refused) same(r.status, 503, r.text);
  same(refused[0].headers.get('retry-after'), '5');
  const health = await new Browser(site.url).get('/need');
  check(health.status === 200 || health.status === 503, 'still answers');
  check(/key=store\.|store\./.test(readFileSync(site.log, 'utf8')), 'a log line', readFileSync(site.log, 'utf8').slice(0, 500));
  await site.stop();
  run('verify', dir);
  site = await serve(dir, ['--upload-max', '1', '--log']);
  await allThere(program(), ids);
  same((await program().get('/api/need?limit=1&count=1')).json.total, before + ids.size, 'all or nothing');
  same((await program().ask('POST', '/api/need', { owner, fields: { title: '又有地方了', body: 'x' } })).status, 201);
});

// ---- a database that is damaged, or gone ----

await test('a damaged database: 503 and a log line, no 500, and nobody is told what the system says', async () => {
  const other = makeSite({ name: 'damaged' });
  const file = `${other}/qiao.db`;
  const hurt = await serve(other, ['--log']);
  const b = await new Browser(hurt.url).signIn('broker');
  const pages = 4096;
  const size = statSync(file).size;
  const to = openSync(file, 'r+');
  for (let at = 8 * pages; at < size; at += pages) writeSync(to, Buffer.alloc(pages, 0xa5), 0, pages, at);
  closeSync(to);
  const seen = [];
  for (let n = 0; n < 3; n++)
    for (const page of ['/need?sort=title', '/result?filter=trl+%3E+3', '/org', '/api/need?limit=50', '/api/result?limit=100&count=1', '/search?q=%E9%92%A2', '/jobs', '/account', '/dashboard'])
      seen.push(await b.get(page));
  seen.push(await b.post('/need/new', { 'has.title': 1, title: 'x', 'has.body': 1, body: 'y' }));
  for (const r of seen) check(r.status !== 500, r.at, String(r.status), r.text.slice(0, 200));
  const refused = seen.filter((r) => r.status === 503);
  check(refused.length > 0, 'nothing was damaged', seen.map((r) => r.status).join());
  for (const r of refused) check(!/malformed|not a database|store\.file|qiao\.db/.test(r.text.replace(/"key":"[^"]*"/, '')), r.at, r.text.slice(-900));
  check(refused.some((r) => r.text.includes('暂时不能处理')), 'said so');
  check(/event=failed .*key=(store|record)\./.test(readFileSync(hurt.log, 'utf8')), 'a log line');
  await hurt.stop('SIGKILL');
});

// ---- clients ----

// What is answered until the server closes, at most for `ms`.
const raw = (bytes, { hold = false, ms = 60000 } = {}) =>
  new Promise((done) => {
    const { port } = new URL(site.url);
    const s = net.connect(Number(port), '127.0.0.1', () => s.write(bytes));
    let got = '';
    s.on('data', (b) => (got += b));
    s.on('close', () => done(got));
    s.on('error', () => done(got));
    if (hold) done(s);
    else setTimeout(() => s.destroy(), ms).unref();
  });

await test('an upload that is too large: 413 and the limit', async () => {
  const b = await new Browser(site.url).signIn('broker');
  const form = new FormData();
  form.set('csrf', b.csrf);
  form.set('file', new Blob([Buffer.alloc(3 << 20)]), 'big.csv');
  const r = await b.post('/need/import', form);
  same(r.status, 413);
  check(r.text.includes('1024 KB'), 'the limit');
  same((await b.get('/account')).status, 200);
});

await test('slow clients hold up nobody', async () => {
  const slow = await Promise.all(
    Array.from({ length: 60 }, (_, i) =>
      raw(i % 2 ? 'GET /need HTTP/1.1\r\nHost: x\r\nX-Slow: ' : 'POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nlogin=', { hold: true })),
  );
  const drip = setInterval(() => slow.forEach((s) => s.writable && s.write('a')), 50);
  try {
    const b = await new Browser(site.url).signIn('broker');
    for (const page of ['/', '/need', '/result', '/account']) same((await b.get(page)).status, 200, page);
    check(slow.filter((s) => !s.destroyed).length > 30, 'they are still there');
  } finally {
    clearInterval(drip);
    slow.forEach((s) => s.destroy());
  }
});

await test('requests that are none', async () => {
  const none = ['\r\n\r\n', 'GET\r\n\r\n', '\0\0\0\0', 'GET / HTTP/9.9\r\n\r\n', `GET /${'a'.repeat(40000)} HTTP/1.1\r\n\r\n`,
    'POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n', 'POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nxx',
    'GET /%00%ff%2e%2e/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 'GET /static/..%2f..%2fqiao.db HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'];
  // some of them the server waits with, for the rest of what it takes for the beginning of one
  const all = await Promise.all(none.map((bytes) => raw(bytes, { ms: 3000 })));
  for (const [i, got] of all.entries())
    check(!/^HTTP\/1\.[01] (2\d\d|500|503)/.test(got), JSON.stringify(none[i].slice(0, 40)), got.slice(0, 60));
  same((await new Browser(site.url).get('/need')).status, 200);
});

await test('nothing that a client sends begins a line of the log', async () => {
  const forged = 'FORGED-LINE';
  await raw(`GET /need%0A${forged}%20level=error%0D%0A HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  await raw(`GET /api/need?filter=a%0A${forged} HTTP/1.1\r\nHost: x\r\nUser-Agent: a\tb\r\nConnection: close\r\n\r\n`);
  const b = new Browser(site.url);
  await b.get('/sign-in');
  await b.post('/sign-in', { login: `x\n${forged} level=error`, password: 'y' });
  await b.get(`/sso/oidc/back?error=a%0A${forged}`);
  const lines = readFileSync(site.log, 'utf8').split('\n').filter(Boolean);
  check(lines.length > 10, 'there is a log');
  const shape = lines[0].slice(0, 4);
  for (const line of lines) check(!line.startsWith(forged) && line.slice(0, 4) === shape, line);
});

await test('names of uploaded files are names only', async () => {
  const listing = () => readdirSync(work).sort().join();
  const before = listing();
  const b = await new Browser(site.url).signIn('broker');
  for (const name of ['../../../evil.csv', '/tmp/evil.csv', '..\\..\\evil.csv', 'a\u0000b.csv', '<img src=x onerror=alert(1)>.csv', `${'长'.repeat(300)}.csv`]) {
    const form = new FormData();
    form.set('csrf', b.csrf);
    form.set('file', new Blob(['需求名称,需求内容\n甲,乙\n']), name);
    const r = await b.post('/need/import', form);
    check(r.status < 500, name, String(r.status), r.text.slice(-1500), site.log);
    if (r.to) {
      const page = await b.get(r.to);
      check(page.status === 200 && !page.text.includes('<img src=x'), name, String(page.status));
    }
  }
  same(listing(), before);
});

await test('headers and cookies', async () => {
  const b = new Browser(site.url);
  for (const page of ['/', '/need', '/sign-in', '/nothing-here', '/api', '/api/need', '/healthz']) {
    const r = await b.get(page);
    check(r.headers.get('x-content-type-options') === 'nosniff', page);
    const csp = r.headers.get('content-security-policy') ?? '';
    check(/default-src 'self'/.test(csp) && /frame-ancestors 'none'/.test(csp) && !/unsafe/.test(csp), page, csp);
    check(!/<script(?![^>]*\bsrc=)/i.test(r.text) && !/\son\w+=/i.test(r.text), page, 'inline script');
    check(!r.headers.get('server'), 'server');
  }
  const port = await freePort();
  const https = await serve(dir, ['--url', 'https://bridge.example', '--port', String(port)], { at: `http://127.0.0.1:${port}` });
  const r = await new Browser(https.url).get('/sign-in');
  const cookie = r.headers.getSetCookie().find((c) => c.startsWith('qiao='));
  for (const flag of ['HttpOnly', 'SameSite=Lax', 'Secure', 'Path=/']) check(cookie?.includes(flag), flag, cookie);
  check(r.headers.get('strict-transport-security'), 'HSTS');
  await https.stop();
});

await test('redirects lead to this site only', async () => {
  const b = new Browser(site.url);
  for (const bad of ['https://evil.example/', '//evil.example', '/\\evil.example', '/\t/evil.example', 'javascript:alert(1)', '\u0001//evil', '/%0d%0aX: y'])
    for (const page of [`/language/en?back=${encodeURIComponent(bad)}`, `/sign-in?back=${encodeURIComponent(bad)}`]) {
      const r = await b.get(page);
      if (r.to) check(new URL(r.to, site.url).origin === site.url, page, r.to);
      check(!r.headers.get('x'), 'a header split');
    }
  const got = await raw('GET //evil.example/%2e%2e HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  check(/^HTTP\/1.1 404/.test(got) && !/^location:/im.test(got), got.slice(0, 200));
});

await site.stop();
await end();
