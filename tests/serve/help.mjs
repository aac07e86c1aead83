// Writers that remember what was acknowledged.
import { check } from '../site.mjs';

export const need = (n, owner) => ({ owner, fields: { title: `已确认的第${n}条`, body: `正文${'很长的一段话。'.repeat(20)}`, industry: 'C398' } });

// `each` programs write until one of them fails to be answered, or `stop.now`; the ids that were acknowledged.
// stop.done: how many there are so far.
export async function writers(programs, owner, stop, each = 4) {
  const ids = new Map();
  const refused = [];
  let n = 0;
  const one = async (p) => {
    while (!stop.now) {
      const mine = ++n;
      const r = await p.ask('POST', '/api/need', need(mine, owner)).catch(() => null);
      if (!r) return;
      if (r.status === 201) ids.set(r.json.id, r.json.fields.title), (stop.done = ids.size);
      else {
        refused.push(r);
        if (refused.length > 20) return;
      }
    }
  };
  await Promise.all(programs.flatMap((p) => Array.from({ length: each }, () => one(p))));
  return { ids, refused };
}

export async function allThere(program, ids) {
  for (const [id, title] of ids) {
    const r = await program.get(`/api/need/${id}`);
    check(r.status === 200 && r.json.fields.title === title, 'lost', String(id), String(r.status));
  }
}
