import { createRelationDeeds, createRelationQuestions } from '../community/relations/deeds.ts';
import { createRelationsDesk, type RelationsDesk } from '../community/relations/relations.ts';
import { createRelationsTelling } from '../community/relations/tell.ts';
import { createSelfDesk, type SelfDesk } from '../community/selves/news.ts';
import type { HubOptions, HubParts } from './parts.ts';

/** What people have to do with one another, and what is told to each of them alone. */
export interface People {
  readonly selves: SelfDesk;
  readonly relations: RelationsDesk;
  readonly deeds: ReturnType<typeof createRelationDeeds>;
  readonly questions: ReturnType<typeof createRelationQuestions>;
  stop(): void;
}

type Parts = Pick<HubParts, 'sql' | 'live' | 'knowledge' | 'moderation'>;

export function openPeople({ sql, live, knowledge, moderation }: Parts, { clock }: HubOptions): People {
  const { directory, tail } = knowledge;
  const selves = createSelfDesk({ signals: live.store.signals, sameAs: directory.sameAs });
  const relations = createRelationsDesk({ sql, directory, clock });
  tail.follow(createRelationsTelling(directory, selves));
  return {
    selves,
    relations,
    deeds: createRelationDeeds({ desk: relations, finder: moderation.desk.finder }),
    questions: createRelationQuestions(relations),
    stop: selves.stop,
  };
}
