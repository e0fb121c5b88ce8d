import type { AccountId } from '../../core/domain/ids.ts';
import type { Operations, SharedAccount } from '../../core/plugin/index.ts';
import type { MatrixConfig, SharedSignIn } from './config.ts';
import { type Bag, bagOf, text } from './event.ts';
import { NoAnswer, Refusal, toBridgeError } from './failures.ts';
import { isOurs, localpartIn } from './names.ts';
import type { Session } from './session.ts';

/**
 * Who somebody is for the sign-in that the homeserver shares with the hub. Synapse keeps that for each account and
 * tells its administrators: https://element-hq.github.io/synapse/latest/admin_api/user_admin_api.html
 */
export function createIdentity(session: () => Session) {
  return async (asked: Operations['identity'][0], signal: AbortSignal): Promise<SharedAccount | null> => {
    const { config } = session();
    const { sharedSignIn: shared } = config;
    if (shared === undefined) return null;
    try {
      const account =
        'account' in asked ? asked.account : await accountOf(asked.subject, config.homeserverUrl, shared, signal);
      if (account === null || isOurs(account, config) || !account.endsWith(`:${config.serverName}`)) return null;
      const found = await subjectOf(account, config, shared, signal);
      // the homeserver must say it both ways
      return found === null || ('subject' in asked && asked.subject !== found.subject) ? null : found;
    } catch (error) {
      throw toBridgeError(error);
    }
  };
}

async function accountOf(
  subject: string,
  homeserverUrl: string,
  shared: SharedSignIn,
  signal: AbortSignal,
): Promise<string | null> {
  const path = `/v1/auth_providers/${encodeURIComponent(shared.provider)}/users/${encodeURIComponent(subject)}`;
  const found = await ask(`${homeserverUrl}/_synapse/admin${path}`, shared, signal);
  return found === null ? null : text(found, 'user_id');
}

async function subjectOf(
  account: string,
  { homeserverUrl }: Pick<MatrixConfig, 'homeserverUrl'>,
  shared: SharedSignIn,
  signal: AbortSignal,
): Promise<SharedAccount | null> {
  const user = await ask(`${homeserverUrl}/_synapse/admin/v2/users/${encodeURIComponent(account)}`, shared, signal);
  if (user === null || user.deactivated === true) return null;
  const ids: readonly unknown[] = Array.isArray(user.external_ids) ? user.external_ids : [];
  const [subject, more] = ids.map(bagOf).flatMap((one) => {
    const id = text(one, 'external_id');
    return text(one, 'auth_provider') === shared.provider && id !== null ? [id] : [];
  });
  // somebody with two is nobody for certain
  if (subject === undefined || more !== undefined) return null;
  const name = text(user, 'displayname')?.trim() || localpartIn(account);
  return { account: account as AccountId, name, subject };
}

/** Null: there is no such thing. @throws {Refusal | NoAnswer} */
async function ask(url: string, { adminToken }: SharedSignIn, signal: AbortSignal): Promise<Bag | null> {
  const headers = { authorization: `Bearer ${adminToken}` };
  const answer = await fetch(url, { headers, signal, redirect: 'error' }).catch(() => {
    throw new NoAnswer('no answer', false);
  });
  const body = bagOf(await answer.json().catch(() => null));
  if (answer.ok) return body;
  const code = text(body, 'errcode') ?? '';
  if (answer.status === 404) return null;
  // a wrong token of an administrator is not that of the bridge
  throw new Refusal(code === 'M_LIMIT_EXCEEDED' ? code : 'admin API', 400, null);
}
