// A large agreement goes its whole way: signed by all, sealed, filed; without JavaScript, and on a telephone.
'use strict';

module.exports = async ({ assert, somebody, test }) => {
    const plain = { javaScriptEnabled: false };
    const univ = await somebody('expert_univ', { viewport: { width: 390, height: 800 } });
    const company = await somebody('editor_co', plain), food = await somebody('editor_food', plain);
    const title = '正极材料回收技术开发合同', mark = (page, stage) => page.locator(`.approval-steps .stage-${stage}`).count();
    let at;

    await test('approval: what waits is counted, and listed', univ, async () => {
        await univ.goto('/approvals');
        assert.equal((await univ.locator('.approval-tabs .here .count').innerText()).trim(), '1');
        await univ.click(`td.first a:has-text("${title}")`);
        await univ.waitForSelector('#approval');
        at = new URL(univ.url()).pathname;
        assert.equal(await mark(univ, 'done'), 2);
        assert.equal(await mark(univ, 'now'), 1);
        assert.ok(!/已经总经理办公会讨论/.test(await univ.locator('#approval').innerText()), 'what others said stays theirs');
        assert.equal(await univ.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
    });
    await test('approval: a rejection needs its comment', univ, async () => {
        await univ.click('button[formaction$="/reject"]');
        await univ.waitForSelector('#approval [role=alert]');
        assert.equal(await mark(univ, 'now'), 1);
    });
    await test('approval: the record is locked', company, async () => {
        await company.goto(at);
        assert.equal(await company.locator('.page-actions a[href$="/edit"], .page-actions a[href*="/step/"]').count(), 0);
        assert.equal((await company.goto(`${at}/edit`)).status(), 409);
    });
    await test('approval: both sign the page they looked at', company, async () => {
        await company.goto(at);
        await univ.goto(at);
        await univ.fill('#approval-comment', '同意签订');
        await univ.click('button:has-text("同意"):not([formaction])');
        await univ.waitForURL(/done=approval/);
        await company.click('.approval-buttons button.btn-primary');
        await company.waitForURL(/done=approval/);
        assert.match(await company.locator('.page-head .state').first().innerText(), /已批准/);
        assert.equal(await mark(company, 'done'), 3);
    });
    await test('approval: sealed, signed, filed with its scan', company, async () => {
        for (const [step, fill] of [['seal', { sealed: '2026-11-20', sealed_by: '程书远', copies: '4' }], ['sign', { signed: '2026-11-20' }], ['file', { scanned: '2026-11-20' }]]) {
            await company.goto(at);
            await company.click(`.page-actions a[href$="/step/${step}"]`);
            for (const [name, text] of Object.entries(fill)) await company.fill(`[name="${name}"]`, text);
            if (step === 'file') await company.setInputFiles('input[type=file]', { name: '扫描件.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4 scan') });
            await company.click('.form-end button[type=submit]');
            await company.waitForURL(/done=moved/);
        }
        const text = await company.locator('.show-main').innerText();
        assert.match(text, /2026-\d{3}/);
        assert.match(text, /已归档/);
    });
    await test('approval: the form is printed with its signatures', company, async () => {
        const answer = await company.context().request.get(`${at}/paper/approval_form`);
        assert.equal(answer.status(), 200);
    });
    await test('approval: sent back, withdrawn, open again', food, async () => {
        await food.goto('/approvals?list=mine');
        await food.click('td.first a');
        await food.waitForSelector('#approval');
        await food.click('form[action$="/withdraw"] button');
        await food.waitForURL(/done=approval/);
        assert.match(await food.locator('.page-head .state').first().innerText(), /起草/);
        assert.ok(await food.locator('.page-actions a[href$="/edit"]').count() > 0);
    });
};
