import { expect } from 'vitest';
import { PATIENCE_MS } from '../fakes/until.ts';
import { type Flood, type FloodedRoom, PRIORITY } from './flood-rig.ts';

/** `+14 messages from Ann, Bob and 5 others; the whole chat: https://…` */
const DIGEST =
  /^\+(\d+) messages? from (?:\w+|\w+ and \w+|\w+, \w+ and \d+ others?); the whole chat: https:\/\/chat\.example\/c\/lobby$/;
const SHOUT = /^\[Slipmat\] fan\d+: shout (\d+)$/;

const digests = (room: FloodedRoom) => room.posts().filter(({ text }) => DIGEST.test(text));
const counted = (text: string): number => Number(DIGEST.exec(text)?.[1] ?? 0);
/** What the room was told, by itself or in a line that sums up. From elsewhere: `[Twitch]`, `[Telegram]`. */
function toldIn(room: FloodedRoom): number {
  const alone = room.posts().filter(({ text }) => SHOUT.test(text) || PRIORITY.test(text) || FROM_OTHERS.test(text));
  return alone.length + digests(room).reduce((sum, { text }) => sum + counted(text), 0);
}
const FROM_OTHERS = /^\[(?:Twitch|Telegram)\] /;

/** Lets the crowd loose, and holds what arrived everywhere against what was said. */
export async function holdFlood(flood: Flood, seconds: number, factor: number): Promise<void> {
  const { spoken } = await flood.run(seconds, 50);
  const rooms = [
    ['Twitch', flood.twitch],
    ['Telegram', flood.telegram],
  ] as const;
  // each room is also told of the question from the other
  const all = spoken + 1;
  for (const [name, room] of rooms) {
    const untold = async (): Promise<number> => Math.max(0, all - toldIn(room) - (await room.inDoubt()));
    await expect
      .poll(untold, { timeout: 120_000 / factor + PATIENCE_MS, message: `neither told in ${name} nor in doubt` })
      .toBe(0);
    expect(toldIn(room), `told in ${name}, each once`).toBeLessThanOrEqual(all);
  }
  const said = await flood.said();
  expect(said).toHaveLength(spoken + 2);
  for (const { heard } of flood.listeners) expect(heard).toEqual(said.map(({ id }) => id));
  for (const [name, room] of rooms) {
    expect(mostInAnyWindow(room), `posts on ${name} in any window`).toBeLessThanOrEqual(room.budget.count);
    expect(digests(room).length, `lines that sum up on ${name}`).toBeGreaterThan(0);
    const strange = room
      .posts()
      .filter(({ text }) => ![DIGEST, SHOUT, PRIORITY, FROM_OTHERS].some((one) => one.test(text)));
    expect(strange).toEqual([]);
    const order = inChannel(said, room);
    expect(order, `order on ${name}`).toEqual(order.toSorted((a, b) => a - b));
    const priority = room
      .posts()
      .filter(({ text }) => PRIORITY.test(text))
      .map(({ text }) => text.replace(/^.*?: /, ''));
    expect(priority, `who comes first on ${name}`).toEqual(
      expect.arrayContaining(['the next one is a premiere', 'hands up']),
    );
  }
  expect(shownIn(flood.telegram, 'it is Kool, Ann')).toBe(true);
  expect(shownIn(flood.twitch, 'it is Kool, Ben')).toBe(true);
}

/** Where in the channel stands what was told by itself, in the order of the room. */
function inChannel(said: readonly { readonly text: string }[], room: FloodedRoom): readonly number[] {
  const at = new Map(said.map(({ text }, index) => [text, index]));
  return room.posts().flatMap(({ text }) => at.get(text.replace(/^\[\w+\] \w+: /, '')) ?? []);
}

function shownIn(room: FloodedRoom, text: string): boolean {
  return room.posts().some((one) => one.text === `[Slipmat] nina: ${text}`);
}

/** A window that begins with each post in turn: no other can hold more. */
function mostInAnyWindow(room: FloodedRoom): number {
  const times = room.posts().map(({ at }) => at);
  return Math.max(...times.map((from) => times.filter((at) => at >= from && at - from < room.budget.perMs).length));
}
