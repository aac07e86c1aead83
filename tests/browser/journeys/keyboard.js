// Without a mouse: the order of the focus, that it is seen, the skip link, menus.
'use strict';

const focused = (page) => page.evaluate(() => {
    const e = document.activeElement, r = e.getBoundingClientRect(), s = getComputedStyle(e);
    const ring = s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0;
    return { name: e === document.body ? 'BODY' : e.id || e.className || e.tagName, href: e.getAttribute('href'), top: r.top, left: r.left, wide: r.width > 0 && r.height > 0,
        seen: ring || s.boxShadow !== 'none' };
});

module.exports = async ({ assert, somebody, test, picture }) => {
    const page = await somebody();

    await test('keyboard: the first stop is the skip link, and it skips', page, async () => {
        await page.goto('/need');
        await page.keyboard.press('Tab');
        const skip = await focused(page);
        assert.equal(skip.href, '#main');
        assert.ok(skip.wide && skip.top >= 0, 'it is on the screen while it has the focus');
        await picture(page, 'keyboard-skip');
        await page.keyboard.press('Enter');
        await page.waitForFunction(() => document.activeElement.id === 'main');
    });
    await test('keyboard: every stop is seen, and Tab walks from the menu to the end of the page', page, async () => {
        await page.goto('/need?text=' + encodeURIComponent('材料'));
        const hrefs = [];
        for (let i = 0; i < 40; i++) {
            await page.keyboard.press('Tab');
            const f = await focused(page);
            if (f.name === 'BODY') break;
            assert.ok(f.wide, `${f.name} has a size`);
            assert.ok(f.seen || f.name === 'main', `${f.name} shows that it has the focus`);
            hrefs.push(f.href);
        }
        assert.equal(hrefs[0], '#main');
        assert.ok(hrefs.indexOf('/need') > 0, JSON.stringify(hrefs));
        assert.ok(hrefs.indexOf('/need') < hrefs.findIndex((h) => /^\/sign-in/.test(h || '')), 'menu, then the head of the page');
        assert.ok(hrefs.some((h) => /^\/need\/\d+$/.test(h || '')), 'the rows are reached: ' + JSON.stringify(hrefs));
    });
    await test('keyboard: "/" goes to the search, Escape closes a menu and gives the focus back', page, async () => {
        await page.goto('/need');
        await page.keyboard.press('/');
        assert.equal((await focused(page)).name, 'find');
        const summary = page.locator('details.fold summary').first();
        await summary.focus();
        await page.keyboard.press('Enter');
        assert.ok(await page.locator('details.fold[open]').count() === 1);
        await page.keyboard.press('Tab');
        await page.keyboard.press('Escape');
        assert.equal(await page.locator('details.fold[open]').count(), 0);
        assert.ok(await summary.evaluate((e) => e === document.activeElement));
    });
    await test('keyboard: signing in and writing a record', page, async () => {
        const own = await somebody('editor_univ');
        await own.goto('/result/new');
        await own.focus('#f-title');
        await own.keyboard.type('键盘录入的成果');
        await own.focus('#f-body');
        await own.keyboard.type('从标题起，一路只用键盘。');
        await own.focus('#f-title');
        await own.keyboard.press('Enter');
        await own.waitForSelector('.show-grid');
        await own.context().close();
    });
};
