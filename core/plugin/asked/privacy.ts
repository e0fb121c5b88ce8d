import { z } from 'zod';
import type { Asked } from './asked.ts';
import { typed } from './shapes.ts';

export interface PrivacyQuestions {
  /** All that the hub keeps of whoever asks, with all their accounts, a part at a time. */
  'my-data': [{ readonly after: string | null }, { readonly lines: readonly DataLine[]; readonly next: string | null }];
}
export type DataLine =
  | {
      readonly kind: 'row';
      readonly of: string;
      readonly holds: string;
      readonly row: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'message'; readonly channel: string; readonly seq: number; readonly message: unknown };

export interface PrivacyDeeds {
  /** Forgets whoever asks, with all their accounts. Nothing of it can be undone. */
  'erase-me': [{ readonly confirm: string }, { readonly say: string }];
}

const line = typed<DataLine>(
  z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('row'),
      of: z.string().describe('The table.'),
      holds: z.string().describe('What that table holds of people.'),
      row: z.record(z.string(), z.unknown()),
    }),
    z.strictObject({ kind: z.literal('message'), channel: z.string(), seq: z.number().int(), message: z.unknown() }),
  ]),
);

export const privacyQuestions: Asked<PrivacyQuestions> = {
  'my-data': {
    input: z.strictObject({ after: z.string().max(100).nullable().default(null) }),
    output: z.strictObject({
      lines: z.array(line),
      next: z.string().nullable().describe('To go on with; null: that was all.'),
    }),
    scope: 'session',
    rest: {
      method: 'GET',
      path: '/me/data',
      summary: 'All that the hub keeps of you, a part at a time',
      isHeavy: true,
    },
  },
};

export const privacyDeeds: Asked<PrivacyDeeds> = {
  'erase-me': {
    input: z.strictObject({ confirm: z.string().max(100).describe('Your name, as you are shown.') }),
    output: z.strictObject({ say: z.string() }),
    scope: 'session',
    rest: {
      method: 'POST',
      path: '/me/erase',
      summary: 'Forget me: my messages and their copies, my accounts and all else; nothing of it can be undone',
      refusals: ['decided'],
    },
  },
};
