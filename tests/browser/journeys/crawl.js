// A part of the crawl (../crawl.js): the first pages that each role comes to, on a screen and on a
// phone. In English only where no record is: the sample's own words are Chinese, labels or not.
'use strict';
const { crawl } = require('../crawl.js');

module.exports = async ({ assert, somebody, test }) => {
    const walk = [['member_co', 'zh-CN'], ['auditor', 'zh-CN'], ['admin', 'zh-CN'], ['admin', 'en']];
    const offices = ['/admin/accounts', '/admin/accounts/new', '/admin/notices', '/account', '/account/notices', '/inbox', '/jobs'];
    for (const [role, lang] of walk) {
        const page = await somebody(role);
        await test(`crawl: ${role}, ${lang}`, page, async () => {
            const faults = [];
            const told = (what, where, text, at) => {
                if (what !== 'empty without a next step') faults.push([what, where, text, at].join(' | '));
            };
            const done = await crawl(page, { lang, widths: [1280, 390], most: role === 'admin' ? offices.length : 10, links: 1, from: role === 'admin' ? offices : ['/'], told });
            assert.deepEqual(faults, []);
            assert.ok(done.pages >= 7, `${done.pages} pages`);
            await page.goto('/language/zh-CN?back=/');
        });
    }
};
