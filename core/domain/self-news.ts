import type { ChannelId, EpochMs, MessageId, Seq, UserId } from './ids.ts';

/** What is told to all devices of one person, wherever they are connected. At most once: who comes back asks anew. */
export type SelfNews =
  /** Whom the person has muted or blocked is another list than before: ask for `relations`. */
  | { readonly kind: 'relations' }
  /** For some channel the person has chosen anew what they want to be told of: ask for `notify-levels`. */
  | { readonly kind: 'notify-levels' }
  /** The person has read the channel up to here, on whichever device. */
  | { readonly kind: 'read'; readonly channel: ChannelId; readonly seq: Seq }
  /** The person, who was unnoticed in the channel, is to be seen there from now on. */
  | { readonly kind: 'shown'; readonly channel: ChannelId }
  /** What waits for those who moderate the channel, or who looks at it, has changed: ask anew. */
  | { readonly kind: 'desk'; readonly channel: ChannelId }
  /** Somebody asks the person into a conversation; null: that is answered, on whichever device, or holds no longer. */
  | { readonly kind: 'invitation'; readonly channel: ChannelId; readonly invitation: Invited | null }
  /** A message of the person was held; this became of it. */
  | {
      readonly kind: 'told';
      readonly channel: ChannelId;
      readonly message: MessageId;
      readonly became: 'released' | 'discarded';
      readonly say: string;
    };

/** What is told of an invitation before it is accepted. */
export interface Invited {
  readonly kind: 'private' | 'direct';
  /** Of the channel, as this person sees it. */
  readonly name: string;
  readonly by: { readonly user: UserId; readonly name: string; readonly platform: string };
  readonly at: EpochMs;
}
