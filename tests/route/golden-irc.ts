import { ALL_CAPABILITIES, startModernServer } from '../examples/irc/modern-server.ts';
import { details, linkNotation, MARKS, marked, piecesOf, steady } from './golden-notation.ts';
import type { Place, Shown } from './golden-place.ts';

const ROOM = '#club';
const IDA = { nick: 'ida', account: 'ida', at: 'ida@home.example' };
/** What most networks lack: names of others, removals. */
const RARE = ['draft/relaymsg=/', 'draft/message-redaction'];
const COVER = '\x0301,01';
const PLAIN = '\x0f';
const CODES = { bold: '\x02', italic: '\x1d', underline: '\x1f', strike: '\x1e', code: '\x11' } as const;
const MARK_OF: ReadonlyMap<string, string> = new Map(
  (['bold', 'italic', 'underline', 'strike', 'code'] as const).map((style) => [CODES[style], MARKS[style]]),
);

/** A channel of an ordinary IRC network: what is said stays as it was said. */
export async function openIrcPlace(): Promise<Place> {
  const server = await startModernServer({ capabilities: ALL_CAPABILITIES.filter((one) => !RARE.includes(one)) });
  const own: Shown[] = [];
  const taken = new Set<string>();
  server.enter(IDA, ROOM);

  function says(text: string, tags = ''): void {
    const id = server.say(IDA, ROOM, encoded(text), tags);
    taken.add(id);
    own.push({ id, line: `ida: ${text}`, text, isOurs: false, reactions: [] });
  }
  /** The server numbers all that is said: ours have the numbers that nobody else's have. */
  function ours(): readonly Shown[] {
    let number = 0;
    return server.lines.flatMap((line): Shown[] => {
      const text = /^(?:@\S+ )?PRIVMSG #club :(.*)$/.exec(line)?.[1];
      if (text === undefined) return [];
      do number += 1;
      while (taken.has(`m${number}`));
      const pings = /(?<![\w\u200b])ida(?![\w\u200b])/i.test(text) ? ['ida'] : [];
      const shownLine = steady(`slipmat: ${decoded(text)}${details({ pings })}`);
      return [{ id: `m${number}`, line: shownLine, text, isOurs: true, reactions: [] }];
    });
  }

  return {
    name: 'irc',
    link: {
      bridge: {
        id: 'irc',
        use: 'irc',
        required: true,
        config: { host: '127.0.0.1', port: server.port, tls: false, nick: 'slipmat' },
      },
      portal: { bridge: 'irc', room: ROOM, direction: 'both' },
    },
    shown: async () => [...own, ...ours()],
    speaks: (notation) => notation,
    acts: {
      says: async (text) => says(text),
      answers: async (id, text) => says(text, `+draft/reply=${id}`),
      edits: null,
      reacts: null,
      postsImage: null,
      takesAway: async (id) => void taken.add(server.say(IDA, ROOM, '!redact', `+draft/reply=${id}`)),
    },
    ways: {
      edit: 'IRC has no edits',
      reaction: 'most networks have no reactions',
      image: 'IRC has no pictures',
      redaction: 'the author answers it with `!redact`, where clients can answer',
    },
    stop: server.stop,
  };
}

function encoded(notation: string): string {
  return piecesOf(notation)
    .map(({ text, style }) => {
      if (style === null) return text;
      return style === 'spoiler' ? COVER + text + PLAIN : `${CODES[style]}${text}${CODES[style]}`;
    })
    .join('');
}

/** What a client draws of the codes: each switches its style on and off. */
function decoded(text: string): string {
  let drawn = '';
  for (const piece of text.split(COVER)) {
    const end = drawn === '' ? -1 : piece.indexOf(PLAIN);
    const rest = end < 0 ? piece : piece.slice(end + 1);
    if (end >= 0) drawn += marked(piece.slice(0, end), 'spoiler');
    for (const sign of rest) drawn += MARK_OF.get(sign) ?? sign;
  }
  return drawn.replace(/(\S+) <(https?:\/\/[^>]+)>/g, (_, label: string, url: string) => linkNotation(label, url));
}
