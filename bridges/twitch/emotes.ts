import type { Rich, RichNode } from '../../core/domain/content.ts';

/** Where one emote stands in a text, in code points; `end` is behind its last. */
interface Place {
  readonly id: string;
  readonly start: number;
  readonly end: number;
}

const EMOTE = /^[A-Za-z0-9_]{1,64}$/;
const RANGE = /^(\d{1,5})-(\d{1,5})$/;

/** Where Twitch serves the picture of an emote; public, and the same for ever. */
export function emoteUrl(id: string): string {
  return `https://static-cdn.jtvnw.net/emoticons/v2/${id}/default/dark/2.0`;
}

/**
 * The text with its emotes as nodes of their own.
 * @param emotes the tag: `25:0-4,12-16/1902:6-10`, positions counted in code points
 * @param from code points at the beginning that are left out
 */
export function withEmotes(text: string, emotes: string, from = 0): Rich {
  const points = [...text];
  const rich: RichNode[] = [];
  let at = from;
  const say = (until: number): void => {
    if (until > at) rich.push({ t: 'text', text: points.slice(at, until).join('') });
  };
  for (const { id, start, end } of placesOf(emotes, points.length)) {
    if (start < at) continue;
    say(start);
    rich.push({ t: 'emoji', name: points.slice(start, end).join(''), url: emoteUrl(id) });
    at = end;
  }
  say(points.length);
  return rich;
}

function placesOf(emotes: string, length: number): readonly Place[] {
  return emotes
    .split('/')
    .flatMap((one) => {
      const [id = '', ranges = ''] = one.split(':');
      return EMOTE.test(id) ? ranges.split(',').flatMap((range) => placeOf(id, range, length)) : [];
    })
    .sort((a, b) => a.start - b.start);
}

function placeOf(id: string, range: string, length: number): readonly Place[] {
  const [, first, last] = RANGE.exec(range) ?? [];
  const start = Number(first);
  const end = Number(last) + 1;
  return start < end && end <= length ? [{ id, start, end }] : [];
}
