import { isDeepStrictEqual } from 'node:util';
import type { RoomId } from '../../core/domain/ids.ts';
import { type Finding, isBridgeError } from '../../core/plugin/index.ts';
import { type Client, createClient } from './client.ts';
import type { MatrixConfig, SharedSignIn } from './config.ts';
import { bagOf } from './event.ts';
import { isCode, NoAnswer } from './failures.ts';
import { botOf } from './names.ts';
import { levelOf, neededFor } from './power.ts';
import { type Registered, readRegistration, termsOf } from './registration.ts';
import { lookAt } from './room-facts.ts';

const GUIDE = 'bridges/matrix/README.md';

/** Asks the homeserver about itself, our token, the way back to us and each room; changes nothing there. */
export async function doctor(
  config: MatrixConfig,
  rooms: readonly RoomId[],
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const registered = await readRegistration(config).catch((error: unknown) => {
    if (isBridgeError(error)) return error.message;
    throw error;
  });
  if (typeof registered === 'string')
    return [{ level: 'fail', what: registered, mend: `Run slipmat-hub registration: ${GUIDE}#registration` }];
  const client = await createClient(config, registered.asToken);
  const versions = await versionsOf(client, signal);
  if (versions.level !== 'ok') return [versions];
  const token = await tokenOf(client, config, signal);
  if (token.level === 'fail') return [versions, token];
  return [
    versions,
    token,
    termsFinding(config, registered),
    await pingFinding(client, registered, signal),
    await mediaFinding(client, signal),
    ...(config.sharedSignIn === undefined ? [] : [await signInFinding(config, config.sharedSignIn, signal)]),
    ...(await Promise.all(rooms.slice(0, 50).map((room) => roomFinding(client, config, room, signal)))),
  ];
}

async function versionsOf(client: Client, signal: AbortSignal): Promise<Finding> {
  try {
    await client.call('GET', '/versions', {}, signal);
    return ok('the homeserver answers');
  } catch (error) {
    const mend = `Look at homeserverUrl, and whether the homeserver runs: ${GUIDE}#configuration`;
    return { level: 'fail', what: `the homeserver does not answer as one (${sayOf(error)})`, mend };
  }
}

async function tokenOf(client: Client, config: MatrixConfig, signal: AbortSignal): Promise<Finding> {
  try {
    const { user_id: user } = bagOf(await client.call('GET', '/v3/account/whoami', {}, signal));
    if (user === botOf(config)) return ok(`the token is that of ${botOf(config)}`);
    const mend = 'Make serverName and bot the same as in the registration that the homeserver has read.';
    return { level: 'fail', what: 'the token belongs to another account than the bot', mend };
  } catch (error) {
    const mend = `Let the homeserver read the registration file, and restart it: ${GUIDE}#registration`;
    return { level: 'fail', what: `the homeserver does not know the token (${sayOf(error)})`, mend };
  }
}

function termsFinding(config: MatrixConfig, { rest }: Registered): Finding {
  if (isDeepStrictEqual(rest, termsOf(config))) return ok('the registration fits the configuration');
  const mend = 'Run slipmat-hub registration once more (it keeps the tokens), and restart the homeserver.';
  return { level: 'warn', what: 'the registration was made with another configuration', mend };
}

const PINGS: Readonly<Record<string, string>> = {
  M_URL_NOT_SET: 'The registration names no address: set hubUrl (or PUBLIC_URL), make it anew, restart the homeserver.',
  M_BAD_STATUS: 'Somebody else answers there, or the homeserver has another registration: compare url and hs_token.',
  M_CONNECTION_FAILED: 'Let the hub run, and make sure that the homeserver reaches the url of the registration.',
  M_CONNECTION_TIMEOUT: 'The url of the registration does not answer in time: look at the network between the two.',
};

/** Only a hub that runs answers. */
async function pingFinding(client: Client, { id }: Registered, signal: AbortSignal): Promise<Finding> {
  try {
    await client.call('POST', `/v1/appservice/${encodeURIComponent(id)}/ping`, { body: {} }, signal);
    return ok('the homeserver reaches the hub');
  } catch (error) {
    const code = sayOf(error);
    const mend = PINGS[code] ?? `Start the hub and ask again: ${GUIDE}#registration`;
    return { level: 'warn', what: `the homeserver does not reach the hub (${code})`, mend };
  }
}

async function mediaFinding(client: Client, signal: AbortSignal): Promise<Finding> {
  try {
    await client.call('GET', '/v1/media/config', {}, signal);
    return ok('pictures and files can be carried');
  } catch (error) {
    const mend = 'The homeserver must offer authenticated media (Matrix 1.11): update it.';
    return { level: 'warn', what: `pictures and files cannot be carried (${sayOf(error)})`, mend };
  }
}

/** A question that changes nothing, and that administrators alone may ask. */
async function signInFinding(
  { homeserverUrl, serverName, bot }: MatrixConfig,
  shared: SharedSignIn,
  signal: AbortSignal,
): Promise<Finding> {
  const user = botOf({ serverName, bot });
  const answer = await askAdmin(`${homeserverUrl}/_synapse/admin/v2/users/${encodeURIComponent(user)}`, shared, signal);
  const mend = `Ask for the access token of an administrator, and give it as sharedSignIn.adminToken: ${GUIDE}#one-sign-in`;
  switch (answer) {
    case 'ok':
      return ok('the homeserver tells who signs in how');
    case 401:
      return { level: 'fail', what: 'the homeserver does not know adminToken', mend };
    case 403:
      return { level: 'fail', what: 'adminToken is not the token of an administrator of the homeserver', mend };
    default: {
      const synapse = `The homeserver must be Synapse, and let the hub reach /_synapse/admin: ${GUIDE}#one-sign-in`;
      return { level: 'fail', what: `the homeserver does not tell who signs in how (${answer})`, mend: synapse };
    }
  }
}

async function askAdmin(
  url: string,
  { adminToken }: SharedSignIn,
  signal: AbortSignal,
): Promise<'ok' | number | string> {
  try {
    const answer = await fetch(url, { headers: { authorization: `Bearer ${adminToken}` }, signal, redirect: 'error' });
    const { errcode } = bagOf(await answer.json().catch(() => null));
    // the bot has no account before its first start
    return answer.ok || errcode === 'M_NOT_FOUND' ? 'ok' : answer.status;
  } catch (error) {
    signal.throwIfAborted();
    return error instanceof TypeError ? 'no answer' : 'unknown';
  }
}

async function roomFinding(client: Client, config: MatrixConfig, room: RoomId, signal: AbortSignal): Promise<Finding> {
  try {
    const { power, isEncrypted, name } = await lookAt(client, room, signal);
    const shown = name ?? room;
    if (isEncrypted) {
      return {
        level: 'fail',
        what: `the room ${shown} is encrypted`,
        mend: 'Link a room that is not: the hub cannot read this one.',
      };
    }
    if (levelOf(botOf(config), power) < neededFor('redact', power)) {
      const mend = 'Make the bot a moderator there (level 50), or an administrator (100) for timeouts.';
      return { level: 'warn', what: `in ${shown} the bot may not remove what others write`, mend };
    }
    return ok(`the room ${shown} can be served`);
  } catch (error) {
    return {
      level: 'fail',
      what: `the room ${room} cannot be read (${sayOf(error)})`,
      mend: `Invite ${botOf(config)} to it.`,
    };
  }
}

function ok(what: string): Finding {
  return { level: 'ok', what };
}

function sayOf(error: unknown): string {
  if (error instanceof NoAnswer) return 'no answer';
  return isCode(error) ? '' : error instanceof Error ? error.message : 'unknown';
}
