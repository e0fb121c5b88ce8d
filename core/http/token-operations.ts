import type { Accounts } from '../community/accounts/accounts.ts';
import { isBeyondChannels, type ListedToken, sayBeyond, type Tokens } from '../community/tokens/tokens.ts';
import { type EpochMs, parseChannelId, type TokenId } from '../domain/ids.ts';
import { SCOPES, type Scope } from '../domain/scopes.ts';
import type { ControlOperations, TokenLine } from './control-operations.ts';

export interface TokenParts {
  readonly accounts: Pick<Accounts, 'findByName'>;
  readonly tokens: Tokens;
}

type TokenOperations = Pick<ControlOperations, 'token-create' | 'token-list' | 'token-revoke'>;

/** What the command line may do with tokens for programs. The operator is asked for no rank. */
export function tokenOperations({ accounts, tokens }: TokenParts): TokenOperations {
  return {
    async 'token-create'({ user: name, name: purpose, scopes: typed, channel: named, expiresAt }) {
      const person = await accounts.findByName(name);
      if (person === null) return { ok: false, say: `Nobody here is called "${name}".` };
      const unknown = typed.find((scope) => !isScope(scope));
      if (unknown !== undefined)
        return { ok: false, say: `There is no scope ${unknown}. Known: ${SCOPES.join(', ')}.` };
      const channel = named === null ? null : parseChannelId(named);
      if (named !== null && channel === null) return { ok: false, say: 'That is no id of a channel.' };
      const scopes = typed.filter(isScope);
      const beyond = channel === null ? undefined : scopes.find(isBeyondChannels);
      if (beyond !== undefined) return { ok: false, say: `The scope ${sayBeyond(beyond)}` };
      const wish = {
        user: person.user,
        name: purpose,
        scopes,
        channel,
        expiresAt: expiresAt as EpochMs | null,
        by: null,
      };
      const made = await tokens.make(wish);
      if (!made.ok) return { ok: false, say: made.say };
      return {
        ok: true,
        value: { ...lineOf({ ...made.value.token, lastUsedAt: null }, person.name), secret: made.value.text },
      };
    },
    async 'token-list'({ user: name }) {
      const person = name === null ? null : await accounts.findByName(name);
      if (name !== null && person === null) return { ok: false, say: `Nobody here is called "${name}".` };
      const listed = await tokens.list(person?.user ?? null);
      return { ok: true, value: { tokens: listed.map((token) => lineOf(token, person?.name ?? token.user)) } };
    },
    async 'token-revoke'({ id }) {
      const isThere = await tokens.revoke(id as TokenId, null);
      return isThere ? { ok: true, value: {} } : { ok: false, say: `There is no token ${id}.` };
    },
  };
}

function isScope(text: string): text is Scope {
  return SCOPES.some((scope) => scope === text);
}

function lineOf({ id, name, scopes, channel, expiresAt, lastUsedAt }: ListedToken, user: string): TokenLine {
  return { id, user, name, scopes: [...scopes], channel, expiresAt, lastUsedAt };
}
