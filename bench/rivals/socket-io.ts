import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../lib/harness.ts';
import { textOf } from './message.ts';
import { serveFanout } from './server.ts';

interface SocketIo {
  readonly Server: new (server: object, options: object) => { emit(event: string, value: unknown): boolean };
}

/** `io.emit` with what makes it cheapest: WebSocket only, no compression. */
serveFanout(async (port) => {
  const { Server } = createRequire(join(root, 'bench', 'package.json'))('socket.io') as SocketIo;
  const http = createServer();
  const io = new Server(http, {
    transports: ['websocket'],
    perMessageDeflate: false,
    serveClient: false,
    pingInterval: 600_000,
    pingTimeout: 600_000,
  });
  http.listen({ host: '127.0.0.1', port, backlog: 4096 });
  await once(http, 'listening');
  let seq = 0;
  return {
    port,
    say(count) {
      for (let said = 0; said < count; said += 1) {
        seq += 1;
        io.emit('message', JSON.parse(textOf(seq)));
      }
    },
  };
});
