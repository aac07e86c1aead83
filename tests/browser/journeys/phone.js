// A phone of 390 px: nothing is wider than the screen; wide tables scroll in their own frame.
'use strict';

module.exports = async ({ assert, somebody, test, picture }) => {
    const options = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
    const broker = await somebody('broker', options), visitor = await somebody(null, options);
    const walk = [
        [visitor, ['/', '/need', '/result', '/person', '/org', '/resource', '/sign-in', '/search?q=电池', '/need/99999999']],
        [broker, ['/', '/approvals', '/need', '/need/new', '/need/import', '/result', '/introduction', '/jobs', '/account', '/inbox', '/account/notices']],
    ];
    for (const [page, addresses] of walk) {
        for (const address of addresses) {
            await test(`phone: ${page === broker ? 'broker' : 'visitor'} ${address}`, page, async () => {
                await page.goto(address);
                await fits(assert, page);
                await picture(page, `phone${page === broker ? '-broker' : ''}-${address.replace(/[^a-z]+/g, '') || 'home'}`);
            });
        }
    }
    await test('phone: a need, its form and the menu', broker, async () => {
        await broker.goto('/need?f.state=open');
        await broker.locator('td.first a').first().click();
        await broker.waitForSelector('.show-grid');
        await fits(assert, broker);
        await picture(broker, 'phone-broker-show', true);
        await broker.goto(new URL(broker.url()).pathname + '/edit');
        await fits(assert, broker);
        await broker.click('#nav summary');
        await broker.locator('.nav-drop a[href="/result"]').click();
        await broker.waitForURL(/\/result$/);
    });
};

async function fits(assert, page) {
    const wide = await page.evaluate(() => {
        const w = document.documentElement.clientWidth;
        if (document.documentElement.scrollWidth <= w && w === 390) return null;
        const over = [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > w + 1 && !e.closest('.table-responsive'));
        return [w, document.documentElement.scrollWidth, ...over.slice(0, 5).map((e) => `${e.tagName}.${e.className} ${e.textContent.trim().slice(0, 30)}`)];
    });
    assert.equal(wide, null, JSON.stringify(wide));
}
