import { expect, it } from 'vitest';
import { decodeHello, decodeRequest } from '../../bridges/slipmat/decode.ts';

const post = { type: 'post', id: '1', channel: 'lobby', key: 'long-enough', text: 'x' };
const SECRET = 'hunter2';

it.each([
  [{ ...post, key: SECRET }, 'key', /^key must match \/.*\{8,64\}/],
  [{ ...post, channel: `${SECRET}!` }, 'channel', /^channel must match \//],
  [{ ...post, text: 5 }, 'text', /^text must be a string\.$/],
  [{ ...post, type: SECRET }, 'type', /^type is not of a kind that the hub knows\.$/],
  [{ ...post, [`x${SECRET}`]: 1 }, `x${SECRET}`, /is not a field here\.$/],
])('says what a request that cannot be read must be: %#', (frame, field, say) => {
  const decoded = decodeRequest(JSON.stringify(frame));
  expect(decoded).toMatchObject({ ok: false, id: '1', field, say: expect.stringMatching(say) });
});

it.each([
  [{ type: 'join', id: '1', channel: 'lobby', after: null }, 'type', 'type must be "hello".'],
  [{ type: 'hello', version: 2, token: null }, 'version', 'version must be 1.'],
])('says how to come in to whoever comes in otherwise: %#', (frame, field, say) => {
  expect(decodeHello(JSON.stringify(frame))).toMatchObject({ ok: false, field, say });
});
