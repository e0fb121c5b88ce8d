import { createHash, createHmac } from 'node:crypto';
import { isSameSecret, newRowId, newSecret, userIdOf } from '../../async/mint.ts';
import type { Actor } from '../../domain/inbound.ts';
import type { AccountsOptions } from './options.ts';
import { parseAccountId, readOne } from './rows.ts';

/** Guests are kept nowhere: their token carries who they are, signed. */
export interface Guests {
  fresh(): Promise<Guest>;
  /** Null: not a token that this hub has signed. */
  returning(token: string): Promise<Guest | null>;
}
export interface Guest {
  readonly actor: Actor;
  readonly token: string;
}

const TOKEN = /^slg_([0-9a-f-]{36})_([A-Za-z0-9_-]{43})$/;
const SECRET_ROW = 'guest_secret';

export function isGuestToken(token: string): boolean {
  return token.startsWith('slg_');
}

export function createGuests({ sql, platforms }: Pick<AccountsOptions, 'sql' | 'platforms'>): Guests {
  let loading: Promise<string> | null = null;

  /** The same on every hub of one database, over restarts. */
  async function loadSecret(): Promise<string> {
    const row = sql.build.selectFrom('meta').select('value').where('name', '=', SECRET_ROW).compile();
    const stored = await readOne(sql, row);
    if (stored !== null) return stored.value;
    const insert = sql.build
      .insertInto('meta')
      .values({ name: SECRET_ROW, value: newSecret() })
      .onConflict((conflict) => conflict.doNothing());
    await sql.write([{ query: insert.compile() }]);
    const written = await readOne(sql, row);
    if (written === null) throw new Error('the secret for guests was written and cannot be read');
    return written.value;
  }
  async function secret(): Promise<string> {
    loading ??= loadSecret();
    try {
      return await loading;
    } catch (error) {
      loading = null; // the next one tries again
      throw error;
    }
  }

  async function guest(id: string): Promise<Guest> {
    const mac = createHmac('sha256', await secret())
      .update(`guest ${id}`)
      .digest('base64url');
    const user = userIdOf(platforms.native, parseAccountId(`guest:${id}`));
    const name = `Guest ${numberOf(user)}`;
    const actor = { user, name, platform: platforms.native, avatarUrl: null, isGuest: true, isBot: false };
    return { actor, token: `slg_${id}_${mac}` };
  }
  return {
    fresh: () => guest(newRowId()),
    async returning(token) {
      const id = TOKEN.exec(token)?.[1];
      if (id === undefined) return null;
      const known = await guest(id);
      return isSameSecret(known.token, token) ? known : null;
    },
  };
}

/** Four digits, always the same for one text. */
export function numberOf(text: string): number {
  return 1_000 + (createHash('sha256').update(text).digest().readUInt32BE(0) % 9_000);
}
