import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { userIdOf } from '../../core/async/mint.ts';
import { scopeOf } from '../../core/domain/channel.ts';
import type { AccountId, ChannelId, MessageId, UserId } from '../../core/domain/ids.ts';
import { RANKS, type Rank } from '../../core/domain/permission.ts';
import { type Participant, participant } from '../fakes/people.ts';
import { type Rig, startRig, WITHIN } from '../portals/rig.ts';

/** Who stands where; everybody else is a listener there. */
const CHANNELS = ['lobby', 'dj-kool'] as const;
type Where = (typeof CHANNELS)[number];
const STANDINGS: Readonly<Record<string, readonly [lobby: Rank, dj: Rank]>> = {
  guest: ['guest', 'guest'],
  ann: ['listener', 'listener'],
  bob: ['listener', 'listener'],
  mod: ['moderator', 'moderator'],
  may: ['moderator', 'moderator'],
  kool: ['listener', 'dj'],
  root: ['admin', 'admin'],
  rita: ['admin', 'admin'],
};
const ACTORS = ['guest', 'ann', 'mod', 'kool', 'root'];
const TARGETS = ['bob', 'may', 'kool', 'rita'];

const rankOf = (name: string, where: Where): Rank => STANDINGS[name]?.[CHANNELS.indexOf(where)] ?? 'listener';
const above = (a: Rank, b: Rank): boolean => RANKS.indexOf(a) > RANKS.indexOf(b);

/** As people are told: moderators and above, on those below them; bans in a DJ's channel are the DJ's. */
function isTold(act: 'timeout' | 'ban' | 'redact', actor: string, target: string, where: Where): boolean {
  const rank = rankOf(actor, where);
  const least: Rank = act === 'ban' && where === 'dj-kool' ? 'dj' : 'moderator';
  return !above(least, rank) && above(rank, rankOf(target, where));
}

let rig: Rig;
const people = new Map<string, Participant>();
const one = (name: string): Participant => people.get(name) ?? expect.fail(`no ${name}`);
const idOf = (name: string): UserId => userIds.get(name) ?? expect.fail(`no id of ${name}`);
const userIds = new Map<string, UserId>();

beforeAll(async () => {
  rig = await startRig({ portals: [{ channel: 'lobby', bridge: 'fake', room: 'floor' }] });
  const { hub, wsUrl } = rig.hub();
  await rig.hub().user('kool', 'dj');
  for (const name of Object.keys(STANDINGS)) {
    if (name === 'guest') continue;
    const role = name === 'kool' ? 'dj' : rankOf(name, 'lobby') === 'admin' ? 'admin' : undefined;
    people.set(name, await rig.native(name, role));
    const found = await hub.accounts.findByName(name);
    if (found !== null) userIds.set(name, found.user);
  }
  people.set('guest', await participant(wsUrl, null));
  for (const name of ['mod', 'may']) {
    for (const where of CHANNELS) await hub.accounts.makeModerator(name, where as ChannelId, null);
  }
});
afterAll(async () => {
  one('guest').close();
  await rig.close();
});

/** Every pair in both channels. */
async function forAll(check: (actor: string, target: string, where: Where) => Promise<void>): Promise<void> {
  for (const where of CHANNELS) {
    for (const actor of ACTORS) for (const target of TARGETS) if (actor !== target) await check(actor, target, where);
  }
}
async function lift(target: string, where: Where): Promise<void> {
  const wish = { channel: where as ChannelId, target: idOf(target), act: 'lift' } as const;
  expect(await one('root').client.do('sanction', wish)).toMatchObject({ ok: true });
}

describe('who may act on whom, tried by', () => {
  it('M1, D2: the menu of the native chat', async () => {
    const wrong: string[] = [];
    await forAll(async (actor, target, where) => {
      for (const act of ['timeout', 'ban'] as const) {
        const wish = { channel: where as ChannelId, target: idOf(target), act };
        const { ok } = await one(actor).client.do('sanction', wish);
        const { facts, directory } = rig.hub().hub.knowledge;
        const channel = directory.channel(where as ChannelId);
        if (channel === null) throw new Error(`no channel ${where}`);
        const isInForce = facts.sanction(scopeOf(channel), idOf(target)) !== null;
        if (ok !== isTold(act, actor, target, where) || ok !== isInForce)
          wrong.push(`${act} by ${actor} on ${target} in ${where}: ${ok}, in force: ${isInForce}`);
        if (isInForce) await lift(target, where);
      }
    });
    expect(wrong).toEqual([]);
  });

  it('M1: the commands of the native chat', async () => {
    const wrong: string[] = [];
    await forAll(async (actor, target, where) => {
      const answer = await one(actor).client.command(where, `timeout ${idOf(target)} 2`);
      const isDone = answer.ok && answer.value.includes('timed out for 2 minutes');
      if (isDone !== isTold('timeout', actor, target, where)) {
        wrong.push(`by ${actor} on ${target} in ${where}: ${JSON.stringify(answer)}`);
      }
      if (isDone) await lift(target, where);
    });
    expect(wrong).toEqual([]);
  });

  it('M1: taking a message away', async () => {
    const wrong: string[] = [];
    await forAll(async (actor, target, where) => {
      const said = await one(target).client.post({ channel: where, text: `${actor} may take this?` }).done;
      if (!said.ok || said.value.message === null) throw new Error('not said');
      const id: MessageId = said.value.message;
      const { ok } = await one(actor).client.redact(where, id);
      if (ok !== isTold('redact', actor, target, where)) wrong.push(`by ${actor} on ${target} in ${where}: ${ok}`);
    });
    expect(wrong).toEqual([]);
  });

  it('M1: commands in a room of another platform', async () => {
    const { hub } = rig.hub();
    const user = userIdOf('fakeroom', 'Mona' as AccountId);
    const row = { user_id: user, scope: 'mega', channel_id: '', role: 'moderator', granted_by: null, granted_at: 0 };
    const query = hub.sql.build.insertInto('role_grants').values(row).compile();
    await hub.knowledge.directory.change({ statements: [{ query }], scopes: null, what: [{ kind: 'roles', user }] });
    for (const [actor, rank] of [
      ['Eve', 'listener'],
      ['Mona', 'moderator'],
    ] as const) {
      for (const target of TARGETS) {
        const answer = await rig.ask('floor', actor, `!timeout ${idOf(target)} 2`);
        const isDone = answer.includes('timed out for 2 minutes');
        expect([actor, target, isDone]).toEqual([
          actor,
          target,
          rank === 'moderator' && above(rank, rankOf(target, 'lobby')),
        ]);
        if (isDone) await lift(target, 'lobby');
      }
    }
    await expect.poll(() => hub.knowledge.facts.sanction('mega' as never, idOf('bob')), WITHIN).toBe(null);
  });
});
