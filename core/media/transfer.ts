import type { Clock } from '../async/clock.ts';
import { DeadlineError, withDeadline } from '../async/deadline.ts';
import type { MediaSource } from '../plugin/media.ts';
import { type FetchOptions, fetchUrl } from './fetch-url.ts';
import { Crowded, createGate, type Gate } from './gate.ts';
import { MediaProblem, tooLarge } from './media-problem.ts';
import { isPicture, MEDIA_TYPES } from './media-type.ts';
import type { Outside } from './outside.ts';
import type { Drawn, Pictures } from './pictures.ts';
import { type Received, receive } from './receive.ts';
import type { StoredBytes } from './rows.ts';
import { sniff } from './sniff.ts';
import { hashFile, type Vault } from './vault.ts';

/** Under way at once for each party: a slow platform holds up no other, nor avatars what people send. */
const FILES_AT_ONCE = 8;
const SMALL_AT_ONCE = 4;
const MAX_WAITING = 64;
/** No avatar needs more. */
const MAX_SMALL_BYTES = 10_000_000;

/** Avatars and emotes, in pixels: nothing shows them larger. */
const SIDES = { avatar: 256, emote: 128 } as const;
export type PictureUse = keyof typeof SIDES;

export interface TransferDeps {
  readonly vault: Vault;
  readonly pictures: Pictures;
  readonly outside: Outside;
  readonly clock: Clock;
  readonly maxBytes: number;
  /** Whether a moderator has removed these bytes from everywhere. */
  readonly isGone?: (hash: string) => boolean;
  /** A picture that was written by the hub itself. */
  readonly drawn?: (hash: string) => Promise<StoredBytes | null>;
}

export interface Transfer {
  /** Whose it is: a bridge, or people here. There are few of them, and each has places of its own. */
  readonly party: string;
  readonly source: MediaSource;
  /** What is said of its size beforehand. */
  readonly bytes: number | null;
  readonly signal: AbortSignal;
  readonly withinMs: number;
  /** Small pictures are made smaller still, and nothing but a picture will do. */
  readonly use: 'file' | PictureUse;
}

/** The bytes as they are kept, under their hash in the vault. */
export type Store<T> = (bytes: StoredBytes) => Promise<T>;

/** Brings bytes in: received within bounds, looked at, pictures written anew, put into the vault and then recorded. */
export interface Transfers {
  /**
   * @param store records them; what it records is in the vault before and, whatever a sweep did meanwhile, after
   * @throws {MediaProblem}
   */
  run<T>(transfer: Transfer, store: Store<T>): Promise<T>;
}

export function createTransfers(deps: TransferDeps): Transfers {
  const { vault, clock } = deps;
  const gates = new Map<string, Gates>();
  const gatesOf = (party: string): Gates => {
    const known = gates.get(party) ?? {
      files: createGate(FILES_AT_ONCE, MAX_WAITING),
      small: createGate(SMALL_AT_ONCE, MAX_WAITING),
    };
    gates.set(party, known);
    return known;
  };
  const most = (use: Transfer['use']): number =>
    use === 'file' ? deps.maxBytes : Math.min(deps.maxBytes, MAX_SMALL_BYTES);

  async function take<T>({ source, use }: Transfer, signal: AbortSignal, store: Store<T>): Promise<T> {
    const limits = { clock, maxBytes: most(use), signal };
    const draft = vault.draft();
    const redrawn = vault.draft();
    try {
      const stream = await opened(source, { ...limits, outside: deps.outside });
      const received = await receive(stream, draft, limits);
      const kept = await asKept(received, { draft, redrawn, use }, deps);
      const { hash } = kept.stored;
      if (deps.isGone?.(hash) === true) throw new MediaProblem('unsupported', 'removed by a moderator');
      await vault.place(kept.file, hash);
      const recorded = await store(kept.stored);
      // A sweep may have found the bytes without a row in between, and taken them away.
      await vault.place(kept.file, hash);
      return recorded;
    } finally {
      await vault.discard(draft);
      await vault.discard(redrawn);
    }
  }

  return {
    async run(transfer, store) {
      const { bytes, use, party } = transfer;
      const { files, small } = gatesOf(party);
      if (bytes !== null && bytes > most(use)) throw tooLarge(bytes);
      try {
        return await (use === 'file' ? files : small).run(() =>
          withDeadline(clock, transfer.withinMs, transfer.signal, (signal) =>
            ended(signal, (own) => take(transfer, own, store)),
          ),
        );
      } catch (error) {
        throw problemOf(error, transfer.signal);
      }
    },
  };
}

interface Gates {
  readonly files: Gate;
  readonly small: Gate;
}

/** Whatever is still open when the task is over, ends with it. */
async function ended<T>(outer: AbortSignal, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const own = new AbortController();
  try {
    return await task(AbortSignal.any([outer, own.signal]));
  } finally {
    own.abort();
  }
}

async function opened(source: MediaSource, options: FetchOptions): Promise<AsyncIterable<Uint8Array>> {
  if (source.kind === 'url') return fetchUrl(source.url, options);
  try {
    return await source.open(options.signal);
  } catch (error) {
    throw new MediaProblem('unreachable', 'could not be loaded', { cause: error });
  }
}

async function asKept(
  { head, hash, bytes }: Received,
  at: { readonly draft: string; readonly redrawn: string; readonly use: Transfer['use'] },
  { pictures, maxBytes, drawn: drawnBefore }: TransferDeps,
): Promise<{ readonly file: string; readonly stored: StoredBytes }> {
  const type = sniff(head);
  if (!isPicture(type)) {
    if (at.use !== 'file') throw new MediaProblem('unsupported', 'not a picture');
    const mediaType = MEDIA_TYPES[type].name;
    return { file: at.draft, stored: { hash, mediaType, bytes, width: null, height: null, frames: 1 } };
  }
  // one of ours that comes back stays the same picture, however often it goes round
  const known = at.use === 'file' ? await drawnBefore?.(hash) : null;
  if (known) return { file: at.draft, stored: known };
  const drawn =
    at.use === 'file'
      ? await pictures.clean(at.draft, at.redrawn, type)
      : await pictures.shrink(at.draft, at.redrawn, SIDES[at.use]);
  if (drawn.bytes > maxBytes) throw tooLarge(drawn.bytes);
  return { file: at.redrawn, stored: storedOf(drawn, await hashFile(at.redrawn)) };
}

function storedOf({ type, bytes, width, height, frames }: Drawn, hash: string): StoredBytes {
  return { hash, mediaType: MEDIA_TYPES[type].name, bytes, width, height, frames };
}

/** Errors of the store and of the disk stay what they are. */
function problemOf(error: unknown, signal: AbortSignal): unknown {
  if (error instanceof MediaProblem) return error;
  if (error instanceof Crowded) return new MediaProblem('unreachable', 'too much at once', { cause: error });
  return error instanceof DeadlineError || signal.aborted
    ? new MediaProblem('unreachable', 'could not be loaded in time', { cause: error })
    : error;
}
