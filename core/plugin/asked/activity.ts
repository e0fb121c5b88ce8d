import { z } from 'zod';
import type { ChannelId, EpochMs } from '../../domain/ids.ts';
import type { Asked } from './asked.ts';
import { channelId, epochMs } from './shapes.ts';

/** How busy a channel was, in equal steps of time, for those who moderate it. */
export interface ActivityQuestions {
  activity: [{ readonly channel: ChannelId; readonly span: Span }, Activity];
}
export const SPANS = ['2h', '24h', '7d', '30d'] as const;
export type Span = (typeof SPANS)[number];

export interface Activity {
  /** Begin of the first step. */
  readonly from: EpochMs;
  readonly stepMs: number;
  /** Messages that were said, each platform one number a step, the busiest first. */
  readonly messages: readonly { readonly platform: string; readonly counts: readonly number[] }[];
  /** Points that people who were in the channel gained and lost, a step. */
  readonly karma: { readonly gained: readonly number[]; readonly lost: readonly number[] };
}

const counts = z.array(z.number().int().min(0));

export const activityQuestions: Asked<ActivityQuestions> = {
  activity: {
    input: z.strictObject({ channel: channelId, span: z.enum(SPANS).default('24h') }),
    output: z
      .strictObject({
        from: epochMs.describe('Begin of the first step.'),
        stepMs: z.number().int().min(1),
        messages: z
          .array(z.strictObject({ platform: z.string(), counts }))
          .describe('Messages that were said, a number a step.'),
        karma: z
          .strictObject({ gained: z.array(z.number().min(0)), lost: z.array(z.number().min(0)) })
          .describe('Points that people who were in the channel gained and lost, a step.'),
      })
      .meta({ id: 'Activity' }),
    scope: 'moderate',
    rest: {
      method: 'GET',
      path: '/channels/{channel}/activity',
      summary: 'Messages per platform, and karma, over time',
    },
  },
};
