import { newRowId } from '../async/mint.ts';
import { type ActivityAsked, createActivity } from '../community/activity/activity.ts';
import { createDeskNews } from '../community/moderation/desk-news.ts';
import { createPeopleDesk, type PeopleDesk } from '../community/moderation/people-desk.ts';
import { createSharedDesk, type SharedDesk } from '../community/moderation/shared-desk.ts';
import { createClaims } from '../pipeline/claims.ts';
import type { HubOptions, HubParts } from './parts.ts';

/** What moderators work with together. */
export interface OpenedDesk {
  readonly questions: SharedDesk['questions'] & PeopleDesk['questions'] & ActivityAsked;
  readonly deeds: SharedDesk['deeds'] & PeopleDesk['deeds'];
  stop(): void;
}

type Parts = Pick<HubParts, 'sql' | 'live' | 'knowledge' | 'order' | 'moderation' | 'people'>;

export function openDesk(
  { sql, live, knowledge, order, moderation, people }: Parts,
  { clock }: HubOptions,
): OpenedDesk {
  const { facts, tail, held, recent, history } = knowledge;
  const { store } = live;
  const claims = createClaims();
  tail.follow(claims.apply);
  const news = createDeskNews({ selves: people.selves, signals: store.signals, facts, clock });
  tail.follow(news.follow);
  order.onReports(news.changed);
  const { finder } = moderation.desk;
  const { append } = order;
  const shared = createSharedDesk({ facts, claims, held, history, recent, finder, append, sql, clock });
  const ofPeople = createPeopleDesk({
    facts,
    sanctions: moderation.desk,
    sql,
    recent,
    history,
    shardOf: store.log.shardOf,
    newCause: newRowId,
  });
  return {
    questions: { ...shared.questions, ...ofPeople.questions, ...createActivity({ facts, sql, clock }) },
    deeds: { ...shared.deeds, ...ofPeople.deeds },
    stop: news.stop,
  };
}
