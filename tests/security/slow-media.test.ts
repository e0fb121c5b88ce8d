import { afterEach, expect, it } from 'vitest';
import type { BridgeId } from '../../core/domain/ids.ts';
import { type MediaRig, NEVER, openRig, type Source, startSource, streamOf } from '../media/rig.ts';

let rig: MediaRig;
let slow: Source | null = null;
afterEach(async () => {
  await rig.close();
  await slow?.close();
  slow = null;
});

const offer = { name: 'a.txt', bytes: null, alt: null, isSpoiler: false };
const quick = { ...offer, source: streamOf(Buffer.from('hello')) };

it('files that come slowly to one bridge or from people here hold up no other bridge', async () => {
  rig = await openRig();
  slow = await startSource((_, response) => void response.writeHead(200).write('never more than this'));
  const { url, asked } = slow;
  const stopping = new AbortController();
  const held = Array.from({ length: 40 }, () => {
    const source = { kind: 'url', url } as const;
    return [
      rig.port.put({ ...offer, source }, stopping.signal),
      rig.store.upload({ ...offer, source }, stopping.signal),
    ];
  }).flat();
  await expect.poll(() => asked.length).toBeGreaterThanOrEqual(16);
  const other = rig.store.port('room-two' as BridgeId);
  expect(await other.put(quick, NEVER)).toMatchObject({ ok: true });
  stopping.abort();
  expect((await Promise.all(held)).every(({ ok }) => !ok)).toBe(true);
});
