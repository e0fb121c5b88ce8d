import type { BridgeId, ChannelId, PortalId, RoomId, Seq } from '../../domain/ids.ts';
import type { Flight, Settled, Step, Stored } from '../ports.ts';

/** A place in the log as it stands in the tables. */
export type Place = number;

/** What the embedded store asks of the writer worker. */
export type LogJob =
  | { readonly kind: 'append'; readonly step: Step }
  | { readonly kind: 'open-log'; readonly maxEntries: number; readonly newEpoch: string }
  /** At most `limit` entries, so that appends need not wait long. */
  | { readonly kind: 'trim'; readonly upTo: Place; readonly limit: number }
  | {
      readonly kind: 'rewrite';
      readonly changes: readonly { readonly place: Place; readonly body: string; readonly note: string }[];
    }
  | { readonly kind: 'raise'; readonly seqs: readonly (readonly [ChannelId, Seq])[] }
  | { readonly kind: 'open-portal'; readonly portal: PortalId; readonly at: Place; readonly seq: Seq }
  | {
      readonly kind: 'advance';
      readonly portal: PortalId;
      readonly fence: number;
      readonly settled: (Omit<Settled, 'at'> & { readonly at: Place }) | null;
      readonly begin: Flight | null;
    }
  | { readonly kind: 'close-portal'; readonly portal: PortalId }
  | { readonly kind: 'drop-letters'; readonly portal: PortalId; readonly seqs: readonly Seq[] }
  | { readonly kind: 'forget-copy'; readonly portal: PortalId; readonly room: RoomId; readonly ref: string }
  | { readonly kind: 'save-state'; readonly bridge: BridgeId; readonly name: string; readonly value: string };

export type LogAnswer =
  | { readonly kind: 'stored'; readonly stored: Stored }
  | { readonly kind: 'log-opened'; readonly epoch: string; readonly starts: number; readonly head: Place }
  | { readonly kind: 'trimmed'; readonly entries: number }
  | { readonly kind: 'advanced'; readonly how: 'ok' | 'go' | 'unknown' | 'fenced' }
  | { readonly kind: 'done' };
