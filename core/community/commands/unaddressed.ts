import { type Content, plainText, textContent } from '../../domain/content.ts';
import type { Actor } from '../../domain/inbound.ts';
import type { CommandDeps } from './command.ts';
import { readPeople } from './msg.ts';
import { readDirect } from './read.ts';

/** What `!msg @Ann text` says to Ann; anything else as it is. Null: it cannot be told for whom it is. */
export async function unaddressed(
  actor: Actor,
  content: Content,
  deps: Pick<CommandDeps, 'directs' | 'sanctions'>,
): Promise<Content | null> {
  const read = readDirect(plainText(content.rich));
  if (read?.command.name !== 'msg') return content;
  const people = await readPeople({ actor, channel: null, rest: read.rest, picked: null }, deps);
  return typeof people === 'string' || people.text === '' ? null : textContent(people.text);
}
