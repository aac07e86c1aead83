// Single sign-on against real peers: an OIDC provider and a CAS server, both on this machine, and an
// issuer that lies.
import { Browser, atEnd, check, end, freePort, makeSite, same, serve, test } from '../site.mjs';
import { casServer } from './cas_server.mjs';
import { liar } from './liar.mjs';
import { oidcServer } from './oidc_server.mjs';

const dir = makeSite({ sample: false });
// ---- OIDC, a real provider ----

const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const { issuer, secret, close } = await oidcServer(url);
atEnd(close);

const site = await serve(dir, ['--port', String(port), '--url', url, '--oidc', issuer, '--oidc-client', 'qiao'], { env: { QIAO_OIDC_SECRET: secret } });

// Through the provider's own pages of its development mode, to the address that it sends back to.
async function throughProvider(b, login) {
  let r = await b.get('/sso/oidc?back=/need');
  check(r.status === 303 && r.to.startsWith(issuer), 'leaves to the provider', String(r.status), r.text.slice(0, 500));
  const asked = new URL(r.to).searchParams;
  same([asked.get('response_type'), asked.get('code_challenge_method'), asked.get('client_id')], ['code', 'S256', 'qiao']);
  check(asked.get('nonce')?.length >= 40 && asked.get('state')?.length >= 40 && asked.get('code_challenge')?.length === 43, r.to);
  r = await b.ask(r.to);
  for (let i = 0; i < 14; i++) {
    if (r.to) {
      const to = new URL(r.to, r.at).href;
      if (to.startsWith(`${url}/sso/oidc/back`)) return { back: to, asked };
      r = await b.ask(to);
      continue;
    }
    const action = r.text.match(/<form[^>]*action="([^"]+)"/)?.[1];
    check(action, 'a form of the provider', String(r.status), r.text.slice(0, 800));
    const prompt = r.text.match(/name="prompt" value="([^"]+)"/)[1];
    const form = prompt === 'login' ? { prompt, login, password: 'x' } : { prompt };
    r = await b.ask(new URL(action, r.at).href, { method: 'POST', body: new URLSearchParams(form) });
  }
  throw new Error('the provider does not come back');
}

async function signOut(b) {
  await b.get('/account'); // the token of its forms
  same((await b.post('/sign-out', {})).status, 303);
}

const signedIn = async (b) => (await b.get('/account')).status === 200;

await test('OIDC: the whole code flow with PKCE signs in, and goes on to where one wanted to be', async () => {
  const b = new Browser(url);
  await b.get('/sign-in');
  const before = [...b.jars.values()][0].get('qiao')?.value;
  const { back } = await throughProvider(b, 'wang5');
  const r = await b.ask(back);
  same([r.status, r.to], [303, '/need'], r.text.slice(0, 500));
  check(b.jars.get(`127.0.0.1${port}`).get('qiao').value !== before, 'a new session');
  const page = await b.get('/account');
  check(page.status === 200 && page.text.includes('wang5'), 'signed in', page.text.slice(0, 800));
  await signOut(b);
  check(!(await signedIn(b)), 'signed out');
});

await test('OIDC: the same person is the same account', async () => {
  const b = new Browser(url);
  const { back } = await throughProvider(b, 'wang5');
  await b.ask(back);
  check(await signedIn(b), 'again');
});

await test('OIDC: a code is good once', async () => {
  const b = new Browser(url);
  const { back } = await throughProvider(b, 'li4');
  same((await b.ask(back)).status, 303);
  await signOut(b);
  const r = await b.ask(back);
  check(r.status >= 400 && r.status < 500, String(r.status));
  check(!(await signedIn(b)), 'not signed in');
  // with a state of its own it is the provider that refuses
  const c = new Browser(url);
  const go = await c.get('/sso/oidc');
  const state = new URL(go.to).searchParams.get('state');
  const again = await c.ask(`/sso/oidc/back?code=${new URL(back).searchParams.get('code')}&state=${state}`);
  check(again.status >= 400 && again.status < 500, String(again.status), again.text.slice(0, 300));
  check(!(await signedIn(c)), 'not signed in');
});

await test("OIDC: a wrong state, and somebody else's browser, are refused", async () => {
  const b = new Browser(url);
  const { back } = await throughProvider(b, 'zhao6');
  const forged = new URL(back);
  forged.searchParams.set('state', 'A'.repeat(43));
  for (const [who, to] of [[b, forged.href], [new Browser(url), back]]) {
    const r = await who.ask(to);
    check(r.status >= 400 && r.status < 500, String(r.status));
    check(!(await signedIn(who)), 'not signed in');
  }
  const none = await new Browser(url).ask('/sso/oidc/back');
  check(none.status >= 400 && none.status < 500, String(none.status));
});

await test('OIDC: what the provider refuses is told', async () => {
  const b = new Browser(url);
  await b.get('/sso/oidc');
  const r = await b.get('/sso/oidc/back?error=access_denied&error_description=%3Cscript%3E');
  check(r.status === 422 && r.text.includes('access_denied') && !r.text.includes('<script>alert'), String(r.status));
});

await test('single sign-on leads to pages of this site only', async () => {
  for (const bad of ['https://evil.example/', '//evil.example', '/\\evil.example']) {
    const b = new Browser(url);
    const go = await b.get(`/sso/oidc?back=${encodeURIComponent(bad)}`);
    check(go.to.startsWith(issuer), go.to);
    const { back } = await (async () => {
      let r = await b.ask(go.to);
      for (let i = 0; i < 14; i++) {
        if (r.to) {
          const to = new URL(r.to, r.at).href;
          if (to.startsWith(`${url}/`)) return { back: to };
          r = await b.ask(to);
          continue;
        }
        const action = r.text.match(/<form[^>]*action="([^"]+)"/)[1];
        const prompt = r.text.match(/name="prompt" value="([^"]+)"/)[1];
        r = await b.ask(new URL(action, r.at).href, { method: 'POST', body: new URLSearchParams({ prompt, login: 'qian7', password: 'x' }) });
      }
      return {};
    })();
    same((await b.ask(back)).to, '/', bad);
  }
});

await test('a door that is not there', async () => {
  same((await new Browser(url).get('/sso/cas')).status, 404);
  same((await new Browser(url).get('/sso/ldap')).status, 404);
});
await site.stop();

// ---- OIDC, an issuer that lies ----

const lying = await liar();
atEnd(() => lying.close());
const misled = await serve(dir, ['--oidc', lying.url, '--oidc-client', 'qiao']);

async function attempt() {
  const b = new Browser(misled.url);
  const r = await b.walk('/sso/oidc');
  return { status: r.status, text: r.text, signed: await signedIn(b) };
}

await test('the issuer that can lie is believed when it does not', async () => {
  check((await attempt()).signed, 'signed in');
});

const second = Math.floor(Date.now() / 1000);
const lies = {
  'a changed signature': { lie: (t) => t.slice(0, -6) + (t.endsWith('AAAAAA') ? 'BBBBBB' : 'AAAAAA') },
  'changed claims': {
    lie: (t) => {
      const [h, c, s] = t.split('.');
      const claims = { ...JSON.parse(Buffer.from(c, 'base64url')), sub: 'admin' };
      return `${h}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${s}`;
    },
  },
  "another's key": { key: lying.other },
  'no signature (alg none)': { alg: 'none' },
  'the public key as a shared secret (HS256)': { alg: 'HS256' },
  'another nonce': { claims: (c) => ({ ...c, nonce: 'A'.repeat(43) }) },
  'no nonce': { claims: ({ nonce, ...c }) => c },
  'another audience': { claims: (c) => ({ ...c, aud: 'somebody-else' }) },
  'several audiences without a party': { claims: (c) => ({ ...c, aud: ['qiao', 'somebody-else'] }) },
  'another issuer': { claims: (c) => ({ ...c, iss: 'https://other.example' }) },
  'a token that ended': { claims: (c) => ({ ...c, exp: second - 3600 }) },
  'a token of tomorrow': { claims: (c) => ({ ...c, iat: second + 86400 }) },
  'no end': { claims: ({ exp, ...c }) => c },
  'no subject': { claims: ({ sub, ...c }) => c },
  'no token at all': { lie: () => undefined },
  'no JSON in it': { lie: () => 'a.b.c' },
  'a server that refuses': { status: 400 },
};
for (const [name, lie] of Object.entries(lies))
  await test(`a lie is refused: ${name}`, async () => {
    const honest = { lie: (t) => t, key: lying.own, alg: 'RS256', claims: undefined, status: 200 };
    Object.assign(lying.state, honest, lie);
    const r = await attempt();
    Object.assign(lying.state, honest);
    check(!r.signed, 'signed in!');
    check(r.status >= 400 && r.status < 500, String(r.status), r.text.slice(0, 400));
  });

await test('an issuer that is down: a clear answer, and the site goes on', async () => {
  lying.state.status = 503;
  const r = await attempt();
  lying.state.status = 200;
  check(!r.signed && r.status >= 500, String(r.status));
  check((await attempt()).signed, 'again');
});
await misled.stop();

await test('an issuer that calls itself something else is refused', async () => {
  lying.state.issuer = 'https://other.example';
  const s = await serve(dir, ['--oidc', lying.url, '--oidc-client', 'qiao']);
  const r = await new Browser(s.url).get('/sso/oidc');
  check(r.status >= 400 && !r.to, String(r.status));
  await s.stop();
  lying.state.issuer = null;
});

// ---- CAS ----

for (const old of [false, true]) {
  const name = old ? 'CAS 2 (no p3)' : 'CAS 3';
  const cas = await casServer({ old });
  atEnd(() => cas.close());
  const s = await serve(dir, ['--cas', cas.url]);
  await test(`${name}: signs in${old ? '' : ' with the name of the attributes'}, and out`, async () => {
    const b = new Browser(s.url);
    const page = await b.get('/sign-in?back=/need');
    check(page.text.includes('/sso/cas?back='), 'the link');
    const r = await b.walk('/sso/cas?back=/need');
    same([r.status, new URL(r.at).pathname], [200, '/need'], r.text.slice(0, 300));
    const account = await b.get('/account');
    check(account.status === 200 && account.text.includes(old ? 'zhang3' : '张三'), 'the name');
    check(cas.asked.includes('/cas/p3/serviceValidate') && cas.asked.includes('/cas/serviceValidate') === old, cas.asked);
    await signOut(b);
    check(!(await signedIn(b)), 'signed out');
  });
  await test(`${name}: a ticket used twice, made up, or of another service is refused`, async () => {
    const b = new Browser(s.url);
    const go = await b.get('/sso/cas');
    const back = (await b.ask(go.to)).to;
    const service = new URL(go.to).searchParams.get('service');
    cas.tickets.set('ST-other', { service: 'https://other.example/', user: { login: 'eve', name: 'Eve' } });
    for (const ticket of ['ST-made-up', 'ST-other', '', 'ST-x&service=https://other.example/']) {
      const r = await b.ask(`${service}&ticket=${encodeURIComponent(ticket)}`);
      check(r.status >= 400 && r.status < 500, ticket, String(r.status));
      check(!(await signedIn(b)), ticket);
    }
    same((await b.ask(back)).status, 303);
    await signOut(b);
    check((await b.ask(back)).status >= 400, 'used twice');
    check(!(await signedIn(b)), 'not signed in');
  });
  await test(`${name}: somebody else's ticket does not sign a browser in`, async () => {
    const eve = new Browser(s.url);
    const back = (await eve.ask((await eve.get('/sso/cas')).to)).to;
    const victim = new Browser(s.url);
    await victim.get('/sso/cas');
    check((await victim.ask(back)).status >= 400, 'another session');
    check(!(await signedIn(victim)), 'not signed in');
  });
  await test(`${name}: answers that are none`, async () => {
    for (const answer of [
      'yes\nzhang3\n',
      '',
      '<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas"><cas:authenticationSuccess></cas:authenticationSuccess></cas:serviceResponse>',
      '<!DOCTYPE a [<!ENTITY b "zhang3">]><r><authenticationSuccess><user>&b;</user></authenticationSuccess></r>',
      '<r><authenticationFailure code="INVALID_TICKET"><user>zhang3</user></authenticationFailure></r>',
      '<r><authenticationFailure code="X"/><authenticationSuccess><user>zhang3</user></authenticationSuccess></r>',
      `<r>${'<a>'.repeat(5000)}`,
    ]) {
      cas.state.answer = answer;
      const b = new Browser(s.url);
      const r = await b.walk('/sso/cas');
      cas.state.answer = null;
      check(r.status >= 400 && r.status < 500, answer.slice(0, 60), String(r.status));
      check(!(await signedIn(b)), answer.slice(0, 60));
    }
  });
  await s.stop();
}

await end();
