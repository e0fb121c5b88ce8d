import { BridgeError } from 'slipmat-hub/plugin';
import { stripText } from './decode-text.ts';
import { isRefusal, refusalOf } from './failures.ts';
import { type Line, sourceOf } from './line.ts';
import type { Session, Settle } from './session.ts';

/**
 * Says one line and waits until it is known that the server took it: by the echo where there is one, else by the
 * answer to a PING sent behind it.
 * @returns the network's id of the message; null where it has none
 * @throws {BridgeError}
 */
export function sayLine(session: Session, target: string, text: string, signal: AbortSignal): Promise<string | null> {
  const mark = session.mark();
  const tags = session.capability('labeled-response') === null ? {} : { label: mark };
  if (session.capability('echo-message') !== null) {
    const send = (): void => session.send('PRIVMSG', [target, text], tags);
    return session.ask(send, echoOf({ session, target, text, mark, isLabelled: 'label' in tags }), signal);
  }
  return act(session, 'PRIVMSG', [target, text], signal).then(() => null);
}

/** Says a line under another name, where the network lets the bridge. @throws {BridgeError} */
export function relayLine(
  session: Session,
  target: string,
  name: string,
  text: string,
  signal: AbortSignal,
): Promise<string | null> {
  const mark = session.mark();
  const tags = session.capability('labeled-response') === null ? {} : { label: mark };
  const send = (): void => session.send('RELAYMSG', [target, name, text], tags);
  const settle: Settle<string | null> = (line) => {
    if (isRefusedFor(line, 'RELAYMSG', target, mark, session)) throw refusalOf(line);
    if (line.command !== 'PRIVMSG' || !isSame(line.params[0], target, session)) return null;
    const isOurs = line.tags.get('label') === mark || line.tags.has('draft/relaymsg');
    return isOurs && stripText(line.params[1] ?? '') === stripText(text) ? idOf(line) : null;
  };
  return session.ask(send, settle, signal);
}

/** Gives a command and waits until the server has dealt with it. @throws {BridgeError} when it refuses */
export function act(session: Session, command: string, params: readonly string[], signal: AbortSignal): Promise<void> {
  const mark = session.mark();
  const tags = session.capability('labeled-response') === null ? {} : { label: mark };
  const send = (): void => {
    session.send(command, params, tags);
    session.send('PING', [mark]);
  };
  const settle: Settle<void> = (line) => {
    if (isRefusedFor(line, command, params[0] ?? '', mark, session)) throw refusalOf(line);
    return line.command === 'PONG' && line.params.at(-1) === mark ? { value: undefined } : null;
  };
  return session.ask(send, settle, signal);
}

interface Expected {
  readonly session: Session;
  readonly target: string;
  readonly text: string;
  readonly mark: string;
  readonly isLabelled: boolean;
}

function echoOf({ session, target, text, mark, isLabelled }: Expected): Settle<string | null> {
  return (line) => {
    if (isRefusedFor(line, 'PRIVMSG', target, mark, session)) throw refusalOf(line);
    if (isLabelled && line.tags.get('label') === mark) {
      if (line.command === 'PRIVMSG') return idOf(line);
      // An answer, and no echo: the server let it fall.
      if (line.command === 'ACK')
        throw new BridgeError('the network did not pass it on', { kind: 'permanent', scope: 'command' });
    }
    const source = sourceOf(line);
    const isEcho =
      line.command === 'PRIVMSG' && source !== null && session.isSelf(source.nick) && !session.isHistory(line);
    if (isLabelled || !isEcho || !isSame(line.params[0], target, session)) return null;
    return stripText(line.params[1] ?? '') === stripText(text) ? idOf(line) : null;
  };
}

/** A labelled refusal is this one's; one without a label is, when it names the target. */
function isRefusedFor(line: Line, command: string, target: string, mark: string, session: Session): boolean {
  if (!isRefusal(line)) return false;
  const label = line.tags.get('label');
  if (label !== undefined) return label === mark;
  // Where there are labels an answer without one is to something else, unless it comes on the way out.
  if (line.command === '465' || line.command === '464') return true;
  if (session.capability('labeled-response') !== null) return false;
  if (line.command === 'FAIL') return line.params[0] === command;
  return isSame(line.params[1], target, session) || line.params[1] === command;
}

function isSame(name: string | undefined, target: string, session: Session): boolean {
  return session.fold(name ?? '') === session.fold(target);
}

function idOf(line: Line): { readonly value: string | null } {
  return { value: line.tags.get('msgid') || null };
}
