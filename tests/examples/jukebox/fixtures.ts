import type { Fixture } from 'slipmat-hub/contract';
import { decode, page } from '../../../examples/jukebox/src/decode.ts';

const NEWS = `{"lines": [
  {"n": 42, "id": "l42", "lounge": "main", "by": {"id": "u-1", "nick": "Ann"}, "says": "hi", "at": 1764000000000},
  {"n": 43, "id": "l43", "lounge": "main", "by": {"id": "u-9", "nick": "hub"}, "says": "hello", "at": 1764000000001}
]}`;

/** The news as the documents of Jukebox show them. */
export const FIXTURES: readonly Fixture[] = [
  {
    name: 'a line of a person, and one of the bot',
    decode: () => page.parse(JSON.parse(NEWS)).lines.map((line) => decode(line, 'u-9')),
    golden: [
      {
        kind: 'message',
        ref: { room: 'main', id: 'l42' },
        by: { id: 'u-1', name: 'Ann', avatarUrl: null, isBot: false },
        content: { rich: [{ t: 'text', text: 'hi' }], attachments: [] },
        replyTo: null,
        at: 1764000000000,
      },
      null,
    ],
  },
];
