import { PassThrough, Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { systemClock } from '../../core/async/clock.ts';
import type { CliParts } from '../../core/cli/parts.ts';
import { choosePassword } from '../../core/cli/password.ts';

/** Somebody at a terminal who types these lines, each when asked. */
function terminal(lines: readonly string[]) {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} });
  const typed = [...lines];
  let shown = '';
  const stderr = new Writable({
    write(chunk, _encoding, done) {
      shown += String(chunk);
      if (String(chunk).endsWith(': ')) setImmediate(() => stdin.write(`${typed.shift() ?? ''}\r`));
      done();
    },
  });
  return { parts: partsOf(stdin, stderr), shown: () => shown };
}

function partsOf(stdin: CliParts['stdin'], stderr: Writable): CliParts {
  const unused = () => Promise.reject(new Error('not in this test'));
  const rest = {
    argv: [],
    env: {},
    version: '0',
    webRoot: '',
    clock: systemClock,
    builtIns: { surfaces: {}, bridges: {} },
    readFile: () => '',
    startHub: unused,
  };
  return { ...rest, stdin, stdout: stderr, stderr };
}

function piped(text: string): CliParts {
  const stdin = new PassThrough();
  stdin.end(text);
  return partsOf(stdin, new PassThrough());
}

it('asks twice at a terminal and shows nothing of what is typed', async () => {
  const { parts, shown } = terminal(['correct horse', 'correct horse']);
  expect(await choosePassword(parts, false)).toEqual({ password: 'correct horse', isNew: false });
  expect(shown()).toBe('Password (empty: make one): \nOnce more: \n');
});

it('refuses two that differ', async () => {
  await expect(choosePassword(terminal(['correct horse', 'correct house']).parts, false)).rejects.toThrow(
    'not the same',
  );
});

it('makes one for an empty line, and where there is no terminal, another each time', async () => {
  const made = [await choosePassword(terminal(['']).parts, false), await choosePassword(piped('ignored'), false)];
  expect(made.map(({ isNew }) => isNew)).toEqual([true, true]);
  expect(new Set(made.map(({ password }) => password)).size).toBe(2);
  for (const { password } of made) expect(password).toHaveLength(16);
});

it('reads the first line of standard input when told to, and refuses an empty one', async () => {
  expect(await choosePassword(piped('a b c \r\nmore\n'), true)).toEqual({ password: 'a b c ', isNew: false });
  await expect(choosePassword(piped('\n'), true)).rejects.toThrow('no password on standard input');
});
