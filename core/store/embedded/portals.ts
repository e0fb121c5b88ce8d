import type { PortalId } from '../../domain/ids.ts';
import type { Db } from '../sql/connect.ts';
import type { LogAnswer, LogJob, Place } from './jobs.ts';

type Job<Kind extends LogJob['kind']> = Extract<LogJob, { kind: Kind }>;

interface PortalRow {
  readonly fence: number;
  readonly at: Place | null;
  readonly in_flight: Place | null;
}

/** How far each portal is served: position, in-flight mark and fence. Runs inside a transaction of the caller. */
export function createPortals(db: Db) {
  const load = db.prepare<[PortalId], PortalRow>('select fence, at, in_flight from log_portals where portal = ?');
  const save = db.prepare('insert or replace into log_portals values (?, ?, ?, ?)');
  const copy = db.prepare('insert or replace into log_copies values (?, ?, ?, ?, ?, ?)');
  const dropCopies = db.prepare('delete from log_copies where portal = ? and message = ?');
  const dropCopy = db.prepare('delete from log_copies where portal = ? and ref = ? and room = ?');
  const rowOf = (portal: PortalId): PortalRow => load.get(portal) ?? { fence: 0, at: null, in_flight: null };

  return {
    begin({ portal, fence, entry }: Job<'begin'>): LogAnswer {
      const row = rowOf(portal);
      if (fence < row.fence) return { kind: 'begun', how: 'fenced' };
      const how = row.in_flight === null ? 'go' : 'unknown';
      save.run(portal, fence, row.at, row.in_flight ?? entry);
      return { kind: 'begun', how };
    },
    settle({ portal, fence, entry, message, refs }: Job<'settle'>): LogAnswer {
      const row = rowOf(portal);
      if (fence < row.fence) return { kind: 'settled', how: 'fenced' };
      save.run(portal, fence, Math.max(row.at ?? 0, entry), null);
      if (message !== null && refs.length > 0) {
        dropCopies.run(portal, message);
        for (const [part, ref] of refs.entries()) copy.run(portal, message, part, ref.room, ref.id, ref.note ?? null);
      }
      return { kind: 'settled', how: 'ok' };
    },
    forget({ portal, room, ref }: Job<'forget-copy'>): LogAnswer {
      dropCopy.run(portal, ref, room);
      return { kind: 'done' };
    },
    rewind({ portal, to }: Job<'rewind'>): LogAnswer {
      save.run(portal, rowOf(portal).fence, to, null);
      return { kind: 'done' };
    },
  };
}
