/** One request of a platform that calls the bridge. */
export interface PlatformCall {
  readonly method: string;
  /** Below the mount, with its first slash; encoded as it came. */
  readonly path: string;
  /** Of a parameter that came twice, the last. */
  readonly query: Readonly<Record<string, string>>;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * Reads the body, at most 10 MB; null: larger, or cut off. Look at who calls first: what strangers send is then not
   * even read.
   */
  body(): Promise<Uint8Array | null>;
}

export interface PlatformAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** For platforms that call us. Only the hub that runs the bridge answers; another says 503, so that they come again. */
export interface PlatformHttp {
  /** Where the platform finds the mount, without a slash at the end; null where the hub has no public address. */
  readonly url: string | null;
  /** Answers all calls from now on; one that rejects is answered with 500. @returns a function that ends it */
  mount(handle: (call: PlatformCall) => Promise<PlatformAnswer>): () => void;
}
