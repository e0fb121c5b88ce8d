import type { Modes } from '../moderation/modes.ts';

/** How the channel is kept now, or why it was not changed. */
export function modeAnswer({ receipt, say }: Awaited<ReturnType<Modes['set']>>): string | null {
  switch (receipt.kind) {
    case 'accepted':
    case 'duplicate':
    case 'held':
    case 'unchanged':
      return say;
    case 'refused':
      return receipt.say;
    case 'stopping':
      return null;
  }
}
