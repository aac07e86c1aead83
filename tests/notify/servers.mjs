// The other side: an SMTP server that wants TLS and a password, and three chat robots that check what
// they are sent as their vendors describe it.
import { createHmac } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { atEnd, check, sleep, until, work } from '../site.mjs';

export const mailUser = 'robot@qiao.example';
export const mailPassword = 'a "mail" pass+word 口令';

// A certificate of our own for 127.0.0.1; its path is what the program is told to trust.
export const authority = `${work}/mail.crt`;
const made = spawnSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', `${work}/mail.key`, '-out', authority, '-days', '2', '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'], { encoding: 'utf8' });
check(made.status === 0, 'openssl', made.stderr);

// mails: what was taken; `how.hold`: data is read and not answered; `how.refuse`: a recipient that is not there.
export async function mailServer({ secure = false, port = 0 } = {}) {
  const mails = [];
  const how = { hold: false, refuse: null, attempts: 0 };
  const server = new SMTPServer({
    secure,
    key: readFileSync(`${work}/mail.key`),
    cert: readFileSync(authority),
    authMethods: ['PLAIN', 'LOGIN'],
    onAuth(auth, session, done) {
      if (auth.username === mailUser && auth.password === mailPassword) done(null, { user: auth.username });
      else done(new Error('wrong user or password'));
    },
    onRcptTo(address, session, done) {
      how.attempts++;
      if (address.address === how.refuse) return done(Object.assign(new Error('no such mailbox'), { responseCode: 550 }));
      if (how.busy) return done(Object.assign(new Error('try later'), { responseCode: 451 }));
      done();
    },
    onData(stream, session, done) {
      const bytes = [];
      stream.on('data', (b) => bytes.push(b));
      stream.on('end', async () => {
        const raw = Buffer.concat(bytes);
        mails.push({ raw: raw.toString('latin1'), to: session.envelope.rcptTo[0].address, from: session.envelope.mailFrom.address, secure: session.secure, mail: await simpleParser(raw) });
        if (!how.hold) done();
      });
    },
  });
  server.on('error', () => {});
  await new Promise((done, fail) => server.server.once('error', fail) && server.listen(port, '127.0.0.1', done));
  const stop = () => new Promise((done) => server.close(done));
  atEnd(stop);
  return { mails, how, stop, port: server.server.address().port };
}

// ---- robots ----

const near = (seconds) => Math.abs(Date.now() / 1000 - seconds) < 3600;
const text = (s) => typeof s === 'string' && s.length > 0;

// Each: what is wrong with a request ("" nothing), how it answers, what it was told.
const kinds = {
  wecom: {
    path: '/cgi-bin/webhook/send?key=k-e-y',
    wrong: (url, body) => (url.searchParams.get('key') !== 'k-e-y' ? 'key' : body.msgtype !== 'text' || !text(body.text?.content) || Buffer.byteLength(body.text.content) > 2048 ? 'content' : ''),
    told: (body) => body.text.content,
    ok: { errcode: 0, errmsg: 'ok' },
    busy: [200, { errcode: 45009, errmsg: 'api freq out of limit' }],
    bad: [200, { errcode: 93000, errmsg: 'invalid webhook url' }],
  },
  dingtalk: {
    path: '/robot/send?access_token=t-o-k',
    secret: 'SECdingtalk',
    wrong(url, body) {
      const time = url.searchParams.get('timestamp');
      const sign = createHmac('sha256', this.secret).update(`${time}\n${this.secret}`).digest('base64');
      if (url.searchParams.get('access_token') !== 't-o-k') return 'token';
      if (!near(Number(time) / 1000) || url.searchParams.get('sign') !== sign) return 'sign';
      return body.msgtype !== 'text' || !text(body.text?.content) ? 'content' : '';
    },
    told: (body) => body.text.content,
    ok: { errcode: 0, errmsg: 'ok' },
    busy: [200, { errcode: 130101, errmsg: 'send too fast, exceed 20 times per minute' }],
    bad: [200, { errcode: 310000, errmsg: 'sign not match' }],
  },
  feishu: {
    path: '/open-apis/bot/v2/hook/h-o-o-k',
    secret: 'feishu-secret',
    wrong(url, body) {
      const sign = createHmac('sha256', `${body.timestamp}\n${this.secret}`).update('').digest('base64');
      if (url.pathname !== '/open-apis/bot/v2/hook/h-o-o-k') return 'hook';
      if (!/^\d{10}$/.test(body.timestamp) || !near(Number(body.timestamp)) || body.sign !== sign) return 'sign';
      const post = body.content?.post?.zh_cn;
      const lines = post?.content;
      if (body.msg_type !== 'post' || !text(post?.title) || !Array.isArray(lines)) return 'post';
      return lines.every((l) => l.every((p) => (p.tag === 'text' && text(p.text)) || (p.tag === 'a' && text(p.text) && text(p.href)))) ? '' : 'tags';
    },
    told: (body) => [body.content.post.zh_cn.title, ...body.content.post.zh_cn.content.map((l) => l.map((p) => p.text + (p.href ? ` ${p.href}` : '')).join(' '))].join('\n'),
    ok: { code: 0, msg: 'success', data: {} },
    busy: [400, { code: 11232, msg: 'frequency limited psm' }],
    bad: [200, { code: 19021, msg: 'sign match fail or timestamp is not within one hour from current time' }],
  },
};

export async function robot(name) {
  const kind = kinds[name];
  const told = [];
  const how = { answers: [], attempts: 0 };
  const server = createServer(async (rq, re) => {
    let bytes = '';
    for await (const b of rq) bytes += b;
    how.attempts++;
    const url = new URL(rq.url, 'http://x');
    let wrong, body;
    try {
      body = JSON.parse(bytes);
      wrong = rq.method !== 'POST' || !/^application\/json/.test(rq.headers['content-type']) ? 'type' : kind.wrong(url, body);
    } catch (e) {
      wrong = `json ${e}`;
    }
    const next = how.answers.shift();
    const [status, answer] = wrong ? kind.bad : next === 'busy' ? kind.busy : next === 'bad' ? kind.bad : next === 'down' ? [502, {}] : [200, kind.ok];
    if (wrong) how.wrong = wrong;
    if (!wrong && !next) told.push(kind.told(body));
    re.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  atEnd(() => (server.closeAllConnections(), server.close()));
  return { name, told, how, url: `http://127.0.0.1:${server.address().port}${kind.path}`, secret: kind.secret ?? '' };
}

// Nothing more comes for so long.
export async function quiet(list, ms) {
  const n = list.length;
  await sleep(ms);
  return list.length === n;
}
export { until };
