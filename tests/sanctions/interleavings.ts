import { afterEach, expect, it } from 'vitest';
import { userIdOf } from '../../core/async/mint.ts';
import { textContent } from '../../core/domain/content.ts';
import type { AccountId, ChannelId } from '../../core/domain/ids.ts';
import type { Actor } from '../../core/domain/inbound.ts';
import { type Entry, START } from '../../core/store/ports.ts';
import { actorOf, borrowedPort } from './port.ts';
import { LOBBY, type Rig, startRig } from './rig.ts';

/** So many at once, each on people of its own: every act makes what the others in its shard judged stale. */
const AT_ONCE = { embedded: 12, redis: 24 } as const;
/** Acts on people of one owner's channels go one after the other: so there are several. */
const DJS = ['kool', 'mia', 'zoe', 'sam', 'lou', 'max', 'ivy'];

/** Small, fast and the same on every run: what differs is how the work falls together. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

async function turns(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) await new Promise((resolve) => setImmediate(resolve));
}

function person(n: number): Actor {
  const user = userIdOf('slipmat', `writer ${n}` as AccountId);
  return { user, name: `writer ${n}`, platform: 'slipmat', avatarUrl: null, isGuest: false, isBot: false };
}

/** Posts of people beside acts on them, each pair by itself, on one hub or two that share a Redis. */
export function describeInterleavings(kind: 'embedded' | 'redis', count: number): void {
  let rig: Rig;
  afterEach(() => rig.close());

  it(`of ${count} random interleavings none stores a post after the act, nor accepts one after its answer, on ${kind}`, async () => {
    const lenders = kind === 'redis' ? [borrowedPort(), borrowedPort()] : [borrowedPort()];
    let started = 0;
    // each hub lends its own port
    const builtIns = {
      ...borrowedPort().builtIns,
      surfaces: {
        ...borrowedPort().builtIns.surfaces,
        lender: async () => {
          const one = lenders[Math.min(started, lenders.length - 1)];
          started += 1;
          return one?.builtIns.surfaces.lender?.();
        },
      },
    };
    rig = await startRig(kind, { builtIns, isTwo: kind === 'redis' });
    const hubs = kind === 'redis' ? [rig.hub, rig.other] : [rig.hub];
    const root = actorOf(await rig.come('root', { role: 'admin' }));
    for (const dj of DJS) await rig.come(dj, { role: 'dj' });
    const places = [LOBBY, ...DJS.map((dj) => `dj-${dj}` as ChannelId)].flatMap(
      (id) => rig.hub.hub.knowledge.facts.channel(id) ?? [],
    );
    const roll = dice(20_261_122);
    let accepted = 0;
    let refused = 0;
    const late: string[] = [];

    const interleave = async (n: number): Promise<void> => {
      const who = person(n);
      const at = places[n % places.length];
      if (at === undefined) throw new Error('no channel');
      let isOver = false;
      const write = async (tries: number, before: number, from: number) => {
        await turns(before);
        for (let post = 0; post < tries; post += 1) {
          const wasOver = isOver;
          const port = lenders[from % lenders.length]?.port();
          const request = { kind: 'message', channel: at.id, content: textContent('hi'), replyTo: null } as const;
          const receipt = await port?.request(who, request, { key: `key-${n}-${from}-${post}`, again: false });
          if (receipt?.kind === 'accepted') accepted += 1;
          else refused += 1;
          if (wasOver && receipt?.kind === 'accepted') late.push(who.name);
        }
      };
      const restrain = async (before: number, by: number, ban: boolean) => {
        await turns(before);
        const act = ban ? ({ kind: 'ban' } as const) : ({ kind: 'timeout', minutes: 10 } as const);
        const request = { by: root, at, target: who.user, act, reason: null, cause: `act ${n}` };
        const outcome = await (hubs[by % hubs.length] ?? rig.hub).hub.moderation.sanctions.sanction(request);
        // a hub with too much to judge anew says that it is busy: then nothing is in force
        isOver = outcome.ok;
        return outcome.ok;
      };
      await Promise.all([
        write(1 + roll(3), roll(6), 0),
        write(1 + roll(3), roll(6), 1),
        restrain(roll(8), roll(2), roll(2) === 0).then((isDone) => (isDone ? write(1, 0, roll(2) + 2) : undefined)),
      ]);
    };

    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < count) {
        next += 1;
        await interleave(next);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE[kind] }, worker));
    expect(late).toEqual([]);
    expect(accepted).toBeGreaterThan(count / 10);
    expect(refused).toBeGreaterThan(count);
    const { log } = rig.hub.hub.live.store;
    const restrained = new Set<string>();
    const after: string[] = [];
    for (let shard = 0, from = START; shard < log.shards; ) {
      const page: readonly Entry[] = await log.range(shard, from, 2_000);
      for (const { kind: what, body, note } of page) {
        if (what === 'sanction') restrained.add((JSON.parse(body) as { user: string }).user);
        if (what !== 'message') continue;
        const { author } = JSON.parse(note) as { author: string };
        if (restrained.has(author)) after.push(author);
      }
      const last = page.at(-1);
      from = last?.position ?? START;
      if (last === undefined) shard += 1;
    }
    expect(restrained.size).toBeGreaterThan(count * 0.9);
    expect(after).toEqual([]);
  }, 600_000);
}
