import type { Channel } from '../../domain/channel.ts';
import type { Member } from '../../domain/conversation.ts';
import type { Choice } from '../../plugin/operations.ts';
import { tameName } from '../../relay/speaker.ts';

/** What the id of a button begins with, in front of the colon. */
export const DIRECT_CHOICE = 'direct';
export type DirectAnswer = 'accept' | 'decline' | 'block';

/** The buttons under an invitation. */
export function invitationChoices(channel: Channel['id']): readonly Choice[] {
  return [
    { id: `${DIRECT_CHOICE}:accept ${channel}`, label: 'Accept' },
    { id: `${DIRECT_CHOICE}:decline ${channel}`, label: 'No' },
    { id: `${DIRECT_CHOICE}:block ${channel}`, label: 'Block' },
  ];
}

interface Invitation {
  readonly by: Member;
  /** The platform of whoever asks, as people write it. */
  readonly from: string;
  readonly channel: Channel;
  readonly others: readonly Member[];
}

/** Nothing of what is said there. */
export function invitationText({ by, from, channel, others }: Invitation): string {
  const name = tameName(by.name);
  const who = `${name} on ${from}`;
  const along = others.length === 0 ? '' : `, together with ${others.length} more`;
  const wish =
    channel.kind === 'private'
      ? `${who} asks you into the private channel "${tameName(channel.name)}"`
      : `${who} wants to write to you${along}`;
  return `${wish}. Until you accept you get nothing of it. Answer by a button, or write !accept ${name}, !decline ${name} or !block ${name}.`;
}

export const HOW_TO_WRITE =
  'To write to somebody, reply to a message of theirs here, or write !msg and the name, then the text.';
