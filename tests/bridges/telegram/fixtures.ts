import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Update } from 'grammy/types';
import { type DecodeContext, decodeUnit } from '../../../bridges/telegram/decode.ts';
import { placeOf } from '../../../bridges/telegram/rooms.ts';
import { unitsOf } from '../../../bridges/telegram/units.ts';
import type { Fixture } from '../../../core/contract/subject.ts';
import type { EpochMs, RoomId } from '../../../core/domain/ids.ts';
import { BOT } from '../../fakes/telegram-server.ts';

const FOLDER = join(import.meta.dirname, '../../fixtures/telegram');
/** A group, its channel, and two topics of a forum. */
const LINKED = ['-1001234567890', '-1005555555555', '-1009876543210', '-1009876543210/7'].map((room) => room as RoomId);

export const CONTEXT: DecodeContext = {
  own: BOT,
  commands: new Set(['timeout', 'bridge', 'help']),
  roomsOf: (chat) => LINKED.filter((room) => placeOf(room)?.chat === chat),
  isSameChannel: (one, other) => LINKED.includes(one) && LINKED.includes(other),
  mainOf: (_, message) => (message === 502 ? 500 : message),
  hearsMembers: () => true,
  now: 1_700_000_999_000 as EpochMs,
};

/** Updates in the documented shape, each file with what they must come to. */
export function telegramFixtures(): readonly Fixture[] {
  return readdirSync(FOLDER)
    .toSorted()
    .map((file) => {
      const { updates, golden } = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as {
        readonly updates: readonly Update[];
        readonly golden: unknown;
      };
      const decode = () => unitsOf(updates, () => null).flatMap((unit) => decodeUnit(unit, CONTEXT));
      return { name: file.replace('.json', ''), decode, golden };
    });
}
