import type { ScopeOrNot } from '../../plugin/asked/asked.ts';

/** What a token needs to give a command: what the act itself needs. One that does not stand here is about oneself. */
const SCOPE_OF: Readonly<Record<string, ScopeOrNot>> = {
  help: 'read',
  rules: 'read',
  report: 'post',
  redact: 'post',
  whois: 'moderate',
  note: 'moderate',
  timeout: 'moderate',
  untimeout: 'moderate',
  ban: 'moderate',
  unban: 'moderate',
  apply: 'moderate',
  nsfw: 'moderate',
  safe: 'moderate',
  slow: 'moderate',
  shield: 'moderate',
  appoint: 'roles:manage',
  dismiss: 'roles:manage',
  crew: 'roles:manage',
  live: 'events:manage',
  bridge: 'portals:manage',
  // who is the same person as whom outlasts every token
  link: 'session',
  unlink: 'session',
  show: 'session',
};

/** Those that do more with words behind them than without. */
const WITH_WORDS: Readonly<Record<string, ScopeOrNot>> = { rules: 'settings:manage' };

/**
 * Of a command as it was typed behind its sign.
 * @param isReply whether it answers a message, which says whom it is about
 */
export function scopeOfCommand(text: string, isReply: boolean): ScopeOrNot {
  const [, typed = '', rest = ''] = /^\s*(\S+)\s*(.*)$/s.exec(text) ?? [];
  const name = typed.toLowerCase();
  if (name === 'karma') return rest.trim() !== '' || isReply ? 'moderate' : 'account';
  const table = rest.trim() !== '' && Object.hasOwn(WITH_WORDS, name) ? WITH_WORDS : SCOPE_OF;
  return Object.hasOwn(table, name) ? (table[name] ?? 'account') : 'account';
}
