/** One line of Twitch's IRC, with the tags unescaped. */
export interface Line {
  readonly command: string;
  /** Login of whoever it comes from; null where a server speaks. */
  readonly nick: string | null;
  readonly params: readonly string[];
  readonly tags: ReadonlyMap<string, string>;
}

/* A blank here is U+0020 alone: what people write, which tags repeat, has others too. */
const LINE = /^(?:@([^ ]+) +)?(?::([^ ]+) +)?([A-Za-z]+|\d{3})(?: +(.*))?$/su;
const UNESCAPED: Readonly<Record<string, string>> = { ':': ';', s: ' ', r: '\r', n: '\n' };

/** Reads one line without its line end; null when it is none. */
export function parseLine(raw: string): Line | null {
  const match = LINE.exec(raw);
  const command = match?.[3];
  if (match === null || command === undefined) return null;
  const [, tags = '', prefix = '', , rest = ''] = match;
  const bang = prefix.indexOf('!');
  return {
    command: command.toUpperCase(),
    nick: bang > 0 ? prefix.slice(0, bang).toLowerCase() : null,
    params: parseParams(rest),
    tags: parseTags(tags),
  };
}

/** The tag's text; an absent one and an empty one are the same. */
export function tag(line: Line, name: string): string | null {
  return line.tags.get(name) || null;
}

/** Login of the channel that the line is about; null where it is about none. */
export function channelOf(line: Line): string | null {
  const [first = ''] = line.command === '353' ? line.params.slice(2) : line.params;
  return first.startsWith('#') ? first.slice(1).toLowerCase() : null;
}

function parseParams(rest: string): readonly string[] {
  const params: string[] = [];
  let left = rest;
  while (left !== '') {
    if (left.startsWith(':')) return [...params, left.slice(1)];
    const space = left.indexOf(' ');
    if (space < 0) return [...params, left];
    params.push(left.slice(0, space));
    left = left.slice(space).replace(/^ +/, '');
  }
  return params;
}

function parseTags(text: string): ReadonlyMap<string, string> {
  if (text === '') return new Map();
  return new Map(
    text.split(';').map((one): [string, string] => {
      const equals = one.indexOf('=');
      return equals < 0 ? [one, ''] : [one.slice(0, equals), unescapeTag(one.slice(equals + 1))];
    }),
  );
}

function unescapeTag(value: string): string {
  return value.replace(/\\(.?)/gsu, (_, character: string) => UNESCAPED[character] ?? character);
}
