import type { ChannelId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import { may } from '../../domain/permission.ts';
import { isReceipt, type Place, place } from '../../pipeline/address.ts';
import type { LiveFacts } from '../../pipeline/live-facts.ts';
import type { Answer } from '../../plugin/surface.ts';

const NO_CHANNEL = { ok: false, code: 'not-found', say: 'There is no such channel.' } as const;
const NOT_FOR_ALL = { ok: false, code: 'forbidden', say: 'That is for moderators of the channel.' } as const;

/** The channel, for whoever moderates there. */
export function moderatedPlace(
  facts: LiveFacts,
  actor: Actor,
  id: ChannelId,
): Place | Extract<Answer<never>, { ok: false }> {
  const here = place(facts, actor, id, 'read');
  if (isReceipt(here)) return NO_CHANNEL;
  return may('redact-others', here.standing).ok ? here : NOT_FOR_ALL;
}
