import { useState } from 'preact/hooks';
import type { AuditedAct, NamedUser } from '../../../core/domain/audited.ts';
import { isUnnoticed, setUnnoticed } from '../../chat/state/unnoticed.ts';
import { useAsked } from '../asked.ts';
import type { PanelProps } from '../panel.ts';
import '../parts/admin.css';
import { When } from '../parts/when.tsx';
import { Switch } from './modes.tsx';

const PAGE = 50;
const WORDS: Readonly<Record<string, string>> = {
  'make-dj': 'made a DJ of',
  'dismiss-dj': 'ended being a DJ of',
  'make-admin': 'made an admin of',
  'dismiss-admin': 'ended being an admin of',
  disable: 'disabled the account of',
  enable: 'enabled the account of',
  'sign-up-link': 'made an invitation',
  'sign-up-link-end': 'ended an invitation',
  'letters-retry': 'tried to deliver again',
  'letters-drop': 'gave up',
  token: 'made a token for',
  'token-revoke': 'revoked a token of',
  unnoticed: 'read unnoticed in',
  erase: 'forgot',
};

/** What admins did to the hub as a whole; and whether this admin reads unnoticed. */
export function HubAuditPanel({ hub: { client } }: PanelProps) {
  const [before, setBefore] = useState<number | null>(null);
  const [isHidden, setHidden] = useState(isUnnoticed());
  const { value, say } = useAsked(client, 'hub-audit', { before, limit: PAGE });
  const last = value?.acts.at(-1);
  return (
    <>
      <section class="card" aria-label="Reading unnoticed">
        <Switch
          label="Read public channels unnoticed"
          hint="In this browser, from the next channel you open: you are in no list and no count, and write nothing until you show yourself. Each channel you read so is written down below."
          isOn={isHidden}
          onChange={(isOn) => {
            setUnnoticed(isOn);
            setHidden(isOn);
          }}
        />
      </section>
      {say !== null && <p class="problem">{say}</p>}
      {value?.acts.length === 0 && <p class="soft">Nothing yet.</p>}
      <ol class="lines" aria-label="What admins did">
        {value?.acts.map((act) => (
          <Line key={act.id} act={act} />
        ))}
      </ol>
      <div class="acts">
        {before !== null && (
          <button type="button" class="button" onClick={() => setBefore(null)}>
            Newest
          </button>
        )}
        {value?.acts.length === PAGE && last !== undefined && (
          <button type="button" class="button" onClick={() => setBefore(last.id)}>
            Older
          </button>
        )}
      </div>
    </>
  );
}

function Line({ act: { at, act, by, target, reason } }: { readonly act: AuditedAct }) {
  return (
    <li>
      <p>
        <b>{by === null ? 'The hub' : nameOf(by)}</b> {WORDS[act] ?? act}
        {target !== null && <b> {nameOf(target)}</b>}
        {reason !== null && <span class="soft"> {reason}</span>}
      </p>
      <span class="soft">
        <When at={at} />
      </span>
    </li>
  );
}

function nameOf({ name, user }: NamedUser): string {
  return name ?? user;
}
