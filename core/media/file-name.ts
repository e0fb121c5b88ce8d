import { cutAt } from '../domain/content.ts';
import { mediaTypeOf } from './media-type.ts';

/** As much as a message shows of a name. */
const MAX_NAME_UTF16 = 48;
const MAX_ENDING = 10;
const FALLBACK = 'file';

/** One line without folders, controls or marks that turn the direction of text around; its ending fits what it is. */
export function cleanFileName(name: string, mediaType: string): string {
  const last = name.toWellFormed().normalize('NFC').split(/[\\/]/).at(-1) ?? '';
  const line = last
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .replace(/\s+/gu, ' ')
    .replace(/^[\s.]+|[\s.]+$/gu, '');
  const { stem, ending } = splitName(line === '' ? FALLBACK : line);
  const fitting = endingFor(ending, mediaType);
  // an ending that does not fit stays readable, in front of the one that does
  const whole = fitting === ending || isMediaEnding(ending) ? stem : stem + ending;
  return cutAt(whole, MAX_NAME_UTF16 - fitting.length).trimEnd() + fitting;
}

function splitName(name: string): { readonly stem: string; readonly ending: string } {
  const at = name.lastIndexOf('.');
  const ending = at <= 0 ? '' : name.slice(at);
  const isEnding = new RegExp(`^\\.[a-z0-9]{1,${MAX_ENDING}}$`, 'i').test(ending);
  return isEnding ? { stem: name.slice(0, at), ending } : { stem: name, ending: '' };
}

function endingFor(ending: string, mediaType: string): string {
  const { endings } = mediaTypeOf(mediaType);
  const [usual] = endings;
  return usual === undefined || endings.includes(ending.slice(1).toLowerCase()) ? ending : `.${usual}`;
}

/** The ending of another kind of picture, sound or film: nothing is lost when it goes. */
function isMediaEnding(ending: string): boolean {
  return /^\.(png|jpe?g|gif|webp|avif|heic|mp3|aac|og[gav]|opus|flac|wav|m4[av]|mp4|webm|mov|mkv|bin|dat)$/i.test(
    ending,
  );
}
