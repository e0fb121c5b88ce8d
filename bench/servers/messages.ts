import { digestOf, newMessageId, stepKey } from '../../core/async/mint.ts';
import { textContent } from '../../core/domain/content.ts';
import type { ChannelId, EpochMs, MessageId, Position, ScopeId, Seq, UserId } from '../../core/domain/ids.ts';
import type { WireMessage } from '../../core/domain/wire.ts';
import type { Entry, Step } from '../../core/store/ports.ts';

const AUTHOR = `u-${'a'.repeat(26)}` as UserId;
const TEXT = 'the quick brown fox jumps over the lazy dog and says what people say in a chat';
/** Of the first message of a made history; each next one is a tenth of a second later. */
const FIRST_AT = 1_600_000_000_000;

function wireMessage(channel: ChannelId, id: MessageId, text: string, at: EpochMs): WireMessage {
  return {
    type: 'message',
    channel,
    key: null,
    message: {
      id,
      author: { user: AUTHOR, name: 'Somebody', platform: 'slipmat', avatarUrl: null, badge: null },
      content: textContent(text),
      replyTo: null,
      sentAt: at,
      revision: 0,
      editedAt: null,
      redaction: null,
    },
  };
}

/** A post as the route hands it to the log. */
export function postStep(now: number): Step {
  const channel = 'lobby' as ChannelId;
  const id = newMessageId();
  const at = now as EpochMs;
  const body = wireMessage(channel, id, TEXT, at);
  return {
    scope: 'mega' as ScopeId,
    channel,
    key: stepKey('bench', id),
    digest: digestOf(id),
    ifRev: null,
    kind: 'message',
    audience: 'readers',
    at,
    body: JSON.stringify(body),
    note: { author: AUTHOR, actor: AUTHOR, ref: null },
    effects: [{ kind: 'message', id, author: AUTHOR }],
    known: null,
  };
}

/** The n-th message of a made history: always the same one, spread over so many channels. */
export function archivedEntry(n: number, channels: number): Entry {
  const at = (FIRST_AT + n * 100) as EpochMs;
  const id = idOf(n, at);
  const channel = channelOf(n % channels);
  return {
    shard: 0,
    position: String(n + 1) as Position,
    kind: 'message',
    audience: 'readers',
    channel,
    seq: (Math.floor(n / channels) + 1) as Seq,
    message: id,
    key: id,
    at,
    body: JSON.stringify(wireMessage(channel, id, textOf(n), at)),
    note: '{}',
  };
}

export function channelOf(index: number): ChannelId {
  return (index === 0 ? 'lobby' : `room-${index}`) as ChannelId;
}

function idOf(n: number, at: EpochMs): MessageId {
  const time = at.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${n.toString(16).padStart(12, '0')}` as MessageId;
}

const SYLLABLES = ['ba', 'ko', 'mi', 'ru', 'te', 'lo', 'sa', 'ne', 'vi', 'du', 'fa', 'pe', 'zo', 'gi', 'hu', 'ja'];

/** Ten words; common ones come often, and each message has one word of its own thousand. */
export function textOf(n: number): string {
  let seed = (n * 2_654_435_761 + 12_345) >>> 0;
  const words = Array.from({ length: 9 }, () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    const share = seed / 0x1_0000_0000;
    return wordOf(Math.floor(share * share * share * 4_096));
  });
  return `${words.join(' ')} rare${n % 1_000}`;
}

function wordOf(index: number): string {
  return [index & 15, (index >> 4) & 15, (index >> 8) & 15].map((at) => SYLLABLES[at] ?? '').join('');
}
