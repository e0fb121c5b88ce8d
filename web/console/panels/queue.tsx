import { useState } from 'preact/hooks';
import type { QueuedMessage } from '../../../core/domain/staff.ts';
import { act, useAsked } from '../asked.ts';
import { MessageCard } from '../message.tsx';
import type { PanelProps } from '../panel.ts';
import { useQueueKeys } from '../queue-keys.ts';
import { shortTime } from '../time.ts';

const EVERY_MS = 5_000;

/** What waits for a moderator. By keyboard: J and K move, A lets through, D discards. */
export function QueuePanel({ hub: { client, you }, channel }: PanelProps) {
  const { value, say, reload } = useAsked(client, 'queue', { channel: channel.id, limit: 50 }, EVERY_MS);
  const [done, setDone] = useState<ReadonlySet<string>>(new Set());
  const held = (value?.held ?? []).filter(({ message }) => !done.has(message.id));

  async function decide(one: QueuedMessage, deed: 'release-held' | 'discard-held'): Promise<void> {
    const of = { channel: one.channel, message: one.message.id };
    const answer = await act(client, deed, deed === 'release-held' ? of : { ...of, reason: null });
    if (answer !== null) setDone((before) => new Set([...before, one.message.id]));
    reload();
  }
  const keys = useQueueKeys(held.length, {
    a: (at) => held[at] !== undefined && void decide(held[at], 'release-held'),
    d: (at) => held[at] !== undefined && void decide(held[at], 'discard-held'),
  });

  if (say !== null) return <p class="problem">{say}</p>;
  if (value === null) return <p class="soft">Loading…</p>;
  if (held.length === 0) return <p class="soft">Nothing waits here.</p>;
  return (
    <>
      <p class="soft">
        {value.waiting} waiting. <kbd>J</kbd> <kbd>K</kbd> move, <kbd>A</kbd> let through, <kbd>D</kbd> discard.
      </p>
      <ol class="cards" onKeyDown={keys.onKeyDown}>
        {held.map((one, at) => (
          <li key={one.message.id} class="card" {...keys.item(at)}>
            <MessageCard message={one.message} />
            <ul class="facts">
              {one.findings.map((finding) => (
                <li key={finding.rule}>{finding.detail ?? finding.rule}</li>
              ))}
              <li>Karma {Math.round(one.karma)}</li>
              {one.earlier.released + one.earlier.discarded > 0 && (
                <li>
                  Before: {one.earlier.released} let through, {one.earlier.discarded} discarded
                </li>
              )}
              {one.acts[0] !== undefined && (
                <li>
                  Last act: {one.acts[0].act}, {shortTime(one.acts[0].at)}
                </li>
              )}
              {one.takenBy !== null && one.takenBy.user !== you.value?.user && (
                <li class="warn">{one.takenBy.name ?? 'Somebody'} looks at it</li>
              )}
            </ul>
            <div class="acts">
              <button type="button" class="button primary" onClick={() => void decide(one, 'release-held')}>
                Let through
              </button>
              <button type="button" class="button" onClick={() => void decide(one, 'discard-held')}>
                Discard
              </button>
            </div>
          </li>
        ))}
      </ol>
    </>
  );
}
