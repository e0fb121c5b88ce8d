import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeLine } from '../../../bridges/twitch/decode.ts';
import { withEmotes } from '../../../bridges/twitch/emotes.ts';
import { channelOf, parseLine, tag } from '../../../bridges/twitch/line.ts';
import { plainText, type Rich } from '../../../core/domain/content.ts';
import type { EpochMs, RoomId } from '../../../core/domain/ids.ts';
import { fixtures } from './fixtures.ts';

const READING = { room: '1001' as RoomId, broadcaster: '1001', self: '2001', now: 1 as EpochMs };

describe('a line of Twitch comes to what stands beside it', () => {
  it.each(fixtures.map((one) => [one.name, one] as const))('%s', (_, { decode, golden }) => {
    expect(JSON.parse(JSON.stringify(decode()))).toEqual(golden);
  });
});

describe('a line', () => {
  it('has its tags unescaped, in one pass, and keeps what is behind an equals sign', () => {
    const line = parseLine('@a=x\\s\\:\\\\s\\r\\n;b=;c;d=1=2;e=end\\ :ben!ben@host PRIVMSG #Room :a b :c');
    expect([...(line?.tags ?? [])]).toEqual([
      ['a', 'x ;\\s\r\n'],
      ['b', ''],
      ['c', ''],
      ['d', '1=2'],
      ['e', 'end'],
    ]);
    expect(line?.params).toEqual(['#Room', 'a b :c']);
    expect(line?.nick).toBe('ben');
  });

  it('is parted by plain blanks alone: a tag may repeat what somebody wrote with others', () => {
    const said = 'a\u00a0b\u3000c\ufeff';
    const line = parseLine(`@reply-parent-msg-body=${said} :ben!ben@host PRIVMSG #Room :${said}`);
    expect(line?.tags.get('reply-parent-msg-body')).toBe(said);
    expect(line?.params).toEqual(['#Room', said]);
  });

  it('knows its channel, in the list of names too, and has none in a notice to everybody', () => {
    const channel = (raw: string) => channelOf(parseLine(raw) ?? expect.fail('no line'));
    expect(channel(':bot.tmi.twitch.tv 353 bot = #Room :bot ben')).toBe('room');
    expect(channel('@room-id=1 :tmi.twitch.tv ROOMSTATE #Room')).toBe('room');
    expect(channel(':tmi.twitch.tv NOTICE * :Login authentication failed')).toBe(null);
    expect(channel('PING :tmi.twitch.tv')).toBe(null);
  });

  it('is null when it is none', () => {
    for (const raw of ['', '   ', '@only=tags', ':prefix', '\u0000', '123456']) expect(parseLine(raw)).toBe(null);
  });

  it('never makes the reader throw, whatever it holds', () => {
    const commands = fc.constantFrom('PRIVMSG', 'USERNOTICE', 'CLEARCHAT', 'CLEARMSG', 'ROOMSTATE', 'NOTICE', 'XYZ');
    const names = fc.constantFrom('id', 'user-id', 'emotes', 'tmi-sent-ts', 'ban-duration', 'target-user-id', 'msg-id');
    const value = fc.string({ unit: 'binary', maxLength: 12 }).map((text) => text.replace(/[; \r\n]/g, '_'));
    fc.assert(
      fc.property(fc.dictionary(names, value), commands, fc.string({ unit: 'binary' }), (tags, command, text) => {
        const written = Object.entries(tags).map(([name, one]) => `${name}=${one}`);
        const line = parseLine(`@${written.join(';')} :a!a@a ${command} #room :${text}`);
        if (line !== null) decodeLine(line, READING);
      }),
    );
  });
});

describe('emotes', () => {
  it('lose no text, whatever positions are given', () => {
    const spans = fc.array(fc.tuple(fc.nat(30), fc.nat(30)), { maxLength: 8 });
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), spans, (text, places) => {
        const emotes = places.map(([from, to], at) => `${at}:${from}-${to}`).join('/');
        const said = withEmotes(text, emotes).map((node) => (node.t === 'emoji' ? node.name : plainText([node])));
        expect(said.join('')).toBe(text);
      }),
    );
  });

  it('stand where code points are counted, not units of UTF-16', () => {
    const rich: Rich = withEmotes('😀😀 Kappa', '25:3-7');
    expect(rich).toEqual([
      { t: 'text', text: '😀😀 ' },
      { t: 'emoji', name: 'Kappa', url: expect.stringContaining('/v2/25/') as string },
    ]);
  });

  it('never lead to another address than that of an emote', () => {
    const ids = fc.string({ unit: 'binary', maxLength: 20 });
    fc.assert(
      fc.property(ids, (id) => {
        for (const node of withEmotes('Kappa', `${id}:0-4`)) {
          if (node.t !== 'emoji' || node.url === null) continue;
          expect(new URL(node.url).pathname).toMatch(/^\/emoticons\/v2\/\w+\/default\/dark\/2\.0$/);
        }
      }),
    );
  });
});

it('tells a tag that is empty as one that is not there', () => {
  const line = parseLine('@color=;id=1 :a!a@a PRIVMSG #room :x') ?? expect.fail('no line');
  expect([tag(line, 'color'), tag(line, 'none'), tag(line, 'id')]).toEqual([null, null, '1']);
});
