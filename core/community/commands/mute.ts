import { relating } from './relating.ts';

export const mute = relating({
  name: 'mute',
  kind: 'mute',
  isOn: true,
  summary: 'Hides what somebody writes, for you alone.',
  say: (name, { room }) =>
    room === null
      ? `What ${name} writes is hidden from you.`
      : `What ${name} writes is hidden from you in the native chat; in this app only the app itself can hide it.`,
});
