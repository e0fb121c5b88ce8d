import type { Inbound } from '../../core/domain/inbound.ts';
import type { Clock } from '../../core/plugin/index.ts';

/** The chat tells of an act within this time, or not at all. */
const ECHO_MS = 60_000;
const MOST = 500;

/** What the bot itself has done: the chat tells of it without saying who did it. */
export interface OwnActs {
  /** @returns takes it back, for an act that failed */
  expect(key: string): () => void;
  /** Whether this tells of an act of ours. Each act is told of once: the next of the same kind is somebody else's. */
  isEcho(inbound: Inbound): boolean;
}

export const removalKey = (message: string): string => `remove/${message}`;
export const sanctionKey = (room: string, account: string, act: string): string => `${act}/${room}/${account}`;

export function createOwnActs(clock: Clock): OwnActs {
  const expected = new Map<string, number>();
  return {
    expect(key) {
      expected.delete(key);
      expected.set(key, clock.elapsed());
      const [oldest] = expected.keys();
      if (expected.size > MOST && oldest !== undefined) expected.delete(oldest);
      return () => void expected.delete(key);
    },
    isEcho(inbound) {
      return keysOf(inbound).some((key) => {
        const at = expected.get(key);
        expected.delete(key);
        return at !== undefined && clock.elapsed() - at < ECHO_MS;
      });
    },
  };
}

function keysOf(inbound: Inbound): readonly string[] {
  switch (inbound.kind) {
    case 'sanction':
      return [sanctionKey(inbound.room, inbound.account.id, inbound.act)];
    case 'redaction':
      return inbound.of.kind === 'refs' ? inbound.of.refs.map(({ id }) => removalKey(id)) : [];
    default:
      return [];
  }
}
