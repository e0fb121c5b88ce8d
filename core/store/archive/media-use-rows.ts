import type { Content } from '../../domain/content.ts';
import type { EpochMs, MessageId } from '../../domain/ids.ts';
import type { WireChatMessage } from '../../domain/wire.ts';
import { mediaIdOf } from '../../media/media-url.ts';
import type { Db } from '../sql/connect.ts';

/** A file that no message carries any more can be loaded for so long; who shows it just now is not cut off. */
export const GRACE_MS = 5 * 60_000;

/** Which messages carry which file; used inside the transaction that changes them. */
export interface MediaUseRows {
  /**
   * @param at when it changed: files that the message gives up end soon after, unless another one carries them;
   *   null: nothing has changed, the table is made anew
   */
  put(row: { readonly id: MessageId; readonly channel_id: string }, message: WireChatMessage, at: EpochMs | null): void;
  /** It was held, and is never shown: its files end soon, unless a message carries them. */
  giveUp(content: Content, at: EpochMs): void;
}

export function createMediaUseRows(db: Db): MediaUseRows {
  const linksOf = db.prepare<[string], string>('select link_id from media_uses where message_id = ?').pluck();
  const hashOf = db.prepare<[string], string>('select hash from media_links where id = ?').pluck();
  const insert = db.prepare<[string, string, string, string]>(
    'insert into media_uses (message_id, link_id, hash, channel_id) values (?, ?, ?, ?) on conflict do nothing',
  );
  const drop = db.prepare<[string, string]>('delete from media_uses where message_id = ? and link_id = ?');
  const end = db.prepare<[{ readonly at: number; readonly link: string }]>(
    `update media_links set expires_at = @at
     where id = @link and picture_key is null and (expires_at is null or expires_at > @at)
       and not exists (select 1 from media_uses where link_id = @link)`,
  );
  return {
    giveUp({ attachments }, at) {
      for (const { url } of attachments) end.run({ at: at + GRACE_MS, link: mediaIdOf(url, null) ?? '' });
    },
    put({ id, channel_id }, { content }, at) {
      const before = linksOf.all(id);
      const now = new Map(content.attachments.map((one) => [mediaIdOf(one.url, null) ?? '', one.picture]));
      for (const [link, picture] of now) {
        // a picture may have been taken away before the message came here: it is known all the same what it was
        const hash = before.includes(link) ? undefined : (picture ?? hashOf.get(link));
        if (hash !== undefined) insert.run(id, link, hash, channel_id);
      }
      for (const link of before) {
        if (now.has(link)) continue;
        drop.run(id, link);
        if (at !== null) end.run({ at: at + GRACE_MS, link });
      }
    },
  };
}
