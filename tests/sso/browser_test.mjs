// Single sign-on as people meet it: a real browser between the site and a real provider on another
// host name, so that cookies and the content policy are those of two sites.
import { mkdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { atEnd, check, end, freePort, makeSite, password, root, run, same, serve, test } from '../site.mjs';
import { casServer } from './cas_server.mjs';
import { oidcServer } from './oidc_server.mjs';

const { chromium } = createRequire(`${root}/build/npm-browser/package.json`)('playwright-core');
const pictures = `${root}/build/check/sso`;
rmSync(pictures, { recursive: true, force: true });
mkdirSync(pictures, { recursive: true });

const dir = makeSite({ sample: true });
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const { issuer, secret, close } = await oidcServer(url, 'localhost');
atEnd(close);
const cas = await casServer({ host: 'localhost' });
atEnd(() => cas.close());
const site = await serve(dir, ['--port', String(port), '--url', url, '--oidc', issuer, '--oidc-client', 'qiao', '--cas', cas.url], {
  env: { QIAO_OIDC_SECRET: secret },
});
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox'] });
atEnd(() => browser.close());

const faults = []; // what our pages wrote to the console: the provider's own are its own
async function somebody(options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'zh-CN', ...options });
  context.setDefaultTimeout(60000);
  // the provider's pages of its development mode ask for fonts of the world outside
  await context.route((u) => !['127.0.0.1', 'localhost'].includes(u.hostname), (r) => r.abort());
  context.on('console', (m) => {
    const refused = /status of (403|404|422|503)/.test(m.text());
    if (['error', 'warning'].includes(m.type()) && m.location().url.startsWith(url) && !refused) faults.push(m.text());
  });
  context.on('weberror', (e) => faults.push(String(e.error())));
  return context.newPage();
}
const picture = (page, name) => page.screenshot({ path: `${pictures}/${name}.png` });
const cookie = async (page) => (await page.context().cookies(url)).find((c) => c.name === 'qiao');
const quiet = () => same(faults.splice(0), [], 'the console stays silent');
const name = async (page) => (await page.locator('.who-name').innerText()).split('\n')[0];
async function atProvider(page, login) {
  await page.waitForURL((u) => u.origin === issuer);
  await page.fill('input[name=login]', login);
  await page.fill('input[name=password]', 'x');
  await page.click('button[type=submit]');
  await page.waitForSelector('form input[name=prompt][value=consent]', { state: 'attached' });
  await page.click('button[type=submit]');
}

const page = await somebody();

await test('browser, OIDC: from a page for members by the provider to that page', async () => {
  await page.goto(`${url}/board`);
  check(new URL(page.url()).pathname === '/sign-in', page.url());
  const before = await cookie(page);
  check(!before || (before.httpOnly && before.sameSite === 'Lax'), 'the cookie before');
  await picture(page, 'sign-in');
  await page.getByRole('link', { name: '单点登录（OIDC）' }).click();
  await atProvider(page, 'sun8');
  await page.waitForURL(`${url}/board`);
  same(await name(page), '姓名sun8');
  const now = await cookie(page);
  check(now.httpOnly && now.sameSite === 'Lax' && now.value !== before?.value, 'a session of its own', now);
  check(!page.url().includes('code='), 'the code is not in the address');
  await picture(page, 'oidc-board');
  quiet();
});

await test('browser, OIDC: the newcomer is a member of no organisation, and is told so', async () => {
  await page.goto(`${url}/account`);
  await picture(page, 'oidc-account');
  const r = await page.request.get(`${url}/need/new`, { maxRedirects: 0 });
  same(r.status(), 403);
  quiet();
});

await test('browser, OIDC: signed out is signed out; the provider remembers, one press signs in again', async () => {
  await page.goto(`${url}/account`);
  if (!(await page.locator('form[action="/sign-out"] button').first().isVisible())) await page.locator('summary').filter({ has: page.locator('.who-name') }).click();
  await page.locator('form[action="/sign-out"] button').first().click();
  await page.waitForURL((u) => u.pathname !== '/account');
  same((await page.request.get(`${url}/account`, { maxRedirects: 0 })).status(), 303);
  await page.goto(`${url}/sign-in?back=/result`);
  await page.getByRole('link', { name: '单点登录（OIDC）' }).click();
  await page.waitForURL(`${url}/result`);
  same(await name(page), '姓名sun8');
  quiet();
});

await test('browser, OIDC: back and reload after signing in break nothing', async () => {
  await page.goBack();
  await page.waitForLoadState();
  await page.goto(`${url}/account`);
  same(await name(page), '姓名sun8');
  await page.reload();
  same(await name(page), '姓名sun8');
  faults.splice(0);
});

await test('browser, OIDC: who changes his mind at the provider is told, and can begin again', async () => {
  const other = await somebody();
  await other.goto(`${url}/sign-in?back=/need`);
  await other.getByRole('link', { name: '单点登录（OIDC）' }).click();
  await other.waitForURL((u) => u.origin === issuer);
  await other.getByRole('link', { name: /cancel/i }).click();
  await other.waitForURL((u) => u.origin === url);
  const said = await other.locator('main').innerText();
  check(said.includes('统一身份认证没有通过'), said);
  await picture(other, 'oidc-cancelled');
  await other.goto(`${url}/sign-in`);
  await other.getByRole('link', { name: '单点登录（OIDC）' }).click();
  await atProvider(other, 'qian9');
  await other.waitForURL(`${url}/`);
  same(await name(other), '姓名qian9');
  quiet();
  await other.context().close();
});

await test('browser, OIDC: a closed account stays outside, with a sentence', async () => {
  const accounts = run('user', dir, 'list', '--tsv').split('\n').map((l) => l.split('\t'));
  const login = accounts.find((a) => a.some((c) => c === '姓名qian9'))?.[0];
  check(login, 'the account', accounts.slice(-3));
  run('user', dir, 'disable', login);
  const other = await somebody();
  await other.goto(`${url}/sign-in`);
  await other.getByRole('link', { name: '单点登录（OIDC）' }).click();
  await atProvider(other, 'qian9');
  await other.waitForURL((u) => u.origin === url);
  const said = await other.locator('main').innerText();
  check(said.includes('您的账号已停用'), said);
  await picture(other, 'oidc-closed');
  same((await other.request.get(`${url}/account`, { maxRedirects: 0 })).status(), 303);
  await other.context().close();
  faults.splice(0);
});

await test('browser, OIDC: on a phone, in English', async () => {
  const phone = await somebody({ viewport: { width: 390, height: 800 } });
  await phone.goto(`${url}/language/en?back=/sign-in`);
  await picture(phone, 'sign-in-phone');
  await phone.getByRole('link', { name: 'Sign in with OIDC' }).click();
  await atProvider(phone, 'zhou1');
  await phone.waitForURL(`${url}/`);
  same((await phone.request.get(`${url}/account`, { maxRedirects: 0 })).status(), 200);
  quiet();
  await phone.context().close();
});

await test('browser, CAS: there and back', async () => {
  const other = await somebody();
  await other.goto(`${url}/sign-in?back=/need`);
  await other.getByRole('link', { name: '统一身份认证登录' }).click();
  await other.waitForURL(`${url}/need`);
  same(await name(other), '张三');
  check(!other.url().includes('ticket='), 'no ticket in the address');
  await picture(other, 'cas-need');
  quiet();
  await other.context().close();
});

await test('browser: a provider that is down is said so, and the password still opens', async () => {
  close();
  await new Promise((done) => setTimeout(done, 100));
  const other = await somebody();
  const second = await serve(dir, ['--oidc', issuer, '--oidc-client', 'qiao']);
  await other.goto(`${second.url}/sign-in`);
  const there = other.waitForEvent('framenavigated', (frame) => frame === other.mainFrame());
  await other.getByRole('link', { name: '单点登录（OIDC）' }).click();
  await there;
  await other.waitForLoadState();
  const said = await other.locator('main').innerText();
  check(said.includes('连不上统一身份认证服务器') && said.includes('用密码登录'), said);
  await picture(other, 'oidc-down');
  await other.goto(`${second.url}/sign-in`);
  await other.fill('#login', 'broker');
  await other.fill('#password', password);
  await other.click('.sign button[type=submit]');
  await other.waitForURL(`${second.url}/`);
  await other.context().close();
  await second.stop();
  faults.splice(0);
});

await site.stop();
await end();
