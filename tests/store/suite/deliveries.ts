import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newMessageId } from '../../../core/async/mint.ts';
import type { EpochMs, MessageId, PortalId, RoomId, Seq } from '../../../core/domain/ids.ts';
import type { RemoteRef } from '../../../core/domain/message.ts';
import {
  type DeadLetter,
  type Fate,
  type Flight,
  type LiveStore,
  MOST_LETTERS,
  type PortalMark,
  type Settled,
} from '../../../core/store/ports.ts';
import type { OpenedForTest, OpenForTest } from './opened.ts';
import { stored } from './opened.ts';
import { newPlace, post } from './steps.ts';

const ROOM = 'room' as RoomId;
const NOWHERE: PortalMark = { at: null, seq: null, first: null, inFlight: null, owed: null };

/** How far portals are served, where copies are, what was given up. */
export function describeDeliveries(open: OpenForTest): void {
  describe('deliveries', () => {
    const portal = 'portal-1' as PortalId;
    const other = 'portal-2' as PortalId;
    let opened: OpenedForTest;
    let store: LiveStore;
    let places: Pick<Settled, 'at' | 'seq'>[];

    beforeEach(async () => {
      opened = await open();
      store = opened.store;
      const channel = newPlace();
      places = [];
      for (let i = 0; i < 4; i += 1) {
        const { position, seq } = await stored(store, post(channel, `${i}`));
        places.push({ at: position, seq: seq ?? (0 as Seq) });
      }
    });
    afterEach(() => opened.close());

    const place = (i: number): Pick<Settled, 'at' | 'seq'> => {
      const found = places[i];
      if (found === undefined) throw new Error('no such entry');
      return found;
    };
    const flight = (i: number, what: Flight['what'] = 'entry'): Flight => ({ what, seq: place(i).seq });
    const settled = (i: number, fields: Partial<Settled> = {}): Settled => ({
      ...place(i),
      owed: null,
      fates: [],
      letters: [],
      ...fields,
    });
    const fate = (message: MessageId, refs: readonly RemoteRef[], kind: Fate['kind'] = 'sent'): Fate => ({
      message,
      kind,
      refs,
      say: null,
    });
    const advance = (fence: number, done: Settled | null, begin: Flight | null, of = portal) =>
      store.deliveries.advance(of, fence, done, begin);

    it('begins where it is opened, once', async () => {
      expect(await store.deliveries.load(portal)).toEqual(NOWHERE);
      await store.deliveries.open(portal, place(1).at, place(1).seq);
      await store.deliveries.open(portal, place(3).at, place(3).seq);
      const { at, seq } = place(1);
      expect(await store.deliveries.load(portal)).toEqual({ ...NOWHERE, at, seq, first: seq });
    });

    it('marks what is sent before, and settles it together with the next mark', async () => {
      await store.deliveries.open(portal, place(0).at, place(0).seq);
      expect(await advance(7, null, flight(1))).toBe('go');
      expect(await store.deliveries.load(portal)).toMatchObject({ ...place(0), inFlight: flight(1) });
      expect(await advance(7, settled(1), flight(2))).toBe('go');
      store = await opened.reopen();
      expect(await store.deliveries.load(portal)).toMatchObject({ ...place(1), inFlight: flight(2) });
      expect(await advance(7, settled(2), null)).toBe('ok');
      expect(await store.deliveries.load(portal)).toMatchObject({ ...place(2), inFlight: null, first: place(0).seq });
    });

    it('tells that an earlier mark was never settled, and keeps it', async () => {
      await advance(7, null, flight(0, 'digest'));
      expect(await advance(8, null, flight(1))).toBe('unknown');
      expect(await store.deliveries.load(portal)).toMatchObject({ inFlight: flight(0, 'digest') });
      expect(await advance(8, settled(0), flight(1, 'letter'))).toBe('go');
      expect(await store.deliveries.load(portal)).toMatchObject({ inFlight: flight(1, 'letter') });
    });

    it('refuses a smaller fence than the highest seen, and writes nothing for it', async () => {
      const message = newMessageId();
      await advance(7, null, flight(0));
      expect(await advance(8, null, flight(0))).toBe('unknown');
      expect(await advance(7, settled(0, { fates: [fate(message, [{ room: ROOM, id: '9' }])] }), flight(1))).toBe(
        'fenced',
      );
      expect(await store.deliveries.load(portal)).toMatchObject({ at: null, inFlight: flight(0) });
      expect(await store.deliveries.copies(portal, message)).toEqual([]);
      expect(await advance(7, null, flight(1), other)).toBe('go');
    });

    it('never moves back, and keeps from where on messages are owed', async () => {
      const owed = { after: place(0).seq, why: 'pressure' } as const;
      expect(await advance(7, settled(2, { owed }), null)).toBe('ok');
      expect(await advance(7, settled(1), null)).toBe('ok');
      store = await opened.reopen();
      expect(await store.deliveries.load(portal)).toMatchObject({ ...place(2), owed });
      await advance(7, settled(2), null);
      expect(await store.deliveries.load(portal)).toMatchObject({ ...place(2), owed: null });
    });

    it('begins anew after it was closed, still refusing who was fenced off', async () => {
      await store.deliveries.open(portal, place(0).at, place(0).seq);
      await advance(7, settled(1, { owed: { after: place(0).seq, why: 'outage' } }), flight(2));
      await store.deliveries.close(portal);
      expect(await store.deliveries.load(portal)).toEqual(NOWHERE);
      expect(await advance(6, settled(1), null)).toBe('fenced');
      await store.deliveries.open(portal, place(3).at, place(3).seq);
      expect(await store.deliveries.load(portal)).toMatchObject({ ...place(3), first: place(3).seq, inFlight: null });
    });

    it('finds copies both ways', async () => {
      const [message, second] = [newMessageId(), newMessageId()];
      const room = '!room:example.org' as RoomId;
      const refs = [
        { room, id: 'native-1', note: 'webhook-3' },
        { room, id: 'native-2' },
      ];
      const fates = [fate(message, refs), fate(second, [{ room, id: 'native-3' }], 'origin')];
      await advance(7, settled(0, { fates }), null);
      store = await opened.reopen();
      expect(await store.deliveries.copies(portal, message)).toEqual(refs);
      expect(await store.deliveries.fate(portal, message)).toEqual(fate(message, refs));
      expect(await store.deliveries.fate(portal, second)).toEqual(fates[1]);
      expect(await store.deliveries.messageOf(portal, { room, id: 'native-2' })).toBe(message);
      expect(await store.deliveries.messageOf(portal, { room, id: 'native-3' })).toBe(second);
      expect(await store.deliveries.messageOf(portal, { room, id: 'native-4' })).toBeNull();
      expect(await store.deliveries.messageOf(other, { room, id: 'native-2' })).toBeNull();
      expect(await store.deliveries.copies(portal, newMessageId())).toEqual([]);
    });

    it('keeps what is known of a message where a later settlement brings no copies', async () => {
      const [sent, failed] = [newMessageId(), newMessageId()];
      const refs = [{ room: ROOM, id: 'native-1' }];
      await advance(
        7,
        settled(0, { fates: [fate(sent, refs), { ...fate(failed, [], 'dead'), say: 'too odd' }] }),
        null,
      );
      await advance(7, settled(1, { fates: [fate(sent, [], 'dead'), fate(failed, [], 'unknown')] }), null);
      expect(await store.deliveries.fate(portal, sent)).toEqual(fate(sent, refs));
      expect(await store.deliveries.fate(portal, failed)).toEqual({ ...fate(failed, [], 'dead'), say: 'too odd' });
      await advance(7, settled(2, { fates: [fate(failed, refs)] }), null);
      expect(await store.deliveries.fate(portal, failed)).toEqual(fate(failed, refs));
      expect(await store.deliveries.fate(portal, newMessageId())).toBeNull();
    });

    it('forgets one part that is gone from its room, and keeps the others', async () => {
      const message = newMessageId();
      const refs = [
        { room: ROOM, id: 'part-1', note: 'webhook' },
        { room: ROOM, id: 'part-2' },
      ];
      await advance(7, settled(0, { fates: [fate(message, refs)] }), null);
      await store.deliveries.forget(portal, { room: ROOM, id: 'part-2' });
      await store.deliveries.forget(portal, { room: ROOM, id: 'never-there' });
      expect(await store.deliveries.copies(portal, message)).toEqual([refs[0]]);
      expect(await store.deliveries.messageOf(portal, { room: ROOM, id: 'part-2' })).toBeNull();
      await store.deliveries.forget(portal, { room: ROOM, id: 'part-1' });
      expect(await store.deliveries.copies(portal, message)).toEqual([]);
    });

    it('keeps the newest dead letters of each portal until they are dropped', async () => {
      const letter = (n: number): DeadLetter => ({
        seq: n as Seq,
        message: newMessageId(),
        entry: 'message',
        kind: 'dead',
        say: `no. ${n}`,
        at: (1_000 + n) as EpochMs,
      });
      const letters = Array.from({ length: MOST_LETTERS + 5 }, (_, n) => letter(n + 1));
      await advance(7, settled(0, { letters: letters.slice(0, 100) }), null);
      await advance(7, settled(1, { letters: letters.slice(100) }), null);
      store = await opened.reopen();
      expect(await store.deliveries.letters(portal)).toEqual(letters.slice(5));
      expect(await store.deliveries.letters(other)).toEqual([]);
      await store.deliveries.dropLetters(
        portal,
        letters.slice(6).map(({ seq }) => seq),
      );
      expect(await store.deliveries.letters(portal)).toEqual([letters[5]]);
    });
  });
}
