import { stepKey } from '../async/mint.ts';
import { type Channel, scopeOf } from '../domain/channel.ts';
import type { EpochMs, ScopeId } from '../domain/ids.ts';
import type { WireEntry } from '../domain/wire.ts';
import type { EntryNote, Step } from '../store/ports.ts';
import { CHANNEL_NOTICES, type SanctionBody } from './live-facts.ts';

/** The steps that change what is in force. `cause` makes the key: the same cause takes effect once. */

export function sanctionStep(
  body: SanctionBody,
  cause: readonly string[],
  at: EpochMs,
  note: Pick<EntryNote, 'audit' | 'karma'> = {},
): Step {
  const { scope, user, act, until } = body;
  return {
    ...BARE,
    scope,
    channel: null,
    key: stepKey('sanction', ...cause, scope, user, act),
    digest: act,
    kind: 'sanction',
    audience: 'hubs',
    at,
    body: JSON.stringify(body),
    note,
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

/** An act that changes nothing but what is written down of it. */
export function actStep(scope: ScopeId, key: string, at: EpochMs, note: Pick<EntryNote, 'audit' | 'karma'>): Step {
  return {
    ...BARE,
    scope,
    channel: null,
    key,
    digest: note.audit?.act ?? 'act',
    kind: 'act',
    audience: 'hubs',
    at,
    body: '{}',
    note,
    effects: [],
  };
}

const BARE = { ifRev: null, note: {}, known: null } as const;
