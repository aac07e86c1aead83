// A site of its own for a test in Node: the program itself on a free port of 127.0.0.1, browsers that
// keep their cookies, and TAP. Everything it starts is stopped at the end.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, existsSync, openSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const root = process.env.QIAO_ROOT ?? path.dirname(path.dirname(new URL(import.meta.url).pathname));
export const qiao = process.env.QIAO ?? `${root}/build/gcc/qiao`;
export const password = 'uncommon-Word-7';

const base = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
export const work = mkdtempSync(`${base}/qiao-test.`);
const running = new Set();
const cleanups = [];
export const atEnd = (f) => cleanups.push(f);

// ---- TAP ----

let count = 0;
let failures = 0;

export class Failure extends Error {}

export function check(truth, ...words) {
  if (!truth) throw new Failure(words.map((w) => (typeof w === 'string' ? w : JSON.stringify(w))).join(' '));
}

export function same(got, wanted, ...words) {
  const [a, b] = [JSON.stringify(got), JSON.stringify(wanted)];
  check(a === b, ...words, `got ${a?.slice(0, 600)}, wanted ${b?.slice(0, 600)}`);
}

export async function test(name, body) {
  count++;
  try {
    await body();
    console.log(`ok ${count} - ${name}`);
  } catch (e) {
    failures++;
    console.log(`not ok ${count} - ${name}`);
    for (const line of `${e instanceof Failure ? e.message : e.stack}`.split('\n')) console.log(`# ${line}`);
  }
}

export async function end() {
  for (const f of cleanups.reverse()) await f();
  for (const site of [...running]) await site.stop();
  rmSync(work, { recursive: true, force: true });
  console.log(`1..${count}`);
  process.exit(failures ? 1 : 0);
}

for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => {
    for (const site of running) site.child.kill('SIGKILL');
    rmSync(work, { recursive: true, force: true });
    process.exit(1);
  });

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// Until `f` gives something true; at most `ms`, which are many for a slow machine: they cost nothing when things go right.
export async function until(f, ms = 60000) {
  const last = Date.now() + ms;
  for (;;) {
    const value = await f();
    if (value) return value;
    if (Date.now() > last) return value;
    await sleep(20);
  }
}

// ---- the program ----

export function run(...args) {
  const r = spawnSync(qiao, args, { encoding: 'utf8', cwd: root, timeout: 600000 });
  check(r.status === 0, 'qiao', args.join(' '), ':', String(r.status), r.stderr);
  return r.stdout;
}

// A data directory with the sample region in it.
export function makeSite({ name = 'site', common = [], sample = true } = {}) {
  const dir = `${work}/${name}`;
  run('init', dir, ...common);
  if (sample) run('sample', ...common, dir, `${root}/samples/region`, '--password', password);
  return dir;
}

export async function serve(dir, args = [], { env = {}, prefix = [], at = null } = {}) {
  const log = `${work}/log.${running.size}.${Date.now()}`;
  const command = [...prefix, qiao, 'serve', '--port', '0', '--lang', 'en', ...args, dir];
  const child = spawn(command[0], command.slice(1), {
    cwd: root,
    env: { ...process.env, QIAO_WEB_STRICT: '1', ...env },
    stdio: ['ignore', 'pipe', openSync(log, 'w')],
  });
  const site = { child, log, dir, gone: new Promise((done) => child.once('exit', done)) };
  site.stop = async (signal = 'SIGTERM') => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await Promise.race([site.gone, sleep(60000)]);
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    running.delete(site);
  };
  running.add(site);
  let said = '';
  child.stdout.on('data', (bytes) => (said += bytes));
  await until(() => /https?:\/\/\S+/.test(said) || child.exitCode !== null, 120000);
  const told = said.match(/http:\/\/[^\s/]+/);
  check(at ?? told, 'no address', said, log);
  site.url = at ?? told[0];
  return site;
}

// A port for what must know it before it listens. Not one that the system gives to others by itself: it
// would do so between now and then.
export async function freePort() {
  for (;;) {
    const port = 12000 + Math.floor(Math.random() * 18000);
    const s = net.createServer();
    const free = await new Promise((done) => s.once('error', () => done(false)).listen(port, '127.0.0.1', () => done(true)));
    if (free) return new Promise((done) => s.close(() => done(port)));
  }
}

// ---- browsers ----

export class Browser {
  constructor(url) {
    this.url = url;
    this.jars = new Map(); // by origin
  }

  // One request; never follows by itself.
  async ask(target, { method = 'GET', headers = {}, body } = {}) {
    const at = new URL(target, this.url);
    const jar = this.jars.get(at.hostname + at.port) ?? new Map();
    this.jars.set(at.hostname + at.port, jar);
    const cookie = [...jar]
      .filter(([, c]) => at.pathname.startsWith(c.path))
      .map(([name, c]) => `${name}=${c.value}`)
      .join('; ');
    const r = await fetch(at, {
      method,
      body,
      redirect: 'manual',
      headers: { ...(cookie ? { cookie } : {}), ...headers },
      signal: AbortSignal.timeout(120000),
    });
    for (const line of r.headers.getSetCookie()) {
      const [pair, ...rest] = line.split(';').map((s) => s.trim());
      const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
      const where = rest.find((s) => /^path=/i.test(s))?.slice(5) ?? '/';
      const ended = rest.some((s) => /^max-age=0$/i.test(s) || /^expires=.*1970/i.test(s));
      if (ended || value === '') jar.delete(name);
      else jar.set(name, { value, path: where });
    }
    const bytes = Buffer.from(await r.arrayBuffer());
    const answer = { status: r.status, headers: r.headers, bytes, text: bytes.toString(), at: at.href };
    answer.to = r.headers.get('location');
    const csrf = answer.text.match(/name="csrf" value="([^"]+)"/);
    if (csrf && at.origin === new URL(this.url).origin) this.csrf = csrf[1];
    return answer;
  }

  // Follows redirects, wherever they lead, at most 12 times.
  async walk(target, o) {
    let r = await this.ask(target, o);
    for (let i = 0; r.to && i < 12; i++) r = await this.ask(new URL(r.to, r.at).href);
    return r;
  }

  get(target) {
    return this.ask(target);
  }

  post(target, form) {
    const body = form instanceof FormData ? form : new URLSearchParams({ csrf: this.csrf ?? '', ...form });
    return this.ask(target, { method: 'POST', body });
  }

  async signIn(login, word = password) {
    await this.get('/sign-in');
    const r = await this.post('/sign-in', { login, password: word, back: '/account' });
    check(r.status === 303 && r.to === '/account', 'sign in', login, String(r.status));
    await this.get('/account');
    return this;
  }

  // A token of the API, made on the person's own page.
  async token(scope = 'write', days = 30) {
    const r = await this.post('/account/tokens', { name: `t ${scope}`, scope, days: String(days) });
    const found = r.text.match(/<code>([^<]+)<\/code>/);
    check(found, 'no token', String(r.status), r.text.slice(0, 2000));
    return found[1];
  }
}

// A program with a token (or none).
export class Program {
  constructor(url, token, language = 'zh') {
    Object.assign(this, { url, token, language });
  }

  async ask(method, target, body, headers = {}) {
    const r = await fetch(new URL(target, this.url), {
      method,
      redirect: 'manual',
      headers: {
        'accept-language': this.language,
        ...(this.token ? { authorization: `Bearer ${this.token}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
      signal: AbortSignal.timeout(120000),
    });
    const text = await r.text();
    let json;
    try {
      json = text ? JSON.parse(text) : undefined;
    } catch {
      throw new Failure(`${method} ${target}: ${r.status} and no JSON: ${text.slice(0, 300)}`);
    }
    return { status: r.status, headers: r.headers, text, json, etag: r.headers.get('etag') };
  }

  get(target, headers) {
    return this.ask('GET', target, undefined, headers);
  }
}
