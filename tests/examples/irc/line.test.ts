import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { featuresOf, withTokens } from '../../../examples/irc/src/features.ts';
import { formatLine, parseLine, sourceOf } from '../../../examples/irc/src/line.ts';
import { matches, readBan } from '../../../examples/irc/src/masks.ts';
import { readModes } from '../../../examples/irc/src/modes.ts';

const anything = fc.string({ unit: 'binary', maxLength: 200 });

describe('a line', () => {
  it.each([
    ['PING', [], null, 'PING', []],
    [':irc.example PONG irc.example :tok en', [], 'irc.example', 'PONG', ['irc.example', 'tok en']],
    [':a!b@c PRIVMSG #x ::)', [], 'a!b@c', 'PRIVMSG', ['#x', ':)']],
    [':a!b@c PRIVMSG #x :', [], 'a!b@c', 'PRIVMSG', ['#x', '']],
    [':a PRIVMSG  #x   word', [], 'a', 'PRIVMSG', ['#x', 'word']],
    ['@a=b;c;d= :x 005 me A=1 :are supported', ['a=b', 'c=', 'd='], 'x', '005', ['me', 'A=1', 'are supported']],
    ['@e=a\\:b\\sc\\\\d\\r\\n\\z\\ FOO', ['e=a;b c\\d\r\nz'], null, 'FOO', []],
    ['@x=1;x=2 foo a:b c', ['x=2'], null, 'FOO', ['a:b', 'c']],
    [
      '@+draft/reply=id;vendor.example/k=v TAGMSG #x',
      ['+draft/reply=id', 'vendor.example/k=v'],
      null,
      'TAGMSG',
      ['#x'],
    ],
    [':a!b@c MODE #x +o-v ann ben ', [], 'a!b@c', 'MODE', ['#x', '+o-v', 'ann', 'ben']],
  ])('%s is read', (text, tags, source, command, params) => {
    const line = parseLine(text);
    expect(line).toMatchObject({ source, command, params });
    expect([...(line?.tags ?? [])].map(([key, value]) => `${key}=${value}`)).toEqual(tags);
  });

  it.each(['', ' ', ':only', '@a=b', ':a 12', '123x y'])('"%s" is none', (text) => {
    expect(parseLine(text)).toBeNull();
  });

  it('whatever stands in it stays one line, and is read as it was written', () => {
    const fields = fc.tuple(
      anything,
      anything,
      fc.dictionary(fc.stringMatching(/^\+?[a-z]{1,8}$/), anything, { maxKeys: 3 }),
    );
    fc.assert(
      fc.property(fields, ([middle, last, tags]) => {
        let text: string;
        try {
          text = formatLine('PRIVMSG', [middle, last], tags);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
          return;
        }
        expect(text).not.toMatch(/[\r\n\0]/);
        const line = parseLine(text);
        expect(line?.command).toBe('PRIVMSG');
        expect(line?.params).toEqual([middle, last.replace(/[\r\n\0]/g, ' ')].map((one) => one.toWellFormed()));
        for (const [key, value] of Object.entries(tags)) {
          expect(line?.tags.get(key)).toBe(value.replaceAll('\0', '').toWellFormed());
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it('no parameter becomes two', () => {
    for (const bad of ['#a b', ':a', '', '#a\rQUIT', '#a\nQUIT', '#a\0']) {
      expect(() => formatLine('PRIVMSG', [bad, 'text'])).toThrow(RangeError);
    }
  });

  it('anything at all can be read without harm', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const line = parseLine(text);
        if (line !== null) sourceOf(line);
      }),
      { numRuns: 3_000 },
    );
  });

  it('comes from a server when its source has a dot and no host', () => {
    const from = (source: string) => sourceOf({ tags: new Map(), source, command: 'X', params: [] });
    expect(from('irc.example')).toBeNull();
    expect(from('ann')).toEqual({ nick: 'ann', user: null, host: null });
    expect(from('ann!~a@2001:db8::1')).toEqual({ nick: 'ann', user: '~a', host: '2001:db8::1' });
    expect(from('name/slipmat!u@h')).toEqual({ nick: 'name/slipmat', user: 'u', host: 'h' });
  });
});

describe('what a server says of itself', () => {
  const features = (...tokens: string[]) => featuresOf(withTokens(new Map(), ['me', ...tokens, 'are supported']));

  it('decides which names are one', () => {
    expect(features('CASEMAPPING=rfc1459').fold('Ann[\\]^')).toBe('ann{|}~');
    expect(features('CASEMAPPING=rfc1459-strict').fold('Ann[\\]^')).toBe('ann{|}^');
    expect(features('CASEMAPPING=ascii').fold('Ann[\\]^Ä')).toBe('ann[\\]^Ä');
    expect(features('CASEMAPPING=rfc7613').fold('ÄNN')).toBe('änn');
  });

  it('can be taken back', () => {
    const tokens = withTokens(new Map(), ['me', 'WHOX', 'NICKLEN=30', 'are supported']);
    expect(featuresOf(withTokens(tokens, ['me', '-WHOX', 'are supported']))).toMatchObject({
      hasWhox: false,
      nickLength: 30,
    });
  });

  it('decides which modes take a parameter', () => {
    const of = features('CHANMODES=beI,k,Hl,imn', 'PREFIX=(qov)~@+');
    expect(
      readModes(['+bl-o+mk', '*!*@x', '5', 'ann', 'key'], of).map(
        ({ on, mode, value }) => `${on ? '+' : '-'}${mode}${value ?? ''}`,
      ),
    ).toEqual(['+b*!*@x', '+l5', '-oann', '+m', '+kkey']);
    expect(readModes(['-l+v', 'ann'], of)).toEqual([
      { on: false, mode: 'l', value: null },
      { on: true, mode: 'v', value: 'ann' },
    ]);
  });

  it.each([
    ['EXTBAN=,RUjm', 'b', 'R:ann', { act: 'ban', against: { kind: 'account', name: 'ann' } }],
    ['EXTBAN=,RUjm', 'b', 'm:*!*@evil', { act: 'timeout', against: { kind: 'mask', mask: '*!*@evil' } }],
    ['EXTBAN=,RUjm', 'b', 'm:R:ann', { act: 'timeout', against: { kind: 'account', name: 'ann' } }],
    ['EXTBAN=,RUjm', 'b', 'j:#other', null],
    ['EXTBAN=$,ajrxz', 'b', '$a:ann', { act: 'ban', against: { kind: 'account', name: 'ann' } }],
    ['EXTBAN=$,ajrxz', 'b', '$r:gecos', null],
    ['EXTBAN=~,acfmq', 'b', '~q:ann!*@*', { act: 'timeout', against: { kind: 'mask', mask: 'ann!*@*' } }],
    ['EXTBAN=~,acfmq', 'b', '~m:*', null],
    ['CHANMODES=beq,k,l,im', 'q', '*!*@evil', { act: 'timeout', against: { kind: 'mask', mask: '*!*@evil' } }],
    ['CHANMODES=be,k,l,im', 'e', '*!*@good', null],
  ])('%s: +%s %s', (token, mode, entry, ban) => {
    expect(readBan(mode, entry, features(token))).toEqual(ban);
  });
});

it('masks fit as their signs say, however many there are', () => {
  expect(matches('*!*@*.example', 'a!b@c.example')).toBe(true);
  expect(matches('a?c*', 'abcd')).toBe(true);
  expect(matches('a?c', 'ac')).toBe(false);
  expect(matches('', '')).toBe(true);
  expect(matches('*', '')).toBe(true);
  expect(matches(`${'*a'.repeat(500)}b`, 'a'.repeat(2_000))).toBe(false);
});
