import type { Unread } from '../../core/plugin/asked/self.ts';
import type { Device } from '../relations/rig.ts';

let keys = 0;

/** Posts, and returns the seq that it got. */
export async function says(device: Device, text: string, more: { channel?: string; replyTo?: string } = {}) {
  keys += 1;
  const post = { type: 'post', channel: 'lobby', key: `reading-${process.pid}-${keys}`, text, ...more };
  const ack = await device.ask(post);
  if (ack.type !== 'ack' || ack.seq === null || ack.message === null)
    throw new Error(`not posted: ${JSON.stringify(ack)}`);
  return { seq: ack.seq, id: ack.message };
}

/** What the person has not read of the channel; null: nothing is told of it. */
export async function unreadOf(device: Device, channel = 'lobby'): Promise<Unread | null> {
  const { channels } = await device.asks<{ channels: Unread[] }>('unread', { channels: [channel] });
  return channels[0] ?? null;
}

export function counts(unread: Unread | null): readonly (number | null)[] {
  return unread === null ? [] : [unread.readUpTo, unread.unread, unread.mentions, unread.firstUnread];
}
