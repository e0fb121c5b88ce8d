import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MessageId, Seq, UserId } from '../../core/domain/ids.ts';
import type { HistoryMessage } from '../../core/domain/wire.ts';
import { type ArchivedEntry, START } from '../../core/store/ports.ts';
import { BACKENDS } from './archive-backends.ts';
import { channelOf, openRig, privatePlace, type Rig, trimmed } from './archive-rig.ts';
import { ANN, BEN, CAT, edit, type Place, post, react, redact } from './suite/steps.ts';

/** A message as a reader who followed every answer would have it: written anew here, so that it shares no code with the hub. */
interface Expected {
  readonly id: MessageId;
  readonly seq: Seq;
  text: string;
  revision: number;
  isRedacted: boolean;
  /** What it answers; null once it is redacted itself. */
  quoted: Expected | null;
  readonly reactions: Set<string>;
}

const USERS: readonly UserId[] = [ANN, BEN, CAT];
const choice = fc.record({
  kind: fc.constantFrom('post', 'reply', 'reply', 'edit', 'redact', 'react', 'unreact', 'archive', 'trim'),
  target: fc.nat(9),
  user: fc.nat(2),
  emoji: fc.constantFrom('🔥', '👍'),
  word: fc.constantFrom('bass', 'drop', 'vinyl'),
});
type Choice = typeof choice extends fc.Arbitrary<infer T> ? T : never;

describe.each(BACKENDS)('whatever is said over the $name log', (backend) => {
  let end: () => Promise<void>;
  let rig: Rig;
  beforeAll(async () => {
    end = await backend.prepare();
    rig = await openRig(backend);
  });
  afterAll(async () => {
    await rig.close();
    await end();
  });

  /** Carries out a choice on the store and on what is expected, if the store took it. */
  async function take(at: Place, made: Expected[], { kind, target, user, emoji, word }: Choice): Promise<void> {
    const { log } = rig.store;
    const message = made[target % Math.max(1, made.length)];
    const by = USERS[user] ?? ANN;
    if (kind === 'archive' || kind === 'trim') return carryOver(kind === 'trim');
    if (kind === 'post' || kind === 'reply' || message === undefined) {
      const quoted = kind === 'reply' ? (message ?? null) : null;
      const step = post(at, word, quoted === null ? {} : { replyTo: { id: quoted.id, name: 'Ann', text: 'once' } });
      const answer = await log.append(step);
      if (answer.kind !== 'stored' || answer.seq === null) throw new Error('not stored');
      const reactions = new Set<string>();
      const one: Expected = {
        id: step.id,
        seq: answer.seq,
        text: word,
        revision: 0,
        isRedacted: false,
        quoted,
        reactions,
      };
      // What answers nothing answers itself, in the steps of these tests.
      one.quoted ??= one;
      made.push(one);
      return;
    }
    const { id } = message;
    const known = await rig.history.head(at.scope, id);
    if (kind === 'edit') {
      const answer = await log.append(edit(at, id, message.revision, `${word} again`, { known }));
      if (answer.kind === 'stored') Object.assign(message, { text: `${word} again`, revision: message.revision + 1 });
    } else if (kind === 'redact') {
      const answer = await log.append(redact(at, id, { known }));
      if (answer.kind !== 'stored') return;
      Object.assign(message, { text: '', isRedacted: true, quoted: null });
      message.reactions.clear();
    } else {
      const answer = await log.append(react(at, id, emoji, kind === 'react', { known, user: by }));
      if (answer.kind !== 'stored') return;
      if (kind === 'react') message.reactions.add(`${emoji} ${by}`);
      else message.reactions.delete(`${emoji} ${by}`);
    }
  }

  async function carryOver(andTrim: boolean): Promise<void> {
    const archiver = rig.archiver({ hotMs: andTrim ? 0 : 1e12, batch: 7 });
    if (!(await archiver.drain(AbortSignal.timeout(20_000)))) throw new Error('not archived');
    if (andTrim) await trimmed(rig);
    await archiver.stop();
  }

  it('history is the same hot, archived and in between', async () => {
    let room = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(choice, { minLength: 5, maxLength: 30 }), async (choices) => {
        room += 1;
        const at = privatePlace(`any-${backend.name}-${room}`);
        const made: Expected[] = [];
        for (const each of choices) await take(at, made, each);
        const expected = made.map(plainly).toReversed();
        const seen = async () => {
          const entries = await rig.history.since(channelOf(at), 0 as Seq, 1_000);
          expect(quotingNothing(entries.map(quoteIn)).toReversed()).toEqual(quotingNothing(expected));
          return (await rig.history.page(channelOf(at), null, 100)).messages.map(shown);
        };
        expect(await seen()).toEqual(expected);
        await carryOver(false);
        expect(await seen()).toEqual(expected);
        const archived = (await rig.archive.page(at.channel, null, 100)).map(shown);
        expect(archived.map(withoutQuote)).toEqual(expected.map(withoutQuote));
        expect(archived.filter(({ quote }) => quote === '').map(({ id }) => id)).toEqual(quotingNothing(expected));
        await carryOver(true);
        expect(await rig.store.log.range(rig.store.log.shardOf(at.scope), START, 1)).toEqual([]);
        expect(await seen()).toEqual(expected);
      }),
      { numRuns: 25 },
    );
  });
});

function plainly({ id, seq, text, revision, isRedacted, quoted, reactions }: Expected) {
  return { id, seq, text, revision, isRedacted, quote: quoted?.text ?? null, reactions: [...reactions].sort() };
}
function withoutQuote<Row extends { readonly quote: string | null }>({ quote: _, ...row }: Row) {
  return row;
}
function quotingNothing(rows: readonly { readonly id: MessageId; readonly quote: string | null }[]) {
  return rows.filter(({ quote }) => quote === '').map(({ id }) => id);
}
function quoteIn({ message, body }: ArchivedEntry) {
  return { id: message as MessageId, quote: JSON.parse(body).message?.replyTo?.text ?? null };
}
function shown({ seq, message, reactions }: HistoryMessage) {
  return {
    id: message.id,
    seq,
    text: message.content.rich.map((node) => ('text' in node ? node.text : '')).join(''),
    revision: message.revision,
    isRedacted: message.redaction !== null,
    quote: message.replyTo?.text ?? null,
    reactions: reactions.flatMap(({ emoji, users }) => users.map((user) => `${emoji} ${user}`)).sort(),
  };
}
