import type { Acceptance } from './house-rules.ts';

/** What a DJ sets for one channel. In memory on every hub; truth in SQL. */
export interface ChannelSettings {
  readonly moderatorsMayBan: boolean;
  /** Whose pictures are covered until a moderator marked them safe. */
  readonly blur: 'all' | 'newcomers' | 'off';
  /** So many reports by people of good standing hide a message until a moderator looks. 0: never. */
  readonly reportsToHide: number;
  /** Portals whose own moderators act as moderators of the channel. */
  readonly trustedPortals: readonly string[];
  /** Who must accept the house rules before posting, where there are any. */
  readonly acceptance: Acceptance;
  /** Hue of the channel's own colour, 0 to 359; the surfaces see to its contrast. Null: the hub's. */
  readonly accent: number | null;
  /** Path of its picture, which the hub keeps for the channel alone. Null: it has none. */
  readonly picture: string | null;
  readonly rules: RuleSettings;
}

/** The rules of the policy, each by itself. */
export interface RuleSettings {
  /** Messages of one person in so many seconds; more are refused. */
  readonly flood: { readonly isOn: boolean; readonly count: number; readonly seconds: number };
  readonly links: 'all' | 'not-newcomers' | 'none';
  readonly mentions: { readonly isOn: boolean; readonly most: number };
  /** Crowds shout and repeat themselves: off unless asked for. */
  readonly shouting: boolean;
  readonly repeatedText: boolean;
  /** Folded words; a message with one of them is held. */
  readonly heldWords: readonly string[];
  /** Messages of people whose karma is below this are held. Null: nobody's. */
  readonly holdBelowKarma: number | null;
}

/** Nobody is turned down by any rule. */
export const NO_RULES: RuleSettings = {
  flood: { isOn: false, count: 8, seconds: 10 },
  links: 'all',
  mentions: { isOn: false, most: 8 },
  shouting: false,
  repeatedText: false,
  heldWords: [],
  holdBelowKarma: null,
};

export const DEFAULT_CHANNEL_SETTINGS: ChannelSettings = {
  moderatorsMayBan: false,
  blur: 'newcomers',
  reportsToHide: 3,
  trustedPortals: [],
  acceptance: 'off',
  accent: null,
  picture: null,
  rules: {
    flood: { isOn: true, count: 8, seconds: 10 },
    links: 'not-newcomers',
    mentions: { isOn: true, most: 8 },
    shouting: false,
    repeatedText: false,
    heldWords: [],
    holdBelowKarma: -20,
  },
};
