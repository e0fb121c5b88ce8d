import { useEffect } from 'preact/hooks';
import type { Client } from '../../client/index.ts';
import type { QueuedMessage, ReportedMessage } from '../../core/domain/staff.ts';
import type { WireChatMessage } from '../../core/domain/wire.ts';
import type { ShownClaim, UnmarkedImage } from '../../core/plugin/asked/desk.ts';
import { LIVE_MS, useAsked } from './asked.ts';

/** One thing that waits for a moderator. `id` names it among the others. */
export type DeskItem = { readonly id: string; readonly message: WireChatMessage } & (
  | { readonly kind: 'held'; readonly one: QueuedMessage }
  | { readonly kind: 'report'; readonly one: ReportedMessage }
  | { readonly kind: 'picture'; readonly one: UnmarkedImage }
);

export interface Desk {
  /** What was reported first, then what is held, then pictures; null before all is known. */
  readonly items: readonly DeskItem[] | null;
  readonly say: string | null;
  /** Held messages, of which the list may hold only the first. */
  readonly waiting: number;
  /** Who looks at which message now. */
  readonly claims: ReadonlyMap<string, ShownClaim>;
  reload(): void;
}

/** All that waits in a channel; the hub tells when it changes, whoever changed it and at whichever hub. */
export function useDesk(client: Client, channel: string): Desk {
  const held = useAsked(client, 'queue', { channel, limit: 50 }, LIVE_MS);
  const reports = useAsked(client, 'reports', { channel, limit: 50 }, LIVE_MS);
  const images = useAsked(client, 'unmarked-images', { channel, limit: 50 }, LIVE_MS);
  const claims = useAsked(client, 'claims', { channel }, LIVE_MS);
  const reload = (): void => {
    for (const one of [held, reports, images, claims]) one.reload();
  };
  useEffect(
    () =>
      client.on('self', (news) => {
        if (news.kind === 'desk' && news.channel === channel) reload();
      }),
    [client, channel],
  );
  return {
    items:
      held.value === null || reports.value === null || images.value === null
        ? null
        : [
            ...reports.value.reported.map((one): DeskItem => {
              return { kind: 'report', id: `report ${one.message.id}`, message: one.message, one };
            }),
            ...held.value.held.map((one): DeskItem => {
              return { kind: 'held', id: `held ${one.message.id}`, message: one.message, one };
            }),
            ...images.value.images.map((one): DeskItem => {
              return { kind: 'picture', id: `${one.message.id} ${one.picture}`, message: one.message, one };
            }),
          ],
    say: held.say ?? reports.say ?? images.say,
    waiting: held.value?.waiting ?? 0,
    claims: new Map((claims.value?.claims ?? []).map((one) => [one.message, one])),
    reload,
  };
}
