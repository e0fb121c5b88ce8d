import type { ChannelId, MessageId, Seq } from './ids.ts';

/** What is told to all devices of one person, wherever they are connected. At most once: who comes back asks anew. */
export type SelfNews =
  /** Whom the person has muted or blocked is another list than before: ask for `relations`. */
  | { readonly kind: 'relations' }
  /** The person has read the channel up to here, on whichever device. */
  | { readonly kind: 'read'; readonly channel: ChannelId; readonly seq: Seq }
  /** The person, who was unnoticed in the channel, is to be seen there from now on. */
  | { readonly kind: 'shown'; readonly channel: ChannelId }
  /** What waits for those who moderate the channel, or who looks at it, has changed: ask anew. */
  | { readonly kind: 'desk'; readonly channel: ChannelId }
  /** A message of the person was held; this became of it. */
  | {
      readonly kind: 'told';
      readonly channel: ChannelId;
      readonly message: MessageId;
      readonly became: 'released' | 'discarded';
      readonly say: string;
    };
