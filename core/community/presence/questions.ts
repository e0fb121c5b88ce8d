import { type EpochMs, parseUserId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import type { Rank } from '../../domain/permission.ts';
import { isReceipt, place } from '../../pipeline/address.ts';
import type { LiveFacts } from '../../pipeline/live-facts.ts';
import type { SelfQuestions } from '../../plugin/asked/self.ts';
import type { Answer } from '../../plugin/surface.ts';
import type { Directory } from '../../store/directory/directory.ts';
import type { HubPresence } from './presence.ts';
import type { SeenPeople, SeenPlace } from './seen.ts';

export interface SeenQuestionDeps {
  readonly facts: LiveFacts;
  readonly directory: Pick<Directory, 'rankOf'>;
  readonly seen: Pick<SeenPeople, 'list'>;
  readonly presence: Pick<HubPresence, 'connected'>;
}

export interface SeenQuestions {
  seen(actor: Actor, of: SelfQuestions['seen'][0]): Promise<Answer<SelfQuestions['seen'][1]>>;
}

export function createSeenQuestions({ facts, directory, seen, presence }: SeenQuestionDeps): SeenQuestions {
  return {
    async seen(actor, { channel: id, before, limit }) {
      const here = place(facts, actor, id, 'read');
      if (isReceipt(here)) return { ok: false, code: 'not-found', say: 'There is no such channel.' };
      const after = before === null ? null : readPlace(before);
      if (before !== null && after === null) return { ok: false, code: 'bad-request', say: 'before: not a place.' };
      const [rows, connected] = await Promise.all([seen.list(id, after, limit), presence.connected(id)]);
      const now = new Map(connected.map((one) => [one.user, one.how]));
      const people = rows.map(({ user, name, platform, lastAt }) => ({
        user,
        name,
        platform,
        badge: badgeOf(directory.rankOf(user, here.channel, false)),
        lastAt,
        connected: now.get(user) ?? null,
        place: `${lastAt}-${user}`,
      }));
      return { ok: true, value: { people, isEnd: rows.length < limit } };
    },
  };
}

function badgeOf(rank: Rank) {
  return rank === 'listener' || rank === 'guest' ? null : rank;
}

function readPlace(text: string): SeenPlace | null {
  const [, at = '', id = ''] = /^(\d{1,15})-(u-.+)$/.exec(text) ?? [];
  const user = parseUserId(id);
  return user === null ? null : { at: Number(at) as EpochMs, user };
}
