import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { textFrame } from '../../bridges/slipmat/encode.ts';
import { textOf } from './message.ts';
import { serveFanout } from './server.ts';

const WELCOME = textFrame('{}');

/** The floor of Node: bare TCP, one buffer made once, one write a client. */
serveFanout(async (port) => {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
    socket.resume();
    socket.write(WELCOME);
  });
  server.listen({ host: '127.0.0.1', port, backlog: 4096 });
  await once(server, 'listening');
  let seq = 0;
  return {
    port,
    say(count) {
      const frames = Array.from({ length: count }, () => {
        seq += 1;
        return textFrame(textOf(seq));
      });
      const bytes = Buffer.concat(frames);
      for (const socket of sockets) socket.write(bytes);
    },
  };
});
