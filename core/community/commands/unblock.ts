import { relating } from './relating.ts';

export const unblock = relating({
  name: 'unblock',
  kind: 'block',
  isOn: false,
  summary: 'Takes private messages from somebody again.',
  say: (name) => `${name} may send you private messages.`,
});
