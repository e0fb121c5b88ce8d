import { useState } from 'preact/hooks';
import type { PortalHealth, ShownPortal } from '../../../core/plugin/asked/portals.ts';
import { platformName } from '../../chat/platforms.ts';
import { toast } from '../../chat/state/toast.ts';
import { act, LIVE_MS, useAsked } from '../asked.ts';
import type { PanelProps } from '../panel.ts';
import { Confirm } from '../parts/confirm.tsx';
import { spanText } from '../time.ts';
import { LinkCode } from './platforms-code.tsx';

/** The rooms that this channel is linked with: how they do, what passes, and how far acts of moderation reach. */
export function PlatformsPanel({ hub: { client }, channel }: PanelProps) {
  const portals = useAsked(client, 'portals', { channel: channel.id }, LIVE_MS);
  const health = useAsked(client, 'portal-health', { channel: channel.id }, LIVE_MS);
  const [ending, setEnding] = useState<ShownPortal | null>(null);
  const reload = (): void => {
    portals.reload();
    health.reload();
  };
  const of = (portal: ShownPortal) => ({ channel: channel.id, portal: portal.id });

  async function change(portal: ShownPortal, what: Partial<Pick<ShownPortal, 'direction' | 'isPaused' | 'reach'>>) {
    const done = await act(client, 'change-portal', { ...of(portal), ...what });
    if (done !== null) toast(done.say ?? 'Saved.');
    reload();
  }
  async function test(portal: ShownPortal): Promise<void> {
    const done = await act(client, 'test-portal', of(portal));
    if (done !== null) toast(done.say);
    reload();
  }
  async function end(portal: ShownPortal): Promise<void> {
    if ((await act(client, 'end-portal', of(portal))) !== null) toast('The link is ended.');
    reload();
  }

  const say = portals.say ?? health.say;
  if (say !== null) return <p class="problem">{say}</p>;
  if (portals.value === null) return <p class="soft">Loading…</p>;
  const found = portals.value.portals;
  return (
    <>
      {found.length === 0 && <p class="none">This chat is linked with no room yet.</p>}
      <ul class="cards" aria-label="Linked rooms">
        {found.map((portal) => (
          <li key={portal.id} class="card portal">
            <Card
              portal={portal}
              health={health.value?.portals.find((one) => one.portal === portal.id) ?? null}
              onChange={(what) => void change(portal, what)}
              onTest={() => void test(portal)}
              onEnd={() => setEnding(portal)}
            />
          </li>
        ))}
      </ul>
      <LinkCode client={client} channel={channel.id} bridges={health.value?.bridges ?? []} onLinked={reload} />
      {ending !== null && (
        <Confirm
          title={`End the link with ${roomOf(ending)}?`}
          action="End it"
          onYes={() => void end(ending)}
          onClose={() => setEnding(null)}
        >
          <p>Nothing is carried between that room and this chat from then on. What stands there stays.</p>
        </Confirm>
      )}
    </>
  );
}

function Card(props: {
  readonly portal: ShownPortal;
  readonly health: PortalHealth | null;
  readonly onChange: (what: Partial<Pick<ShownPortal, 'direction' | 'isPaused' | 'reach'>>) => void;
  readonly onTest: () => void;
  readonly onEnd: () => void;
}) {
  const { portal, health } = props;
  const room = roomOf(portal);
  return (
    <>
      <header class="card-line">
        <h3>
          {platformName(portal.platform)} <span class="room">{portal.roomName ?? portal.room}</span>
        </h3>
        <State portal={portal} health={health} />
      </header>
      {health?.say != null && <p class={health.state === 'paused' ? 'soft' : 'remark'}>{health.say}</p>}
      {portal.remark !== null && <p class="remark">{portal.remark}</p>}
      {portal.channel !== portal.home && <p class="soft">It follows the live event that is on.</p>}
      {health !== null && <Figures health={health} isOut={portal.direction !== 'in'} />}
      <div class="settings-line">
        <label class="field">
          <span>Messages</span>
          <select
            class="input"
            aria-label={`Messages, ${room}`}
            value={portal.direction}
            onChange={(event) => {
              const direction = (['both', 'in', 'out'] as const).find((one) => one === event.currentTarget.value);
              if (direction !== undefined) props.onChange({ direction });
            }}
          >
            <option value="both">go both ways</option>
            <option value="in">come from the room alone</option>
            <option value="out">go to the room alone</option>
          </select>
        </label>
        <label class="field">
          <span>Acts of moderation there</span>
          <select
            class="input"
            aria-label={`Acts of moderation, ${room}`}
            value={portal.reach}
            onChange={(event) => {
              const reach = (['none', 'timeouts', 'bans'] as const).find((one) => one === event.currentTarget.value);
              if (reach !== undefined) props.onChange({ reach });
            }}
          >
            <option value="none">none: the hub holds them alone</option>
            <option value="timeouts">timeouts</option>
            <option value="bans">timeouts and bans</option>
          </select>
        </label>
      </div>
      <div class="acts">
        <button type="button" class="button" onClick={() => props.onChange({ isPaused: !portal.isPaused })}>
          {portal.isPaused ? 'Resume' : 'Pause'}
        </button>
        {portal.direction !== 'in' && !portal.isPaused && (
          <button type="button" class="button" onClick={props.onTest}>
            Send a test
          </button>
        )}
        {portal.source === 'linked' ? (
          <button type="button" class="button" onClick={props.onEnd}>
            End the link…
          </button>
        ) : (
          <span class="soft">Stands in the configuration of the hub.</span>
        )}
      </div>
    </>
  );
}

const STATES = {
  ok: 'ok',
  behind: 'behind',
  connecting: 'connecting',
  paused: 'paused',
  refused: 'access refused',
  failed: 'failed',
} as const;

function State({ portal, health }: { readonly portal: ShownPortal; readonly health: PortalHealth | null }) {
  if (health === null) return <span class="state">…</span>;
  const isBehind = health.state === 'behind' && health.behindMs !== null;
  const words = isBehind ? `behind by ${spanText(health.behindMs ?? 0)}` : STATES[health.state];
  return (
    <span class={`state ${health.state}`} data-portal={portal.id}>
      {words}
    </span>
  );
}

function Figures({ health, isOut }: { readonly health: PortalHealth; readonly isOut: boolean }) {
  if (!isOut) return null;
  const { lately, waiting, letters } = health;
  return (
    <dl class="figures">
      <Figure name="waiting" value={waiting >= 100 ? '100+' : `${waiting}`} isBad={health.state === 'behind'} />
      {lately.messages > 0 && (
        <Figure name="newest that arrived" value={`${lately.there} of ${lately.messages}`} isBad={false} />
      )}
      {lately.summedUp > 0 && <Figure name="told in one line" value={`${lately.summedUp}`} isBad={false} />}
      {lately.failed > 0 && <Figure name="failed" value={`${lately.failed}`} isBad />}
      {lately.unknown > 0 && <Figure name="in doubt" value={`${lately.unknown}`} isBad />}
      {letters > 0 && <Figure name="given up, kept for the operator" value={`${letters}`} isBad />}
    </dl>
  );
}

function Figure({ name, value, isBad }: { readonly name: string; readonly value: string; readonly isBad: boolean }) {
  return (
    <div class={isBad ? 'bad' : ''}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function roomOf({ platform, roomName, room }: ShownPortal): string {
  return `${platformName(platform)}, ${roomName ?? room}`;
}
