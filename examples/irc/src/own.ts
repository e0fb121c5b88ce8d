import { nicksOf } from './config.ts';
import { type Line, sourceOf } from './line.ts';
import type { Link } from './link.ts';

/**
 * Whether the bridge said it: now, or on an earlier connection, when it may have had another nick. User and host alone
 * do not tell: whoever shares the hub's network may have the same.
 */
export function isOurs(line: Line, { session, config }: Pick<Link, 'session' | 'config'>): boolean {
  const source = sourceOf(line);
  if (source === null) return false;
  const isOneOf = (nick: string): boolean => nicksOf(config).some((one) => session.fold(one) === session.fold(nick));
  const relayedBy = line.tags.get('draft/relaymsg');
  if (relayedBy !== undefined) return session.isSelf(relayedBy) || isOneOf(relayedBy);
  if (session.isSelf(source.nick)) return true;
  if (!session.isHistory(line)) return false;
  const account = line.tags.get('account');
  if (account !== undefined && config.sasl !== null && session.fold(account) === session.fold(config.sasl.account))
    return true;
  const { user, host } = session.self;
  return isOneOf(source.nick) && source.user === user && source.host === host;
}
