import type { Readable, Writable } from 'node:stream';
import type { Env } from '../../config/env.ts';
import { loadConfig } from '../../config/load.ts';
import type { Origins } from '../../config/origins.ts';
import { redactUrl } from '../../config/redact-url.ts';
import type { HubConfig } from '../../config/schema.ts';
import type { Clock } from '../async/clock.ts';
import type { Logger } from '../ops/log.ts';
import type { BuiltIns } from '../plugin/load.ts';

/** A hub in this process, as the command line needs it. */
export interface RunningHub {
  readonly url: string;
  /** The one-time link of the first admin; null once there is one. For people's eyes only, never for a log. */
  readonly firstAdminLink: string | null;
  /** Resolves when the hub can store nothing more and must be started again. */
  readonly failed: Promise<Error>;
  stop(): Promise<void>;
}
export interface StartOptions {
  readonly config: HubConfig;
  /** Absent: nobody will ask. */
  readonly origins?: Origins;
  readonly log: Logger;
  readonly clock: Clock;
  readonly webRoot: string;
  /** Just for one command: nobody connects, nothing is bridged. */
  readonly isOffline: boolean;
}

/** What the commands get from `main.ts`. */
export interface CliParts {
  readonly argv: readonly string[];
  readonly env: Env;
  readonly version: string;
  readonly webRoot: string;
  readonly clock: Clock;
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly builtIns: BuiltIns;
  readonly readFile: (path: string) => string;
  readonly startHub: (options: StartOptions) => Promise<RunningHub>;
}

/** Exit codes. `usage`: the command or the configuration is wrong, and trying again will not help. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/** Ends the command with a sentence for the operator. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: number;
  constructor(message: string, exitCode: number = EXIT.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}

interface Loaded {
  readonly config: HubConfig;
  readonly origins: Origins;
}

/** @throws {CliError} with all problems of the configuration */
export async function readConfig(parts: CliParts, file: string | undefined): Promise<HubConfig> {
  return (await loadOrFail(parts, file)).config;
}

/** With where each value came from. @throws {CliError} with all problems of the configuration */
export async function loadOrFail({ env, readFile }: CliParts, file: string | undefined): Promise<Loaded> {
  const loaded = await loadConfig({ env, readFile, file });
  if (loaded.ok) return loaded;
  const lines = loaded.errors.map((error) => `  ${error.message}`);
  throw new CliError(`The configuration is wrong:\n${lines.join('\n')}`, EXIT.usage);
}

/** An error in one line for the operator. The address of Redis may carry a password, so it is taken out. */
export function sayError(error: unknown, config: HubConfig): string {
  const text = error instanceof Error ? error.message : String(error);
  return secretsOf(config).reduce((clean, [secret, shown]) => clean.replaceAll(secret, shown), text);
}

/** Errors that we throw have a name of their own; these mean a mistake in the code, and the log needs where it is. */
export function isUnforeseen(error: unknown): boolean {
  return !(error instanceof Error) || /^(Error|TypeError|RangeError|ReferenceError)$/.test(error.name);
}

function secretsOf({ redisUrl, metricsToken }: HubConfig): readonly (readonly [string, string])[] {
  const token: readonly (readonly [string, string])[] = metricsToken === null ? [] : [[metricsToken, '***']];
  if (redisUrl === null) return token;
  const { password } = new URL(redisUrl);
  const passwords = [password, decodeURIComponent(password)].filter((text) => text !== '');
  return [...token, [redisUrl, redactUrl(redisUrl)], ...passwords.map((text) => [text, '***'] as const)];
}

/** Resolves once the stream took it; a reader that went away (`| head`) ends the command quietly. */
export function write(stream: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => {
      if (error === null || error === undefined) resolve();
      else reject(error);
    });
  });
}
