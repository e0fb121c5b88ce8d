import type { MessageId, UserId } from '../../../core/domain/ids.ts';
import type { Effect, Step } from '../../../core/store/ports.ts';

/** What one channel of a store must hold, said as plainly as possible: a list of entries and a map of heads. */
export interface Model {
  entries: readonly ModelEntry[];
  readonly heads: Map<MessageId, ModelHead>;
  readonly keys: Map<string, { readonly digest: string; readonly message: MessageId | null }>;
  rev: number;
  next: number;
  readonly banned: Set<UserId>;
  readonly held: Map<MessageId, string>;
}
export interface ModelEntry {
  /** Place in the order of all that was ever stored. */
  readonly place: number;
  readonly step: Step;
  readonly message: MessageId | null;
}
export interface ModelHead {
  readonly author: UserId;
  revision: number;
  isRedacted: boolean;
  isHidden: boolean;
  last: number;
  readonly reactions: Map<string, boolean>;
}

export function emptyModel(rev: number): Model {
  return { entries: [], heads: new Map(), keys: new Map(), rev, next: 0, banned: new Set(), held: new Map() };
}

/** Applies the step and says how a store must answer. */
export function applyStep(model: Model, step: Step): string {
  const before = model.keys.get(step.key);
  if (before !== undefined) return before.digest === step.digest ? 'duplicate' : 'key-reused';
  if (step.ifRev !== null && step.ifRev !== model.rev) return 'stale';
  for (const effect of step.effects) {
    const problem = problemOf(model, effect);
    if (problem !== null) return problem;
  }
  const place = model.next;
  model.next += 1;
  const message = step.effects.flatMap((effect) => ('id' in effect ? [effect.id] : []))[0] ?? null;
  model.entries = [...model.entries, { place, step, message }];
  for (const effect of step.effects) take(model, effect, place);
  model.keys.set(step.key, { digest: step.digest, message });
  return 'stored';
}

function problemOf(model: Model, effect: Effect): string | null {
  if (effect.kind === 'hold')
    return model.held.has(effect.id) || model.heads.has(effect.id) ? 'conflict decided' : null;
  if (effect.kind === 'release' || effect.kind === 'discard') {
    return model.held.has(effect.id) ? null : 'conflict decided';
  }
  if (!CHANGES.has(effect.kind) || !('id' in effect)) return null;
  const head = model.heads.get(effect.id);
  if (head === undefined) return 'conflict unknown';
  if (head.isRedacted) return 'conflict redacted';
  if (effect.kind === 'hide' && head.isHidden) return 'conflict decided';
  if (effect.kind === 'show' && !head.isHidden) return 'conflict decided';
  if ((effect.kind === 'edit' || effect.kind === 'react') && head.isHidden) return 'conflict hidden';
  if (effect.kind !== 'react' && 'author' in effect && head.author !== effect.author) return 'conflict not-author';
  if (effect.kind === 'edit' && head.revision !== effect.fromRevision) return 'conflict edited';
  if (effect.kind === 'react' && isOn(head, effect) === effect.on) return 'unchanged';
  return null;
}

const CHANGES: ReadonlySet<Effect['kind']> = new Set(['edit', 'redact', 'react', 'hide', 'show']);

const isOn = (head: ModelHead, effect: Extract<Effect, { kind: 'react' }>): boolean =>
  head.reactions.get(`${effect.emoji} ${effect.user}`) ?? false;

function take(model: Model, effect: Effect, place: number): void {
  switch (effect.kind) {
    case 'hold':
      model.held.set(effect.id, effect.author);
      return;
    case 'message':
    case 'release':
    case 'discard':
      model.held.delete(effect.id);
      model.heads.set(effect.id, {
        author: effect.author,
        revision: 0,
        isRedacted: effect.kind === 'discard',
        isHidden: false,
        last: place,
        reactions: new Map(),
      });
      return;
    case 'edit':
    case 'redact':
    case 'hide':
    case 'show':
    case 'react': {
      const head = model.heads.get(effect.id);
      if (head === undefined) return;
      head.last = place;
      if (effect.kind === 'edit') head.revision += 1;
      if (effect.kind === 'redact') head.isRedacted = true;
      if (effect.kind === 'hide') head.isHidden = true;
      if (effect.kind === 'show') head.isHidden = false;
      if (effect.kind === 'react') head.reactions.set(`${effect.emoji} ${effect.user}`, effect.on);
      return;
    }
    case 'sanction':
      if (effect.act === 'lift') model.banned.delete(effect.user);
      else model.banned.add(effect.user);
      model.rev += 1;
      return;
    case 'slow':
      return;
    case 'channel':
    case 'mode':
    case 'rev':
      model.rev += 1;
      return;
  }
}

/** Drops the oldest entries and every head that no entry left touches. */
export function trimModel(model: Model, upTo: number): void {
  model.entries = model.entries.filter((entry) => entry.place > upTo);
  for (const [id, head] of model.heads) if (head.last <= upTo) model.heads.delete(id);
}

/** Entries for readers, as they must come back. */
export function readable(model: Model): readonly ModelEntry[] {
  return model.entries.filter(({ step }) => step.audience === 'readers');
}
