// Nobody is signed in: browse, filter, search, switch the language.
'use strict';

module.exports = async ({ assert, somebody, test, picture, follow }) => {
    const page = await somebody();
    const rows = () => page.locator('table.list tbody tr');

    await test('visitor: the first page leads to the lists', page, async () => {
        await page.goto('/');
        await picture(page, 'home-visitor');
        await page.locator('.nav-wide a[href="/need"]').click();
        await page.waitForURL(/\/need$/);
        assert.equal(await page.locator('h1').innerText(), '技术需求');
        assert.ok(await rows().count() >= 10);
        await picture(page, 'list-needs');
    });
    await test('visitor: a filter is chosen and the list is shorter', page, async () => {
        const total = Number((await page.locator('.list-tools p').first().innerText()).match(/\d+/)[0]);
        await page.selectOption('.filters [name="f.state"]', 'open'); // takes effect at once
        await page.waitForURL(/f\.state=open/);
        const left = Number((await page.locator('.list-tools p').first().innerText()).match(/\d+/)[0]);
        assert.ok(left > 0 && left < total, `${left} of ${total}`);
    });
    await test('visitor: a filter is typed by hand', page, async () => {
        await page.goto('/need');
        await page.click('.more-filter summary');
        const example = await page.getAttribute('#filter', 'placeholder'); // what we show as an example works
        await page.fill('#filter', example.replace(/^.*?：/, '').replace('30天', '30年'));
        await page.press('#filter', 'Enter');
        await page.waitForURL(/filter=/);
        assert.ok(await rows().count() > 0);
        for (const state of await page.locator('table.list tbody .state').allInnerTexts()) assert.match(state, /已发布|脱敏/);
    });
    await test('visitor: a wrong word of a filter is pointed at', page, async () => {
        await page.fill('#filter', '状态 = 已发布 且 颜色 = 红');
        await page.press('#filter', 'Enter');
        await page.waitForSelector('.filter-wrong');
        assert.equal(await page.locator('.filter-wrong mark').innerText(), '颜色');
        await picture(page, 'filter-wrong');
    });
    await test('visitor: the order and the page of a list', page, async () => {
        await page.goto('/result');
        await page.locator('thead th a').first().click();
        await page.waitForURL(/sort=/);
        assert.ok(await page.locator('th[aria-sort]').count() === 1);
        const first = await rows().first().innerText();
        await page.click('a[rel=next]');
        await page.waitForURL(/from=\d+/);
        assert.notEqual(await rows().first().innerText(), first);
    });
    await test('visitor: a need with its indicators, nothing private on it', page, async () => {
        await page.goto('/need?text=' + encodeURIComponent('高镍三元'));
        await page.locator('td.first a').first().click();
        await page.waitForSelector('.show-grid');
        const text = await page.locator('main').innerText();
        assert.match(text, /常温循环寿命/);
        assert.doesNotMatch(text, /程书远|180\s*万|电池做完放热/);
        assert.equal(await page.locator('.history').count(), 0);
        await picture(page, 'need-visitor');
    });
    await test('visitor: a page that does not exist says what to do', page, async () => {
        const answer = await page.goto('/need/99999999');
        assert.equal(answer.status(), 404);
        assert.ok(await page.locator('.empty-page a').count() >= 1);
    });
    await test('visitor: one search box over all kinds', page, async () => {
        await page.goto('/');
        await page.fill('#find', '金刚石工具胎体粉末');
        await page.press('#find', 'Enter');
        await page.waitForURL(/\/search\?/);
        assert.match(await page.locator('main').innerText(), /胎体|金刚石/);
        await picture(page, 'search');
    });
    await test('visitor: English and back', page, async () => {
        await page.goto('/need');
        await follow(page.locator('.top-right a[href^="/language/en"]'));
        assert.match(page.url(), /\/need/);
        assert.equal(await page.locator('h1').innerText(), 'Need');
        assert.equal(await page.locator('html').getAttribute('lang'), 'en');
        await picture(page, 'list-needs-en');
        await follow(page.locator('.top-right a[href^="/language/zh"]'));
        assert.equal(await page.locator('html').getAttribute('lang'), 'zh-CN');
    });
    await test('visitor: writing asks to sign in, and comes back', page, async () => {
        await page.goto('/need/new');
        const link = page.locator('main a[href^="/sign-in"], main form[action="/sign-in"]');
        assert.ok(await link.count() >= 1);
    });
};
