import type { Rich } from '../domain/content.ts';
import type { UserId } from '../domain/ids.ts';
import type { Author } from '../domain/message.ts';
import type { Owed } from '../store/ports.ts';
import { tameName } from './speaker.ts';

/** Authors told apart; more are counted as these. */
const MOST_AUTHORS = 1_000;
const NAMED = 2;

/** What one line tells of messages that were not sent by themselves. */
export interface Summary {
  add(author: Pick<Author, 'user' | 'name'>): void;
  count(): number;
  /** Names of the first to speak, and how many others there are. */
  speakers(): { readonly names: readonly string[]; readonly others: number };
}

export function createSummary(): Summary {
  const users = new Set<UserId>();
  const names: string[] = [];
  let count = 0;
  return {
    add({ user, name }) {
      count += 1;
      if (users.has(user) || users.size >= MOST_AUTHORS) return;
      users.add(user);
      if (names.length < NAMED) names.push(tameName(name));
    },
    count: () => count,
    speakers: () => ({ names, others: users.size - names.length }),
  };
}

/** `+14 messages from Ann, Bob and 5 others; the whole chat: URL`, or what was missed in an outage. */
export function summaryText(summary: Summary, why: Owed['why'], chatUrl: string | null): Rich {
  const count = summary.count();
  const messages = `${count} ${count === 1 ? 'message' : 'messages'}`;
  if (why === 'outage') return [{ t: 'text', text: `${messages} while disconnected` }];
  const line: Rich = [{ t: 'text', text: `+${messages} from ${namesOf(summary)}` }];
  if (chatUrl === null) return line;
  return [
    ...line,
    { t: 'text', text: '; the whole chat: ' },
    { t: 'link', url: chatUrl, children: [{ t: 'text', text: chatUrl }] },
  ];
}

function namesOf(summary: Summary): string {
  const { names, others } = summary.speakers();
  if (others > 0) return `${names.join(', ')} and ${others} ${others === 1 ? 'other' : 'others'}`;
  return names.join(' and ');
}
