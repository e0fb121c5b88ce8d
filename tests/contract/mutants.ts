import { type ContractCase, type ContractSubject, contractCases, skipReason } from 'slipmat-hub/contract';
import type { Mutation } from './plant.ts';

/** What became of a fault: the case found it, cannot be tried on this platform, or let it pass. */
export type Fate =
  | { readonly kind: 'killed'; readonly by: string }
  | { readonly kind: 'untried'; readonly because: string }
  | { readonly kind: 'survived'; readonly by: string };

/** What must not come is listened for a moment only, in which a busy machine may not get to it. */
const TRIES = 3;

/** Plants the fault in the subject's plugin and runs the case that must find it. */
export async function fateOf<Config>(mutation: Mutation, subject: ContractSubject<Config>): Promise<Fate> {
  const one = caseOf(mutation);
  const because = await skipReason(one, subject);
  // What a bridge lacks may be just what the fault pretends.
  if (because !== null && !mutation.fault.startsWith('it says')) return { kind: 'untried', because };
  for (let tries = 0; tries < TRIES; tries += 1) {
    try {
      await one.run({ ...subject, plugin: mutation.plant(subject.plugin) });
    } catch {
      return { kind: 'killed', by: one.name };
    }
  }
  return { kind: 'survived', by: one.name };
}

export function caseOf({ fault, killedBy }: Mutation): ContractCase {
  const found = contractCases.find(({ name }) => name.includes(killedBy));
  if (found === undefined) throw new Error(`"${fault}": there is no case "${killedBy}"`);
  return found;
}
