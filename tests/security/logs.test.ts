import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

/** What a process that runs this writes to its log. */
function logOf(script: string): string {
  const { stderr, status } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', `import { createLogger } from './core/ops/log.ts'; ${script}`],
    { cwd: new URL('../..', import.meta.url), encoding: 'utf8' },
  );
  expect(status).toBe(0);
  return stderr;
}

it('what a library hangs on an error stays out of the log; its text, code and cause are told', () => {
  const log = logOf(`
    const lost = Object.assign(new Error('not reached'), { code: 'ECONNREFUSED', password: 'pa55' });
    const error = new TypeError('append failed', { cause: lost });
    error.command = { name: 'auth', args: ['pa55', 'what somebody wrote'] };
    createLogger('info').error({ err: error, password: 'pa55' }, 'it failed');
    error.cause = error;
    createLogger('info').error({ err: error }, 'it failed of itself');
  `);
  expect(log).not.toContain('pa55');
  expect(log).not.toContain('what somebody wrote');
  const [first] = log.split('\n').map((line): unknown => (line === '' ? null : JSON.parse(line)));
  expect(first).toMatchObject({
    msg: 'it failed',
    err: {
      type: 'TypeError',
      message: 'append failed',
      stack: expect.stringContaining('TypeError'),
      cause: { message: 'not reached', code: 'ECONNREFUSED' },
    },
  });
});
