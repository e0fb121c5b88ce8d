import { isAbsolute } from 'node:path';
import type { HubConfig } from '../../config/schema.ts';
import type { Clock } from '../async/clock.ts';
import type { Accounts } from '../community/accounts/accounts.ts';
import type { Erasing } from '../community/privacy/erase.ts';
import type { DataPage } from '../community/privacy/export.ts';
import { parseChannelId, parseUserId, type UserId } from '../domain/ids.ts';
import type { Health } from '../ops/health.ts';
import { backupDatabase } from '../store/backup/backup.ts';
import { exportPage } from '../store/backup/export.ts';
import type { OpenedSql } from '../store/sql/open.ts';
import type { ControlAnswer, ControlInput, ControlOperations, ControlOutput } from './control-operations.ts';
import { type LetterParts, letterOperations } from './letter-operations.ts';
import { type PortalParts, portalOperations } from './portal-operations.ts';
import { type TokenParts, tokenOperations } from './token-operations.ts';

export interface OperatorParts extends PortalParts, Pick<LetterParts, 'deadLetters'>, Pick<TokenParts, 'tokens'> {
  readonly config: HubConfig;
  readonly version: string;
  readonly hubId: string;
  readonly clock: Clock;
  readonly sql: Pick<OpenedSql, 'file' | 'build' | 'read'>;
  readonly accounts: Accounts;
  readonly health: Health;
  readonly privacy: {
    readonly erasing: Erasing;
    dataOf(user: UserId, after: string | null): Promise<DataPage>;
  };
  /** Where people open the hub, once it listens. */
  readonly url: () => string;
  /** Archives what is in the log so far, so that copies hold it. @returns false when that took too long */
  readonly drain: (signal: AbortSignal) => Promise<boolean>;
}

const DRAIN_DEADLINE_MS = 30_000;
const HOUR_MS = 3_600_000;

/** What the command line may do in a running hub. The socket belongs to the operator, so nothing more is asked. */
export function operatorOperations(parts: OperatorParts): ControlOperations {
  const { config, accounts, sql } = parts;
  return {
    status: async () => done(await status(parts)),
    async 'user-add'({ name, password }) {
      const made = await accounts.addUser(name, password);
      return made.ok ? done({ name: made.value.name, id: made.value.user }) : made;
    },
    async 'user-list'({ after, limit }) {
      const { users, next } = await accounts.listUsers(after, limit);
      return done({
        users: users.map(({ name, user, platform, isAdmin, isDj, isDisabled }) => {
          return { name, id: user, platform, isAdmin, isDj, isDisabled };
        }),
        next,
      });
    },
    'user-role': (input) => setRole(accounts, config.lobby.id, input),
    async 'user-password'({ name, password }) {
      return named(await accounts.setPassword(name, password));
    },
    async 'user-enabled'({ name, isEnabled }) {
      return named(await (isEnabled ? accounts.enable(name) : accounts.disable(name)));
    },
    async 'user-invite'({ hours }) {
      const { secret, expiresAt } = await accounts.createInvite(hours * HOUR_MS);
      return done({ url: `${parts.url()}/#invite=${secret}`, expiresAt });
    },
    async 'user-data'({ who, after }) {
      if (after === null && !(await drained(parts))) return refuse(CANNOT_KEEP_UP);
      const user = await userOf(parts, who);
      if (user === null) return refuse(nobody(who));
      const { lines, next } = await parts.privacy.dataOf(user, after);
      return done({ lines: [...lines], next });
    },
    async 'user-erase'({ who }) {
      const user = await userOf(parts, who);
      if (user === null) return refuse(nobody(who));
      const begun = await parts.privacy.erasing.begin(user);
      return begun.ok ? done({ name: who }) : refuse(begun.say);
    },
    ...portalOperations(parts),
    ...letterOperations(parts),
    ...tokenOperations(parts),
    async backup({ file }) {
      if (!isAbsolute(file)) return refuse('The path of the file must be absolute.');
      if (!(await drained(parts))) return refuse(CANNOT_KEEP_UP);
      const result = await backupDatabase({ source: sql.file, target: file });
      return result.ok ? done({ file: result.file, bytes: result.bytes }) : result;
    },
    async export({ after, limit }) {
      if (after === null && !(await drained(parts))) {
        return refuse(CANNOT_KEEP_UP);
      }
      return done(await exportPage(sql, after, limit));
    },
  };
}

const CANNOT_KEEP_UP = 'The archive cannot keep up or is locked; see readiness. Try again.';

function nobody(who: string): string {
  return `There is nobody called ${who} here. Somebody of another platform is named by the id of their user (u-…).`;
}

async function userOf({ accounts }: OperatorParts, who: string): Promise<UserId | null> {
  return parseUserId(who) ?? (await accounts.findByName(who))?.user ?? null;
}

async function status({ config, version, hubId, url, health }: OperatorParts): Promise<ControlOutput<'status'>> {
  const { isReady, checks } = await health.report();
  const store = config.redisUrl === null ? 'embedded' : 'redis';
  return { version, hubId, pid: process.pid, url: url(), store, isReady, checks: [...checks] };
}

async function drained({ drain, clock }: Pick<OperatorParts, 'drain' | 'clock'>): Promise<boolean> {
  const tooLong = new AbortController();
  const cancel = clock.after(DRAIN_DEADLINE_MS, () => tooLong.abort());
  try {
    return await drain(tooLong.signal);
  } finally {
    cancel();
  }
}

async function setRole(
  accounts: Accounts,
  lobby: string,
  { name, role, channel }: ControlInput<'user-role'>,
): Promise<ControlAnswer<{ say: string }>> {
  const place = parseChannelId(channel ?? lobby);
  if (place === null) return refuse('That is no id of a channel: lower-case letters, digits and dashes.');
  switch (role) {
    case 'admin': {
      const made = await accounts.setAdmin(name, true);
      return made.ok ? done({ say: `${made.value.name} is an admin now.` }) : made;
    }
    case 'dj': {
      const made = await accounts.makeDj(name, null);
      if (!made.ok) return made;
      return done({ say: `${made.value.person.name} is a DJ now; the channel is ${made.value.channel}.` });
    }
    case 'moderator': {
      const made = await accounts.makeModerator(name, place, null);
      return made.ok ? done({ say: `${made.value.name} is a moderator of ${place} now.` }) : made;
    }
    case 'listener': {
      const dismissed = await accounts.dismissModerator(name, place);
      if (!dismissed.ok) return dismissed;
      if (channel !== null) return done({ say: `${dismissed.value.name} is no moderator of ${place} any more.` });
      const plain = await accounts.setAdmin(name, false);
      if (!plain.ok) return plain;
      const stopped = await accounts.dismissDj(name);
      return stopped.ok
        ? done({ say: `${stopped.value.name} is a listener now; a DJ channel stays, read-only.` })
        : stopped;
    }
  }
}

function named(outcome: ControlAnswer<{ readonly name: string }>): ControlAnswer<{ name: string }> {
  return outcome.ok ? done({ name: outcome.value.name }) : outcome;
}

function done<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

function refuse(say: string): { readonly ok: false; readonly say: string } {
  return { ok: false, say };
}
