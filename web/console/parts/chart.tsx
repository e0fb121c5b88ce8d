/** One kind of thing that is counted; numbers below zero hang from the line. */
export interface Series {
  readonly name: string;
  /** Its colour in the styles. */
  readonly mark: string;
  readonly counts: readonly number[];
}

const WIDTH = 960;
const HEIGHT = 180;
const GAP = 2;

/** Bars of equal steps of time, one upon the other, and the same as a table for whoever reads it. */
export function Chart(props: {
  readonly title: string;
  /** When each step begins, in words. */
  readonly times: readonly string[];
  readonly series: readonly Series[];
}) {
  const { times, series } = props;
  const most = Math.max(1, ...times.map((_, at) => reach(series, at, 1)));
  const least = Math.max(0, ...times.map((_, at) => reach(series, at, -1)));
  const unit = HEIGHT / (most + least);
  const base = most * unit;
  const wide = WIDTH / Math.max(1, times.length);
  return (
    <figure class="chart">
      <figcaption>
        <ul class="legend">
          {series.map(({ name, mark, counts }) => (
            <li key={name}>
              <span class={`swatch mark-${mark}`} aria-hidden="true" />
              {name} <b>{rounded(counts.reduce((sum, one) => sum + Math.abs(one), 0))}</b>
            </li>
          ))}
        </ul>
      </figcaption>
      <div class="plot">
        <span class="scale" aria-hidden="true">
          {rounded(most)}
        </span>
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
          {times.map((time, at) => (
            <g key={time}>
              {stacked(series, at).map(({ mark, from, to }) => (
                <rect
                  key={mark}
                  class={`mark-${mark}`}
                  x={at * wide + GAP / 2}
                  y={base - Math.max(from, to) * unit}
                  width={Math.max(1, wide - GAP)}
                  height={Math.abs(to - from) * unit}
                />
              ))}
            </g>
          ))}
          <line class="base" x1={0} x2={WIDTH} y1={base} y2={base} />
        </svg>
      </div>
      <p class="axis" aria-hidden="true">
        <span>{times[0]}</span>
        <span>{times[Math.floor(times.length / 2)]}</span>
        <span>{times.at(-1)}</span>
      </p>
      <details>
        <summary>As a table</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no pointer scrolls it by keys */}
        <section class="table" tabIndex={0} aria-label={`${props.title}, as a table`}>
          <table>
            <thead>
              <tr>
                <th scope="col">From</th>
                {series.map(({ name }) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {times.map((time, at) => (
                <tr key={time}>
                  <th scope="row">{time}</th>
                  {series.map(({ name, counts }) => (
                    <td key={name}>{rounded(counts[at] ?? 0)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </details>
    </figure>
  );
}

/** How far the bars of one step go up (1) or down (-1). */
function reach(series: readonly Series[], at: number, sign: 1 | -1): number {
  return series.reduce((sum, { counts }) => sum + Math.max(0, (counts[at] ?? 0) * sign), 0);
}

function stacked(series: readonly Series[], at: number) {
  let up = 0;
  let down = 0;
  return series.flatMap(({ mark, counts }) => {
    const count = counts[at] ?? 0;
    if (count === 0) return [];
    const from = count > 0 ? up : down;
    if (count > 0) up += count;
    else down += count;
    return [{ mark, from, to: from + count }];
  });
}

function rounded(count: number): string {
  return `${Math.round(count * 10) / 10}`;
}
