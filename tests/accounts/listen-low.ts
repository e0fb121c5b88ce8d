import type { Server } from 'node:net';
import { nextPort } from '../fakes/ports.ts';

/** Listens on 127.0.0.1 on a free port below the range that the system gives to outgoing connections. */
export async function listenLow(server: Server): Promise<number> {
  for (let tries = 0; tries < 50; tries += 1) {
    const port = nextPort();
    const isOpen = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    server.removeAllListeners('error');
    if (isOpen) return port;
  }
  throw new Error('no free port');
}
