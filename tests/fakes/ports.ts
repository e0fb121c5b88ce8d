import { createServer } from 'node:net';

/** Each worker of vitest has ports of its own, so that none takes what another has just found free. */
const RANGE = 1_500;
const WORKERS = 8;
const first = 20_000 + (Number(process.env.VITEST_POOL_ID ?? 0) % WORKERS) * RANGE;
let given = Math.floor(Math.random() * RANGE);

/** The next port of this worker below 32768, the range that the machine itself gives to outgoing connections. */
export function nextPort(): number {
  given = (given + 1) % RANGE;
  return first + given;
}

/** A port of the loopback below 32768 that nobody listens on now; no other call gives it for a long time. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < RANGE; tries += 1) {
    const port = nextPort();
    if (await isFree(port)) return port;
  }
  throw new Error('no free port below 32768');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
