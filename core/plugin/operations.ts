import type { Rich } from '../domain/content.ts';
import type { AccountId, EpochMs, RoomId } from '../domain/ids.ts';
import type { RemoteRef } from '../domain/message.ts';

/** A picture or file of the hub; `HubPort.media.open(url)` gives the bytes to upload. */
export interface MediaRef {
  /** As in the Attachment. */
  readonly url: string;
  /** Where everybody can load it; null where the hub cannot be reached from outside, then upload the bytes. */
  readonly publicUrl: string | null;
  readonly name: string;
  readonly type: string;
  readonly bytes: number;
  readonly width: number | null;
  readonly height: number | null;
  readonly alt: string | null;
  readonly isSpoiler: boolean;
}
export type Speaker =
  | {
      readonly kind: 'user';
      readonly name: string;
      /** Where everybody can load it; null where there is none. */
      readonly avatarUrl: string | null;
      /** The same picture for `HubPort.media.open`, there also where the hub cannot be reached from outside. */
      readonly avatar?: string | null;
      readonly key: string;
      /** Lower-case name of the platform that they write from; absent where it is not known. */
      readonly platform?: string;
    }
  | { readonly kind: 'hub' };
export interface Choice {
  readonly id: string;
  readonly label: string;
}

/** At most `count` posts in any `perMs`, over all rooms of the bridge with the same `bucket`. */
export interface Budget {
  readonly bucket: string;
  readonly count: number;
  readonly perMs: number;
}

export interface Post {
  readonly room: RoomId;
  readonly speaker: Speaker;
  readonly text: Rich;
  readonly media: readonly MediaRef[];
  readonly replyTo: RemoteRef | null;
  readonly sentAt: EpochMs;
  /** The same on every try; the platform's idempotency key is made from it. */
  readonly key: string;
}
export interface Edit {
  readonly ref: RemoteRef;
  readonly speaker: Speaker;
  readonly text: Rich;
  readonly key: string;
  /** The files as they are to be shown from now on. Absent: they stay as they are. */
  readonly media?: readonly MediaRef[];
}
export interface Redact {
  readonly refs: readonly RemoteRef[];
  readonly reason: string | null;
}
export interface React {
  readonly ref: RemoteRef;
  readonly speaker: Speaker;
  readonly emoji: string;
  readonly on: boolean;
  readonly key: string;
}
export interface Sanction {
  readonly room: RoomId;
  readonly account: AccountId;
  readonly act: 'timeout' | 'ban' | 'lift';
  readonly until: EpochMs | null;
  readonly reason: string | null;
}
/** In a room that is linked with nothing, and under the id of an account, `capabilities` says what works with people alone. */
export interface Direct {
  readonly to: AccountId;
  readonly speaker: Speaker;
  readonly text: Rich;
  readonly choices: readonly Choice[];
  readonly key: string;
}
export interface Respond {
  readonly ticket: string;
  readonly text: Rich;
  readonly choices: readonly Choice[];
  readonly isPrivate: boolean;
}
export interface Signal {
  readonly room: RoomId;
  readonly speaker: Speaker;
  readonly what:
    | { readonly kind: 'typing'; readonly on: boolean }
    | { readonly kind: 'read'; readonly upTo: RemoteRef }
    | { readonly kind: 'presence'; readonly on: boolean };
}
export interface EnsureRoom {
  readonly alias: string;
  readonly name: string;
  readonly topic: string;
  readonly avatarUrl: string | null;
  readonly isPublic: boolean;
}
/** `key` and `platform` of a Speaker. */
export interface Retire {
  readonly key: string;
  readonly platform: string;
}
export interface SetRole {
  readonly room: RoomId;
  readonly account: AccountId;
  readonly role: 'none' | 'moderator' | 'dj' | 'admin';
}

/** Command, result and limits of each operation. The only place to add one; an absent operation is unsupported. */
/** An account of this platform, and who it is for the sign-in that the platform shares with the hub. */
export interface SharedAccount {
  readonly account: AccountId;
  readonly name: string;
  /** `sub` of the tokens that the sign-in gives. */
  readonly subject: string;
}

export interface Operations {
  post: [
    Post,
    readonly RemoteRef[],
    {
      readonly text: number;
      readonly caption: number;
      readonly unit: 'utf16' | 'code-point' | 'byte';
      readonly speaker: 'native' | 'prefix';
      readonly reply: boolean;
      readonly idempotent: boolean;
      readonly takesSentAt: boolean;
      /** The room is a record of the channel: what it missed is sent all the same, however late. */
      readonly isRecord?: boolean;
      readonly maxMedia: number;
      readonly maxMediaBytes: number;
      readonly spoiler: boolean;
      /** How much the platform takes; the hub keeps within it and sums up what does not fit. Absent: no such limit. */
      readonly budget?: Budget;
    },
  ];
  edit: [
    Edit,
    RemoteRef,
    {
      readonly windowMs: number | null;
      /** Files of a post can be shown in another way, such as covered: any number, or where there is one. Absent: not. */
      readonly media?: 'any' | 'one';
    },
  ];
  redact: [Redact, undefined, { readonly windowMs: number | null; readonly maxRefs: number; readonly others: boolean }];
  react: [React, RemoteRef | null, { readonly perUser: boolean; readonly emoji: 'any' | readonly string[] }];
  sanction: [
    Sanction,
    undefined,
    {
      readonly acts: readonly ('timeout' | 'ban' | 'lift')[];
      readonly minMs: number;
      readonly maxMs: number;
      /** `room`: an act holds in this room alone. Absent: it may hold in more, such as a whole server. */
      readonly within?: 'room';
      /** A timeout does not end there by itself: the hub lifts it. Absent: it does. */
      readonly needsLift?: true;
    },
  ];
  direct: [
    Direct,
    RemoteRef,
    {
      readonly text: number;
      readonly choices: number;
      /** Reaches people who never wrote to the bot, as they are used to. Absent: only those who did, or it is no custom there. */
      readonly toAnyone?: true;
      /** The platform shows who says it. Absent: the text does. */
      readonly speaker?: 'native';
    },
  ];
  respond: [Respond, undefined, { readonly withinMs: number; readonly isPrivate: boolean; readonly choices: number }];
  signal: [Signal, undefined, { readonly kinds: readonly Signal['what']['kind'][] }];
  ensureRoom: [EnsureRoom, RoomId, Record<never, never>];
  setRole: [SetRole, undefined, Record<never, never>];
  /** Whether nobody but those who were let in can read what is posted in this room. Absent: nobody can say, so it counts as open. */
  isClosed: [{ readonly room: RoomId }, boolean, Record<never, never>];
  /**
   * Takes away how somebody was shown on the platform, beyond what they said: name, picture, membership, and what the
   * bridge remembers of them. Done again, or for somebody unknown, it changes nothing; they may come back as anybody
   * may. The room does not matter. Absent: the platform keeps nothing of that.
   */
  retire: [Retire, undefined, Record<never, never>];
  /** Whether this post arrived, where the platform can be asked; its refs if it did. */
  find: [Post, readonly RemoteRef[] | null, Record<never, never>];
  /** Who this account is in this room on the platform, asked when a command needs it. */
  authority: [
    { readonly room: RoomId; readonly account: AccountId },
    'owner' | 'admin' | 'moderator' | 'member' | 'none',
    Record<never, never>,
  ];
  /**
   * The account of whoever signs in with this subject, or the subject of that account, where people of the platform
   * sign in where people of the hub do: at `issuer`. Null: there is none. The platform itself must vouch for it.
   */
  identity: [
    { readonly subject: string } | { readonly account: AccountId },
    SharedAccount | null,
    { readonly issuer: string },
  ];
}
export type Capabilities = {
  readonly [K in keyof Operations]?: {
    /** Plain data: published to the other hubs, the console and the fidelity table. */
    readonly limits: Operations[K][2];
    readonly run: (command: Operations[K][0], signal: AbortSignal) => Promise<Operations[K][1]>;
  };
};
