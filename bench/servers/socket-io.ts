import { createServer } from 'node:http';
import { Redis } from 'ioredis';
import { serve } from '../lib/child.ts';
import { freePort } from '../lib/free-port.ts';

/*
 * What somebody would write in an afternoon with socket.io: checks the post, adds it to a stream of Redis, tells
 * everybody. No duplicates, rights, sanctions or resuming.
 */

interface Talker {
  on(event: 'post', take: (post: Post) => void): void;
  emit(event: 'ack', id: string): void;
}
interface SocketIoServer {
  on(event: 'connection', take: (socket: Talker) => void): void;
  to(room: string): { emit(event: 'message', body: object): void };
  emit(event: 'message', body: object): void;
}
interface SocketIoModule {
  readonly Server: new (server: object, options: object) => SocketIoServer;
}
interface Post {
  readonly id: string;
  readonly channel: string;
  readonly key: string;
  readonly text: string;
}

serve({
  async start({ redisUrl }) {
    // Installed by the benchmarks beside themselves, so its types are not at hand.
    const name: string = 'socket.io';
    const { Server } = (await import(name)) as SocketIoModule;
    const redis = new Redis(String(redisUrl), { enableAutoPipelining: true });
    const server = createServer();
    const io = new Server(server, { transports: ['websocket'], perMessageDeflate: false, serveClient: false });
    let seq = 0;
    io.on('connection', (socket) => {
      socket.on('post', (post) => void take(post, socket));
    });

    async function take(post: Post, socket: Talker): Promise<void> {
      if (!isPost(post)) return;
      const now = Date.now();
      const author = { user: 'u-abcdefghijklmnopqrstuvwxyz', name: 'Guest 123456', platform: 'slipmat' };
      seq += 1;
      const body = {
        seq,
        type: 'message',
        channel: post.channel,
        key: post.key,
        message: {
          id: '01900000-0000-7000-8000-000000000000',
          author: { ...author, avatarUrl: null, badge: 'guest' },
          content: { rich: [{ t: 'text', text: post.text }], attachments: [] },
          replyTo: null,
          sentAt: now,
          revision: 0,
          editedAt: null,
          redaction: null,
        },
      };
      await redis.xadd('log', '*', 'body', JSON.stringify(body));
      socket.emit('ack', post.id);
      io.emit('message', body);
    }

    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return { port };
  },
});

function isPost(post: Post): boolean {
  return (
    typeof post === 'object' &&
    post !== null &&
    typeof post.id === 'string' &&
    /^[a-z0-9-]{1,48}$/.test(post.channel) &&
    /^[A-Za-z0-9_-]{8,64}$/.test(post.key) &&
    typeof post.text === 'string' &&
    post.text.length > 0 &&
    post.text.length <= 4_000
  );
}
