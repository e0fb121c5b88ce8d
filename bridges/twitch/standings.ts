import type { AccountId, RoomId } from '../../core/domain/ids.ts';
import { type Line, tag } from './line.ts';
import type { Rights } from './rooms.ts';

const MOST = 5_000;

/** What people's badges said last. It tells how they stand on Twitch; rights in the hub never come from it. */
export interface Standings {
  note(room: RoomId, line: Line): void;
  isModerator(room: RoomId, account: AccountId): boolean;
}

export function createStandings(): Standings {
  const moderators = new Map<string, boolean>();
  const keyOf = (room: RoomId, account: string): string => `${room}/${account}`;
  return {
    note(room, line) {
      const account = tag(line, 'user-id');
      if (account === null || line.command !== 'PRIVMSG') return;
      const key = keyOf(room, account);
      moderators.delete(key);
      if (rightsOf(line).isMod) moderators.set(key, true);
      const [oldest] = moderators.keys();
      if (moderators.size > MOST && oldest !== undefined) moderators.delete(oldest);
    },
    isModerator: (room, account) => moderators.has(keyOf(room, account)),
  };
}

/** What the tags say of whoever they are about: of us in USERSTATE, of the author in PRIVMSG. */
export function rightsOf(line: Line): Rights {
  const badges = (tag(line, 'badges') ?? '').split(',').map((one) => one.split('/')[0]);
  return {
    isMod: tag(line, 'mod') === '1' || badges.includes('moderator') || badges.includes('broadcaster'),
    isVip: tag(line, 'vip') !== null || badges.includes('vip'),
  };
}
