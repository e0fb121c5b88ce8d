import type { HubFrame, RequestFrame } from '../bridges/slipmat/protocol.ts';
import type { Answer, ClientClock, Failure } from './api.ts';

const ANSWER_WITHIN_MS = 10_000;
/** Questions without an answer at once. */
const MAX_OPEN = 100;

type Asked = (answer: HubFrame | Failure) => void;

/** Questions on their way. Each gets an answer, if need be that there was none in time. */
export interface Asking {
  ask<T>(frame: RequestFrame, read: (answer: HubFrame) => T | null): Promise<Answer<T>>;
  /** @returns whether the frame was awaited */
  onAnswer(frame: HubFrame): boolean;
  /** The connection is lost. */
  failAll(): void;
}

export function createAsking(parts: {
  readonly clock: ClientClock;
  readonly send: (frame: RequestFrame) => boolean;
}): Asking {
  const open = new Map<string, Asked>();

  return {
    ask(frame, read) {
      return new Promise((resolve) => {
        if (open.size >= MAX_OPEN) return resolve(failure('too-many', 'Too many questions at once.'));
        if (!parts.send(frame)) return resolve(failure('offline', 'There is no connection now.'));
        const cancel = parts.clock.after(ANSWER_WITHIN_MS, () =>
          done(failure('no-answer', 'The hub did not answer in time.')),
        );
        const done: Asked = (answer) => {
          open.delete(frame.id);
          cancel();
          if ('ok' in answer) return resolve(answer);
          if (answer.type === 'error') {
            const { code, say, field, retryAfterMs } = answer;
            return resolve({ ok: false, code, say, field, retryAfterMs });
          }
          const value = read(answer);
          resolve(value === null ? failure('no-answer', 'The hub answered something else.') : { ok: true, value });
        };
        open.set(frame.id, done);
      });
    },
    onAnswer(frame) {
      const id = 'id' in frame ? frame.id : null;
      const asked = id === null ? undefined : open.get(id);
      asked?.(frame);
      return asked !== undefined;
    },
    failAll() {
      for (const asked of [...open.values()]) asked(failure('offline', 'The connection was lost.'));
    },
  };
}

function failure(code: string, say: string): Failure {
  return { ok: false, code, say, field: null, retryAfterMs: null };
}
