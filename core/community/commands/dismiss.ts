import { appoint, changeRole } from './appoint.ts';
import type { Command } from './command.ts';

export const dismiss: Command = {
  ...appoint,
  name: 'dismiss',
  summary: 'Takes from somebody what they were appointed for: altogether, or for one live event.',
  run: (call, deps) => changeRole(call, deps, 'dismiss'),
};
