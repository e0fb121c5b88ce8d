import type { Asking } from '../../../client/api.ts';
import { type Client, createClient } from '../../../client/index.ts';
import type { WireChatMessage } from '../../../core/domain/wire.ts';
import type { Deeds } from '../../../core/plugin/asked/table.ts';
import type { TestHub } from '../../fakes/hub.ts';

export const CHANNEL = 'dj-selecta';
export const OTHER = 'dj-kool-herta';
/** Nobody of them is anybody. */
const CAST = {
  Selecta: 'dj',
  'Kool Herta': 'dj',
  mia: 'admin',
  Ana: undefined,
  'Jo Okafor': undefined,
  ben: undefined,
  Nils: undefined,
  loudmouth: undefined,
} as const;
export type Name = keyof typeof CAST;
const NAMES = ['Selecta', 'Kool Herta', 'mia', 'Ana', 'Jo Okafor', 'ben', 'Nils', 'loudmouth'] as const;

/** The people of the hub, each with a connection. */
export interface Cast {
  tokenOf(name: Name): string;
  says(name: Name, text: string, to?: { readonly reply?: string; readonly channel?: string }): Promise<string>;
  uploads(
    name: Name,
    text: string,
    file: { readonly name: string; readonly bytes: Buffer; readonly alt: string },
  ): Promise<string>;
  reacts(message: string, emoji: string, names: readonly Name[]): Promise<void>;
  commands(name: Name, text: string, channel?: string): Promise<string>;
  does<Kind extends keyof Deeds>(name: Name, kind: Kind, of: Asking<Deeds[Kind][0]>): Promise<Deeds[Kind][1]>;
  userOf(name: Name): string;
  /** Resolves once this has been said in the channel by whomever. @returns its id */
  heard(text: string): Promise<string>;
  close(): void;
}

export async function gather(hub: TestHub): Promise<Cast> {
  const clients = new Map<Name, Client>();
  const tokens = new Map<Name, string>();
  for (const name of NAMES) {
    const token = await hub.user(name, CAST[name]);
    const client = createClient({ url: hub.wsUrl, token });
    for (const channel of ['lobby', CHANNEL]) {
      expectOk(await client.join(channel), `${name} joins ${channel}`);
    }
    clients.set(name, client);
    tokens.set(name, token);
  }
  const of = (name: Name): Client => {
    const found = clients.get(name);
    if (found === undefined) throw new Error(`${name} is not here`);
    return found;
  };
  const tokenOf = (name: Name): string => {
    const token = tokens.get(name);
    if (token === undefined) throw new Error(`${name} has no token`);
    return token;
  };

  async function posted(name: Name, post: Parameters<Client['post']>[0]): Promise<string> {
    const written = expectOk(await of(name).post(post).done, `${name}: ${post.text}`);
    return written.message ?? '';
  }
  return {
    tokenOf,
    says: (name, text, { reply, channel = CHANNEL } = {}) =>
      posted(name, { channel, text, ...(reply === undefined ? {} : { replyTo: reply }) }),
    async uploads(name, text, { name: file, bytes, alt }) {
      const response = await fetch(`${hub.url}/api/media?name=${encodeURIComponent(file)}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${tokenOf(name)}`, 'content-type': 'image/png' },
        body: new Uint8Array(bytes),
      });
      const { attachment } = (await response.json()) as { readonly attachment: { readonly url: string } };
      return posted(name, { channel: CHANNEL, text, attachments: [{ url: attachment.url, alt }] });
    },
    async reacts(message, emoji, names) {
      for (const name of names) expectOk(await of(name).react(CHANNEL, message, emoji, true), `${name} ${emoji}`);
    },
    commands: async (name, text, channel = CHANNEL) => expectOk(await of(name).command(channel, text), text),
    does: async (name, kind, what) => expectOk(await of(name).do(kind, what), `${name} ${kind}`),
    userOf: (name) => of(name).you()?.user ?? '',
    async heard(text) {
      const until = performance.now() + 60_000;
      // asked for, since a jump of the time may cost a connection
      while (performance.now() < until) {
        const page = await of('mia').history(CHANNEL, null, 20);
        const found = page.ok ? page.value.messages.find(({ message }) => wordsOf(message).includes(text)) : undefined;
        if (found !== undefined) return found.message.id;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      throw new Error(`nobody heard "${text}"`);
    },
    close() {
      for (const client of clients.values()) client.close();
    },
  };
}

function expectOk<T>(
  answer: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly say: string },
  what: string,
): T {
  if (!answer.ok) throw new Error(`${what}: ${answer.say}`);
  return answer.value;
}

function wordsOf({ content }: WireChatMessage): string {
  return content.rich.map((run) => ('text' in run ? String(run.text) : '')).join('');
}
