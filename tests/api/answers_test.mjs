// Every operation that the description names answers as it says, for every kind.
import Ajv from 'ajv/dist/2020.js';
import { Browser, Program, check, end, makeSite, same, serve, test } from '../site.mjs';

const db = process.env.QIAO_DB ? ['--db', process.env.QIAO_DB] : [];
const dir = makeSite({ common: db });
const site = await serve(dir, db);
const program = async (login) => new Program(site.url, await (await new Browser(site.url).signIn(login)).token());
const who = { visitor: new Program(site.url), company: await program('editor_co'), broker: await program('broker') };
const { json: description } = await who.visitor.get('/api');

const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
ajv.addSchema(description, 'api');
const escaped = (s) => s.replaceAll('~', '~0').replaceAll('/', '~1');
const seen = new Set();

// Holds an answer to what the description says of it.
function described(path, method, r) {
  const responses = description.paths[path][method].responses;
  const said = responses[String(r.status)] ? String(r.status) : `${String(r.status)[0]}XX`;
  check(responses[said], method, path, `answers ${r.status}, which is not described`, r.text.slice(0, 200));
  if (said === '4XX') return check(r.json.key && r.json.title && r.json.status === r.status, path, r.text.slice(0, 200));
  seen.add(`${method} ${path}`);
  const content = responses[said].content;
  if (!content) return same(r.text, '', path, method);
  if (!content['application/json']) return undefined;
  const holds = ajv.getSchema(`api#/paths/${escaped(path)}/${method}/responses/${said}/content/application~1json/schema`);
  check(holds(r.json), method, path, JSON.stringify(holds.errors?.slice(0, 3)), r.text.slice(0, 300));
}

const kinds = Object.keys(description.components.schemas).filter((k) => !k.endsWith('_record'));
for (const [name, reader] of Object.entries(who))
  for (const kind of kinds)
    await test(`${name}: what is read of ${kind}`, async () => {
      const list = await reader.get(`/api/${kind}?limit=40&count=1`);
      described(`/api/${kind}`, 'get', list);
      for (const { id } of (list.json?.items ?? []).slice(0, 2)) {
        described(`/api/${kind}/{id}`, 'get', await reader.get(`/api/${kind}/${id}`));
        for (const tail of ['history', 'approval', 'tiers'])
          if (description.paths[`/api/${kind}/{id}/${tail}`])
            described(`/api/${kind}/{id}/${tail}`, 'get', await reader.get(`/api/${kind}/${id}/${tail}`));
        for (const other of description.paths[`/api/${kind}/{id}/matches`] ? ['need', 'result', 'person', 'org', 'resource'] : []) {
          const matches = await reader.get(`/api/${kind}/${id}/matches?kind=${other}&limit=3`);
          described(`/api/${kind}/{id}/matches`, 'get', matches);
          for (const m of matches.json?.items ?? [])
            described(`/api/${kind}/{id}/matches/{name}`, 'get', await reader.get(`/api/${kind}/${id}/matches/${m.id}`));
        }
      }
    });

await test('what belongs to no kind', async () => {
  for (const [path, target] of [
    ['/api', '/api'], ['/api/search', '/api/search?q=电池'], ['/api/inbox', '/api/inbox'], ['/api/codes/{name}', '/api/codes/gbt2260'],
    ['/api/approvals', '/api/approvals'], ['/api/approvals', '/api/approvals?list=done'],
  ])
    described(path, 'get', await who.broker.get(target));
  const put = await fetch(new URL('/api/files?name=a.txt', site.url), {
    method: 'POST', body: 'some text', headers: { authorization: `Bearer ${who.broker.token}`, 'content-type': 'text/plain' },
  });
  described('/api/files', 'post', { status: put.status, text: await put.clone().text(), json: await put.json() });
  described('/api/inbox/read', 'post', await who.broker.ask('POST', '/api/inbox/read?up_to=1', {}));
});

await test('making, changing, a step, deleting', async () => {
  const org = (await who.broker.get('/api/org?limit=1')).json.items[0].id;
  const create = description.paths['/api/need'].post.requestBody.content['application/json'].schema;
  const made = await who.broker.ask('POST', '/api/need', { owner: org, fields: { title: '按说明新建', body: '内容' } });
  check(ajv.validate({ ...create, components: description.components }, { owner: org, fields: { title: '按说明新建' } }), ajv.errorsText());
  check(!ajv.validate({ ...create, components: description.components }, { owner: org, fields: { body: '没有名称' } }), 'a title is required');
  described('/api/need', 'post', made);
  const at = `/api/need/${made.json.id}`;
  const changed = await who.broker.ask('PATCH', at, { fields: { body: '改' } }, { 'if-match': made.etag });
  described('/api/need/{id}', 'patch', changed);
  const step = await who.broker.ask('POST', `${at}/steps/diagnose`, { comment: '按说明' }, { 'if-match': changed.etag });
  described('/api/need/{id}/steps/{name}', 'post', step);
  described('/api/need/{id}', 'delete', await who.broker.ask('DELETE', at, undefined, { 'if-match': step.etag }));
});

await test('every operation has an id of its own', async () => {
  const ids = Object.values(description.paths).flatMap((p) => Object.values(p).map((o) => o.operationId));
  same(new Set(ids).size, ids.length);
  check(seen.size > 90, `${seen.size} operations were held to the description`);
});

await end();
