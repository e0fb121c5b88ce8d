import type { ChannelSettings, RuleSettings } from '../../../core/domain/channel-settings.ts';
import { toast } from '../../chat/state/toast.ts';
import { act, useAsked } from '../asked.ts';
import { isAtLeast } from '../hub.ts';
import type { PanelProps } from '../panel.ts';

const SLOW_STEPS = [0, 5, 10, 30, 60, 300] as const;

/** How calm the channel is kept, and by which rules. */
export function ModesPanel({ hub: { client }, channel }: PanelProps) {
  const { value, say, reload } = useAsked(client, 'settings', { channel: channel.id });
  if (say !== null) return <p class="problem">{say}</p>;
  if (value === null) return <p class="soft">Loading…</p>;
  const { settings, mode } = value;
  const isDj = isAtLeast(channel, 'dj');

  async function change(part: Partial<ChannelSettings>): Promise<void> {
    const done = await act(client, 'set-settings', { channel: channel.id, change: part });
    if (done !== null) toast('Saved.');
    reload();
  }
  const rules = (part: Partial<RuleSettings>): Promise<void> => change({ rules: { ...settings.rules, ...part } });
  async function mood(kind: 'set-slow' | 'set-shield', of: { seconds: number } | { isOn: boolean }): Promise<void> {
    const done = await act(client, kind, { channel: channel.id, ...of });
    if (done !== null) toast(done.say);
    reload();
  }

  return (
    <>
      <section class="card">
        <h3>Now</h3>
        <label class="field">
          <span>Slow mode</span>
          <select
            class="input"
            value={mode.slowSeconds}
            onChange={(event) => void mood('set-slow', { seconds: Number(event.currentTarget.value) })}
          >
            {[...new Set([...SLOW_STEPS, mode.slowSeconds])].map((seconds) => (
              <option key={seconds} value={seconds}>
                {seconds === 0 ? 'off' : `one message in ${seconds} s`}
              </option>
            ))}
          </select>
        </label>
        <Switch
          label="Shield mode"
          hint="Newcomers wait for you, links are off, everybody is slow."
          isOn={mode.isShielded}
          onChange={(isOn) => void mood('set-shield', { isOn })}
        />
      </section>
      <fieldset class="card" disabled={!isDj}>
        <legend>Rules</legend>
        {!isDj && <p class="soft">Only the DJ changes these.</p>}
        <Switch
          label="No floods"
          hint={`At most ${settings.rules.flood.count} messages in ${settings.rules.flood.seconds} s.`}
          isOn={settings.rules.flood.isOn}
          onChange={(isOn) => void rules({ flood: { ...settings.rules.flood, isOn } })}
        />
        <label class="field">
          <span>Links</span>
          <select
            class="input"
            value={settings.rules.links}
            onChange={(event) => {
              const links = (['all', 'not-newcomers', 'none'] as const).find(
                (one) => one === event.currentTarget.value,
              );
              if (links !== undefined) void rules({ links });
            }}
          >
            <option value="all">from everybody</option>
            <option value="not-newcomers">not from newcomers</option>
            <option value="none">from nobody</option>
          </select>
        </label>
        <Switch
          label="Few mentions"
          hint={`At most ${settings.rules.mentions.most} in a message.`}
          isOn={settings.rules.mentions.isOn}
          onChange={(isOn) => void rules({ mentions: { ...settings.rules.mentions, isOn } })}
        />
        <Switch
          label="No shouting"
          hint="Crowds shout: off unless you ask for it."
          isOn={settings.rules.shouting}
          onChange={(shouting) => void rules({ shouting })}
        />
        <Switch
          label="No repeated text"
          hint="Crowds repeat themselves, too."
          isOn={settings.rules.repeatedText}
          onChange={(repeatedText) => void rules({ repeatedText })}
        />
        <label class="field">
          <span>Words that wait for a moderator</span>
          <textarea
            class="input words"
            defaultValue={settings.rules.heldWords.join('\n')}
            onChange={(event) => void rules({ heldWords: wordsOf(event.currentTarget.value) })}
          />
          <span class="hint">One in each line.</span>
        </label>
        <label class="field">
          <span>Pictures are covered</span>
          <select
            class="input"
            value={settings.blur}
            onChange={(event) => {
              const blur = (['all', 'newcomers', 'off'] as const).find((one) => one === event.currentTarget.value);
              if (blur !== undefined) void change({ blur });
            }}
          >
            <option value="all">all, until marked safe</option>
            <option value="newcomers">those of newcomers</option>
            <option value="off">none</option>
          </select>
        </label>
        <label class="field">
          <span>Reports that hide a message</span>
          <input
            class="input"
            type="number"
            min={0}
            max={50}
            value={settings.reportsToHide}
            onChange={(event) => void change({ reportsToHide: Number(event.currentTarget.value) })}
          />
          <span class="hint">0: never by themselves.</span>
        </label>
        <Switch
          label="Moderators may ban"
          hint="Until the event is archived."
          isOn={settings.moderatorsMayBan}
          onChange={(moderatorsMayBan) => void change({ moderatorsMayBan })}
        />
      </fieldset>
    </>
  );
}

function wordsOf(text: string): string[] {
  return text
    .split('\n')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

export function Switch(props: {
  readonly label: string;
  readonly hint: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}) {
  return (
    <label class="switch">
      <input
        type="checkbox"
        role="switch"
        checked={props.isOn}
        aria-checked={props.isOn}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
      <span>
        <b>{props.label}</b>
        <span class="hint">{props.hint}</span>
      </span>
    </label>
  );
}
