// What leaders look at: a screen with a link behind every number, one sheet of A4, a wall without scrolling.
'use strict';

const pages = (pdf) => (pdf.toString('latin1').match(/\/Type\s*\/Page[^s]/g) || []).length;

module.exports = async ({ assert, somebody, test, picture, follow }) => {
    const page = await somebody('broker');

    await test('leaders: each course is drawn, and stands there in numbers', page, async () => {
        await page.goto('/leaders');
        await page.waitForSelector('.course.drawn canvas');
        const rows = await page.locator('.area-programmes tbody tr').count();
        assert.ok(rows > 10);
        assert.equal(await page.locator('.course.drawn canvas').count(), await page.locator('.course').count());
        assert.equal(await page.locator('.strip.drawn canvas').count(), await page.locator('.strip').count());
        assert.match(await page.locator('.goal-ahead .range').first().innerText(), /^[\d.,]+–[\d.,]+$/);
        // the number of a coverage leads to those that are missing
        await page.locator('.lacking a').first().click();
        await page.waitForURL(/\/org\?filter=id/);
        assert.ok(await page.locator('table.list tbody tr').count() > 0);
        await page.goto('/leaders');
        await page.waitForSelector('.course.drawn canvas');
        await picture(page, 'leaders');
    });
    await test('leaders: one sheet of A4', page, async () => {
        assert.equal(pages(await page.pdf({ preferCSSPageSize: true, printBackground: true })), 1);
        assert.equal(pages(await page.pdf({ format: 'A4', landscape: true })), 1);
    });
    await test('leaders: a wall screen is filled without scrolling', page, async () => {
        for (const [width, height] of [[1920, 1080], [3840, 2160], [1440, 900]]) {
            await page.setViewportSize({ width, height });
            await page.goto('/leaders?wall=1');
            await page.waitForSelector('.course.drawn canvas');
            const size = await page.evaluate(() => {
                const main = document.querySelector('.leaders-grid').getBoundingClientRect(), root = document.documentElement;
                const cut = [...document.querySelectorAll('.card')].filter((c) => c.scrollHeight > c.clientHeight + 1).length;
                return { width: root.scrollWidth, height: root.scrollHeight, bottom: main.bottom, cut };
            });
            assert.equal(size.width, width);
            assert.equal(size.height, height);
            assert.ok(size.bottom > height * 0.95 && size.bottom <= height);
            assert.equal(size.cut, 0);
            await picture(page, `wall-${height}`);
        }
        await page.setViewportSize({ width: 1280, height: 900 });
    });
    await test('leaders: a programme shows its indicators by month, also on a day past', page, async () => {
        await page.goto('/leaders');
        await follow(page.locator('.area-programmes h3 a').first());
        await page.waitForSelector('.course.drawn canvas');
        await page.locator('.course-table summary').first().click();
        assert.ok(await page.locator('.course-table').first().locator('tbody tr').count() > 3);
        const today = await page.locator('.indicator-value .big').allInnerTexts();
        await page.fill('#on', '2025-12-31');
        await page.click('.on-day button');
        await page.waitForSelector('.past-note');
        assert.notDeepEqual(await page.locator('.indicator-value .big').allInnerTexts(), today);
        assert.ok(await page.locator('.missing').count() > 0);
    });
    await page.context().close();
};
