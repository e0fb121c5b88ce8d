import { relating } from './relating.ts';

export const block = relating({
  name: 'block',
  kind: 'block',
  isOn: true,
  summary: 'Takes no private messages from somebody any more.',
  say: (name) =>
    `${name} cannot send you private messages, and is not told why. To hide what they write too, mute them.`,
});
