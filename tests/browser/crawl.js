// Goes through the site as somebody, link by link, and says what a careful reader would object to.
// One address of each shape (numbers and the values of queries left out) is looked at, or `each` of them;
// of the others `links` are only asked for. The journey `crawl` does a part of it; all of it, on a site
// of its own or a served one:
//   node tests/browser/crawl.js [--site URL --password P] [--roles broker,…] [--languages zh-CN,en]
//                               [--widths 1280,390] [--each 2] [--links 6] [--axe] [--from /need,…]
'use strict';
const fs = require('fs');
const path = require('path');
const root = path.resolve(__dirname, '../..');

const everybody = ['visitor', 'editor_co', 'member_co', 'editor_univ', 'editor_hosp', 'expert_univ', 'broker', 'auditor', 'admin'];
const paged = /^\/(api(\/|$)|static\/|calendar\/|metrics|healthz|language\/)|\/(export|template|files|paper)(\/|\?|$)|[?&](as|pdf)=/;

// Every label and sentence of the model, { zh, en }.
function sentences(folder = path.join(root, 'model'), found = []) {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
        const at = path.join(folder, entry.name);
        if (entry.isDirectory()) sentences(at, found);
        else if (entry.name.endsWith('.yaml')) {
            const one = `("(?:[^"\\\\]|\\\\.)*"|'(?:[^']|'')*'|[^,}"']+)`;
            for (const m of fs.readFileSync(at, 'utf8').matchAll(new RegExp(`\\{zh: ${one}, en: ${one}\\}`, 'g')))
                found.push({ zh: plain(m[1]), en: plain(m[2]) });
        }
    }
    return found;
}

const plain = (s) => s.trim().replace(/^(["'])(.*)\1$/, '$2');

// What must not stand alone on a page of the language: labels of the other, but where both have it alike.
function foreign(lang) {
    const [ours, theirs] = lang === 'en' ? ['en', 'zh'] : ['zh', 'en'];
    const all = sentences(), known = new Set(all.map((s) => s[ours]));
    const worth = (s) => (lang === 'en' ? /[\u4e00-\u9fff]/ : /[A-Za-z]{3}/).test(s) && !known.has(s);
    return all.map((s) => s[theirs]).filter(worth);
}

// The shape of an address: /need/12?f.state=open&from=20 is /need/#?f.state&from
function shape(address) {
    const url = new URL(address, 'http://x');
    const names = [...new Set([...url.searchParams.keys()])].filter((n) => n !== 'back').sort();
    const spot = url.pathname.replace(/\/\d+(?=\/|$)/g, '/#').replace(/\/(matches|step)\/#?[\w-]+$/, '/$1/*');
    return spot + (names.length ? `?${names.join('&')}` : '');
}

// Runs in the page: what of it looks wrong at this width.
function look([lang, words]) {
    const faults = [], say = (what, element, more) => {
        const name = element ? element.tagName.toLowerCase() + (typeof element.className === 'string' && element.className ? '.' + element.className.trim().split(/\s+/).join('.') : '') : '';
        faults.push([what, name, (more || (element && element.textContent) || '').trim().replace(/\s+/g, ' ').slice(0, 90)]);
    };
    const wide = document.documentElement.clientWidth;
    const within = (e, q) => Boolean(e.closest(q));
    // a list on a phone has its head out of sight, for who is read to
    const seen = (e) => e.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && e.getBoundingClientRect().width > 1
        && !(within(e, 'thead') && e.closest('thead').getBoundingClientRect().width <= 1);
    if (document.documentElement.scrollWidth > wide) {
        const over = [...document.querySelectorAll('main *')].filter((e) => e.getBoundingClientRect().right > wide + 1 && !within(e, '.table-responsive'));
        say('wider than the screen', over[0] || document.body);
    }
    const wall = /[?&]wall=/.test(location.search); // without the frame of the other pages
    if (document.querySelectorAll('h1').length !== 1) say('not one h1', document.body, String(document.querySelectorAll('h1').length));
    if (!wall && !/\S.* · /.test(document.title)) say('no title', document.head, document.title);
    const cut = (e) => {
        const s = getComputedStyle(e);
        if (!/hidden|clip/.test(s.overflowX) || e.scrollWidth <= e.clientWidth + 1 || within(e, 'svg, input, .visually-hidden, [aria-hidden=true]')) return;
        say(s.textOverflow === 'ellipsis' ? 'cut with dots and no title' : 'cut', e);
    };
    const lines = (e) => {
        const range = document.createRange();
        range.selectNodeContents(e);
        const high = parseFloat(getComputedStyle(e).fontSize);
        const middles = [...range.getClientRects()].filter((r) => r.width > 1).map((r) => (r.top + r.bottom) / 2);
        return middles.length && Math.max(...middles) - Math.min(...middles) > high ? 2 : 1;
    };
    const glyphs = document.createElement('canvas').getContext('2d');
    for (const e of document.querySelectorAll('body *')) {
        if (!seen(e)) continue;
        if (!e.title && !within(e, '[title]')) cut(e);
        if (e.matches('.btn, .badge, .state, th, label, legend, dt, .nav-link, .nav-list a') && !e.querySelector('input, select, .btn, .badge')
            && e.innerText && e.innerText.trim().length <= 8 && !/\n/.test(e.innerText.trim()) && lines(e) > 1 && e.getBoundingClientRect().height > 1.7 * parseFloat(getComputedStyle(e).lineHeight))
            say('a short label is broken', e);
        if (e.matches('.list td.term, .list td a[href^="/org/"]') && !/[、，（(\s]/.test(e.innerText.trim()) && lines(e) > 1) say('a name is broken', e);
        if (e.matches('input:not([type=checkbox], [type=radio], [type=hidden], [type=file]), select')) {
            const s = getComputedStyle(e);
            const text = e.matches('select') ? (e.multiple || !e.selectedOptions[0] ? '' : e.selectedOptions[0].text) : e.value ? '' : e.placeholder;
            glyphs.font = s.font;
            if (text && (e.value || s.textOverflow !== 'ellipsis') && glyphs.measureText(text).width > e.clientWidth - parseFloat(s.paddingLeft) - parseFloat(s.paddingRight) + 2) say('text of a field is cut', e, text);
        }
        if (e.matches('img') && !e.naturalWidth) say('a picture is missing', e, e.src);
        if (e.matches('.empty, .empty-line') && within(e, 'main') && !e.querySelector('a, button, form')) say('empty without a next step', e);
    }
    const strange = new Set(words), texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const node = texts.currentNode, text = node.data.trim(), e = node.parentElement;
        if (!text || !e || within(e, 'script, style, svg, pre, code, datalist, textarea') || (e.closest('[lang]').lang !== document.documentElement.lang)) continue;
        if (strange.has(text)) say(lang === 'en' ? 'Chinese left' : 'English left', e, text);
        if (/\{\{|\}\}|\{[a-z]+\}|\bundefined\b|\bNaN\b|\[object|^null$/.test(text)) say('raw', e, text);
        if (/^[a-z]+(\.[a-z_]+)+$/.test(text)) say('a key?', e, text);
        if (lang !== 'en' && /[\u4e00-\u9fff][,;:?!](\s|$|[\u4e00-\u9fff])/.test(text)) say('half-width punctuation', e, text);
        if (lang === 'en' && /[，。；：（）、]/.test(text) && !/[\u4e00-\u9fff]/.test(text)) say('full-width punctuation', e, text);
    }
    const links = [...document.querySelectorAll('a[href]')].map((a) => new URL(a.getAttribute('href'), location))
        .filter((u) => u.origin === location.origin).map((u) => u.pathname + u.search);
    return { faults, links: [...new Set(links)] };
}

const axeSource = () => require('axe-core').source;

async function grave(page) {
    if (!(await page.evaluate(() => Boolean(window.axe)))) await page.evaluate(axeSource());
    const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
    return found.violations.filter((v) => ['serious', 'critical'].includes(v.impact))
        .map((v) => [`axe: ${v.id}`, v.nodes[0].target.join(' '), v.nodes[0].html.slice(0, 120)]);
}

// One role, one language. `page` is signed in; `told(what, where, text, at)` hears of every fault.
async function crawl(page, { lang, widths, each = 1, links = 4, most = Infinity, axe = false, from = ['/'], told }) {
    const words = foreign(lang), count = new Map(), asked = new Map(), known = new Set(from), row = [...from];
    let at = '', pages = 0;
    const hear = (m) => {
        if (['error', 'warning'].includes(m.type())) told('console', '', m.text().slice(0, 160), at);
    };
    page.on('console', hear);
    page.on('pageerror', (e) => told('exception', '', String(e).slice(0, 160), at));
    await page.goto(`/language/${lang}?back=/`);
    while (row.length) {
        at = row.shift();
        const form = shape(at), n = count.get(form) || 0;
        if (paged.test(at) || n >= each || pages >= most) {
            if ((asked.get(form) || 0) >= links || /^\/language\//.test(at)) continue;
            asked.set(form, (asked.get(form) || 0) + 1);
            const answer = await page.request.get(at, { maxRedirects: 0 }).catch((e) => { told('is not answered', '', String(e).slice(0, 120), at); });
            if (answer && answer.status() >= 400) told(`answers ${answer.status()}`, '', form, at);
            continue;
        }
        count.set(form, n + 1);
        pages++;
        await page.setViewportSize({ width: widths[0], height: 900 });
        const answer = await page.goto(at).catch((e) => { told('does not open', '', String(e).slice(0, 120), at); });
        if (!answer) continue;
        if (answer.status() >= 400) told(`answers ${answer.status()}`, '', form, at);
        for (const width of /[?&]wall=/.test(at) ? widths.slice(0, 1) : widths) { // a wall is no phone
            if (width !== widths[0]) await page.setViewportSize({ width, height: 844 });
            const found = await page.evaluate(look, [lang, words]);
            const hurt = axe ? await grave(page) : [];
            for (const [what, where, text] of [...found.faults, ...hurt]) told(what, where, text, `${at} (${width})`);
            for (const link of found.links) if (!known.has(link)) { known.add(link); row.push(link); }
        }
    }
    page.off('console', hear);
    return { pages, asked: [...asked.values()].reduce((a, b) => a + b, 0) };
}

module.exports = { crawl, everybody, shape };

// ---- by hand ----

function options(words) {
    const o = { roles: everybody.join(','), languages: 'zh-CN,en', widths: '1280,390', each: '1', links: '4', from: '/' };
    for (let i = 0; i < words.length; i++) {
        if (words[i] === '--axe') o.axe = true;
        else o[words[i].slice(2)] = words[++i];
    }
    return o;
}

async function enter(browser, site, role) {
    const page = await (await browser.newContext({ baseURL: site.address, bypassCSP: true, locale: 'zh-CN' })).newPage();
    page.setDefaultTimeout(30000);
    if (role === 'visitor') return page;
    await page.goto('/sign-in');
    await page.fill('#login', role);
    await page.fill('#password', site.password);
    await page.click('.sign button[type=submit]');
    await page.waitForURL((u) => u.pathname !== '/sign-in');
    return page;
}

async function main() {
    const o = options(process.argv.slice(2)), { chromium } = require('playwright-core');
    const site = o.site ? { address: o.site, password: o.password } : (await require('./site.js').start())[0];
    const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox'] });
    const faults = new Map();
    for (const role of o.roles.split(','))
        for (const lang of o.languages.split(',')) {
            const page = await enter(browser, site, role);
            const told = (what, where, text, at) => {
                const key = [what, where, /^(answers|axe|cut|wider|console)/.test(what) ? '' : text].join(' | ');
                if (!faults.has(key)) console.log(`${key}\n    ${role} ${lang} ${at}  ${text}`);
                faults.set(key, (faults.get(key) || 0) + 1);
            };
            const done = await crawl(page, { lang, widths: o.widths.split(',').map(Number), each: Number(o.each), links: Number(o.links), axe: o.axe, from: o.from.split(','), told });
            console.log(`# ${role} ${lang}: ${done.pages} pages, ${done.asked} further links`);
            await page.context().close();
        }
    for (const [key, times] of [...faults].sort()) console.log(`# ${times} × ${key}`);
    await browser.close();
    if (site.stop) await site.stop();
    process.exit(faults.size ? 1 : 0);
}

if (require.main === module) main();
