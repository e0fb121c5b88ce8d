import { afterEach, describe, expect, it } from 'vitest';
import type { ChannelId } from '../../core/domain/ids.ts';
import { MIN, plan, reaches, turn } from '../events/rig.ts';
import { actorOf, borrowedPort } from './port.ts';
import { idOf, inForce, type Rig, startRig, WITHIN } from './rig.ts';

const DJ = 'dj-kool' as ChannelId;

describe.each(['embedded', 'redis'] as const)('bans by moderators of a DJ, on %s', (kind) => {
  let rig: Rig;
  const lender = borrowedPort();
  afterEach(() => rig.close());

  it('M1: hold where the DJ allows it, during a live event, and end when it is archived', async () => {
    rig = await startRig(kind, { builtIns: lender.builtIns });
    const kool = await rig.come('kool', { role: 'dj', channel: DJ });
    const mod = await rig.come('mod');
    const ann = await rig.come('ann');
    const ben = await rig.come('ben');
    await rig.moderator('mod', DJ);
    expect(await rig.give(mod, 'ban ann', { channel: DJ })).toContain('has not allowed moderators to ban');
    const set = { channel: DJ, change: { moderatorsMayBan: true } };
    expect(await lender.port().do(actorOf(kool), 'set-settings', set)).toMatchObject({ ok: true });
    await expect.poll(() => rig.give(mod, 'ban ann', { channel: DJ }), WITHIN).toContain('during a live event');
    const { hub } = rig.hub;
    const now = Date.now();
    const event = await plan(hub, 'kool', 'Night', now + 20 * MIN);
    await reaches(hub, event.channel, 'warmup');
    await rig.give(kool, 'ban ben for good', { channel: DJ });
    expect(await rig.give(mod, 'ban ann rude', { channel: DJ })).toBe(
      'ann is banned in the chats of this DJ until the live event is archived.',
    );
    expect([await rig.post(ann, DJ), await rig.post(ann, event.channel), await rig.post(ann)]).toEqual([
      'sanctioned',
      'sanctioned',
      'posted',
    ]);
    await turn(hub, 'kool', event, 'cancel');
    await reaches(hub, event.channel, 'cancelled');
    await expect.poll(() => inForce(rig.hub).map(({ user }) => user), WITHIN).toEqual([idOf(ben)]);
    await expect.poll(() => rig.post(ann, DJ), WITHIN).toBe('posted');
    expect(await rig.post(ben, DJ)).toBe('sanctioned');
    // what a moderator's ban ended by itself is written down
    const acts = async () => {
      const answer = await lender
        .port()
        .ask(actorOf(kool), 'audit', { channel: DJ, target: idOf(ann), before: null, limit: 1 });
      return answer.ok ? answer.value.acts : [];
    };
    await expect.poll(acts, WITHIN).toMatchObject([{ act: 'lift', by: null, reason: 'The live event is over.' }]);
  });
});
