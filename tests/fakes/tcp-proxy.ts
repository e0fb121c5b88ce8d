import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { freePort } from './ports.ts';

/** A wire that can be cut: hands bytes on between a client and a server on the loopback. */
export interface TcpProxy {
  readonly port: number;
  /** Breaks all connections at once, with whatever is on its way. */
  cut(): void;
  /** Cuts, and refuses new connections until `mend`. */
  breakDown(): void;
  mend(): void;
  /** Hands on what the client sends but keeps the server's answers back, until the next cut. */
  muteAnswers(): void;
  stop(): Promise<void>;
}

export async function startProxy(target: number): Promise<TcpProxy> {
  const open = new Set<Socket>();
  let isMuted = false;
  let isBroken = false;
  const cut = (): void => {
    isMuted = false;
    for (const socket of open) socket.destroy();
  };
  const server = createServer((client) => {
    if (isBroken) {
      client.destroy();
      return;
    }
    const upstream = connect(target, '127.0.0.1');
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        open.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream);
    upstream.on('data', (data) => {
      if (!isMuted) client.write(data);
    });
  });
  server.listen(await freePort(), '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    breakDown() {
      isBroken = true;
      cut();
    },
    mend() {
      isBroken = false;
    },
    muteAnswers() {
      isMuted = true;
    },
    async stop() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
