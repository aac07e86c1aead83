// What is exported is what the screen shows: the same rows, in the same order, with the same columns.
'use strict';
const fs = require('fs');
const { strFromU8, unzipSync } = require('fflate');

module.exports = async ({ assert, somebody, test }) => {
    const page = await somebody('broker');
    const download = async (format) => {
        await page.locator('details.fold summary').filter({ hasText: '导出' }).first().click();
        const [file] = await Promise.all([page.waitForEvent('download'), page.click(`a[href*="format=${format}"]`)]);
        return fs.readFileSync(await file.path());
    };
    const screen = () => page.locator('table.list tbody tr').evaluateAll((rows) => rows.map((r) =>
        r.querySelector('td.first a').textContent.trim()));

    await test('export: filter, order and columns of the screen are those of the file', page, async () => {
        await page.goto('/need?f.state=open&text=' + encodeURIComponent('检测') + '&sort=-title&columns=title,owner,region,state,updated');
        const heads = (await page.locator('table.list th').allInnerTexts()).map((s) => s.trim());
        const titles = await screen();
        assert.ok(titles.length > 1, 'more than one row');
        const [columns, ...rows] = records((await download('csv')).toString('utf8').replace(/^\ufeff/, ''));
        assert.deepEqual(columns.filter((c) => c !== '编号'), heads);
        assert.deepEqual(rows.map((r) => r[columns.indexOf(heads[0])]), titles);
    });
    await test('export: chosen columns', page, async () => {
        await page.goto('/need?f.state=open&columns=title,region');
        const lines = records((await download('csv')).toString('utf8').replace(/^\ufeff/, ''));
        assert.ok(lines[0].includes('需求名称') && lines[0].includes('实施地区'));
        assert.ok(!lines[0].includes('所属行业'));
    });
    await test('export: a workbook that opens, and one line of JSON a record', page, async () => {
        await page.goto('/need?f.state=open');
        const total = Number((await page.locator('.list-tools p').first().innerText()).match(/\d+/)[0]);
        const sheet = strFromU8(unzipSync(await download('xlsx'))['xl/worksheets/sheet1.xml']);
        assert.equal((sheet.match(/<row /g) || []).length, total + 1);
        await page.goto('/need?f.state=open');
        const lines = (await download('jsonl')).toString('utf8').trim().split('\n');
        assert.equal(lines.length, total);
        for (const line of lines) JSON.parse(line);
    });
    await test('export: a visitor gets no private column and no masked title', page, async () => {
        const visitor = await somebody();
        await visitor.goto('/need');
        await visitor.locator('details.fold summary').filter({ hasText: '导出' }).first().click();
        const [file] = await Promise.all([visitor.waitForEvent('download'), visitor.click('a[href*="format=jsonl"]')]);
        const text = fs.readFileSync(await file.path(), 'utf8');
        assert.doesNotMatch(text, /辊压断带|极片干燥开裂|涂布烘箱|走访后确认|0000-8011/);
        await visitor.context().close();
    });
};

// The cells of a csv.
function records(text) {
    const all = [[]];
    for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
        all[all.length - 1].push(quoted === undefined ? plain : quoted.replace(/""/g, '"'));
        if (end === '') break;
        if (end !== ',') all.push([]);
    }
    return all.filter((r) => r.length > 1 || r[0] !== '');
}
