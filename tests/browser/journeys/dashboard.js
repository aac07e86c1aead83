// Every number leads to the list behind it.
'use strict';

module.exports = async ({ assert, somebody, test, picture }) => {
    const page = await somebody('broker');
    const total = async () => Number((await page.locator('.list-tools p').first().innerText()).replace(/,/g, '').match(/\d+/)[0]);

    await test('dashboard: its charts are drawn', page, async () => {
        await page.goto('/dashboard');
        await page.waitForFunction(() => document.querySelectorAll('canvas').length > 1);
        await picture(page, 'dashboard', true);
    });
    await test('dashboard: a number is as long as the list it leads to', page, async () => {
        await page.goto('/dashboard');
        const links = await page.locator('main a[href]').evaluateAll((all) => all
            .map((a) => ({ to: a.getAttribute('href'), said: a.textContent.replace(/\s|,/g, '') }))
            .filter((a) => /^\d+$/.test(a.said) && /^\/(need|result|introduction)\?/.test(a.to)));
        assert.ok(links.length >= 12, `${links.length} numbers`);
        const step = Math.max(1, Math.floor(links.length / 12));
        for (let i = 0; i < links.length; i += step) {
            await page.goto(links[i].to);
            const found = await page.locator('table.list tbody tr').count() ? await total() : 0;
            assert.equal(found, Number(links[i].said), links[i].to);
        }
    });
    await test('dashboard: clicking a bar opens its list', page, async () => {
        await page.goto('/dashboard');
        await page.waitForFunction(() => document.querySelectorAll('canvas').length > 1);
        const canvas = page.locator('canvas').first();
        await canvas.scrollIntoViewIfNeeded();
        const { width, height } = await canvas.boundingBox();
        let left = false;
        const there = page.waitForURL((u) => u.pathname !== '/dashboard').then(() => { left = true; });
        for (let y = 0.1; y < 0.95 && !left; y += 0.06) {
            for (const x of [0.35, 0.5]) {
                const pressed = canvas.click({ position: { x: width * x, y: height * y } }).catch(() => {}); // it may be gone by now
                await Promise.race([there, pressed.then(() => page.waitForTimeout(100)).catch(() => {})]);
                if (left) break;
            }
        }
        await there;
        assert.match(new URL(page.url()).pathname, /^\/(need|result|introduction)$/);
        assert.equal(await page.locator('table.list').count(), 1);
    });
};
