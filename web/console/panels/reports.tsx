import { act, useAsked } from '../asked.ts';
import { MessageCard } from '../message.tsx';
import type { PanelProps } from '../panel.ts';
import { useQueueKeys } from '../queue-keys.ts';

const EVERY_MS = 5_000;

/** What people reported. Upheld: it is deleted everywhere. Dismissed: it is shown again. */
export function ReportsPanel({ hub: { client }, channel }: PanelProps) {
  const { value, say, reload } = useAsked(client, 'reports', { channel: channel.id, limit: 50 }, EVERY_MS);
  const reported = value?.reported ?? [];
  async function decide(at: number, as: 'upheld' | 'dismissed'): Promise<void> {
    const one = reported[at];
    if (one === undefined) return;
    await act(client, 'decide-reports', { channel: one.channel, message: one.message.id, as, reason: null });
    reload();
  }
  const keys = useQueueKeys(reported.length, {
    a: (at) => void decide(at, 'dismissed'),
    d: (at) => void decide(at, 'upheld'),
  });
  if (say !== null) return <p class="problem">{say}</p>;
  if (value === null) return <p class="soft">Loading…</p>;
  if (reported.length === 0) return <p class="soft">Nothing is reported.</p>;
  return (
    <ol class="cards" onKeyDown={keys.onKeyDown}>
      {reported.map((one, at) => (
        <li key={one.message.id} class="card" {...keys.item(at)}>
          <MessageCard message={one.message} />
          <ul class="facts">
            {one.isHidden && <li class="warn">Hidden until you decide</li>}
            {one.reports.map((report) => (
              <li key={report.by.user}>
                {report.by.name ?? 'Somebody'}: {report.reason ?? 'no reason given'}
              </li>
            ))}
            <li>Karma {Math.round(one.karma)}</li>
          </ul>
          <div class="acts">
            <button type="button" class="button" onClick={() => void decide(at, 'dismissed')}>
              Dismiss
            </button>
            <button type="button" class="button danger" onClick={() => void decide(at, 'upheld')}>
              Delete
            </button>
          </div>
        </li>
      ))}
    </ol>
  );
}
