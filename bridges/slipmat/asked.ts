import { deeds, questions } from '../../core/plugin/asked/table.ts';
import type { Answer, Deeds, Questions, SurfacePort } from '../../core/plugin/surface.ts';
import type { Connection } from './connection.ts';
import { decodeValue } from './decode.ts';
import type { ParsedRequest } from './protocol.ts';
import type { Person } from './reader.ts';
import { sayError } from './say.ts';

type Ask = Extract<ParsedRequest, { readonly type: 'ask' }>;
type Deed = Extract<ParsedRequest, { readonly type: 'do' }>;

/** Answers one of the questions that anybody may ask; what they may know is judged by the hub. */
export function answerAsked(port: SurfacePort, connection: Connection, person: Person, frame: Ask): Promise<void> {
  const ask = async <K extends keyof Questions>(kind: K): Promise<void> => {
    const of = decodeValue(questions[kind].input, frame.of);
    if (!of.ok) return sayError(connection, frame.id, 'bad-request', of.say, of.field);
    say(connection, frame, await port.ask(person.actor, kind, of.value));
  };
  return ask(frame.kind);
}

export function answerDeed(port: SurfacePort, connection: Connection, person: Person, frame: Deed): Promise<void> {
  const act = async <K extends keyof Deeds>(kind: K): Promise<void> => {
    const of = decodeValue(deeds[kind].input, frame.of);
    if (!of.ok) return sayError(connection, frame.id, 'bad-request', of.say, of.field);
    say(connection, frame, await port.do(person.actor, kind, of.value));
  };
  return act(frame.kind);
}

function say(connection: Connection, { id, kind }: Ask | Deed, answer: Answer<unknown>): void {
  if (answer.ok) connection.send({ type: 'answered', id, kind, value: answer.value });
  else sayError(connection, id, answer.code, answer.say);
}
