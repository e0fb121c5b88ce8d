import { afterEach, describe, expect, it } from 'vitest';
import type { ChannelId } from '../../core/domain/ids.ts';
import type { Participant } from '../fakes/people.ts';
import { actorOf, borrowedPort } from './port.ts';
import { idOf, LOBBY, MINUTE, type Rig, startRig, WITHIN } from './rig.ts';

const DAY = 24 * 60 * MINUTE;
const DJ = 'dj-kool' as ChannelId;

describe.each(['embedded', 'redis'] as const)('what is written down, on %s:', (kind) => {
  let rig: Rig;
  const lender = borrowedPort();
  afterEach(() => rig.close());

  const acts = async (who: Participant, channel: ChannelId | null, more: { before?: number; limit?: number } = {}) => {
    const asked = { channel, target: null, before: more.before ?? null, limit: more.limit ?? 50 };
    const answer = await lender.port().ask(actorOf(who), 'audit', asked);
    return answer.ok ? answer.value.acts : answer.code;
  };
  const names = async (who: Participant, channel: ChannelId | null) => {
    const found = await acts(who, channel);
    return typeof found === 'string' ? found : found.map(({ act }) => act);
  };

  it('every act: who, what, whom, where, why, the newest first, by pages; for moderators of the channel and admins', async () => {
    rig = await startRig(kind, { builtIns: lender.builtIns });
    const kool = await rig.come('kool', { role: 'dj', channel: DJ });
    const root = await rig.come('root', { role: 'admin' });
    const ann = await rig.come('ann');
    const id = await ann.say('spam');
    await rig.give(root, 'timeout ann 5 too loud');
    await rig.give(root, 'untimeout ann');
    await root.client.redact('lobby', id, 'off topic');
    await rig.give(root, 'note ann keep an eye on her');
    await rig.give(kool, 'ban ann rude', { channel: DJ });
    await rig.give(root, 'ban ann --everywhere');
    await expect
      .poll(() => names(root, null), WITHIN)
      .toEqual(['ban-everywhere', 'ban', 'note', 'redact', 'lift', 'timeout']);
    expect(await names(root, LOBBY)).toEqual(['note', 'redact', 'lift', 'timeout']);
    expect(await names(kool, DJ)).toEqual(['ban']);
    expect(await names(kool, LOBBY)).toBe('forbidden');
    expect(await names(kool, null)).toBe('forbidden');
    expect(await names(ann, LOBBY)).toBe('forbidden');
    const told = await acts(root, LOBBY);
    if (typeof told === 'string') throw new Error(told);
    expect(told[1]).toMatchObject({ act: 'redact', message: id, reason: 'off topic', channel: 'lobby' });
    expect(told[3]).toMatchObject({
      act: 'timeout',
      by: { user: idOf(root), name: 'root' },
      target: { user: idOf(ann), name: 'ann' },
      until: expect.any(Number),
      reason: 'too loud',
    });
    const first = await acts(root, null, { limit: 2 });
    const last = typeof first === 'string' ? null : first.at(-1)?.id;
    const more = await acts(root, null, { before: last ?? 0, limit: 2 });
    expect(typeof more === 'string' ? more : more.map(({ act }) => act)).toEqual(['note', 'redact']);
  });

  it('is kept for a year, the ledger of karma as long as it counts', async () => {
    rig = await startRig(kind, { builtIns: lender.builtIns });
    const root = await rig.come('root', { role: 'admin' });
    const ann = await rig.come('ann');
    await rig.give(root, 'timeout ann 5');
    await expect.poll(() => names(root, null), WITHIN).toEqual(['timeout']);
    const { audit, desk } = rig.hub.hub.moderation;
    expect(await desk.karmaLines(idOf(ann), 10)).toHaveLength(1);
    rig.forward(200 * DAY);
    await audit.sweep();
    expect(await names(root, null)).toEqual(['timeout']);
    expect(await desk.karmaLines(idOf(ann), 10)).toHaveLength(0);
    rig.forward(170 * DAY);
    await audit.sweep();
    expect(await names(root, null)).toEqual([]);
  });

  it('karma is shown to oneself and to moderators, and to nobody else; who gave it is told to nobody', async () => {
    rig = await startRig(kind, { builtIns: lender.builtIns });
    const root = await rig.come('root', { role: 'admin' });
    const ann = await rig.come('ann');
    const ben = await rig.come('ben');
    await rig.give(root, 'timeout ann 5');
    const ask = async (who: Participant) => {
      const answer = await lender.port().ask(actorOf(who), 'karma', { channel: LOBBY, user: idOf(ann) });
      return answer.ok ? answer.value : answer.code;
    };
    const shown = { balance: -8, lines: [{ points: -8, why: 'timeout', at: expect.any(Number) }] };
    await expect.poll(() => ask(ann), WITHIN).toEqual(shown);
    expect(await ask(root)).toEqual(shown);
    expect(await ask(ben)).toBe('forbidden');
    expect(await rig.give(ann, 'karma')).toContain('Your karma is -8');
    expect(await rig.give(root, 'karma ann')).toContain('The karma of ann is -8.\n-8 timeout, just now');
    expect(await rig.give(ben, 'karma ann')).toContain('Only moderators');
  });

  it('notes are for moderators: written down, and read again', async () => {
    rig = await startRig(kind);
    const root = await rig.come('root', { role: 'admin' });
    const ann = await rig.come('ann');
    expect(await rig.give(root, 'note ann')).toContain('Nothing is noted about ann');
    expect(await rig.give(root, 'note ann was warned twice')).toBe('It is noted.');
    await expect.poll(() => rig.give(root, 'note ann'), WITHIN).toBe('was warned twice (root, just now)');
    expect(await rig.give(ann, 'note root fool')).toContain('Only a moderator');
  });

  it('somebody who stands badly writes more slowly, and earns their pace back with time', async () => {
    rig = await startRig(kind, { config: { limits: { postsPerSecond: 1, postBurst: 8 } } });
    const root = await rig.come('root', { role: 'admin' });
    const ann = await rig.come('ann');
    const ben = await rig.come('ben');
    for (let n = 0; n < 3; n += 1) await rig.give(root, 'timeout ann 10');
    rig.forward(11 * MINUTE);
    const posted = async (who: Participant) => {
      const all = [];
      for (let n = 0; n < 8; n += 1) all.push(await rig.post(who));
      return all.filter((one) => one === 'posted').length;
    };
    expect(await posted(ben)).toBe(8);
    expect(await posted(ann)).toBe(2);
    expect(rig.hub.hub.knowledge.karma.karmaOf(idOf(ann))).toBe(-39);
  });
});
