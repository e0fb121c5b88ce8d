import { hashSecret, isSameSecret, newRowId, newSecret } from '../../async/mint.ts';

/** A secret that is told once: the row's id stands in it in clear, its second half is stored hashed. */
export interface SecretToken {
  readonly id: string;
  readonly text: string;
  readonly hash: string;
}

/** `sls`: session; `inv`: invitation; `adm`: first admin; `slip`: for programs, known to scanners for secrets by it. */
export type TokenKind = 'sls' | 'inv' | 'adm' | 'slip';

const TOKEN = /^([a-z]{3,4})_([0-9a-f-]{36})_([A-Za-z0-9_-]{43})$/;

export function newToken(kind: TokenKind): SecretToken {
  const id = newRowId();
  const secret = newSecret();
  return { id, text: `${kind}_${id}_${secret}`, hash: hashSecret(secret) };
}

/** Reads a token as somebody shows it. Null: not one of this kind. */
export function parseToken(kind: TokenKind, text: string): { readonly id: string; readonly secret: string } | null {
  const [, found, id, secret] = TOKEN.exec(text) ?? [];
  return found === kind && id !== undefined && secret !== undefined ? { id, secret } : null;
}

export function matches(secret: string, hash: string): boolean {
  return isSameSecret(hashSecret(secret), hash);
}
