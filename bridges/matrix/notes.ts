import type { RemoteRef } from '../../core/plugin/index.ts';
import { botOf } from './names.ts';
import type { Session } from './session.ts';

/** What a ref of ours says of its event: under which account it stands, and whether it is a file with a caption. */
export interface Note {
  readonly sender: string;
  readonly isFile: boolean;
}

/** Of our own server; the rest of the user id is known. */
export function writeNote({ sender, isFile }: Note): string {
  return `${isFile ? 'f' : 't'}:${sender.slice(1).split(':')[0] ?? ''}`;
}

/** Null: not a ref of ours; somebody else said it. */
export function readNote({ note }: RemoteRef, { config }: Pick<Session, 'config'>): Note | null {
  const found = note === undefined ? null : /^([ft]):(.+)$/.exec(note);
  if (found === null) return null;
  const sender = `@${found[2] ?? ''}:${config.serverName}`;
  return { sender, isFile: found[1] === 'f' };
}

/** The account for a request: absent for the bot, whose token it is. */
export function asSender(sender: string, { config }: Pick<Session, 'config'>): { readonly as?: string } {
  return sender === botOf(config) ? {} : { as: sender };
}
