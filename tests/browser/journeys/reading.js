// What a screen reader meets: axe-core finds nothing serious on the main pages.
'use strict';
const axe = require('axe-core').source;

module.exports = async ({ assert, somebody, test, picture, follow }) => {
    const all = {
        visitor: [null, ['/', '/need', '/need?filter=颜色%20%3D%20红', '/result', '/org', '/sign-in', '/search?q=电池', '/need/99999999']],
        broker: ['broker', ['/', '/need', '/need/new', '/need/import', '/introduction', '/board', '/jobs', '/news', '/news/new', '/account', '/inbox', '/account/notices', '/dashboard', '/leaders', '/leaders?wall=1', '/reports/summary', '/circular', '/owed']],
        administrator: ['admin', ['/admin/accounts', '/admin/accounts/new', '/admin/notices']],
        auditor: ['auditor', ['/audit']],
        signer: ['editor_univ', ['/approvals', '/approvals?list=done']],
    };
    for (const [role, [login, addresses]] of Object.entries(all)) {
        const page = await somebody(login, { bypassCSP: true }); // to bring axe into the page
        for (const address of addresses) await test(`axe: ${role} ${address}`, page, () => look(assert, page, address));
        if (role === 'broker' || role === 'visitor') {
            await test(`axe: ${role}, a need and what is done with it`, page, async () => {
                await page.goto('/need?f.state=open');
                const at = await page.locator('td.first a').first().getAttribute('href');
                for (const more of role === 'broker' ? ['', '/edit', '/matches', '/step/close', '/delete'] : ['']) await look(assert, page, at + more);
            });
        }
        if (role === 'signer')
            await test('axe: what waits for a signature', page, async () => {
                await page.goto('/approvals');
                await look(assert, page, await page.locator('td.first a').first().getAttribute('href'));
                assert.equal(await page.locator('#approval form').count() > 0, true);
            });
        if (role === 'broker') {
            await test('axe: broker, the review of a page of news', page, async () => {
                await page.goto('/news/new');
                await page.fill('#text', '望海大学与云岭重工有限公司签署战略合作協議\n2026年4月8日，望海大学校长方志远、云岭重工有限公司董事长石海生出席签约仪式，双方签署战略合作协议。');
                await follow(page.locator('main form button[type=submit]'));
                const at = new URL(page.url()).pathname;
                for (const more of ['', '?original=1', '?edit=new', '?record=1']) await look(assert, page, at + more);
            });
        }
        if (login === 'admin') await picture(page, 'account-form');
    }
};

async function look(assert, page, address) {
    await page.goto(address);
    await page.evaluate(axe);
    const found = await page.evaluate(() => axe.run(document, { resultTypes: ['violations'] }));
    const grave = found.violations.filter((v) => ['serious', 'critical'].includes(v.impact));
    assert.deepEqual(grave.map((v) => `${address} ${v.id}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(' | ')}`), []);
}
