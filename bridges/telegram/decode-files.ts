import type { Message } from 'grammy/types';

/** A file of a message, still at Telegram. */
export interface FileRef {
  readonly id: string;
  /** The same for the same file, whoever sends it. */
  readonly uniqueId: string;
  readonly name: string;
  readonly bytes: number | null;
  readonly alt: string | null;
  readonly isSpoiler: boolean;
}

interface File {
  readonly file_id: string;
  readonly file_unique_id: string;
  readonly file_size?: number;
}

/** The files that go along with a message. Moving stickers are no pictures; the text names them. */
export function filesOf(message: Message): readonly FileRef[] {
  const ref = (file: File, name: string, alt: string | null = null): FileRef => ({
    id: file.file_id,
    uniqueId: file.file_unique_id,
    name,
    bytes: file.file_size ?? null,
    alt,
    isSpoiler: message.has_media_spoiler === true,
  });
  const { photo, animation, video, video_note, audio, voice, document, sticker } = message;
  if (photo !== undefined) {
    const largest = photo.toSorted((a, b) => b.width * b.height - a.width * a.height)[0];
    return largest === undefined ? [] : [ref(largest, 'photo.jpg')];
  }
  // An animation comes as a document too, for old clients.
  if (animation !== undefined) return [ref(animation, animation.file_name ?? 'animation.mp4')];
  if (video !== undefined) return [ref(video, video.file_name ?? 'video.mp4')];
  if (video_note !== undefined) return [ref(video_note, 'video-message.mp4')];
  if (audio !== undefined) return [ref(audio, audio.file_name ?? audioName(audio))];
  if (voice !== undefined) return [ref(voice, 'voice-message.ogg')];
  if (document !== undefined) return [ref(document, document.file_name ?? 'file')];
  if (sticker !== undefined && !sticker.is_animated && !sticker.is_video) {
    return [ref(sticker, 'sticker.webp', `${sticker.emoji ?? ''} sticker`.trim())];
  }
  return [];
}

function audioName(audio: { readonly performer?: string; readonly title?: string }): string {
  return `${[audio.performer, audio.title].filter(Boolean).join(' - ') || 'audio'}.mp3`;
}

/** What stands for things that no other platform has; null where there is nothing to say. */
export function readableText(message: Message): string | null {
  const { sticker, dice, poll, venue, location, contact, game, story, checklist, paid_media } = message;
  if (sticker !== undefined && (sticker.is_animated || sticker.is_video))
    return `[sticker ${sticker.emoji ?? ''}]`.replace(' ]', ']');
  if (dice !== undefined) return `${dice.emoji} ${dice.value}`;
  if (poll !== undefined) {
    return [`📊 ${poll.question}`, ...poll.options.map(({ text }) => `- ${text}`)].join('\n');
  }
  // A venue carries its location too.
  if (venue !== undefined) return `📍 ${[venue.title, venue.address].filter(Boolean).join(', ')}`;
  if (location !== undefined) return `📍 ${location.latitude}, ${location.longitude}`;
  // The number was given to this chat alone.
  if (contact !== undefined) return `👤 ${[contact.first_name, contact.last_name].filter(Boolean).join(' ')}`;
  if (game !== undefined) return `🎮 ${game.title}`;
  if (checklist !== undefined) return [checklist.title, ...checklist.tasks.map(({ text }) => `- ${text}`)].join('\n');
  if (story !== undefined) return '[story]';
  if (paid_media !== undefined) return '[paid media]';
  return null;
}
