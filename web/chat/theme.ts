import { signal } from '@preact/signals';

export type Theme = 'system' | 'light' | 'dark';
const THEMES: readonly Theme[] = ['system', 'light', 'dark'];
const KEY = 'slipmat.theme';

export const theme = signal<Theme>(THEMES.find((name) => name === localStorage.getItem(KEY)) ?? 'system');

const darkSystem = window.matchMedia('(prefers-color-scheme: dark)');

export function chooseTheme(next: Theme): void {
  theme.value = next;
  localStorage.setItem(KEY, next);
  paint();
}

/** Sets the theme on the root now, and whenever the system's changes. */
export function followTheme(): void {
  darkSystem.addEventListener('change', paint);
  paint();
}

function paint(): void {
  const isDark = theme.value === 'dark' || (theme.value === 'system' && darkSystem.matches);
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
}
