import type { FastifyReply } from 'fastify';
import type { FormKind } from '../community/hooks-in/forms/read.ts';
import { mintedAt } from '../domain/ids.ts';
import type { Receipt, Refusal } from '../domain/receipt.ts';
import { statusOf } from '../http/auth-body.ts';
import { HttpProblem, sendProblem } from '../http/problems.ts';
import type { ShownHook } from '../plugin/asked/hooks-in.ts';

export interface Failure {
  readonly status: number;
  readonly code: Refusal;
  readonly say: string;
  readonly retryAfterMs?: number;
  /** The word that senders of attachments know for it. */
  readonly word?: string;
}

type Stored = Exclude<Receipt, { kind: 'refused' | 'stopping' }>;

/** As senders of this form expect it. */
export function answerStored(
  reply: FastifyReply,
  kind: FormKind,
  hook: ShownHook,
  { kind: how, id, seq }: Stored,
  wantsMessage: boolean,
): FastifyReply {
  switch (kind) {
    case 'own': {
      const outcome = how === 'accepted' ? 'posted' : how;
      const status = how === 'accepted' ? 201 : how === 'held' ? 202 : 200;
      return reply.code(status).send({ outcome, message: id, seq });
    }
    case 'attachments':
      return reply.code(200).type('text/plain').send('ok');
    case 'embeds':
    case 'repository':
    case 'alert': {
      if (!wantsMessage || id === null) return reply.code(204).send();
      const timestamp = new Date(mintedAt(id)).toISOString();
      const author = { id: hook.id, username: hook.name, avatar: null, bot: true };
      return reply.code(200).send({ id, type: 0, channel_id: hook.channel, webhook_id: hook.id, author, timestamp });
    }
  }
}

export function answerRefused(
  reply: FastifyReply,
  kind: FormKind,
  { code, say, retryAfterMs }: Extract<Receipt, { kind: 'refused' }>,
): FastifyReply {
  return answerFailure(reply, kind, {
    status: statusOf(code),
    code,
    say,
    ...(retryAfterMs !== null && { retryAfterMs }),
  });
}

export function answerFailure(reply: FastifyReply, kind: FormKind, failure: Failure): FastifyReply {
  const { status, code, say, retryAfterMs, word } = failure;
  if (retryAfterMs !== undefined) reply.header('retry-after', Math.ceil(retryAfterMs / 1_000));
  switch (kind) {
    case 'attachments':
      return reply
        .code(status)
        .type('text/plain')
        .send(word ?? code);
    case 'embeds':
    case 'repository':
    case 'alert':
      if (status === 429) {
        return reply.code(429).send({ message: say, retry_after: (retryAfterMs ?? 1_000) / 1_000, global: false });
      }
      return reply.code(status).send({ message: say, code });
    case 'own':
      return sendProblem(reply, new HttpProblem(status, code, say, retryAfterMs === undefined ? {} : { retryAfterMs }));
  }
}
