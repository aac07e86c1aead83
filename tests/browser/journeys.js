// Runs the journeys in one browser over one site and prints TAP. A journey is a
// file of journeys/ that exports async function (t); what t gives it is below.
'use strict';
const assert = require('assert').strict;
const fs = require('fs');
const path = require('path');
const { chromium } = require('playwright-core');
const { start, root } = require('./site.js');

// Two rows of journeys run side by side; what changes records that others count stands in one row.
const rows = [
    ['company', 'broker', 'imports', 'exports', 'matching', 'stale', 'plain', 'news', 'milestone', 'crawl'],
    ['visitor', 'keyboard', 'phone', 'reading', 'account', 'inbox', 'dashboard', 'coverage', 'approval', 'appointment', 'unchanged'],
];
const pictures = path.join(root, 'build/check/browser');
let browser, site, n = 0, failed = 0;

function report(ok, name, why) {
    n++;
    if (!ok) failed++;
    console.log(`${ok ? 'ok' : 'not ok'} ${n} - ${name}`);
    if (why) console.log(String(why).replace(/^/gm, '# '));
}

// An answer 4xx that a journey wants is reported by the browser as an error of loading: allowed there.
function watch(context, faults) {
    context.on('console', (m) => {
        const refused = /Failed to load resource.*status of (403|404|409|413|422)/.test(m.text());
        if (['error', 'warning'].includes(m.type()) && !refused) faults.push(`${m.location().url}: ${m.text()}`);
    });
    context.on('weberror', (e) => faults.push(String(e.error())));
}

// The pictures of docs/guide*.md: QIAO_GUIDE=docs/img tests/browser/run
const guide = {
    'list-needs': 'list', 'form-need': 'form', 'need-company': 'need', matches: 'matches', why: 'why', board: 'board', 'import-wrong': 'import',
};

async function small(page, file) {
    const session = await page.context().newCDPSession(page);
    const shot = await session.send('Page.captureScreenshot', {
        format: 'webp', quality: 70, captureBeyondViewport: true, clip: { x: 0, y: 0, width: 1280, height: 1000, scale: 0.8 },
    });
    fs.writeFileSync(file, Buffer.from(shot.data, 'base64'));
}

// What a row of journeys works with.
function tools() {
    const faults = []; // what pages wrote to the console, exceptions, refusals of the content policy
    const contexts = [];
    // Somebody with a browser; signed in where a login is given.
    async function somebody(login, options = {}) {
        const context = await browser.newContext({
            baseURL: site.address, viewport: { width: 1280, height: 900 }, locale: 'zh-CN', acceptDownloads: true, ...options,
        });
        contexts.push(context);
        context.setDefaultTimeout(15000);
        watch(context, faults);
        const page = await context.newPage();
        if (login) {
            await page.goto('/sign-in');
            await page.fill('#login', login);
            await page.fill('#password', site.password);
            await page.click('.sign button[type=submit]');
            await page.waitForURL((u) => u.pathname !== '/sign-in');
        }
        return page;
    }
    // One check. A failure is told with its page's picture, and the journey goes on.
    async function test(name, page, body) {
        faults.length = 0;
        try {
            await body();
            assert.deepEqual(faults, [], 'the console stays silent');
            report(true, name);
        } catch (e) {
            const file = path.join(pictures, `failed-${name.replace(/[^a-z]+/gi, '-').slice(0, 60)}.png`);
            if (page) await page.screenshot({ path: file }).catch(() => {});
            report(false, name, `${page ? page.url() : ''}\n${e.stack}`);
        }
    }
    // Clicks what leads to another page, and is there: a click alone may come back before the page has changed.
    const follow = async (link) => Promise.all([link.page().waitForEvent('load'), link.click()]);
    const picture = async (page, name, full) => {
        await page.screenshot({ path: path.join(pictures, `${name}.png`), fullPage: Boolean(full) });
        if (process.env.QIAO_GUIDE && guide[name]) await small(page, path.join(process.env.QIAO_GUIDE, `${guide[name]}.webp`));
    };
    const close = async () => { for (const c of contexts.splice(0)) await c.close(); };
    return { assert, somebody, test, picture, follow, close };
}

async function walk(names) {
    const t = tools();
    for (const name of names) {
        try {
            await require(`./journeys/${name}.js`)(t);
        } catch (e) {
            report(false, `${name}: the journey breaks off`, e.stack);
        }
        await t.close();
    }
}

async function main() {
    const chosen = process.argv.slice(2);
    fs.rmSync(pictures, { recursive: true, force: true });
    fs.mkdirSync(pictures, { recursive: true });
    site = await start();
    browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox'] });
    await Promise.all(chosen.length ? [walk(chosen)] : rows.map(walk));
}

main()
    .catch((e) => report(false, 'the browser and the site start', e.stack))
    .finally(async () => {
        if (browser) await browser.close();
        const end = site ? await site.stop() : { status: 0, complaints: '' };
        // a journey brings a workbook that is none, and that is worth a line
        const lines = end.complaints.split('\n').filter((l) => l && !l.includes('sheet.damaged'));
        report(end.status === 0 && lines.length === 0, 'the site ends well and has logged no other warning', lines.join('\n'));
        console.log(`1..${n}`);
        process.exit(failed ? 1 : 0);
    });
