import type { ChannelEvent } from '../../client/index.ts';
import { type Content, textContent } from '../../core/domain/content.ts';
import type { ChannelId, EpochMs, MessageId, Seq, UserId } from '../../core/domain/ids.ts';

const LINES = [
  ['Ana', 'twitch', 'this bassline again please', null],
  ['ben', 'discord', '@Ana which label?', 'moderator'],
  ['Cy', 'telegram', 'first time here, loving it', null],
  ['mia', 'slipmat', 'ID is in the links list', 'dj'],
  ['Åsa', 'matrix', 'hello from Turku', null],
] as const;

/** A picture of this hub, for whatever shows pictures. */
const PICTURE = '/icon.svg';

/** With what only some looks show: a custom emoji at the end, a picture that was marked as safe. */
function contentOf(text: string, index: number): Content {
  const { rich } = textContent(text);
  if (index === 3)
    return { rich: [...rich, { t: 'text', text: ' ' }, { t: 'emoji', name: 'vinyl', url: PICTURE }], attachments: [] };
  if (index !== 2) return { rich, attachments: [] };
  const file = {
    url: PICTURE,
    name: 'flyer',
    mediaType: 'image/svg+xml',
    bytes: 1,
    width: 64,
    height: 64,
    alt: 'a flyer',
  };
  return { rich, attachments: [{ ...file, isSpoiler: false, mark: 'safe' }] };
}

/** Made-up rows, to see how an overlay looks before anybody has written. */
export function demoEvents(): readonly ChannelEvent[] {
  return LINES.map(([name, platform, text, badge], index) => ({
    type: 'message',
    seq: (index + 1) as Seq,
    channel: 'demo' as ChannelId,
    key: null,
    message: {
      id: `demo-${index}` as MessageId,
      author: { user: `demo-${name}` as UserId, name, platform, avatarUrl: index === 0 ? PICTURE : null, badge },
      content: contentOf(text, index),
      replyTo: null,
      sentAt: (1_700_000_000_000 + index * 7_000) as EpochMs,
      revision: 0,
      editedAt: null,
      redaction: null,
    },
  }));
}
