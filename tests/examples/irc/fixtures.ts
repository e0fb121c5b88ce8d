import type { Fixture } from 'slipmat-hub/contract';
import { decodeText } from '../../../examples/irc/src/decode-text.ts';
import { parseLine, sourceOf, timeOf } from '../../../examples/irc/src/line.ts';

/** Lines as servers send them, with names replaced. */
export const FIXTURES: readonly Fixture[] = [
  {
    name: 'a message of InspIRCd',
    decode: () =>
      read(
        '@time=2026-11-22T14:00:54.566Z;msgid=97T~1795356050~0;account=ann :ann!a@host.example PRIVMSG #room :hi \x02you\x0f!',
      ),
    golden: {
      from: { nick: 'ann', user: 'a', host: 'host.example' },
      at: Date.UTC(2026, 10, 22, 14, 0, 54, 566),
      account: 'ann',
      room: '#room',
      rich: [
        { t: 'text', text: 'hi ' },
        { t: 'bold', children: [{ t: 'text', text: 'you' }] },
        { t: 'text', text: '!' },
      ],
    },
  },
  {
    name: 'colours, reverse and every other code of mIRC',
    decode: () =>
      read(
        ':ann!a@h PRIVMSG #room :\x0304,12red\x03 \x1dslant\x1d \x1funder\x1f \x1egone\x1e \x11mono\x11 \x16rev\x16 \x02\x1dboth',
      ),
    golden: {
      from: { nick: 'ann', user: 'a', host: 'h' },
      at: null,
      account: null,
      room: '#room',
      rich: [
        { t: 'text', text: 'red ' },
        { t: 'italic', children: [{ t: 'text', text: 'slant' }] },
        { t: 'text', text: ' ' },
        { t: 'underline', children: [{ t: 'text', text: 'under' }] },
        { t: 'text', text: ' ' },
        { t: 'strike', children: [{ t: 'text', text: 'gone' }] },
        { t: 'text', text: ' ' },
        { t: 'code', text: 'mono' },
        { t: 'text', text: ' rev ' },
        { t: 'bold', children: [{ t: 'italic', children: [{ t: 'text', text: 'both' }] }] },
      ],
    },
  },
];

function read(raw: string): unknown {
  const line = parseLine(raw);
  if (line === null) return null;
  const [room, text = ''] = line.params;
  const account = line.tags.get('account') ?? null;
  return { from: sourceOf(line), at: timeOf(line), account, room, rich: decodeText(text) };
}
