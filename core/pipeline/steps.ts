import { stepKey } from '../async/mint.ts';
import { type Channel, scopeOf } from '../domain/channel.ts';
import type { EpochMs, ScopeId } from '../domain/ids.ts';
import type { Sanction } from '../domain/user.ts';
import type { WireEntry } from '../domain/wire.ts';
import type { Step } from '../store/ports.ts';
import { CHANNEL_NOTICES, type SanctionBody } from './live-facts.ts';

/** The steps that change what is in force. `cause` makes the key: the same cause takes effect once. */

export function sanctionStep(
  { scope, user, act, until }: Sanction & { readonly scope: ScopeId },
  cause: readonly string[],
  at: EpochMs,
): Step {
  const body: SanctionBody = { scope, user, act, until };
  return {
    ...BARE,
    scope,
    channel: null,
    key: stepKey('sanction', ...cause, scope, user, String(until)),
    digest: act,
    kind: 'sanction',
    audience: 'hubs',
    at,
    body: JSON.stringify(body),
    effects: [{ kind: 'sanction', user, act, until }],
  };
}

export function channelStep(channel: Channel, state: Channel['state'], cause: readonly string[], at: EpochMs): Step {
  const say = state === 'open' ? 'The channel is open.' : 'The channel is read-only now.';
  return {
    ...BARE,
    scope: scopeOf(channel),
    channel: channel.id,
    key: stepKey('channel', ...cause, channel.id, state),
    digest: state,
    kind: 'channel',
    audience: 'readers',
    at,
    body: JSON.stringify({ type: 'notice', channel: channel.id, code: CHANNEL_NOTICES[state], say, at }),
    effects: [{ kind: 'channel', channel: channel.id, state }],
  };
}

/** A line for readers that nobody wrote. `key` makes it once. */
export function noticeStep(channel: Channel, code: string, say: string, key: string, at: EpochMs): Step {
  const body: WireEntry = { type: 'notice', channel: channel.id, code, say, at };
  return {
    ...BARE,
    scope: scopeOf(channel),
    channel: channel.id,
    key,
    digest: code,
    kind: 'notice',
    audience: 'readers',
    at,
    body: JSON.stringify(body),
    effects: [],
  };
}

const BARE = { ifRev: null, note: {}, known: null } as const;
