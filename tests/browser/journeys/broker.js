// A broker takes a collected need through diagnosis to the public.
'use strict';

module.exports = async ({ assert, somebody, test, picture, follow }) => {
    const page = await somebody('broker');
    const title = '辊压断带在线预警';

    const company = await somebody('editor_co');
    await test('broker: a company has posted a need, masked', company, async () => {
        await company.goto('/need/new');
        await company.fill('#f-title', title);
        await company.fill('#f-body', '辊压工序偶发断带，希望有在线预警方案。');
        await company.fill('#f-industry', 'C384');
        await company.fill('#f-region', '330600');
        await company.check('input[name=secrecy][value=masked]');
        await company.fill('#f-title-m', '某电池企业辊压预警需求');
        await company.fill('#f-body-m', '寻求辊压工序的在线预警方案。');
        await company.click('.form-end button[type=submit]');
        await company.waitForSelector('.show-grid');
        assert.match(await company.locator('.page-head .state').first().innerText(), /已收集/);
    });
    await company.context().close();
    await test('broker: signed in, with the work in sight', page, async () => {
        await page.goto('/');
        assert.match(await page.locator('.who-name').innerText(), /林听雪/);
        await picture(page, 'home-broker', true);
    });
    await test('broker: finds the collected need', page, async () => {
        await page.goto('/need?state=collected&text=' + encodeURIComponent(title));
        await page.locator('td.first a').first().click();
        await page.waitForSelector('.show-grid');
        assert.match(await page.locator('h1').innerText(), /辊压断带在线预警/);
    });
    await test('broker: takes the indicators out of the prose, checks them, and diagnoses it', page, async () => {
        await follow(page.locator('.page-actions a[href$="/step/diagnose"]'));
        assert.ok(await page.locator('[name="masked.title"]').isVisible(), 'the public wording is at hand');
        const body = page.locator('#f-body');
        await body.fill(`${await body.inputValue()}\n目前漏检率约3%，要求漏检率不高于0.5%，检测速度不低于80m/min。`);
        await page.click('button[name=draw]');
        await page.waitForSelector('.drew');
        const names = await page.locator('input[name^="targets."][name$=".name"]').evaluateAll((all) => all.map((i) => i.value));
        assert.ok(names.includes('漏检率') && names.includes('检测速度'), names.join());
        const row = names.indexOf('漏检率');
        assert.equal(await page.inputValue(`[name="targets.${row}.op"]`), 'le');
        assert.equal(await page.inputValue(`[name="targets.${row}.value"]`), '0.5');
        await page.selectOption(`[name="targets.${row}.confirmed"]`, 'true');
        await picture(page, 'need-diagnose', true);
        await page.click('.form-end button[type=submit]');
        await page.waitForSelector('.show-grid');
        assert.match(await page.locator('main').innerText(), /漏检率\s*≤\s*0\.5/);
        assert.match(await page.locator('.page-head .state').first().innerText(), /已诊断/);
    });
    await test('broker: publishes it', page, async () => {
        await step(page, follow, 'publish');
        assert.match(await page.locator('.page-head .state').first().innerText(), /已发布/);
        const text = await page.locator('.history').innerText();
        assert.match(text, /完成诊断/);
        assert.match(text, /发布/);
        await picture(page, 'need-broker', true);
    });
    await test('broker: a step that wants a comment says so', page, async () => {
        const at = page.url();
        await follow(page.locator('.page-actions a[href*="/step/close"]'));
        await page.click('.form-end button[type=submit]');
        await page.waitForSelector('.invalid');
        await page.goto(at);
        assert.match(await page.locator('.page-head .state').first().innerText(), /已发布/);
    });
    await test('broker: the public sees the masked wording, and only that', page, async () => {
        const address = page.url();
        const visitor = await somebody();
        await visitor.goto(address);
        const text = await visitor.locator('main').innerText();
        assert.match(text, /某电池企业辊压预警需求/);
        assert.doesNotMatch(text, /辊压断带|偶发/);
        assert.doesNotMatch(await visitor.content(), /辊压断带|偶发|漏检率/);
        await picture(visitor, 'need-masked');
        await visitor.context().close();
    });
    await test('broker: a query is saved and found again', page, async () => {
        await page.goto('/need?state=collected');
        await page.locator('details.fold summary').filter({ hasText: '查询' }).first().click();
        await page.fill('#query-name', '待诊断');
        await follow(page.locator('.save-form button[type=submit]'));
        await page.locator('details.fold summary').filter({ hasText: '查询' }).first().click();
        await follow(page.locator('.saved a').filter({ hasText: '待诊断' }));
        assert.match(page.url(), /collected/);
    });
    await test('broker: the auditor reads the trail and writes nothing', page, async () => {
        const auditor = await somebody('auditor');
        await auditor.goto('/audit');
        assert.match(await auditor.locator('main').innerText(), /broker|林听雪/);
        await picture(auditor, 'audit');
        assert.equal((await auditor.goto('/need/new')).status(), 403);
        await auditor.context().close();
    });
};

// A step is one button, or a form that is confirmed.
async function step(page, follow, action) {
    await follow(page.locator(`.page-actions form[action$="/step/${action}"] button, .page-actions a[href$="/step/${action}"]`));
    if (await page.locator('form.record-form').count()) await page.click('.form-end button[type=submit]');
    await page.waitForSelector('.show-grid');
}
