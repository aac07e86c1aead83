// Without JavaScript everything can be done that is done with it, but for the charts.
'use strict';

module.exports = async ({ assert, somebody, test, picture, follow }) => {
    const plain = { javaScriptEnabled: false };
    const company = await somebody('editor_co', plain), broker = await somebody('broker', plain);
    let at;

    await test('without JavaScript: filters, and the menus open', broker, async () => {
        await broker.goto('/need');
        await broker.selectOption('.filters [name="f.state"]', 'open');
        await broker.click('.filter-go button');
        await broker.waitForURL(/f\.state=open/);
        assert.ok(await broker.locator('td.first').count() > 0);
        await broker.locator('details.fold summary').first().click();
        assert.equal(await broker.locator('details.fold[open]').count(), 1);
    });
    await test('without JavaScript: a need with two indicators', company, async () => {
        await company.goto('/need/new');
        await company.fill('#f-title', '无脚本录入的需求');
        await company.fill('#f-body', '用最旧的浏览器也能提交。');
        await company.fill('#f-industry', 'C398');
        await company.fill('#f-region', '330600');
        const rows = company.locator('table.groups tbody tr');
        const before = await rows.count();
        await follow(company.locator('button[name=add][value^=targets]'));
        assert.equal(await rows.count(), before + 1);
        assert.equal(await company.inputValue('#f-title'), '无脚本录入的需求');
        await company.fill('[name="targets.0.name"]', '响应时间');
        await company.fill('[name="targets.0.value"]', '2');
        await company.click('.form-end button[type=submit]');
        await company.waitForSelector('.show-grid');
        assert.match(await company.locator('main').innerText(), /响应时间/);
        at = new URL(company.url()).pathname;
    });
    await test('without JavaScript: a mistake is said at its field', company, async () => {
        await company.goto(at + '/edit');
        await company.fill('#f-trl', '十二');
        await company.click('.form-end button[type=submit]');
        await company.waitForSelector('#f-trl-e');
    });
    await test('without JavaScript: diagnosed and published', broker, async () => {
        for (const action of ['diagnose', 'publish']) {
            await broker.goto(at);
            await follow(broker.locator(`.page-actions form[action$="/step/${action}"] button, .page-actions a[href$="/step/${action}"]`));
            if (await broker.locator('form.record-form').count()) await broker.click('.form-end button[type=submit]');
            await broker.waitForSelector('.show-grid');
        }
        assert.match(await broker.locator('.page-head .state').first().innerText(), /已发布/);
    });
    await test('without JavaScript: a spreadsheet is checked and written', company, async () => {
        await company.goto('/need/import');
        await company.setInputFiles('#file', { name: '需求.csv', mimeType: 'text/csv', buffer: Buffer.from('需求名称,期望成熟度\n无脚本导入的需求,5\n') });
        await follow(company.locator('form[enctype] button[type=submit]'));
        for (let i = 0; i < 400 && !(await company.locator('#import-run form button').count()); i++) {
            await company.waitForTimeout(250);
            await company.goto(new URL(company.url()).pathname); // "refresh" is a link to the page itself
        }
        await follow(company.locator('#import-run form button[type=submit]').first());
        for (let i = 0; i < 400 && !(await company.locator('#import-run .alert-success').count()); i++) {
            await company.waitForTimeout(250);
            await company.goto(new URL(company.url()).pathname);
        }
        assert.equal(await company.locator('#import-run .alert-success').count(), 1);
    });
    await test('without JavaScript: the menu of a phone, and signing out', company, async () => {
        await picture(company, 'plain');
        await company.locator('details.who summary').click();
        await follow(company.locator('form[action="/sign-out"] button').first());
        assert.equal(await company.locator('details.who').count(), 0);
    });
};
