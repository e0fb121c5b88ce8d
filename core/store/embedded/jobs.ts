import type { BridgeId, ChannelId, MessageId, PortalId, RoomId, Seq } from '../../domain/ids.ts';
import type { RemoteRef } from '../../domain/message.ts';
import type { Step, Stored } from '../ports.ts';

/** A place in the log as it stands in the tables. */
export type Place = number;

/** What the embedded store asks of the writer worker. */
export type LogJob =
  | { readonly kind: 'append'; readonly step: Step }
  | { readonly kind: 'open-log'; readonly maxEntries: number; readonly newEpoch: string }
  /** At most `limit` entries, so that appends need not wait long. */
  | { readonly kind: 'trim'; readonly upTo: Place; readonly limit: number }
  | { readonly kind: 'raise'; readonly seqs: readonly (readonly [ChannelId, Seq])[] }
  | { readonly kind: 'begin'; readonly portal: PortalId; readonly fence: number; readonly entry: Place }
  | {
      readonly kind: 'settle';
      readonly portal: PortalId;
      readonly fence: number;
      readonly entry: Place;
      readonly message: MessageId | null;
      readonly refs: readonly RemoteRef[];
    }
  | { readonly kind: 'forget-copy'; readonly portal: PortalId; readonly room: RoomId; readonly ref: string }
  | { readonly kind: 'rewind'; readonly portal: PortalId; readonly to: Place }
  | { readonly kind: 'save-state'; readonly bridge: BridgeId; readonly name: string; readonly value: string };

export type LogAnswer =
  | { readonly kind: 'stored'; readonly stored: Stored }
  | { readonly kind: 'log-opened'; readonly epoch: string; readonly starts: number; readonly head: Place }
  | { readonly kind: 'trimmed'; readonly entries: number }
  | { readonly kind: 'begun'; readonly how: 'go' | 'unknown' | 'fenced' }
  | { readonly kind: 'settled'; readonly how: 'ok' | 'fenced' }
  | { readonly kind: 'done' };
