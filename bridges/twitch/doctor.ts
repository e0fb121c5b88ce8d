import type { RoomId } from '../../core/domain/ids.ts';
import type { Finding } from '../../core/plugin/bridge.ts';
import { isBridgeError } from '../../core/plugin/errors.ts';
import type { TwitchConfig } from './config.ts';
import { LoginRefused, openConnection } from './connection.ts';
import { createHelix, type Helix, type TwitchUser } from './helix.ts';
import { createOAuth, type Identity } from './oauth.ts';
import { SCOPES } from './outbound.ts';
import { queryOf } from './rooms.ts';

const GUIDE = 'bridges/twitch/README.md';
const DEADLINE_MS = 10_000;
const CLOSE_MS = 1_500;

/** What each scope is for. */
const NEEDS: readonly (readonly [string, 'fail' | 'warn', string])[] = [
  [SCOPES.read, 'fail', 'reading the chat'],
  [SCOPES.write, 'warn', 'posting'],
  [SCOPES.messages, 'warn', 'removing messages'],
  [SCOPES.bans, 'warn', 'timeouts and bans'],
  [SCOPES.moderated, 'warn', 'knowing where the bot is a moderator'],
];

/** Looks at the token, the channels and the login to the chat; renews nothing and posts nothing. */
export async function examine(
  config: TwitchConfig,
  rooms: readonly RoomId[],
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const self = await createOAuth(config)
    .validate(config.accessToken, signal)
    .catch((error: unknown) => unreachable('the token check of Twitch', error));
  if (self !== null && 'level' in self) return [self];
  if (self === null) return [EXPIRED];
  if (self.clientId !== config.clientId) return [OTHER_APPLICATION];
  const renew = async (): Promise<void> => {};
  const helix = createHelix({
    config,
    tokens: { access: () => config.accessToken, renew },
    stopping: signal,
  });
  return [
    ok(`the token is that of ${self.login}`),
    ...scopeFindings(self),
    ...(await roomFindings(config, rooms, self, helix)),
    await loginFinding(config, self, signal),
  ];
}

const EXPIRED: Finding = {
  level: 'warn',
  what: 'the access token of the configuration has ended or was revoked',
  mend:
    'A hub that runs renews it by itself and keeps the new one in its store. If the bridge reports a refused ' +
    `credential, authorize the bot again: ${GUIDE}#tokens`,
};
const OTHER_APPLICATION: Finding = {
  level: 'fail',
  what: 'the access token was made for another application than clientId',
  mend: `Use the client id of the application that the token was made with: ${GUIDE}#application`,
};

function scopeFindings({ scopes }: Identity): readonly Finding[] {
  return NEEDS.map(([scope, level, use]) =>
    scopes.has(scope)
      ? ok(`scope ${scope}`)
      : {
          level,
          what: `the token lacks the scope ${scope}: no ${use}`,
          mend: `Authorize the bot again: ${GUIDE}#tokens`,
        },
  );
}

async function roomFindings(
  { channels }: TwitchConfig,
  rooms: readonly RoomId[],
  self: Identity,
  helix: Helix,
): Promise<readonly Finding[]> {
  const names: readonly string[] = [...new Set([...rooms, ...channels])].slice(0, 100);
  if (names.length === 0) {
    const mend = `Link a channel, or list one under "channels": ${GUIDE}#channels`;
    return [{ level: 'warn', what: 'no Twitch channel is linked or listed', mend }];
  }
  try {
    const queries = names.map(queryOf);
    const users = await helix.users({
      ids: queries.flatMap((one) => ('id' in one ? [one.id] : [])),
      logins: queries.flatMap((one) => ('login' in one ? [one.login] : [])),
    });
    const moderated = self.scopes.has(SCOPES.moderated) ? await helix.moderatedBy(self.userId) : null;
    return names.flatMap((name, at) => {
      const query = queries[at];
      const user = users.find((one) =>
        query !== undefined && 'id' in query ? one.id === query.id : one.login === query?.login,
      );
      return user === undefined ? [noChannel(name)] : standingFindings(user, self, moderated);
    });
  } catch (error) {
    return [unreachable('Helix', error)];
  }
}

function noChannel(name: string): Finding {
  return {
    level: 'fail',
    what: `there is no Twitch channel "${name}"`,
    mend: `Write the login as it stands in the address of the channel: ${GUIDE}#channels`,
  };
}

function standingFindings(user: TwitchUser, self: Identity, moderated: ReadonlySet<string> | null): readonly Finding[] {
  if (user.id === self.userId) {
    const what = `the bot uses the account of the channel ${user.login} itself: what you write there is not relayed`;
    return [{ level: 'warn', what, mend: `Give the bot an account of its own: ${GUIDE}#account` }];
  }
  if (moderated === null) return [ok(`the channel ${user.login} exists`)];
  if (moderated.has(user.id)) return [ok(`the bot is a moderator of ${user.login}`)];
  return [
    {
      level: 'warn',
      what: `the bot is no moderator of ${user.login}: it may post 20 messages in 30 s and cannot moderate`,
      mend: `Type "/mod ${self.login}" in that channel: ${GUIDE}#moderator`,
    },
  ];
}

async function loginFinding(config: TwitchConfig, self: Identity, signal: AbortSignal): Promise<Finding> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]);
  try {
    const connection = await openConnection(
      {
        server: config.endpoints.chat,
        login: self.login,
        token: config.accessToken,
        onLine() {},
        onFault() {},
      },
      limited,
    );
    await connection.close(over(AbortSignal.timeout(CLOSE_MS)));
    return ok('the chat takes the login');
  } catch (error) {
    if (error instanceof LoginRefused) {
      return { level: 'fail', what: 'the chat refuses the login', mend: `Authorize the bot again: ${GUIDE}#tokens` };
    }
    return unreachable('the chat', error);
  }
}

function over(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

function unreachable(what: string, error: unknown): Finding {
  const say = isBridgeError(error) ? ` (${error.message})` : '';
  return {
    level: 'fail',
    what: `${what} cannot be reached${say}`,
    mend: `Check that this machine reaches api.twitch.tv, id.twitch.tv and irc-ws.chat.twitch.tv: ${GUIDE}#network`,
  };
}

function ok(what: string): Finding {
  return { level: 'ok', what };
}
