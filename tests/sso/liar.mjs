// An OIDC issuer that lies as it is told: signatures, nonce, audience, times, issuer.
import http from 'node:http';
import crypto from 'node:crypto';

const b64 = (x) => Buffer.from(typeof x === 'string' ? x : JSON.stringify(x)).toString('base64url');

export async function liar() {
  const { publicKey, privateKey } = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
  const other = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
  const state = { lie: (token) => token, last: null, key: privateKey, alg: 'RS256', status: 200, issuer: null };
  const codes = new Map();
  let url;

  const sign = (claims) => {
    const head = b64({ alg: state.alg, kid: 'k1', typ: 'JWT' });
    const body = b64(claims);
    if (state.alg === 'none') return `${head}.${body}.`;
    if (state.alg === 'HS256') {
      const pem = publicKey.export({ type: 'spki', format: 'pem' });
      return `${head}.${body}.${crypto.createHmac('sha256', pem).update(`${head}.${body}`).digest('base64url')}`;
    }
    return `${head}.${body}.${crypto.sign('sha256', Buffer.from(`${head}.${body}`), state.key).toString('base64url')}`;
  };

  const server = http.createServer((rq, re) => {
    const at = new URL(rq.url, url);
    const json = (x, status = 200) => {
      re.writeHead(status, { 'content-type': 'application/json' });
      re.end(JSON.stringify(x));
    };
    if (at.pathname === '/.well-known/openid-configuration')
      return json({ issuer: state.issuer ?? url, authorization_endpoint: `${url}/auth`, token_endpoint: `${url}/token`, jwks_uri: `${url}/keys` });
    if (at.pathname === '/keys') return json({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig', alg: 'RS256' }] });
    if (at.pathname === '/auth') {
      const code = crypto.randomBytes(12).toString('hex');
      codes.set(code, Object.fromEntries(at.searchParams));
      const to = new URL(at.searchParams.get('redirect_uri'));
      to.searchParams.set('code', code);
      to.searchParams.set('state', at.searchParams.get('state'));
      re.writeHead(302, { location: to.href });
      return re.end();
    }
    let form = '';
    rq.on('data', (b) => (form += b));
    rq.on('end', () => {
      const q = new URLSearchParams(form);
      const asked = codes.get(q.get('code'));
      codes.delete(q.get('code'));
      const challenge = crypto.createHash('sha256').update(q.get('code_verifier') ?? '').digest('base64url');
      if (state.status !== 200) return json({ error: 'server_error' }, state.status);
      if (!asked || asked.code_challenge !== challenge) return json({ error: 'invalid_grant' }, 400);
      const now = Math.floor(Date.now() / 1000);
      const claims = { iss: url, sub: 'u1', aud: asked.client_id, nonce: asked.nonce, iat: now, exp: now + 300, name: '骗子' };
      json({ access_token: 'x', token_type: 'Bearer', id_token: state.lie(sign(state.claims?.(claims) ?? claims)) });
    });
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${server.address().port}`;
  return { url, state, other: other.privateKey, own: privateKey, close: () => (server.closeAllConnections(), server.close()) };
}
