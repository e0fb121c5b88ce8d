import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Seq } from '../../core/domain/ids.ts';
import { REDIS } from './archive-backends.ts';
import { openRig, privatePlace } from './archive-rig.ts';
import { stored, until } from './suite/opened.ts';
import { post } from './suite/steps.ts';

let end: () => Promise<void>;
beforeAll(async () => {
  end = await REDIS.prepare();
});
afterAll(() => end());

it('archives each entry once though two hubs archive into one database', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipmat-two-'));
  const one = await openRig(REDIS, { folder });
  const two = await openRig(REDIS, { folder });
  try {
    const archivers = [one, two].map((rig) => rig.archiver({ hotMs: 0, batch: 7 }));
    const at = privatePlace('two-hubs');
    const seqs: (Seq | null)[] = [];
    for (let n = 0; n < 60; n += 1) {
      const pair = [one, two].flatMap((rig) => Array.from({ length: 5 }, () => stored(rig.store, post(at, `m${n}`))));
      seqs.push(...(await Promise.all(pair)).map(({ seq }) => seq));
      for (const { clock } of [one, two]) clock.ahead(1_000);
    }
    await until('both are at the head', () => archivers.every((archiver) => archiver.state()?.isCaughtUp === true));
    for (const archiver of archivers) expect(await archiver.drain(AbortSignal.timeout(20_000))).toBe(true);
    const archived = await two.archive.since(at.channel, 0 as Seq, null, 10_000);
    expect(archived.map(({ seq }) => seq)).toEqual(seqs.toSorted((a, b) => Number(a) - Number(b)));
    expect(archivers.reduce((sum, archiver) => sum + (archiver.state()?.archived ?? 0), 0)).toBeLessThanOrEqual(600);
    expect(archivers.map((archiver) => archiver.state()?.unreadable)).toEqual([0, 0]);
  } finally {
    await one.close();
    await two.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
