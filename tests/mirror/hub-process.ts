/*
 * A hub as a process of its own, to be killed: `hub-process.ts FOLDER CONFIG [SETUP]`. Says `up` once it runs; each line
 * that it reads is a command of an admin of the native chat, and is answered by a line.
 */
import { createInterface } from 'node:readline';
import { systemClock } from '../../core/async/clock.ts';
import type { EpochMs } from '../../core/domain/ids.ts';
import { startTestHub } from '../fakes/hub.ts';
import { actAs, FOUR } from './rig.ts';
import { type SetUp, setUp } from './set-up.ts';

const [dataDir = '', config = '{}', given = '{}'] = process.argv.slice(2);
const plan: SetUp & { readonly aheadMs?: number } = JSON.parse(given);
const { aheadMs = 0 } = plan;
const clock = { ...systemClock, now: () => (systemClock.now() + aheadMs) as EpochMs };
const hub = await startTestHub({ dataDir, builtIns: FOUR, clock, config: JSON.parse(config) });
await setUp(hub, plan);
process.stdout.write(`up ${hub.url}\n`);
createInterface({ input: process.stdin }).on('line', async (line) => {
  process.stdout.write(`${await actAs(hub, 'carla', line)}\n`);
});
