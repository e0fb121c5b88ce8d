import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Seq } from '../../core/domain/ids.ts';
import type { SelfNews } from '../../core/domain/self-news.ts';
import { type Device, type Rig, startRig, WITHIN } from '../relations/rig.ts';
import { counts, says, unreadOf } from './rig.ts';

/** One step of somebody with three devices on two hubs, or of somebody who writes. */
const step = fc.oneof(
  fc.record({ kind: fc.constant('read' as const), device: fc.nat(2), of: fc.nat(30) }),
  fc.record({ kind: fc.constant('say' as const) }),
  fc.record({ kind: fc.constant('mute' as const), device: fc.nat(2), on: fc.boolean() }),
);

/** As far as the device has been told. */
function heard(device: Device): number {
  const read = device.frames.flatMap((frame) => {
    const news: SelfNews | null = frame.type === 'self' ? frame.what : null;
    return news?.kind === 'read' ? [news.seq] : [];
  });
  return Math.max(0, ...read);
}

it('T10, U5: three devices on two hubs agree on what was read and who is muted, in whatever order it comes', async () => {
  const rig: Rig = await startRig('redis');
  try {
    const [hub] = rig.hubs;
    const devices = [await rig.device('ann', hub), await rig.device('ann', rig.other), await rig.device('ann', hub)];
    const ben = await rig.device('ben', rig.other);
    const seqs: Seq[] = [(await says(ben, 'the first')).seq];
    let farthest = 0;
    let isMuted = false;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const running: Promise<unknown>[] = [];
        for (const one of steps) {
          const device = devices['device' in one ? one.device : 0];
          if (device === undefined) throw new Error('no device');
          if (one.kind === 'say') seqs.push((await says(ben, 'and more')).seq);
          else if (one.kind === 'mute') {
            await Promise.all(running);
            await device.does(one.on ? 'mute' : 'unmute', { user: ben.user });
            isMuted = one.on;
          } else {
            const seq = seqs[one.of % seqs.length] ?? (1 as Seq);
            farthest = Math.max(farthest, seq);
            // several at once: which comes first is open
            running.push(device.does('mark-read', { channel: 'lobby', seq }));
          }
        }
        await Promise.all(running);
        const left = isMuted ? 0 : seqs.filter((seq) => seq > farthest).length;
        const first = isMuted ? null : (seqs.find((seq) => seq > farthest) ?? null);
        const expected = farthest === 0 ? [] : [farthest, left, 0, left === 0 ? null : first];
        for (const device of devices) {
          await expect.poll(() => heard(device), WITHIN).toBe(farthest);
          await expect.poll(async () => counts(await unreadOf(device)), WITHIN).toEqual(expected);
        }
      }),
      { numRuns: 5 },
    );
  } finally {
    await rig.close();
  }
});
