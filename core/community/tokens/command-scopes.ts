import type { Scope } from '../../domain/scopes.ts';

/** What a token needs to give a command; one that does not stand here is about oneself. */
const SCOPE_OF: Readonly<Record<string, Scope>> = {
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
  slow: 'moderate',
  shield: 'moderate',
  appoint: 'roles:manage',
  dismiss: 'roles:manage',
  live: 'events:manage',
  bridge: 'portals:manage',
};

/** Of a command as it was typed behind its sign. */
export function scopeOfCommand(text: string): Scope {
  const name = /^\s*(\S+)/.exec(text)?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(SCOPE_OF, name) ? (SCOPE_OF[name] ?? 'account') : 'account';
}
