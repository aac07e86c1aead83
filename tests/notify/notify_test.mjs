// Notices by mail and by chat robots, from a server that is killed, against servers that refuse, are
// busy and go away. STORE: sqlite or pg.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Browser, Program, check, end, freePort, makeSite, password, qiao, root, run, same, serve, sleep, test, until, work } from '../site.mjs';
import { authority, mailPassword, mailServer, mailUser, quiet, robot } from './servers.mjs';

const common = [];
if (process.env.STORE === 'pg') {
  const { postgres } = await import('../serve/pg.mjs');
  const pg = postgres();
  check(pg.make('site'), 'createdb');
  common.push('--db', pg.url);
}

// Quick to send, quick to try again, and robots may be here.
const model = `${work}/model`;
mkdirSync(model);
const table = readFileSync(`${root}/model/notices.yaml`, 'utf8');
const quick = 'delivery: {gather: 1, retry: 1, attempts: 8, claim: 4, quiet_from: "00:00", quiet_until: "00:00", local_robots: true}';
check(/^delivery: .*$/m.test(table), 'delivery line');
writeFileSync(`${model}/notices.yaml`, table.replace(/^delivery: .*$/m, quick));

const dir = makeSite({ common, sample: false });
for (const [login, role] of [['admin', 'admin'], ['broker', 'broker']]) addUser(login, role);

const port = await freePort();
const options = [...common, '--model', model, '--port', String(port), '--url', `http://127.0.0.1:${port}`];
const start = () => serve(dir, options, { env: { QIAO_MAIL_CA: authority } });
let site = await start();

const mail = await mailServer({ port: await freePort() }); // it comes again at the same
const robots = await Promise.all(['wecom', 'dingtalk', 'feishu'].map(robot));
const admin = await new Browser(site.url).signIn('admin');
const broker = await new Browser(site.url).signIn('broker');
const brokerApi = new Program(site.url, await broker.token());
const made = async (who, kind, fields) => {
  const r = await who.ask('POST', `/api/${kind}`, { fields });
  same(r.status, 201, r.text);
  return r.json;
};
const org = await made(brokerApi, 'org', { name: '甲公司', type: 'company' });
addUser('editor', 'editor', '--org', String(org.id));
const editor = await new Browser(site.url).signIn('editor');
const api = new Program(site.url, await editor.token());
const need = await made(api, 'need', { title: '高温合金涂层', body: '耐 1200 度' });

function addUser(login, role, ...more) {
  const r = spawnSync(qiao, ['user', ...common, dir, 'add', login, '--role', role, '--name', login, ...more], { input: `${password}\n`, encoding: 'utf8' });
  check(r.status === 0, 'user', r.stderr);
}

// An editor proposes introductions: one notice each for the broker.
let offers = 0;
async function propose(n = 1) {
  const told = [];
  while (told.length < n) {
    const offer = await made(api, 'result', { title: `陶瓷涂层 <${++offers}> & 其他`, body: '等离子喷涂' });
    const fields = { need: need.id, offer: offer.id, interest: '甲', contribution: '乙', expectation: '丙' };
    const i = await made(api, 'introduction', fields);
    const r = await api.ask('POST', `/api/introduction/${i.id}/steps/propose`, {}, { 'if-match': `"${i.version}"` });
    same(r.status, 200, r.text);
    told.push({ id: i.id, title: i.fields.title });
  }
  return told;
}

// The same in his quiet hours, which then end: so they go at once, however slow this machine is.
const clock = (m) => `${String(Math.floor(((m + 1440) % 1440) / 60)).padStart(2, '0')}:${String((m + 1440) % 60).padStart(2, '0')}`;
const boxes = Object.fromEntries(['mail', 'wecom', 'dingtalk', 'feishu'].map((c) => [`on.introduction.${c}`, '1']));
async function quietHours(on) {
  const minutes = Math.floor((Date.now() / 60000 + 480) % 1440);
  const hours = on ? { quiet_from: clock(minutes - 60), quiet_until: clock(minutes + 60) } : { quiet_from: '', quiet_until: '' };
  same((await broker.post('/account/notices', { ...boxes, ...hours })).status, 303);
}
async function proposeTogether(n) {
  await quietHours(true);
  const told = await propose(n);
  await quietHours(false);
  return told;
}

const settings = { host: '127.0.0.1', port: String(mail.port), security: 'starttls', from: 'qiao@qiao.example', user: mailUser, password: mailPassword, quiet_from: '00:00', quiet_until: '00:00' };
const line = (i) => `${site.url}/introduction/${i.id}`;

await test('the administrator sets the mail server; the password is not shown', async () => {
  await admin.get('/admin/notices');
  const bad = await admin.post('/admin/notices', { ...settings, host: 'smtp://x' });
  same(bad.status, 422);
  same((await admin.post('/admin/notices', { ...settings, host: 'mail.example', security: 'none' })).status, 422, 'a password in the open');
  same((await admin.post('/admin/notices', settings)).status, 303);
  same((await admin.post('/admin/notices', { ...settings, password: '' })).status, 303, 'it stays');
  const page = await admin.get('/admin/notices');
  check(page.text.includes(mailUser) && !page.text.includes('pass+word'), 'the password');
  same((await broker.get('/admin/notices')).status, 403);
});

await test('a test mail: STARTTLS, password, encoded header and body', async () => {
  same((await admin.post('/admin/notices/test', { to: 'admin@qiao.example' })).status, 303);
  same(mail.mails.length, 1);
  const [m] = mail.mails.splice(0);
  check(m.secure, 'encrypted');
  same([m.to, m.from], ['admin@qiao.example', 'qiao@qiao.example']);
  check(m.mail.subject.includes('测试消息') || m.mail.subject.includes('test'), m.mail.subject);
  check(m.mail.text.length > 10 && m.mail.messageId && m.mail.date, 'parts');
  check(/^[\x00-\x7f]*$/.test(m.raw), 'seven bits');
  check(m.raw.split('\r\n').every((l) => l.length <= 998), 'short lines');
});

await test('a mail server with TLS from the first byte', async () => {
  const tls = await mailServer({ secure: true });
  same((await admin.post('/admin/notices', { ...settings, port: String(tls.port), security: 'tls' })).status, 303);
  same((await admin.post('/admin/notices/test', { to: 'a@qiao.example' })).status, 303);
  same(tls.mails.length, 1);
  const wrong = await admin.post('/admin/notices', { ...settings, port: String(tls.port), security: 'tls', password: 'other' });
  same(wrong.status, 303);
  same((await admin.post('/admin/notices/test', { to: 'a@qiao.example' })).status, 422, 'a wrong password');
  same((await admin.post('/admin/notices', settings)).status, 303);
});

await test('an address is used once its code has come back', async () => {
  await broker.get('/account/notices');
  same((await broker.post('/account/notices/mail', { mail: 'a@b\r\nBcc: c@d' })).status, 422);
  same((await broker.post('/account/notices/mail', { mail: 'broker@qiao.example' })).status, 303);
  same((await broker.post('/account/notices/mail', { mail: 'broker@qiao.example' })).status, 422, 'twice at once');
  const [m] = mail.mails.splice(0);
  const code = m.mail.subject.match(/\d{6}/)[0];
  await propose(); // not yet by mail
  same((await broker.post('/account/notices/code', { code: code === '000000' ? '111111' : '000000' })).status, 422);
  same((await broker.post('/account/notices/code', { code })).status, 303);
  check((await broker.get('/account/notices')).text.includes('已验证'), 'proved');
  check(await quiet(mail.mails, 2200), 'what was told before is not sent');
});

await test('several notices are one mail; titles and links; the inbox has them too', async () => {
  const told = await proposeTogether(3);
  await until(() => mail.mails.length);
  check(await quiet(mail.mails, 1500), 'one mail');
  const [m] = mail.mails.splice(0);
  same(m.to, 'broker@qiao.example');
  check(m.mail.subject.includes('3'), m.mail.subject);
  for (const t of told) check(m.mail.text.includes(t.title) && m.mail.text.includes(line(t)), t.title, m.mail.text);
  same(m.mail.headers.get('auto-submitted'), 'auto-generated');
  const inbox = (await brokerApi.get('/api/inbox?unread=1&limit=3')).json;
  same(inbox.items.map((i) => i.about).sort(), told.map((t) => t.id).sort());
  check(inbox.unread >= 3 && inbox.items.every((i) => i.path === `/introduction/${i.about}` && !i.read), 'unread');
});

await test('inbox: opening and marking, a page and the API; nobody else reads it', async () => {
  const page = await broker.get('/inbox');
  const [first, second] = [...page.text.matchAll(/href="\/inbox\/(\d+)"/g)].map((x) => Number(x[1]));
  const before = (await brokerApi.get('/api/inbox')).json.unread;
  check((await editor.get(`/inbox/${first}`)).status === 404, 'not his');
  const r = await broker.get(`/inbox/${first}`);
  check(r.status === 303 && r.to.startsWith('/introduction/'), r.to);
  same((await brokerApi.ask('POST', `/api/inbox/${second}/read`)).status, 204);
  same((await brokerApi.get('/api/inbox')).json.unread, before - 2);
  check((await broker.get('/inbox')).text.includes(`<span class="bell-count" aria-hidden="true">${before - 2 > 99 ? '99+' : before - 2}</span>`), 'the bell');
  same((await broker.post('/inbox/read', { up_to: '' })).status, 303);
  same((await brokerApi.get('/api/inbox?unread=1')).json, { unread: 0, items: [] });
  check(!(await broker.get('/')).text.includes('bell-count'), 'no count');
  const reader = new Program(site.url, await broker.token('read'));
  same((await reader.ask('POST', '/api/inbox/read')).status, 403);
  same((await new Program(site.url).get('/api/inbox')).status, 403);
});

await test('three robots: signed, in their own shapes; addresses are masked', async () => {
  same((await broker.post('/account/notices/robot/feishu', { url: 'http://10.0.0.1/x', secret: '' })).status, 422);
  same((await broker.post('/account/notices/robot/mail', { url: robots[0].url })).status, 422);
  for (const r of robots) {
    same((await broker.post(`/account/notices/robot/${r.name}`, { url: r.url, secret: r.secret })).status, 303);
    same((await broker.post(`/account/notices/robot/${r.name}`, { test: '1' })).status, 303, r.name, r.how.wrong ?? '');
    same(r.told.splice(0).length, 1);
  }
  const page = await broker.get('/account/notices');
  for (const r of robots) check(!page.text.includes(r.url) && !(r.secret && page.text.includes(r.secret)), 'masked', r.name);
  const told = await proposeTogether(2);
  await until(() => robots.every((r) => r.told.length) && mail.mails.length);
  for (const r of robots) {
    same(r.told.length, 1, r.name, r.how.wrong ?? '');
    for (const t of told) check(r.told[0].includes(t.title) && r.told[0].includes(line(t)), r.name, r.told[0]);
    r.told.length = 0;
  }
  mail.mails.length = 0;
});

await test('a private address is refused, also behind a name', async () => {
  same((await broker.post('/account/notices/robot/wecom', { url: 'https://10.1.2.3/cgi-bin/webhook/send?key=k', secret: '' })).status, 303);
  const r = await broker.post('/account/notices/robot/wecom', { test: '1' });
  check(r.status === 422 && r.text.includes('内部网络'), String(r.status));
  same((await broker.post('/account/notices/robot/wecom', { drop: '1' })).status, 303);
});

await test('too many for now is tried again; a refusal is for the administrator, who tries again', async () => {
  const [, dingtalk, feishu] = robots;
  feishu.how.answers = ['busy', 'down'];
  dingtalk.how.answers = ['bad'];
  const [t] = await propose();
  await until(() => feishu.told.length);
  check(feishu.told.length === 1 && feishu.told[0].includes(t.title), 'feishu');
  const page = await until(async () => {
    const p = await admin.get('/admin/notices');
    return p.text.includes('sign not match') && p;
  });
  const id = page.text.match(/\/admin\/notices\/(\d+)\/again/)[1];
  same(dingtalk.told.length, 0);
  check(!page.text.includes('t-o-k') && !page.text.includes(dingtalk.secret), 'no secrets');
  same((await admin.post(`/admin/notices/${id}/again`, {})).status, 303);
  await until(() => dingtalk.told.length);
  check(dingtalk.told[0].includes(t.title), 'sent again');
  await until(() => mail.mails.length);
  for (const list of [mail.mails, feishu.told, dingtalk.told]) list.length = 0;
  for (const r of robots) await broker.post(`/account/notices/robot/${r.name}`, { drop: '1' });
});

await test('a mail server that is busy, then away, then there again: one mail', async () => {
  mail.how.busy = true;
  const attempts = mail.how.attempts;
  const [t] = await propose();
  await until(() => mail.how.attempts > attempts);
  mail.how.busy = false;
  await mail.stop();
  await sleep(1500);
  const again = await mailServer({ port: mail.port });
  await until(() => again.mails.length);
  check(await quiet(again.mails, 1500) && again.mails.length === 1, String(again.mails.length));
  check(again.mails[0].mail.text.includes(t.title), 'text');
  Object.assign(mail, { mails: again.mails, how: again.how, stop: again.stop });
  mail.mails.length = 0;
});

await test('a mailbox that is not there: given up at once, with the reason', async () => {
  mail.how.refuse = 'broker@qiao.example';
  await propose();
  const page = await until(async () => {
    const p = await admin.get('/admin/notices');
    return /550/.test(p.text) && p;
  });
  check(page, 'the reason');
  mail.how.refuse = null;
});

await test('killed while a mail is sent: the same Message-ID again; killed after that: nothing again', async () => {
  mail.how.hold = true;
  const [t] = await propose();
  await until(() => mail.mails.length);
  site.child.kill('SIGKILL');
  await site.stop();
  mail.how.hold = false;
  const [first] = mail.mails.splice(0);
  site = await start();
  await until(() => mail.mails.length);
  const [second] = mail.mails;
  same(second.mail.messageId, first.mail.messageId);
  same(second.mail.text, first.mail.text);
  check(second.mail.text.includes(t.title), 'text');
  check(await quiet(mail.mails, 1500), 'once more only');
  site.child.kill('SIGKILL');
  await site.stop();
  mail.mails.length = 0;
  site = await start();
  check(await quiet(mail.mails, 5000), 'nothing twice'); // longer than a claim
});

await test('quiet hours: later, not never; his own and when they are changed', async () => {
  await quietHours(true);
  const [t] = await propose();
  check(await quiet(mail.mails, 2500), 'nothing now');
  same((await broker.post('/account/notices', { ...boxes, quiet_from: '25:00', quiet_until: '07:00' })).status, 422);
  await quietHours(false);
  await until(() => mail.mails.length);
  check(mail.mails.splice(0)[0]?.mail.text.includes(t.title), 'then');
  same((await broker.post('/account/notices', { quiet_from: '', quiet_until: '' })).status, 303);
  await propose();
  check(await quiet(mail.mails, 2200), 'what he does not want by mail');
  await quietHours(false);
});

if (common.length)
  await test('two processes: each message once', async () => {
    const other = await serve(makeSecond(), [...common, '--model', model, '--url', site.url], { env: { QIAO_MAIL_CA: authority } });
    const told = [];
    for (let i = 0; i < 6; i++) {
      told.push(...(await propose()));
      await sleep(300);
    }
    const all = () => mail.mails.map((m) => m.mail.text).join('\n');
    await until(() => told.every((t) => all().includes(line(t))));
    await quiet(mail.mails, 2000);
    for (const t of told) same(all().split(`${line(t)}\n`).length - 1, 1, t.title);
    same(new Set(mail.mails.map((m) => m.mail.messageId)).size, mail.mails.length);
    await other.stop();
  });

function makeSecond() {
  const second = `${work}/second`;
  mkdirSync(second, { mode: 0o700 });
  return second;
}

await test('no log holds a secret', async () => {
  await site.stop();
  const log = readFileSync(site.log, 'utf8');
  for (const secret of ['pass+word', 't-o-k', 'h-o-o-k', 'k-e-y', 'SECdingtalk', 'feishu-secret']) check(!log.includes(secret), secret);
  run('verify', dir, ...common);
});

await end();
