import type { Command } from './command.ts';
import { targetOf } from './sanctioning.ts';

export const crew: Command = {
  name: 'crew',
  summary: 'In a crew channel: the DJ asks an admin in, or lets one go; an admin leaves.',
  arguments: [
    { name: 'what', summary: 'in, out or leave.', kind: 'choice', choices: ['in', 'out', 'leave'], isRequired: true },
    { name: 'person', summary: 'The admin.', kind: 'person', choices: [], isRequired: false },
  ],
  least: 'listener',
  where: 'linked',
  isSlow: false,
  async run(call, deps) {
    const { channel, actor, rest, prefix } = call;
    const [, word = '', person = ''] = /^(\S*)\s*(.*)$/s.exec(rest.trim()) ?? [];
    const how = `Write ${prefix}crew in @name, ${prefix}crew out @name, or ${prefix}crew leave.`;
    if (channel === null) return how;
    if (word === 'leave') return sayOfOutcome(await deps.crewGuests.letGo(actor, channel.id, actor.user, actor.name));
    if (word !== 'in' && word !== 'out') return how;
    const target = await targetOf({ ...call, channel, rest: person }, deps, false);
    if (typeof target === 'string') return target;
    const { user, name } = target.who;
    const act = word === 'in' ? deps.crewGuests.invite : deps.crewGuests.letGo;
    return sayOfOutcome(await act(actor, channel.id, user, name ?? user));
  },
};

function sayOfOutcome(
  outcome: { readonly ok: true; readonly value: string } | { readonly ok: false; readonly say: string },
): string {
  return outcome.ok ? outcome.value : outcome.say;
}
