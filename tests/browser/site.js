// Fresh sample sites, each behind a `qiao serve` on a free port of 127.0.0.1.
'use strict';
const { spawn, spawnSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');

const root = path.resolve(__dirname, '../..');
const qiao = process.env.QIAO || path.join(root, 'build/gcc/qiao');
const password = 'uncommon-Word-7';

function command(...words) {
    const done = spawnSync(qiao, words, { encoding: 'utf8', env: environment() });
    if (done.status !== 0) throw new Error(`qiao ${words[0]}: ${done.stderr || done.error}`);
}

function environment() {
    const env = { ...process.env, LC_ALL: 'C.UTF-8', QIAO_WEB_STRICT: '1' };
    delete env.QIAO_DB;
    return env;
}

// `many` sites alike, each { address, password, stop() }; what a server says on standard error fails the run.
async function start(many = 1) {
    const base = fs.existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir(); // a site flushes at every commit
    const folder = fs.mkdtempSync(path.join(base, 'qiao-browser-'));
    const data = Array.from({ length: many }, (_, i) => path.join(folder, `site${i}`));
    command('init', data[0], '--quiet');
    command('sample', data[0], path.join(root, 'samples/region'), '--password', password, '--quiet');
    for (const copy of data.slice(1)) fs.cpSync(data[0], copy, { recursive: true });
    const sites = [];
    const last = () => { if (sites.every((s) => s.gone)) fs.rmSync(folder, { recursive: true, force: true }); };
    try {
        for (const one of data) sites.push(await serve(one, last));
    } catch (e) {
        for (const site of sites) await site.stop();
        throw e;
    }
    return sites;
}

async function serve(data, gone) {
    const server = spawn(qiao, ['serve', data, '--port', '0'], { env: environment() });
    let complaints = '', stopping = false;
    server.stderr.on('data', (bytes) => { complaints += bytes; });
    const address = await new Promise((resolve, reject) => {
        let said = '';
        const late = setTimeout(() => reject(new Error('the site does not start: ' + complaints)), 120000);
        server.once('exit', (status, signal) => {
            if (!stopping) complaints += `the site ended by itself: ${status} ${signal}\n`;
            reject(new Error('the site does not start: ' + complaints));
        });
        server.stdout.on('data', (bytes) => {
            said += bytes;
            const found = said.match(/http:\/\/127\.0\.0\.1:\d+/);
            if (found) { clearTimeout(late); resolve(found[0]); }
        });
    });
    const site = { address, password };
    site.stop = () => new Promise((resolve) => {
        const end = (status) => {
            site.gone = true;
            gone();
            resolve({ status, complaints });
        };
        if (server.exitCode !== null || server.signalCode) return end('too early');
        const hard = setTimeout(() => server.kill('SIGKILL'), 60000);
        server.once('exit', (status) => {
            clearTimeout(hard);
            end(status);
        });
        stopping = true;
        server.kill('SIGTERM');
    });
    return site;
}

module.exports = { start, root };
