import { WebSocket } from 'ws';
import { type Client, createClient } from '../../client/index.ts';
import { until } from '../fakes/until.ts';

/** A client that writes down what it is told of one channel and whose connection can be cut. */
export interface Listener {
  readonly client: Client;
  /** Ids of messages in the order told; emptied when the client is told to load anew. */
  readonly heard: string[];
  readonly seqs: number[];
  resets(): number;
  cut(): void;
}

export function listen(url: string, channel: string, token: string | null = null): Listener {
  let socket: WebSocket | null = null;
  let resets = 0;
  const heard: string[] = [];
  const seqs: number[] = [];
  const client = createClient({
    url,
    token,
    openSocket(at) {
      socket = new WebSocket(at, { perMessageDeflate: false });
      return socket;
    },
  });
  client.on('state', (state) => {
    // Tests do not wait out the pauses that spare a real hub.
    if (state.kind === 'waiting') setTimeout(client.retryNow, 50 * Math.random());
  });
  client.on('channel', (event) => {
    if (event.type === 'joined' && event.mode === 'reset') {
      resets += 1;
      heard.length = 0;
      seqs.length = 0;
      for (const { seq, message } of [...event.messages].reverse()) {
        heard.push(message.id);
        seqs.push(seq);
      }
    }
    if (event.type !== 'message') return;
    heard.push(event.message.id);
    seqs.push(event.seq);
  });
  void client.join(channel, 100);
  return { client, heard, seqs, resets: () => resets, cut: () => socket?.terminate() };
}

/** Ids of all messages of a channel, oldest first, as the hub pages them. */
export async function wholeHistory(client: Client, channel: string): Promise<string[]> {
  const ids: string[] = [];
  let before: number | null = null;
  for (;;) {
    const page = await client.history(channel, before, 100);
    if (!page.ok) throw new Error(`${page.code}: ${page.say}`);
    ids.push(...page.value.messages.map(({ message }) => message.id));
    before = page.value.messages.at(-1)?.seq ?? before;
    if (page.value.isEnd || page.value.messages.length === 0) return ids.reverse();
  }
}

export async function live(client: Client): Promise<void> {
  await until('live', () => client.state().kind === 'live');
}
