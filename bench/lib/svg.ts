/** Bars beside each other, as SVG that reads on light and on dark. */
export interface Chart {
  readonly title: string;
  readonly unit: string;
  readonly groups: readonly { readonly name: string; readonly bars: readonly Bar[] }[];
}
export interface Bar {
  readonly name: string;
  readonly value: number;
  /** The hub's own stand out. */
  readonly isOurs: boolean;
}

const WIDTH = 720;
const LEFT = 150;
const RIGHT = 90;
const ROW = 22;
const GAP = 30;
const TOP = 44;

const STYLE = `
    text { font: 13px system-ui, sans-serif; fill: #24292f; }
    .title { font-size: 15px; font-weight: 600; }
    .group { font-weight: 600; }
    .value { font-variant-numeric: tabular-nums; }
    .ours { fill: #b4235a; }
    .other { fill: #7d8590; }
    .axis { stroke: #7d8590; stroke-width: 1; }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3; }
      .ours { fill: #ff6b9f; }
      .other { fill: #8b949e; }
    }`;

export function barChart({ title, unit, groups }: Chart): string {
  const most = Math.max(...groups.flatMap(({ bars }) => bars.map(({ value }) => value)));
  const parts: string[] = [];
  let y = TOP;
  for (const { name, bars } of groups) {
    parts.push(`<text class="group" x="12" y="${y + 15}">${escaped(name)}</text>`);
    y += ROW;
    const top = y;
    for (const bar of bars) {
      parts.push(barAt(bar, y, (bar.value / most) * (WIDTH - LEFT - RIGHT)));
      y += ROW;
    }
    parts.push(`<line class="axis" x1="${LEFT}" x2="${LEFT}" y1="${top}" y2="${y}"/>`);
    y += GAP - ROW;
  }
  const height = y + 8;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">
  <title>${escaped(title)}</title>
  <style>${STYLE}
  </style>
  <text class="title" x="12" y="24">${escaped(`${title} (${unit})`)}</text>
  ${parts.join('\n  ')}
</svg>
`;
}

function barAt({ name, value, isOurs }: Bar, y: number, width: number): string {
  const middle = y + ROW / 2 + 4;
  return (
    `<text x="${LEFT - 8}" y="${middle}" text-anchor="end">${escaped(name)}</text>` +
    `<rect class="${isOurs ? 'ours' : 'other'}" x="${LEFT}" y="${y + 3}" width="${Math.max(1, width).toFixed(1)}" height="${ROW - 6}" rx="2"/>` +
    `<text class="value" x="${(LEFT + width + 8).toFixed(1)}" y="${middle}">${escaped(shown(value))}</text>`
  );
}

function shown(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
