import { newSecret } from '../async/mint.ts';
import type { Actor, Request } from '../domain/inbound.ts';
import type { Receipt, Refusal } from '../domain/receipt.ts';
import type { Acknowledged, Said } from '../plugin/asked/said.ts';
import { parseMarkup } from '../plugin/markup/parse.ts';
import type { ApiPort } from './port.ts';

export type SayAnswer =
  | { readonly ok: true; readonly value: Acknowledged | { readonly say: string } }
  | { readonly ok: false; readonly code: Refusal; readonly say: string; readonly retryAfterMs?: number | null };
type Refused = Extract<SayAnswer, { ok: false }>;

/** One of the things that are said, with what it takes. */
export type Saying = { [K in keyof Said]: { readonly name: K; readonly input: Said[K][0] } }[keyof Said];

/** Says something in a channel. `key`: of the client, the same on every repeat; null: nothing it says is a repeat. */
export async function say(port: ApiPort, actor: Actor, saying: Saying, key: string | null): Promise<SayAnswer> {
  if (saying.name === 'command') return port.act(actor, saying.input);
  const request = await requestOf(port, actor, saying);
  if ('code' in request) return request;
  return answerOf(await port.request(actor, request, { key: key ?? newSecret(), again: key !== null }));
}

async function requestOf(
  port: ApiPort,
  actor: Actor,
  saying: Exclude<Saying, { name: 'command' }>,
): Promise<Request | Refused> {
  switch (saying.name) {
    case 'post': {
      const { channel, text, replyTo, attachments: named } = saying.input;
      if (text === '' && named.length === 0) return EMPTY;
      const attachments = await port.files(actor, { kind: 'named', files: named });
      if (attachments === null) return NO_FILE;
      return { kind: 'message', channel, content: { rich: parseMarkup(text), attachments }, replyTo };
    }
    case 'edit': {
      const { channel, message: id, text } = saying.input;
      const attachments = (await port.files(actor, { kind: 'message', channel, id })) ?? [];
      return { kind: 'edit', channel, id, content: { rich: parseMarkup(text), attachments } };
    }
    case 'redact': {
      const { channel, message: id, reason } = saying.input;
      return { kind: 'redaction', channel, id, reason };
    }
    case 'react':
    case 'unreact': {
      const { channel, message: id, emoji } = saying.input;
      return { kind: 'reaction', channel, id, emoji, on: saying.name === 'react' };
    }
  }
}

function answerOf(receipt: Receipt): SayAnswer {
  switch (receipt.kind) {
    case 'accepted':
    case 'duplicate':
    case 'held':
    case 'unchanged': {
      const { kind, id: message, seq, say: known = null } = receipt;
      return { ok: true, value: { outcome: kind === 'accepted' ? 'posted' : kind, message, seq, say: known } };
    }
    case 'refused':
      return { ok: false, code: receipt.code, say: receipt.say, retryAfterMs: receipt.retryAfterMs };
    case 'stopping':
      return { ok: false, code: 'unavailable', say: 'The hub is going down; try again.' };
  }
}

const EMPTY = { ok: false, code: 'bad-request', say: 'text must not be empty.' } as const;
const NO_FILE = { ok: false, code: 'bad-request', say: 'attachments: the hub has no such file.' } as const;
