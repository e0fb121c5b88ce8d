import type { Attachment } from '../../core/domain/content.ts';
import type { Participant } from '../fakes/people.ts';
import { upload } from '../library/rig.ts';
import { pixels } from '../media/rig.ts';
import type { Rig } from '../sanctions/rig.ts';

/** A picture of its own for each seed; the same seed is the same picture. */
export async function png(seed = 0): Promise<Buffer> {
  return pixels(40, 30, 1, seed).png().toBuffer();
}

/** Uploads it and posts it. @returns the id of the message, or the code with which it was refused */
export async function postPicture(
  rig: Pick<Rig, 'hub'>,
  who: Participant,
  name: string,
  bytes: Uint8Array,
  more: { readonly channel?: string; readonly text?: string; readonly isSpoiler?: boolean } = {},
): Promise<string> {
  const url = await upload(rig.hub.url, await rig.hub.user(name), 'flyer.png', bytes);
  const { channel = 'lobby', text = '', isSpoiler = false } = more;
  const said = await who.client.post({ channel, text, attachments: [{ url, isSpoiler }] }).done;
  return said.ok ? (said.value.message ?? '') : said.code;
}

/** The pictures of the messages of a channel as a page shows them, oldest first; null: the message is gone. */
export async function pictures(who: Participant): Promise<readonly (string | null)[]> {
  return (await who.page()).flatMap(({ message }): readonly (string | null)[] =>
    message.redaction === null ? message.content.attachments.map(lookOf) : [null],
  );
}

/** Such as `covered nsfw`. */
export function lookOf({ isSpoiler, isBlurred, mark }: Attachment): string {
  return [isSpoiler ? 'covered' : isBlurred === true ? 'blurred' : 'open', mark ?? ''].join(' ').trim();
}

export async function mark(who: Participant, message: string, as: string, channel = 'lobby'): Promise<string> {
  const answer = await who.client.do('mark-image', { channel, message, mark: as });
  return answer.ok ? answer.value.say : answer.code;
}
