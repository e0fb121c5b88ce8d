import { useState } from 'preact/hooks';
import { ACCEPTANCES, MAX_RULES_UTF16 } from '../../../core/domain/house-rules.ts';
import type { HouseRulesQuestions } from '../../../core/plugin/asked/house-rules.ts';
import { toast } from '../../chat/state/toast.ts';
import { act, LIVE_MS, useAsked } from '../asked.ts';
import { isAtLeast } from '../hub.ts';
import type { PanelProps } from '../panel.ts';
import { whoText } from '../parts/who.tsx';
import { shortTime } from '../time.ts';

type Versions = HouseRulesQuestions['house-rules-versions'][1];
const ACCEPTED = {
  off: 'nobody needs to',
  'where-private': 'before posting, where they can be asked in private',
  everywhere: 'before posting, on every platform',
} as const;

/** What the DJ asks of people here: the text with its preview, who must accept it, and every version there was. */
export function HouseRulesPanel({ hub: { client }, channel }: PanelProps) {
  const { value, say, reload } = useAsked(client, 'house-rules-versions', { channel: channel.id }, LIVE_MS);
  const settings = useAsked(client, 'settings', { channel: channel.id });
  const isDj = isAtLeast(channel, 'dj');

  async function accept(text: string): Promise<void> {
    const acceptance = ACCEPTANCES.find((one) => one === text);
    if (acceptance === undefined) return;
    const done = await act(client, 'set-settings', { channel: channel.id, change: { acceptance } });
    if (done !== null) toast('Saved.');
    settings.reload();
  }

  if (say !== null) return <p class="problem">{say}</p>;
  if (value === null) return <p class="soft">Loading…</p>;
  return (
    <>
      {value.of !== null && value.of !== channel.id && (
        <p class="soft">The rules of the DJ’s channel hold here; what you set here holds instead of them.</p>
      )}
      {isDj ? (
        <Editor client={client} channel={channel.id} versions={value} onSaved={reload} />
      ) : (
        <p class="rules-text card">{textOf(value) || 'There are no rules.'}</p>
      )}
      <section class="card" aria-label="Who accepts them">
        <label class="field">
          <span>People accept them</span>
          <select
            class="input"
            disabled={!isDj || settings.value === null}
            value={settings.value?.settings.acceptance ?? 'off'}
            onChange={(event) => void accept(event.currentTarget.value)}
          >
            {ACCEPTANCES.map((one) => (
              <option key={one} value={one}>
                {ACCEPTED[one]}
              </option>
            ))}
          </select>
        </label>
        <p class="soft">
          {value.waiting === 0
            ? 'No message waits for it now.'
            : value.waiting === 1
              ? 'One message waits until its author accepts.'
              : `${value.waiting} messages wait until their authors accept.`}
        </p>
      </section>
      <h3>Versions</h3>
      {value.versions.length === 0 && <p class="none">There were never any rules.</p>}
      <ol class="lines" aria-label="Versions">
        {value.versions.map((one) => (
          <li key={one.version}>
            <time dateTime={new Date(one.setAt).toISOString()}>{shortTime(one.setAt)}</time>
            <div class="version">
              <p>
                <b>Version {one.version}</b> {one.by !== null && <span class="soft">by {whoText(one.by)}</span>}
              </p>
              <p class="rules-text soft">{one.text === '' ? 'The rules were taken away.' : one.text}</p>
            </div>
            <span class="tag">{one.accepted === 1 ? '1 accepted' : `${one.accepted} accepted`}</span>
          </li>
        ))}
      </ol>
    </>
  );
}

function textOf({ of, versions }: Versions): string {
  return of === null ? '' : (versions[0]?.text ?? '');
}

function Editor(props: {
  readonly client: PanelProps['hub']['client'];
  readonly channel: string;
  readonly versions: Versions;
  readonly onSaved: () => void;
}) {
  const now = textOf(props.versions);
  const [draft, setDraft] = useState<string | null>(null);
  const text = draft ?? now;
  const isChanged = draft !== null && draft.trim() !== now;

  async function save(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const done = await act(props.client, 'set-house-rules', { channel: props.channel, text });
    if (done === null) return;
    toast(text.trim() === '' ? 'There are no rules any more.' : 'Saved. Everybody is asked again.');
    setDraft(null);
    props.onSaved();
  }

  return (
    <form class="card" onSubmit={(event) => void save(event)}>
      <div class="editor">
        <label class="field">
          <span>Rules</span>
          <textarea
            class="input words"
            rows={10}
            maxLength={MAX_RULES_UTF16}
            value={text}
            onInput={(event) => setDraft(event.currentTarget.value)}
          />
          <span class="hint">
            {text.length} of {MAX_RULES_UTF16} characters. Plain text; an empty one takes them away.
          </span>
        </label>
        <section class="rules-preview" aria-label="Preview">
          <h3>As people see them</h3>
          <p class="rules-text">{text.trim() === '' ? 'There are no rules.' : text}</p>
        </section>
      </div>
      <div class="acts">
        <button type="submit" class="button primary" disabled={!isChanged}>
          Save as version {(props.versions.versions[0]?.version ?? 0) + 1}
        </button>
        <button type="button" class="button" disabled={!isChanged} onClick={() => setDraft(null)}>
          Back to what holds
        </button>
      </div>
    </form>
  );
}
