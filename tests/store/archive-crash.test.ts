import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NODE_FLAGS } from '../../bench/lib/node-flags.ts';
import type { Seq } from '../../core/domain/ids.ts';
import { BACKENDS } from './archive-backends.ts';
import { type Backend, channelOf, openRig, privatePlace } from './archive-rig.ts';

const CHILD = new URL('./archive-child.ts', import.meta.url).pathname;
const KILLS = 4;

describe.each(BACKENDS)('a hub that is killed while it archives from the $name log', (backend) => {
  let end: () => Promise<void>;
  beforeAll(async () => {
    end = await backend.prepare();
  });
  afterAll(() => end());

  it('goes on where it was: no gap, no double', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'slipmat-crash-'));
    const room = `crash-${backend.name}`;
    const told = new Map<string, number>();
    try {
      for (let kill = 1; kill <= KILLS; kill += 1) await runAndKill(backend, folder, room, told, 150 * kill);
      const rig = await openRig(backend, { folder });
      const archiver = rig.archiver();
      expect(await archiver.drain(AbortSignal.timeout(60_000))).toBe(true);
      const channel = channelOf(privatePlace(room));
      const archived = await rig.archive.since(channel.id, 0 as Seq, null, 1_000_000);
      const paged = await rig.archive.page(channel.id, null, 1_000_000);
      const followed = await rig.history.since(channel, 0 as Seq, 1_000_000);
      await rig.close();

      const seqs = archived.map(({ seq }) => seq);
      expect(new Set(seqs).size, 'no double').toBe(seqs.length);
      expect(new Set(archived.map(({ message }) => message)).size).toBe(archived.length);
      const kept = new Map(archived.map(({ message, seq }) => [String(message), Number(seq)]));
      for (const [id, seq] of told) expect(kept.get(id), `told of ${seq}`).toBe(seq);
      // What was in flight at a kill may be there without having been told.
      expect(archived.length - told.size).toBeLessThanOrEqual(8 * KILLS);
      expect(paged.map(({ seq }) => seq)).toEqual(seqs.toReversed());
      expect(followed.map(({ seq }) => seq)).toEqual(seqs);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** Runs a hub until it has archived and trimmed some, then kills it in the middle of its work. */
async function runAndKill(
  backend: Backend,
  folder: string,
  room: string,
  told: Map<string, number>,
  archived: number,
): Promise<void> {
  const child: ChildProcessByStdio<null, Readable, null> = spawn(
    process.execPath,
    [...NODE_FLAGS, CHILD, backend.name, folder, backend.url() ?? '', room],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const exited = once(child, 'exit');
  let isKilled = false;
  for await (const line of createInterface({ input: child.stdout })) {
    const [what, first, second] = line.split(' ');
    if (what === 'post') told.set(first ?? '', Number(second));
    else if (!isKilled && Number(first) >= archived && Number(second) > 0) isKilled = child.kill('SIGKILL');
  }
  await exited;
  expect(isKilled, 'it was killed at work, it did not fail before').toBe(true);
}
