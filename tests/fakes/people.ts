import { type Client, createClient, type Written } from '../../client/index.ts';
import type { MessageId } from '../../core/domain/ids.ts';
import type { HistoryMessage } from '../../core/domain/wire.ts';

/** Somebody with a client of the package, in one channel. */
export interface Participant {
  readonly client: Client;
  /** Posts, and insists that it was stored. */
  say(text: string, replyTo?: string): Promise<MessageId>;
  /** The newest messages of the channel as they stand now, oldest first. */
  page(limit?: number): Promise<readonly HistoryMessage[]>;
  close(): void;
}

export async function participant(wsUrl: string, token: string | null, channel = 'lobby'): Promise<Participant> {
  const client = createClient({ url: wsUrl, token });
  const joined = await client.join(channel);
  if (!joined.ok) throw new Error(`join: ${joined.code} ${joined.say}`);
  return {
    client,
    async say(text, replyTo) {
      const said = await client.post({ channel, text, ...(replyTo === undefined ? {} : { replyTo }) }).done;
      if (!said.ok || said.value.message === null) throw new Error(`not posted: ${JSON.stringify(said)}`);
      return said.value.message;
    },
    async page(limit = 50) {
      const page = await client.history(channel, null, limit);
      if (!page.ok) throw new Error(`history: ${page.code} ${page.say}`);
      return page.value.messages.toReversed();
    },
    close: () => client.close(),
  };
}

/** The code that it was refused with, or what became of it. */
export function outcomeOf(written: Written): string {
  return written.ok ? written.value.outcome : written.code;
}
