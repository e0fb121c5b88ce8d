import type { TargetedInputEvent } from 'preact';
import { useState } from 'preact/hooks';
import { toast } from '../../chat/state/toast.ts';
import { OVERLAY_FIELDS, type OverlayField, overlayQuery } from '../overlay-fields.ts';
import type { PanelProps } from '../panel.ts';
import { OverlayTokens } from './overlay-tokens.tsx';

/** Makes the link of an overlay for OBS, and shows how it will look. */
export function OverlayPanel({ hub, channel }: PanelProps) {
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const query = overlayQuery(channel.id, values);
  const link = new URL(`/overlay?${query}`, location.origin).href;
  const set = (name: string, value: string): void => setValues((before) => ({ ...before, [name]: value }));

  async function copy(): Promise<void> {
    await navigator.clipboard.writeText(link);
    toast('Copied. Add it in OBS as a browser source.');
  }

  return (
    <div class="builder">
      <div class="card">
        {OVERLAY_FIELDS.map((field) => (
          <Field key={field.name} field={field} value={values[field.name] ?? field.usual} onChange={set} />
        ))}
      </div>
      <div class="preview-side">
        <iframe class="preview" title="How the overlay looks" src={`/overlay?${query}&demo=1`} />
        <p class="hint">
          Twitch’s simulcast terms restrict showing chat merged from other services on a Twitch stream. For a stream on
          Twitch alone, choose “twitch” under platforms. What is shown is your responsibility.
        </p>
        <label class="field">
          <span>Link</span>
          <input class="input" readOnly value={link} onFocus={(event) => event.currentTarget.select()} />
        </label>
        <button type="button" class="button primary" onClick={() => void copy()}>
          Copy the link
        </button>
        <OverlayTokens hub={hub} channel={channel} link={link} />
      </div>
    </div>
  );
}

function Field(props: {
  readonly field: OverlayField;
  readonly value: string;
  readonly onChange: (name: string, value: string) => void;
}) {
  const { field, value } = props;
  const id = `overlay-${field.name}`;
  const change = (next: string): void => props.onChange(field.name, next);
  if (field.kind === 'flag') {
    return (
      <label class="check">
        <input
          type="checkbox"
          checked={value === '1'}
          onChange={(event) => change(event.currentTarget.checked ? '1' : '0')}
        />
        {field.label}
      </label>
    );
  }
  const input = {
    id,
    class: 'input',
    value,
    placeholder: field.kind === 'choice' ? '' : (field.hint ?? ''),
    onInput: (event: TargetedInputEvent<HTMLInputElement>) => change(event.currentTarget.value),
  };
  return (
    <div class="field">
      <label for={id}>
        <b>{field.label}</b>
      </label>
      {field.kind === 'choice' ? (
        <select id={id} class="input" value={value} onChange={(event) => change(event.currentTarget.value)}>
          {field.choices.map((choice) => (
            <option key={choice} value={choice}>
              {choice}
            </option>
          ))}
        </select>
      ) : field.kind === 'number' ? (
        <input {...input} type="number" />
      ) : (
        <input {...input} type="text" />
      )}
    </div>
  );
}
