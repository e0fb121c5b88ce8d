import { accentColours, ON_ACCENT } from './colour.ts';
import { look } from './theme.ts';

/** The custom properties of the page in a channel of this hue; none where it is null: the page has its own. */
export function accentOf(hue: number | null): Record<string, string> {
  if (hue === null) return {};
  const { isDark, isStrong } = look.value;
  const { fill, hover, ink, wash } = accentColours(hue, isDark, isStrong);
  return {
    '--accent': fill,
    '--accent-hover': hover,
    '--on-accent': ON_ACCENT,
    '--accent-ink': ink,
    '--accent-wash': wash,
    '--accent-glow': `${fill}${isDark ? '38' : '8c'}`,
  };
}
