import { GrammyError, HttpError } from 'grammy';
import { expect, it } from 'vitest';
import { errorOf, failureOf } from '../../../bridges/telegram/failures.ts';
import { textOf } from '../../../core/contract/port-double.ts';

const portal = { kind: 'permanent', scope: 'portal' };
const command = { kind: 'permanent', scope: 'command' };

it.each([
  [401, 'Unauthorized', { kind: 'auth' }],
  [404, 'Not Found', { kind: 'auth' }],
  [429, 'Too Many Requests: retry after 7', { kind: 'retryable', delivered: 'no', retryAfterMs: 7_000 }],
  [502, 'Bad Gateway', { kind: 'retryable', delivered: 'unknown' }],
  [403, 'Forbidden: bot was kicked from the supergroup chat', portal],
  [403, 'Forbidden: bot is not a member of the channel chat', portal],
  [400, 'Bad Request: chat not found', portal],
  [400, 'Bad Request: not enough rights to send text messages to the chat', portal],
  [400, 'Bad Request: need administrator rights in the channel chat', portal],
  [400, 'Bad Request: TOPIC_CLOSED', portal],
  [400, 'Bad Request: message thread not found', portal],
  [400, 'Bad Request: not enough rights to send photos to the chat', command],
  [400, 'Bad Request: not enough rights to restrict/unrestrict chat member', command],
  [400, "Bad Request: message can't be deleted", command],
  [413, 'Request Entity Too Large', command],
])('%s "%s" is told apart', (code, says, failure) => {
  expect(failureOf(code, says, 7)).toEqual(failure);
});

const broken = (fields: object) => {
  const inner = Object.assign(new Error('request to http://x/bot123:SECRET/sendMessage failed'), fields);
  return errorOf('sendMessage', new HttpError('Network request failed', inner));
};

it('knows when nothing can have been sent', () => {
  expect(broken({ code: 'ECONNREFUSED' }).failure).toEqual({ kind: 'retryable', delivered: 'no' });
  expect(broken({ code: 'ECONNRESET' }).failure).toEqual({ kind: 'retryable', delivered: 'unknown' });
  expect(broken({ type: 'invalid-json' }).failure).toEqual({ kind: 'retryable', delivered: 'unknown' });
});

it('leaves the address with the token behind', () => {
  expect(textOf(broken({ code: 'ECONNRESET' }))).not.toContain('SECRET');
  expect(textOf(broken({ code: 'bot123:SECRET /x' }))).not.toContain('SECRET');
  const refused = new GrammyError('x', { ok: false, error_code: 400, description: 'no' }, 'sendMessage', {
    text: 'private',
  });
  expect(textOf(errorOf('sendMessage', refused))).not.toContain('private');
});
