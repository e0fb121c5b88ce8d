import { readdirSync, readFileSync } from 'node:fs';
import { decodeLine } from '../../../bridges/twitch/decode.ts';
import { parseLine } from '../../../bridges/twitch/line.ts';
import type { EpochMs, RoomId } from '../../../core/domain/ids.ts';

const FOLDER = new URL('../../fixtures/twitch/', import.meta.url);
const READING = { room: '1001' as RoomId, broadcaster: '1001', self: '2001', now: 1_594_555_299_000 as EpochMs };

/** Lines as Twitch sends them, each beside what it must come to. */
export const fixtures = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.irc'))
  .map((file) => {
    const name = file.slice(0, -'.irc'.length);
    const raw = readFileSync(new URL(file, FOLDER), 'utf8').replace(/\n$/, '');
    return {
      name,
      raw,
      decode() {
        const line = parseLine(raw);
        return line === null ? null : decodeLine(line, READING);
      },
      golden: JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8')) as unknown,
    };
  });
