import type { Channel } from '../../domain/channel.ts';
import type { BridgeId, EpochMs, MessageId, UserId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import type { RemoteRef } from '../../domain/message.ts';
import type { Rank } from '../../domain/permission.ts';
import type { Portal } from '../../domain/portal.ts';
import type { Receipt } from '../../domain/receipt.ts';
import type { MarkDeeds } from '../../plugin/asked/marks.ts';
import type { CommandSpec } from '../../plugin/commands.ts';
import type { Choice } from '../../plugin/operations.ts';
import type { Answer } from '../../plugin/surface.ts';
import type { Directory } from '../../store/directory/directory.ts';
import type { CrewGuests } from '../crew/guests.ts';
import type { Roles } from '../crew/roles.ts';
import type { ConversationDesk } from '../directs/conversations.ts';
import type { DirectInlet } from '../directs/inlet.ts';
import type { LiveEvents } from '../events/live-events.ts';
import type { HouseRulesDesk } from '../house-rules/desk.ts';
import type { Links } from '../links/links.ts';
import type { Found } from '../moderation/find-people.ts';
import type { NativeActsDesk } from '../moderation/from-platforms.ts';
import type { Modes } from '../moderation/modes.ts';
import type { Reports } from '../moderation/reports.ts';
import type { SanctionsDesk } from '../moderation/sanctions-desk.ts';
import type { Codes } from '../portals/codes.ts';
import type { KnownPortals, PortalDesk } from '../portals/desk.ts';
import type { InRoom, RedeemDeps } from '../portals/redeem.ts';
import type { TestLine } from '../portals/test-line.ts';
import type { Unnoticed } from '../presence/unnoticed.ts';
import type { PrivacyDesk } from '../privacy/desk.ts';
import type { RelationsDesk } from '../relations/relations.ts';
import type { OptOuts } from './opt-outs.ts';

/** Somebody gives a command, in a room or in the native chat. */
export interface CommandCall {
  readonly actor: Actor;
  /** Null: in a room that is linked with no channel. */
  readonly channel: Channel | null;
  /** Standing in that channel, by the hub's own roles. */
  readonly rank: Rank;
  /** What stands after the name. */
  readonly rest: string;
  /** The message that it answers, if the hub knows it. */
  readonly replyTo: MessageId | null;
  /** Who was picked, or mentioned first; null: nobody. */
  readonly picked: Found | null;
  /** Nobody else reads the answer. */
  readonly isPrivate: boolean;
  /** What commands begin with here. */
  readonly prefix: string;
  /** Null: in the native chat. `ref`: of the message in which it was typed; null: the platform has it as a command. */
  readonly room: (InRoom & { readonly portal: Portal | null; readonly ref: RemoteRef | null }) | null;
  /** The same each time this very act is told. */
  readonly cause: string;
}

/** What commands can do. */
export interface CommandDeps {
  readonly commands: readonly CommandSpec[];
  readonly desk: PortalDesk;
  readonly portals: KnownPortals;
  readonly codes: Codes;
  readonly testLine: Pick<TestLine, 'send'>;
  readonly redeem: RedeemDeps;
  readonly optOuts: OptOuts;
  /** The bridges of the configuration, with their platforms as people write them. */
  readonly bridges: () => readonly { readonly id: BridgeId; readonly platform: string }[];
  /** Whether the native acts of this bridge in the portal's room hold in that room alone, as far as this hub knows. */
  readonly actsWithin: (portal: Portal) => boolean;
  /** Told when messages begin to go out to this bridge; null: nothing. */
  readonly outboundNotice: (bridge: BridgeId) => string | null;
  /** A bot in this room that seems to carry our own messages back; null: none was noticed. */
  readonly loopIn: (portal: Portal) => string | null;
  readonly redact: (call: CommandCall, id: MessageId, reason: string | null) => Promise<Receipt>;
  readonly mark: (actor: Actor, deed: MarkDeeds['mark-image'][0]) => Promise<Answer<MarkDeeds['mark-image'][1]>>;
  readonly isOptedOut: (user: UserId) => boolean;
  readonly relations: Pick<RelationsDesk, 'set' | 'end'>;
  readonly unnoticed: Pick<Unnoticed, 'isUnnoticed' | 'show'>;
  readonly sanctions: SanctionsDesk;
  /** Acts that stayed on their platform. */
  readonly nativeActs: NativeActsDesk;
  readonly directs: {
    readonly desk: Pick<ConversationDesk, 'answer' | 'waiting' | 'leave'>;
    readonly write: DirectInlet['write'];
    readonly directory: Pick<Directory, 'channel' | 'channels' | 'channelsFor' | 'conversations' | 'sameAs'>;
  };
  readonly liveEvents: LiveEvents;
  /** As this hub knows them. */
  readonly events: Directory['events'];
  readonly roles: Roles;
  readonly links: Links;
  /** Where people have accounts: the name that the hub knows a platform by, and how it is written. */
  readonly platforms: () => readonly { readonly name: string; readonly label: string }[];
  readonly modes: Pick<Modes, 'set'>;
  readonly reports: Pick<Reports, 'report'>;
  readonly houseRules: HouseRulesDesk;
  readonly crewGuests: CrewGuests;
  readonly privacy: PrivacyDesk;
  /** Where everybody reaches the hub; null: nobody outside does. */
  readonly publicUrl: string | null;
  readonly now: () => EpochMs;
}

/** One command. To add one: a file that exports it, and a line in `table.ts`. */
export interface Command extends CommandSpec {
  /** `linked`: in the native chat and in linked rooms. `anywhere`: also in rooms that are linked with nothing. */
  readonly where: 'linked' | 'anywhere';
  /** It asks the platform and runs beside what comes after it: a bridge that waits for its end could not be asked. */
  readonly isSlow: boolean;
  /** @returns the answer; null: none */
  run(call: CommandCall, deps: CommandDeps): Promise<Said | null>;
}

/** An answer, with buttons beside it where the platform has them. */
export type Said = string | { readonly say: string; readonly choices: readonly Choice[] };

export function sayOf(said: Said): string {
  return typeof said === 'string' ? said : said.say;
}
