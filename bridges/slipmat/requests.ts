import { type Attachment, assertNever } from '../../core/domain/content.ts';
import type { Request } from '../../core/domain/inbound.ts';
import type { Receipt } from '../../core/plugin/index.ts';
import { parseMarkup } from '../../core/plugin/markup/parse.ts';
import type { Answer, Questions, SurfacePort } from '../../core/plugin/surface.ts';
import { answerAsked, answerDeed } from './asked.ts';
import type { Connection } from './connection.ts';
import { createFiles, type Write } from './files.ts';
import { historyOf, join } from './join.ts';
import { digestOfList } from './list-digest.ts';
import type { HubFrame, ParsedRequest } from './protocol.ts';
import type { Person } from './reader.ts';
import type { Readers } from './readers.ts';
import { sayError } from './say.ts';
import { tellTyping } from './typing.ts';

type Question = Extract<ParsedRequest, { readonly type: 'channels' | 'history' | 'message' | 'search' | 'people' }>;

/** So many people in an answer cost as much as a frame. */
const PEOPLE_A_FRAME = 20;

/** Answers whoever asks. Resolves when the answer is written; never rejects. */
export interface Requests {
  handle(connection: Connection, person: Person, frame: ParsedRequest): Promise<void>;
}

export function createRequests(port: SurfacePort, readers: Readers): Requests {
  const files = createFiles(port);
  async function write(connection: Connection, person: Person, frame: Write): Promise<void> {
    const key = { key: frame.key, again: frame.again ?? false };
    if (frame.type === 'post' && frame.text === '' && frame.attachments.length === 0) {
      return sayError(connection, frame.id, 'bad-request', 'text must not be empty.', 'text');
    }
    const receipt = await files.inTurn(connection, person.actor, frame, (attachments) =>
      port.request(person.actor, requestOf(frame, attachments), key),
    );
    if (receipt !== null) return sayReceipt(connection, frame.id, receipt);
    sayError(connection, frame.id, 'bad-request', 'attachments: the hub has no such file.', 'attachments');
  }

  async function route(connection: Connection, person: Person, frame: ParsedRequest): Promise<void> {
    switch (frame.type) {
      case 'post':
      case 'edit':
      case 'redact':
      case 'react':
        return write(connection, person, frame);
      case 'join':
        return connection.queue(() => join(port, readers, connection, person, frame));
      case 'leave':
        return connection.queue(async () => {
          readers.leave(connection, frame.channel);
          connection.send({ type: 'left', id: frame.id, channel: frame.channel });
        });
      case 'channels':
      case 'history':
      case 'message':
      case 'search':
      case 'people':
        return connection.queue(() => answerQuestion(port, connection, person, frame));
      case 'commands':
        return connection.send({ type: 'commands', id: frame.id, commands: [...port.commands] });
      case 'command':
        return connection.queue(() => giveCommand(port, connection, person, frame));
      case 'ask':
        return connection.queue(() => answerAsked(port, connection, person, frame));
      case 'do':
        return connection.queue(() => answerDeed(port, connection, person, frame));
      case 'typing':
        return tellTyping(port, readers, connection, person.actor, frame);
      case 'ping':
        return connection.send({ type: 'pong', id: frame.id });
      default:
        return assertNever(frame);
    }
  }

  return {
    async handle(connection, person, frame) {
      try {
        await route(connection, person, frame);
      } catch (error) {
        port.log.error({ err: error, request: frame.type }, 'request failed');
        sayError(connection, frame.id, 'unavailable', 'The hub could not do that now; try again.', null, 2_000);
      }
    },
  };
}

/** Pure. What the frame asks of the route. */
export function requestOf(frame: Write, attachments: readonly Attachment[] = []): Request {
  const { channel } = frame;
  switch (frame.type) {
    case 'post':
      return {
        kind: 'message',
        channel,
        content: { rich: parseMarkup(frame.text), attachments },
        replyTo: frame.replyTo,
      };
    case 'edit':
      return { kind: 'edit', channel, id: frame.message, content: { rich: parseMarkup(frame.text), attachments } };
    case 'redact':
      return { kind: 'redaction', channel, id: frame.message, reason: frame.reason };
    case 'react':
      return { kind: 'reaction', channel, id: frame.message, emoji: frame.emoji, on: frame.on };
    default:
      return assertNever(frame);
  }
}

function sayReceipt(connection: Connection, id: string, receipt: Receipt): void {
  switch (receipt.kind) {
    case 'accepted':
      connection.send({
        type: 'ack',
        id,
        outcome: 'posted',
        message: receipt.id,
        seq: receipt.seq,
        ...(receipt.say !== undefined && { say: receipt.say }),
      });
      return;
    case 'duplicate':
    case 'held':
    case 'unchanged':
      connection.send({
        type: 'ack',
        id,
        outcome: receipt.kind,
        message: receipt.id,
        seq: receipt.seq,
        ...(receipt.because !== undefined && { because: receipt.because }),
      });
      return;
    case 'refused':
      sayError(connection, id, receipt.code, receipt.say, null, receipt.retryAfterMs);
      return;
    case 'stopping':
      // Not stored. No answer: the connection closes soon, and the client asks again with the same key.
      return;
    default:
      assertNever(receipt);
  }
}

async function giveCommand(
  port: SurfacePort,
  connection: Connection,
  person: Person,
  { id, channel, text, replyTo }: Extract<ParsedRequest, { readonly type: 'command' }>,
): Promise<void> {
  const answer = await port.act(person.actor, { channel, text, replyTo });
  if (answer.ok) connection.send({ type: 'answer', id, channel, say: answer.value.say });
  else sayError(connection, id, answer.code, answer.say);
}

async function answerQuestion(
  port: SurfacePort,
  connection: Connection,
  person: Person,
  frame: Question,
): Promise<void> {
  const ask = <K extends keyof Questions>(kind: K, question: Questions[K][0]): Promise<Answer<Questions[K][1]>> =>
    port.ask(person.actor, kind, question);
  const say = <T>(answer: Answer<T>, frameOf: (value: T) => HubFrame): void => {
    if (answer.ok) connection.send(frameOf(answer.value));
    else sayError(connection, frame.id, answer.code, answer.say);
  };
  const { id } = frame;
  switch (frame.type) {
    case 'channels': {
      const answer = await ask('channels', {});
      if (answer.ok) connection.listDigest = digestOfList(answer.value.channels);
      say(answer, ({ channels }) => ({ type: 'channels', id, channels: [...channels] }));
      return;
    }
    case 'history': {
      const { channel, before, limit } = frame;
      say(await ask('history', { channel, before, limit }), ({ messages, isEnd }) => {
        return { type: 'history', id, channel, messages: historyOf(messages), isEnd };
      });
      return;
    }
    case 'message': {
      const { channel } = frame;
      say(await ask('message', { channel, id: frame.message }), (message) => ({ type: 'found', id, channel, message }));
      return;
    }
    case 'search': {
      const { channel, text, before, limit } = frame;
      say(await ask('search', { channel, text, before, limit }), ({ messages }) => {
        return { type: 'results', id, messages: historyOf(messages) };
      });
      return;
    }
    case 'people': {
      const { channel } = frame;
      say(await ask('people', { channel }), ({ people, guests }) => {
        connection.budget.charge(Math.floor(people.length / PEOPLE_A_FRAME));
        return { type: 'people', id, channel, people: [...people], guests };
      });
      return;
    }
    default:
      assertNever(frame);
  }
}
