import { hash } from 'node:crypto';
import type { EpochMs, RemoteRef } from 'slipmat-hub/plugin';
import { roomOf } from '../inbound.ts';
import type { ReadMessage } from '../message.ts';

/**
 * Where a message stands. matterbridge gives its API no ids: then the time, in nanoseconds there and the same whenever
 * it is sent again, names it together with who said what.
 */
export function refOf(message: ReadMessage): RemoteRef {
  const { id, timestamp, account, userid, username, text } = message;
  const own = (): string =>
    `${timestamp}-${hash('sha256', JSON.stringify([account, userid, username, text])).slice(0, 16)}`;
  return { room: roomOf(message), id: id === '' ? own() : id };
}

/** @param now where the message says no time that can be read */
export function timeOf({ timestamp }: ReadMessage, now: EpochMs): EpochMs {
  const at = Date.parse(timestamp);
  return Number.isNaN(at) ? now : (at as EpochMs);
}
