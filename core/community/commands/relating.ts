import type { Receipt } from '../../domain/receipt.ts';
import type { RelationKind } from '../../domain/relation.ts';
import { shownName } from '../moderation/targets.ts';
import type { Command, CommandCall, CommandDeps } from './command.ts';
import { targetOf } from './sanctioning.ts';

const WHOM = { name: 'person', summary: 'Whom: by name, or as a reply to them.', kind: 'person', choices: [] } as const;

/** What one wants to have to do with somebody. */
export function relating(of: {
  readonly name: 'mute' | 'unmute' | 'block' | 'unblock';
  readonly kind: RelationKind;
  readonly isOn: boolean;
  readonly summary: string;
  readonly say: (name: string, call: CommandCall) => string;
}): Command {
  return {
    name: of.name,
    summary: of.summary,
    arguments: [{ ...WHOM, isRequired: true }],
    least: 'listener',
    where: 'linked',
    isSlow: false,
    async run(call, deps) {
      const { channel, actor } = call;
      if (channel === null) return 'There is no such channel.';
      const target = await targetOf({ ...call, channel }, deps, false);
      if (typeof target === 'string') return target;
      const { who } = target;
      const receipt = await carryOut(of, actor, who, deps);
      if (receipt.kind === 'refused') return receipt.say;
      if (receipt.kind === 'stopping') return null;
      // others may read along, and need not know whom somebody wants to have nothing to do with
      return call.isPrivate ? of.say(shownName(who), call) : 'Done.';
    },
  };
}

function carryOut(
  { kind, isOn }: { readonly kind: RelationKind; readonly isOn: boolean },
  actor: CommandCall['actor'],
  who: Parameters<CommandDeps['relations']['set']>[2],
  { relations }: CommandDeps,
): Promise<Receipt> {
  return isOn ? relations.set(actor, kind, who) : relations.end(actor, kind, who.user);
}
