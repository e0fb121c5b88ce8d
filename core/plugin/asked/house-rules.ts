import { z } from 'zod';
import type { NamedUser } from '../../domain/audited.ts';
import { type HouseRules, MAX_RULES_UTF16 } from '../../domain/house-rules.ts';
import type { ChannelId } from '../../domain/ids.ts';
import type { Asked } from './asked.ts';
import { channelId, epochMs, namedUser } from './shapes.ts';

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
  /** For those who moderate there: every version, newest first, and how far people have come with it. */
  'house-rules-versions': [
    { readonly channel: ChannelId },
    {
      /** Whose rules hold there: of an event's channel without own ones, those of its DJ. Null: there are none. */
      readonly of: ChannelId | null;
      readonly versions: readonly RulesVersion[];
      /** Messages that wait until their authors accept. */
      readonly waiting: number;
    },
  ];
}
export interface RulesVersion extends Pick<HouseRules, 'version' | 'text' | 'setAt'> {
  readonly by: NamedUser | null;
  /** People who have accepted this version, and no later one. */
  readonly accepted: number;
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
  'house-rules-versions': {
    input: z.strictObject(ofChannel),
    output: z.strictObject({
      of: channelId.nullable().describe('Whose rules hold there; null: there are none.'),
      versions: z.array(
        z.strictObject({
          version,
          text: z.string().describe('Empty: there were none.'),
          setAt: epochMs,
          by: namedUser.nullable(),
          accepted: z.number().int().min(0).describe('People who have accepted this version, and no later one.'),
        }),
      ),
      waiting: z.number().int().min(0).describe('Messages that wait until their authors accept.'),
    }),
    scope: 'moderate',
    rest: {
      method: 'GET',
      path: '/channels/{channel}/house-rules/versions',
      summary: 'Every version of the house rules, and how many people have accepted it; for those who moderate there',
    },
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
