import { useState } from 'preact/hooks';
import type { ListedEvent } from '../../../core/plugin/asked/table.ts';
import { act, useAsked } from '../asked.ts';
import { isAtLeast } from '../hub.ts';
import type { PanelProps } from '../panel.ts';
import { shortTime } from '../time.ts';

const EVERY_MS = 15_000;
const STATES = {
  scheduled: 'Scheduled',
  warmup: 'Warm-up',
  live: 'Live',
  ended: 'Ended, the chat stays open for a while',
  archived: 'Over',
  cancelled: 'Cancelled',
} as const;
/** What the DJ may do next in each state. */
const TURNS = {
  scheduled: ['start', 'cancel'],
  warmup: ['start', 'cancel'],
  live: ['end'],
  ended: ['resume'],
  archived: [],
  cancelled: [],
} as const;
const LABELS = { start: 'Go live', end: 'End the event', resume: 'Resume', cancel: 'Cancel it' } as const;

/** The live switch and what is planned. */
export function LivePanel({ hub: { client }, channel }: PanelProps) {
  const { value, say, reload } = useAsked(client, 'events', { channel: channel.id }, EVERY_MS);
  const isDj = isAtLeast(channel, 'dj') && channel.kind !== 'mega';
  async function turn(event: ListedEvent, to: keyof typeof LABELS): Promise<void> {
    await act(client, 'turn-event', { event: event.id, turn: to });
    reload();
  }
  if (say !== null) return <p class="problem">{say}</p>;
  if (value === null) return <p class="soft">Loading…</p>;
  return (
    <>
      {value.events.length === 0 && <p class="soft">No live event is planned.</p>}
      <ol class="cards">
        {value.events.map((event) => (
          <li key={event.id} class={`card event ${event.state}`}>
            <h3>{event.title}</h3>
            <p>
              <span class={event.state === 'live' ? 'tag live' : 'tag'}>{STATES[event.state]}</span>{' '}
              <span class="soft">{shortTime(event.startedAt ?? event.startsAt)}</span>
            </p>
            {isDj && (
              <div class="acts">
                {TURNS[event.state].map((to) => (
                  <button
                    key={to}
                    type="button"
                    class={to === 'start' || to === 'resume' ? 'button primary' : 'button'}
                    onClick={() => void turn(event, to)}
                  >
                    {LABELS[to]}
                  </button>
                ))}
              </div>
            )}
          </li>
        ))}
      </ol>
      {isDj && <Plan hub={client} channel={channel.id} onDone={reload} />}
    </>
  );
}

function Plan(props: {
  readonly hub: PanelProps['hub']['client'];
  readonly channel: string;
  readonly onDone: () => void;
}) {
  const [title, setTitle] = useState('');
  const [when, setWhen] = useState('');
  async function plan(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const startsAt = new Date(when).getTime();
    if (Number.isNaN(startsAt)) return;
    const of = { channel: props.channel, title, startsAt: startsAt as ListedEvent['startsAt'] };
    if ((await act(props.hub, 'plan-event', of)) === null) return;
    setTitle('');
    setWhen('');
    props.onDone();
  }
  return (
    <form class="card inline" onSubmit={(event) => void plan(event)}>
      <h3>Plan a live event</h3>
      <label class="field">
        <span>Title</span>
        <input
          class="input"
          required
          maxLength={120}
          value={title}
          onInput={(event) => setTitle(event.currentTarget.value)}
        />
      </label>
      <label class="field">
        <span>Starts</span>
        <input
          class="input"
          type="datetime-local"
          required
          value={when}
          onInput={(event) => setWhen(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="button primary">
        Plan it
      </button>
    </form>
  );
}
