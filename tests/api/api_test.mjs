// The API as programs use it: every kind, every verb, tokens, versions, faults, secrecy, OpenAPI.
import { Validator } from '@seriousme/openapi-schema-validator';
import { Browser, Program, check, end, makeSite, same, serve, test } from '../site.mjs';

const db = process.env.QIAO_DB ? ['--db', process.env.QIAO_DB] : [];
const dir = makeSite({ common: db });
const site = await serve(dir, db);
const people = {};
for (const login of ['broker', 'editor_co', 'editor_univ', 'auditor', 'admin', 'member_co'])
  people[login] = await new Browser(site.url).signIn(login);
const visitor = new Program(site.url);
const broker = new Program(site.url, await people.broker.token());
const reader = new Program(site.url, await people.broker.token('read'));
const company = new Program(site.url, await people.editor_co.token());
const university = new Program(site.url, await people.editor_univ.token());
const auditor = new Program(site.url, await people.auditor.token());

// What each kind needs to be made, by a broker.
const first = async (kind) => (await broker.get(`/api/${kind}?limit=1`)).json.items[0].id;
const org = (await broker.get(`/api/org?filter=${encodeURIComponent('name = "临江示例新能源材料有限公司"')}`)).json.items[0].id;
const org_u = (await broker.get(`/api/org?filter=${encodeURIComponent('name = "示例理工大学"')}`)).json.items[0].id;
const person = await first('person');
const open = async (kind) =>
  (await broker.get(`/api/${kind}?limit=1&filter=${encodeURIComponent('state = open')}`)).json.items[0].id;
const fresh = {
  org: { fields: { name: '接口测试机构', type: 'company', region: '330600' } },
  person: { owner: org_u, fields: { name: '接口测试人', units: [org_u] } },
  resource: { owner: org_u, fields: { name: '接口测试仪器', type: 'instrument', region: '330600' } },
  result: { owner: org_u, fields: { title: '接口测试成果', body: '一种测试方法', industry: 'C398' } },
  need: { owner: org, fields: { title: '接口测试需求', body: '循环寿命不低于2000次', industry: 'C398', region: '330600' } },
  introduction: { owner: org, fields: { need: await open('need'), offer: await open('result'), interest: 'a', contribution: 'b', expectation: 'c' } },
};
const kinds = Object.keys(fresh);
const made = {};

for (const kind of kinds)
  await test(`${kind}: create, show, list, change, delete`, async () => {
    const r = await broker.ask('POST', `/api/${kind}`, fresh[kind]);
    same(r.status, 201, r.text);
    const id = r.json.id;
    same(r.headers.get('location'), `/api/${kind}/${id}`);
    for (const [name, value] of Object.entries(fresh[kind].fields)) same(r.json.fields[name], value, name);
    same(r.json.may.write, true);
    const shown = await broker.get(`/api/${kind}/${id}`);
    same(shown.json, r.json);
    same(shown.etag, `"${shown.json.version}"`);
    const list = await broker.get(`/api/${kind}?filter=${encodeURIComponent(`id = ${id}`)}&count=1`);
    same(list.json.total, 1, list.text);
    same(list.json.items[0].id, id);
    const field = Object.keys(fresh[kind].fields).find((f) => typeof fresh[kind].fields[f] === 'string' && f !== 'type');
    const value = `${fresh[kind].fields[field]}改`;
    const changed = await broker.ask('PATCH', `/api/${kind}/${id}`, { fields: { [field]: value } }, { 'if-match': shown.etag });
    same(changed.status, 200, changed.text);
    same(changed.json.fields[field], value);
    same(changed.json.version, shown.json.version + 1);
    made[kind] = id;
    const other = await broker.ask('POST', `/api/${kind}`, {
      ...fresh[kind],
      fields: { ...fresh[kind].fields, ...(fresh[kind].fields.name ? { name: '要删除的' } : {}) },
    });
    if (kind === 'introduction') {
      check([201, 409, 422].includes(other.status), other.text);
      if (other.status !== 201) return;
    }
    same(other.status, 201, other.text);
    const gone = await broker.ask('DELETE', `/api/${kind}/${other.json.id}`, undefined, { 'if-match': other.etag });
    if (!other.json.may.delete) return same(gone.status, 403, gone.text);
    same(gone.status, 204, gone.text);
    same((await broker.get(`/api/${kind}/${other.json.id}`)).status, 404);
  });

await test('a step, its history, and a step that is not there', async () => {
  const id = made.need;
  let r = await broker.get(`/api/need/${id}`);
  check(r.json.may.steps.includes('diagnose'), r.text);
  const no = await broker.ask('POST', `/api/need/${id}/steps/match`, {}, { 'if-match': r.etag });
  check(no.status >= 400 && no.status < 500, no.text);
  for (const [step, state] of [['diagnose', 'diagnosed'], ['publish', 'open']]) {
    r = await broker.ask('POST', `/api/need/${id}/steps/${step}`, { comment: '接口' }, { 'if-match': r.etag });
    same(r.status, 200, r.text);
    same(r.json.state, state);
  }
  const stale = await broker.ask('POST', `/api/need/${id}/steps/close`, { comment: 'x' }, { 'if-match': '"1"' });
  same(stale.status, 412);
  const h = await broker.get(`/api/need/${id}/history`);
  same(h.json.items.map((i) => i.action).filter((a) => a === 'publish').length, 1, h.text);
  check(h.text.includes('接口'), 'comment');
});

await test('If-None-Match: 304 without a body', async () => {
  const r = await broker.get(`/api/need/${made.need}`);
  const again = await broker.get(`/api/need/${made.need}`, { 'if-none-match': r.etag });
  same([again.status, again.text, again.etag], [304, '', r.etag]);
  same((await broker.get(`/api/need/${made.need}`, { 'if-none-match': '"0"' })).status, 200);
});

await test('no If-Match: 428; a stale one: 412 and nothing changed', async () => {
  const target = `/api/need/${made.need}`;
  const before = await broker.get(target);
  for (const method of ['PATCH', 'DELETE']) {
    const body = method === 'PATCH' ? { fields: { title: '盖掉' } } : undefined;
    same((await broker.ask(method, target, body)).status, 428, method);
    same((await broker.ask(method, target, body, { 'if-match': '*' })).status, 428, method);
    const stale = await broker.ask(method, target, body, { 'if-match': '"1"' });
    same([stale.status, stale.json.key], [412, 'store.stale'], method);
    same(stale.etag, before.etag);
  }
  same((await broker.get(target)).text, before.text);
});

await test('of two writers with one version one is refused', async () => {
  const target = `/api/need/${made.need}`;
  const { etag } = await broker.get(target);
  const titles = ['甲写的', '乙写的', '丙写的', '丁写的'];
  const all = await Promise.all(titles.map((title) => broker.ask('PATCH', target, { fields: { title } }, { 'if-match': etag })));
  same(all.map((r) => r.status).sort(), [200, 412, 412, 412].map((s) => s), all.map((r) => r.text).join('\n'));
});

await test('faults at their fields, in both languages', async () => {
  const bad = { owner: org, fields: { title: '', body: 'x', industry: 'ZZZ', deadline: '2026-02-30', targets: [{ name: 'a', value: 1 }, { value: 2 }] } };
  const zh = await company.ask('POST', '/api/need', bad);
  same([zh.status, zh.json.key], [422, 'service.invalid'], zh.text);
  same(zh.headers.get('content-type'), 'application/problem+json');
  const fields = zh.json.faults.map((f) => f.field);
  for (const name of ['industry', 'deadline']) check(fields.includes(name), name, zh.text);
  check(zh.json.faults.every((f) => /\p{Script=Han}/u.test(f.title)), zh.text);
  const en = await new Program(site.url, company.token, 'en').ask('POST', '/api/need', bad);
  same(en.json.faults.map((f) => [f.field, f.key]), zh.json.faults.map((f) => [f.field, f.key]));
  check(!/\p{Script=Han}/u.test(en.json.title), en.text);
  const none = await company.ask('POST', '/api/need', { owner: org, fields: { body: 'x' } });
  check(none.json.faults?.some((f) => f.field === 'title'), none.text);
  const part = await company.ask('POST', '/api/need', { owner: org, fields: { title: 't', body: 'b', targets: [{ name: 'a', value: 1 }, { value: 2 }] } });
  check(part.json.faults?.some((f) => f.field === 'targets' && f.item === 1 && f.sub === 'name'), part.text);
  const word = await company.ask('POST', '/api/need', { owner: org, fields: { title: 't', body: 'b', colour: 'red' } });
  check(word.status === 422 && word.text.includes('colour'), word.text);
  const outer = await company.ask('POST', '/api/need', { owner: org, colour: 'red', fields: { title: 't', body: 'b' } });
  check(outer.status === 422 && outer.text.includes('colour'), outer.text);
});

await test('a body that is no JSON object: 400 and the place', async () => {
  for (const body of ['{"fields": {', '[]', 'null', '', '{"fields":{"title":"a","title":"b"}}', '\u0000']) {
    const r = await company.ask('POST', '/api/need', body);
    same(r.status, 400, body, r.text);
  }
  for (const fields of [[], 'x', 7, null]) {
    const r = await company.ask('POST', '/api/need', { owner: org, fields });
    check(r.status >= 400 && r.status < 500, JSON.stringify(fields), String(r.status));
  }
  same((await company.ask('POST', '/api/need', '['.repeat(100000))).status, 400);
});

await test('a token that may only read writes nothing', async () => {
  const target = `/api/need/${made.need}`;
  const { etag, text } = await reader.get(target);
  for (const [method, to, body] of [
    ['POST', '/api/need', fresh.need],
    ['PATCH', target, { fields: { title: 'x' } }],
    ['DELETE', target, undefined],
    ['POST', `${target}/steps/close`, { comment: 'x' }],
  ])
    same((await reader.ask(method, to, body, { 'if-match': etag })).status, 403, method, to);
  same((await reader.get(target)).text, text);
});

await test('no token, a wrong one, one that was ended', async () => {
  same((await visitor.ask('POST', '/api/need', fresh.need)).status, 403);
  for (const word of ['nonsense', 'a'.repeat(5000), "' or 1=1 --"])
    same((await new Program(site.url, word).get('/api/need')).status, 401, word.slice(0, 20));
  const token = await people.broker.token();
  same((await new Program(site.url, token).get('/api/need?limit=1')).status, 200);
  const page = await people.broker.get('/account');
  const ids = [...page.text.matchAll(/\/account\/tokens\/(\d+)\/end/g)].map((m) => Number(m[1]));
  await people.broker.post(`/account/tokens/${Math.max(...ids)}/end`, {});
  same((await new Program(site.url, token).get('/api/need?limit=1')).status, 401);
});

await test("a cookie's session writes through the API with the form's token only", async () => {
  const b = people.editor_co;
  const send = (headers) =>
    b.ask('/api/need', { method: 'POST', body: JSON.stringify(fresh.need), headers: { 'content-type': 'application/json', ...headers } });
  same((await send({})).status, 403);
  same((await send({ authorization: 'Basic eDp5' })).status, 403);
  same((await send({ 'x-csrf-token': b.csrf })).status, 201);
});

await test('cursors give every record once', async () => {
  for (const [kind, sort] of [['result', ''], ['need', 'title'], ['person', '-updated'], ['org', 'region']]) {
    const seen = [];
    const total = (await broker.get(`/api/${kind}?limit=1&count=1`)).json.total;
    let after = '';
    for (let i = 0; i < 200; i++) {
      const r = await broker.get(`/api/${kind}?limit=7&sort=${sort}&after=${encodeURIComponent(after)}`);
      same(r.status, 200, r.text);
      seen.push(...r.json.items.map((x) => x.id));
      after = r.json.next;
      if (!after) break;
    }
    same([seen.length, new Set(seen).size], [total, total], kind, sort);
  }
  check((await broker.get('/api/need?after=nonsense')).status < 500, 'a cursor of somebody\'s own');
});

await test('an unknown word of a filter or an order: 400 with the word', async () => {
  for (const filter of ['colour = red', 'title ~~ x', 'state = ', '(title = a', 'owner.colour = 1']) {
    const r = await broker.get(`/api/need?filter=${encodeURIComponent(filter)}`);
    same(r.status, 400, filter, r.text);
    check(r.json.title && r.json.key.startsWith('filter.'), r.text);
  }
  check((await broker.get('/api/need?filter=colour%20%3D%20red')).text.includes('colour'), 'the word');
  const r = await broker.get('/api/need?sort=colour');
  check(r.status === 400 && r.text.includes('colour'), r.text);
});

// ---- secrecy ----

const secret = (n) => `机密暗号${n}号柑橘`;
const secrets = [1, 2, 3, 4, 5].map(secret);
let masked, hidden;

await test('secrets are planted', async () => {
  const r = await company.ask('POST', '/api/need', {
    secrecy: 'masked',
    fields: {
      title: secret(1), body: `${secret(2)}，循环寿命不低于2000次`, raw: secret(3), diagnosis: secret(4), budget: 987654300,
      industry: 'C398', region: '330600', masked: { title: '某企业需求', body: '提高循环寿命' },
    },
  });
  same(r.status, 201, r.text);
  masked = r.json.id;
  let tag = r.etag;
  for (const step of ['diagnose', 'publish']) {
    const s = await broker.ask('POST', `/api/need/${masked}/steps/${step}`, {}, { 'if-match': tag });
    same(s.status, 200, s.text);
    tag = s.etag;
  }
  const p = await company.ask('POST', '/api/need', { secrecy: 'private', fields: { title: secret(5), body: secret(5), industry: 'C398', region: '330600' } });
  same(p.status, 201, p.text);
  hidden = p.json.id;
  tag = p.etag;
  for (const step of ['diagnose', 'publish']) {
    const s = await broker.ask('POST', `/api/need/${hidden}/steps/${step}`, {}, { 'if-match': tag });
    tag = s.etag;
  }
  check((await company.get(`/api/need/${masked}`)).text.includes(secret(1)), 'its own organisation sees it');
});

const outsiders = { visitor, university, member: new Program(site.url, await (await new Browser(site.url).signIn('expert_univ')).token()) };
const description = (await visitor.get('/api')).json;

for (const [name, who] of Object.entries(outsiders))
  await test(`no secret reaches ${name}`, async () => {
    const clean = (r, words) => {
      for (const s of [...secrets, '987654300', '9876543']) check(!r.text.includes(s), s, 'in', words, r.text.slice(0, 300));
    };
    const shown = await who.get(`/api/need/${masked}`);
    same([shown.status, shown.json.fields.title], [200, '某企业需求'], shown.text);
    clean(shown, 'show');
    same((await who.get(`/api/need/${hidden}`)).status, 404);
    for (const tail of ['/history', '/matches?kind=result', '/matches?kind=person']) {
      clean(await who.get(`/api/need/${masked}${tail}`), tail);
      const r = await who.get(`/api/need/${hidden}${tail}`);
      check(r.status >= 400, tail, String(r.status), r.text);
    }
    for (const word of ['机密暗号', '柑橘', ...secrets]) {
      const r = await who.get(`/api/search?q=${encodeURIComponent(word)}`);
      clean(r, word);
      check(!r.json.items?.some((i) => i.record.id === hidden), 'found by search');
    }
    const fields = Object.keys(description.components.schemas.need.properties).filter((f) => f !== 'masked');
    for (const field of fields) {
      for (const sort of [field, `-${field}`]) clean(await who.get(`/api/need?limit=1000&sort=${sort}`), sort);
      for (const test of [`${field} = "${secret(1)}"`, `${field} ~ "柑橘"`, `${field} = 987654300`, `${field} >= 9876543`, `masked.${field} ~ "柑橘"`]) {
        const r = await who.get(`/api/need?limit=1000&filter=${encodeURIComponent(test)}&count=1`);
        if (r.status === 200) {
          clean(r, test);
          check(!r.json.items.some((i) => i.id === hidden), 'listed', test);
          if (!test.startsWith('masked')) check(!r.json.items.some((i) => i.id === masked), 'an oracle:', test);
        } else same(r.status, 400, test, r.text);
      }
    }
    // the order must not tell it either: the place among others by a secret field
    const by = async (sort) => (await who.get(`/api/need?limit=1000&sort=${sort}`)).json?.items?.map((i) => i.id);
    const up = await by('budget');
    if (up) same(up.indexOf(masked) >= 0, true, 'still listed');
    for (const path of ['/api/result?limit=1000', '/api/introduction?limit=1000', '/api/org?limit=1000', '/api/person?limit=1000'])
      clean(await who.get(path), path);
    const result = (await who.get(`/api/result?limit=1&filter=${encodeURIComponent('state = open')}`)).json.items[0].id;
    clean(await who.get(`/api/result/${result}/matches?kind=need&limit=200`), 'the other side');
    const why = await who.get(`/api/need/${masked}/matches/${result}`);
    clean(why, 'why');
  });

await test('another organisation changes nothing', async () => {
  const mine = await company.get(`/api/need/${masked}`);
  for (const who of [university, auditor]) {
    const r = await who.ask('PATCH', `/api/need/${masked}`, { fields: { title: 'x' } }, { 'if-match': mine.etag });
    check(r.status === 403 || r.status === 404, r.text);
    check((await who.ask('POST', `/api/need/${masked}/steps/close`, { comment: 'x' }, { 'if-match': mine.etag })).status >= 403, 'step');
    const made = await who.ask('POST', '/api/need', { owner: org, fields: { title: 'x', body: 'y' } });
    check(made.status >= 403 || made.json.owner !== org, 'for another', made.text);
  }
  same((await company.get(`/api/need/${masked}`)).text, mine.text);
});

// ---- the description ----

await test('the description is valid OpenAPI 3.1', async () => {
  for (const language of ['zh', 'en']) {
    const { json } = await new Program(site.url, undefined, language).get('/api');
    const r = await new Validator().validate(json);
    check(r.valid, JSON.stringify(r.errors)?.slice(0, 2000));
    for (const kind of kinds) check(json.components.schemas[kind], kind);
  }
});

await test('what a kind has not is not described for it', async () => {
  const has = (path, method) => Boolean(description.paths[path]?.[method]);
  check(has('/api/need/{id}/matches', 'get') && has('/api/person/{id}/matches', 'get') && has('/api/agreement/{id}/approval', 'get'), 'there');
  check(!has('/api/event/{id}/matches', 'get') && !has('/api/need/{id}/approval', 'get') && !has('/api/need/{id}/tiers', 'get'), 'not there');
  check(has('/api/approval/{id}', 'get') && !has('/api/approval', 'post') && !has('/api/approval/{id}', 'patch'), 'written by nobody');
});

await test('every declared operation answers', async () => {
  for (const [path, item] of Object.entries(description.paths))
    for (const [method, operation] of Object.entries(item)) {
      const kind = operation.tags?.[0];
      const target = path.replace('{id}', String(made[kind] ?? 0)).replace('{name}', path.includes('codes') ? 'gbt4754' : 'nothing');
      const wanted = operation.parameters.filter((p) => p.required && p.in === 'query').map((p) => `${p.name}=result`);
      const who = path === '/api/approvals' ? broker : auditor; // auditors sign nothing
      const r = await who.ask(method.toUpperCase(), target + (wanted.length ? `?${wanted}` : ''), method === 'get' ? undefined : {});
      check(r.status < 500 && r.status !== 405, method, target, String(r.status), r.text);
      if (method === 'get' && !path.includes('{name}') && !path.endsWith('/matches') && (!kind || made[kind]))
        same(r.status, 200, method, target, r.text.slice(0, 200));
      if (r.status >= 400) check(r.json.key && r.json.title && r.json.status === r.status, r.text);
    }
});

await test('what is not there, what is not allowed', async () => {
  same((await visitor.get('/api/colour')).status, 404);
  same((await visitor.get('/api/need/99999999')).status, 404);
  same((await visitor.ask('PUT', '/api/need', {})).status, 405);
  same((await visitor.get('/api/codes/colour')).status, 404);
  same((await broker.get(`/api/need/${made.need}/matches`)).status, 400);
  same((await company.ask('POST', '/api/need', { owner: org, fields: { title: 'x'.repeat(2 << 20), body: 'y' } })).status, 413);
});

await end();
