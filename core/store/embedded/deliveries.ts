import type { BridgeId, MessageId, PortalId, RoomId } from '../../domain/ids.ts';
import type { RemoteRef } from '../../domain/message.ts';
import type { BridgeState, Deliveries } from '../ports.ts';
import type { Db } from '../sql/connect.ts';
import type { Writer } from '../sql/writer.ts';
import { inTurn } from './in-turn.ts';
import type { Place } from './jobs.ts';
import { placeOf, positionOf } from './place.ts';

interface CopyRow {
  readonly room: RoomId;
  readonly ref: string;
  readonly note: string | null;
}

/** How far each portal is served, and where copies are: written by the worker, read here. */
export function createDeliveries(db: Db, writer: Writer): Deliveries {
  const load = db.prepare<[PortalId], { at: Place | null; in_flight: Place | null }>(
    'select at, in_flight from log_portals where portal = ?',
  );
  const copies = db.prepare<[PortalId, MessageId], CopyRow>(
    'select room, ref, note from log_copies where portal = ? and message = ? order by part',
  );
  const messageOf = db.prepare<[PortalId, string, RoomId], { message: MessageId }>(
    'select message from log_copies where portal = ? and ref = ? and room = ? limit 1',
  );
  const position = (place: Place | null | undefined) => (place == null ? null : positionOf(place));

  return {
    load: (portal) =>
      inTurn(db, () => {
        const row = load.get(portal);
        return { at: position(row?.at), inFlight: position(row?.in_flight) };
      }),
    async begin(portal, fence, entry) {
      const answer = await writer.ask({ kind: 'begin', portal, fence, entry: placeOf(entry) });
      if (answer.kind !== 'begun') throw new Error(`unexpected answer: ${answer.kind}`);
      return answer.how;
    },
    async settle(portal, fence, entry, { message, refs }) {
      const answer = await writer.ask({ kind: 'settle', portal, fence, entry: placeOf(entry), message, refs });
      if (answer.kind !== 'settled') throw new Error(`unexpected answer: ${answer.kind}`);
      return answer.how;
    },
    async rewind(portal, to) {
      await writer.ask({ kind: 'rewind', portal, to: placeOf(to) });
    },
    copies: (portal, message) => inTurn(db, () => copies.all(portal, message).map(refOf)),
    messageOf: (portal, ref) => inTurn(db, () => messageOf.get(portal, ref.id, ref.room)?.message ?? null),
    async forget(portal, { room, id }) {
      await writer.ask({ kind: 'forget-copy', portal, room, ref: id });
    },
  };
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
