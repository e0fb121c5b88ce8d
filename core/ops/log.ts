import { destination, pino } from 'pino';

/** Log events, not prose: `log.warn({ portal, retryAfterMs }, 'delivery delayed')`. Never a token, never message text above debug. */
export interface Logger {
  debug(fields: object, event: string): void;
  info(fields: object, event: string): void;
  warn(fields: object, event: string): void;
  error(fields: object, event: string): void;
  child(fields: object): Logger;
}

/** Field names whose values never reach a log, at any depth up to three. */
const SECRET_FIELDS = ['token', 'password', 'secret', 'authorization', 'cookie', 'credential', 'ticket', 'claim'];

/** Structured logs as JSON lines on stderr; stdout is for people. */
export function createLogger(level: 'debug' | 'info' | 'warn' | 'error' | 'silent'): Logger {
  return pino(
    {
      level,
      redact: {
        paths: SECRET_FIELDS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
        censor: '[secret]',
      },
      serializers: { err: (error: unknown) => plainError(error) },
    },
    destination({ dest: 2, sync: false }),
  );
}

/** Errors of libraries carry what they were about, such as a command with the message in it: only what is named here is told. */
function plainError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return typeof error;
  const { name, message, stack, cause } = error;
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  return {
    type: name,
    message,
    ...code,
    stack,
    ...(cause === undefined ? {} : { cause: depth < 3 ? plainError(cause, depth + 1) : null }),
  };
}

/** For tests and tools that want no log. */
export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLogger,
};
