// From a sentence in the news to a milestone that was accepted, on one thread.
'use strict';

const news = `<html><head><title>临河理工大学与远峰材料有限公司签署技术开发合作协议</title></head><body>
<h1>临河理工大学与远峰材料有限公司签署合作协议</h1><p>发布时间：2026-10-16</p>
<p>2026年10月15日，临河理工大学副校长周时雨一行到远峰材料有限公司，双方签署合作协议，共建特种涂层联合实验室。</p>
<p>远峰材料有限公司董事长严冬青表示，公司将在2027年底前投入800万元。</p></body></html>`;

module.exports = async ({ assert, somebody, test, picture, follow: arrive }) => {
    const page = await somebody('broker');
    const fill = async (fields) => {
        for (const [name, text] of Object.entries(fields)) await page.fill(`[name="${name}"]`, text);
    };
    const save = async () => {
        await page.click('.form-end button[type=submit]');
        await page.waitForSelector('.show-grid');
        return new URL(page.url()).pathname;
    };
    const follow = async (at, kind) => {
        await page.goto(at);
        await page.locator('.page-actions details.fold summary').click();
        await page.click(`.page-actions .fold-menu a[href^="/${kind}/new"]`);
        await page.waitForSelector('form.record-form');
    };
    let agreement, project, milestone;

    await test('milestone: the agreement comes out of the news', page, async () => {
        await page.goto('/news/new');
        await page.fill('#text', news);
        await page.click('main form button[type=submit]');
        await page.waitForURL(/\/page\/\d+/);
        const fact = page.locator('[data-fact]', { has: page.locator('.state', { hasText: /^协议$/ }) }).first();
        const id = await fact.getAttribute('id');
        await fact.locator('button[value=accept]').click();
        await page.waitForSelector(`#${id} .rfact-record`);
        agreement = await page.locator(`#${id} .rfact-record a`).getAttribute('href');
    });
    await test('milestone: the project is made from the agreement', page, async () => {
        await follow(agreement, 'project');
        await page.selectOption('[name=type]', { index: 1 });
        await page.selectOption('[name=stage]', { index: 2 });
        await fill({ title: '特种涂层联合攻关', start: '2026-10-15', end: '2027-12-31' });
        project = await save();
        await follow(project, 'milestone');
        await fill({ title: '涂层寿命达到 2000 小时', due: '2027-06-30' });
        milestone = await save();
    });
    await test('milestone: a date outside its project is said at its field', page, async () => {
        await page.goto(milestone + '/edit');
        await page.fill('[name=due]', '2028-06-30');
        await page.click('.form-end button[type=submit]');
        await page.waitForSelector('#f-due-e');
        await page.fill('[name=due]', '2027-05-31');
        await save();
    });
    await test('milestone: it is delivered with its evidence, and accepted', page, async () => {
        await page.goto(milestone + '/edit');
        await page.setInputFiles('input[type=file]', { name: '检测报告.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n') });
        await save();
        assert.match(await page.locator('#main').innerText(), /检测报告\.pdf/);
        await arrive(page.locator('.page-actions a[href$="/step/deliver"], .page-actions form[action$="/step/deliver"] button'));
        await fill({ done: '2026-11-20', evidence: '第三方检测报告：2130 小时' });
        await save();
        await arrive(page.locator('.page-actions form[action$="/step/accept"] button, .page-actions a[href$="/step/accept"]'));
        assert.match(await page.locator('.page-head .state').first().innerText(), /已验收/);
    });
    await test('milestone: its thread reaches back to the sentence', page, async () => {
        await page.goto(milestone + '/thread');
        const words = await page.locator('#main').innerText();
        for (const part of [/签署.*协议|协议/, /特种涂层联合攻关/, /2000 小时/, /已验收/]) assert.match(words, part);
        await picture(page, 'milestone-thread', true);
        const sentence = page.locator('#main a[href^="/page/"]').first();
        assert.ok(await sentence.count(), words);
        await sentence.click();
        await page.waitForURL(/\/page\/\d+/);
    });
};
