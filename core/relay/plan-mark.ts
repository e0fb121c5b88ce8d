import type { WireChatMessage } from '../domain/wire.ts';
import { type Composed, compose } from './compose.ts';
import { isPast, type Plan, planRedaction, postsOf, type Subject, type Target } from './plan.ts';

/**
 * What is said of a picture, brought to the copy of a message: covered in place where the platform can, else the copy is
 * taken away and posted anew, covered or as a link. What stays covered for nothing harms nobody: only an edit uncovers.
 * @param was the message as it was shown before
 * @param look what `lookOf` said of what was sent last, where that is known
 */
export function planMark(subject: Subject, was: WireChatMessage, target: Target, look: string | null): Plan {
  const { message, copies, replyRef } = subject;
  const { post, edit } = target.limits;
  const [first] = copies;
  if (first === undefined) return { kind: 'drop', reason: 'no-copy' };
  if (message.redaction !== null) return { kind: 'drop', reason: 'redacted' };
  if (post === undefined) return { kind: 'drop', reason: 'no-post' };
  const before = compose(was, post, replyRef !== null, target);
  const now = compose(message, post, replyRef !== null, target);
  if (look === lookOf(message) || isSame(before, now)) return { kind: 'drop', reason: 'same-look' };
  const [head] = postsOf(subject, post, target, `look ${lookOf(message)}`);
  const takes = edit?.media === 'any' || (edit?.media === 'one' && now.media.length === 1);
  const isInPlace = takes && now.media.length === before.media.length && now.media.length > 0;
  if (isInPlace && head?.op === 'post' && !isPast(edit?.windowMs ?? null, message.sentAt, target.now)) {
    const { speaker, text, key, media } = head.command;
    return { kind: 'native', commands: [{ op: 'edit', command: { ref: first, speaker, text, key, media } }] };
  }
  if (covers(now) <= covers(before) && now.media.length >= before.media.length) {
    return { kind: 'drop', reason: 'no-edit' };
  }
  return planAnew(subject, target);
}

/** The copies are taken away and posted once more, as they are to be shown now. */
export function planAnew(subject: Subject, target: Target): Plan {
  const { post } = target.limits;
  const { copies, message } = subject;
  if (post === undefined) return { kind: 'drop', reason: 'no-post' };
  const removal = planRedaction(copies, message.sentAt, null, target);
  // a second copy beside one that cannot be taken away would help nobody
  if (removal.kind === 'drop') return removal;
  const posts = postsOf(subject, post, target, `anew ${lookOf(message)}`);
  return { kind: 'repost', commands: [...removal.commands, ...posts], reason: 'no-edit' };
}

/** How the pictures of a message are shown: another one means that its copies look different. */
export function lookOf({ content }: WireChatMessage): string {
  return content.attachments.map(({ isSpoiler }) => (isSpoiler ? 'c' : 'o')).join('');
}

function isSame(before: Composed, now: Composed): boolean {
  return covers(before) === covers(now) && before.media.length === now.media.length;
}

function covers({ media }: Composed): number {
  return media.filter(({ isSpoiler }) => isSpoiler).length;
}
