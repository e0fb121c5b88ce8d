import type { MessageId } from '../domain/ids.ts';

const MOST = 500;

/** What was last sent for recent messages: tells what changes nothing visible. Forgets the oldest. */
export function createSentTexts(): {
  get(id: MessageId): string | null;
  set(id: MessageId, text: string): void;
} {
  const texts = new Map<MessageId, string>();
  return {
    get: (id) => texts.get(id) ?? null,
    set(id, text) {
      texts.delete(id);
      texts.set(id, text);
      const [oldest] = texts.keys();
      if (texts.size > MOST && oldest !== undefined) texts.delete(oldest);
    },
  };
}
