import { createPortDouble, type PortDouble } from '../../../core/contract/port-double.ts';
import {
  type Bridge,
  type Clock,
  type Inbound,
  type Post,
  plainText,
  type RemoteRef,
  type RoomId,
  type Speaker,
  systemClock,
  textContent,
} from '../../../core/plugin/index.ts';
import irc from '../../../examples/irc/src/index.ts';

/** The bridge on a hub that is reduced to its port. */
export interface Running {
  readonly hub: PortDouble;
  readonly bridge: Bridge;
  start(): Promise<void>;
  of<K extends Inbound['kind']>(kind: K): readonly Extract<Inbound, { kind: K }>[];
  texts(): readonly string[];
  post(text: string, more?: { readonly room?: RoomId; readonly speaker?: Speaker }): Promise<readonly RemoteRef[]>;
}

export function createRunning(
  port: number,
  rooms: readonly string[],
  config: object = {},
  clock: Clock = systemClock,
): Running {
  const ids = rooms.map((room) => room as RoomId);
  const hub = createPortDouble(ids);
  const parsed = irc.parseConfig({ host: '127.0.0.1', port, tls: false, nick: 'hub', ...config });
  const bridge = irc.create(parsed, { ...hub.port, clock });
  return {
    hub,
    bridge,
    start: () => bridge.start(new AbortController().signal),
    of: (kind) => hub.received.filter((one): one is Extract<Inbound, { kind: typeof kind }> => one.kind === kind),
    texts: () => hub.received.flatMap((one) => (one.kind === 'message' ? [plainText(one.content.rich)] : [])),
    async post(text, more = {}) {
      const { room = ids[0] ?? ('' as RoomId), speaker = { kind: 'hub' } } = more;
      const post: Post = {
        room,
        speaker,
        text: textContent(text).rich,
        media: [],
        replyTo: null,
        sentAt: systemClock.now(),
        key: text,
      };
      return (await bridge.capabilities(room).post?.run(post, AbortSignal.timeout(10_000))) ?? [];
    },
  };
}
