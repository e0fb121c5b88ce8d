import type { MediaTaken } from '../plugin/media.ts';

export type MediaProblemCode = Extract<MediaTaken, { ok: false }>['code'];

/** Why bytes were not taken; thrown inside a transfer, and never further than the store. `say` goes into a message. */
export class MediaProblem extends Error {
  override readonly name = 'MediaProblem';
  readonly code: MediaProblemCode;
  readonly say: string;
  constructor(code: MediaProblemCode, say: string, options?: { readonly cause?: unknown }) {
    super(say, options);
    this.code = code;
    this.say = say;
  }
}

/** A size for people, such as `96 MB`. */
export function sayBytes(bytes: number): string {
  if (bytes < 1_000_000) return `${Math.max(1, Math.round(bytes / 1_000))} kB`;
  return `${Math.round(bytes / 1_000_000)} MB`;
}

export function tooLarge(bytes: number | null): MediaProblem {
  return new MediaProblem('too-large', bytes === null ? 'too large' : `${sayBytes(bytes)}, too large`);
}
