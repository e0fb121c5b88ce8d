/** One line of the protocol, as https://modern.ircdocs.horse and the IRCv3 message tags describe it. */
export interface Line {
  readonly tags: ReadonlyMap<string, string>;
  /** Who or what it comes from, such as `ann!~a@example.org`; null where it is left out. */
  readonly source: string | null;
  /** Upper case, or three digits. */
  readonly command: string;
  readonly params: readonly string[];
}

export interface Source {
  readonly nick: string;
  readonly user: string | null;
  readonly host: string | null;
}

const SHAPE = /^(?:@(?<tags>[^ ]*) +)?(?::(?<source>[^ ]*) +)?(?<command>[A-Za-z]+|[0-9]{3})(?<rest>(?: .*)?)$/s;
const COMMAND = /^(?:[A-Z]+|[0-9]{3})$/;
const TAG_KEY = /^\+?(?:[A-Za-z0-9.-]+\/)?[A-Za-z0-9-]+$/;
/** What may not stand in a parameter that others follow. */
const UNFIT_MIDDLE = /^:|[\0\r\n ]|^$/;
const UNESCAPED: Readonly<Record<string, string>> = { ':': ';', s: ' ', '\\': '\\', r: '\r', n: '\n' };
const ESCAPED: Readonly<Record<string, string>> = { ';': '\\:', ' ': '\\s', '\\': '\\\\', '\r': '\\r', '\n': '\\n' };

/** @returns null for what is no line of the protocol */
export function parseLine(text: string): Line | null {
  const found = SHAPE.exec(text)?.groups;
  if (found?.command === undefined) return null;
  return {
    tags: parseTags(found.tags ?? ''),
    source: found.source || null,
    command: found.command.toUpperCase(),
    params: parseParams(found.rest ?? ''),
  };
}

function parseTags(text: string): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  for (const tag of text.split(';')) {
    const at = tag.indexOf('=');
    const key = at < 0 ? tag : tag.slice(0, at);
    if (key !== '') tags.set(key, at < 0 ? '' : unescapeTag(tag.slice(at + 1)));
  }
  return tags;
}

/** A backslash before any other character is dropped, as is one at the end. */
function unescapeTag(value: string): string {
  return value.replace(/\\(.?)/gs, (_, character: string) => UNESCAPED[character] ?? character);
}

function parseParams(rest: string): readonly string[] {
  const trailing = rest.indexOf(' :');
  const middle = (trailing < 0 ? rest : rest.slice(0, trailing)).split(' ').filter((param) => param !== '');
  return trailing < 0 ? middle : [...middle, rest.slice(trailing + 2)];
}

/**
 * One line without its end. Whatever it is given, it is one line: what would end it becomes a space.
 * @throws {RangeError} when a parameter other than the last cannot stand where it is
 */
export function formatLine(
  command: string,
  params: readonly string[],
  tags: Readonly<Record<string, string>> = {},
): string {
  if (!COMMAND.test(command)) throw new RangeError('not a command');
  const unfit = params.slice(0, -1).findIndex((param) => UNFIT_MIDDLE.test(param));
  if (unfit >= 0) throw new RangeError(`parameter ${unfit + 1} of ${command} cannot stand there`);
  const middle = params.slice(0, -1).map((param) => ` ${param}`);
  const last = params.at(-1);
  return `${formatTags(tags)}${command}${middle.join('')}${last === undefined ? '' : formatLast(last)}`.toWellFormed();
}

function formatLast(param: string): string {
  const clean = param.replace(/[\0\r\n]/g, ' ');
  return UNFIT_MIDDLE.test(clean) ? ` :${clean}` : ` ${clean}`;
}

function formatTags(tags: Readonly<Record<string, string>>): string {
  const entries = Object.entries(tags);
  if (entries.length === 0) return '';
  const pairs = entries.map(([key, value]) => {
    if (!TAG_KEY.test(key)) throw new RangeError('not the key of a tag');
    return `${key}=${value.replaceAll('\0', '').replace(/[; \\\r\n]/g, (character) => ESCAPED[character] ?? '')}`;
  });
  return `@${pairs.join(';')} `;
}

/** @returns null for a server, which has neither user nor host and a dot in its name */
export function sourceOf(line: Line): Source | null {
  if (line.source === null) return null;
  const found = /^([^!@]+)(?:!([^@]*))?(?:@(.*))?$/.exec(line.source);
  const nick = found?.[1];
  if (nick === undefined || (found?.[3] === undefined && nick.includes('.'))) return null;
  return { nick, user: found?.[2] ?? null, host: found?.[3] ?? null };
}

/** The time tag of a line in epoch ms. */
export function timeOf(line: Line): number | null {
  const tag = line.tags.get('time');
  const at = tag === undefined ? Number.NaN : Date.parse(tag);
  return Number.isNaN(at) ? null : at;
}

/** The words of a parameter that is a list. */
export function words(text: string | undefined): readonly string[] {
  return (text ?? '').split(' ').filter((word) => word !== '');
}
