// Two processes on one PostgreSQL: what is written through one is found and matched through the other;
// killed processes and a lost database.
import { readFileSync } from 'node:fs';
import { Browser, Program, check, end, makeSite, run, same, serve, sleep, test, until } from '../site.mjs';
import { allThere, writers } from './help.mjs';
import { postgres } from './pg.mjs';

const pg = postgres();
check(pg.make('site'), 'createdb');
const db = ['--db', pg.url];
const dir = makeSite({ common: db });
let one = await serve(dir, db);
const two = await serve(dir, db);
const person = await new Browser(one.url).signIn('broker');
const token = await person.token();
let a = new Program(one.url, token);
const b = new Program(two.url, token);
const owner = (await a.get('/api/org?limit=1')).json.items[0].id;

async function seen(f) {
  const began = Date.now();
  const found = await until(f);
  console.log(`# seen after ${Date.now() - began} ms`);
  return found;
}

await test('a session of one is a session of the other', async () => {
  const other = new Browser(two.url);
  other.jars.set(new URL(two.url).hostname + new URL(two.url).port, person.jars.values().next().value);
  same((await other.get('/account')).status, 200);
});

await test('a result written through one is found and matched through the other', async () => {
  const made = await a.ask('POST', '/api/need', { owner, fields: { title: '珊瑚骨粉烧结砖抗折强度提升', body: '珊瑚骨粉烧结砖抗折强度不低于12MPa', industry: 'C303', region: '330600' } });
  same(made.status, 201, made.text);
  let tag = made.etag;
  for (const step of ['diagnose', 'publish']) tag = (await a.ask('POST', `/api/need/${made.json.id}/steps/${step}`, {}, { 'if-match': tag })).etag;
  const result = await a.ask('POST', '/api/result', { owner, fields: { title: '珊瑚骨粉烧结砖增强技术', body: '珊瑚骨粉烧结砖抗折强度达到15MPa', industry: 'C303' } });
  same(result.status, 201, result.text);
  let at = result;
  for (let i = 0; i < 4 && at.json.state !== 'open'; i++) {
    const step = at.json.may.steps.find((s) => ['publish', 'submit', 'approve', 'open'].includes(s));
    if (!step) break;
    at = await a.ask('POST', `/api/result/${result.json.id}/steps/${step}`, {}, { 'if-match': at.etag });
    same(at.status, 200, at.text);
  }
  const word = encodeURIComponent('珊瑚骨粉烧结砖');
  check(await seen(async () => (await b.get(`/api/search?q=${word}&kind=result`)).json.items.some((i) => i.record.id === result.json.id)), 'found');
  check(await seen(async () => (await b.get(`/api/need/${made.json.id}/matches?kind=result`)).json.items?.some((i) => i.id === result.json.id)), 'matched');
  const page = await new Browser(two.url).get(`/result/${result.json.id}`);
  check(page.status === 200 || at.json.state !== 'open', 'the page of a visitor');
  const edited = await a.ask('PATCH', `/api/result/${result.json.id}`, { fields: { title: '珊瑚骨粉烧结砖增强技术二版' } }, { 'if-match': at.etag });
  same(edited.status, 200, edited.text);
  check(await seen(async () => (await new Browser(two.url).get(`/result/${result.json.id}`)).text.includes('二版')), 'no old page is kept');
});

await test('of two writers through two processes one is refused', async () => {
  const made = await a.ask('POST', '/api/need', { owner, fields: { title: '同时改', body: 'x' } });
  const change = (p, title) => p.ask('PATCH', `/api/need/${made.json.id}`, { fields: { title } }, { 'if-match': made.etag });
  const all = await Promise.all([change(a, '甲'), change(b, '乙')]);
  const status = all.map((r) => r.status).sort();
  check(status[0] === 200 && (status[1] === 412 || status[1] === 409), JSON.stringify(status));
});

await test('SIGKILL of one while both write: nothing acknowledged is lost', async () => {
  const stop = { now: false };
  const writing = writers([a, b], owner, stop, 3);
  await sleep(700);
  await until(() => stop.done > 10);
  await one.stop('SIGKILL');
  const before = stop.done;
  await until(() => stop.done > before + 3); // the other goes on
  stop.now = true;
  const { ids, refused } = await writing;
  check(ids.size > 5, String(ids.size));
  same(refused.length, 0, refused[0]?.text ?? '');
  await allThere(b, ids);
  run('verify', dir, ...db);
  one = await serve(dir, db);
  a = new Program(one.url, token);
});

await test('a lost database: 503 and a log line, then it goes on', async () => {
  check(pg.stop(), 'stopped');
  const r = await a.get(`/api/need?limit=1&filter=${encodeURIComponent('title ~ "甲"')}`);
  same([r.status, r.headers.get('retry-after')], [503, '5'], r.text);
  const page = await new Browser(one.url).get('/result');
  same(page.status, 503);
  const write = await a.ask('POST', '/api/need', { owner, fields: { title: '没有库', body: 'x' } });
  same(write.status, 503);
  check(/store\./.test(readFileSync(one.log, 'utf8')), 'a log line');
  check(pg.start(), 'started');
  for (const p of [a, b]) check(await until(async () => (await p.get('/api/need?limit=1')).status === 200), 'again');
  const made = await a.ask('POST', '/api/need', { owner, fields: { title: '鹦鹉螺壳体复原之后', body: '鹦鹉螺壳体' } });
  same(made.status, 201);
  check(await until(async () => (await b.get(`/api/search?q=${encodeURIComponent('鹦鹉螺壳体')}`)).json.items?.some((i) => i.record.id === made.json.id)), 'followed again');
});

await end();
