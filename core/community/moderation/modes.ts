import type { Clock } from '../../async/clock.ts';
import { stepKey } from '../../async/mint.ts';
import type { Channel } from '../../domain/channel.ts';
import { type ChannelMode, MOST_SLOW_SECONDS, modeAt, SHIELD_MS } from '../../domain/channel-mode.ts';
import type { ChannelId, EpochMs } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import { may } from '../../domain/permission.ts';
import { type Receipt, refused } from '../../domain/receipt.ts';
import { isReceipt, place } from '../../pipeline/address.ts';
import type { LiveFacts } from '../../pipeline/live-facts.ts';
import { modeStep, sayMode } from '../../pipeline/mode-step.ts';
import { noticeStep } from '../../pipeline/steps.ts';
import type { Fresh } from '../../pipeline/until-fresh.ts';
import type { Step } from '../../store/ports.ts';
import type { Sql } from '../../store/sql/sql.ts';
import type { Timer, Timers } from '../timers/timers.ts';

/** What a moderator turns. */
export type ModeChange =
  | { readonly kind: 'slow' /** 0: off. */; readonly seconds: number }
  | { readonly kind: 'shield'; readonly isOn: boolean };

export interface ModeRequest {
  readonly by: Actor;
  readonly channel: ChannelId;
  readonly change: ModeChange;
  /** The same each time this very act is told. */
  readonly cause: string;
}

export interface Modes {
  /** Once it resolves, nothing that was judged by the mode before is stored. `say`: how it is now. */
  set(request: ModeRequest): Promise<{ readonly receipt: Receipt; readonly say: string }>;
  /** How it is at this moment. */
  now(channel: ChannelId): {
    readonly slowSeconds: number;
    readonly isShielded: boolean;
    readonly shieldUntil: EpochMs | null;
  };
}

export interface ModeDeps {
  readonly facts: LiveFacts;
  readonly untilFresh: Fresh;
  readonly append: (step: Step) => Promise<void>;
  readonly timers: Timers;
  readonly sql: Pick<Sql, 'write'>;
  readonly clock: Pick<Clock, 'now'>;
}

const SHIELD_OVER = 'shield-over';

/** Slow mode, and shield mode: one switch against an attack, which lasts an hour unless it is turned on again. */
export function createModes(deps: ModeDeps): Modes {
  const { facts, untilFresh, clock, timers } = deps;

  function step(request: ModeRequest, channel: Channel, mode: ChannelMode, at: EpochMs): Step {
    const { by, change, cause } = request;
    const reason = change.kind === 'slow' ? `${change.seconds} s` : change.isOn ? 'on' : 'off';
    const audit = { act: change.kind, by: by.user, target: null, message: null, channel: channel.id };
    const until = change.kind === 'shield' ? mode.shieldUntil : null;
    return modeStep(channel, mode, sayChange(change, mode, at), [cause], at, { ...audit, until, reason });
  }

  /** Readers are told when a shield is over by itself. */
  async function setTimer(channel: ChannelId, until: EpochMs | null): Promise<void> {
    const id = `${SHIELD_OVER}:${channel}`;
    const timer: Timer = {
      id,
      kind: SHIELD_OVER,
      due: until ?? clock.now(),
      payload: JSON.stringify({ channel, until }),
    };
    await deps.sql.write([until === null ? timers.cancel(id) : timers.set(timer)]);
  }

  timers.on(SHIELD_OVER, async ({ payload }) => {
    const { channel: id, until } = JSON.parse(payload) as { readonly channel: ChannelId; readonly until: EpochMs };
    const channel = facts.channel(id);
    const mode = facts.mode(id);
    if (channel === null || mode.shieldUntil !== until) return;
    const say = `Shield mode is over. ${sayMode(mode, until)}`;
    await deps.append(noticeStep(channel, 'mode', say, stepKey(SHIELD_OVER, id, String(until)), clock.now()));
  });

  return {
    async set(request) {
      const { by, channel: id, change } = request;
      const first = place(facts, by, id, 'read');
      if (isReceipt(first)) return { receipt: first, say: '' };
      let next: ChannelMode = facts.mode(id);
      const receipt = await untilFresh(first.scope, (rev) => {
        const here = place(facts, by, id, 'read');
        if (isReceipt(here)) return here;
        const permission = may('redact-others', here.standing);
        if (!permission.ok) return refused(permission.code, permission.say);
        const wrong = problemOf(change);
        if (wrong !== null) return wrong;
        const now = clock.now();
        next = changed(facts.mode(id), change, now);
        return { ...step(request, here.channel, next, now), ifRev: rev };
      });
      if (receipt.kind === 'accepted' && change.kind === 'shield') await setTimer(id, next.shieldUntil);
      return { receipt, say: sayChange(change, next, clock.now()) };
    },
    now(channel) {
      const mode = facts.mode(channel);
      const now = modeAt(mode, clock.now());
      return { ...now, shieldUntil: now.isShielded ? mode.shieldUntil : null };
    },
  };
}

/** How it is now; of a shield that was let down, that it was. */
function sayChange(change: ModeChange, mode: ChannelMode, now: EpochMs): string {
  const isDown = change.kind === 'shield' && !change.isOn;
  return isDown ? `Shield mode is off. ${sayMode(mode, now)}` : sayMode(mode, now);
}

function problemOf(change: ModeChange): Receipt | null {
  if (change.kind === 'shield') return null;
  const { seconds } = change;
  const isRight = Number.isInteger(seconds) && seconds >= 0 && seconds <= MOST_SLOW_SECONDS;
  return isRight ? null : refused('bad-request', `seconds: from 1 to ${MOST_SLOW_SECONDS}, or off.`);
}

function changed(before: ChannelMode, change: ModeChange, now: EpochMs): ChannelMode {
  const shieldUntil = modeAt(before, now).isShielded ? before.shieldUntil : null;
  switch (change.kind) {
    case 'slow':
      return { slowSeconds: change.seconds, shieldUntil };
    case 'shield':
      return { ...before, shieldUntil: change.isOn ? ((now + SHIELD_MS) as EpochMs) : null };
  }
}
