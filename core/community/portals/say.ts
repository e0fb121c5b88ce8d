import type { Portal } from '../../domain/portal.ts';

/** The sentences about portals, for rooms, for readers of the channel and for whoever asks. Pure. */

export interface LinkFacts {
  readonly portal: Portal;
  readonly channelName: string;
  /** Of the portal's bridge, as people write it: `Discord`. */
  readonly platform: string;
  /** Platforms of the other rooms of the channel that get what is said, as people write them; may repeat. */
  readonly others: readonly string[];
  readonly publicUrl: string | null;
}

/** What a room is told once when it is linked: what goes where, how to stay out, where to read on. */
export function linkedText({ portal, channelName, others, publicUrl }: LinkFacts): string {
  const channel = `the chat "${channelName}" on Slipmat`;
  const elsewhere = [...new Set(others)].toSorted();
  const too = elsewhere.length === 0 ? '' : `, and in its rooms on ${listed(elsewhere)}`;
  const lines = [
    `This room is linked with ${channel} now.`,
    portal.direction === 'out'
      ? ''
      : `What you write here is shown there${too}, with your name and picture, and is kept there.`,
    portal.direction === 'in' ? '' : 'What is written there is shown here.',
    portal.direction === 'out' ? '' : `To keep your messages in this room alone, write ${portal.prefix}nobridge.`,
    publicUrl === null ? '' : `Privacy: ${publicUrl}/privacy`,
  ];
  return lines.filter((line) => line !== '').join(' ');
}

export function unlinkedText(channelName: string): string {
  return `This room is no longer linked with the chat "${channelName}" on Slipmat. Nothing is carried between them from now on.`;
}

/** For readers of the channel. */
export function linkedNotice({ portal, platform }: Pick<LinkFacts, 'portal' | 'platform'>): string {
  const room = roomText(portal, platform);
  switch (portal.direction) {
    case 'both':
      return `${room} is linked with this chat now: messages go both ways.`;
    case 'in':
      return `${room} is linked with this chat now: what is written there is shown here.`;
    case 'out':
      return `${room} is linked with this chat now: what is written here is shown there.`;
  }
}

export function unlinkedNotice({ portal, platform }: Pick<LinkFacts, 'portal' | 'platform'>): string {
  return `${roomText(portal, platform)} is no longer linked with this chat.`;
}

/** Its state, for whoever administers it. */
export function stateText({ portal, channelName }: Pick<LinkFacts, 'portal' | 'channelName'>): string {
  const ways = {
    both: 'messages go both ways',
    in: 'messages go from here to the chat',
    out: 'messages come from the chat',
  };
  const reach = {
    none: 'nobody is timed out or banned here',
    timeouts: 'timeouts hold here too',
    bans: 'timeouts and bans hold here too',
  };
  const state = portal.isPaused ? 'The link is paused.' : `Now ${ways[portal.direction]}; ${reach[portal.reach]}.`;
  const commands = ['pause', 'resume', 'direction in|out|both', 'reach none|timeouts|bans', 'off'];
  const how = commands.map((rest) => `${portal.prefix}bridge ${rest}`).join(', ');
  return `This room is linked with the chat "${channelName}" on Slipmat. ${state} Who administers it may write: ${how}.`;
}

/** `Techno talk on Discord`, or `a room on Discord` while its name is not known. */
export function roomText({ roomName }: Pick<Portal, 'roomName'>, platform: string): string {
  return roomName === null ? `A room on ${platform}` : `"${roomName}" on ${platform}`;
}

function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}
