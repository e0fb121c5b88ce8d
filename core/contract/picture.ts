import type { DoubleFile } from './subject.ts';

/** One red pixel. */
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==';
const bytes = Buffer.from(PNG, 'base64');

/** A picture that any platform and any decoder takes. */
export const PICTURE = {
  file: { name: 'cover.png', bytes } satisfies DoubleFile,
  equals: (other: Uint8Array | undefined): boolean => other !== undefined && bytes.equals(other),
} as const;
