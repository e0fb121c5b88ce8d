import { useState } from 'preact/hooks';
import { toast } from '../../chat/state/toast.ts';
import { act, LIVE_MS, useAsked } from '../asked.ts';
import { isAtLeast } from '../hub.ts';
import { MessageCard } from '../message.tsx';
import type { PanelProps } from '../panel.ts';
import { Confirm } from '../parts/confirm.tsx';
import { KarmaLine } from '../parts/karma-line.tsx';
import { restraintText } from '../parts/restraint.ts';
import { RANK_NAMES, Who, whoText } from '../parts/who.tsx';
import { shortTime } from '../time.ts';

/** What befell somebody, in a word. */
const ACTS: Readonly<Record<string, string>> = {
  timeout: 'Timed out',
  ban: 'Banned',
  lift: 'Lifted',
  note: 'Noted',
  redact: 'Message deleted',
  'hold-release': 'Message let through',
  'hold-discard': 'Message discarded',
  'report-hide': 'Message hidden by reports',
  'report-uphold': 'Reports upheld',
  'report-dismiss': 'Reports dismissed',
  'mark-safe': 'Picture marked as safe',
  'mark-nsfw': 'Picture marked as NSFW',
  'mark-remove': 'Picture removed',
};
const MINUTES = [2, 5, 10] as const;

/** Somebody as moderators see them: accounts, standing, what was done and noted, what they wrote; and what to do. */
export function PersonView(
  props: Pick<PanelProps, 'hub' | 'channel'> & { readonly user: string; readonly onClose: () => void },
) {
  const { client } = props.hub;
  const of = { channel: props.channel.id, user: props.user };
  const person = useAsked(client, 'person', of, LIVE_MS);
  const karma = useAsked(client, 'karma', of, LIVE_MS);
  const said = useAsked(client, 'said-by', { ...of, limit: 10 }, LIVE_MS);
  const { value: view, say } = person;
  const reload = (): void => {
    for (const one of [person, karma, said]) one.reload();
  };

  if (say !== null) return <p class="problem">{say}</p>;
  if (view === null) return <p class="soft">Loading…</p>;
  const isOver = view.rank === 'listener' || view.rank === 'guest' || isAtLeast(props.channel, 'dj');
  return (
    <section class="card person" aria-label={`About ${whoText(view)}`}>
      <header class="person-head">
        <button type="button" class="button back" onClick={props.onClose}>
          Back
        </button>
        <h3>
          <Who {...view} />
        </h3>
        <ul class="facts">
          {view.rank !== 'listener' && <li>{RANK_NAMES[view.rank]}</li>}
          <li>Karma {Math.round(view.karma)}</li>
          {view.restraint !== null && (
            <li class="warn">
              {restraintText(view.restraint)}
              {view.restraint.reason !== null && `: ${view.restraint.reason}`}
            </li>
          )}
        </ul>
      </header>
      {view.accounts.length > 0 && (
        <p class="soft">Linked accounts: {view.accounts.map((one) => whoText(one)).join(', ')}</p>
      )}
      {isOver ? (
        <Acting {...props} restraint={view.restraint} name={view.name ?? props.user} onDone={reload} />
      ) : (
        <p class="soft">You cannot act on somebody of your own rank.</p>
      )}
      <h4>What was done and noted</h4>
      {view.acts.length === 0 ? (
        <p class="soft">Nothing.</p>
      ) : (
        <ol class="lines">
          {view.acts.map((one) => (
            <li key={`${one.at} ${one.act}`}>
              <time dateTime={new Date(one.at).toISOString()}>{shortTime(one.at)}</time>
              <p>
                <b>{ACTS[one.act] ?? one.act}</b>
                {one.reason !== null && `: ${one.reason}`}{' '}
                {one.until !== null && <span class="soft">until {shortTime(one.until)}</span>}
              </p>
            </li>
          ))}
        </ol>
      )}
      <h4>Karma</h4>
      {karma.value !== null && <KarmaLine lines={karma.value.lines} />}
      <h4>Wrote last</h4>
      {said.value?.messages.length === 0 && <p class="soft">Nothing here.</p>}
      <ol class="said-list">
        {said.value?.messages.map(({ message }) => (
          <li key={message.id}>
            <MessageCard message={message} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function Acting(
  props: Pick<PanelProps, 'hub' | 'channel'> & {
    readonly user: string;
    readonly name: string;
    readonly restraint: { readonly act: 'timeout' | 'ban' } | null;
    readonly onDone: () => void;
  },
) {
  const { client } = props.hub;
  const channel = props.channel.id;
  const [reason, setReason] = useState('');
  const [takesBack, setTakesBack] = useState(false);
  const [note, setNote] = useState('');
  const [isBanning, setBanning] = useState(false);

  async function sanction(kind: 'timeout' | 'ban' | 'lift', minutes: number | null): Promise<void> {
    const redactMinutes = takesBack && kind !== 'lift' ? 10 : null;
    const of = { channel, target: props.user, act: kind, minutes, reason: reason.trim() || null, redactMinutes };
    const done = await act(client, 'sanction', of);
    if (done === null) return;
    const undo = { label: 'Undo', run: () => void sanction('lift', null) };
    toast([done.say, done.effect].filter(Boolean).join(' '), kind === 'lift' ? null : undo);
    setReason('');
    props.onDone();
  }
  async function write(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const done = await act(client, 'note', { channel, target: props.user, text: note.trim() });
    if (done === null) return;
    toast(done.say);
    setNote('');
    props.onDone();
  }

  return (
    <div class="acting">
      {props.restraint === null ? (
        <>
          <label class="field">
            <span>Reason</span>
            <input
              class="input"
              maxLength={300}
              value={reason}
              onInput={(event) => setReason(event.currentTarget.value)}
            />
          </label>
          <label class="check">
            <input
              type="checkbox"
              checked={takesBack}
              onChange={(event) => setTakesBack(event.currentTarget.checked)}
            />
            Delete what they wrote in the last 10 minutes
          </label>
          <div class="acts">
            {MINUTES.map((minutes) => (
              <button key={minutes} type="button" class="button" onClick={() => void sanction('timeout', minutes)}>
                {minutes} min
              </button>
            ))}
            <button type="button" class="button danger" onClick={() => setBanning(true)}>
              Ban…
            </button>
          </div>
        </>
      ) : (
        <div class="acts">
          <button type="button" class="button primary" onClick={() => void sanction('lift', null)}>
            {props.restraint.act === 'ban' ? 'Lift the ban' : 'Lift the timeout'}
          </button>
        </div>
      )}
      <form class="note-line" onSubmit={(event) => void write(event)}>
        <input
          class="input"
          required
          aria-label="Note for moderators"
          placeholder="Note for moderators"
          maxLength={300}
          value={note}
          onInput={(event) => setNote(event.currentTarget.value)}
        />
        <button type="submit" class="button">
          Note it
        </button>
      </form>
      {isBanning && (
        <Confirm
          title={`Ban ${props.name}?`}
          action="Ban"
          onYes={() => void sanction('ban', null)}
          onClose={() => setBanning(false)}
        >
          <p>They can write here no more, from any platform, until somebody lifts it.</p>
        </Confirm>
      )}
    </div>
  );
}
