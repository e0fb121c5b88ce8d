import type { DeskItem } from '../desk.ts';
import { MessageCard } from '../message.tsx';
import { whoText } from '../parts/who.tsx';
import { shortTime } from '../time.ts';

export type Decision = 'approve' | 'discard' | 'timeout' | 'safe' | 'nsfw';

const KINDS = { held: 'Held', report: 'Reported', picture: 'Picture' } as const;
const LABELS: Readonly<Record<DeskItem['kind'], Readonly<Record<Decision, string>>>> = {
  held: { approve: 'Let through', discard: 'Discard', timeout: 'Time out', safe: 'Safe', nsfw: 'NSFW' },
  report: { approve: 'Dismiss', discard: 'Delete', timeout: 'Time out', safe: 'Safe', nsfw: 'NSFW' },
  picture: { approve: 'Safe', discard: 'Delete', timeout: 'Time out', safe: 'Safe', nsfw: 'NSFW' },
};

/** One thing that waits, with what helps to decide. */
export function QueueItem(props: {
  readonly item: DeskItem;
  /** Who else looks at it; null: nobody. */
  readonly holder: string | null;
  readonly decisions: readonly Decision[];
  readonly onDecide: (as: Decision) => void;
}) {
  const { item, holder } = props;
  const [first] = props.decisions;
  return (
    <>
      <div class="queued">
        <p class="card-line">
          <span class={`tag kind ${item.kind}`}>{KINDS[item.kind]}</span>
          {holder !== null && <span class="tag taken">{holder} is on it</span>}
        </p>
        <MessageCard message={item.message} />
        <Facts item={item} />
      </div>
      <div class="acts">
        {props.decisions.map((as) => (
          <button
            key={as}
            type="button"
            class={as === first ? 'button primary' : 'button'}
            disabled={holder !== null}
            onClick={() => props.onDecide(as)}
          >
            {LABELS[item.kind][as]}
          </button>
        ))}
      </div>
    </>
  );
}

function Facts({ item }: { readonly item: DeskItem }) {
  switch (item.kind) {
    case 'held': {
      const { findings, karma, earlier, acts } = item.one;
      const [last] = acts;
      return (
        <ul class="facts">
          {findings.map(({ rule, detail }) => (
            <li key={rule} class="warn">
              {detail}
            </li>
          ))}
          <li>Karma {Math.round(karma)}</li>
          {earlier.released + earlier.discarded > 0 && (
            <li>
              Before: {earlier.released} let through, {earlier.discarded} discarded
            </li>
          )}
          {last !== undefined && (
            <li>
              Last: {last.act}, {shortTime(last.at)}
            </li>
          )}
        </ul>
      );
    }
    case 'report': {
      const { reports, karma, isHidden } = item.one;
      return (
        <ul class="facts">
          {isHidden && <li class="warn">Hidden until you decide</li>}
          {reports.map(({ by, reason }) => (
            <li key={by.user}>
              {whoText(by)}: {reason ?? 'no reason given'}
            </li>
          ))}
          <li>Karma {Math.round(karma)}</li>
        </ul>
      );
    }
    case 'picture':
      return (
        <p class="soft">
          {item.message.content.attachments.some(({ picture, isBlurred }) => {
            return picture === item.one.picture && isBlurred === true;
          })
            ? 'Covered for everybody until it is marked.'
            : 'Shown as it is; never on the overlay until it is marked safe.'}
        </p>
      );
  }
}
