/** NaN for nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const high = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? Number.NaN) + high) / 2;
}

/** For people: three digits, however large. */
export function rounded(value: number, digits = 3): number {
  return Number(value.toPrecision(digits));
}

const PER_OCTAVE = 32;
const OCTAVES = 32;

/** Counts of whole numbers in buckets of 3 %, whatever their number: for latencies in microseconds. */
export class Histogram {
  readonly #counts = new Float64Array(PER_OCTAVE * OCTAVES);
  #total = 0;

  add(value: number): void {
    const at = bucketOf(value);
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#total += 1;
  }

  get total(): number {
    return this.#total;
  }

  /** @param share 0.5 for the median; NaN when nothing was added */
  quantile(share: number): number {
    let left = share * this.#total;
    if (this.#total === 0) return Number.NaN;
    for (let at = 0; at < this.#counts.length; at += 1) {
      left -= this.#counts[at] ?? 0;
      if (left <= 0) return middleOf(at);
    }
    return Number.NaN;
  }

  clear(): void {
    this.#counts.fill(0);
    this.#total = 0;
  }
}

function bucketOf(value: number): number {
  const whole = Math.min(0x7f_ff_ff_ff, Math.max(0, Math.round(value)));
  if (whole < PER_OCTAVE) return whole;
  const octave = 31 - Math.clz32(whole) - 5;
  return octave * PER_OCTAVE + (whole >> octave);
}

function middleOf(bucket: number): number {
  if (bucket < PER_OCTAVE * 2) return bucket;
  const octave = Math.floor(bucket / PER_OCTAVE) - 1;
  return (bucket - octave * PER_OCTAVE + 0.5) * 2 ** octave;
}
