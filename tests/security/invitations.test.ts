import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MOST_ASKED_ONE, MOST_CONVERSATIONS, MOST_GROUPS_AN_HOUR } from '../../core/domain/conversation.ts';
import type { ChannelId } from '../../core/domain/ids.ts';
import { given, openTown, type Someone, type Town } from '../directs/rig.ts';

let town: Town;
let mallory: Someone;
let victim: Someone;
let friend: Someone;

beforeAll(async () => {
  town = await openTown('embedded');
  mallory = await town.someone('Mallory');
  victim = await town.someone('Vic');
  friend = await town.someone('Fred');
});
afterAll(() => town.close());

async function invited(by: Someone, whom: Someone): Promise<boolean> {
  const made = await by.client.do('create-private', { name: 'come in', users: [whom.user] });
  if (!made.ok) return false;
  await given(by.client.do('leave-channel', { channel: made.value.channel }));
  return true;
}
async function countInvited(by: Someone, whom: Someone): Promise<number> {
  let count = 0;
  while (count < 20 && (await invited(by, whom))) count += 1;
  return count;
}

describe('U3: somebody who asks without end', () => {
  it('brings together so many groups an hour, and opens those that are there all the same', async () => {
    const crowd: Someone[] = [];
    for (let n = 0; n <= MOST_GROUPS_AN_HOUR; n += 1) crowd.push(await town.someone(`Crowd ${n}`));
    const opened = [];
    for (const one of crowd) opened.push(await mallory.client.do('open-direct', { users: [one.user, friend.user] }));
    expect(opened.map(({ ok }) => ok)).toEqual([...crowd.slice(1).map(() => true), false]);
    expect(opened.at(-1)).toMatchObject({ code: 'rate-limited' });
    expect(await mallory.open(...crowd.slice(0, 1), friend)).toBe(opened[0]?.ok && opened[0].value.channel);
    expect(await mallory.open(victim)).not.toBe('');
  });

  it('asks the same person a few times only, whatever comes of it', async () => {
    const decliner = await town.someone('Dee');
    const blocker = await town.someone('Bo');
    await given(blocker.client.do('block', { user: mallory.user, channel: null }));
    expect(await countInvited(mallory, victim)).toBe(MOST_ASKED_ONE);
    const { invitations } = await given(victim.client.ask('invitations', {}));
    expect(invitations.length).toBe(MOST_ASKED_ONE);
    for (let n = 0; n < MOST_ASKED_ONE; n += 1) {
      expect(await invited(mallory, decliner)).toBe(true);
      const [open] = (await given(decliner.client.ask('invitations', {}))).invitations;
      if (open === undefined) throw new Error('nothing to decline');
      await given(decliner.client.do('answer-invitation', { channel: open.channel, answer: 'decline' }));
    }
    expect(await invited(mallory, decliner)).toBe(false);
    // a block looks like no answer
    expect(await countInvited(mallory, blocker)).toBe(MOST_ASKED_ONE);
    expect((await given(blocker.client.ask('invitations', {}))).invitations).toEqual([]);
    expect(await invited(friend, victim)).toBe(true);
  });

  it('takes nobody the room for conversations of their own', async () => {
    const { sql, knowledge } = town.hub().hub;
    const users = [victim.user, mallory.user];
    const ids = Array.from({ length: MOST_CONVERSATIONS }, (_, n) => `d-${String(n).padStart(12, '0')}` as ChannelId);
    await knowledge.directory.change({
      statements: ids.flatMap((id) => {
        const channel = { id, kind: 'direct', name: '', topic: '', owner_id: null, created_at: 0 };
        const members = users.map((user) => ({
          channel_id: id,
          user_id: user,
          joined_at: 0,
          name: 'x',
          asked_by: user === mallory.user ? null : mallory.user,
        }));
        return [
          { query: sql.build.insertInto('channels').values(channel).compile() },
          { query: sql.build.insertInto('members').values(members).compile() },
        ];
      }),
      scopes: null,
      what: ids.flatMap((id) => [
        { kind: 'channel', channel: id } as const,
        { kind: 'members', channel: id, users } as const,
      ]),
    });
    const opened = await mallory.client.do('open-direct', { users: [friend.user] });
    expect(opened).toMatchObject({ ok: false, code: 'forbidden' });
    await victim.open(friend);
    await given(friend.client.do('create-private', { name: 'ours', users: [victim.user] }));
  });
});
