import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../core/async/clock.ts';
import { createRetiring, type Retiring } from '../../core/community/privacy/retiring.ts';
import type { BridgeId, EpochMs, UserId } from '../../core/domain/ids.ts';
import { silentLogger } from '../../core/ops/log.ts';
import type { Bridge } from '../../core/plugin/bridge.ts';
import { BridgeError } from '../../core/plugin/errors.ts';
import type { Retire } from '../../core/plugin/operations.ts';
import { type OpenedSql, openSql } from '../../core/store/sql/open.ts';

const ANN = `u-${'a'.repeat(26)}` as UserId;
const [GHOSTS, WORDS] = ['ghosts', 'words'] as BridgeId[];
const HOUR_MS = 3_600_000;

let folder: string;
let sql: OpenedSql;
const running: Retiring[] = [];
let aheadMs = 0;
/** Looks often, and at a time that can be put forward. */
const clock = {
  ...systemClock,
  now: () => (systemClock.now() + aheadMs) as EpochMs,
  every: (_: number, run: () => void) => systemClock.every(5, run),
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hub-retiring-'));
  sql = await openSql({ file: join(folder, 'hub.sqlite'), clock, log: silentLogger });
  const row = { platform: 'north', account_id: 'ann', user_id: ANN, name: 'Ann', at: 0 };
  await sql.write([{ query: sql.build.insertInto('seen_accounts').values(row).compile() }]);
});
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
  await sql.close();
  rmSync(folder, { recursive: true, force: true });
});

function start(live: Partial<Record<BridgeId, Bridge>>): Retiring {
  const retiring = createRetiring({
    sql,
    bridges: [GHOSTS, WORDS].flatMap((id) => id ?? []),
    clock,
    logger: silentLogger,
  });
  retiring.start((bridge) => live[bridge] ?? null);
  running.push(retiring);
  return retiring;
}

/** What it can do, and no more. */
function bridgeThat(capabilities: ReturnType<Bridge['capabilities']>): Bridge {
  return {
    placement: 'one-hub',
    delivery: 'courier',
    start: async () => {},
    stop: async () => {},
    capabilities: () => capabilities,
  };
}

const open = async () =>
  (await sql.read(sql.build.selectFrom('retirements').select(['bridge', 'tries']).compile())).map(
    ({ bridge, tries }) => `${bridge} ${tries}`,
  );

it('a platform is asked again until it has forgotten somebody, over restarts; one that keeps nothing is not asked', async () => {
  const asked: Retire[] = [];
  let isAway = true;
  const run = async (command: Retire): Promise<undefined> => {
    asked.push(command);
    if (isAway) throw new BridgeError('away', { kind: 'retryable', delivered: 'no' });
    return undefined;
  };
  const ghosts = bridgeThat({ retire: { limits: {}, run } });
  // no bridge runs yet
  const first = start({});
  await sql.write(await first.statementsFor([ANN]));
  expect((await open()).toSorted()).toEqual(['ghosts 0', 'words 0']);
  await first.stop();

  const second = start({ [`${GHOSTS}`]: ghosts, [`${WORDS}`]: bridgeThat({}) });
  await expect.poll(open).toEqual(['ghosts 1']);
  await second.stop();
  expect(asked).toEqual([{ key: ANN, platform: 'north' }]);

  isAway = false;
  aheadMs += HOUR_MS;
  start({ [`${GHOSTS}`]: ghosts });
  await expect.poll(open).toEqual([]);
  expect(asked).toHaveLength(2);
});
