import type { Features } from './features.ts';
import type { Person } from './people.ts';

/** What a ban is against: a mask of nick, user and host, or an account; and whether it only silences. */
export interface Ban {
  readonly act: 'ban' | 'timeout';
  readonly against:
    | { readonly kind: 'mask'; readonly mask: string }
    | { readonly kind: 'account'; readonly name: string };
}

/** A new entry of a channel's lists, as a ban. Null for what is none, such as an exception. */
export function readBan(mode: string, entry: string, features: Features): Ban | null {
  const isQuiet = mode === 'q' && features.listModes.includes('q');
  if (mode !== 'b' && !isQuiet) return null;
  const { muteBan, accountBan } = features;
  const isMute = muteBan !== null && entry.startsWith(muteBan);
  const rest = isMute ? entry.slice(muteBan.length) : entry;
  const act = isQuiet || isMute ? 'timeout' : 'ban';
  if (accountBan !== null && rest.startsWith(accountBan)) {
    return { act, against: { kind: 'account', name: rest.slice(accountBan.length) } };
  }
  // Other kinds of ban look like `x:value`; a mask has no colon before its first `!`, `@` or `*`.
  if (/^[$~]|^[A-Za-z]+:/.test(rest)) return null;
  return { act, against: { kind: 'mask', mask: rest } };
}

/** Whether somebody who is here is meant. */
export function isMeant({ against }: Ban, person: Person, fold: (name: string) => string): boolean {
  if (against.kind === 'account') return person.account !== null && fold(person.account) === fold(against.name);
  const whole = `${person.nick}!${person.user ?? ''}@${person.host ?? ''}`;
  return matches(fold(withAll(against.mask)), fold(whole));
}

/** `ann` means `ann!*@*`, `u@h` means `*!u@h`. */
function withAll(mask: string): string {
  if (mask.includes('!')) return mask.includes('@') ? mask : `${mask}@*`;
  return mask.includes('@') ? `*!${mask}` : `${mask}!*@*`;
}

/** `*` for any text and `?` for any character, in time that grows with both lengths only. */
export function matches(mask: string, text: string): boolean {
  let at = 0;
  let star = -1;
  let retry = 0;
  for (let place = 0; place < text.length; ) {
    const sign = mask[at];
    if (sign === '*') {
      star = at;
      retry = place;
      at += 1;
    } else if (sign !== undefined && (sign === '?' || sign === text[place])) {
      at += 1;
      place += 1;
    } else if (star >= 0) {
      at = star + 1;
      retry += 1;
      place = retry;
    } else return false;
  }
  return /^\**$/.test(mask.slice(at));
}
