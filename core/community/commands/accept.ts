import type { Command } from './command.ts';

export const accept: Command = {
  name: 'accept',
  summary: 'Accepts the rules of this chat; what you wrote meanwhile is posted.',
  arguments: [],
  least: 'guest',
  where: 'anywhere',
  isSlow: false,
  async run({ actor, channel }, { houseRules }) {
    const done =
      channel === null ? await houseRules.acceptTold(actor) : await houseRules.accept(actor, channel.id, null);
    if (done === null) return 'No rules wait for you.';
    if ('kind' in done) return done.kind === 'refused' ? done.say : 'The hub cannot do that now; try again.';
    return acceptedText(done);
  },
};

/** What whoever has accepted is told. */
export function acceptedText({ isNew, released }: { readonly isNew: boolean; readonly released: number }): string {
  if (released > 0)
    return `Thank you. ${released === 1 ? 'Your message is' : `Your ${released} messages are`} posted now.`;
  return isNew ? 'Thank you.' : 'You have accepted them already.';
}
