import type { MediaTypeName } from './media-type.ts';

/** So many bytes from the beginning are enough for `sniff`. */
export const SNIFF_BYTES = 4_096;

/** What the bytes are, from how they begin. Text of any kind, markup and scripts included, is `text`. */
export function sniff(head: Uint8Array): MediaTypeName {
  return bySignature(head) ?? (isText(head) ? 'text' : 'unknown');
}

const OGG_SOUNDS = ['OpusHead', '\x01vorbis', '\x7fFLAC', 'Speex   '];

function bySignature(head: Uint8Array): MediaTypeName | null {
  const ascii = Buffer.from(head.subarray(0, 64)).toString('latin1');
  const starts = (text: string, at = 0): boolean => ascii.startsWith(text, at);
  if (starts('\x89PNG\r\n\x1a\n')) return 'png';
  if (starts('\xff\xd8\xff')) return 'jpeg';
  if (starts('GIF87a') || starts('GIF89a')) return 'gif';
  if (starts('RIFF') && starts('WEBP', 8)) return 'webp';
  if (starts('RIFF') && starts('WAVE', 8)) return 'wav';
  if (starts('ftyp', 4)) return ofBrands(ascii);
  if (starts('OggS')) return OGG_SOUNDS.some((name) => ascii.includes(name)) ? 'oggAudio' : 'oggVideo';
  if (starts('\x1aE\xdf\xa3')) return /\x42\x82.webm/s.test(ascii) ? 'webm' : 'matroska';
  if (starts('fLaC')) return 'flac';
  if (starts('ID3') || isMp3Frame(head)) return 'mp3';
  if (head[0] === 0xff && ((head[1] ?? 0) & 0xf6) === 0xf0) return 'aac';
  if (starts('%PDF-')) return 'pdf';
  if (starts('PK\x03\x04') || starts('PK\x05\x06')) return 'zip';
  if (starts('\x1f\x8b')) return 'gzip';
  return null;
}

/** Containers of one family, told apart by the brand they name first, and by those they go with. */
function ofBrands(ascii: string): MediaTypeName {
  const major = ascii.slice(8, 12);
  const all = ascii.slice(8);
  if (major === 'avif' || major === 'avis' || (major === 'mif1' && all.includes('avif'))) return 'avif';
  if (/^(heic|heix|hevc|hevx|heim|heis|mif1|msf1)$/.test(major)) return 'heic';
  if (major === 'qt  ') return 'quicktime';
  if (major === 'M4A ' || major === 'M4B ') return 'm4a';
  return /^(isom|iso\d|mp4\d|avc1|dash|M4V |MSNV|f4v |3gp\d|mmp4)$/.test(major) ? 'mp4' : 'unknown';
}

/** A header of layer III with a bit rate and a sample rate that exist. */
function isMp3Frame(head: Uint8Array): boolean {
  const [sync = 0, version = 0, rates = 0] = head;
  if (sync !== 0xff || (version & 0xe6) !== 0xe2 || (version & 0x18) === 0x08) return false;
  const bitRate = rates >> 4;
  return bitRate > 0 && bitRate < 15 && (rates & 0x0c) !== 0x0c;
}

function isText(head: Uint8Array): boolean {
  if (head.length === 0) return false;
  try {
    // told that more follows: a character may be cut at the end
    const text = new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    return !/[^\P{Cc}\t\n\f\r]/u.test(text);
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}
