// Runs the journeys in one browser and prints TAP. A journey is a
// file of journeys/ that exports async function (t); what t gives it is below.
'use strict';
const assert = require('assert').strict;
const fs = require('fs');
const path = require('path');
const { chromium } = require('playwright-core');
const { start, root } = require('./site.js');

// Two rows of journeys run side by side, each on a site of its own, so that none changes what another counts.
// They should end at about the same time: what each took is told behind its tests.
const rows = [
    ['phone', 'keyboard', 'company', 'broker', 'imports', 'exports', 'matching', 'stale', 'plain', 'news', 'milestone', 'crawl'],
    ['visitor', 'reading', 'account', 'inbox', 'dashboard', 'leaders', 'coverage', 'approval', 'appointment', 'unchanged'],
];
const pictures = path.join(root, 'build/check/browser');
const patience = 60000; // for a slow machine: it costs nothing when things go right
let browser, sites = [], n = 0, failed = 0;

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
function tools(site) {
    const faults = []; // what pages wrote to the console, exceptions, refusals of the content policy
    const contexts = [];
    // Somebody with a browser; signed in where a login is given.
    async function somebody(login, options = {}) {
        const context = await browser.newContext({
            baseURL: site.address, viewport: { width: 1280, height: 900 }, locale: 'zh-CN', acceptDownloads: true, ...options,
        });
        contexts.push(context);
        context.setDefaultTimeout(patience);
        watch(context, faults);
        const page = await context.newPage();
        // what is waited for may stand there before the rest of its page does
        const appears = page.waitForSelector.bind(page);
        page.waitForSelector = async (...what) => {
            const found = await appears(...what);
            await page.waitForLoadState('load');
            return found;
        };
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
    // Clicks what leads to another page, and is there: a click alone may come back before the page has changed,
    // and a selector or an address that the old page has too is no sign of the new one.
    const follow = async (link) => {
        const page = link.page();
        await Promise.all([page.waitForEvent('framenavigated', (frame) => frame === page.mainFrame()), link.click()]);
        await page.waitForLoadState('load');
    };
    const picture = async (page, name, full) => {
        await page.screenshot({ path: path.join(pictures, `${name}.png`), fullPage: Boolean(full) });
        if (process.env.QIAO_GUIDE && guide[name]) await small(page, path.join(process.env.QIAO_GUIDE, `${guide[name]}.webp`));
    };
    const close = async () => { for (const c of contexts.splice(0)) await c.close(); };
    return { assert, somebody, test, picture, follow, close };
}

async function walk(site, names) {
    const t = tools(site);
    for (const name of names) {
        const began = Date.now();
        try {
            await require(`./journeys/${name}.js`)(t);
        } catch (e) {
            report(false, `${name}: the journey breaks off`, e.stack);
        }
        await t.close();
        console.log(`# ${name}: ${((Date.now() - began) / 1000).toFixed(1)} s`);
    }
}

async function main() {
    const chosen = process.argv.slice(2);
    fs.rmSync(pictures, { recursive: true, force: true });
    fs.mkdirSync(pictures, { recursive: true });
    const forgotten = fs.readdirSync(path.join(__dirname, 'journeys')).filter((f) => !rows.flat().includes(path.basename(f, '.js')));
    assert.deepEqual(forgotten, [], 'every journey stands in a row');
    const walks = chosen.length ? [chosen] : rows;
    sites = await start(walks.length);
    browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox'] });
    await Promise.all(walks.map((names, i) => walk(sites[i], names)));
}

main()
    .catch((e) => report(false, 'the browser and the site start', e.stack))
    .finally(async () => {
        if (browser) await browser.close();
        const ends = await Promise.all(sites.map((site) => site.stop()));
        // a journey brings a workbook that is none, and that is worth a line
        const lines = ends.flatMap((end) => end.complaints.split('\n')).filter((l) => l && !l.includes('sheet.damaged'));
        report(ends.every((end) => end.status === 0) && lines.length === 0, 'the sites end well and have logged no other warning', lines.join('\n'));
        console.log(`1..${n}`);
        process.exit(failed ? 1 : 0);
    });
