import type { MessageId, PortalId, Seq } from '../../domain/ids.ts';
import { type DeadLetter, type Fate, type Flight, MOST_LETTERS, type Owed } from '../ports.ts';
import type { Db } from '../sql/connect.ts';
import type { LogAnswer, LogJob, Place } from './jobs.ts';

type Job<Kind extends LogJob['kind']> = Extract<LogJob, { kind: Kind }>;

export interface PortalRow {
  readonly fence: number;
  readonly at: Place | null;
  readonly seq: Seq | null;
  readonly first: Seq | null;
  readonly flight: Flight['what'] | null;
  readonly flight_seq: Seq | null;
  readonly owed: Owed['why'] | null;
  readonly owed_after: Seq | null;
}
const NEW: PortalRow = {
  fence: 0,
  at: null,
  seq: null,
  first: null,
  flight: null,
  flight_seq: null,
  owed: null,
  owed_after: null,
};
export const PORTAL_COLUMNS = 'fence, at, seq, first, flight, flight_seq, owed, owed_after';

/** How far each portal is served and what became of messages there. Runs inside a transaction of the caller. */
export function createPortals(db: Db) {
  const load = db.prepare<[PortalId], PortalRow>(`select ${PORTAL_COLUMNS} from log_portals where portal = ?`);
  const save = db.prepare<PortalRow & { readonly portal: PortalId }>(
    `insert or replace into log_portals (portal, ${PORTAL_COLUMNS})
     values (@portal, @fence, @at, @seq, @first, @flight, @flight_seq, @owed, @owed_after)`,
  );
  const dropCopy = db.prepare('delete from log_copies where portal = ? and ref = ? and room = ?');
  const dropLetters = db.prepare('delete from log_letters where portal = ?');
  const dropLetter = db.prepare('delete from log_letters where portal = ? and seq = ?');
  const writeFate = createFateWriter(db);
  const writeLetters = createLetterWriter(db);
  const rowOf = (portal: PortalId): PortalRow => load.get(portal) ?? NEW;

  return {
    open({ portal, at, seq }: Job<'open-portal'>): LogAnswer {
      const row = rowOf(portal);
      if (row.seq === null) save.run({ ...row, portal, at, seq, first: seq });
      return { kind: 'done' };
    },
    advance({ portal, fence, settled, begin }: Job<'advance'>): LogAnswer {
      const row = rowOf(portal);
      if (fence < row.fence) return { kind: 'advanced', how: 'fenced' };
      const now = settled === null ? { ...row, fence } : { ...settledRow(row, settled), fence };
      for (const fate of settled?.fates ?? []) writeFate(portal, fate);
      writeLetters(portal, settled?.letters ?? []);
      const isFree = now.flight === null;
      const marked = begin !== null && isFree ? { ...now, flight: begin.what, flight_seq: begin.seq } : now;
      save.run({ ...marked, portal });
      return { kind: 'advanced', how: begin === null ? 'ok' : isFree ? 'go' : 'unknown' };
    },
    /** The fence stays: who was fenced off before stays so. */
    close({ portal }: Job<'close-portal'>): LogAnswer {
      save.run({ ...NEW, portal, fence: rowOf(portal).fence });
      dropLetters.run(portal);
      return { kind: 'done' };
    },
    dropLetters({ portal, seqs }: Job<'drop-letters'>): LogAnswer {
      for (const seq of seqs) dropLetter.run(portal, seq);
      return { kind: 'done' };
    },
    forget({ portal, room, ref }: Job<'forget-copy'>): LogAnswer {
      dropCopy.run(portal, ref, room);
      return { kind: 'done' };
    },
  };
}

/** Nothing is under way any more; a smaller seq than before moves nothing back. */
function settledRow(row: PortalRow, { at, seq, owed }: NonNullable<Job<'advance'>['settled']>): PortalRow {
  const settled = { ...row, flight: null, flight_seq: null };
  if (row.seq !== null && row.seq > seq) return settled;
  return { ...settled, at, seq, owed: owed?.why ?? null, owed_after: owed?.after ?? null };
}

function createFateWriter(db: Db): (portal: PortalId, fate: Fate) => void {
  const copy = db.prepare('insert into log_copies values (?, ?, ?, ?, ?, ?)');
  const dropCopies = db.prepare('delete from log_copies where portal = ? and message = ?');
  const hasCopies = db.prepare<[PortalId, MessageId], object>(
    'select 1 from log_copies where portal = ? and message = ? limit 1',
  );
  const save = db.prepare('insert or replace into log_fates values (?, ?, ?, ?)');
  const saveFirst = db.prepare('insert or ignore into log_fates values (?, ?, ?, ?)');
  const drop = db.prepare('delete from log_fates where portal = ? and message = ?');

  return (portal, { message, kind, refs, say }) => {
    if (refs.length === 0) {
      if (hasCopies.get(portal, message) === undefined) saveFirst.run(portal, message, kind, say);
      return;
    }
    dropCopies.run(portal, message);
    for (const [part, ref] of refs.entries()) copy.run(portal, message, part, ref.room, ref.id, ref.note ?? null);
    if (kind === 'sent') drop.run(portal, message);
    else save.run(portal, message, kind, say);
  };
}

function createLetterWriter(db: Db): (portal: PortalId, letters: readonly DeadLetter[]) => void {
  const save = db.prepare('insert or replace into log_letters values (?, ?, ?)');
  const bound = db.prepare(
    `delete from log_letters where portal = @portal and seq <= (
       select seq from log_letters where portal = @portal order by seq desc limit 1 offset ${MOST_LETTERS})`,
  );
  return (portal, letters) => {
    for (const letter of letters) save.run(portal, letter.seq, JSON.stringify(letter));
    if (letters.length > 0) bound.run({ portal });
  };
}
