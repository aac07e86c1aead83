// Two people have one form open: the second is shown both versions, and decides.
'use strict';

module.exports = async ({ assert, somebody, test, picture }) => {
    const mine = await somebody('broker'), theirs = await somebody('broker2');

    await test('stale: both versions are shown, and nothing is lost', mine, async () => {
        await mine.goto('/need?f.state=open');
        await mine.locator('td.first a').first().click();
        await mine.waitForSelector('.show-grid');
        const edit = new URL(mine.url()).pathname + '/edit';
        await mine.goto(edit);
        await theirs.goto(edit);
        const title = await mine.inputValue('#f-title');
        await theirs.fill('#f-title', title + '（乙改）');
        await theirs.click('.form-end button[type=submit]');
        await theirs.waitForSelector('.show-grid');
        await mine.fill('#f-title', title + '（甲改）');
        await mine.click('.form-end button[type=submit]');
        await mine.waitForSelector('table.clash');
        const clash = await mine.locator('table.clash').innerText();
        assert.match(clash, /乙改/);
        assert.match(clash, /甲改/);
        assert.equal(await mine.inputValue('#f-title'), title + '（甲改）');
        await picture(mine, 'stale');
    });
    await test('stale: saved again, the decision stands and both are in the history', mine, async () => {
        await mine.click('.form-end button[type=submit]');
        await mine.waitForSelector('.show-grid');
        assert.match(await mine.locator('h1').innerText(), /甲改/);
        assert.ok(await mine.locator('.history > li').count() >= 2);
    });
};
