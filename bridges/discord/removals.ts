import type { RemoteRef } from '../../core/domain/message.ts';
import type { React, Redact } from '../../core/plugin/index.ts';
import { bridgeError, hasCode, isWebhookLost, UNKNOWN_MESSAGE } from './failures.ts';
import { madeAt } from './people.ts';
import type { Place } from './place.ts';
import { decodeNote, inThread } from './posts.ts';
import { inTurn, placeFor, type Session } from './session.ts';

/** Discord removes many at once only while they are younger than 14 days; one less, for the request takes time too. */
const BULK_MAX_AGE_MS = 13 * 86_400_000;
export const MAX_REDACT = 100;

/** Copies of ours and, where the bot may, messages of others. What is gone already is done. */
export async function redact(session: Session, { refs, reason }: Redact, signal: AbortSignal): Promise<undefined> {
  const rooms = Map.groupBy(refs, ({ room }) => room);
  for (const [room, own] of rooms) {
    await inTurn(session, room, signal, async () => {
      try {
        const place = placeFor(session, room);
        for (const { id } of own) session.removed.set(id, true);
        if (mayAtOnce(session, place, own)) await atOnce(session, place, own, reason, signal);
        else for (const ref of own) await removeOne(session, place, ref, reason, signal);
      } catch (error) {
        throw bridgeError('remove', error);
      }
    });
  }
  return undefined;
}

function mayAtOnce({ hub }: Session, { rights }: Place, refs: readonly RemoteRef[]): boolean {
  const now = hub.clock.now();
  return refs.length >= 2 && rights.has('manage') && refs.every(({ id }) => now - madeAt(id) < BULK_MAX_AGE_MS);
}

async function atOnce(
  { api }: Session,
  place: Place,
  refs: readonly RemoteRef[],
  reason: string | null,
  signal: AbortSignal,
): Promise<void> {
  const messages = [...new Set(refs.map(({ id }) => id))];
  if (messages.length < 2) return;
  await api.ask('post', `/channels/${place.id}/messages/bulk-delete`, { body: { messages }, reason, signal });
}

async function removeOne(
  session: Session,
  place: Place,
  ref: RemoteRef,
  reason: string | null,
  signal: AbortSignal,
): Promise<void> {
  const by = decodeNote(ref.note).webhook;
  const webhook = by === null ? null : await session.webhooks.byId(place.channel, by);
  try {
    if (webhook !== null) {
      const route = `/webhooks/${webhook.id}/${webhook.token}/messages/${ref.id}` as const;
      await session.api.ask('delete', route, { auth: false, signal, ...inThread(place) });
      return;
    }
  } catch (error) {
    if (hasCode(error, UNKNOWN_MESSAGE)) return;
    if (!isWebhookLost(error)) throw error;
  }
  try {
    await session.api.ask('delete', `/channels/${ref.room}/messages/${ref.id}`, { reason, signal });
  } catch (error) {
    if (!hasCode(error, UNKNOWN_MESSAGE)) throw error;
  }
}

/** As the bot, once for everybody. A custom emoji that the server does not have is left out. */
export function react(session: Session, { ref, emoji, on }: React, signal: AbortSignal): Promise<null> {
  return inTurn(session, ref.room, signal, async () => {
    try {
      const place = placeFor(session, ref.room);
      const custom = /^:([A-Za-z0-9_+-]+):$/.exec(emoji)?.[1];
      const sign = custom === undefined ? emoji : (session.knowledge.emoji(place.guild, custom)?.bare ?? null);
      if (sign === null) return null;
      const route = `/channels/${ref.room}/messages/${ref.id}/reactions/${encodeURIComponent(sign)}/@me` as const;
      await session.api.ask(on ? 'put' : 'delete', route, { signal });
      return null;
    } catch (error) {
      if (!on && hasCode(error, UNKNOWN_MESSAGE)) return null;
      throw bridgeError('react', error);
    }
  });
}
