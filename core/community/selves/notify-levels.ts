import type { Clock } from '../../async/clock.ts';
import type { ChannelId, UserId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import type { ChosenLevel } from '../../domain/notify-level.ts';
import { isReceipt, place } from '../../pipeline/address.ts';
import type { LiveFacts } from '../../pipeline/live-facts.ts';
import type { SelfDeeds, SelfQuestions } from '../../plugin/asked/self.ts';
import type { Answer } from '../../plugin/surface.ts';
import type { Sql } from '../../store/sql/sql.ts';
import type { SelfDesk } from './news.ts';

/** Of how many channels one person may say how much they want to be told. */
export const MOST_LEVELS = 500;

/** Of which messages people want to be told, channel by channel: the same on all their devices and accounts. */
export interface NotifyLevels {
  readonly questions: {
    'notify-levels'(actor: Actor): Promise<Answer<SelfQuestions['notify-levels'][1]>>;
  };
  readonly deeds: {
    'set-notify'(actor: Actor, of: SelfDeeds['set-notify'][0]): Promise<Answer<Record<never, never>>>;
  };
}

export interface NotifyLevelDeps {
  readonly facts: LiveFacts;
  readonly sql: Pick<Sql, 'build' | 'read' | 'write'>;
  readonly selves: Pick<SelfDesk, 'tell'>;
  readonly clock: Pick<Clock, 'now'>;
}

export function createNotifyLevels({ facts, sql, selves, clock }: NotifyLevelDeps): NotifyLevels {
  /** Of all accounts of the person, the newest choice for each channel. */
  async function of(user: UserId): Promise<readonly ChosenLevel[]> {
    const query = sql.build
      .selectFrom('notify_levels')
      .select(['channel_id', 'level'])
      .where('user_id', 'in', facts.sameAs(user))
      .orderBy('at', 'asc');
    const found = new Map<ChannelId, ChosenLevel>();
    for (const { channel_id, level } of await sql.read(query.compile())) {
      const channel = channel_id as ChannelId;
      if (level === null) found.delete(channel);
      else found.set(channel, { channel, level });
    }
    return [...found.values()];
  }

  return {
    questions: {
      async 'notify-levels'({ user, isGuest }) {
        return { ok: true, value: { channels: isGuest ? [] : await of(user) } };
      },
    },
    deeds: {
      async 'set-notify'(actor, { channel, level }) {
        if (actor.isGuest) return SIGN_IN;
        if (isReceipt(place(facts, actor, channel, 'read'))) return NO_CHANNEL;
        const known = await of(actor.user);
        if (level !== null && known.length >= MOST_LEVELS && !known.some((one) => one.channel === channel))
          return TOO_MANY;
        const row = { level, at: clock.now() };
        const upsert = sql.build
          .insertInto('notify_levels')
          .values({ user_id: actor.user, channel_id: channel, ...row })
          .onConflict((conflict) => conflict.columns(['user_id', 'channel_id']).doUpdateSet(row));
        await sql.write([{ query: upsert.compile() }]);
        selves.tell([{ user: actor.user, news: { kind: 'notify-levels' } }]);
        return { ok: true, value: {} };
      },
    },
  };
}

const SIGN_IN = { ok: false, code: 'sign-in', say: 'Sign in to choose what you are told of.' } as const;
const NO_CHANNEL = { ok: false, code: 'not-found', say: 'There is no such channel.' } as const;
const TOO_MANY = {
  ok: false,
  code: 'forbidden',
  say: `You have chosen this for ${MOST_LEVELS} channels already.`,
} as const;
