import { useState } from 'preact/hooks';
import type { ShownSetting } from '../../../core/plugin/asked/admin.ts';
import { useAsked } from '../asked.ts';
import { groupBy } from '../group-by.ts';
import type { PanelProps } from '../panel.ts';
import '../parts/admin.css';

/** The configuration as it is in force, and where each value came from. It is changed by its file or the environment. */
export function ConfigurationPanel({ hub: { client } }: PanelProps) {
  const { value, say } = useAsked(client, 'configuration', {});
  const [isOnlySet, setOnlySet] = useState(false);
  if (say !== null) return <p class="problem">{say}</p>;
  if (value === null) return <p class="soft">Loading…</p>;
  const shown = value.settings.filter(({ source }) => !isOnlySet || source !== 'default');
  return (
    <>
      <p class="soft">
        As this hub was started. To change a value, set it in the configuration file or by its variable, and start the
        hub again.
      </p>
      <Kept settings={value.settings} />
      <label class="check">
        <input type="checkbox" checked={isOnlySet} onChange={(event) => setOnlySet(event.currentTarget.checked)} />
        Only what was set, not what is usual
      </label>
      {shown.length === 0 && <p class="soft">Nothing was set: all of it is as usual.</p>}
      {[...groupBy(shown, ({ field }) => /^(\w+)[.[]/.exec(field)?.[1] ?? 'general')].map(([name, settings]) => (
        <section key={name} class="card" aria-label={name}>
          <h3>{name}</h3>
          <dl class="settings-in-force">
            {settings.map((setting) => (
              <Line key={setting.field} setting={setting} />
            ))}
          </dl>
        </section>
      ))}
    </>
  );
}

const KEPT: readonly (readonly [field: string, what: string])[] = [
  ['retention.messagesDays', 'Messages'],
  ['media.keepDays', 'Pictures and files'],
  ['retention.seenDays', 'Who was in a channel, and when'],
  ['retention.auditDays', 'Acts of moderation'],
];

/** How long what is written down is kept. */
function Kept({ settings }: { readonly settings: readonly ShownSetting[] }) {
  return (
    <section class="card" aria-labelledby="kept">
      <h3 id="kept">How long things are kept</h3>
      <ul class="lines">
        {KEPT.map(([field, what]) => {
          const setting = settings.find((one) => one.field === field);
          if (setting === undefined) return null;
          return (
            <li key={field}>
              <p>
                <b>{what}</b>
              </p>
              <span>{setting.isSet ? daysIn(setting.value) : 'until they are erased'}</span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function daysIn(value: string | null): string {
  return value === '1' ? 'one day' : `${value} days`;
}

function Line({ setting }: { readonly setting: ShownSetting }) {
  const { field, describe, value, isSecret, isSet, source, where, variable } = setting;
  return (
    <div>
      <dt>
        <code>{field}</code>
        <span class="hint">{describe}</span>
      </dt>
      <dd>
        <span class="value">{isSecret ? (isSet ? 'set, hidden' : 'not set') : value}</span>
        <span class="hint">
          {source === 'default' ? (
            <>
              as usual; <code>{variable}</code> sets it
            </>
          ) : (
            <>
              {source === 'file' ? 'from the file, ' : 'from the environment, '}
              <code>{where}</code>
            </>
          )}
        </span>
      </dd>
    </div>
  );
}
