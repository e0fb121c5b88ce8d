/** As `parseChannelId` reads it. */
const CHANNEL_PATTERN = '^[a-z0-9][a-z0-9-]{0,47}$';

/** How the stream of a channel stands in the document. */
export const STREAM_OPERATION = {
  path: '/channels/{channel}/events',
  get: {
    operationId: 'stream',
    summary: 'Follow a channel: server-sent events, one for each entry of the log',
    description:
      'Scope: `read`. The name of an event is the type of its entry; `id` goes into `Last-Event-ID` to go on from ' +
      'there. Without it the stream begins now. `reset`: too far back, load a page of messages. Never ends by itself.',
    'x-scope': 'read',
    tags: ['events'],
    parameters: [
      { name: 'channel', in: 'path', required: true, schema: { type: 'string', pattern: CHANNEL_PATTERN } },
      {
        name: 'Last-Event-ID',
        in: 'header',
        required: false,
        schema: { type: 'string', maxLength: 90 },
      },
    ],
  },
} as const;
