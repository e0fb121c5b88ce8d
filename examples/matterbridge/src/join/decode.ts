import { hash } from 'node:crypto';
import type { EpochMs, RemoteRef } from 'slipmat-hub/plugin';
import { roomOf } from '../inbound.ts';
import { type ReadMessage, readMessage } from '../message.ts';

/**
 * Where a message stands. matterbridge gives its API no ids: then the time, in nanoseconds there and the same whenever
 * it is sent again, names it together with who said what.
 */
export function refOf(message: ReadMessage): RemoteRef {
  const { id, timestamp, account, userid, username, text } = message;
  const said = JSON.stringify([account, userid, username, text]);
  return { room: roomOf(message), id: id === '' ? `${timestamp}-${hash('sha256', said).slice(0, 16)}` : id };
}

/** @param now where the message says no time that can be read */
export function timeOf({ timestamp }: ReadMessage, now: EpochMs): EpochMs {
  const at = Date.parse(timestamp);
  return Number.isNaN(at) ? now : (at as EpochMs);
}

/** Whether one RFC 3339 time is later than another, to the nanosecond. */
export function isLater(one: string, other: string): boolean {
  const [a, b] = [Date.parse(one), Date.parse(other)];
  const [secondA, secondB] = [Math.floor(a / 1_000), Math.floor(b / 1_000)];
  return secondA === secondB ? nanosOf(one) > nanosOf(other) : secondA > secondB;
}

/** The fraction of the second; Go leaves zeros at its end out. */
function nanosOf(timestamp: string): number {
  return Number((/\.(\d{1,9})/.exec(timestamp)?.[1] ?? '').padEnd(9, '0'));
}

/** Reads what `/api/messages` answers. What is no message is left out. */
export function pageOf(text: string): readonly ReadMessage[] {
  const page: unknown = JSON.parse(text);
  if (!Array.isArray(page)) return [];
  return page.flatMap((one) => {
    const read = readMessage.safeParse(one);
    return read.success ? [read.data] : [];
  });
}
