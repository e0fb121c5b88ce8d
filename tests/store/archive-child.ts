import { writeSync } from 'node:fs';
import { BACKENDS } from './archive-backends.ts';
import { openRig, privatePlace } from './archive-rig.ts';
import { stored } from './suite/opened.ts';
import { post } from './suite/steps.ts';

/* A hub that posts and archives until it is killed. Says each post that was stored, and how far the archive is. */

const [name, folder, url, room] = process.argv.slice(2);
const backend = BACKENDS.find((each) => each.name === name);
if (backend === undefined || folder === undefined || room === undefined) throw new Error('bad arguments');
if (url !== undefined && url !== '') backend.use(url);

const rig = await openRig(backend, { folder });
const archiver = rig.archiver({ hotMs: 0, batch: 20 });
const at = privatePlace(room);
for (let n = 0; ; n += 1) {
  const steps = Array.from({ length: 8 }, (_, part) => post(at, `post ${n} ${part}`));
  const answers = await Promise.all(steps.map((step) => stored(rig.store, step)));
  const lines = answers.map(({ seq, message }) => `post ${message} ${seq}\n`);
  writeSync(1, `${lines.join('')}archived ${archiver.state()?.archived ?? 0} ${archiver.state()?.trimmed ?? 0}\n`);
  rig.clock.ahead(1_000);
}
