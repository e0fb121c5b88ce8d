import type { BridgeId, MessageId, PortalId, RoomId } from '../../domain/ids.ts';
import type { RemoteRef } from '../../domain/message.ts';
import type { BridgeState, DeadLetter, Deliveries, Fate, PortalMark } from '../ports.ts';
import type { Db } from '../sql/connect.ts';
import type { Writer } from '../sql/writer.ts';
import { inTurn } from './in-turn.ts';
import { placeOf, positionOf } from './place.ts';
import { PORTAL_COLUMNS, type PortalRow } from './portals.ts';

interface CopyRow {
  readonly room: RoomId;
  readonly ref: string;
  readonly note: string | null;
}

/** How far each portal is served, where copies are, and what was given up: written by the worker, read here. */
export function createDeliveries(db: Db, writer: Writer): Deliveries {
  const load = db.prepare<[PortalId], PortalRow>(`select ${PORTAL_COLUMNS} from log_portals where portal = ?`);
  const copies = db.prepare<[PortalId, MessageId], CopyRow>(
    'select room, ref, note from log_copies where portal = ? and message = ? order by part',
  );
  const fate = db.prepare<[PortalId, MessageId], Pick<Fate, 'kind' | 'say'>>(
    'select kind, say from log_fates where portal = ? and message = ?',
  );
  const messageOf = db.prepare<[PortalId, string, RoomId], { message: MessageId }>(
    'select message from log_copies where portal = ? and ref = ? and room = ? limit 1',
  );
  const letters = db.prepare<[PortalId], { letter: string }>(
    'select letter from log_letters where portal = ? order by seq',
  );

  return {
    load: (portal) => inTurn(db, () => markOf(load.get(portal))),
    async open(portal, at, seq) {
      await writer.ask({ kind: 'open-portal', portal, at: placeOf(at), seq });
    },
    async advance(portal, fence, settled, begin) {
      const placed = settled === null ? null : { ...settled, at: placeOf(settled.at) };
      const answer = await writer.ask({ kind: 'advance', portal, fence, settled: placed, begin });
      if (answer.kind !== 'advanced') throw new Error(`unexpected answer: ${answer.kind}`);
      return answer.how;
    },
    async close(portal) {
      await writer.ask({ kind: 'close-portal', portal });
    },
    copies: (portal, message) => inTurn(db, () => copies.all(portal, message).map(refOf)),
    fate: (portal, message) =>
      inTurn(db, () => {
        const refs = copies.all(portal, message).map(refOf);
        const known = fate.get(portal, message) ?? (refs.length > 0 ? { kind: 'sent' as const, say: null } : null);
        return known === null ? null : { ...known, message, refs };
      }),
    messageOf: (portal, ref) => inTurn(db, () => messageOf.get(portal, ref.id, ref.room)?.message ?? null),
    async forget(portal, { room, id }) {
      await writer.ask({ kind: 'forget-copy', portal, room, ref: id });
    },
    letters: (portal) => inTurn(db, () => letters.all(portal).map(({ letter }) => parseLetter(letter))),
    async dropLetters(portal, seqs) {
      await writer.ask({ kind: 'drop-letters', portal, seqs });
    },
  };
}

function markOf(row: PortalRow | undefined): PortalMark {
  const { at = null, seq = null, first = null, flight = null, flight_seq, owed = null, owed_after } = row ?? {};
  return {
    at: at === null ? null : positionOf(at),
    seq,
    first,
    inFlight: flight === null || flight_seq == null ? null : { what: flight, seq: flight_seq },
    owed: owed === null || owed_after == null ? null : { why: owed, after: owed_after },
  };
}

function parseLetter(json: string): DeadLetter {
  return JSON.parse(json) as DeadLetter;
}

function refOf({ room, ref, note }: CopyRow): RemoteRef {
  return note === null ? { room, id: ref } : { room, id: ref, note };
}

/** Resume points and state of bridges. */
export function createBridgeState(db: Db, writer: Writer): BridgeState {
  const load = db.prepare<[BridgeId, string], { value: string }>(
    'select value from log_bridge_state where bridge = ? and name = ?',
  );
  return {
    load: (bridge, name) => inTurn(db, () => load.get(bridge, name)?.value ?? null),
    async save(bridge, name, value) {
      await writer.ask({ kind: 'save-state', bridge, name, value });
    },
  };
}
