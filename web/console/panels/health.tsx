import type { HubHealth, ShownBridge } from '../../../core/plugin/asked/admin.ts';
import { useAsked } from '../asked.ts';
import type { PanelProps } from '../panel.ts';
import '../parts/admin.css';
import { When } from '../parts/when.tsx';

const EVERY_MS = 10_000;
const STATES = {
  live: 'live',
  standby: 'another hub runs it',
  starting: 'starts',
  failed: 'fails, is tried again',
  paused: 'stands still until it is mended',
  stopped: 'stopped',
} as const;
const CHECKS: Readonly<Record<string, string>> = {
  store: 'Live store',
  archive: 'Archive',
  bridges: 'Bridges',
  safety: 'Safety of what is stored',
  rooms: 'Rooms',
  portals: 'Sending to rooms',
};
const ROOMS: Readonly<Record<number, string>> = { 0: 'No linked room', 1: 'One linked room' };
const LEVELS = { ok: 'ok', warn: 'look at it', down: 'down' } as const;

/** How the hub and its bridges fare. */
export function HealthPanel({ hub: { client } }: PanelProps) {
  const { value, say } = useAsked(client, 'health', {}, EVERY_MS);
  if (say !== null) return <p class="problem">{say}</p>;
  if (value === null) return <p class="soft">Loading…</p>;
  return (
    <>
      <section class="card" aria-labelledby="hub-state">
        <h3 id="hub-state">
          The hub <span class={value.isReady ? 'tag good' : 'tag bad'}>{value.isReady ? 'ready' : 'not ready'}</span>
        </h3>
        <p class="soft">
          Version {value.version}, {value.store === 'redis' ? 'live state in Redis' : 'embedded store'}, runs since{' '}
          <When at={value.startedAt} />. This is <code>{value.hub}</code>.
        </p>
        <Checks checks={value.checks} />
        {value.deadLetters > 0 && (
          <p>
            <a href="#letters">{value.deadLetters} could not be delivered</a>
          </p>
        )}
      </section>
      <section class="card" aria-labelledby="bridges">
        <h3 id="bridges">Bridges</h3>
        {value.bridges.length === 0 && <p class="soft">No bridge is configured.</p>}
        <ul class="lines roomy">
          {value.bridges.map((bridge) => (
            <Bridge key={bridge.id} bridge={bridge} />
          ))}
        </ul>
      </section>
    </>
  );
}

function Checks({ checks }: Pick<HubHealth, 'checks'>) {
  return (
    <ul class="lines">
      {checks.map(({ name, status, say }) => (
        <li key={name}>
          <p>
            <b>{CHECKS[name] ?? name}</b> {say !== '' && <span class="soft">{say}</span>}
          </p>
          <span class={status === 'ok' ? 'tag good' : 'tag bad'}>{LEVELS[status]}</span>
        </li>
      ))}
    </ul>
  );
}

function Bridge({ bridge }: { readonly bridge: ShownBridge }) {
  const { id, platform, state, since, restarts, lastError, rooms, broken, isRequired } = bridge;
  const isWell = state === 'live' || state === 'standby';
  return (
    <li>
      <div class="grow">
        <p>
          <b>{id}</b> {platform !== null && platform !== id && <span class="tag">{platform}</span>}{' '}
          {isRequired && <span class="tag">required</span>}
        </p>
        <p class="soft">
          {ROOMS[rooms] ?? `${rooms} linked rooms`}; so since <When at={since} />
          {restarts > 0 && `; started again ${restarts === 1 ? 'once' : `${restarts} times`}`}
        </p>
        {lastError !== null && (
          <p>
            {isWell ? 'Last failure' : 'Why'}, <When at={lastError.at} />: {lastError.say}
          </p>
        )}
        {broken.map(({ room, say }) => (
          <p key={room}>
            <b>{room}</b>: {say}
          </p>
        ))}
      </div>
      <span class={isWell ? 'tag good' : state === 'starting' ? 'tag' : 'tag bad'}>{STATES[state]}</span>
    </li>
  );
}
