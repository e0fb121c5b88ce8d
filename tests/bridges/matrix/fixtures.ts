import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeEvent } from '../../../bridges/matrix/decode.ts';
import type { Names } from '../../../bridges/matrix/decode-html.ts';
import { parseEvent } from '../../../bridges/matrix/event.ts';
import type { Fixture } from '../../../core/contract/subject.ts';

const FOLDER = join(import.meta.dirname, '../../fixtures/matrix');

export const NAMES: Names = {
  linked: (target, shown) => (target.startsWith('@') ? { t: 'mention', user: null, name: shown } : null),
};

/** Events in the documented shape, each file with what it must come to. */
export function matrixFixtures(): readonly Fixture[] {
  return readdirSync(FOLDER)
    .toSorted()
    .map((file) => {
      const read = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as {
        readonly event: unknown;
        readonly golden: unknown;
      };
      const decode = (): unknown => {
        const event = parseEvent(read.event);
        return event === null ? 'unreadable' : decodeEvent(event, NAMES);
      };
      return { name: file.replace('.json', ''), decode, golden: read.golden };
    });
}
