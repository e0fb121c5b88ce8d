import type { UserId } from '../../domain/ids.ts';
import type { ChangeWhat, Directory } from '../../store/directory/directory.ts';
import type { Entry } from '../../store/ports.ts';
import type { SelfDesk } from '../selves/news.ts';
import type { ConversationDesk } from './conversations.ts';
import { invitationOf } from './deeds.ts';

type Members = Extract<ChangeWhat, { kind: 'members' }>;

/**
 * Tells people on this hub who asks them into conversations, and when that is over; every hub learns of both from the
 * log. Follows it after the directory.
 */
export function createInvitationTelling(
  directory: Pick<Directory, 'channel' | 'conversations' | 'sameAs'>,
  desk: Pick<ConversationDesk, 'waiting'>,
  selves: Pick<SelfDesk, 'followed' | 'tellHere'>,
): (batch: readonly Entry[]) => void {
  function tell({ channel, users = [], settled }: Members, here: ReadonlySet<UserId>): void {
    const told = new Set<UserId>();
    for (const user of users) {
      if (told.has(user) || !here.has(user)) continue;
      const person = directory.sameAs(user);
      for (const one of person) told.add(one);
      const waiting = desk.waiting(user).find((one) => one.channel === channel);
      const listed = waiting === undefined ? null : invitationOf(directory, user, waiting);
      if (listed !== null) {
        const { channel: _, ...invitation } = listed;
        selves.tellHere(user, { kind: 'invitation', channel, invitation });
      } else if (settled !== undefined && person.includes(settled)) {
        selves.tellHere(user, { kind: 'invitation', channel, invitation: null });
      }
    }
  }

  return (batch) => {
    let here: ReadonlySet<UserId> | null = null;
    for (const { kind, body } of batch) {
      if (kind !== 'change' || !body.includes('"members"')) continue;
      here ??= new Set(selves.followed());
      for (const what of (JSON.parse(body) as { readonly what: readonly ChangeWhat[] }).what) {
        if (what.kind === 'members') tell(what, here);
      }
    }
  };
}
