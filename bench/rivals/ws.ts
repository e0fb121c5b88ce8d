import { once } from 'node:events';
import { WebSocket, WebSocketServer } from 'ws';
import { textOf } from './message.ts';
import { serveFanout } from './server.ts';

/** What one writes first with `ws`: the same string, sent to each client. */
serveFanout(async (port) => {
  const server = new WebSocketServer({ host: '127.0.0.1', port, perMessageDeflate: false, backlog: 4096 });
  await once(server, 'listening');
  let seq = 0;
  return {
    port,
    say(count) {
      for (let said = 0; said < count; said += 1) {
        seq += 1;
        const text = textOf(seq);
        for (const client of server.clients) if (client.readyState === WebSocket.OPEN) client.send(text);
      }
    },
  };
});
