import type { Attachment, Content } from './content.ts';

/** What moderators say of a picture: by its bytes, so that it is said of everything that shows the same. */
export const PICTURE_MARKS = ['safe', 'nsfw', 'remove'] as const;
export type PictureMark = (typeof PICTURE_MARKS)[number];

/** What is said of the picture with these bytes; null: nothing. */
export type MarkOf = (picture: string) => PictureMark | null;

/**
 * The attachment as it is to be shown. One that was said to be safe, or needs its cover anyway, is not blurred; the cover
 * that its author gave it stays.
 * @param mark null: nothing is said of it any more
 * @returns null: it is not to be shown at all
 */
export function asMarked(attachment: Attachment, mark: PictureMark | null): Attachment | null {
  const bare = withoutMark(attachment);
  switch (mark) {
    case null:
      return bare;
    case 'remove':
      return null;
    case 'safe':
      return { ...withoutBlur(bare), mark };
    case 'nsfw':
      return { ...withoutBlur(bare), mark, isSpoiler: true, ...(bare.isSpoiler && { isOwnCover: true as const }) };
  }
}

/** All pictures of a message as they are to be shown by what is said of them; the same value where nothing is. */
export function withMarks(content: Content, markOf: MarkOf): Content {
  if (content.attachments.every(({ picture }) => picture === undefined)) return content;
  let isSame = true;
  const attachments = content.attachments.flatMap((one) => {
    if (one.picture === undefined) return [one];
    const mark = markOf(one.picture);
    // what nothing is said of stays as it was posted: it may have been blurred then
    const marked = mark === null && one.mark === undefined ? one : asMarked(one, mark);
    isSame &&= marked === one || (marked !== null && marked.mark === one.mark);
    return marked ?? [];
  });
  return isSame ? content : { ...content, attachments };
}

/** Pictures of which nothing is said are covered in the native client until somebody has looked. */
export function withBlur(content: Content): Content {
  const attachments = content.attachments.map((one) =>
    one.picture === undefined || one.mark !== undefined || one.isSpoiler ? one : { ...one, isBlurred: true as const },
  );
  return { ...content, attachments };
}

/** With this said of one picture, and of the others what was said before. */
export function withMark(content: Content, picture: string, mark: PictureMark | null): Content {
  return withMarks(content, (one) => (one === picture ? mark : currentOf(content, one)));
}

function currentOf({ attachments }: Content, picture: string): PictureMark | null {
  return attachments.find((one) => one.picture === picture)?.mark ?? null;
}

function withoutMark({ mark, isOwnCover, ...rest }: Attachment): Attachment {
  return mark === 'nsfw' ? { ...rest, isSpoiler: isOwnCover === true } : rest;
}

function withoutBlur({ isBlurred: _, ...rest }: Attachment): Attachment {
  return rest;
}
