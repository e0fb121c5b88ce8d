import type { UserId } from '../../domain/ids.ts';
import type { ChangeWhat, Directory } from '../../store/directory/directory.ts';
import type { Entry } from '../../store/ports.ts';
import type { SelfDesk } from '../selves/news.ts';

/**
 * Tells people's devices on this hub when whom they have muted or blocked is another list than before; every hub learns
 * of that from the log. Follows it after the directory.
 */
export function createRelationsTelling(
  { relations, sameAs }: Pick<Directory, 'relations' | 'sameAs'>,
  desk: Pick<SelfDesk, 'followed' | 'tellHere'>,
): (batch: readonly Entry[]) => void {
  /** Of those with linked accounts, whoever they have muted may have become more than one, or fewer. */
  function affectedByLinks(): readonly UserId[] {
    return [...desk.followed()].filter((user) => relations.of(user).length > 0);
  }

  return (batch) => {
    const users = new Set<UserId>();
    for (const { kind, body } of batch) {
      if (kind !== 'change') continue;
      for (const what of (JSON.parse(body) as { readonly what: readonly ChangeWhat[] }).what) {
        if (what.kind === 'relations') users.add(what.user);
        if (what.kind === 'person') for (const user of affectedByLinks()) users.add(user);
      }
    }
    const told = new Set<UserId>();
    for (const user of users) {
      if (told.has(user)) continue;
      for (const one of sameAs(user)) told.add(one);
      desk.tellHere(user, { kind: 'relations' });
    }
  };
}
