import { useState } from 'preact/hooks';
import type { Client } from '../../../client/index.ts';
import type { ListedEvent } from '../../../core/plugin/asked/table.ts';
import { act } from '../asked.ts';

const MINUTE_MS = 60_000;

/** Plans a show, or begins one now. */
export function PlanEvent(props: {
  readonly client: Client;
  readonly channel: string;
  /** None is on. */
  readonly mayStart: boolean;
  readonly onDone: () => void;
}) {
  const { client, channel } = props;
  const [title, setTitle] = useState('');
  const [when, setWhen] = useState('');
  async function plan(startsAt: number, isNow: boolean): Promise<void> {
    if (Number.isNaN(startsAt) || title.trim() === '') return;
    const made = await act(client, 'plan-event', { channel, title, startsAt: startsAt as ListedEvent['startsAt'] });
    if (made !== null && isNow) await act(client, 'turn-event', { event: made.event.id, turn: 'start' });
    if (made === null) return;
    setTitle('');
    setWhen('');
    props.onDone();
  }
  return (
    <form
      class="card inline"
      onSubmit={(event) => {
        event.preventDefault();
        void plan(new Date(when).getTime(), false);
      }}
    >
      <h3>Plan a show</h3>
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
      <div class="acts">
        <button type="submit" class="button primary">
          Plan it
        </button>
        {props.mayStart && (
          <button
            type="button"
            class="button"
            disabled={title.trim() === ''}
            onClick={() => void plan(Date.now() + MINUTE_MS, true)}
          >
            Go live now
          </button>
        )}
      </div>
    </form>
  );
}

/** Another title or time for a show that is planned. */
export function ChangeEvent(props: {
  readonly client: Client;
  readonly event: ListedEvent;
  readonly onDone: () => void;
}) {
  const { event } = props;
  const [title, setTitle] = useState(event.title);
  const [when, setWhen] = useState(localTime(event.startsAt));
  async function save(submit: SubmitEvent): Promise<void> {
    submit.preventDefault();
    const startsAt = new Date(when).getTime() as ListedEvent['startsAt'];
    const isMoved = when !== localTime(event.startsAt);
    const of = { event: event.id, title, startsAt: isMoved ? startsAt : null };
    if ((await act(props.client, 'change-event', of)) !== null) props.onDone();
  }
  return (
    <form class="inline" onSubmit={(submit) => void save(submit)}>
      <label class="field">
        <span>Title</span>
        <input
          class="input"
          required
          maxLength={120}
          value={title}
          onInput={(input) => setTitle(input.currentTarget.value)}
        />
      </label>
      <label class="field">
        <span>Starts</span>
        <input
          class="input"
          type="datetime-local"
          required
          value={when}
          onInput={(input) => setWhen(input.currentTarget.value)}
        />
      </label>
      <button type="submit" class="button primary">
        Save
      </button>
    </form>
  );
}

/** As a field of date and time has it, in the time of this machine. */
function localTime(at: number): string {
  const date = new Date(at);
  return new Date(at - date.getTimezoneOffset() * MINUTE_MS).toISOString().slice(0, 16);
}
