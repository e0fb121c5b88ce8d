import { z } from 'zod';
import { type HouseRules, MAX_RULES_UTF16 } from '../../domain/house-rules.ts';
import type { ChannelId } from '../../domain/ids.ts';
import type { Asked } from './asked.ts';
import { channelId, epochMs } from './shapes.ts';

export interface HouseRulesQuestions {
  /** The rules of a channel, and whether this person has accepted them. */
  'house-rules': [
    { readonly channel: ChannelId },
    {
      readonly rules: Pick<HouseRules, 'version' | 'text' | 'setAt'> | null;
      readonly isAccepted: boolean;
      readonly mustAccept: boolean;
    },
  ];
}

const version = z.number().int().min(1).max(1_000_000);
const ofChannel = { channel: channelId };

export const houseRulesQuestions: Asked<HouseRulesQuestions> = {
  'house-rules': {
    input: z.strictObject(ofChannel),
    output: z.strictObject({
      rules: z
        .strictObject({ version, text: z.string(), setAt: epochMs })
        .nullable()
        .describe('Null: the channel has none.'),
      isAccepted: z.boolean(),
      mustAccept: z.boolean().describe('What you post there waits until you have accepted them.'),
    }),
    scope: 'read',
    rest: { method: 'GET', path: '/channels/{channel}/house-rules', summary: 'The house rules of a channel' },
  },
};

export interface HouseRulesDeeds {
  /** Of the DJ; an empty text takes them away. A new version asks everybody again. */
  'set-house-rules': [{ readonly channel: ChannelId; readonly text: string }, { readonly version: number }];
  /** What waited for it is posted. */
  'accept-house-rules': [
    { readonly channel: ChannelId; readonly version: number },
    { readonly isNew: boolean; readonly released: number },
  ];
}

export const houseRulesDeeds: Asked<HouseRulesDeeds> = {
  'set-house-rules': {
    input: z.strictObject({ ...ofChannel, text: z.string().max(MAX_RULES_UTF16).describe('Empty: there are none.') }),
    output: z.strictObject({ version: z.number().int().min(0) }),
    scope: 'settings:manage',
    rest: {
      method: 'PUT',
      path: '/channels/{channel}/house-rules',
      summary: 'Set the house rules; a new text asks everybody again',
      refusals: ['edited'],
    },
  },
  'accept-house-rules': {
    input: z.strictObject({ ...ofChannel, version: version.describe('That you have read.') }),
    output: z.strictObject({ isNew: z.boolean(), released: z.number().int().min(0) }),
    rest: {
      method: 'POST',
      path: '/channels/{channel}/house-rules/accept',
      summary: 'Accept the house rules; what you wrote meanwhile is posted',
      refusals: ['edited'],
    },
  },
};
