import { z } from 'zod';
import { type ChannelSettings, DEFAULT_CHANNEL_SETTINGS } from '../domain/channel-settings.ts';
import { ACCEPTANCES } from '../domain/house-rules.ts';

/** How many words a channel may have on its list. */
export const MOST_HELD_WORDS = 200;

const rules = z.strictObject({
  flood: z.strictObject({
    isOn: z.boolean(),
    count: z.number().int().min(1).max(16),
    seconds: z.number().int().min(1).max(120),
  }),
  links: z.enum(['all', 'not-newcomers', 'none']),
  mentions: z.strictObject({ isOn: z.boolean(), most: z.number().int().min(0).max(50) }),
  shouting: z.boolean(),
  repeatedText: z.boolean(),
  heldWords: z.array(z.string().trim().min(1).max(60)).max(MOST_HELD_WORDS),
  holdBelowKarma: z.number().int().min(-1_000).max(0).nullable(),
});
/** What was set of the rules; what is not named stays as it is. */
const ruleChange = rules.partial();
const settingsChange = z
  .strictObject({
    moderatorsMayBan: z.boolean(),
    blur: z.enum(['all', 'newcomers', 'off']),
    reportsToHide: z.number().int().min(0).max(100),
    acceptance: z.enum(ACCEPTANCES),
    trustedPortals: z.array(z.string().min(1).max(64)).max(50),
    accent: z.number().int().min(0).max(359).nullable(),
    rules: ruleChange,
  })
  .partial();
/** The picture is set by an act of its own, for the hub keeps it. */
const stored = settingsChange.extend({ picture: z.string().nullable().optional() });

/** What somebody sets of a channel; what is not named stays as it is. */
export type SettingsChange = z.output<typeof stored>;
export type RuleChange = z.output<typeof ruleChange>;

export type ReadChange =
  | { readonly ok: true; readonly value: SettingsChange }
  | { readonly ok: false; readonly say: string };

/** Reads what somebody asks to set. The refusal names the field. */
export function readSettingsChange(input: unknown): ReadChange {
  return readBy(settingsChange, input);
}

/** Reads what was set before. */
export function readStoredSettings(input: unknown): ReadChange {
  return readBy(stored, input);
}

function readBy(schema: typeof settingsChange | typeof stored, input: unknown): ReadChange {
  const read = schema.safeParse(input);
  if (read.success) return { ok: true, value: read.data };
  const [issue] = read.error.issues;
  const field = issue?.path.map(String).join('.') || 'settings';
  return { ok: false, say: `${field}: ${issue?.message ?? 'is not understood'}` };
}

/** What was set until now together with what is set now. */
export function mergeChanges(before: SettingsChange, change: SettingsChange): SettingsChange {
  return { ...before, ...change, rules: { ...before.rules, ...change.rules } };
}

/** The settings of a channel: what was set there, over what holds everywhere. */
export function settingsWith(
  change: SettingsChange,
  base: ChannelSettings = DEFAULT_CHANNEL_SETTINGS,
): ChannelSettings {
  return { ...base, ...given(change), rules: { ...base.rules, ...given(change.rules ?? {}) } };
}

/** Without what is undefined, so that it hides nothing. */
function given<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
