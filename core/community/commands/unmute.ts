import { relating } from './relating.ts';

export const unmute = relating({
  name: 'unmute',
  kind: 'mute',
  isOn: false,
  summary: 'Shows you again what somebody writes.',
  say: (name) => `You see what ${name} writes.`,
});
