import { afterAll, beforeAll, it } from 'vitest';
import { REDIS } from './archive-backends.ts';
import { archiveLocked } from './archive-locked.ts';

let end: () => Promise<void>;
beforeAll(async () => {
  end = await REDIS.prepare();
});
afterAll(() => end());

it(
  'loses and drops nothing while the archive is locked for ten minutes at 200 posts a second',
  {
    timeout: 600_000,
  },
  () => archiveLocked(10, 200),
);
