// A fresh sample site behind `qiao serve` on a free port of 127.0.0.1.
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

// { address, password, stop() }; what the server says on standard error fails the run.
async function start() {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'qiao-browser-'));
    const data = path.join(folder, 'site');
    command('init', data, '--quiet');
    command('sample', data, path.join(root, 'samples/region'), '--password', password, '--quiet');
    const server = spawn(qiao, ['serve', data, '--port', '0'], { env: environment() });
    let complaints = '', stopping = false;
    server.stderr.on('data', (bytes) => { complaints += bytes; });
    const address = await new Promise((resolve, reject) => {
        let said = '';
        const late = setTimeout(() => reject(new Error('the site does not start: ' + complaints)), 60000);
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
    const stop = () => new Promise((resolve) => {
        if (server.exitCode !== null || server.signalCode) {
            fs.rmSync(folder, { recursive: true, force: true });
            resolve({ status: 'too early', complaints });
            return;
        }
        const hard = setTimeout(() => server.kill('SIGKILL'), 15000);
        server.once('exit', (status) => {
            clearTimeout(hard);
            fs.rmSync(folder, { recursive: true, force: true });
            resolve({ status, complaints });
        });
        stopping = true;
        server.kill('SIGTERM');
    });
    return { address, password, stop };
}

module.exports = { start, root };
