import { type AccountId, BridgeError, type Sanction } from 'slipmat-hub/plugin';
import type { Link } from './link.ts';
import { act } from './say.ts';

/** Bans somebody from the room and throws them out, or lets them in again. @throws {BridgeError} */
export async function ban(command: Sanction, link: Link, signal: AbortSignal): Promise<undefined> {
  const { room, account, reason } = command;
  const { session, people, rooms } = link;
  rooms.check(room);
  switch (command.act) {
    case 'timeout':
      throw unable('IRC has no timeouts');
    case 'lift':
      await act(session, 'MODE', [room, '-b', maskOf(account, link)], signal);
      return undefined;
    case 'ban':
      await act(session, 'MODE', [room, '+b', maskOf(account, link)], signal);
      for (const { nick } of people.withAccount(account)) {
        if (people.modes(room, nick) !== null) await act(session, 'KICK', [room, nick, reason ?? 'banned'], signal);
      }
      return undefined;
    default:
      return command.act satisfies never;
  }
}

/** How an account is written in a list of bans. */
export function maskOf(account: AccountId, { session, people }: Pick<Link, 'session' | 'people'>): string {
  const { accountBan } = session.features;
  const own = `${session.network}/`;
  // somebody of the same name on another network is somebody else
  const here = account.startsWith(own) ? account.slice(own.length) : '';
  const [, kind = '', name = ''] = /^(account|host|nick)\/([^\0-\x20\x7f*?!,]+)$/.exec(here) ?? [];
  switch (kind) {
    case 'host':
      return `*!${name}`;
    case 'nick':
      return `${name}!*@*`;
    case 'account': {
      if (accountBan !== null) return accountBan + name;
      const person = people.withAccount(account).find(({ host }) => host !== null);
      if (person === undefined) throw unable('nobody with this account is here, and this network bans by host alone');
      return `*!${person.user ?? '*'}@${person.host ?? '*'}`;
    }
    default:
      throw unable('this is no account of this network');
  }
}

function unable(say: string): BridgeError {
  return new BridgeError(say, { kind: 'permanent', scope: 'command' });
}
