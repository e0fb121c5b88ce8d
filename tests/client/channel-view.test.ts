import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ChannelEvent,
  type ChannelView,
  channelView,
  EMPTY_VIEW,
  type EntryFrame,
  foldEvents,
} from '../../client/index.ts';
import { EMPTY_CONTENT, textContent } from '../../core/domain/content.ts';
import type { ChannelId, EpochMs, MessageId, Seq, UserId } from '../../core/domain/ids.ts';
import type { HistoryMessage, WireChatMessage } from '../../core/domain/wire.ts';

const channel = 'lobby' as ChannelId;
const at = 1_000 as EpochMs;
const user = (n: number) => `u-${'a'.repeat(25)}${'abcdefgh'[n]}` as UserId;
const idOf = (n: number) => `01890000-0000-7000-8000-${String(n).padStart(12, '0')}` as MessageId;
const message = (n: number): WireChatMessage => ({
  id: idOf(n),
  author: { user: user(0), name: 'Ann', platform: 'slipmat', avatarUrl: null, badge: null },
  content: textContent(`text ${n}`),
  replyTo: null,
  sentAt: at,
  revision: 0,
  editedAt: null,
  redaction: null,
});
const posted = (seq: number, n: number, key: string | null = null): EntryFrame => ({
  type: 'message',
  seq: seq as Seq,
  channel,
  key,
  message: message(n),
});
const pending = (key: string): ChannelEvent => ({ type: 'pending', channel, key, text: 'draft', replyTo: null, at: 5 });
const joined = (seq: number, messages: readonly HistoryMessage[] = []): ChannelEvent => {
  return { type: 'joined', channel, seq: seq as Seq, mode: 'reset', messages: [...messages], isEnd: true };
};
const ids = (view: ChannelView) => view.rows.map((row) => (row.kind === 'message' ? row.message.id : row.say));

describe('view of a channel', () => {
  it('shows a post at once, and once only when it comes back', () => {
    let view = foldEvents(EMPTY_VIEW, [joined(0), pending('k1')]);
    expect(view.pending).toMatchObject([{ key: 'k1', status: { kind: 'sending' } }]);
    view = channelView(view, { type: 'outcome', channel, key: 'k1', outcome: 'posted', message: idOf(1) });
    expect(view.pending).toMatchObject([{ status: { kind: 'stored' } }]);
    view = channelView(view, posted(1, 1, 'k1'));
    expect(view.pending).toEqual([]);
    expect(ids(view)).toEqual([idOf(1)]);
  });

  it('takes the acknowledgement after the message as well as before it, also when a page brought it', () => {
    const outcome: ChannelEvent = { type: 'outcome', channel, key: 'k1', outcome: 'posted', message: idOf(1) };
    expect(foldEvents(EMPTY_VIEW, [joined(0), pending('k1'), posted(1, 1), outcome]).pending).toEqual([]);
    const page = { seq: 1 as Seq, message: message(1), reactions: [] };
    expect(foldEvents(EMPTY_VIEW, [pending('k1'), outcome, joined(1, [page])]).pending).toEqual([]);
  });

  it('keeps the text of a failed post, a held one and those under way over a reset', () => {
    const view = foldEvents(EMPTY_VIEW, [
      pending('k1'),
      pending('k2'),
      pending('k3'),
      { type: 'failed', channel, key: 'k1', code: 'rate-limited', say: 'Slower.' },
      { type: 'outcome', channel, key: 'k2', outcome: 'held', message: idOf(2) },
      joined(7),
    ]);
    expect(view.pending.map(({ text, status }) => [text, status.kind])).toEqual([
      ['draft', 'failed'],
      ['draft', 'held'],
      ['draft', 'sending'],
    ]);
    expect(channelView(view, { type: 'dropped', channel, key: 'k1' }).pending).toHaveLength(2);
    expect(channelView(view, pending('k1')).pending[0]?.status.kind).toBe('sending');
  });

  it('lets a late edit of an older revision change nothing, and nothing change what was redacted', () => {
    const edit = (seq: number, revision: number): EntryFrame => {
      return {
        type: 'edit',
        seq: seq as Seq,
        channel,
        id: idOf(1),
        content: textContent(`r${revision}`),
        revision,
        at,
      };
    };
    const redaction: EntryFrame = {
      type: 'redaction',
      seq: 4 as Seq,
      channel,
      id: idOf(1),
      redaction: { at, by: 'author' },
    };
    const edited = foldEvents(EMPTY_VIEW, [joined(0), posted(1, 1), edit(2, 2), edit(3, 1)]);
    expect(edited.rows[0]).toMatchObject({ message: { content: textContent('r2'), revision: 2 } });
    expect(foldEvents(edited, [redaction, edit(5, 3)]).rows[0]).toMatchObject({
      message: { content: EMPTY_CONTENT, revision: 2 },
    });
  });

  const reply = (seq: number, n: number, to: number, text: string): EntryFrame => {
    const replyTo = { id: idOf(to), name: 'Ann', text };
    return { type: 'message', seq: seq as Seq, channel, key: null, message: { ...message(n), replyTo } };
  };
  const edited = (seq: number, n: number, revision: number, text: string): EntryFrame => {
    return { type: 'edit', seq: seq as Seq, channel, id: idOf(n), content: textContent(text), revision, at };
  };
  const redacted = (seq: number, n: number): EntryFrame => {
    return { type: 'redaction', seq: seq as Seq, channel, id: idOf(n), redaction: { at, by: 'author' } };
  };
  const reacted = (seq: number, n: number): EntryFrame => {
    return {
      type: 'reaction',
      seq: seq as Seq,
      channel,
      id: idOf(n),
      user: user(1),
      name: 'x',
      emoji: '🔥',
      on: true,
      at,
    };
  };
  const quotesOf = (view: ChannelView) =>
    view.rows.flatMap((row) =>
      row.kind === 'message' && row.message.replyTo !== null ? row.message.replyTo.text : [],
    );

  it('empties the quotes of a redacted message and takes its reactions away', () => {
    const before = foldEvents(EMPTY_VIEW, [
      joined(0),
      posted(1, 1),
      reply(2, 2, 1, 'text 1'),
      posted(3, 3),
      reply(4, 4, 3, 'text 3'),
      reacted(5, 1),
    ]);
    const view = channelView(before, redacted(6, 1));
    expect(view.rows[0]).toMatchObject({ reactions: [], message: { content: EMPTY_CONTENT } });
    expect(quotesOf(view)).toEqual(['', 'text 3']);
    expect(quotesOf(before)).toEqual(['text 1', 'text 3']);
    expect(view.rows[3]).toBe(before.rows[3]);
  });

  it('lets quotes follow an edit, bounded like every quote, and not an edit that came late', () => {
    const view = foldEvents(EMPTY_VIEW, [
      joined(0),
      posted(1, 1),
      reply(2, 2, 1, 'text 1'),
      edited(3, 1, 2, `so\n much ${'x'.repeat(200)}`),
      edited(4, 1, 1, 'older'),
    ]);
    expect(quotesOf(view)).toEqual([`so much ${'x'.repeat(112)}`]);
  });

  it('empties a quote whose message is gone already, or is not among the rows', () => {
    const page = (n: number, text: string): ChannelEvent => {
      const replyTo = { id: idOf(1), name: 'Ann', text };
      const row = { seq: n as Seq, message: { ...message(n), replyTo }, reactions: [] };
      return { type: 'history', channel, messages: [row], isEnd: false };
    };
    const absent = foldEvents(EMPTY_VIEW, [joined(9), reply(10, 10, 1, 'text 1'), redacted(11, 1)]);
    expect(quotesOf(absent)).toEqual(['']);
    expect(quotesOf(channelView(absent, reply(12, 12, 1, 'text 1')))).toEqual(['', '']);
    expect(quotesOf(channelView(absent, page(5, 'text 1')))).toEqual(['', '']);
    const here = foldEvents(EMPTY_VIEW, [joined(0), posted(1, 1), redacted(2, 1), reply(3, 3, 1, 'text 1')]);
    expect(quotesOf(here)).toEqual(['']);
    expect(quotesOf(foldEvents(EMPTY_VIEW, [joined(9, []), page(5, ''), edited(10, 1, 1, 'back?')]))).toEqual(['']);
  });

  it('forgets the oldest rows when asked, and says that there is more above', () => {
    const view = foldEvents(EMPTY_VIEW, [
      joined(0),
      posted(1, 1),
      posted(2, 2),
      posted(3, 3),
      { type: 'trim', channel, keep: 2 },
    ]);
    expect(ids(view)).toEqual([idOf(2), idOf(3)]);
    expect(view.isEnd).toBe(false);
  });

  it('changes nothing in the value it was given', () => {
    const before = foldEvents(EMPTY_VIEW, [joined(0), posted(1, 1), pending('k1')]);
    const copy = structuredClone(before);
    foldEvents(before, [posted(2, 2, 'k1'), { type: 'trim', channel, keep: 1 }, joined(9)]);
    expect(before).toEqual(copy);
  });

  /** A log of 60 entries over 12 messages, read with repeats and with pages that were read at any moment. */
  const step = fc.record({
    kind: fc.constantFrom('message', 'message', 'edit', 'redaction', 'reaction', 'reaction'),
    target: fc.nat(11),
    who: fc.nat(3),
    emoji: fc.constantFrom('👍', '🔥'),
    on: fc.boolean(),
    repeat: fc.boolean(),
    /** A page as it stood so many entries ago arrives now. */
    pageFrom: fc.option(fc.nat(20), { nil: null, freq: 4 }),
  });

  it('ends as the log stands, however repeats and older pages come between', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.nat(20), (steps, joinedAt) => {
        const truth: ChannelView[] = [foldEvents(EMPTY_VIEW, [joined(0)])];
        const entries: EntryFrame[] = [];
        for (const entry of logOf(steps)) {
          truth.push(channelView(truth.at(-1) ?? EMPTY_VIEW, entry));
          entries.push(entry);
        }
        const start = Math.min(joinedAt, entries.length);
        // It joins with the last two messages of that moment, then hears the rest.
        let view = foldEvents(EMPTY_VIEW, [joined(start, pageOf(truth[start]).slice(0, 2))]);
        entries.slice(start).forEach((entry, index) => {
          view = channelView(view, entry);
          const { repeat, pageFrom } = steps[start + index] ?? {};
          if (repeat === true) view = channelView(view, entry);
          if (pageFrom == null) return;
          const moment = Math.max(start, start + index + 1 - pageFrom);
          view = channelView(view, { type: 'history', channel, messages: pageOf(truth[moment]), isEnd: true });
        });
        view = channelView(view, { type: 'history', channel, messages: pageOf(truth[start]), isEnd: true });
        expect(plain(view)).toEqual(plain(truth.at(-1) ?? EMPTY_VIEW));
      }),
      { numRuns: 1_500 },
    );
  });

  function logOf(
    steps: readonly { kind: string; target: number; who: number; emoji: string; on: boolean }[],
  ): EntryFrame[] {
    const revisions = new Map<number, number>();
    const words = new Map<number, string>();
    let count = 0;
    return steps.map(({ kind, target, who, emoji, on }, index) => {
      const seq = (index + 1) as Seq;
      const known = count === 0 ? -1 : target % count;
      if (kind === 'message' || known < 0) {
        count += 1;
        words.set(count - 1, `text ${count - 1}`);
        const text = words.get(known);
        // Every other message answers an earlier one, as the hub would quote it then.
        return on && text !== undefined ? reply(seq, count - 1, known, text) : posted(seq, count - 1);
      }
      const id = idOf(known);
      if (kind === 'redaction') words.delete(known);
      if (kind === 'redaction') return { type: 'redaction', seq, channel, id, redaction: { at, by: 'author' } };
      if (kind === 'reaction') return { type: 'reaction', seq, channel, id, user: user(who), name: 'x', emoji, on, at };
      const revision = (revisions.get(known) ?? 0) + 1;
      revisions.set(known, revision);
      if (words.has(known)) words.set(known, `edit ${revision}`);
      return { type: 'edit', seq, channel, id, content: textContent(`edit ${revision}`), revision, at };
    });
  }

  function pageOf(view: ChannelView | undefined): HistoryMessage[] {
    const rows = view?.rows ?? [];
    return rows
      .flatMap((row) =>
        row.kind === 'message' ? [{ seq: row.seq, message: row.message, reactions: row.reactions }] : [],
      )
      .reverse();
  }

  /** Order of reactions apart: it depends on who was seen first. */
  function plain(view: ChannelView) {
    return view.rows.map((row) =>
      row.kind === 'message'
        ? {
            ...row,
            reactions: row.reactions
              .map(({ emoji, users }) => [emoji, [...users].sort()] as const)
              .sort((a, b) => (a[0] < b[0] ? -1 : 1)),
          }
        : row,
    );
  }
});
