import { useState } from 'preact/hooks';
import type { AuditedAct } from '../../../core/domain/audited.ts';
import { toast } from '../../chat/state/toast.ts';
import { LIVE_MS, useAsked } from '../asked.ts';
import type { PanelProps } from '../panel.ts';
import { actWords } from '../parts/act-words.ts';
import { saveFile } from '../parts/save-file.ts';
import { whoText } from '../parts/who.tsx';
import { shortTime } from '../time.ts';

const PAGE = 50;
/** Of a hundred lines each. */
const MOST_PAGES = 50;

/** Who did what to whom, why, and with what effect. */
export function AuditPanel({ hub: { client }, channel }: PanelProps) {
  const [before, setBefore] = useState<number | null>(null);
  const { value, say } = useAsked(client, 'audit', { channel: channel.id, before, limit: PAGE }, LIVE_MS);
  async function download(): Promise<void> {
    const acts: AuditedAct[] = [];
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const answer = await client.ask('audit', { channel: channel.id, before: acts.at(-1)?.id ?? null, limit: 100 });
      if (!answer.ok) return toast(answer.say);
      acts.push(...answer.value.acts);
      if (answer.value.acts.length < 100) break;
    }
    saveFile(`audit-${channel.id}.csv`, 'text/csv', csvOf(acts));
  }
  if (say !== null) return <p class="problem">{say}</p>;
  if (value === null) return <p class="soft">Loading…</p>;
  const last = value.acts.at(-1);
  return (
    <>
      {value.acts.length === 0 && <p class="soft">Nothing yet.</p>}
      <ol class="lines">
        {value.acts.map((act) => (
          <Line key={act.id} act={act} />
        ))}
      </ol>
      <div class="acts">
        <button type="button" class="button" onClick={() => void download()}>
          Download CSV
        </button>
        {before !== null && (
          <button type="button" class="button" onClick={() => setBefore(null)}>
            Newest
          </button>
        )}
        {value.acts.length === PAGE && last !== undefined && (
          <button type="button" class="button" onClick={() => setBefore(last.id)}>
            Older
          </button>
        )}
      </div>
    </>
  );
}

function Line({ act }: { readonly act: AuditedAct }) {
  const { by, target, reason, until, effect } = act;
  return (
    <li>
      <time dateTime={new Date(act.at).toISOString()}>{shortTime(act.at)}</time>
      <p>
        <b>{by === null ? 'The hub' : whoText(by)}</b> {actWords(act.act)}
        {target !== null && (
          <>
            {' '}
            <b>{whoText(target)}</b>
          </>
        )}
        {until !== null && ` until ${shortTime(until)}`}
        {reason !== null && <span class="soft effect">{reason}</span>}
        {effect !== null && <span class="soft effect">{effect}</span>}
      </p>
    </li>
  );
}

/** Pure. A cell that a table calculator would take for a formula begins with a quote. */
function csvOf(acts: readonly AuditedAct[]): string {
  const cell = (text: string): string => `"${(/^[=+\-@\t]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
  const rows = acts.map(({ at, by, act, target, until, reason, effect }) => [
    new Date(at).toISOString(),
    by === null ? 'the hub' : whoText(by),
    act,
    target === null ? '' : whoText(target),
    until === null ? '' : new Date(until).toISOString(),
    reason ?? '',
    effect ?? '',
  ]);
  const head = ['when', 'who', 'what', 'whom', 'until', 'why', 'effect'];
  return [head, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}
