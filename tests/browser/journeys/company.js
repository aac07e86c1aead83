// A company writes a need with indicators, masks it, and sees what happened to it.
'use strict';

module.exports = async ({ assert, somebody, test, picture }) => {
    const page = await somebody('editor_co');
    let at;

    await test('company: a title that is missing is said at its field, what was typed is kept', page, async () => {
        await page.goto('/need/new');
        await page.fill('#f-body', '涂布烘箱后段干燥不匀，极片边缘开裂，希望有在线检测方案。');
        await page.click('.form-end button[type=submit]');
        await page.waitForSelector('.alert-danger');
        assert.equal(await page.locator('#f-title').getAttribute('aria-describedby'), 'f-title-e');
        assert.ok((await page.locator('#f-title-e').innerText()).length > 1);
        assert.match(await page.locator('#f-body').inputValue(), /涂布烘箱/);
    });
    await test('company: rows of indicators are added where the form stands', page, async () => {
        const names = page.locator('table.groups tbody tr');
        const before = await names.count();
        await page.click('button[name=add][value^=targets]');
        await page.waitForFunction((k) => document.querySelectorAll('table.groups tbody tr').length === k, before + 1);
        await page.fill('#f-title', '极片干燥开裂在线检测');
        const cells = (row) => names.nth(row).locator('input.form-control, select');
        await cells(0).nth(0).fill('检出率');
        await names.nth(0).locator('select').first().selectOption({ value: 'ge' });
        await cells(0).nth(2).fill('99.5');
    });
    await test('company: codes and organisations are suggested while typing', page, async () => {
        await page.locator('#f-industry').pressSequentially('电池');
        await page.waitForFunction(() => /电池/.test((document.querySelector('#f-industry-l option') || { value: '' }).value));
        const first = await page.locator('#f-industry-l option').first().getAttribute('value');
        assert.match(first, /^C\d+ .*电池/);
        await page.locator('#f-industry').fill(first);
        await page.locator('#f-region').fill('330600');
        await picture(page, 'form-need', true);
    });
    await test('company: the need is saved and shown', page, async () => {
        await page.click('.form-end button[type=submit]');
        await page.waitForSelector('.show-grid');
        at = new URL(page.url()).pathname;
        if (!/^\/need\/\d+$/.test(at)) at = await page.locator('.crumbs .num').innerText().then((s) => '/need/' + s.replace('#', ''));
        const text = await page.locator('main').innerText();
        assert.match(text, /极片干燥开裂在线检测/);
        assert.match(text, /检出率/);
        assert.match(text, /99\.5/);
        assert.match(text, /已收集/);
    });
    await test('company: masked, with a wording for the public', page, async () => {
        await page.goto(at + '/edit');
        await page.check('input[name=secrecy][value=masked]');
        await page.fill('#f-title-m', '某电池企业极片检测需求');
        await page.fill('#f-body-m', '寻求极片表面缺陷在线检测方案。');
        await page.fill('#comment', '对外隐去企业名称');
        await page.click('.form-end button[type=submit]');
        await page.waitForSelector('.show-grid');
        assert.match(await page.locator('main').innerText(), /某电池企业极片检测需求/);
    });
    await test('company: the history names the fields that changed', page, async () => {
        await page.goto(at);
        const entries = page.locator('.history > li');
        assert.equal(await entries.count(), 2);
        await page.locator('.history summary').first().click();
        const text = await page.locator('.history').innerText();
        assert.match(text, /对外隐去企业名称/);
        assert.match(text, /程书远/);
        assert.ok(await page.locator('.history dl.changes dt').count() >= 1);
        await picture(page, 'need-company', true);
    });
    await test('company: it may not publish, and sees only its own drafts', page, async () => {
        assert.equal(await page.locator('.page-actions a[href*="/step/publish"], .page-actions form[action*="/step/publish"]').count(), 0);
        const answer = await page.goto(at + '/step/publish');
        assert.ok([403, 404, 409, 422].includes(answer.status()), String(answer.status()));
    });
    await test('company: leaving a form with changes asks first', page, async () => {
        await page.goto(at + '/edit');
        await page.fill('#f-title', '改了一半');
        let asked = false;
        page.once('dialog', (d) => { asked = d.type() === 'beforeunload'; return d.accept(); });
        await page.goto('/need');
        assert.ok(asked);
    });
};
