import type { Clock } from '../../async/clock.ts';
import { withDeadline } from '../../async/deadline.ts';
import { newRowId, stepKey } from '../../async/mint.ts';
import type { BridgeId, PortalId } from '../../domain/ids.ts';
import type { Portal } from '../../domain/portal.ts';
import type { Logger } from '../../ops/log.ts';
import type { Bridge } from '../../plugin/bridge.ts';
import { isBridgeError } from '../../plugin/errors.ts';
import type { Signals } from '../../store/ports.ts';
import type { KnownPortals } from './desk.ts';
import { hubLine } from './line.ts';

export interface TestLineDeps {
  readonly portals: Pick<KnownPortals, 'byId'>;
  /** The bridge while it is live on this hub. */
  readonly live: (bridge: BridgeId) => Bridge | null;
  /** Whether another hub runs it now. */
  readonly isElsewhere: (bridge: BridgeId) => boolean;
  readonly channelName: (portal: Portal) => string;
  /** Takes out what bridges must not say; a mistake in one of them tells no secret. */
  readonly clean: (say: string) => string;
  readonly signals: Signals;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** One line in a linked room, to see that it arrives; whichever hub runs the bridge sends it. */
export interface TestLine {
  /** @returns what became of it, in words; a link has one such line in ten seconds */
  send(portal: Portal): Promise<{ readonly ok: boolean; readonly say: string }>;
  stop(): void;
}

const TOPIC = 'portal-test';
const DEADLINE_MS = 10_000;
const EACH_MS = 10_000;

export function createTestLine(deps: TestLineDeps): TestLine {
  const { live, clock } = deps;
  const sent = new Map<PortalId, number>();

  async function post(portal: Portal): Promise<{ readonly ok: boolean; readonly say: string }> {
    const can = live(portal.bridge)?.capabilities(portal.room).post;
    if (can === undefined) return { ok: false, say: 'The hub cannot write in this room now.' };
    const text = `A test from the chat "${deps.channelName(portal)}" on Slipmat: this room is linked with it.`;
    const line = hubLine(portal.room, text, stepKey('portal-test', newRowId()), clock.now());
    try {
      await withDeadline(clock, DEADLINE_MS, null, (signal) => can.run(line, signal));
      return { ok: true, say: 'The test has arrived in the room.' };
    } catch (error) {
      // the text of a bridge's own error holds no secret; any other tells its kind alone
      const why = isBridgeError(error) ? deps.clean(error.message) : error instanceof Error ? error.name : 'unknown';
      return { ok: false, say: `The test did not arrive: ${why}` };
    }
  }

  const stopHearing = deps.signals.hear((topic, body) => {
    if (topic !== TOPIC) return;
    const portal = deps.portals.byId(body as PortalId);
    if (portal === null || live(portal.bridge) === null) return;
    void post(portal).then(({ ok, say }) => deps.logger.info({ portal: portal.id, ok, say }, 'a link was tested'));
  });

  /** Also drops what is over. */
  function isTooSoon(id: PortalId): boolean {
    const now = clock.elapsed();
    for (const [one, at] of sent) if (now - at >= EACH_MS) sent.delete(one);
    if (sent.has(id)) return true;
    sent.set(id, now);
    return false;
  }

  return {
    async send(portal) {
      if (portal.isPaused) return { ok: false, say: 'The link is paused: nothing passes.' };
      if (portal.direction === 'in') return { ok: false, say: 'This link carries nothing into the room.' };
      if (isTooSoon(portal.id)) return { ok: false, say: 'A test was sent a moment ago; look in the room.' };
      if (live(portal.bridge) !== null) return post(portal);
      if (!deps.isElsewhere(portal.bridge)) return { ok: false, say: 'The link to the platform is down.' };
      deps.signals.say(TOPIC, portal.id);
      return { ok: true, say: 'The hub that runs this bridge sends the test; look in the room.' };
    },
    stop: stopHearing,
  };
}
