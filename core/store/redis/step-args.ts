import { assertNever } from '../../domain/content.ts';
import type { MessageId } from '../../domain/ids.ts';
import type { Effect, Step } from '../ports.ts';

/** The arguments of one `append`, without the sender's turn. */
export function stepArgs(step: Step, keepMs: number, cap: number): readonly string[] {
  return [
    String(keepMs),
    String(cap),
    step.scope,
    step.channel ?? '',
    step.key,
    step.digest,
    step.ifRev === null ? '' : String(step.ifRev),
    step.kind,
    step.audience,
    String(step.at),
    step.body,
    JSON.stringify(step.note),
    packEffects(step),
    step.known === null ? '' : JSON.stringify(step.known),
  ];
}

const SEPARATOR = '\x1f';

/** A new message alone goes as its id and its head up to the position: nothing is left for Lua to take apart. */
function packEffects({ effects, channel }: Step): string {
  const [first, ...more] = effects;
  if (first?.kind !== 'message' || more.length > 0) return JSON.stringify(effects.map(packEffect));
  const head = {
    author: first.author,
    revision: 0,
    redaction: '',
    channel,
    hidden: '',
    edit: '',
    shown: '',
    whole: true,
  };
  return ['m', first.id, JSON.stringify(head).slice(0, -1)].join(SEPARATOR);
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
