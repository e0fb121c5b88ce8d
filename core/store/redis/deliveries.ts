import type { MessageId, PortalId, Seq } from '../../domain/ids.ts';
import type { DeadLetter, Deliveries, Fate, Flight, Owed, PortalMark, Settled } from '../ports.ts';
import { copiesKey, copyKey, lettersKey, portalKey } from './keys.ts';
import type { Link } from './link.ts';
import { text } from './reply.ts';

/** Copies can be found for so long. */
const COPIES_MS = 7 * 24 * 3_600_000;

/** How far each portal is served, where copies are, and what was given up. */
export function createDeliveries(link: Link): Deliveries {
  async function fate(portal: PortalId, message: MessageId): Promise<Fate | null> {
    const kept = await link.use((client) => client.get(copiesKey(portal, message)));
    return kept === null ? null : { message, ...parseFate(kept) };
  }

  return {
    async load(portal) {
      const found = await link.use((client) => client.hmget(portalKey(portal), 'at', 'seq', 'first', 'flight', 'owed'));
      return parseMark(found);
    },
    async open(portal, at, seq) {
      await link.call('open', [portalKey(portal)], [at, String(seq)]);
    },
    async advance(portal, fence, settled, begin) {
      const { keys, args } = advanceArgs(portal, fence, settled, begin);
      // a mark must not be set twice: the second would look like one that was never settled
      const call = begin === null ? link.call : link.callOnce;
      return asAdvanced(text(await call('advance', keys, args)));
    },
    async close(portal) {
      await link.call('close', [portalKey(portal), lettersKey(portal)]);
    },
    copies: async (portal, message) => (await fate(portal, message))?.refs ?? [],
    fate,
    messageOf: (portal, ref) => link.use(async (client) => asMessage(await client.get(copyKey(portal, ref)))),
    async forget(portal, ref) {
      const message = asMessage(await link.use((client) => client.get(copyKey(portal, ref))));
      if (message === null) return;
      await link.call('forget', [copiesKey(portal, message), copyKey(portal, ref)], [ref.room, ref.id]);
    },
    async letters(portal) {
      const kept = await link.use((client) => client.hvals(lettersKey(portal)));
      return kept.map(parseLetter).toSorted((a, b) => a.seq - b.seq);
    },
    async dropLetters(portal, seqs) {
      if (seqs.length === 0) return;
      await link.use((client) => client.hdel(lettersKey(portal), ...seqs.map(String)));
    },
  };
}

/** What `advance` of the library takes. */
function advanceArgs(portal: PortalId, fence: number, settled: Settled | null, begin: Flight | null) {
  const { fates = [], letters = [] } = settled ?? {};
  const keys = [portalKey(portal), lettersKey(portal)];
  const args = [
    String(fence),
    settled?.at ?? '',
    String(settled?.seq ?? ''),
    packOwed(settled?.owed),
    packFlight(begin),
  ];
  args.push(String(COPIES_MS), String(letters.length));
  for (const letter of letters) args.push(String(letter.seq), JSON.stringify(letter));
  for (const { message, refs, ...kept } of fates) {
    keys.push(copiesKey(portal, message), ...refs.map((ref) => copyKey(portal, ref)));
    args.push(message, JSON.stringify({ ...kept, refs }), String(refs.length));
  }
  return { keys, args };
}

function packOwed(owed: Owed | null | undefined): string {
  return owed == null ? '' : `${owed.why} ${owed.after}`;
}

function packFlight(flight: Flight | null): string {
  return flight === null ? '' : `${flight.what} ${flight.seq}`;
}

function parseMark([at, seq, first, flight, owed]: readonly (string | null | undefined)[]): PortalMark {
  const [what, flightSeq] = words(flight);
  const [why, after] = words(owed);
  return {
    at: (at ?? null) as PortalMark['at'],
    seq: asSeq(seq),
    first: asSeq(first),
    inFlight: what === undefined ? null : { what: what as Flight['what'], seq: Number(flightSeq) as Seq },
    owed: why === undefined ? null : { why: why as Owed['why'], after: Number(after) as Seq },
  };
}

function words(packed: string | null | undefined): readonly string[] {
  return packed == null || packed === '' ? [] : packed.split(' ');
}

function asSeq(value: string | null | undefined): Seq | null {
  return value == null ? null : (Number(value) as Seq);
}

function asMessage(value: string | null): MessageId | null {
  return value as MessageId | null;
}

function asAdvanced(answer: string): 'ok' | 'go' | 'unknown' | 'fenced' {
  return answer === 'ok' || answer === 'go' || answer === 'unknown' ? answer : 'fenced';
}

/** An empty list of Lua comes back as an object. */
function parseFate(json: string): Omit<Fate, 'message'> {
  const { kind, refs, say } = JSON.parse(json) as Omit<Fate, 'message'>;
  return { kind, refs: Array.isArray(refs) ? refs : [], say: say ?? null };
}

function parseLetter(json: string): DeadLetter {
  return JSON.parse(json) as DeadLetter;
}
