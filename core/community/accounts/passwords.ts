import { type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { newSalt } from '../../async/mint.ts';

export const MIN_PASSWORD = 10;
export const MAX_PASSWORD = 200;

/** Cost of one hash: memory is 128 * 2^logN * r bytes. */
export interface PasswordCost {
  readonly logN: number;
  readonly r: number;
  readonly p: number;
}
/** 32 MB and about a quarter of a second. */
export const PASSWORD_COST: PasswordCost = { logN: 15, r: 8, p: 3 };

/** At most so many hashes at once, for each holds its memory and a thread; so many more may wait. */
const AT_ONCE = 2;
const MAX_WAITING = 64;
const SALT_BYTES = 16;
const KEY_BYTES = 32;

export interface Passwords {
  /** As a PHC string; null when too many wait already. */
  hash(password: string): Promise<string | null>;
  /** `old`: right, but hashed at another cost than today's. Without a hash the same work is done, for nothing. */
  check(password: string, phc: string | null): Promise<'right' | 'old' | 'wrong' | 'busy'>;
}

/** What is wrong with a password that somebody chose, as a sentence; null when nothing is. */
export function passwordProblem(password: string): string | null {
  if (password.length < MIN_PASSWORD) return `A password has at least ${MIN_PASSWORD} characters.`;
  if (password.length > MAX_PASSWORD) return `A password has at most ${MAX_PASSWORD} characters.`;
  return null;
}

/** Hashing by scrypt, off the main thread. */
export function createPasswords(cost: PasswordCost = PASSWORD_COST): Passwords {
  const lane = createLane();
  const nobody: Phc = { cost, salt: Buffer.alloc(SALT_BYTES), key: Buffer.alloc(KEY_BYTES) };
  return {
    hash(password) {
      return lane(async () => {
        const salt = newSalt(SALT_BYTES);
        return formatPhc({ cost, salt, key: await derive(password, salt, cost) });
      });
    },
    async check(password, phc) {
      const stored = phc === null ? null : parsePhc(phc);
      const against = stored ?? nobody;
      const key = await lane(() => derive(password, against.salt, against.cost));
      if (key === null) return 'busy';
      if (!timingSafeEqual(key, against.key) || stored === null) return 'wrong';
      return isSameCost(stored.cost, cost) ? 'right' : 'old';
    },
  };
}

interface Phc {
  readonly cost: PasswordCost;
  readonly salt: Buffer;
  readonly key: Buffer;
}

const PHC = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/;

function formatPhc({ cost, salt, key }: Phc): string {
  return `$scrypt$ln=${cost.logN},r=${cost.r},p=${cost.p}$${base64(salt)}$${base64(key)}`;
}

/** @throws when the stored text is not ours: a broken row must not look like a wrong password */
function parsePhc(text: string): Phc {
  const [, logN, r, p, salt, key] = PHC.exec(text) ?? [];
  if (salt === undefined || key === undefined) throw new Error('a stored password hash cannot be read');
  return {
    cost: { logN: Number(logN), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, 'base64'),
    key: Buffer.from(key, 'base64'),
  };
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}

function isSameCost(a: PasswordCost, b: PasswordCost): boolean {
  return a.logN === b.logN && a.r === b.r && a.p === b.p;
}

function derive(password: string, salt: Buffer, { logN, r, p }: PasswordCost): Promise<Buffer> {
  const N = 2 ** logN;
  const options: ScryptOptions = { N, r, p, maxmem: 256 * N * r };
  // NFKC: the same letters typed on another keyboard are the same password
  const secret = password.normalize('NFKC');
  return new Promise((resolve, reject) => {
    scrypt(secret, salt, KEY_BYTES, options, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
}

/** Runs tasks a few at a time, in order; answers null at once when too many wait. */
function createLane(): <T>(task: () => Promise<T>) => Promise<T | null> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (task) => {
    if (running < AT_ONCE) running += 1;
    else if (waiting.length >= MAX_WAITING) return null;
    else await new Promise<void>((go) => waiting.push(go)); // whoever ends hands over the place
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
