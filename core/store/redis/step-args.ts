import { assertNever } from '../../domain/content.ts';
import type { MessageId } from '../../domain/ids.ts';
import type { Effect, Step } from '../ports.ts';

/** Between the parts of an entry and of answers. JSON never holds it bare, nor do ids and keys. */
export const SEPARATOR = '\x1f';

/** The arguments of one step of an `append`, without the sender's turn. */
export function stepArgs(step: Step): readonly string[] {
  const author = authorOfNew(step);
  const message = touchedBy(step) ?? '';
  return [
    step.ifRev === null ? '' : String(step.ifRev),
    step.key,
    step.digest,
    step.channel ?? '',
    message,
    author ?? '',
    author === null ? packChange(step) : '',
    packEntry(step, message),
  ];
}

/**
 * As it stands in the stream: the seq alone is added there. What differs most comes last: Lua tells long texts apart by
 * few of their letters, those at the end among them, and slows down where they are the same.
 */
function packEntry({ kind, audience, channel, at, key, note, body }: Step, message: string): string {
  return [kind, audience, channel ?? '', message, at, JSON.stringify(note), body, key].join(SEPARATOR);
}

/** The author of a new message for readers and nothing else, for which nothing is left for Lua to take apart. */
function authorOfNew({ kind, audience, channel, effects }: Step): string | null {
  const [first, ...more] = effects;
  const isPlain = kind === 'message' && audience === 'readers' && channel !== null && more.length === 0;
  return isPlain && first?.kind === 'message' ? first.author : null;
}

function packChange({ scope, effects, known }: Step): string {
  return JSON.stringify({ scope, effects: effects.map(packEffect), known });
}

function touchedBy({ effects }: Step): MessageId | null {
  for (const effect of effects) if ('id' in effect) return effect.id;
  return null;
}

/** Whether the step only takes restraint away, and so is let in also when Redis is full. */
export function isLift(step: Step): boolean {
  return step.effects.length > 0 && step.effects.every((effect) => effect.kind === 'sanction' && effect.act === 'lift');
}

/** @throws for a step that the log could not keep track of */
export function checkStep(step: Step): void {
  const touched = new Set<MessageId>();
  for (const effect of step.effects) if ('id' in effect) touched.add(effect.id);
  if (touched.size > 1) throw new TypeError('one step touches one message');
  if (touched.size === 1 && step.channel === null) throw new TypeError('a message needs a channel');
  if (step.key.includes(SEPARATOR)) throw new TypeError('a key holds no separator');
}

/** An effect as the function reads it: numbers that Lua would round, as text. */
function packEffect(effect: Effect): object {
  switch (effect.kind) {
    case 'message':
    case 'edit':
    case 'late':
    case 'channel':
    case 'rev':
    case 'hold':
    case 'release':
    case 'discard':
    case 'show':
      return effect;
    case 'redact':
    case 'hide':
      return { ...effect, redaction: JSON.stringify(effect.redaction) };
    case 'react':
      return { ...effect, on: effect.on ? '1' : '0' };
    case 'sanction':
      return { ...effect, until: effect.until === null ? '' : String(effect.until) };
    case 'mode':
      return { ...effect, shieldUntil: effect.shieldUntil === null ? '' : String(effect.shieldUntil) };
    case 'slow':
      return { ...effect, at: String(effect.at) };
    default:
      return assertNever(effect);
  }
}
