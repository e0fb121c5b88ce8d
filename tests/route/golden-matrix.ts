import { openMatrixDouble, ROOM } from '../fakes/matrix-double.ts';
import { DOMAIN, type FakeEvent } from '../fakes/matrix-world.ts';
import { details, linkNotation, MARKS, piecesOf, plainOf, type Style, steady } from './golden-notation.ts';
import type { Place, Shown } from './golden-place.ts';

const MATS = `@mats:${DOMAIN}`;
const TAGS: Readonly<Record<Style, readonly [string, string]>> = {
  bold: ['<strong>', '</strong>'],
  italic: ['<em>', '</em>'],
  underline: ['<u>', '</u>'],
  strike: ['<del>', '</del>'],
  spoiler: ['<span data-mx-spoiler>', '</span>'],
  code: ['<code>', '</code>'],
};
interface Relation {
  readonly rel_type?: string;
  readonly event_id?: string;
  readonly key?: string;
  readonly 'm.in_reply_to'?: { readonly event_id: string };
}

/** A Matrix room where the bot has every right. Everybody from elsewhere is there as a ghost of their own. */
export async function openMatrixPlace(): Promise<Place> {
  const { double, server, config } = await openMatrixDouble();
  const { world } = server;
  const room = world.room(ROOM);
  world.profiles.set(MATS, { displayname: 'Mats' });
  world.setMember(ROOM, MATS, 'join');

  const relation = ({ content }: FakeEvent): Relation | undefined => content['m.relates_to'] as Relation | undefined;
  const nameOf = (user: string): string => world.profiles.get(user)?.displayname ?? user;
  const related = (to: string, kind: string): readonly FakeEvent[] =>
    room.events.filter((one) => !one.isRedacted && relation(one)?.event_id === to && relation(one)?.rel_type === kind);
  const contentOf = (event: FakeEvent): Record<string, unknown> =>
    (related(event.event_id, 'm.replace').at(-1)?.content['m.new_content'] as Record<string, unknown> | undefined) ??
    event.content;
  const textOf = (event: FakeEvent): string => notationOf(contentOf(event));

  function seen(event: FakeEvent): Shown {
    const { event_id: id, sender } = event;
    const answered = relation(event)?.['m.in_reply_to']?.event_id;
    const target = answered === undefined ? null : world.event(ROOM, answered);
    const { msgtype, filename, 'm.mentions': mentions } = contentOf(event);
    const isOurs = sender !== MATS;
    const more = details({
      answers: target === null ? null : `${nameOf(target.sender)}: ${target.isRedacted ? '' : textOf(target)}`,
      files: msgtype === 'm.image' ? [`picture ${String(filename)}`] : [],
      pings: isOurs ? pingsOf(mentions) : [],
    });
    const reactions = related(id, 'm.annotation')
      .filter((one) => one.sender !== MATS)
      .map((one) => `${relation(one)?.key} by ${nameOf(one.sender)}`);
    const text = textOf(event);
    return { id, line: steady(`${nameOf(sender)}: ${text}${more}`), text, isOurs, reactions };
  }

  function says(text: string, more: object = {}): void {
    const content = { msgtype: 'm.text', ...encoded(text), 'm.mentions': {}, ...more };
    world.add({ room: ROOM, sender: MATS, type: 'm.room.message', content });
  }

  return {
    name: 'matrix',
    link: {
      bridge: { id: 'matrix', use: 'matrix', required: true, config },
      portal: { bridge: 'matrix', room: ROOM, direction: 'both' },
    },
    connect(hubUrl) {
      server.pushBy(async (path, body) => {
        const headers = { authorization: 'Bearer hs-token-of-the-double', 'content-type': 'application/json' };
        const request = { method: 'PUT', headers, body: JSON.stringify(body) };
        return (await fetch(`${hubUrl}/bridges/matrix${path}`, request)).status;
      });
    },
    shown: async () =>
      room.events
        .filter((one) => one.type === 'm.room.message' && !one.isRedacted && relation(one)?.rel_type !== 'm.replace')
        .map(seen),
    speaks: (notation) => notation,
    acts: {
      says: async (text) => says(text),
      answers: async (id, text) => says(text, { 'm.relates_to': { 'm.in_reply_to': { event_id: id } } }),
      async edits(id, text) {
        const edit = { ...encoded(`* ${text}`), 'm.new_content': { msgtype: 'm.text', ...encoded(text) } };
        says(text, { ...edit, 'm.relates_to': { rel_type: 'm.replace', event_id: id } });
      },
      async reacts(id, key) {
        const content = { 'm.relates_to': { rel_type: 'm.annotation', event_id: id, key } };
        world.add({ room: ROOM, sender: MATS, type: 'm.reaction', content });
      },
      async postsImage({ name, bytes }, caption) {
        const url = world.keepFile(name, Buffer.from(bytes), 'image/png');
        const info = { mimetype: 'image/png', size: bytes.length };
        says(caption, { msgtype: 'm.image', filename: name, url, info });
      },
      takesAway: async (id) => void world.redact(ROOM, id, MATS),
    },
    ways: {},
    stop: double.stop,
  };
}

function encoded(notation: string): object {
  const html = piecesOf(notation)
    .map(({ text, style }) => (style === null ? text : TAGS[style].join(text)))
    .join('');
  return { body: plainOf(notation), format: 'org.matrix.custom.html', formatted_body: html };
}

/** What a client draws of it: the HTML where there is any. */
function notationOf({ body, formatted_body: html }: Record<string, unknown>): string {
  if (typeof html !== 'string') return String(body);
  let drawn = html
    .replace(/<br\s*\/?>/g, '\n')
    .replace(/<a href="([^"]*)">(.*?)<\/a>/g, (_, url: string, label: string) => linkNotation(label, url));
  for (const [style, [open, close]] of Object.entries(TAGS)) {
    drawn = drawn.replaceAll(new RegExp(`${open}(.*?)${close}`, 'g'), (_, inner: string) => {
      const mark = MARKS[style as Style];
      return mark + inner + mark;
    });
  }
  return drawn.replaceAll('&#39;', "'").replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&amp;', '&');
}

function pingsOf(mentions: unknown): readonly string[] {
  const { user_ids: users = [], room } = (mentions ?? { room: true }) as {
    readonly user_ids?: readonly string[];
    readonly room?: boolean;
  };
  return [...users, ...(room === true ? ['@room'] : [])];
}
