import { type Rich, type RichNode, type RoomId, userIdOf } from 'slipmat-hub/plugin';
import type { Link } from './link.ts';
import { accountIdOf } from './people.ts';

/** As people on IRC speak to each other: `ann: hello` at the beginning, or `@ann` anywhere. */
const CALLS = /^@?([^\s:,]+)(?=[:,](?:\s|$))|(?<=^|\s)@([^\s@:,.!?)]+)/g;

/** Turns the nicks of people in the room who are spoken to into mentions. No letter of the text goes. */
export function withMentions(rich: Rich, room: RoomId, link: Pick<Link, 'people' | 'session'>): Rich {
  return rich.flatMap(
    (node, index): Rich => (node.t === 'text' ? mentionsIn(node.text, index === 0, room, link) : [node]),
  );
}

function mentionsIn(
  text: string,
  isFirst: boolean,
  room: RoomId,
  { people, session }: Pick<Link, 'people' | 'session'>,
): Rich {
  const nodes: RichNode[] = [];
  let done = 0;
  for (const { 0: found, 1: called, 2: at, index } of text.matchAll(CALLS)) {
    const person = people.find(called ?? at ?? '');
    if (person === null || session.isSelf(person.nick) || people.modes(room, person.nick) === null) continue;
    if (called !== undefined && !isFirst) continue;
    if (index > done) nodes.push({ t: 'text', text: text.slice(done, index) });
    nodes.push({ t: 'mention', user: userIdOf('irc', accountIdOf(person, session)), name: person.nick });
    done = index + found.length;
  }
  return done === text.length ? nodes : [...nodes, { t: 'text', text: text.slice(done) }];
}
