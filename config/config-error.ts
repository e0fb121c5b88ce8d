/** A bad field of the configuration. Names the path and the mend; never echoes the value, which may be a secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly path: string;
  readonly mend: string;
  constructor(path: string, problem: string, mend: string) {
    super(`${path}: ${problem}. ${mend}`);
    this.path = path;
    this.mend = mend;
  }
}
