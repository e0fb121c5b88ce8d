import { createInterface } from 'node:readline/promises';
import { type Readable, Writable } from 'node:stream';
import { newSecret } from '../async/mint.ts';
import { CliError, type CliParts, write } from './parts.ts';

/** Long enough for a person to be safe, short enough to be typed. */
const GENERATED_LENGTH = 16;

export interface ChosenPassword {
  readonly password: string;
  /** Made here: to be shown once. */
  readonly isNew: boolean;
}

/** A password from standard input, from the person at the terminal, or, where there is neither, a new one. */
export async function choosePassword(parts: CliParts, fromStdin: boolean): Promise<ChosenPassword> {
  if (fromStdin) return { password: await readLine(parts.stdin), isNew: false };
  const typed = isTerminal(parts.stdin) ? await askTwice(parts) : '';
  return typed === ''
    ? { password: newSecret().slice(0, GENERATED_LENGTH), isNew: true }
    : { password: typed, isNew: false };
}

/** What is told after a password was set. */
export function passwordLine(name: string, { password, isNew }: ChosenPassword): string {
  return isNew ? `The password of ${name}, shown only now: ${password}\n` : `The password of ${name} is set.\n`;
}

function isTerminal(stream: Readable): boolean {
  return 'isTTY' in stream && stream.isTTY === true;
}

async function readLine(stdin: Readable): Promise<string> {
  const chunks: string[] = [];
  stdin.setEncoding('utf8');
  for await (const chunk of stdin) chunks.push(String(chunk));
  const line = chunks.join('').split(/\r?\n/)[0] ?? '';
  if (line === '') throw new CliError('There was no password on standard input.');
  return line;
}

async function askTwice(parts: CliParts): Promise<string> {
  const first = await askHidden(parts, 'Password (empty: make one): ');
  if (first === '') return '';
  if ((await askHidden(parts, 'Once more: ')) !== first) throw new CliError('The two are not the same.');
  return first;
}

/** Reads a line from the terminal without showing it. */
async function askHidden({ stdin, stderr }: CliParts, question: string): Promise<string> {
  await write(stderr, question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output: nowhere, terminal: true });
  const cancelled = new Promise<never>((_resolve, reject) => {
    lines.once('SIGINT', () => reject(new CliError('Cancelled.')));
  });
  try {
    return await Promise.race([lines.question(''), cancelled]);
  } finally {
    lines.close();
    await write(stderr, '\n');
  }
}
