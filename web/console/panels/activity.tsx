import { useState } from 'preact/hooks';
import type { Span } from '../../../core/plugin/asked/activity.ts';
import { platformName } from '../../chat/platforms.ts';
import { LIVE_MS, useAsked } from '../asked.ts';
import type { PanelProps } from '../panel.ts';
import { Chart, type Series } from '../parts/chart.tsx';
import { Choices } from '../parts/choices.tsx';
import { clockTime, dayTime } from '../time.ts';

const SPANS: readonly { readonly id: Span; readonly label: string }[] = [
  { id: '2h', label: '2 hours' },
  { id: '24h', label: '24 hours' },
  { id: '7d', label: '7 days' },
  { id: '30d', label: '30 days' },
];
/** Of the marks in the styles: each platform has the same one everywhere. */
const MARKS = ['slipmat', 'discord', 'twitch', 'telegram', 'matrix'];
const DAY_MS = 24 * 3_600_000;

/** How busy it was, and how the mood went. */
export function ActivityPanel({ hub: { client }, channel }: PanelProps) {
  const [span, setSpan] = useState<Span>('24h');
  const { value, say } = useAsked(client, 'activity', { channel: channel.id, span }, LIVE_MS);
  const series: readonly Series[] = (value?.messages ?? []).map(({ platform, counts }) => {
    return { name: platformName(platform), mark: MARKS.includes(platform) ? platform : 'other', counts };
  });
  const times = value === null ? [] : (series[0]?.counts ?? value.karma.gained).map((_, at) => timeAt(value, at));
  const total = series.reduce((sum, { counts }) => sum + sumOf(counts), 0);
  return (
    <>
      <Choices label="How far back" of={SPANS} chosen={span} onChoose={setSpan} />
      {say !== null && <p class="problem">{say}</p>}
      {value === null && say === null && <p class="soft">Loading…</p>}
      {value !== null && (
        <>
          <section class="card" aria-label="Messages per platform">
            <h3>Messages per platform</h3>
            {total === 0 ? (
              <p class="none">Nothing was said.</p>
            ) : (
              <Chart title="Messages per platform" times={times} series={series} />
            )}
          </section>
          <section class="card" aria-label="Karma of people who were here">
            <h3>Karma of people who were here</h3>
            {sumOf(value.karma.gained) + sumOf(value.karma.lost) === 0 ? (
              <p class="none">Nobody gained or lost any.</p>
            ) : (
              <Chart
                title="Karma of people who were here"
                times={times}
                series={[
                  { name: 'gained', mark: 'gained', counts: value.karma.gained },
                  { name: 'lost', mark: 'lost', counts: value.karma.lost.map((one) => -one) },
                ]}
              />
            )}
          </section>
        </>
      )}
    </>
  );
}

function timeAt({ from, stepMs }: { readonly from: number; readonly stepMs: number }, at: number): string {
  const begin = from + at * stepMs;
  if (stepMs >= DAY_MS) return dayTime(begin);
  return stepMs >= DAY_MS / 6 ? `${dayTime(begin)} ${clockTime(begin)}` : clockTime(begin);
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, one) => sum + one, 0);
}
