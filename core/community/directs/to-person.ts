import type { AccountId, RoomId } from '../../domain/ids.ts';
import type { Bridge } from '../../plugin/bridge.ts';
import type { Capabilities, Post } from '../../plugin/operations.ts';
import type { Led } from './lanes.ts';
import { invitationChoices } from './texts.ts';

/** The bridge as a lane sees it that leads to one person: to post is to write to them alone. */
export function toPerson({ member, kind }: Led, bridge: Bridge): Bridge {
  const { account, channel } = member;
  return {
    placement: bridge.placement,
    delivery: bridge.delivery,
    start: (signal) => bridge.start(signal),
    stop: () => bridge.stop(),
    capabilities: () => {
      if (account === null) return {};
      const can = bridge.capabilities(account as string as RoomId);
      return kind === 'say' ? saying(can, account) : asking(can, account, channel);
    },
  };
}

function saying(can: Capabilities, to: AccountId): Capabilities {
  const { direct, edit, redact, react } = can;
  if (direct === undefined) return {};
  const run = async ({ speaker, text, key }: Post, signal: AbortSignal) => [
    await direct.run({ to, speaker, text, choices: [], key }, signal),
  ];
  return {
    post: { limits: limitsOf(can, direct.limits.speaker ?? 'prefix'), run },
    ...(edit && { edit }),
    ...(redact && { redact }),
    ...(react && { react }),
  };
}

/** From whoever asks, where the platform shows that; else from the hub, whose text says who it is. */
function asking(can: Capabilities, to: AccountId, channel: Led['member']['channel']): Capabilities {
  const { direct } = can;
  if (direct === undefined) return {};
  const run = async ({ speaker, text, key }: Post, signal: AbortSignal) => {
    const from = direct.limits.speaker === 'native' ? speaker : ({ kind: 'hub' } as const);
    const choices = invitationChoices(channel).slice(0, direct.limits.choices);
    return [await direct.run({ to, speaker: from, text, choices, key }, signal)];
  };
  // the text itself tells who asks
  return { post: { limits: limitsOf(can, 'native'), run } };
}

/** What is said in private is brought however late, and never summed up. */
function limitsOf(
  { direct, post }: Capabilities,
  speaker: 'native' | 'prefix',
): NonNullable<Capabilities['post']>['limits'] {
  return {
    text: direct?.limits.text ?? 0,
    caption: 0,
    unit: post?.limits.unit ?? 'utf16',
    speaker,
    reply: false,
    idempotent: false,
    takesSentAt: false,
    isRecord: true,
    maxMedia: 0,
    maxMediaBytes: 0,
    spoiler: false,
  };
}
