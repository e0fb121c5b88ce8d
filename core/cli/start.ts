import { ConfigError } from '../../config/config-error.ts';
import type { HubConfig } from '../../config/schema.ts';
import { type Clock, pause } from '../async/clock.ts';
import { createLogger, type Logger } from '../ops/log.ts';
import { type CliParts, EXIT, isUnforeseen, loadOrFail, type RunningHub, sayError, write } from './parts.ts';

/** A stop that takes longer than this is cut off. */
const STOP_DEADLINE_MS = 10_000;
/** npm hands the same Ctrl+C on once more: only a later one means "at once". */
const SAME_SIGNAL_MS = 500;

/** Runs the hub until a signal. @returns the exit code */
export async function start(parts: CliParts, file: string | undefined): Promise<number> {
  const { config, origins } = await loadOrFail(parts, file);
  const log = createLogger(config.logLevel);
  const signal = catchSignals(parts.clock, log);
  try {
    const hub = await parts.startHub({
      config,
      origins,
      log,
      clock: parts.clock,
      webRoot: parts.webRoot,
      isOffline: false,
    });
    await write(parts.stdout, welcome(parts.version, config, hub));
    const failure = await Promise.race([signal.stopped, hub.failed]);
    if (failure !== undefined) log.error({ err: failure }, 'the hub cannot go on and must be started again');
    return (await stopInTime(hub, parts.clock, log)) && failure === undefined ? EXIT.ok : EXIT.failed;
  } catch (error) {
    const isConfig = error instanceof ConfigError;
    if (isUnforeseen(error)) log.error({ err: error }, 'start failed');
    await write(parts.stderr, `The hub did not start: ${sayError(error, config)}\n`);
    return isConfig ? EXIT.usage : EXIT.failed;
  } finally {
    signal.release();
  }
}

async function stopInTime(hub: RunningHub, clock: Clock, log: Logger): Promise<boolean> {
  log.info({}, 'stopping');
  const done = new AbortController();
  const tooLate = pause(clock, STOP_DEADLINE_MS, done.signal).then(() => false);
  const isInTime = await Promise.race([hub.stop().then(() => true), tooLate]);
  done.abort();
  if (isInTime) log.info({}, 'stopped');
  else log.error({ afterMs: STOP_DEADLINE_MS }, 'stopping took too long and was cut off');
  return isInTime;
}

interface Signals {
  /** Resolves at the first signal. */
  readonly stopped: Promise<void>;
  release(): void;
}

/** The first signal asks for a graceful stop, the next one ends the process at once. */
function catchSignals(clock: Clock, log: Logger): Signals {
  let firstAt: number | null = null;
  let resolve = (): void => {};
  const stopped = new Promise<void>((done) => {
    resolve = done;
  });
  const listener = (signal: NodeJS.Signals): void => {
    if (firstAt === null) {
      firstAt = clock.elapsed();
      resolve();
    } else if (clock.elapsed() - firstAt > SAME_SIGNAL_MS) {
      log.warn({ signal }, 'stopped at once');
      process.exit(signal === 'SIGINT' ? 130 : 143);
    }
  };
  process.on('SIGINT', listener).on('SIGTERM', listener);
  return { stopped, release: () => void process.off('SIGINT', listener).off('SIGTERM', listener) };
}

function welcome(version: string, config: HubConfig, hub: RunningHub): string {
  const place = config.redisUrl === null ? `in ${config.dataDir}` : `in Redis and ${config.dataDir}`;
  const lines = [`Slipmat Hub ${version} runs at ${hub.url}`, `Messages are kept ${place}.`];
  if (hub.firstAdminLink !== null) {
    lines.push(
      '',
      'There is no admin yet. Open this link to become the first one; it works once:',
      '',
      `  ${hub.firstAdminLink}`,
    );
  }
  lines.push('', 'Stop with Ctrl+C.', '');
  return lines.join('\n');
}
