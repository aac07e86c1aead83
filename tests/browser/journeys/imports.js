// A spreadsheet comes in: the template is filled, the check names wrong cells, the mended file is written.
'use strict';
const fs = require('fs');
const { strFromU8, strToU8, unzipSync, zipSync } = require('fflate');

// The first sheet of a workbook with these rows under its header; a row is {header: text}.
function filled(template, rows) {
    const files = unzipSync(template), name = 'xl/worksheets/sheet1.xml';
    const xml = strFromU8(files[name]);
    const column = {};
    for (const [, at, text] of xml.matchAll(/<c r="([A-Z]+)1"[^>]*><is><t[^>]*>([^<]*)<\/t>/g)) column[text.replace('*', '')] = at;
    const head = xml.match(/<row r="1".*?<\/row>/s)[0];
    const order = (at) => at.length * 100 + at.charCodeAt(at.length - 1) + (at.length > 1 ? at.charCodeAt(0) : 0);
    const body = rows.map((row, i) => `<row r="${i + 2}">` + Object.entries(row)
        .map(([header, text]) => {
            if (!column[header]) throw new Error('the template has no column ' + header);
            return [column[header], text];
        })
        .sort((a, b) => order(a[0]) - order(b[0]))
        .map(([at, text]) => `<c r="${at}${i + 2}" t="inlineStr"><is><t>${text}</t></is></c>`).join('') + '</row>').join('');
    files[name] = strToU8(xml.replace(/<sheetData>.*<\/sheetData>/s, () => `<sheetData>${head}${body}</sheetData>`));
    return Buffer.from(zipSync(files));
}

const good = [
    { 需求名称: '导入甲：辊压机轧辊在线测温', 需求内容: '辊面温差大于五度，厚度波动。', 所属行业: 'C356', 实施地区: '330600', 预算: '80万元', 期望成熟度: '６' },
    { 需求名称: '导入乙：浆料粘度闭环控制', 需求内容: '批次间粘度漂移。', 期望解决日期: '2027/3/1', 所属行业: 'C398' },
];

module.exports = async ({ assert, somebody, test, picture, follow }) => {
    const page = await somebody('editor_co');
    let template;
    const upload = async (name, buffer) => {
        await page.goto('/need/import');
        await page.setInputFiles('#file', { name, mimeType: 'application/octet-stream', buffer });
        await page.click('form[enctype] button[type=submit]');
        await page.waitForSelector('#import-run .counts, #import-run .alert-danger');
    };
    const counts = async () => (await page.locator('.counts strong').allInnerTexts()).map(Number); // rows new changed same wrong

    await test('import: the template comes as a workbook', page, async () => {
        await page.goto('/need');
        await page.click('.page-actions a[href$="/import"]');
        const [download] = await Promise.all([page.waitForEvent('download'), page.click('a[href$="/template"]')]);
        assert.match(download.suggestedFilename(), /技术需求.*\.xlsx$/);
        template = fs.readFileSync(await download.path());
        await picture(page, 'import');
    });
    await test('import: wrong cells are named, and nothing is written', page, async () => {
        await upload('需求.xlsx', filled(template, [good[0], { ...good[1], 所属行业: '没有这个行业', 期望成熟度: '12' }]));
        assert.equal((await counts())[4], 1);
        const text = await page.locator('#rows table').innerText();
        assert.match(text, /没有这个行业/);
        assert.match(text, /[A-Z]/); // the column by its letter
        assert.match(text, /导入乙/);
        assert.equal(await page.locator('form[action*="/need/import/"] .btn-primary').count(), 0);
        await picture(page, 'import-wrong');
        await page.goto('/need?text=' + encodeURIComponent('导入甲'));
        assert.equal(await page.locator('td.first').count(), 0);
        await page.goBack();
    });
    await test('import: the sheet is returned with its problems', page, async () => {
        const [download] = await Promise.all([page.waitForEvent('download'), page.click('a[href^="/files/"]')]);
        const sheet = strFromU8(unzipSync(fs.readFileSync(await download.path()))['xl/worksheets/sheet1.xml']);
        assert.match(sheet, /没有这个行业/);
    });
    await test('import: the mended file passes the check and is written once confirmed', page, async () => {
        await upload('需求.xlsx', filled(template, good));
        assert.deepEqual(await counts(), [2, 2, 0, 0, 0]);
        await picture(page, 'import-ready');
        await page.click('#import-run form .btn-primary');
        await page.waitForSelector('#import-run .alert-success');
        await page.goto('/need?text=' + encodeURIComponent('导入'));
        assert.equal(await page.locator('td.first').count(), 2);
    });
    await test('import: the same file again changes nothing', page, async () => {
        await upload('需求.xlsx', filled(template, good));
        assert.deepEqual(await counts(), [2, 0, 0, 2, 0]);
    });
    await test('import: a csv in GB18030 with a title row', page, async () => {
        // "某公司需求表\n需求名称,期望成熟度\n导入甲：辊压机轧辊在线测温,7\n" in GB18030
        const hex = 'c4b3b9abcbbed0e8c7f3b1ed0ad0e8c7f3c3fbb3c62cc6dacdfbb3c9caecb6c80ab5bcc8ebbcd7a3bab9f5d1b9bbfad4feb9f5d4dacfdfb2e2cec22c370a';
        await upload('需求.csv', Buffer.from(hex, 'hex'));
        assert.deepEqual(await counts(), [1, 0, 1, 0, 0]);
    });
    await test('import: a header of one\'s own is given its field', page, async () => {
        await upload('自家.csv', Buffer.from('难题名称,问题描述及技术要求,怎么谈\n导入丙：极片毛刺在线检测,毛刺不大于八微米,委托开发\n'));
        await page.waitForSelector('details.mapping[open]');
        const field = (header) => page.getByLabel(header, { exact: true });
        assert.equal(await field('问题描述及技术要求').inputValue(), 'body'); // proposed
        assert.equal(await field('怎么谈').inputValue(), '');
        await field('怎么谈').selectOption({ label: '合作方式' });
        await picture(page, 'import-mapping', true);
        await follow(page.locator('.mapping button[type=submit]'));
        await page.waitForSelector('#import-run .counts');
        assert.equal(await page.locator('.alert-warning').count(), 0); // no column is left out
        await page.click('#import-run form .btn-primary');
        await follow(page.locator('#import-run .alert-success a').first());
        await page.goto('/need?text=' + encodeURIComponent('极片毛刺'));
        await follow(page.locator('td.first a').first());
        assert.match(await page.locator('main').innerText(), /不大于八微米[^]*委托开发/);
    });
    await test('import: a broken workbook is one sentence', page, async () => {
        await upload('坏.xlsx', Buffer.from('PK\u0003\u0004 this is no workbook'));
        assert.ok((await page.locator('#import-run .alert-danger, .alert-danger').first().innerText()).length > 5);
    });
    await test('import: the job is in the list of jobs', page, async () => {
        await page.goto('/jobs');
        assert.match(await page.locator('main').innerText(), /导入/);
        await picture(page, 'jobs');
    });
};
