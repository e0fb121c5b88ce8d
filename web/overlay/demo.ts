import type { ChannelEvent } from '../../client/index.ts';
import { textContent } from '../../core/domain/content.ts';
import type { ChannelId, EpochMs, MessageId, Seq, UserId } from '../../core/domain/ids.ts';

const LINES = [
  ['Ana', 'twitch', 'this bassline again please', null],
  ['ben', 'discord', '@Ana which label?', 'moderator'],
  ['Cy', 'telegram', 'first time here, loving it', null],
  ['mia', 'slipmat', 'ID is in the links list', 'dj'],
  ['Åsa', 'matrix', 'hello from Turku', null],
] as const;

/** Made-up rows, to see how an overlay looks before anybody has written. */
export function demoEvents(): readonly ChannelEvent[] {
  return LINES.map(([name, platform, text, badge], index) => ({
    type: 'message',
    seq: (index + 1) as Seq,
    channel: 'demo' as ChannelId,
    key: null,
    message: {
      id: `demo-${index}` as MessageId,
      author: { user: `demo-${name}` as UserId, name, platform, avatarUrl: null, badge },
      content: textContent(text),
      replyTo: null,
      sentAt: (1_700_000_000_000 + index * 7_000) as EpochMs,
      revision: 0,
      editedAt: null,
      redaction: null,
    },
  }));
}
