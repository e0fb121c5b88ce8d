/*
 * What the four-at-once test asks of a place where people talk: do something there, and tell what people there see.
 */

export const ACTS = ['message', 'reply', 'edit', 'reaction', 'image', 'redaction'] as const;
export type Act = (typeof ACTS)[number];
export const PLACES = ['slipmat', 'discord', 'twitch', 'telegram', 'matrix', 'irc'] as const;
export type PlaceName = (typeof PLACES)[number];

/** One message as people in a place see it. */
export interface Shown {
  readonly id: string;
  /** Who is seen to say it, and what: formatting in one notation for all places, and whom it would ping. */
  readonly line: string;
  /** The text alone, for finding it. */
  readonly text: string;
  /** Posted by the hub. */
  readonly isOurs: boolean;
  /** Put there by the hub; in the web client by anybody. */
  readonly reactions: readonly string[];
}

/** What is done to a message that stands in the place. */
export interface PlaceActs {
  says(text: string): Promise<void>;
  answers(id: string, text: string): Promise<void>;
  edits: ((id: string, text: string) => Promise<void>) | null;
  reacts: ((id: string, emoji: string) => Promise<void>) | null;
  postsImage: ((file: PlaceFile, caption: string) => Promise<void>) | null;
  takesAway(id: string): Promise<void>;
}
export interface PlaceFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface Place {
  readonly name: PlaceName;
  /** Part of the hub's configuration; null for the hub's own people. */
  readonly link: { readonly bridge: object; readonly portal: object } | null;
  /** For platforms that call the hub. */
  connect?(hubUrl: string): void;
  shown(): Promise<readonly Shown[]>;
  /** What people there can say of a text in the notation. */
  speaks(notation: string): string;
  readonly acts: PlaceActs;
  /** What people do there for the acts that are not plain, as the table tells it. */
  readonly ways: Partial<Readonly<Record<Act, string>>>;
  stop(): Promise<void>;
}

/** What happened in a place between two looks, a line for each thing. */
export function changes(before: readonly Shown[], after: readonly Shown[]): readonly string[] {
  const old = new Map(before.map((one) => [one.id, one]));
  const now = new Set(after.map(({ id }) => id));
  return [
    ...after.flatMap((one) => changesOf(old.get(one.id), one)),
    ...before.filter(({ id }) => !now.has(id)).map(({ line }) => `gone: ${line}`),
  ];
}

function changesOf(was: Shown | undefined, now: Shown): readonly string[] {
  if (was === undefined) return [now.line];
  const added = now.reactions.filter((one) => !was.reactions.includes(one));
  return [...(was.line === now.line ? [] : [`now: ${now.line}`]), ...added.map((one) => `${one} on: ${now.line}`)];
}

/** The message that was said there first with these words in it. */
export async function findIn(place: Place, words: string): Promise<Shown> {
  const all = await place.shown();
  const found = all.find(({ text }) => text.includes(words));
  if (found === undefined)
    throw new Error(`nobody in ${place.name} sees "${words}":\n${all.map(({ line }) => line).join('\n')}`);
  return found;
}
