import type { ShownKarma } from '../../../core/domain/audited.ts';
import { shortTime } from '../time.ts';

const WIDTH = 320;
const HEIGHT = 56;
const MOST_LINES = 8;

/** What gave and cost somebody karma, newest first, and the sum of it over time as a line. */
export function KarmaLine({ lines }: { readonly lines: readonly ShownKarma[] }) {
  if (lines.length === 0) return <p class="soft">Nothing has given or cost any.</p>;
  return (
    <div class="karma-card">
      {lines.length > 1 && (
        <svg class="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true" preserveAspectRatio="none">
          <polyline points={pointsOf(lines)} />
        </svg>
      )}
      <ul class="lines karma-lines">
        {lines.slice(0, MOST_LINES).map((line) => (
          <li key={`${line.at} ${line.why} ${line.points}`}>
            <b class={line.points < 0 ? 'down' : 'up'}>{line.points > 0 ? `+${line.points}` : line.points}</b>
            <p>{line.why}</p>
            <time dateTime={new Date(line.at).toISOString()}>{shortTime(line.at)}</time>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Pure. The running sum, oldest first, over the whole width. */
function pointsOf(lines: readonly ShownKarma[]): string {
  let sum = 0;
  const sums = lines.toReversed().map(({ points }) => {
    sum += points;
    return sum;
  });
  const least = Math.min(0, ...sums);
  const most = Math.max(0, ...sums);
  const range = Math.max(1, most - least);
  return sums
    .map((value, at) => {
      const x = (at / Math.max(1, sums.length - 1)) * WIDTH;
      const y = HEIGHT - 4 - ((value - least) / range) * (HEIGHT - 8);
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    })
    .join(' ');
}
