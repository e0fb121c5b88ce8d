import { stepKey } from '../async/mint.ts';
import type { AuditLine } from '../domain/audit.ts';
import { type Channel, scopeOf } from '../domain/channel.ts';
import { type ChannelMode, SHIELD_SLOW_SECONDS } from '../domain/channel-mode.ts';
import type { EpochMs } from '../domain/ids.ts';
import type { Step } from '../store/ports.ts';
import type { ModeBody } from './live-facts.ts';

/** Slow and shield mode of a channel, with the line that its readers are told. `cause` makes it once. */
export function modeStep(
  channel: Channel,
  mode: ChannelMode,
  say: string,
  cause: readonly string[],
  at: EpochMs,
  audit?: AuditLine,
): Step {
  const { slowSeconds, shieldUntil } = mode;
  const body: ModeBody = { type: 'notice', channel: channel.id, code: 'mode', say, at, slowSeconds, shieldUntil };
  return {
    scope: scopeOf(channel),
    channel: channel.id,
    key: stepKey('mode', channel.id, ...cause),
    digest: `${slowSeconds} ${shieldUntil}`,
    ifRev: null,
    kind: 'mode',
    audience: 'readers',
    at,
    body: JSON.stringify(body),
    note: audit === undefined ? {} : { audit },
    effects: [{ kind: 'mode', channel: channel.id, slowSeconds, shieldUntil }],
    known: null,
  };
}

/** What readers of the channel are told. */
export function sayMode({ slowSeconds, shieldUntil }: ChannelMode, now: EpochMs): string {
  const isShielded = shieldUntil !== null && shieldUntil > now;
  const slow = slowSeconds === 0 ? 'Slow mode is off.' : `Slow mode: one message in ${slowSeconds} s.`;
  if (!isShielded) return slow;
  const seconds = Math.max(slowSeconds, SHIELD_SLOW_SECONDS);
  const minutes = Math.max(1, Math.round((shieldUntil - now) / 60_000));
  return `Shield mode for ${minutes} min: what newcomers say waits for a moderator, links are off, one message in ${seconds} s.`;
}
