// A coverage indicator before and after an agreement, and at a past date.
'use strict';

module.exports = async ({ assert, somebody, test, picture, follow }) => {
    const page = await somebody('broker');
    const title = '园区、政府签约覆盖率';
    let programme, missing;

    const shown = async () => {
        const card = page.locator('.indicator-head').filter({ hasText: title }).locator('xpath=..');
        return { text: await card.innerText(), missing: await card.locator('.missing a.tag').allInnerTexts() };
    };
    const share = (text) => text.match(/(\d+)\s*\/\s*(\d+)\s*期限/).slice(1).map(Number);

    await test('coverage: an indicator is declared in a form', page, async () => {
        await page.goto('/programme');
        await follow(page.locator('td.first a').filter({ hasText: '十大行动' }));
        programme = new URL(page.url()).pathname;
        await page.goto('/indicator/new');
        const fill = { title, programme: '示例大学服务地方十大行动', action: '社会服务与校地平台', over: 'agreement', filter: 'state in (active, finished)',
            path: 'parties.org', population: 'org', among: 'type in (government, park)', unit: '%', target: '100', deadline: '2027-12-31', owner: '示例大学' };
        for (const [name, text] of Object.entries(fill)) await page.fill(`[name="${name}"]`, text);
        await page.selectOption('[name="measure"]', 'coverage');
        await page.click('.form-end button[type=submit]');
        await page.waitForSelector('.show-grid');
    });
    let before;
    await test('coverage: who is missing is named', page, async () => {
        await page.goto(programme);
        const now = await shown();
        before = share(now.text);
        assert.ok(before[0] < before[1], now.text);
        assert.ok(now.missing.length > 0, now.text);
        missing = now.missing[0].trim();
    });
    await test('coverage: an agreement is signed with one of them', page, async () => {
        await page.goto('/agreement/new');
        const fill = { owner: '示例大学', title: '校园共建框架协议（覆盖）', 'parties.0.org': '示例大学', 'parties.1.org': missing, signed: '2026-11-20', start: '2026-11-20', end: '2029-11-19' };
        for (const [name, text] of Object.entries(fill)) {
            if (name === 'parties.1.org' && !(await page.locator(`[name="${name}"]`).count())) {
                await page.click('button[name=add][value^=parties]');
                await page.waitForSelector(`[name="${name}"]`);
            }
            await page.fill(`[name="${name}"]`, text);
        }
        await page.selectOption('[name="type"]', 'framework');
        await page.selectOption('[name="parties.0.role"]', { index: 1 });
        await page.selectOption('[name="parties.1.role"]', { index: 2 });
        await page.click('.form-end button[type=submit]');
        await page.waitForSelector('.show-grid');
        await follow(page.locator('.page-actions form[action$="/step/sign"] button, .page-actions a[href$="/step/sign"]'));
        if (await page.locator('form.record-form').count()) await page.click('.form-end button[type=submit]');
        await page.waitForSelector('.show-grid');
        assert.match(await page.locator('.page-head .state').first().innerText(), /履行中/);
    });
    await test('coverage: one more is covered, and not named any more', page, async () => {
        await page.goto(programme);
        const now = await shown();
        assert.deepEqual(share(now.text), [before[0] + 1, before[1]]);
        assert.ok(!now.missing.map((s) => s.trim()).includes(missing), now.text);
        await picture(page, 'coverage', true);
    });
    await test('coverage: at a past day it is as it was', page, async () => {
        const yesterday = new Date(Date.now() - 86400e3 + 8 * 3600e3).toISOString().slice(0, 10);
        await page.fill('form input[name=on]', yesterday);
        await page.locator('form:has(input[name=on]) button').click();
        await page.waitForURL(/on=/);
        const then = await shown();
        assert.deepEqual(share(then.text), before);
        assert.ok(then.missing.map((s) => s.trim()).includes(missing), then.text);
    });
};
