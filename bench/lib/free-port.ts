import { createServer } from 'node:net';

/** A free loopback port below the range that the kernel gives to outgoing connections. */
export async function freePort(): Promise<number> {
  for (let port = 20_000 + (process.pid % 5_000); port < 32_000; port += 7) {
    if (await isFree(port)) return port;
  }
  throw new Error('no free port between 20000 and 32000');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
