import type { HistoryMessage } from '../../core/domain/wire.ts';
import type { Participant } from '../fakes/people.ts';
import { details, richNotation, steady } from './golden-notation.ts';
import type { Place, PlaceFile, Shown } from './golden-place.ts';

const CHANNEL = 'lobby';

/** The hub's own web chat: one person who writes, and what the channel looks like to everybody. */
export function slipmatPlace(url: string, nina: Participant, token: string): Place {
  const { client } = nina;

  function seen({ message, reactions }: HistoryMessage): Shown {
    const { id, author, content, replyTo, redaction, revision } = message;
    const from = author.platform === 'slipmat' ? '' : ` (${author.platform})`;
    const files = content.attachments.map(({ name, width, height, isSpoiler }) => {
      return `${isSpoiler ? 'covered ' : ''}picture ${name} ${width}x${height}`;
    });
    const answers = replyTo === null ? null : `${replyTo.name}: ${replyTo.text}`;
    const text = richNotation(content.rich);
    const gone = redaction === null ? null : `removed ${redaction.by === 'platform' ? 'there' : `by ${redaction.by}`}`;
    const said = gone ?? `${text}${revision > 0 ? ' (edited)' : ''}`;
    const line = `${author.name}${from}: ${said}${details({ answers, files })}`;
    return { id, line: steady(line), text, isOurs: false, reactions: reactions.map(({ emoji }) => emoji) };
  }

  async function upload({ name, bytes }: PlaceFile): Promise<string> {
    const answer = await fetch(`${url}/api/media?name=${name}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: Buffer.from(bytes),
    });
    if (!answer.ok) throw new Error(`not uploaded: ${answer.status} ${await answer.text()}`);
    return ((await answer.json()) as { readonly attachment: { readonly url: string } }).attachment.url;
  }

  return {
    name: 'slipmat',
    link: null,
    shown: async () => (await nina.page(100)).map(seen),
    speaks: (notation) => notation,
    acts: {
      says: async (text) => void (await nina.say(text)),
      answers: async (id, text) => void (await nina.say(text, id)),
      edits: async (id, text) => void (await client.edit(CHANNEL, id, text)),
      reacts: async (id, emoji) => void (await client.react(CHANNEL, id, emoji, true)),
      async postsImage(file, caption) {
        const attachments = [{ url: await upload(file) }];
        await client.post({ channel: CHANNEL, text: caption, attachments }).done;
      },
      takesAway: async (id) => void (await client.redact(CHANNEL, id)),
    },
    ways: {},
    stop: async () => nina.close(),
  };
}
