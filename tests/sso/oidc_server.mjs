// A real OIDC provider with one client, the site; its pages are those of its development mode, where any
// login is somebody. `host`: by which name of this machine it is reached.
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

export async function oidcServer(url, host = '127.0.0.1') {
  const server = createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const issuer = `http://${host}:${server.address().port}`;
  console.warn = console.info = () => {}; // it warns of its development mode
  const secret = 'a:secret with+signs%/and more';
  const provider = new Provider(issuer, {
    clients: [
      { client_id: 'qiao', client_secret: secret, redirect_uris: [`${url}/sso/oidc/back`], grant_types: ['authorization_code'], response_types: ['code'] },
    ],
    claims: { openid: ['sub'], profile: ['name', 'preferred_username'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    findAccount: (ctx, id) => ({ accountId: id, claims: async () => ({ sub: id, name: `姓名${id}`, preferred_username: id }) }),
  });
  server.on('request', provider.callback());
  return { issuer, secret, close: () => (server.closeAllConnections(), server.close()) };
}
