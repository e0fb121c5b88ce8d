import { hash } from 'node:crypto';
import type { Speaker } from '../../core/plugin/index.ts';
import type { MatrixConfig } from './config.ts';

type Naming = Pick<MatrixConfig, 'bot' | 'serverName'>;
type Person = Extract<Speaker, { kind: 'user' }>;

/** Of 255 bytes a user id may have, server name included. */
const MAX_KEY = 100;
const ALIAS_OF_CHANNEL = /^[a-z0-9][a-z0-9-]{0,47}$/;

export function botOf({ bot, serverName }: Naming): string {
  return `@${bot}:${serverName}`;
}

/** The account that shows what this person says: the same for ever, whatever they are called. */
export function ghostOf({ platform = 'hub', key }: Person, { bot, serverName }: Naming): string {
  return `@${bot}_${platform}_${localpartOf(key)}:${serverName}`;
}

/** Whether this account is the bot or a ghost. Exact: no other server, no other prefix. */
export function isOurs(user: string, naming: Naming): boolean {
  return user === botOf(naming) || isGhost(user, naming);
}

export function isGhost(user: string, { bot, serverName }: Naming): boolean {
  return user.startsWith(`@${bot}_`) && user.endsWith(`:${serverName}`);
}

/** The key of the person that this ghost stands for; null: it is none, or its key cannot be told any more. */
export function keyOfGhost(user: string, naming: Naming): string | null {
  if (!isGhost(user, naming)) return null;
  const rest = user.slice(naming.bot.length + 2, -naming.serverName.length - 1);
  const at = rest.indexOf('_');
  const key = rest.slice(at + 1);
  return at < 1 || /[=#]/.test(key) ? null : key;
}

export function spaceAlias({ bot, serverName }: Naming): string {
  return `#${bot}:${serverName}`;
}

export function channelAlias(channel: string, { bot, serverName }: Naming): string {
  return `#${bot}_${channel}:${serverName}`;
}

/** The channel that an alias asks for; null: none of ours. */
export function channelOfAlias(alias: string, { bot, serverName }: Naming): string | null {
  if (!alias.startsWith(`#${bot}_`) || !alias.endsWith(`:${serverName}`)) return null;
  const channel = alias.slice(bot.length + 2, -serverName.length - 1);
  return ALIAS_OF_CHANNEL.test(channel) ? channel : null;
}

/** `@ann:example.org` -> `ann`. */
export function localpartIn(user: string): string {
  return user.slice(1).split(':')[0] ?? '';
}

/** What the homeserver takes as one request however often it comes; unique over all ghosts and rooms. */
export function txnOf(kind: string, key: string): string {
  return `slipmat-${kind}-${hash('sha256', key, 'base64url')}`;
}

/** Letters that are allowed in names of accounts stay; the others become `=` and their bytes, as Matrix suggests. */
function localpartOf(key: string): string {
  const escaped = Buffer.from(key.toWellFormed(), 'utf8')
    .toString('latin1')
    .replace(/[^a-z0-9.-]/g, (sign) => `=${sign.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return escaped.length <= MAX_KEY ? escaped : `=${hash('sha256', key, 'hex').slice(0, 40)}`;
}
