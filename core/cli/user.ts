import type { ControlAnswer, UserLine } from '../http/control-operations.ts';
import type { ControlClient } from './control-client.ts';
import { CliError } from './parts.ts';

const PAGE = 200;

/** The value, or the hub's own sentence as the end of the command. */
export function expectOk<T>(answer: ControlAnswer<T>): T {
  if (!answer.ok) throw new CliError(answer.say);
  return answer.value;
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
