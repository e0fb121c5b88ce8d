import { z } from 'zod';
import type { ChannelId } from '../../domain/ids.ts';
import { LIBRARY_KINDS, type LibraryItem, type LibraryKind } from '../../domain/library.ts';
import type { LiveEventId } from '../../domain/live-event.ts';
import type { Asked } from './asked.ts';
import { attachment, channelId, epochMs, limit, messageId, typed, userId } from './shapes.ts';

/** Exactly one of the two. */
interface OfLibrary {
  readonly channel: ChannelId | null;
  /** What was posted while it lasted. */
  readonly event: LiveEventId | null;
}

export interface LibraryQuestions {
  /** Links and files of a channel or live event, each once, what was posted last first. */
  library: [
    OfLibrary & {
      /** Null: all of them; `music`: whatever leads to music. */
      readonly kind: LibraryKind | 'music' | null;
      /** All of these words stand in title or address; null: whatever they are. */
      readonly text: string | null;
      /** `next` of the page before. */
      readonly before: string | null;
      readonly limit: number;
    },
    { readonly items: readonly LibraryItem[]; readonly next: string | null },
  ];
  /** The whole library of a live event or channel as a file, oldest first. */
  'library-export': [
    OfLibrary & { readonly format: 'markdown' | 'csv' },
    { readonly name: string; readonly mediaType: string; readonly text: string },
  ];
}

const eventId = typed<LiveEventId, string>(z.string().min(1).max(64).describe('Id of a live event.'));
const of = {
  channel: channelId.nullable().default(null),
  event: eventId.nullable().default(null).describe('What was posted while it lasted; instead of a channel.'),
};
const post = z.strictObject({
  message: messageId,
  user: userId,
  name: z.string(),
  platform: z.string(),
  at: epochMs,
});
const item = typed<LibraryItem>(
  z
    .strictObject({
      id: z.string().describe('Names it within its channel; the same however often it is posted.'),
      kind: z.enum(LIBRARY_KINDS),
      url: z.string().describe('Of a file its path at the hub.'),
      title: z.string().nullable().describe('Of the page, or the name of the file; null: not known.'),
      attachment: attachment.nullable().describe('Null for a link.'),
      count: z.number().int().min(1),
      first: post,
      last: post,
    })
    .meta({ id: 'LibraryItem' }),
);
const itemId = z
  .string()
  .regex(/^[\w-]{22}$/)
  .describe('Id of an item.');

export const libraryQuestions: Asked<LibraryQuestions> = {
  library: {
    input: z.strictObject({
      ...of,
      kind: z
        .enum(['music', ...LIBRARY_KINDS])
        .nullable()
        .default(null),
      text: z.string().min(1).max(100).nullable().default(null).describe('Words of title or address.'),
      before: z.string().max(100).nullable().default(null).describe('`next` of the page before.'),
      limit: limit(50),
    }),
    output: z.strictObject({
      items: z.array(item),
      next: z.string().nullable().describe('Where the next page begins, which may be an empty one; null: no more.'),
    }),
    scope: 'history',
    rest: { method: 'GET', path: '/library', summary: 'Links and files of a channel or live event, each once' },
  },
  'library-export': {
    input: z.strictObject({ ...of, format: z.enum(['markdown', 'csv']) }),
    output: z.strictObject({ name: z.string(), mediaType: z.string(), text: z.string() }),
    scope: 'history',
    rest: {
      method: 'GET',
      path: '/library/export',
      summary: 'The library of a live event or channel as a file',
      isHeavy: true,
    },
  },
};

export interface LibraryDeeds {
  /** For those who moderate there: it is in the list no more, nor is what leads to the same and comes later. */
  'remove-from-library': [{ readonly channel: ChannelId; readonly item: string }, Record<never, never>];
}

export const libraryDeeds: Asked<LibraryDeeds> = {
  'remove-from-library': {
    input: z.strictObject({ channel: channelId, item: itemId }),
    output: z.strictObject({}),
    scope: 'moderate',
    rest: {
      method: 'DELETE',
      path: '/channels/{channel}/library/{item}',
      summary: 'Take a link or file out of the library of a channel, for good',
    },
  },
};
