import { z } from 'zod';
import type { ChannelId, MessageId } from '../../domain/ids.ts';
import { PICTURE_MARKS, type PictureMark } from '../../domain/picture-mark.ts';
import type { Asked } from './asked.ts';
import { channelId, messageId } from './shapes.ts';

export interface MarkDeeds {
  /** What a moderator says of the pictures of a message, and so of everything that shows the same. */
  'mark-image': [
    {
      readonly channel: ChannelId;
      readonly message: MessageId;
      /** `picture` of an attachment; null: all of that message. */
      readonly picture: string | null;
      readonly mark: PictureMark;
      readonly reason: string | null;
    },
    { readonly say: string },
  ];
}

export const markDeeds: Asked<MarkDeeds> = {
  'mark-image': {
    input: z.strictObject({
      channel: channelId,
      message: messageId,
      picture: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .nullable()
        .default(null)
        .describe('`picture` of an attachment; null: all of that message.'),
      mark: z
        .enum(PICTURE_MARKS)
        .describe(
          '`safe`: never blurred. `nsfw`: covered wherever it is shown. `remove`: gone, and never taken again.',
        ),
      reason: z.string().max(300).nullable().default(null),
    }),
    output: z.strictObject({ say: z.string().describe('What became of it, in words.') }),
    scope: 'moderate',
    rest: {
      method: 'POST',
      path: '/channels/{channel}/messages/{message}/marks',
      summary: 'Say of the pictures of a message, wherever they are shown, that they are safe, NSFW or to be removed',
    },
  },
};
