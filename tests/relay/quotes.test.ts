import { describe, expect, it } from 'vitest';
import { plainText, textContent } from '../../core/domain/content.ts';
import type { EpochMs, MessageId } from '../../core/domain/ids.ts';
import type { Quote } from '../../core/domain/message.ts';
import type { WireMessage } from '../../core/domain/wire.ts';
import { type Known, prepare } from '../../core/relay/entry.ts';
import type { Target } from '../../core/relay/plan.ts';
import { message, portal } from './rig.ts';

const POST = {
  text: 500,
  caption: 500,
  unit: 'utf16',
  speaker: 'native',
  reply: false,
  idempotent: true,
  takesSentAt: false,
  maxMedia: 0,
  maxMediaBytes: 0,
  spoiler: false,
} as const;
const place = portal('plain');
const target: Target = {
  portal: place.id,
  room: place.room,
  limits: { post: POST },
  now: 1_000 as EpochMs,
  publicUrl: null,
};

/** What is said in a room without replies, when by now the reply's quote is this. */
async function saidWith(now: Quote | null): Promise<readonly string[]> {
  const quote = { id: 'm0' as MessageId, name: 'Ben', text: 'the secret word' };
  const wire: WireMessage = JSON.parse(message(textContent('indeed'), { replyTo: quote }).body);
  const known: Known = {
    lookup: async () => ({ message: { ...wire.message, replyTo: now }, reactions: [] }),
    mayHaveChanged: () => true,
    fate: async () => null,
    sentText: () => null,
    asMarked: (_, said) => said,
    look: () => null,
  };
  const { plan } = await prepare({ wire, note: {} }, place, target, known);
  return plan.kind === 'drop'
    ? []
    : plan.commands.map(({ command }) => ('text' in command ? plainText(command.text) : ''));
}

describe('the quote of a reply in a room without replies', () => {
  it('is what the quoted message says when it is sent', async () => {
    const id = 'm0' as MessageId;
    expect(await saidWith({ id, name: 'Ben', text: 'the secret word' })).toEqual(['> Ben: the secret word\nindeed']);
    expect(await saidWith({ id, name: 'Ben', text: 'another word' })).toEqual(['> Ben: another word\nindeed']);
  });

  it('is the name alone once that message is redacted', async () => {
    expect(await saidWith({ id: 'm0' as MessageId, name: 'Ben', text: '' })).toEqual(['> Ben\nindeed']);
  });
});
