import type { Client } from '../../../client/index.ts';
import type { ShownDelivery } from '../../../core/plugin/asked/hooks-out.ts';
import { toast } from '../../chat/state/toast.ts';
import { act, useAsked } from '../asked.ts';
import { When } from '../parts/when.tsx';

const STATES = { waiting: 'waits', done: 'arrived', dead: 'given up' } as const;
const CLASSES = { waiting: 'tag', done: 'tag good', dead: 'tag bad' } as const;
const EVERY_MS = 5_000;

interface Props {
  readonly client: Client;
  readonly of: { readonly channel: string; readonly id: string };
}

/** The last twenty, newest first. */
export function DeliveryList({ client, of }: Props) {
  const { value, say, reload } = useAsked(client, 'hook-deliveries', { ...of, limit: 20 }, EVERY_MS);
  async function again({ id }: ShownDelivery): Promise<void> {
    const tried = await act(client, 'redeliver', { ...of, delivery: id });
    if (tried !== null)
      toast(tried.arrived ? `It arrived (${tried.status}).` : `Not arrived: ${tried.say ?? tried.status}`);
    reload();
  }
  if (say !== null) return <p class="problem">{say}</p>;
  if (value === null) return <p class="soft">Loading…</p>;
  if (value.deliveries.length === 0) return <p class="soft">Nothing was sent yet.</p>;
  return (
    <ol class="deliveries grow" aria-label="Last deliveries">
      {value.deliveries.map((one) => (
        <li key={one.id}>
          <div class="delivery-line">
            <span class={CLASSES[one.state]}>{STATES[one.state]}</span>
            <b>{one.kind}</b>
            <span class="soft">
              <When at={one.triedAt} />
              {one.status !== null && `, status ${one.status}`}
              {one.tries > 1 && `, ${one.tries} tries`}
              {one.say !== null && `: ${one.say}`}
            </span>
            <button type="button" class="button" onClick={() => void again(one)}>
              Redeliver
            </button>
          </div>
          {one.payload === null ? (
            <p class="soft">What it told is gone, or not for its owner any more.</p>
          ) : (
            <details>
              <summary>Payload</summary>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must by keyboard too */}
              <pre tabIndex={0}>{pretty(one.payload)}</pre>
            </details>
          )}
        </li>
      ))}
    </ol>
  );
}

function pretty(json: string): string {
  try {
    const value: unknown = JSON.parse(json);
    return JSON.stringify(value, null, 2);
  } catch {
    return json;
  }
}
