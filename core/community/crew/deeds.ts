import type { ChannelId, UserId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import type { CrewDeeds } from '../../plugin/asked/crew.ts';
import type { Answer } from '../../plugin/surface.ts';
import type { Outcome } from '../accounts/outcome.ts';
import type { CrewGuests } from './guests.ts';

export type CrewDo = {
  readonly [K in keyof CrewDeeds]: (actor: Actor, deed: CrewDeeds[K][0]) => Promise<Answer<CrewDeeds[K][1]>>;
};

/** @param nameOf as moderators see somebody */
export function createCrewDeeds(
  guests: CrewGuests,
  nameOf: (user: UserId, channel: ChannelId) => Promise<string>,
): CrewDo {
  return {
    'invite-admin': async (actor, { channel, target }) =>
      answerOf(await guests.invite(actor, channel, target, await nameOf(target, channel))),
    'let-admin-go': async (actor, { channel, target }) => {
      const user = target ?? actor.user;
      return answerOf(await guests.letGo(actor, channel, user, await nameOf(user, channel)));
    },
  };
}

function answerOf(outcome: Outcome<string>): Answer<{ readonly say: string }> {
  if (outcome.ok) return { ok: true, value: { say: outcome.value } };
  const { code, say } = outcome;
  return { ok: false, code: code === 'taken' ? 'forbidden' : code, say };
}
