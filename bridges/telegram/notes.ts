import type { RemoteRef } from '../../core/plugin/index.ts';

/**
 * What a ref of ours says of its message: whether its text is a caption, and which messages belong to it, as their
 * distance from it: `t`, `c`, `c+1+2`. They are never addressed by themselves.
 */
export interface Note {
  readonly isCaption: boolean;
  readonly others: readonly number[];
}

export function writeNote(main: number, { isCaption, others }: Note): string {
  return [isCaption ? 'c' : 't', ...others.map((id) => id - main)].join('+');
}

export function readNote({ id, note }: RemoteRef): Note {
  const [kind, ...distances] = (note ?? 't').split('+');
  const others = distances.map(Number).filter(Number.isSafeInteger);
  return { isCaption: kind === 'c', others: others.map((distance) => Number(id) + distance) };
}
