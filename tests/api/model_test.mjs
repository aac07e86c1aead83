// A site's own --model DIR: a further field of `need` and a further kind, without a compiler: in the form,
// the list, the filter, the import template, import, export and the API.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Browser, Program, check, end, makeSite, root, run, same, serve, test, until, work } from '../site.mjs';

const model = `${work}/model`;
mkdirSync(`${model}/kinds`, { recursive: true });
const declared = readFileSync(`${root}/model/kinds/need.yaml`, 'utf8');
const added = `  urgency:
    type: int
    min: 1
    max: 5
    label: {zh: 紧急程度, en: Urgency}
    hint: {zh: 1～5 级, en: 1 to 5}
`;
writeFileSync(`${model}/kinds/need.yaml`, declared.replace('sections:\n', `${added}sections:\n`).replace('fields: [industry, region]', 'fields: [industry, region, urgency]').replace('filters: [', 'filters: [urgency, ').replace('list: [title,', 'list: [title, urgency,'));
writeFileSync(
  `${model}/kinds/patent.yaml`,
  `kind: patent
label: {zh: 专利, en: Patent}
order: 70
owner: org
title: title
access: {read: visitor, create: [editor, broker], write: [editor, broker], delete: [broker]}
list: [title, number, industry]
filters: [industry]
fields:
  title: {type: text, max: 200, required: true, search: title, label: {zh: 专利名称, en: Title}, hint: {zh: 全称, en: In full}}
  number: {type: text, max: 40, unique: true, label: {zh: 专利号, en: Number}, hint: {zh: 含校验位, en: With its check digit}}
  industry: {type: code, table: gbt4754, label: {zh: 行业, en: Industry}, hint: {zh: 国标, en: GB}}
  granted: {type: date, label: {zh: 授权日期, en: Granted}, hint: {zh: 年月日, en: Date}}
`,
);
const common = ['--model', model];
const dir = makeSite({ common });
const site = await serve(dir, common);
const person = await new Browser(site.url).signIn('broker');
const broker = new Program(site.url, await person.token());
const visitor = new Program(site.url);
const owner = (await broker.get('/api/org?limit=1')).json.items[0].id;
const q = encodeURIComponent;

await test('the new field and the new kind are in the form', async () => {
  const need = await person.get('/need/new');
  check(need.text.includes('name="urgency"') && need.text.includes('紧急程度'), 'urgency');
  const patent = await person.get('/patent/new');
  for (const name of ['title', 'number', 'industry', 'granted']) check(patent.text.includes(`name="${name}"`), name);
  check((await person.get('/')).text.includes('href="/patent"'), 'in the menu');
});

await test('filled in the form, they are shown and listed; a wrong value is refused at its field', async () => {
  const org = (await broker.get(`/api/org/${owner}`)).json.fields.name;
  const bad = await person.post('/need/new', { 'has.title': 1, title: '急需求', 'has.body': 1, body: 'x', 'has.urgency': 1, urgency: '9', owner: org, 'has.owner': 1 });
  same(bad.status, 422);
  const made = await person.post('/patent/new', { 'has.title': 1, title: '一种榫卯夹具', 'has.number': 1, number: 'ZL202610000001.1', 'has.industry': 1, industry: 'C34', 'has.granted': 1, granted: '2026年3月2日', owner: org, 'has.owner': 1 });
  same(made.status, 303, made.text.match(/invalid-feedback[^<]*<?[^<]*/g)?.join());
  const page = await person.get(made.to);
  for (const word of ['一种榫卯夹具', 'ZL202610000001.1', '2026']) check(page.text.includes(word), word);
  const list = await person.get('/patent');
  check(list.text.includes('一种榫卯夹具') && list.text.includes('专利号'), 'listed');
  check((await person.get('/need')).text.includes('紧急程度'), 'a column');
});

let id;
await test('the API has them', async () => {
  const r = await broker.ask('POST', '/api/need', { owner, fields: { title: '榫卯夹具自动装夹', body: '榫卯夹具', industry: 'C34', urgency: 4 } });
  same([r.status, r.json.fields?.urgency], [201, 4], r.text);
  id = r.json.id;
  same((await broker.ask('POST', '/api/need', { owner, fields: { title: 'x', body: 'y', urgency: 6 } })).json.faults[0].field, 'urgency');
  const p = await broker.ask('POST', '/api/patent', { owner, fields: { title: '一种燕尾槽刀具', number: 'ZL202610000002.2' } });
  same(p.status, 201, p.text);
  const again = (language) => broker.ask('POST', '/api/patent', { owner, fields: { title: '另一种', number: 'ZL202610000002.2' } }, { 'accept-language': language });
  const twice = await again('zh-CN');
  same(twice.status, 409, twice.text);
  check(twice.json.title.includes('“专利号”') && /#\d+/.test(twice.json.title) && !twice.json.title.includes('number'), 'by its label', twice.text);
  const english = await again('en');
  check(english.json.title.includes('this Number'), 'in the language asked for', english.text);
  const about = (await visitor.get('/api')).json;
  same(about.components.schemas.need.properties.urgency.maximum, 5);
  check(about.paths['/api/patent/{id}'].patch, 'paths');
});

await test('they are filtered, sorted and found', async () => {
  same((await broker.get(`/api/need?filter=${q('urgency >= 4')}`)).json.items.map((i) => i.id), [id]);
  same((await broker.get(`/api/patent?filter=${q('industry under C34')}`)).json.items.length, 1);
  same((await broker.get('/api/need?sort=-urgency&limit=1')).json.items[0].id, id);
  check((await person.get(`/need?filter=${q('urgency = 4')}`)).text.includes('榫卯夹具自动装夹'), 'the page');
  check(await until(async () => (await visitor.get(`/api/search?q=${q('燕尾槽刀具')}&kind=patent`)).json.items?.length === 1), 'searched');
});

await test('template, import and export carry them, and an export comes back unchanged', async () => {
  const template = await person.get('/patent/template');
  same(template.status, 200);
  writeFileSync(`${work}/template.xlsx`, template.bytes);
  const read = run('test-sheet', `${work}/template.xlsx`);
  for (const word of ['专利名称', '专利号', '授权日期']) check(read.includes(word), word, read.slice(0, 500));
  check((await person.get('/need/template')).bytes.length > 1000, 'of needs');

  const bring = async (kind, bytes, name) => {
    const form = new FormData();
    await person.get(`/${kind}/import`);
    form.set('csrf', person.csrf);
    form.set('file', new Blob([bytes]), name);
    const r = await person.post(`/${kind}/import`, form);
    same(r.status, 303, r.text.slice(0, 400));
    const page = await until(async () => {
      const p = await person.get(r.to);
      return /hx-trigger="every/.test(p.text) ? null : p;
    }, 20000);
    check(page, 'the dry run ends');
    return { at: r.to, page };
  };
  const csv = '专利名称,专利号,授权日期,所属单位\n一种鲁班锁治具,ZL202610000003.3,2026-05-06,' + (await broker.get(`/api/org/${owner}`)).json.fields.name + '\n';
  const dry = await bring('patent', csv, '专利.csv');
  same((await broker.get(`/api/patent?filter=${q('title = "一种鲁班锁治具"')}`)).json.items.length, 0, 'a dry run writes nothing');
  await person.post(dry.at, {});
  check(await until(async () => (await broker.get(`/api/patent?filter=${q('title = "一种鲁班锁治具"')}`)).json.items.length === 1), 'imported', dry.page.text.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ').slice(0, 1500));

  const before = (await broker.get('/api/patent?limit=100')).text;
  const file = await person.get('/patent/export?format=xlsx&all=1');
  check(file.bytes.subarray(0, 2).toString() === 'PK', 'an xlsx', String(file.status));
  writeFileSync(`${work}/export.xlsx`, file.bytes);
  const back = run('test-sheet', `${work}/export.xlsx`);
  for (const word of ['一种鲁班锁治具', '一种榫卯夹具', 'ZL202610000002.2']) check(back.includes(word), word);
  const again = await bring('patent', file.bytes, 'export.xlsx');
  check(again.page.text.includes('没有要写的'), 'nothing to write', again.page.text.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ').slice(400, 1500));
  same((await broker.get('/api/patent?limit=100')).text, before, 'an export comes back unchanged');
});

await end();
