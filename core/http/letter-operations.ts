import type { KnownPortals } from '../community/portals/desk.ts';
import type { Seq } from '../domain/ids.ts';
import type { Portal } from '../domain/portal.ts';
import type { DeadLetters, PortalLetter } from '../relay/dead-letters.ts';
import type { ControlAnswer, ControlOperations, LetterLine } from './control-operations.ts';
import { findPortal } from './portal-operations.ts';

export interface LetterParts {
  readonly portals: Pick<KnownPortals, 'list'>;
  readonly deadLetters: DeadLetters;
}

type LetterOperations = Pick<ControlOperations, 'portal-letters' | 'portal-retry' | 'portal-drop'>;

/** What the command line may do with what was given up. */
export function letterOperations({ portals, deadLetters }: LetterParts): LetterOperations {
  async function onPortal<T>(
    named: string,
    act: (portal: Portal) => Promise<ControlAnswer<T>>,
  ): Promise<ControlAnswer<T>> {
    const found = findPortal(portals, named);
    return found.ok ? act(found.value) : found;
  }

  return {
    async 'portal-letters'({ portal }) {
      if (portal === null) return lettersOf(await deadLetters.list(portals.list()));
      return onPortal(portal, async (one) => lettersOf(await deadLetters.list([one])));
    },
    'portal-retry': ({ portal, letter }) =>
      onPortal(portal, async ({ id }) => {
        const letters = await deadLetters.retry(id, seqOf(letter));
        return letters === null ? ELSEWHERE : { ok: true, value: { letters } };
      }),
    'portal-drop': ({ portal, letter }) =>
      onPortal(portal, async ({ id }) => ({ ok: true, value: { letters: await deadLetters.drop(id, seqOf(letter)) } })),
  };
}

const ELSEWHERE = {
  ok: false,
  say: 'This hub does not send to that room now: the portal is paused, or another hub runs the bridge. Ask there.',
} as const;

function lettersOf(letters: readonly PortalLetter[]): ControlAnswer<{ letters: LetterLine[] }> {
  return { ok: true, value: { letters: letters.map(({ seq, ...letter }) => ({ ...letter, letter: seq })) } };
}

/** As it was typed: one that there is not finds nothing. */
function seqOf(letter: number | null): Seq | null {
  return letter as Seq | null;
}
