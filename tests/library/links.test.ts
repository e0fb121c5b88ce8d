import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exportAsCsv, exportAsMarkdown } from '../../core/community/library/export.ts';
import { foundIn, mayHaveItems } from '../../core/community/library/found-in.ts';
import { charsetOf, titleOf } from '../../core/community/library/html-title.ts';
import { linkKindOf } from '../../core/community/library/link-kinds.ts';
import { normalUrl } from '../../core/community/library/normal-url.ts';
import { textContent } from '../../core/domain/content.ts';
import type { EpochMs, MessageId, UserId } from '../../core/domain/ids.ts';
import type { LibraryItem } from '../../core/domain/library.ts';
import { spentMs } from '../fakes/spent.ts';

describe('links that lead to the same place are one:', () => {
  const same: readonly (readonly string[])[] = [
    ['https://example.org/a', 'http://www.example.org/a/', 'HTTPS://EXAMPLE.org:443/a?utm_source=x&fbclid=1#part'],
    ['https://example.org/?b=2&a=1', 'https://example.org/?a=1&b=2&gclid=9'],
    [
      'https://www.youtube.com/watch?v=dQw4w9WgXcQ&list=PL1&t=10s',
      'https://youtu.be/dQw4w9WgXcQ?si=abc',
      'https://m.youtube.com/watch?feature=share&v=dQw4w9WgXcQ',
      'https://music.youtube.com/watch?v=dQw4w9WgXcQ',
      'https://youtube.com/shorts/dQw4w9WgXcQ',
    ],
    ['https://soundcloud.com/dj/one?si=1&utm_medium=text', 'https://m.soundcloud.com/dj/one?in=dj/sets/two'],
    ['https://open.spotify.com/track/4uLU6?si=1', 'https://open.spotify.com/intl-de/track/4uLU6'],
    ['https://www.discogs.com/release/249504-Rick', 'https://www.discogs.com/de/release/249504'],
    ['https://music.apple.com/us/album/x/1?i=2&uo=4', 'https://music.apple.com/us/album/x/1?i=2'],
    ['https://tidal.com/browse/track/77646168', 'https://listen.tidal.com/track/77646168?u'],
  ];
  it.each(same.map((one) => [one[0] ?? '', one] as const))('%s', (_, all) => {
    expect(new Set(all.map((url) => normalUrl(url)?.key)).size).toBe(1);
  });

  const others: readonly (readonly [string, string])[] = [
    ['https://example.org/a', 'https://example.org/b'],
    ['https://example.org/?id=1', 'https://example.org/?id=2'],
    ['https://example.org/#/one', 'https://example.org/#/two'],
    ['https://youtu.be/dQw4w9WgXcQ', 'https://youtu.be/dQw4w9WgXcA'],
    ['https://music.apple.com/us/album/x/1?i=2', 'https://music.apple.com/us/album/x/1?i=3'],
    ['https://spotify.link/aBcD', 'https://open.spotify.com/aBcD'],
    ['https://dj.bandcamp.com/track/one', 'https://other.bandcamp.com/track/one'],
    ['https://example.org:8443/', 'https://example.org/'],
  ];
  it.each(others)('%s is not %s', (a, b) => {
    expect(normalUrl(a)?.key).not.toBe(normalUrl(b)?.key);
  });

  it('what is shown leads where the posted one did, without what tracks', () => {
    expect(normalUrl('http://www.example.org/a/?utm_source=x&q=1#part')?.url).toBe(
      'http://www.example.org/a/?q=1#part',
    );
    for (const none of ['ftp://example.org', 'javascript:alert(1)', 'https://a:b@example.org', 'words']) {
      expect(normalUrl(none)).toBeNull();
    }
  });

  it('normalising is the same done twice, and never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.webUrl({ withQueryParameters: true, withFragments: true, size: 'small' }), fc.string()),
        (text) => {
          const once = normalUrl(text);
          if (once !== null) expect(normalUrl(once.url)).toEqual(once);
        },
      ),
      { numRuns: 30 },
    );
  });
});

it.each([
  ['https://dj.bandcamp.com/album/x', 'bandcamp'],
  ['https://on.soundcloud.com/abc', 'soundcloud'],
  ['https://www.mixcloud.com/dj/set/', 'mixcloud'],
  ['https://open.spotify.com/track/1', 'spotify'],
  ['https://youtu.be/dQw4w9WgXcQ', 'youtube'],
  ['https://www.beatport.com/track/x/1', 'beatport'],
  ['https://www.discogs.com/release/1', 'discogs'],
  ['https://music.apple.com/us/album/x/1', 'apple-music'],
  ['https://tidal.com/browse/track/1', 'tidal'],
  ['https://example.org/flyer.PNG', 'image'],
  ['https://example.org/set.mp3?x=1', 'audio'],
  ['https://example.org/clip.mp4', 'video'],
  ['https://example.org/tracks.pdf', 'file'],
  ['https://notsoundcloud.com/x', 'link'],
  ['https://soundcloud.com.evil.example/x', 'link'],
])('%s is of the kind %s', (url, kind) => {
  expect(linkKindOf(new URL(url))).toBe(kind);
});

describe('in a message', () => {
  const found = (text: string) => foundIn(textContent(text), () => null).map(({ url }) => url);

  it('links are found as people write them out, where no platform has marked them', () => {
    expect(found('ID? https://soundcloud.com/dj/one, or (https://example.org/a).')).toEqual([
      'https://soundcloud.com/dj/one',
      'https://example.org/a',
    ]);
    expect(found('dj.bandcamp.com/track/one is it')).toEqual(['https://dj.bandcamp.com/track/one']);
    expect(found('see readme.md and mail ann@example.org, node.js, 1.30')).toEqual([]);
  });

  it('the same link is found once, code is left alone, and one message brings twenty at most', () => {
    expect(found('https://youtu.be/dQw4w9WgXcQ https://www.youtube.com/watch?v=dQw4w9WgXcQ')).toHaveLength(1);
    expect(foundIn({ rich: [{ t: 'code', text: 'https://example.org' }], attachments: [] }, () => null)).toEqual([]);
    expect(found(Array.from({ length: 50 }, (_, at) => `https://example.org/${at}`).join(' '))).toHaveLength(20);
  });

  it('what is passed over has none', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl(), fc.constant('soundcloud.com/dj/x')), (text) => {
        const json = JSON.stringify({ content: textContent(text) });
        if (!mayHaveItems(json)) expect(found(text)).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });
});

describe('the title of a page', () => {
  it.each([
    ['<title>One &amp; two</title>', 'One & two'],
    ['<TITLE lang=en>\n  A  line\n</TITLE>', 'A line'],
    ['<title>Site</title><meta property="og:title" content="Track &#8211; DJ&#x21;">', 'Track – DJ!'],
    ["<meta content='Set' name='og:title'>", 'Set'],
    ['<head></head><body><title>not this</title>', null],
    ['<title></title>', null],
    ['nothing', null],
    ['<title>\u202eevil\u0000</title>', 'evil'],
    ['<title', null],
  ])('%j', (html, title) => {
    expect(titleOf(html)).toBe(title);
  });

  it('is bounded, and found in no time in whatever page', () => {
    expect([...(titleOf(`<title>${'😀'.repeat(5_000)}</title>`) ?? '')]).toHaveLength(201);
    const pages = ['<meta ', '<title', '<meta a="', '&#', "<meta property='og:title' content="];
    const readAll = (): void => {
      for (const part of pages) titleOf(part.repeat(100_000));
    };
    expect(spentMs(readAll)).toBeLessThan(3_000);
    fc.assert(fc.property(fc.string(), (html) => titleOf(`<title>${html}`) !== undefined));
  });

  it('how a page is written is said in its head', () => {
    expect(charsetOf('<meta charset="windows-1252">')).toBe('windows-1252');
    expect(charsetOf('<meta http-equiv=x content="text/html; charset=iso-8859-1">')).toBe('iso-8859-1');
    expect(charsetOf('<p>')).toBeNull();
  });
});

describe('an export', () => {
  const post = (name: string) => ({
    message: '018f' as MessageId,
    user: 'u-x' as UserId,
    name,
    platform: 'irc',
    at: 0 as EpochMs,
  });
  const item = (title: string | null, name = 'ann', url = 'https://example.org/a'): LibraryItem => ({
    id: 'x',
    kind: 'link',
    url,
    title,
    attachment: null,
    count: 1,
    first: post(name),
    last: post(name),
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', ' =1', '|x', '%x', '＝1'])(
    'as CSV has no cell that is a formula: %j',
    (title) => {
      const [, line = ''] = exportAsCsv([item(title, title)], null).split('\r\n');
      expect(line).toContain(`"'${title}"`);
      expect(line.split(',').some((cell) => cell.startsWith('='))).toBe(false);
    },
  );

  it('as CSV keeps quotes, commas and lines within their cell', () => {
    const csv = exportAsCsv([item('a "b", c\nd')], null);
    expect(csv).toContain('"a ""b"", c\nd"');
    expect(csv.split('\r\n')[0]).toBe('time,kind,title,address,count,first by,first on,last time,last by,last on');
  });

  it('as Markdown has nothing that people wrote as markup', () => {
    const text = exportAsMarkdown(
      '# Show',
      [item('[x](javascript:1) <b>', '*ann* https://evil.example', '/media/x/a b')],
      'https://hub.example',
    );
    expect(text).toContain('# \\# Show');
    expect(text).toContain('- [\\[x\\]\\(javascript\\:1\\) \\<b\\>](<https://hub.example/media/x/a%20b>)');
    expect(text).toContain('\\*ann\\* https\\://evil.example on irc, 1970-01-01T00:00:00.000Z');
    expect(exportAsMarkdown('Show', [], null)).toContain('Nothing was posted.');
  });
});
