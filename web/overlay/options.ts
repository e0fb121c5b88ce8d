/** How the overlay looks and what it shows: all of it stands in its link. */
export interface OverlayOptions {
  readonly channel: string;
  /** Lower-case names; null: all of them. */
  readonly platforms: ReadonlySet<string> | null;
  readonly hidesBots: boolean;
  readonly hidesCommands: boolean;
  /** Lower-case names of people who are left out. */
  readonly hiddenPeople: ReadonlySet<string>;
  /** Rows at a time. */
  readonly most: number;
  /** A row goes after so many seconds; 0: it stays until it is pushed out. */
  readonly fadeSeconds: number;
  /** So long a row waits before it is shown: moderators may delete it first. */
  readonly delaySeconds: number;
  readonly dir: 'up' | 'down' | 'row';
  readonly align: 'left' | 'center' | 'right';
  /** A font of the machine; null: the system's. */
  readonly font: string | null;
  /** In pixels. */
  readonly size: number;
  readonly line: number;
  readonly weight: number;
  readonly hasShadow: boolean;
  /** `#rrggbbaa` */
  readonly background: string;
  /** Of the text, `#rrggbb`. */
  readonly ink: string;
  readonly hasBadges: boolean;
  readonly hasAvatars: boolean;
  readonly hasTimes: boolean;
  readonly hasColours: boolean;
  readonly hasEmoji: boolean;
  /** `safe`: those that a moderator has marked as safe. */
  readonly images: 'off' | 'safe';
  readonly anim: 'slide' | 'fade' | 'none';
  readonly theme: 'plain' | 'bubbles' | 'bar';
  /** Made-up rows, without a hub. */
  readonly isDemo: boolean;
}

export const DEFAULTS: OverlayOptions = {
  channel: 'lobby',
  platforms: null,
  hidesBots: false,
  hidesCommands: false,
  hiddenPeople: new Set(),
  most: 20,
  fadeSeconds: 0,
  delaySeconds: 0,
  dir: 'up',
  align: 'left',
  font: null,
  size: 24,
  line: 1.3,
  weight: 500,
  hasShadow: true,
  background: '#00000000',
  ink: '#ffffff',
  hasBadges: true,
  hasAvatars: false,
  hasTimes: false,
  hasColours: true,
  hasEmoji: true,
  images: 'off',
  anim: 'slide',
  theme: 'plain',
  isDemo: false,
};

type Read = (value: string) => Partial<OverlayOptions> | null;

/** Each option of the link with how it is read; null: the value cannot be used. */
const READERS: Readonly<Record<string, Read>> = {
  channel: (value) => (/^[a-z0-9][a-z0-9-]{0,47}$/.test(value) ? { channel: value } : null),
  platforms: (value) => (value === '' ? null : { platforms: new Set(listOf(value)) }),
  hide: readHidden,
  max: number(1, 200, (most) => ({ most })),
  fade: number(0, 3_600, (fadeSeconds) => ({ fadeSeconds })),
  delay: number(0, 120, (delaySeconds) => ({ delaySeconds })),
  dir: oneOf(['up', 'down', 'row'], (dir) => ({ dir })),
  align: oneOf(['left', 'center', 'right'], (align) => ({ align })),
  font: (value) => (/^[\p{L}\p{N} -]{1,60}$/u.test(value) ? { font: value } : null),
  size: number(8, 200, (size) => ({ size })),
  line: number(0.8, 3, (line) => ({ line })),
  weight: number(100, 900, (weight) => ({ weight })),
  shadow: flag((hasShadow) => ({ hasShadow })),
  bg: colour((background) => ({ background })),
  ink: colour((ink) => ({ ink })),
  badges: flag((hasBadges) => ({ hasBadges })),
  avatars: flag((hasAvatars) => ({ hasAvatars })),
  times: flag((hasTimes) => ({ hasTimes })),
  colors: flag((hasColours) => ({ hasColours })),
  emoji: flag((hasEmoji) => ({ hasEmoji })),
  images: oneOf(['off', 'safe'], (images) => ({ images })),
  anim: oneOf(['slide', 'fade', 'none'], (anim) => ({ anim })),
  theme: oneOf(['plain', 'bubbles', 'bar'], (theme) => ({ theme })),
  demo: flag((isDemo) => ({ isDemo })),
};

/** Names of all options, as they stand in the link. */
export const OPTION_NAMES: readonly string[] = Object.keys(READERS);

/** Pure. What cannot be used is left out and named; a stream never stands still for a misspelt link. */
export function readOptions(search: string): {
  readonly options: OverlayOptions;
  readonly problems: readonly string[];
} {
  const problems: string[] = [];
  let options = DEFAULTS;
  for (const [name, value] of new URLSearchParams(search)) {
    const read = Object.hasOwn(READERS, name) ? READERS[name] : undefined;
    const change = read?.(value) ?? null;
    if (change !== null) options = { ...options, ...change };
    else problems.push(read === undefined ? `${name}: no such option` : `${name}: this value cannot be used`);
  }
  return { options, problems };
}

function readHidden(value: string): Partial<OverlayOptions> | null {
  const words = listOf(value);
  const isKnown = (word: string): boolean => word === 'bots' || word === 'commands' || /^user:./.test(word);
  if (!words.every(isKnown)) return null;
  return {
    hidesBots: words.includes('bots'),
    hidesCommands: words.includes('commands'),
    hiddenPeople: new Set(words.filter((word) => word.startsWith('user:')).map((word) => word.slice(5))),
  };
}

function listOf(value: string): readonly string[] {
  return value
    .toLowerCase()
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

function number(least: number, most: number, change: (value: number) => Partial<OverlayOptions>): Read {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    return value >= least && value <= most ? change(value) : null;
  };
}

function flag(change: (isOn: boolean) => Partial<OverlayOptions>): Read {
  return (text) => (text === '1' ? change(true) : text === '0' ? change(false) : null);
}

function oneOf<Word extends string>(words: readonly Word[], change: (word: Word) => Partial<OverlayOptions>): Read {
  return (text) => {
    const word = words.find((one) => one === text);
    return word === undefined ? null : change(word);
  };
}

function colour(change: (hex: string) => Partial<OverlayOptions>): Read {
  return (text) => {
    const bare = text.replace(/^#/, '');
    return /^(?:[0-9a-f]{6}|[0-9a-f]{8})$/i.test(bare) ? change(`#${bare.toLowerCase()}`) : null;
  };
}
