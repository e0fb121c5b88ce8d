import { signal } from '@preact/signals';

export const THEMES = ['system', 'light', 'dark', 'contrast'] as const;
export type Theme = (typeof THEMES)[number];
const KEY = 'slipmat.theme';

export const theme = signal<Theme>(THEMES.find((name) => name === localStorage.getItem(KEY)) ?? 'system');
/** For a page shown within another, which says how it is to look; nothing is kept. */
let forced: 'light' | 'dark' | null = null;
/** How the page looks now. */
export const look = signal({ isDark: false, isStrong: false });

const darkSystem = window.matchMedia('(prefers-color-scheme: dark)');

export function chooseTheme(next: Theme): void {
  theme.value = next;
  localStorage.setItem(KEY, next);
  paint();
}

/** Sets the theme on the root now, and whenever the system's changes. */
export function followTheme(wanted: string | null = null): void {
  forced = wanted === 'light' || wanted === 'dark' ? wanted : null;
  darkSystem.addEventListener('change', paint);
  paint();
}

/** High contrast goes with light and dark, whichever the system is in. */
function paint(): void {
  const chosen = forced ?? theme.value;
  const isDark = chosen === 'dark' || (chosen !== 'light' && darkSystem.matches);
  look.value = { isDark, isStrong: chosen === 'contrast' };
  const { dataset } = document.documentElement;
  dataset.theme = isDark ? 'dark' : 'light';
  if (chosen === 'contrast') dataset.contrast = 'more';
  else delete dataset.contrast;
}
