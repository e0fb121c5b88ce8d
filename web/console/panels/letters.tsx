import { useState } from 'preact/hooks';
import type { ShownLetter } from '../../../core/plugin/asked/admin.ts';
import { toast } from '../../chat/state/toast.ts';
import { act, useAsked } from '../asked.ts';
import { groupBy } from '../group-by.ts';
import type { PanelProps } from '../panel.ts';
import '../parts/admin.css';
import { Confirm } from '../parts/confirm.tsx';
import { When } from '../parts/when.tsx';

const ENTRIES = {
  message: 'A message',
  edit: 'An edit',
  redaction: 'A deletion',
  reaction: 'A reaction',
  mark: 'A mark of a picture',
} as const;
const EVERY_MS = 10_000;
/** What is tried again has mostly arrived by then. */
const SOON_MS = 1_000;

interface Group {
  readonly portal: ShownLetter['portal'];
  readonly title: string;
  readonly letters: readonly ShownLetter[];
}
interface Dropping {
  readonly group: Group;
  readonly letter: number | null;
}

/** What could not be delivered: to be tried once more, or given up. */
export function LettersPanel({ hub: { client } }: PanelProps) {
  const { value, say, reload } = useAsked(client, 'dead-letters', { limit: 100 }, EVERY_MS);
  const [dropping, setDropping] = useState<Dropping | null>(null);

  async function retry({ portal }: Group, letter: number | null): Promise<void> {
    const done = await act(client, 'retry-letters', { portal, letter });
    if (done !== null) toast(done.letters === 0 ? 'It is gone already.' : `${count(done.letters)} tried once more.`);
    reload();
    setTimeout(reload, SOON_MS);
  }
  async function drop({ portal }: Group, letter: number | null): Promise<void> {
    const done = await act(client, 'drop-letters', { portal, letter });
    if (done !== null) toast(done.letters === 0 ? 'It is gone already.' : `${count(done.letters)} given up.`);
    reload();
  }

  if (say !== null) return <p class="problem">{say}</p>;
  if (value === null) return <p class="soft">Loading…</p>;
  if (value.letters.length === 0) return <p class="soft">Everything was delivered.</p>;
  return (
    <>
      {value.all > value.letters.length && (
        <p class="soft">
          {value.letters.length} of {value.all} are shown.
        </p>
      )}
      {groupsOf(value.letters).map((group) => (
        <section key={group.portal} class="card" aria-label={group.title}>
          <h3>{group.title}</h3>
          <ul class="lines">
            {group.letters.map((one) => (
              <li key={one.letter}>
                <div class="grow">
                  <p>
                    <b>{ENTRIES[one.entry]}</b>{' '}
                    <span class="soft">
                      <When at={one.at} />
                    </span>{' '}
                    {one.kind === 'unknown' && <span class="tag">may have arrived</span>}
                  </p>
                  <p>{one.say ?? 'The platform did not say why.'}</p>
                </div>
                <div class="acts">
                  <button type="button" class="button" onClick={() => void retry(group, one.letter)}>
                    Try again
                  </button>
                  <button type="button" class="button" onClick={() => setDropping({ group, letter: one.letter })}>
                    Give up
                  </button>
                </div>
              </li>
            ))}
          </ul>
          {group.letters.length > 1 && (
            <div class="acts">
              <button type="button" class="button" onClick={() => void retry(group, null)}>
                Try all again
              </button>
              <button type="button" class="button" onClick={() => setDropping({ group, letter: null })}>
                Give all up
              </button>
            </div>
          )}
        </section>
      ))}
      {dropping !== null && (
        <Confirm
          title={dropping.letter === null ? `Give all of ${dropping.group.title} up?` : 'Give it up?'}
          action="Give up"
          onYes={() => void drop(dropping.group, dropping.letter)}
          onClose={() => setDropping(null)}
        >
          <p>It will never be delivered to {dropping.group.title}. In the chat it stays as it is.</p>
        </Confirm>
      )}
    </>
  );
}

function groupsOf(letters: readonly ShownLetter[]): readonly Group[] {
  return [...groupBy(letters, ({ portal }) => portal)].map(([portal, own]) => {
    const [first] = own;
    return { portal, title: first === undefined ? portal : `${first.roomName} (${first.bridge})`, letters: own };
  });
}

function count(letters: number): string {
  return letters === 1 ? 'One is' : `${letters} are`;
}
