import type { EpochMs } from '../../domain/ids.ts';

/** When an event shall start, and what stands after that. */
export interface When {
  readonly at: EpochMs;
  readonly rest: string;
}

const IN = /^in\s+(\d{1,4})\s*(m|min|minutes?|h|hours?|d|days?)\b\s*/iu;
const AT = /^(?:at\s+)?(\d{4}-\d{2}-\d{2})[ T](\d{1,2}):(\d{2})\s*(Z|UTC|[+-]\d{2}:?\d{2})\b\s*/iu;
const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads `in 45m`, `in 3 hours`, `2026-08-01 22:00 UTC`, `2026-08-01T22:00+02:00`. Null: it is no time. */
export function readWhen(text: string, now: EpochMs): When | null {
  const soon = IN.exec(text);
  if (soon !== null) {
    const [said, count = '', unit = ''] = soon;
    const ms = Number(count) * (UNIT_MS[unit.slice(0, 1).toLowerCase()] ?? 0);
    return { at: (now + ms) as EpochMs, rest: text.slice(said.length).trim() };
  }
  const exact = AT.exec(text);
  if (exact === null) return null;
  const [said, day = '', hour = '', minute = '', zone = ''] = exact;
  const offset = /^[zu]/i.test(zone) ? 'Z' : zone.replace(/^([+-]\d{2}):?(\d{2})$/, '$1:$2');
  const at = Date.parse(`${day}T${hour.padStart(2, '0')}:${minute}:00${offset}`);
  return Number.isNaN(at) ? null : { at: at as EpochMs, rest: text.slice(said.length).trim() };
}
