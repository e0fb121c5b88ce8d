import type { AccountId } from '../../core/domain/ids.ts';
import type { InboundAccount } from '../../core/domain/inbound.ts';
import type { HubPort } from '../../core/plugin/hub-port.ts';
import type { Helix, TwitchUser } from './helix.ts';

/** Names are gathered this long, so that one question serves many. */
const GATHER_MS = 2_000;
const AT_ONCE = 100;
/** More people than this who are not known yet are left alone for now: a raid brings thousands. */
const MOST_WAITING = 1_000;
const MOST_KNOWN = 5_000;

/** Who people are beyond what the chat says of them: ids of those who only come and go, and avatars. */
export interface People {
  /** The account with its avatar, if that is known; else it is asked for, and `onAvatar` told. Waits a moment at most. */
  seen(login: string, account: InboundAccount): Promise<InboundAccount>;
  /** Somebody of whom the chat tells only the login. `then` is called unless nobody can say. */
  find(login: string, then: (account: InboundAccount) => void): void;
  stop(): void;
}

export interface PeopleDeps {
  readonly hub: Pick<HubPort, 'media' | 'clock' | 'log'>;
  readonly helix: Pick<Helix, 'users'>;
  readonly onAvatar: (account: InboundAccount) => void;
}

export function createPeople({ hub, helix, onAvatar }: PeopleDeps): People {
  const known = new Map<string, TwitchUser>();
  const waiting = new Map<string, ((account: InboundAccount) => void)[]>();
  let cancel: (() => void) | null = null;
  let isStopped = false;

  function keep(user: TwitchUser): void {
    known.delete(user.login);
    known.set(user.login, user);
    const [oldest] = known.keys();
    if (known.size > MOST_KNOWN && oldest !== undefined) known.delete(oldest);
  }

  function ask(login: string, then: (account: InboundAccount) => void): void {
    const others = waiting.get(login);
    if (others !== undefined) others.push(then);
    else if (waiting.size < MOST_WAITING) waiting.set(login, [then]);
    if (cancel === null && waiting.size > 0 && !isStopped) cancel = hub.clock.after(GATHER_MS, () => void answer());
  }

  async function answer(): Promise<void> {
    const some = [...waiting].slice(0, AT_ONCE);
    for (const [login] of some) waiting.delete(login);
    try {
      const users = await helix.users({ ids: [], logins: some.map(([login]) => login) });
      for (const [login, tells] of some) {
        const user = users.find((one) => one.login === login);
        if (user === undefined || isStopped) continue;
        keep(user);
        const account = await accountOf(user);
        if (isStopped) return;
        for (const tell of tells) tell(account);
      }
    } catch (error) {
      hub.log.debug({ say: error instanceof Error ? error.message : '' }, 'people not looked up');
    } finally {
      cancel = waiting.size > 0 && !isStopped ? hub.clock.after(GATHER_MS, () => void answer()) : null;
    }
  }

  async function accountOf({ id, name, avatarUrl }: TwitchUser): Promise<InboundAccount> {
    return { id: id as AccountId, name, avatarUrl: await pictureOf(avatarUrl), isBot: false };
  }

  /** There may be none yet at the first time, and one later. */
  async function pictureOf(url: string | null): Promise<string | null> {
    return url === null ? null : hub.media.picture(`avatar:${url}`, { kind: 'url', url });
  }

  return {
    async seen(login, account) {
      const found = known.get(login);
      if (found?.id === account.id) return { ...account, avatarUrl: await pictureOf(found.avatarUrl) };
      ask(login, ({ id, avatarUrl }) => {
        if (id === account.id && avatarUrl !== null) onAvatar({ ...account, avatarUrl });
      });
      return account;
    },
    find(login, then) {
      const found = known.get(login);
      if (found === undefined) ask(login, then);
      else then({ id: found.id as AccountId, name: found.name, avatarUrl: null, isBot: false });
    },
    stop() {
      isStopped = true;
      cancel?.();
      waiting.clear();
    },
  };
}
