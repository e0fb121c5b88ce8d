/** The time at which something was meant to be said, carried in its text and read again where it arrives. */
const MARK = '~t';
const DIGITS = 12;
const WRAP = 10 ** DIGITS;
const FIRST = MARK.charCodeAt(0);
const SECOND = MARK.charCodeAt(1);
/** Both ends measure from the same moment: the start of the machine. The highest was least interrupted between its halves. */
const base = Math.max(...Array.from({ length: 50 }, () => Number(process.hrtime.bigint()) / 1e6 - performance.now()));

/** Microseconds, the same in every process of this machine. */
export function nowUs(): number {
  return Math.floor((performance.now() + base) * 1_000) % WRAP;
}

/** @param us as of `nowUs`; the moment of intention, not of sending */
export function stampOf(us: number): string {
  return MARK + String(Math.floor(us)).padStart(DIGITS, '0');
}

/** Finds stamps in frames that look alike: tries first where the last one stood. */
export class StampReader {
  #offset = 0;

  /** @returns -1 when there is none in full */
  read(bytes: Buffer, start: number, end: number): number {
    let at = start + this.#offset;
    if (bytes[at] !== FIRST || bytes[at + 1] !== SECOND) {
      at = bytes.indexOf(MARK, start, 'latin1');
      if (at < 0 || at >= end) return -1;
      this.#offset = at - start;
    }
    at += MARK.length;
    if (at + DIGITS > end) return -1;
    let us = 0;
    for (let digit = 0; digit < DIGITS; digit += 1) us = us * 10 + ((bytes[at + digit] ?? 48) - 48);
    return us;
  }
}

/** From then to now, over the wrap; 0 for what two clocks make a little less than nothing. */
export function sinceUs(us: number, now: number): number {
  const late = now - us;
  if (late < -WRAP / 2) return late + WRAP;
  return Math.max(0, late);
}
