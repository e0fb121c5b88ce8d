import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A server in a process of its own, killed by its id and started again over the same data. */
export interface ServerProcess {
  /** Zero before the first start. */
  pid(): number;
  start(): Promise<void>;
  /** @param signal SIGKILL for a crash */
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

interface Parts {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Whether it answers by now. */
  readonly isUp: () => Promise<boolean>;
}

const START_DEADLINE_MS = 30_000;

export function serverProcess({ command, args, env, isUp }: Parts): ServerProcess {
  let child: ChildProcess | null = null;
  let errors = '';

  async function kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const running = child;
    child = null;
    if (running === null || running.exitCode !== null || running.signalCode !== null) return;
    const gone = once(running, 'exit');
    running.kill(signal);
    await gone;
  }

  return {
    pid: () => child?.pid ?? 0,
    async start() {
      const started = spawn(command, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
      child = started;
      errors = '';
      started.stderr.on('data', (chunk: Buffer) => {
        errors = (errors + chunk.toString()).slice(-4_000);
      });
      const end = performance.now() + START_DEADLINE_MS;
      while (!(await isUp().catch(() => false))) {
        if (started.exitCode !== null) throw new Error(`${command} ended at once:\n${errors}`);
        if (performance.now() > end) throw new Error(`${command} did not start:\n${errors}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    kill,
  };
}
