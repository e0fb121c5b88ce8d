import { parseArgs } from 'node:util';
import { type Checked, checkHistory } from './lib/check-history.ts';
import { type BenchHub, benchHub, benchRedis } from './lib/peers.ts';
import { startSenders } from './lib/senders.ts';

/** Kills the hub, or Redis, again and again under load, and holds the history against what was acknowledged. */

interface Settings {
  readonly rounds: number;
  readonly perSecond: number;
  readonly senders: number;
  readonly kill: 'hub' | 'redis';
}
interface StoreFigures extends Checked {
  readonly rounds: number;
  /** Posts a second that were acknowledged while everything was up. */
  readonly perSecond: number;
}

const CONTROL_ROUNDS = 3;

export async function run(words: readonly string[]): Promise<object> {
  const settings = parse(words);
  const stores: Record<string, StoreFigures> = {};
  if (settings.kill === 'hub') stores.embedded = await onEmbedded(settings);
  stores.redis = await onRedis(settings, true);
  console.error('control: Redis without append-only file, killed under load');
  const control = await onRedis({ ...settings, kill: 'redis', rounds: CONTROL_ROUNDS }, false);
  const sum = (name: 'acked' | 'lost' | 'duplicated' | 'reordered' | 'rounds') =>
    Object.values(stores).reduce((total, figures) => total + figures[name], 0);
  return {
    rounds: Math.min(...Object.values(stores).map(({ rounds }) => rounds)),
    acked: sum('acked'),
    lost: sum('lost'),
    duplicated: sum('duplicated'),
    reordered: sum('reordered'),
    stores,
    control: { lost: control.lost, acked: control.acked },
  };
}

function parse(words: readonly string[]): Settings {
  const { values } = parseArgs({
    args: [...words],
    options: {
      kill: { type: 'string', default: 'hub' },
      rounds: { type: 'string', default: '20' },
      'per-second': { type: 'string', default: '560' },
      senders: { type: 'string', default: '8' },
    },
  });
  const { kill } = values;
  if (kill !== 'hub' && kill !== 'redis') throw new Error('--kill is hub or redis');
  return {
    kill,
    rounds: Number(values.rounds),
    perSecond: Number(values['per-second']),
    senders: Number(values.senders),
  };
}

async function onEmbedded(settings: Settings): Promise<StoreFigures> {
  const hub = await benchHub({ redisUrl: null });
  return underLoad('embedded', hub, settings, async () => {
    await hub.kill('SIGKILL');
    await hub.start();
  });
}

async function onRedis(settings: Settings, appendonly: boolean): Promise<StoreFigures> {
  const redis = await benchRedis(appendonly);
  await redis.start();
  const hub = await benchHub({ redisUrl: redis.url });
  const victim = settings.kill === 'redis' ? redis : hub;
  try {
    return await underLoad(appendonly ? 'redis' : 'control', hub, settings, async () => {
      await victim.kill('SIGKILL');
      await victim.start();
    });
  } finally {
    await redis.kill('SIGKILL');
  }
}

async function underLoad(
  name: string,
  hub: BenchHub,
  settings: Settings,
  crash: () => Promise<void>,
): Promise<StoreFigures> {
  await hub.start();
  try {
    const senders = await startSenders(hub.url, settings);
    let upMs = 0;
    let ackedUp = 0;
    for (let round = 1; round <= settings.rounds; round += 1) {
      const before = senders.acked();
      await senders.untilAcked(before + settings.perSecond / 4);
      const began = performance.now();
      const atBegin = senders.acked();
      await new Promise((resolve) => setTimeout(resolve, 700 + Math.random() * 800));
      upMs += performance.now() - began;
      ackedUp += senders.acked() - atBegin;
      await crash();
      console.error(`${name}: round ${round}, ${senders.acked()} acknowledged`);
    }
    const posts = await senders.finish();
    const checked = await checkHistory(hub.url, posts);
    return { rounds: settings.rounds, perSecond: Math.round((1_000 * ackedUp) / upMs), ...checked };
  } finally {
    await hub.kill('SIGKILL');
  }
}
