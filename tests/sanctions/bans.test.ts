import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { idOf, inForce, MINUTE, type Rig, startRig, WITHIN } from './rig.ts';

const DJ = 'dj-kool';

describe.each(['embedded', 'redis'] as const)('bans on %s', (kind) => {
  let rig: Rig;
  afterEach(() => rig.close());

  it('D2: a DJ blocks somebody from their chat, and nowhere else; only the DJ takes it back', async () => {
    rig = await startRig(kind);
    const kool = await rig.come('kool', { role: 'dj', channel: DJ });
    const ann = await rig.come('ann');
    const mod = await rig.come('mod');
    await rig.moderator('mod', DJ);
    expect(await rig.post(ann, DJ)).toBe('posted');
    expect(await rig.give(kool, 'ban ann rude', { channel: DJ })).toBe('ann is banned in the chats of this DJ.');
    expect(await rig.post(ann, DJ)).toBe('sanctioned');
    expect(await rig.post(ann)).toBe('posted');
    expect(await rig.give(kool, 'ban ann')).toContain('Only a moderator');
    rig.forward(7 * 24 * 60 * MINUTE);
    await rig.restart();
    const again = await rig.come('ann');
    expect(await rig.post(again, DJ)).toBe('sanctioned');
    const modAgain = await rig.come('mod');
    expect(await rig.give(modAgain, 'unban ann', { channel: DJ })).not.toContain('again');
    expect(await rig.post(again, DJ)).toBe('sanctioned');
    const koolAgain = await rig.come('kool');
    expect(await rig.give(koolAgain, 'unban ann', { channel: DJ })).toContain('may write');
    expect(await rig.post(again, DJ)).toBe('posted');
    mod.close();
  });

  it('moderators of a DJ do not ban by themselves, those of the megachannel do', async () => {
    rig = await startRig(kind);
    await rig.come('kool', { role: 'dj', channel: DJ });
    const ann = await rig.come('ann');
    const mod = await rig.come('mod');
    await rig.moderator('mod', DJ);
    expect(await rig.give(mod, 'ban ann', { channel: DJ })).toContain('has not allowed moderators to ban');
    expect(await rig.post(ann, DJ)).toBe('posted');
    await rig.moderator('mod');
    expect(await rig.give(mod, 'ban ann')).toBe('ann is banned here.');
    expect(await rig.post(ann)).toBe('sanctioned');
    expect(await rig.post(ann, DJ)).toBe('posted');
    expect(await rig.give(mod, 'unban ann')).toContain('may write here again');
    expect(await rig.post(ann)).toBe('posted');
  });

  it('an admin bans everywhere at once, over restarts, and lifts it everywhere', async () => {
    rig = await startRig(kind);
    await rig.come('kool', { role: 'dj', channel: DJ });
    await rig.come('mia', { role: 'dj', channel: 'dj-mia' });
    let ann = await rig.come('ann');
    const root = await rig.come('root', { role: 'admin' });
    const kool = await rig.come('kool');
    const everywhere = async () => [await rig.post(ann), await rig.post(ann, DJ), await rig.post(ann, 'dj-mia')];
    expect(await rig.give(kool, 'ban ann --everywhere', { channel: DJ })).toContain('Only an admin');
    expect(await rig.give(root, 'ban kool --everywhere')).toContain('banned everywhere');
    expect(await rig.give(root, 'ban ann —everywhere spam')).toBe('ann is banned everywhere.');
    expect(await everywhere()).toEqual(['sanctioned', 'sanctioned', 'sanctioned']);
    expect(await rig.give(root, 'ban ann --everywhere')).toContain('already');
    await rig.restart();
    ann = await rig.come('ann');
    const rootAgain = await rig.come('root');
    expect(await everywhere()).toEqual(['sanctioned', 'sanctioned', 'sanctioned']);
    // what a channel gives or takes is another thing
    expect(await rig.give(rootAgain, 'unban ann')).toContain('Nothing is in force');
    expect(await rig.give(rootAgain, 'unban ann --everywhere')).toBe('ann may write everywhere again.');
    expect(await everywhere()).toEqual(['posted', 'posted', 'posted']);
    expect(rig.hub.hub.knowledge.karma.karmaOf(idOf(ann))).toBeGreaterThanOrEqual(0);
    expect(await rig.give(rootAgain, 'unban ann --everywhere')).toContain('not banned everywhere');
  });

  it('what a crash left half done everywhere is carried to its end', async () => {
    rig = await startRig(kind);
    await rig.come('kool', { role: 'dj', channel: DJ });
    const root = await rig.come('root', { role: 'admin' });
    const ann = await rig.come('ann');
    const by = { user: idOf(root), name: 'root', platform: 'slipmat', avatarUrl: null, isGuest: false, isBot: false };
    const payload = JSON.stringify({ by, target: idOf(ann), act: 'ban', reason: null, cause: 'half done' });
    const db = new Database(join(rig.hub.dataDir, 'hub.sqlite'));
    db.prepare("insert into timers values ('half', 'sanction-everywhere', 0, ?, 0, 0)").run(payload);
    db.close();
    await expect.poll(() => rig.post(ann, DJ), WITHIN).toBe('sanctioned');
    await expect.poll(() => rig.post(ann), WITHIN).toBe('sanctioned');
  });

  it('respects rank: who may time out whom, of every pair', async () => {
    rig = await startRig(kind);
    await rig.come('kool', { role: 'dj', channel: DJ });
    const names = { listener: 'lea', moderator: 'mod', dj: 'kool', admin: 'root' } as const;
    const ranks = Object.keys(names) as (keyof typeof names)[];
    await rig.come('root', { role: 'admin' });
    for (const extra of ['lea', 'mod', 'lea2', 'mod2', 'root2'] as const) await rig.come(extra);
    await rig.hub.hub.accounts.setAdmin('root2', true);
    await rig.moderator('mod', DJ);
    await rig.moderator('mod2', DJ);
    const targets = { listener: 'lea2', moderator: 'mod2', dj: 'kool', admin: 'root2' } as const;
    for (const [a, actor] of ranks.entries()) {
      const who = await rig.come(names[actor]);
      for (const [t, target] of ranks.entries()) {
        const isAllowed = a > t && a >= 1;
        const answer = await rig.give(who, `timeout ${targets[target]} 2`, { channel: DJ });
        expect([actor, target, answer.includes('timed out')]).toEqual([actor, target, isAllowed]);
        if (isAllowed) await rig.give(who, `untimeout ${targets[target]}`, { channel: DJ });
      }
    }
    expect(inForce(rig.hub)).toEqual([]);
    // nobody acts on themselves, whatever their rank
    const root = await rig.come('root');
    expect(await rig.give(root, 'timeout root')).toContain('yourself');
  });

  it('what somebody of a higher rank gave is not lifted by a lower one', async () => {
    rig = await startRig(kind);
    const kool = await rig.come('kool', { role: 'dj', channel: DJ });
    const mod = await rig.come('mod');
    const ann = await rig.come('ann');
    await rig.moderator('mod', DJ);
    await rig.give(kool, 'timeout ann 5', { channel: DJ });
    expect(await rig.give(mod, 'untimeout ann', { channel: DJ })).toContain('higher rank');
    expect(await rig.post(ann, DJ)).toBe('sanctioned');
    expect(await rig.give(kool, 'untimeout ann', { channel: DJ })).toContain('may write');
  });
});
