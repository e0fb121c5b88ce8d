import { afterEach, describe, expect, it } from 'vitest';
import { idOf, inForce, MINUTE, type Rig, startRig, WITHIN } from './rig.ts';

describe.each(['embedded', 'redis'] as const)('timeouts on %s', (kind) => {
  let rig: Rig;
  afterEach(() => rig.close());

  it('T4, M1: a moderator times somebody out for 2 to 10 minutes; it ends by itself', async () => {
    rig = await startRig(kind);
    const ann = await rig.come('ann');
    const mod = await rig.come('mod');
    expect(await rig.give(mod, 'timeout ann 5')).toContain('Only a moderator');
    await rig.moderator('mod');
    for (const wrong of ['1', '11', '60', '1h', '90s', '0', '3d']) {
      expect(await rig.give(mod, `timeout ann ${wrong}`)).toContain('2 to 10 minutes');
      expect(await rig.give(mod, `timeout ann ${wrong}`)).toContain('ban');
    }
    expect(await rig.post(ann)).toBe('posted');
    expect(await rig.give(mod, 'timeout @ann 5 too loud')).toBe('ann is timed out for 5 minutes.');
    expect(await rig.post(ann)).toBe('sanctioned');
    rig.forward(4 * MINUTE + 50_000);
    expect(await rig.post(ann)).toBe('sanctioned');
    rig.forward(11_000);
    expect(await rig.post(ann)).toBe('posted');
    // and it is lifted for the platforms too
    await expect.poll(() => inForce(rig.hub), WITHIN).toEqual([]);
  });

  it('T4: without minutes it is 2, then 5, then 10, and a day later 2 again, unless the standing is bad', async () => {
    rig = await startRig(kind);
    const mod = await rig.come('mod', { role: 'admin' });
    await rig.come('ann');
    const minutes = async () => /for (\d+) minutes/.exec(await rig.give(mod, 'timeout ann'))?.[1];
    const given = [];
    for (let n = 0; n < 4; n += 1) {
      given.push(await minutes());
      rig.forward(11 * MINUTE);
    }
    expect(given).toEqual(['2', '5', '10', '10']);
    // four timeouts weigh on the standing for days
    rig.forward(25 * 60 * MINUTE);
    expect(await minutes()).toBe('5');
    rig.forward(60 * 24 * 60 * MINUTE);
    expect(await minutes()).toBe('2');
  });

  it('T4: each costs karma, and gives it back when it is undone, also once it is over', async () => {
    rig = await startRig(kind);
    const mod = await rig.come('mod', { role: 'admin' });
    const ann = await rig.come('ann');
    const karma = () => rig.hub.hub.knowledge.karma.karmaOf(idOf(ann));
    await rig.give(mod, 'timeout ann 2');
    await expect.poll(karma, WITHIN).toBe(-5);
    await rig.give(mod, 'timeout ann 10');
    await expect.poll(karma, WITHIN).toBe(-18);
    expect(await rig.give(mod, 'untimeout ann')).toBe('ann may write here again.');
    await expect.poll(karma, WITHIN).toBe(-5);
    expect(await rig.post(ann)).toBe('posted');
    await expect.poll(() => rig.give(mod, 'untimeout ann sorry'), WITHIN).toContain('may write');
    await expect.poll(karma, WITHIN).toBe(0);
    expect(await rig.give(mod, 'untimeout ann')).toContain('Nothing is in force');
  });

  it('T4: one that runs, and one that ends while no hub runs, are as they should be after a restart', async () => {
    rig = await startRig(kind);
    let mod = await rig.come('mod', { role: 'admin' });
    await rig.come('ann');
    await rig.come('ben');
    await rig.give(mod, 'timeout ann 10');
    await rig.give(mod, 'timeout ben 2');
    await rig.restart(3 * MINUTE);
    const ann = await rig.come('ann');
    const ben = await rig.come('ben');
    expect(await rig.post(ann)).toBe('sanctioned');
    expect(await rig.post(ben)).toBe('posted');
    await expect.poll(() => inForce(rig.hub).map(({ user }) => user), WITHIN).toEqual([idOf(ann)]);
    mod = await rig.come('mod');
    // what it cost is remembered too
    expect(await rig.give(mod, 'timeout ben')).toContain('for 5 minutes');
    await rig.restart(30 * MINUTE);
    await expect.poll(() => inForce(rig.hub), WITHIN).toEqual([]);
  });

  it('a second one never shortens the first, and none takes the place of a ban', async () => {
    rig = await startRig(kind);
    const mod = await rig.come('mod', { role: 'admin' });
    const ann = await rig.come('ann');
    await rig.give(mod, 'timeout ann 10');
    await rig.give(mod, 'timeout ann 2');
    rig.forward(9 * MINUTE);
    expect(await rig.post(ann)).toBe('sanctioned');
    rig.forward(2 * MINUTE);
    expect(await rig.post(ann)).toBe('posted');
    expect(await rig.give(mod, 'ban ann')).toContain('banned');
    expect(await rig.give(mod, 'timeout ann')).toContain('banned here already');
    rig.forward(24 * 60 * MINUTE);
    expect(await rig.post(ann)).toBe('sanctioned');
  });

  it('takes what they wrote in the last minutes too, as one act that costs once and is undone as one', async () => {
    rig = await startRig(kind);
    const mod = await rig.come('mod', { role: 'admin' });
    const ann = await rig.come('ann');
    const ben = await rig.come('ben');
    const old = await ann.say('long ago');
    rig.forward(20 * MINUTE);
    const gone = [await ann.say('one'), await ann.say('two'), await ann.say('three')];
    const bens = await ben.say('mine');
    expect(await rig.give(mod, 'timeout ann 5 spam --redact 15')).toBe(
      'ann is timed out for 5 minutes. 3 messages of the last 15 minutes are gone.',
    );
    const page = await ben.page();
    const redacted = page.filter(({ message }) => message.redaction !== null).map(({ message }) => message.id);
    expect(redacted.toSorted()).toEqual(gone.toSorted());
    expect(redacted).not.toContain(old);
    expect(redacted).not.toContain(bens);
    const karma = () => rig.hub.hub.knowledge.karma.karmaOf(idOf(ann));
    // a good word for a day of writing, a timeout, and the messages once
    await expect.poll(karma, WITHIN).toBe(1 - 8 - 3);
    await rig.give(mod, 'untimeout ann');
    await expect.poll(karma, WITHIN).toBe(1);
  });
});
