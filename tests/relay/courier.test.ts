import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RoomId, Seq } from '../../core/domain/ids.ts';
import type { LiveStore } from '../../core/store/ports.ts';
import { type FakeRoomServer, startFakeRoom } from '../fakes/fake-room.ts';
import * as rig from './rig.ts';

interface OpenedStore {
  readonly store: LiveStore;
  close(): Promise<void>;
}
const STORES: readonly (readonly [string, () => Promise<OpenedStore>])[] = [
  ['the embedded store', rig.openTempStore],
  ['Redis', rig.openTempRedis],
];

describe.each(STORES)('a courier over %s', (_, openStore) => {
  let opened: OpenedStore;
  let store: LiveStore;
  let room: FakeRoomServer;
  let hubs: rig.TestHub[];

  beforeEach(async () => {
    opened = await openStore();
    store = opened.store;
    room = await startFakeRoom();
    hubs = [];
  });
  afterEach(async () => {
    await Promise.all(hubs.map((hub) => hub.stop()));
    await room.stop();
    await opened.close();
  });

  const A = rig.portal('a');
  const B = rig.portal('b');

  async function start(options: Partial<rig.HubOptions> = {}): Promise<rig.TestHub> {
    const hub = await rig.startTestHub({ store, room, portals: rig.changingPortals([A]), ...options });
    hubs.push(hub);
    // a new portal begins at the end of the log: only what is said once it is open is its business
    for (const { id } of (options.portals ?? rig.changingPortals([A])).list()) {
      await rig.until('the lane is open', async () => (await store.deliveries.load(id)).at !== null);
    }
    return hub;
  }

  const texts = (name = 'a'): readonly string[] => room.posts(name).map(({ text }) => text);
  const allTexts = (name = 'a'): readonly string[] => room.ever(name).map(({ text }) => text);
  const said = (text: string): string => `[Slipmat] Ann: ${text}`;
  const shows = (count: number, name = 'a'): Promise<void> =>
    rig.until(`${count} posts in ${name}`, () => room.posts(name).length >= count);
  const counted = (hub: rig.TestHub, outcome: string): number => hub.counts.get(outcome) ?? 0;

  it('sends what is said to the room, in order, under the name of its author', async () => {
    await start();
    const lines = Array.from({ length: 30 }, (_, n) => `line ${n}`);
    for (const line of lines) await rig.append(store, rig.message(line));
    await shows(30);
    expect(texts()).toEqual(lines.map(said));
  });

  it('gives the room where something was said no copy, and the other room one', async () => {
    const hub = await start({ portals: rig.changingPortals([A, B]) });
    room.userPosts('a', 'Ben', 'from a');
    await shows(1, 'b');
    await rig.append(store, rig.message('after'));
    await shows(2, 'a');
    await shows(2, 'b');
    expect(texts('b')).toEqual(['[Fakeroom] Ben: from a', said('after')]);
    expect(texts('a')).toEqual(['from a', said('after')]);
    expect(hub.received).toHaveLength(1);
  });

  it('answers in the room of origin as a reply to the very message there', async () => {
    await start();
    const origin = room.userPosts('a', 'Ben', 'who plays?');
    let id: string | null = null;
    await rig.until('its copy is known', async () => {
      id = await store.deliveries.messageOf(A.id, { room: A.room, id: origin });
      return id !== null;
    });
    const quote = { id: (id ?? '') as rig.MessageStep['id'], name: 'Ben', text: 'who plays?' };
    await rig.append(store, rig.message('Kool', { replyTo: quote }));
    await shows(2);
    expect(room.posts('a')[1]).toMatchObject({ replyTo: origin, text: said('Kool') });
  });

  it('tries again when the platform asks for patience, and keeps the order', async () => {
    const hub = await start();
    room.failNext('rate-limit', 3, 'a');
    await rig.append(store, rig.message('one'), rig.message('two'));
    await shows(2);
    expect(allTexts()).toEqual([said('one'), said('two')]);
    await rig.until('both settled', () => counted(hub, 'sent') === 2);
  });

  it('gives up on one command that can never work, and goes on with the next', async () => {
    const hub = await start();
    room.failNext('bad-command', 1, 'a');
    await rig.append(store, rig.message('broken'), rig.message('fine'));
    await shows(1);
    expect(texts()).toEqual([said('fine')]);
    expect(counted(hub, 'dead')).toBe(1);
  });

  it('pauses a portal whose room is gone, leaves the others alone, and goes on when the room is back', async () => {
    const hub = await start({ portals: rig.changingPortals([A, B]) });
    room.failNext('room-gone', 1, 'a');
    await rig.append(store, rig.message('one'), rig.message('two'));
    await shows(2, 'b');
    await rig.until('paused', () => hub.courier.lanes().get(A.id)?.phase === 'paused');
    expect(hub.courier.lanes().get(A.id)?.say).toContain('room-gone');
    expect(texts('a')).toEqual([]);
    room.dropConnections(); // the bridge starts again and reports its rooms live
    await shows(2, 'a');
    expect(allTexts('a')).toEqual([said('one'), said('two')]);
    expect(allTexts('b')).toEqual([said('one'), said('two')]);
  });

  it('pauses the bridge when its credential is refused, without a second try', async () => {
    const hub = await start();
    room.failNext('unauthorized', 1, 'a');
    await rig.append(store, rig.message('one'));
    await rig.until('paused', () => hub.supervisor.status()[0]?.phase.kind === 'paused');
    const tries = room.tries();
    await rig.append(store, rig.message('two'));
    await rig.until('closed', () => room.connections() === 0);
    expect(room.tries()).toBe(tries);
    expect(JSON.stringify(hub.supervisor.status())).not.toContain(room.token);
  });

  it('never delays a room because another is stalled', async () => {
    await start({ portals: rig.changingPortals([A, B]) });
    const release = room.stall('a');
    const lines = Array.from({ length: 20 }, (_, n) => `line ${n}`);
    await rig.append(store, ...lines.map((line) => rig.message(line)));
    await shows(20, 'b');
    expect(texts('a')).toEqual([]);
    release();
    await shows(20, 'a');
    expect(texts('a')).toEqual(lines.map(said));
  });

  it('carries edits, redactions and reactions to the copies', async () => {
    await start();
    const kept = rig.message('frist');
    const gone = rig.message('oops');
    await rig.append(store, kept);
    await rig.append(store, gone);
    await shows(2);
    await rig.append(store, rig.edit(kept, 1, 'first'));
    await rig.until('edited', () => texts()[0] === said('first'));
    await rig.append(store, rig.reaction(kept, 'Ben', '🔥', true));
    await rig.append(store, rig.redaction(gone));
    await rig.until('redacted', () => room.posts('a').length === 1);
    const [copy] = room.posts('a');
    await rig.until('reacted', () => room.reactions('a', copy?.id ?? '').includes('🔥'));
    await rig.append(store, rig.reaction(kept, 'Ben', '🔥', false));
    await rig.until('taken back', () => room.reactions('a', copy?.id ?? '').length === 0);
    expect(allTexts()).toEqual([said('first'), said('oops')]);
  });

  it('posts "edited: ..." as a reply where the platform cannot edit, and takes both away with a redaction', async () => {
    const hub = await start({ config: { canEdit: false } });
    const kept = rig.message('frist');
    await rig.append(store, kept);
    await shows(1);
    await rig.append(store, rig.edit(kept, 1, 'first'));
    await shows(2);
    const [copy, repost] = room.posts('a');
    expect(repost).toMatchObject({ text: said('edited: first'), replyTo: copy?.id });
    await rig.until('counted', () => counted(hub, 'no-edit') === 1);
    await rig.append(store, rig.redaction(kept));
    await rig.until('both gone', () => room.posts('a').length === 0);
  });

  it('splits what is too long and follows an edit from three parts to one', async () => {
    await start({ config: { maxText: 40 } });
    const long = rig.message('one two three four five six seven eight nine ten eleven twelve');
    await rig.append(store, long);
    await shows(3);
    expect(texts().every((text) => text.startsWith('[Slipmat] Ann: ') && text.length <= 40)).toBe(true);
    await rig.append(store, rig.edit(long, 1, 'short'));
    await rig.until('one part', () => room.posts('a').length === 1);
    expect(texts()).toEqual([said('short')]);
  });

  it('never sends what was redacted before its turn', async () => {
    const hub = await start({ portals: rig.changingPortals([A]) });
    const release = room.stall('a');
    const secret = rig.message('secret');
    await rig.append(store, rig.message('first'), secret);
    const [redacted] = await rig.append(store, rig.redaction(secret));
    if (redacted !== undefined) await hub.hears(redacted);
    release();
    await rig.append(store, rig.message('last'));
    await shows(2);
    expect(allTexts()).toEqual([said('first'), said('last')]);
    expect(counted(hub, 'redacted')).toBe(1);
  });

  it('removes the copy when the redaction comes while the copy is on its way', async () => {
    await start();
    const secret = rig.message('secret');
    const release = room.stall('a');
    await rig.append(store, secret);
    await rig.until('under way', () => room.tries() === 1);
    await rig.append(store, rig.redaction(secret));
    release();
    await rig.append(store, rig.message('last'));
    await rig.until('last is there', () => texts().includes(said('last')));
    expect(texts()).toEqual([said('last')]);
  });

  describe('after a crash between sending and writing it down', () => {
    /** A hub that posted, and ended before it could settle. */
    async function crashed(options: Partial<rig.HubOptions> = {}): Promise<void> {
      const first = await start(options);
      await rig.append(store, rig.message('before'));
      await shows(1);
      await first.stop();
      const [stored] = await rig.append(store, rig.message('in doubt'));
      if (stored?.kind !== 'stored') throw new Error('not stored');
      const { fence } = (await store.leases.take('bridge:dead', 'dead' as never, 1)) ?? { fence: 0 };
      await store.deliveries.advance(A.id, fence, null, { what: 'entry', seq: stored.seq ?? (0 as Seq) });
      await rig.append(store, rig.message('after'));
    }

    it('asks the platform, and sends a post that did not arrive', async () => {
      await crashed({ config: { canFind: true } });
      await start({ config: { canFind: true } });
      await shows(3);
      expect(allTexts()).toEqual([said('before'), said('in doubt'), said('after')]);
    });

    it('repeats it where the platform knows the key', async () => {
      await crashed({ config: { isIdempotent: true } });
      const hub = await start({ config: { isIdempotent: true } });
      await shows(3);
      expect(allTexts()).toEqual([said('before'), said('in doubt'), said('after')]);
      expect(counted(hub, 'unknown')).toBe(0);
    });

    it('counts it as unknown where nobody can tell, and goes on with the next', async () => {
      await crashed();
      const hub = await start();
      await shows(2);
      expect(allTexts()).toEqual([said('before'), said('after')]);
      expect(counted(hub, 'unknown')).toBe(1);
    });
  });

  describe('when the answer is lost', () => {
    it('does not double the post where the platform knows the key', async () => {
      const hub = await start({ config: { isIdempotent: true } });
      room.failNext('applied-then-cut', 1, 'a');
      await rig.append(store, rig.message('one'), rig.message('two'));
      await shows(2);
      expect(allTexts()).toEqual([said('one'), said('two')]);
      expect(counted(hub, 'unknown')).toBe(0);
    });

    it('does not double the post where the platform can be asked', async () => {
      await start({ config: { canFind: true } });
      room.failNext('applied-then-cut', 1, 'a');
      await rig.append(store, rig.message('one'), rig.message('two'));
      await shows(2);
      expect(allTexts()).toEqual([said('one'), said('two')]);
    });

    it('gives up that one post, counted, where nobody can tell', async () => {
      const hub = await start();
      room.failNext('applied-then-cut', 1, 'a');
      await rig.append(store, rig.message('one'), rig.message('two'));
      await shows(2);
      expect(allTexts()).toEqual([said('one'), said('two')]);
      expect(counted(hub, 'unknown')).toBe(1);
    });
  });

  it('goes on from its position after a restart, with what was said in between, once', async () => {
    const first = await start();
    await rig.append(store, rig.message('one'));
    await shows(1);
    await first.stop();
    await rig.append(store, rig.message('two'), rig.message('three'));
    await start();
    await shows(3);
    expect(allTexts()).toEqual([said('one'), said('two'), said('three')]);
  });

  it('tells an outage longer than ten minutes in one line, and still redacts older copies', async () => {
    const first = await start();
    const old = rig.message('old');
    await rig.append(store, old);
    await shows(1);
    await first.stop();
    await rig.append(store, ...Array.from({ length: 14 }, (_, n) => rig.message(`missed ${n}`)));
    await rig.append(store, rig.redaction(old));
    const clock = rig.shiftedClock();
    clock.ahead(11 * 60_000);
    const hub = await start({ clock });
    await rig.until('told', () => texts().length === 1 && texts()[0] === '14 messages while disconnected');
    await rig.append(store, rig.message('back', { at: clock.now() }));
    await shows(2);
    expect(texts()).toEqual(['14 messages while disconnected', said('back')]);
    expect(counted(hub, 'missed')).toBe(14);
  });

  it('catches up in order after an outage shorter than ten minutes', async () => {
    const first = await start();
    await first.stop();
    const lines = Array.from({ length: 14 }, (_, n) => `late ${n}`);
    await rig.append(store, ...lines.map((line) => rig.message(line)));
    const clock = rig.shiftedClock();
    clock.ahead(9 * 60_000);
    await start({ clock });
    await shows(14);
    expect(texts()).toEqual(lines.map(said));
  });

  it('follows portals while running: a new room begins now, a removed one gets nothing more', async () => {
    const portals = rig.changingPortals([A]);
    await start({ portals });
    await rig.append(store, rig.message('one'));
    await shows(1, 'a');
    portals.set([B]);
    await rig.until('b is open', async () => (await store.deliveries.load(B.id)).at !== null);
    await rig.append(store, rig.message('two'));
    await shows(1, 'b');
    expect(texts('b')).toEqual([said('two')]);
    expect(texts('a')).toEqual([said('one')]);
  });

  it('sends nothing to a room that is only read', async () => {
    const onlyIn = rig.portal('a', { direction: 'in' });
    const portals = rig.changingPortals([onlyIn, B]);
    const hub = await rig.startTestHub({ store, room, portals });
    hubs.push(hub);
    await rig.until('b is open', async () => (await store.deliveries.load(B.id)).at !== null);
    await rig.append(store, rig.message('one'));
    await shows(1, 'b');
    expect(texts('a')).toEqual([]);
    expect(hub.courier.lanes().has(rig.portal('a').id)).toBe(false);
  });

  it('keeps entries of other channels away from the room', async () => {
    await start();
    await rig.append(store, rig.message('elsewhere', { channel: 'other' as never }));
    await rig.append(store, rig.message('here'), rig.message('there', { channel: 'other' as never }));
    await rig.append(store, rig.message('here too'));
    await shows(2);
    expect(texts()).toEqual([said('here'), said('here too')]);
    expect(A.room satisfies RoomId).toBe('a');
  });
});
