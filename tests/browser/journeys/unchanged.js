// What a form shows is what it takes: a record of every kind, opened to be changed and saved as it stands.
'use strict';

module.exports = async ({ assert, somebody, test, follow }) => {
    const page = await somebody('broker', { javaScriptEnabled: false });
    await page.goto('/');
    const kinds = await page.locator('nav a[href]').evaluateAll((all) =>
        [...new Set(all.map((a) => a.getAttribute('href')).filter((to) => /^\/[a-z]+$/.test(to)))]);
    let tried = 0;

    await test('unchanged: a record of every kind is saved as its form shows it', page, async () => {
        for (const kind of kinds) {
            const answer = await page.goto(`${kind}?sort=-id`);
            const first = page.locator('table.list td.first a').first();
            if (answer.status() !== 200 || !(await first.count())) continue;
            await follow(first);
            const at = new URL(page.url()).pathname, facts = async () => (await page.locator('.show-grid .card').first().innerText());
            const changes = page.locator(`a[href="${at}/edit"]`);
            if (!(await changes.count())) continue; // no record, locked in its state, or not the broker's
            const before = await facts();
            await follow(changes);
            await follow(page.locator('.form-end button[type=submit]'));
            const wrong = await page.locator('.alert-danger, .invalid, .is-invalid').allInnerTexts();
            assert.deepEqual(wrong, [], `${at}: ${wrong.join(' ')}`);
            await page.goto(at);
            assert.equal(await facts(), before, at);
            tried++;
        }
        assert.ok(tried >= 15, `${tried} kinds of ${kinds.join(' ')}`);
    });
};
