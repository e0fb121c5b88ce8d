import { Agent, createServer, request } from 'node:http';
import type { PlatformDouble } from 'slipmat-hub/contract';
import type { RoomId } from 'slipmat-hub/plugin';
import type { ApiMessage } from '../../../examples/matterbridge/src/message.ts';
import { listenLow } from '../../accounts/listen-low.ts';

/** A program at the API: it posts, and polls for what is said. */
const ROOM = 'main' as RoomId;
const SECOND = 'side room' as RoomId;
const TOKEN = 'mb-t0ken-that-nobody-sees';
const NAME = 'program';

const ports = new WeakMap<PlatformDouble, number>();

export function configOf(double: PlatformDouble): object {
  return { mode: 'offer', port: ports.get(double), readers: [{ name: NAME, token: TOKEN }] };
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listenLow(server);
  await new Promise((done) => server.close(done));
  return port;
}

export async function openProgram(): Promise<PlatformDouble> {
  const port = await freePort();
  // one connection: what is posted arrives in this order
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const got: ApiMessage[] = [];
  const sent = new Map<string, object>();
  let isStopped = false;

  function call(method: string, path: string, body?: object): Promise<string> {
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
    return new Promise((resolve, reject) => {
      const asked = request({ port, host: '127.0.0.1', method, path, headers, agent }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => resolve(text));
        response.on('error', reject);
      });
      asked.on('error', reject);
      asked.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /** Again when the connection broke, as the id makes it the same; not when nobody listens. */
  async function deliver(message: object): Promise<void> {
    try {
      await call('POST', '/api/message', message);
    } catch (error) {
      if (!isStopped && Object(error).code !== 'ECONNREFUSED') await deliver(message);
    }
  }
  /** Nobody waits for the answer: the hub may be slow or away. */
  function post(message: { readonly id: string }): string {
    sent.set(message.id, message);
    void deliver(message);
    return message.id;
  }
  const say = (gateway: RoomId, text: string, more: object = {}): string =>
    post({ id: `own-${sent.size + 1}`, gateway, username: 'Ann', userid: 'ann', text, ...more } as {
      readonly id: string;
    });

  function standing(gateway: RoomId): readonly ApiMessage[] {
    const byId = new Map<string, ApiMessage>();
    for (const message of got) {
      if (message.gateway !== gateway) continue;
      if (message.event === 'msg_delete') byId.delete(message.id);
      else byId.set(message.id, message);
    }
    return [...byId.values()];
  }
  const posted = (gateway: RoomId) => standing(gateway).map(({ id, text }) => ({ id, text }));
  const find = (id: string): ApiMessage | undefined => got.find((message) => message.id === id);

  const double: PlatformDouble = {
    room: ROOM,
    secret: TOKEN,
    retryAfterMs: 0,
    userPosts: async (text) => say(ROOM, text),
    async deliverAgain(id) {
      await call('POST', '/api/message', sent.get(id));
    },
    posted: () => posted(ROOM),
    failNext: () => {},
    async catchUp() {
      const news: ApiMessage[] = JSON.parse(await call('GET', '/api/messages'));
      got.push(...news);
    },
    async userEdits(id, text) {
      await call('POST', '/api/message', { ...sent.get(id), text });
    },
    async userRedacts(id) {
      await call('POST', '/api/message', { id, gateway: ROOM, event: 'msg_delete' });
    },
    userReplies: async (to, text) => say(ROOM, text, { parent_id: to }),
    userPostsImage: async ({ name, bytes }, caption) =>
      say(ROOM, caption, { Extra: { file: [{ Name: name, Data: Buffer.from(bytes).toString('base64') }] } }),
    second: {
      room: SECOND,
      userPosts: async (text) => say(SECOND, text),
      posted: () => posted(SECOND),
    },
    tricks: ['hey @Everyone', '<@U1>', '<#C1>', '<!channel>', '!here'],
    pinged: (id) => {
      const { text = '', username = '' } = find(id) ?? {};
      return `${username} ${text}`.match(/@(everyone|here|channel|all|room)|<[@!#]|!(here|channel)/gi) ?? [];
    },
    nameOf: (id) => find(id)?.username ?? '',
    replyOf: (id) => find(id)?.parent_id ?? null,
    filesOf: (id) =>
      find(id)?.Extra?.file.map(({ Name: name, Data }) => ({ name, bytes: Buffer.from(Data ?? '', 'base64') })) ?? [],
    async stop() {
      isStopped = true;
      agent.destroy();
    },
  };
  ports.set(double, port);
  return double;
}
