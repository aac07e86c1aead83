// A PostgreSQL of the test's own, reached by a socket in the work folder only.
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { atEnd, check, work } from '../site.mjs';

const home = '/usr/lib/postgresql';
const port = 5998;

export function postgres() {
  const versions = readdirSync(home).sort((a, b) => a - b);
  const bin = `${home}/${versions.at(-1)}/bin`;
  const data = `${work}/pg`;
  const socket = `${work}/pgrun`;
  const asRoot = process.getuid() === 0;
  const run = (program, ...args) => {
    const command = asRoot ? ['runuser', '-u', 'postgres', '--', `${bin}/${program}`] : [`${bin}/${program}`];
    const r = spawnSync(command[0], [...command.slice(1), ...args], { encoding: 'utf8', stdio: ['ignore', 'ignore', 'ignore'], cwd: '/' });
    return r.status === 0;
  };
  mkdirSync(socket);
  mkdirSync(data);
  chmodSync(work, 0o755);
  if (asRoot) {
    const ids = readFileSync('/etc/passwd', 'utf8').match(/^postgres:[^:]*:(\d+):(\d+):/m);
    for (const dir of [data, socket]) chownSync(dir, Number(ids[1]), Number(ids[2]));
  }
  check(run('initdb', '-D', data, '-U', 'qiao_test', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '-N'), 'initdb');
  const options = `-k ${socket} -p ${port} -F -c listen_addresses='' -c max_connections=60 -c shared_buffers=32MB`;
  const pg = {
    start: () => run('pg_ctl', '-D', data, '-w', '-l', `${socket}/log`, '-o', options, 'start'),
    stop: () => run('pg_ctl', '-D', data, '-m', 'immediate', '-w', 'stop'),
    url: `postgres://qiao_test@/site?host=${encodeURIComponent(socket)}&port=${port}`,
    make: (name) => run('createdb', '-h', socket, '-p', String(port), '-U', 'qiao_test', name),
  };
  check(pg.start(), 'PostgreSQL starts');
  atEnd(pg.stop);
  return pg;
}
