import type { Attachment } from '../../core/domain/content.ts';
import type { Actor } from '../../core/domain/inbound.ts';
import type { SurfacePort } from '../../core/plugin/surface.ts';
import type { Connection } from './connection.ts';
import type { ParsedRequest } from './protocol.ts';

export type Write = Extract<ParsedRequest, { readonly key: string }>;

/** The files that go with what is said, as the hub knows them. */
export interface Files {
  /**
   * Looks them up, then asks. What one connection says reaches the hub in the order in which it came, also when the
   * files of the first take longer. Null: one of the files is not the hub's, and nothing was asked.
   */
  inTurn<T>(
    connection: Connection,
    actor: Actor,
    frame: Write,
    ask: (files: readonly Attachment[]) => Promise<T>,
  ): Promise<T | null>;
}

export function createFiles(port: SurfacePort): Files {
  /** Resolves when the newest of a connection's requests has been handed to the hub. */
  const handedOn = new WeakMap<Connection, Promise<void>>();

  return {
    async inTurn(connection, actor, frame, ask) {
      const before = handedOn.get(connection);
      if (before === undefined && !hasFiles(frame)) return ask([]);
      const { promise, resolve } = Promise.withResolvers<void>();
      handedOn.set(connection, promise);
      try {
        await before;
        const files = await filesOf(port, connection, actor, frame);
        if (files === null) return null;
        const asked = ask(files);
        resolve();
        return await asked;
      } finally {
        resolve();
        if (handedOn.get(connection) === promise) handedOn.delete(connection);
      }
    },
  };
}

function hasFiles(frame: Write): boolean {
  return frame.type === 'edit' || (frame.type === 'post' && frame.attachments.length > 0);
}

async function filesOf(
  port: SurfacePort,
  connection: Connection,
  actor: Actor,
  frame: Write,
): Promise<readonly Attachment[] | null> {
  if (frame.type === 'post') {
    connection.budget.charge(frame.attachments.length);
    return port.files(actor, { kind: 'named', files: frame.attachments });
  }
  if (frame.type !== 'edit') return [];
  return port.files(actor, { kind: 'message', channel: frame.channel, id: frame.message });
}
