/*
 * A hub on four platforms, as a process of its own, to be killed: `hub-process.ts FOLDER CONFIG`. Says `up` once it runs;
 * each line that it reads is a command of an admin of the native chat, and is answered by a line.
 */
import { createInterface } from 'node:readline';
import { startTestHub } from '../fakes/hub.ts';
import { actAs, FOUR } from './rig.ts';

const [dataDir = '', config = '{}'] = process.argv.slice(2);
const hub = await startTestHub({ dataDir, builtIns: FOUR, config: JSON.parse(config) });
process.stdout.write('up\n');
createInterface({ input: process.stdin }).on('line', async (line) => {
  process.stdout.write(`${await actAs(hub, 'carla', line)}\n`);
});
