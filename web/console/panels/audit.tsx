import { useState } from 'preact/hooks';
import type { AuditedAct, NamedUser } from '../../../core/domain/audited.ts';
import { useAsked } from '../asked.ts';
import type { PanelProps } from '../panel.ts';
import { shortTime } from '../time.ts';

const PAGE = 50;

/** Who did what to whom, why, and with what effect. */
export function AuditPanel({ hub: { client }, channel }: PanelProps) {
  const [before, setBefore] = useState<number | null>(null);
  const { value, say } = useAsked(client, 'audit', { channel: channel.id, before, limit: PAGE });
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
        <b>{by === null ? 'The hub' : nameOf(by)}</b> {act.act}
        {target !== null && <b> {nameOf(target)}</b>}
        {until !== null && <span> until {shortTime(until)}</span>}
        {reason !== null && <q>{reason}</q>}
        {effect !== null && <span class="soft effect">{effect}</span>}
      </p>
    </li>
  );
}

function nameOf({ name, platform, user }: NamedUser): string {
  return `${name ?? user}${platform === null ? '' : ` (${platform})`}`;
}
