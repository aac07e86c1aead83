// The engine proposes, people decide: matches of a need, why, shortlist, introduce, refuse, the board.
'use strict';

module.exports = async ({ assert, somebody, test, picture, follow }) => {
    const broker = await somebody('broker');
    let matches;

    await test('matching: a published need has its ranked results, with reasons', broker, async () => {
        await broker.goto('/need?f.state=open');
        await follow(broker.locator('td.first a').first());
        await broker.locator('a[href*="/matches"]').first().click();
        await broker.waitForSelector('.match-list');
        matches = broker.url();
        assert.ok(await broker.locator('.match-list .match').count() >= 3);
        assert.ok(await broker.locator('.match .reasons li').count() >= 1);
        const scores = (await broker.locator('.match-score').allInnerTexts()).map((s) => parseFloat(s.match(/[\d.]+/)[0]));
        assert.deepEqual(scores, [...scores].sort((a, b) => b - a), 'best first');
        await picture(broker, 'matches', true);
    });
    await test('matching: experts, resources and organisations have their tabs', broker, async () => {
        const tabs = await broker.locator('.tabs a').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
        assert.ok(tabs.length >= 3, tabs.join(' '));
        for (const tab of tabs) assert.equal((await broker.goto(tab)).status(), 200);
    });
    await test('matching: why, with what both texts say marked', broker, async () => {
        await broker.goto(matches);
        await broker.locator('.match-title a').first().click();
        await broker.waitForSelector('.sides');
        assert.equal(await broker.locator('.side-text').count(), 2);
        assert.ok(await broker.locator('.side-text mark').count() >= 2);
        await picture(broker, 'why', true);
    });
    await test('matching: shortlisted, and it stands on the board', broker, async () => {
        await free(broker, matches, 'form[action$="/shortlist"] button');
        await follow(broker.locator('form[action$="/shortlist"] button').first());
        assert.ok(await broker.locator('.decided').count() > 0);
        await broker.goto('/board');
        assert.ok(await broker.locator('.board .bcard').count() >= 1);
        await picture(broker, 'board', true);
    });
    await test('matching: a refusal wants its reason from the list', broker, async () => {
        await free(broker, matches, 'form[action$="/refuse"]');
        await broker.locator('details.ask summary').last().click();
        await broker.click('form[action$="/refuse"] button[type=submit]');
        await broker.waitForSelector('form[action$="/refuse"] .invalid');
        await broker.locator('form[action$="/refuse"] input[name=reason]').first().check();
        await follow(broker.locator('form[action$="/refuse"] button[type=submit]'));
        assert.ok(await broker.locator('.decided').count() > 0);
    });
    await test('matching: a company asks to be introduced with three answers', broker, async () => {
        const company = await somebody('editor_co');
        await company.goto('/need?f.state=open&filter=' + encodeURIComponent('owner = @org'));
        const own = company.locator('td.first a').first();
        await follow(own);
        await company.locator('a[href*="/matches"]').first().click();
        await company.waitForSelector('.match-list');
        await free(company, company.url(), 'form[action$="/propose"]');
        await company.locator('details.ask summary').first().click();
        const answers = company.locator('form[action$="/propose"] textarea');
        assert.equal(await answers.count(), 3);
        for (let i = 0; i < 3; i++) await answers.nth(i).fill('我们可以提供中试线和样品，希望三个月内见面。');
        await follow(company.locator('form[action$="/propose"] button[type=submit]'));
        assert.ok(await company.locator('.decided').count() > 0);
        await picture(company, 'proposed', true);
        await company.context().close();
    });
    await test('matching: the board works on a phone', broker, async () => {
        const phone = await somebody('broker', { viewport: { width: 390, height: 844 }, isMobile: true });
        for (const address of ['/board', matches]) {
            await phone.goto(address);
            const [inner, outer] = await phone.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
            assert.ok(inner <= outer, `${address}: ${inner} in ${outer}`);
        }
        await phone.context().close();
    });
};

// Opens the first pair of the list for which this can still be done.
async function free(page, matches, what) {
    await page.goto(matches);
    const pairs = await page.locator('.match-title a').evaluateAll((all) => all.map((a) => a.href));
    for (const pair of pairs) {
        await page.goto(pair);
        if (await page.locator(what).count()) return;
    }
    throw new Error('no pair is left for ' + what);
}
