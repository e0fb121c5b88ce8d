import type { ChannelId, EpochMs } from '../../domain/ids.ts';
import type { WireEntry } from '../../domain/wire.ts';
import type { HookKind } from '../../plugin/asked/hooks-out.ts';

/** Where something stands that is told: in the channel's log by its seq, or in the ledger of acts by its id. */
export interface Told {
  readonly source: 'entry' | 'audit' | 'test';
  readonly place: number;
  readonly at: EpochMs;
  readonly type: string;
  /** JSON. */
  readonly data: string;
}

const LIVE_STARTS = new Set(['event-start', 'event-ad-hoc', 'event-again']);
const LIVE_END = 'event-end';
export const SANCTIONS = ['timeout', 'ban', 'lift'] as const;

/** What it is called, and by which kinds it is asked for. */
export function kindsOf(entry: WireEntry): { readonly type: string; readonly kinds: readonly HookKind[] } {
  switch (entry.type) {
    case 'message':
    case 'edit':
    case 'redaction':
    case 'reaction':
      return { type: entry.type, kinds: [entry.type] };
    // undoes what a redaction has told
    case 'shown':
      return { type: 'shown', kinds: ['redaction'] };
    case 'mark':
      return { type: 'mark', kinds: ['edit'] };
    case 'notice': {
      if (LIVE_STARTS.has(entry.code)) return { type: 'live.start', kinds: ['notice', 'live.start'] };
      if (entry.code === LIVE_END) return { type: 'live.end', kinds: ['notice', 'live.end'] };
      return { type: 'notice', kinds: ['notice'] };
    }
  }
}

/** The body of a delivery. */
export function payloadOf(id: string, channel: ChannelId, { type, at, source, place, data }: Told): string {
  const seq = source === 'entry' ? place : null;
  const head = JSON.stringify({ id, type, timestamp: new Date(at).toISOString(), channel, seq });
  return `${head.slice(0, -1)},"data":${data}}`;
}
