import type { Readable } from 'node:stream';
import { newSecret } from '../async/mint.ts';
import type { ControlAnswer, UserLine } from '../http/control-operations.ts';
import type { ControlClient } from './control-client.ts';
import { CliError } from './parts.ts';

/** Long enough for a person to be safe, short enough to be typed. */
const GENERATED_LENGTH = 16;
const PAGE = 200;

/** The value, or the hub's own sentence as the end of the command. */
export function expectOk<T>(answer: ControlAnswer<T>): T {
  if (!answer.ok) throw new CliError(answer.say);
  return answer.value;
}

/** A password from stdin, or a new one that is then shown once. */
export async function choosePassword(
  fromStdin: boolean,
  stdin: Readable,
): Promise<{ password: string; isNew: boolean }> {
  if (!fromStdin) return { password: newSecret().slice(0, GENERATED_LENGTH), isNew: true };
  const chunks: string[] = [];
  stdin.setEncoding('utf8');
  for await (const chunk of stdin) chunks.push(String(chunk));
  const password = chunks.join('').split(/\r?\n/)[0] ?? '';
  if (password === '') throw new CliError('There was no password on stdin.');
  return { password, isNew: false };
}

/** What is told after a password was set. */
export function passwordLine(name: string, { password, isNew }: { password: string; isNew: boolean }): string {
  return isNew ? `The password of ${name}, shown only now: ${password}\n` : `The password of ${name} is set.\n`;
}

/** All users, page by page. */
export async function* listUsers(hub: ControlClient): AsyncIterable<UserLine> {
  let after: string | null = null;
  do {
    const page: { users: readonly UserLine[]; next: string | null } = expectOk(
      await hub.call('user-list', { after, limit: PAGE }),
    );
    yield* page.users;
    after = page.next;
  } while (after !== null);
}

/** One line of `user list`. */
export function userText({ name, platform, isAdmin, isDj, isDisabled }: UserLine): string {
  const marks = [isAdmin ? 'admin' : '', isDj ? 'DJ' : '', isDisabled ? 'disabled' : ''].filter((mark) => mark !== '');
  return `${name.padEnd(32)}  ${platform.padEnd(10)}  ${marks.join(', ')}`.trimEnd();
}
