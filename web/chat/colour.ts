/*
 * The colour of a name: its hue from the user's id, its lightness and chroma fixed per theme so that contrast holds for
 * every hue. Written out as hex, for browsers of 2022 (that of OBS 30 among them) do not know `oklch()`.
 */
export interface NameColour {
  /** For the light theme: at least 5:1 on white. */
  readonly light: string;
  /** For the dark theme: at least 7:1 on the darkest panes. */
  readonly dark: string;
}

export function nameColour(userId: string): NameColour {
  const hue = hash(userId) % 360;
  return { light: oklchToHex(0.5, 0.13, hue), dark: oklchToHex(0.8, 0.12, hue) };
}

/**
 * The colours of a channel whose owner has chosen a hue: lightness and chroma are given by the theme, so that what is
 * written on them and in them is legible for every hue.
 */
export interface Accent {
  /** Behind dark letters. */
  readonly fill: string;
  readonly hover: string;
  /** Of letters and lines on the page. */
  readonly ink: string;
  /** Behind ordinary letters. */
  readonly wash: string;
}

/** What is written on `fill`, in every theme. */
export const ON_ACCENT = '#171a08';

/** Pure. @param isStrong high contrast */
export function accentColours(hue: number, isDark: boolean, isStrong: boolean): Accent {
  const ink = isDark ? (isStrong ? 0.9 : 0.85) : isStrong ? 0.34 : 0.45;
  return {
    fill: oklchToHex(0.86, 0.15, hue),
    hover: oklchToHex(isDark ? 0.9 : 0.82, 0.14, hue),
    ink: oklchToHex(ink, 0.12, hue),
    wash: isDark ? oklchToHex(0.26, 0.035, hue) : oklchToHex(0.97, 0.025, hue),
  };
}

/** Chroma is lowered until the colour exists in sRGB. */
export function oklchToHex(lightness: number, chroma: number, hueDegrees: number): string {
  for (let c = chroma; c > 0; c -= 0.005) {
    const rgb = oklchToLinear(lightness, c, hueDegrees);
    if (rgb.every((part) => part >= 0 && part <= 1)) return toHex(rgb);
  }
  return toHex(oklchToLinear(lightness, 0, hueDegrees));
}

/** Contrast of two `#rrggbb` colours by WCAG 2, 1 to 21. */
export function contrast(a: string, b: string): number {
  const [hi, lo] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return ((hi ?? 0) + 0.05) / ((lo ?? 0) + 0.05);
}

type Rgb = readonly [number, number, number];

function oklchToLinear(lightness: number, chroma: number, hueDegrees: number): Rgb {
  const hue = (hueDegrees * Math.PI) / 180;
  const a = chroma * Math.cos(hue);
  const b = chroma * Math.sin(hue);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

function toHex(linear: Rgb): string {
  const part = (value: number): string => {
    const bounded = Math.min(1, Math.max(0, value));
    const encoded = bounded <= 0.0031308 ? 12.92 * bounded : 1.055 * bounded ** (1 / 2.4) - 0.055;
    return Math.round(encoded * 255)
      .toString(16)
      .padStart(2, '0');
  };
  return `#${linear.map(part).join('')}`;
}

function luminance(hex: string): number {
  const part = (at: number): number => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    value ^= text.charCodeAt(at);
    value = Math.imul(value, 0x01000193);
  }
  return value >>> 0;
}
