// From a pasted page to accepted facts to the agreement and back to the sentence; by keyboard, and
// without JavaScript.
'use strict';

const page_text = `<html><head><title>望江大学与远川重工集团有限公司签署战略合作协议</title></head><body>
<h1>望江大学与远川重工集团有限公司签署战略合作協議</h1><p>发布时间：2026-04-09</p>
<p>2026年4月8日，望江大学校长方志远一行到远川重工集团有限公司调研，双方签署战略合作协议，共建深海装备联合实验室。</p>
<p>远川重工集团有限公司董事长石海生出席签约仪式。远川重工集团有限公司将在2028年底前投入5000万元支持联合实验室建设。</p>
<p>双方表示，将每年联合培养研究生50名。</p></body></html>`;
const again = `<html><body><h1>校企携手：远川重工与望江大学签约</h1><p>发布时间：2026-04-10</p>
<p>4月8日，远川重工集团有限公司与望江大学举行签约仪式，签署战略合作协议。校长方志远、董事长石海生出席。</p>
<p>按照协议，远川重工集团有限公司与望江大学将共建深海装备联合实验室。</p></body></html>`;

const of = (page, type) => page.locator('[data-fact]', { has: page.locator('.state', { hasText: new RegExp(`^${type}$`) }) }).first();

async function paste(page, text) {
    await page.goto('/news/new');
    await page.fill('#text', text);
    await page.click('main form button[type=submit]');
    await page.waitForURL(/\/page\/\d+/);
    return new URL(page.url()).pathname;
}

module.exports = async ({ assert, somebody, test, picture, follow }) => {
    const page = await somebody('broker');
    let at, agreement;
    await test('a page is pasted: its text, its facts, whom it names', page, async () => {
        at = await paste(page, page_text);
        assert.ok(await page.locator('mark.told').count() >= 2);
        assert.match(await page.locator('.article-head').innerText(), /战略合作协议$/);
        assert.ok(await of(page, '协议').isVisible());
        assert.equal(await page.locator('#who .state', { hasText: '接受时建档' }).count(), 2);
        await picture(page, 'news-review', true);
    });
    await test('the original stands beside it, each repair visible', page, async () => {
        await follow(page.locator('text=对照原文'));
        assert.equal(await page.locator('.article ins').first().innerText(), '协议');
        assert.equal(await page.locator('.before del').first().innerText(), '協議');
        await picture(page, 'news-original');
        await follow(page.locator('text=收起原文'));
    });
    await test('by keyboard: j to the agreement, a accepts it', page, async () => {
        await page.keyboard.press('j');
        while (!/协议/.test(await page.locator('.rfact-here .state').first().innerText())) await page.keyboard.press('j');
        const id = await page.locator('.rfact-here').getAttribute('id');
        await page.keyboard.press('a');
        await page.waitForSelector(`#${id} .rfact-record`);
        agreement = await page.locator(`#${id} .rfact-record a`).getAttribute('href');
        assert.match(agreement, /^\/agreement\/\d+$/);
        assert.equal(await of(page, '活动').locator('.rfact-record').count(), 1); // the event came with it
    });
    await test('c opens the form filled; what is not in the text is refused', page, async () => {
        const form = page.locator('.rfact-form');
        await page.keyboard.press('c');
        await form.waitFor();
        const quote = await form.locator('[name=quote]').inputValue();
        assert.ok(page_text.includes(quote));
        await form.locator('[name=quote]').fill('双方将投入一亿元');
        await form.locator('[value=save]').click();
        assert.match(await page.locator('.rfact-form .invalid').last().innerText(), /一字不差/);
        await page.locator('.rfact-form [name=quote]').fill(quote);
        await page.locator('.rfact-form [name=value]').fill('每年50人');
        await page.locator('.rfact-form [value=save]').click();
        await page.waitForSelector('text=已改正');
    });
    await test('r asks for a reason of the list', page, async () => {
        const left = Number((await page.locator('.review-side .card-actions').first().innerText()).match(/\d+/)[0]);
        await page.keyboard.press('r');
        await page.selectOption('.rfact-no[open] select', 'vague');
        await page.locator('.rfact-no[open] button').click();
        await page.waitForSelector('.rfact-out');
        assert.match(await page.locator('.review-side .card-actions').first().innerText(), new RegExp(`\\b${left - 1}\\b`));
    });
    await test('from the agreement back to its sentence, highlighted', page, async () => {
        await page.goto(agreement);
        assert.ok(await page.locator('.thread >> text=望江大学').count() > 0);
        await picture(page, 'news-agreement', true);
        const back = await page.locator('#sources a').first().getAttribute('href');
        assert.match(back, new RegExp(`^${at}#s-\\d+-\\d+$`));
        await page.click('#sources a');
        await page.waitForURL(new RegExp(at));
        const there = page.locator(`[id="${back.split('#')[1]}"]`);
        assert.ok(await there.isVisible());
        assert.ok(page_text.replace('協議', '协议').includes((await there.innerText()).replace(/^\d+/, '').trim()));
        assert.ok(await page.evaluate(() => document.querySelector(':target').getBoundingClientRect().top < innerHeight));
    });
    await test('a second page of the event says who has told it, and adds a sentence', page, async () => {
        await paste(page, again);
        assert.ok(await page.locator('.alert-info a').count() > 0);
        const fact = of(page, '协议');
        assert.match(await fact.innerText(), /已讲过这件事/);
        await fact.locator('button[value=accept]').click();
        await page.waitForSelector('text=已并入');
        await page.goto(agreement);
        assert.equal(await page.locator('#sources li').count(), 2);
    });
    await test('the list of pages, and what waits on the first page', page, async () => {
        await page.goto('/news');
        assert.ok(await page.locator('a.line-title').count() >= 2);
        await picture(page, 'news-list');
        await page.goto('/');
        assert.ok(await page.locator('text=待审的新闻页').count() > 0);
    });
    await test('without JavaScript: accept, take back, reject', page, async () => {
        const plain = await somebody('broker', { javaScriptEnabled: false, viewport: { width: 390, height: 844 } });
        await paste(plain, page_text.replace(/4月8日/g, '5月8日').replace(/远川重工/g, '远山重工'));
        await follow(of(plain, '协议').locator('button[value=accept]'));
        assert.equal(await of(plain, '协议').locator('.rfact-record').count(), 1);
        await follow(of(plain, '协议').locator('button[value=withdraw]'));
        assert.equal(await of(plain, '协议').locator('.rfact-record').count(), 0);
        const fact = of(plain, '人才培养');
        await fact.locator('summary', { hasText: '排除' }).click();
        await fact.locator('select').selectOption('other');
        await follow(fact.locator('button[value=reject]'));
        assert.equal(await plain.locator('.rfact-out').count(), 1);
        const width = await plain.evaluate(() => document.documentElement.scrollWidth).catch(() => 390);
        assert.ok(width <= 390, `nothing sticks out: ${width}`);
        await picture(plain, 'news-phone', true);
    });
};
