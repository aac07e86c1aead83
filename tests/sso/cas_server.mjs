// A CAS server of the protocol's own words (CAS Protocol 3.0, sections 2.1 to 2.6): a ticket is for one
// service, is good once, and p3 tells attributes. `old`: a server of version 2, without p3.
import http from 'node:http';
import crypto from 'node:crypto';

const escape = (s) => s.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]);

export async function casServer({ old = false, host = '127.0.0.1' } = {}) {
  const tickets = new Map();
  const asked = [];
  const state = { user: { login: 'zhang3', name: '张三' }, answer: null };
  const failure = (code, words) =>
    `<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas">\n <cas:authenticationFailure code="${code}">${words}</cas:authenticationFailure>\n</cas:serviceResponse>`;

  function validate(query, attributes) {
    const [service, ticket] = [query.get('service'), query.get('ticket')];
    if (!service || !ticket) return failure('INVALID_REQUEST', 'service and ticket are required');
    const found = tickets.get(ticket);
    tickets.delete(ticket);
    if (!found) return failure('INVALID_TICKET', `Ticket ${escape(ticket)} not recognized`);
    if (found.service !== service) return failure('INVALID_SERVICE', 'the ticket is of another service');
    const more = attributes
      ? `<cas:attributes><cas:mail>a@b.example</cas:mail><cas:displayName>${escape(found.user.name)}</cas:displayName></cas:attributes>`
      : '';
    return `<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas"><cas:authenticationSuccess><cas:user>${escape(found.user.login)}</cas:user>${more}</cas:authenticationSuccess></cas:serviceResponse>`;
  }

  const server = http.createServer((rq, re) => {
    const at = new URL(rq.url, 'http://x');
    asked.push(at.pathname);
    if (at.pathname === '/cas/login') {
      const service = new URL(at.searchParams.get('service'));
      const ticket = `ST-${crypto.randomBytes(12).toString('hex')}`;
      tickets.set(ticket, { service: service.href, user: state.user });
      service.searchParams.set('ticket', ticket);
      re.writeHead(302, { location: service.href });
      return re.end();
    }
    const p3 = at.pathname === '/cas/p3/serviceValidate';
    if (!(p3 && !old) && at.pathname !== '/cas/serviceValidate') {
      re.writeHead(404);
      return re.end('no such page');
    }
    re.writeHead(200, { 'content-type': 'application/xml' });
    re.end(state.answer ?? validate(at.searchParams, p3));
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://${host}:${server.address().port}/cas`, state, asked, tickets, close: () => (server.closeAllConnections(), server.close()) };
}
