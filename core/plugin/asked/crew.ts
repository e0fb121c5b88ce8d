import { z } from 'zod';
import type { ChannelId, UserId } from '../../domain/ids.ts';
import type { Asked } from './asked.ts';
import { channelId, userId } from './shapes.ts';

export interface CrewDeeds {
  /** Of the DJ: an admin reads the crew channel from now on. */
  'invite-admin': [{ readonly channel: ChannelId; readonly target: UserId }, { readonly say: string }];
  /** Of the DJ, or of the admin (target null). */
  'let-admin-go': [{ readonly channel: ChannelId; readonly target: UserId | null }, { readonly say: string }];
}

const said = z.strictObject({ say: z.string().describe('What became of it, in words.') });

export const crewDeeds: Asked<CrewDeeds> = {
  'invite-admin': {
    input: z.strictObject({ channel: channelId, target: userId }),
    output: said,
    scope: 'roles:manage',
    rest: { method: 'PUT', path: '/channels/{channel}/admins/{target}', summary: 'Ask an admin into a crew channel' },
  },
  'let-admin-go': {
    input: z.strictObject({ channel: channelId, target: userId.nullable().default(null) }),
    output: said,
    scope: 'roles:manage',
    rest: {
      method: 'POST',
      path: '/channels/{channel}/admins/leave',
      summary: 'Leave a crew channel as an admin, or let one go',
    },
  },
};
