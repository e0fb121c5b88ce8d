import type { UserId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import type { Receipt } from '../../domain/receipt.ts';
import type { RelationKind } from '../../domain/relation.ts';
import type { Related, SelfDeeds, SelfQuestions } from '../../plugin/asked/self.ts';
import type { Answer } from '../../plugin/surface.ts';
import type { PeopleFinder } from '../moderation/find-people.ts';
import type { RelationsDesk } from './relations.ts';

export type RelationDeeds = Pick<SelfDeeds, 'mute' | 'unmute' | 'block' | 'unblock'>;
type Acting<Table> = {
  readonly [K in keyof Table]: Table[K] extends [infer In, infer Out]
    ? (actor: Actor, of: In) => Promise<Answer<Out>>
    : never;
};

export interface RelationDeedDeps {
  readonly desk: RelationsDesk;
  readonly finder: Pick<PeopleFinder, 'names'>;
}

export function createRelationDeeds({ desk, finder }: RelationDeedDeps): Acting<RelationDeeds> {
  const set =
    (kind: RelationKind) =>
    async (actor: Actor, { user, channel }: RelationDeeds['mute'][0]): Promise<Answer<Record<never, never>>> => {
      const known = (await finder.names([user], channel)).get(user);
      return answerOf(await desk.set(actor, kind, known ?? { user, name: null, platform: null }));
    };
  const end =
    (kind: RelationKind) =>
    async (actor: Actor, { user }: RelationDeeds['unmute'][0]): Promise<Answer<Record<never, never>>> =>
      answerOf(await desk.end(actor, kind, user));
  return { mute: set('mute'), unmute: end('mute'), block: set('block'), unblock: end('block') };
}

export function createRelationQuestions(desk: RelationsDesk): Acting<Pick<SelfQuestions, 'relations'>> {
  const listed = (by: UserId, wanted: RelationKind): readonly Related[] =>
    desk
      .of(by)
      .filter(({ kind }) => kind === wanted)
      .map(({ whom, name, platform, at }) => ({ user: whom, name, platform, at }));
  return {
    async relations({ user }) {
      const hidden = [...desk.mutedBy(user)].toSorted();
      return { ok: true, value: { muted: listed(user, 'mute'), blocked: listed(user, 'block'), hidden } };
    },
  };
}

function answerOf(receipt: Receipt): Answer<Record<never, never>> {
  if (receipt.kind === 'refused') return { ok: false, code: receipt.code, say: receipt.say };
  if (receipt.kind === 'stopping') return { ok: false, code: 'unavailable', say: 'The hub is going down; try again.' };
  return { ok: true, value: {} };
}
