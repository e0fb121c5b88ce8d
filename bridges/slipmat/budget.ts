/** A bucket of tokens, filled steadily. Time is handed in, in ms. */
export class Budget {
  readonly #burst: number;
  readonly #perSecond: number;
  #tokens: number;
  #at: number;
  /** Refused since the bucket was half full. */
  #refused = 0;

  constructor(burst: number, perSecond: number, at: number) {
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#tokens = burst;
    this.#at = at;
  }

  /**
   * `told`: the first that is refused since the bucket was half full. `flood`: more than a whole bucket was refused
   * since then.
   */
  take(cost: number, at: number): 'ok' | 'told' | 'refused' | 'flood' {
    this.#tokens = Math.min(this.#burst, this.#tokens + ((at - this.#at) / 1_000) * this.#perSecond);
    this.#at = at;
    if (this.#tokens > this.#burst / 2) this.#refused = 0;
    if (this.#tokens >= cost) {
      this.#tokens -= cost;
      return 'ok';
    }
    this.#refused += cost;
    if (this.#refused === cost) return 'told';
    return this.#refused > this.#burst ? 'flood' : 'refused';
  }

  /** Takes what is left, at most `cost`: for what is known to be bad only after it was let in. */
  fine(cost: number): void {
    this.#tokens = Math.max(0, this.#tokens - cost);
  }

  /** Takes it all, on credit where the bucket is empty: for what turned out to be costly. At most a bucket is owed. */
  charge(cost: number): void {
    this.#tokens = Math.max(-this.#burst, this.#tokens - cost);
  }

  /** Until half of the bucket is full again. */
  retryAfterMs(): number {
    return Math.ceil(((this.#burst / 2 - this.#tokens) / this.#perSecond) * 1_000);
  }
}
