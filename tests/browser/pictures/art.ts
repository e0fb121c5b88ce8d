import sharp from 'sharp';
import { DESKTOP, PHONE } from '../chromium.ts';

/* Pictures within the pictures, drawn here so that they belong to nobody. A hub in this process lets no SVG be read. */

export interface Art {
  readonly flyer: Buffer;
  readonly label: Buffer;
  /** By `<look> <width>`. */
  readonly videos: ReadonlyMap<string, Buffer>;
}

/** To be called before a hub runs in this process. */
export async function drawArt(): Promise<Art> {
  const videos = new Map<string, Buffer>();
  for (const look of ['light', 'dark'] as const) {
    for (const { width, height } of [DESKTOP, PHONE]) videos.set(`${look} ${width}`, await video(width, height, look));
  }
  return { flyer: await flyer(), label: await label(), videos };
}

function png(svg: string): Promise<Buffer> {
  return sharp(Buffer.from(svg)).png().toBuffer();
}

/** A flyer for a night that never was. */
function flyer(): Promise<Buffer> {
  const rings = Array.from(
    { length: 14 },
    (_, n) =>
      `<circle cx="480" cy="330" r="${40 + n * 18}" fill="none" stroke="#f6c453" stroke-opacity="${0.9 - n * 0.05}" stroke-width="3"/>`,
  );
  return png(`<svg xmlns="http://www.w3.org/2000/svg" width="640" height="800">
<rect width="640" height="800" fill="#3a1140"/>
<rect width="640" height="800" fill="url(#g)"/>
<defs><linearGradient id="g" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#7a1d5a"/><stop offset="1" stop-color="#1b1033"/></linearGradient></defs>
${rings.join('')}<circle cx="480" cy="330" r="26" fill="#f6c453"/>
<g font-family="sans-serif" fill="#fff"><text x="48" y="150" font-size="86" font-weight="800">LOW</text>
<text x="48" y="235" font-size="86" font-weight="800">END</text><text x="48" y="640" font-size="34">Selecta · Kool Herta</text>
<text x="48" y="690" font-size="26" fill="#f6c453">Friday, all night, all vinyl</text></g></svg>`);
}

/** The label of a record, as somebody takes a photo of it. */
function label(): Promise<Buffer> {
  const grooves = Array.from(
    { length: 30 },
    (_, n) => `<circle cx="400" cy="300" r="${170 + n * 9}" fill="none" stroke="#2c2c33" stroke-width="2"/>`,
  );
  return png(`<svg xmlns="http://www.w3.org/2000/svg" width="800" height="600"><rect width="800" height="600" fill="#4b3a2c"/>
<circle cx="400" cy="300" r="440" fill="#141417"/>${grooves.join('')}
<circle cx="400" cy="300" r="160" fill="#d8d2c4"/><circle cx="400" cy="300" r="12" fill="#141417"/>
<g font-family="serif" text-anchor="middle" fill="#222"><text x="400" y="215" font-size="34">DEEP MEASURE</text>
<text x="400" y="250" font-size="20">DM 001 · A side</text><text x="400" y="400" font-size="24">Haunted Stairwell</text></g></svg>`);
}

/** What a stream shows behind an overlay: decks and lights, bright or dark. */
async function video(width: number, height: number, look: 'light' | 'dark'): Promise<Buffer> {
  const [sky, floor, beam] = look === 'light' ? ['#e6d8c3', '#b9a284', '#fff6dd'] : ['#1a1230', '#0b0914', '#7c3aed'];
  const beams = [0.15, 0.4, 0.7, 0.9].map((at, n) => {
    const x = at * width;
    const lean = (n % 2 === 0 ? 1 : -1) * width * 0.18;
    return `<polygon points="${x},0 ${x + lean - 120},${height} ${x + lean + 120},${height}" fill="${beam}" opacity="0.22"/>`;
  });
  const deck = (x: number): string =>
    `<g transform="translate(${x} ${height * 0.82})"><rect x="-150" y="-30" width="300" height="120" rx="10" fill="#222"/>
<circle cx="-30" cy="28" r="52" fill="#0d0d0f"/><circle cx="-30" cy="28" r="16" fill="#c2410c"/><rect x="70" y="-10" width="8" height="80" fill="#999"/></g>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
<rect width="${width}" height="${height}" fill="${sky}"/><rect y="${height * 0.75}" width="${width}" height="${height * 0.25}" fill="${floor}"/>
${beams.join('')}<circle cx="${width * 0.62}" cy="${height * 0.5}" r="${height * 0.09}" fill="#2a2233"/>
<rect x="${width * 0.62 - height * 0.13}" y="${height * 0.58}" width="${height * 0.26}" height="${height * 0.3}" rx="40" fill="#2a2233"/>
${deck(width * 0.52)}${deck(width * 0.76)}</svg>`;
  return sharp(Buffer.from(svg)).blur(2).png().toBuffer();
}
