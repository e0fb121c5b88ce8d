import { z } from 'zod';

/*
 * What the command line may ask of a running hub. Both sides read the same schemas: the hub what it is asked, the
 * command line what it is told. Add an operation here and the handlers fail to compile until there is one.
 */

const name = z.string().min(1).max(200);
const password = z.string().min(1).max(1_000);
const limit = z.number().int().min(1).max(500);
const cursor = z.string().max(200).nullable();

export const userLine = z.strictObject({
  name: z.string(),
  id: z.string(),
  platform: z.string(),
  isAdmin: z.boolean(),
  isDj: z.boolean(),
  isDisabled: z.boolean(),
});
export type UserLine = z.output<typeof userLine>;

const direction = z.enum(['both', 'in', 'out']);
const reach = z.enum(['none', 'timeouts', 'bans']);
export const portalLine = z.strictObject({
  id: z.string(),
  channel: z.string(),
  bridge: z.string(),
  room: z.string(),
  roomName: z.string().nullable(),
  direction,
  isPaused: z.boolean(),
  reach,
  prefix: z.string(),
  source: z.enum(['config', 'linked']),
  /** What is wrong in the room, if anything was noticed. */
  remark: z.string().nullable(),
});
export type PortalLine = z.output<typeof portalLine>;

export const letterLine = z.strictObject({
  portal: z.string(),
  /** Tells the letters of a portal apart. */
  letter: z.number().int(),
  message: z.string(),
  entry: z.enum(['message', 'edit', 'redaction', 'reaction', 'mark']),
  /** `unknown`: it may have arrived. */
  kind: z.enum(['dead', 'unknown']),
  say: z.string().nullable(),
  at: z.number().int(),
});
export type LetterLine = z.output<typeof letterLine>;

export const tokenLine = z.strictObject({
  id: z.string(),
  user: z.string(),
  name: z.string(),
  scopes: z.array(z.string()),
  channel: z.string().nullable(),
  expiresAt: z.number().int().nullable(),
  lastUsedAt: z.number().int().nullable(),
});
export type TokenLine = z.output<typeof tokenLine>;

const status = z.strictObject({
  version: z.string(),
  hubId: z.string(),
  pid: z.number().int(),
  url: z.string(),
  store: z.enum(['embedded', 'redis']),
  isReady: z.boolean(),
  checks: z.array(z.strictObject({ name: z.string(), status: z.enum(['ok', 'warn', 'down']), say: z.string() })),
});

const schemas = {
  status: { input: z.strictObject({}), output: status },
  'user-add': {
    input: z.strictObject({ name, password }),
    output: z.strictObject({ name: z.string(), id: z.string() }),
  },
  'user-list': {
    input: z.strictObject({ after: cursor, limit }),
    output: z.strictObject({ users: z.array(userLine), next: z.string().nullable() }),
  },
  'user-role': {
    input: z.strictObject({
      name,
      role: z.enum(['admin', 'dj', 'moderator', 'listener']),
      /** Null: the megachannel for a moderator, everything for a listener. */
      channel: z.string().max(100).nullable(),
    }),
    output: z.strictObject({ say: z.string() }),
  },
  'user-password': { input: z.strictObject({ name, password }), output: z.strictObject({ name: z.string() }) },
  'user-enabled': {
    input: z.strictObject({ name, isEnabled: z.boolean() }),
    output: z.strictObject({ name: z.string() }),
  },
  /** All that is kept of a person, a part at a time; `who`: a name here, or a user's id. */
  'user-data': {
    input: z.strictObject({ who: name, after: cursor }),
    output: z.strictObject({ lines: z.array(z.unknown()), next: z.string().nullable() }),
  },
  'user-erase': { input: z.strictObject({ who: name }), output: z.strictObject({ name: z.string() }) },
  'user-invite': {
    input: z.strictObject({ hours: z.number().int().min(1).max(720) }),
    output: z.strictObject({ url: z.string(), expiresAt: z.number().int() }),
  },
  'portal-list': { input: z.strictObject({}), output: z.strictObject({ portals: z.array(portalLine) }) },
  'portal-add': {
    input: z.strictObject({
      channel: z.string().max(100),
      bridge: z.string().max(100),
      room: z.string().max(500),
      /** Null: as the platform suggests. */
      direction: direction.nullable(),
      reach: reach.nullable(),
      prefix: z.string().max(10).nullable(),
    }),
    output: portalLine,
  },
  'portal-remove': { input: z.strictObject({ portal: z.string().max(100) }), output: portalLine },
  'portal-set': {
    input: z.strictObject({
      portal: z.string().max(100),
      /** Null: stays as it is. */
      direction: direction.nullable(),
      isPaused: z.boolean().nullable(),
      reach: reach.nullable(),
      prefix: z.string().max(10).nullable(),
    }),
    output: portalLine,
  },
  /** A code that links a room of this bridge (null: of any) with the channel. */
  'portal-code': {
    input: z.strictObject({ channel: z.string().max(100), bridge: z.string().max(100).nullable() }),
    output: z.strictObject({ code: z.string(), expiresAt: z.number().int() }),
  },
  /** What was given up of one portal; null: of all. */
  'portal-letters': {
    input: z.strictObject({ portal: z.string().max(100).nullable() }),
    output: z.strictObject({ letters: z.array(letterLine) }),
  },
  /** Null: all of the portal. */
  'portal-retry': {
    input: z.strictObject({ portal: z.string().max(100), letter: z.number().int().nullable() }),
    output: z.strictObject({ letters: z.number().int() }),
  },
  'portal-drop': {
    input: z.strictObject({ portal: z.string().max(100), letter: z.number().int().nullable() }),
    output: z.strictObject({ letters: z.number().int() }),
  },
  'token-create': {
    input: z.strictObject({
      user: name,
      name: z.string().min(1).max(80),
      scopes: z.array(z.string().max(40)).min(1).max(20),
      channel: z.string().max(100).nullable(),
      expiresAt: z.number().int().nullable(),
    }),
    output: tokenLine.extend({ secret: z.string() }),
  },
  /** Null: of everybody. */
  'token-list': {
    input: z.strictObject({ user: name.nullable() }),
    output: z.strictObject({ tokens: z.array(tokenLine) }),
  },
  'token-revoke': { input: z.strictObject({ id: z.string().max(64) }), output: z.strictObject({}) },
  /** Writes the whole database to a new file on the hub's machine. */
  backup: {
    input: z.strictObject({ file: z.string().min(1).max(4_000) }),
    output: z.strictObject({ file: z.string(), bytes: z.number().int() }),
  },
  /** A page of archived messages as they stand now, by id and so by time. */
  export: {
    input: z.strictObject({ after: cursor, limit }),
    output: z.strictObject({ messages: z.array(z.unknown()), next: z.string().nullable() }),
  },
} as const;

export type ControlName = keyof typeof schemas;
export type ControlInput<K extends ControlName> = z.output<(typeof schemas)[K]['input']>;
export type ControlOutput<K extends ControlName> = z.output<(typeof schemas)[K]['output']>;
type Control = {
  readonly [K in ControlName]: {
    readonly input: z.ZodType<ControlInput<K>>;
    readonly output: z.ZodType<ControlOutput<K>>;
  };
};
export const CONTROL: Control = schemas;

/** What is expected to fail is a value with a sentence for the operator. */
export type ControlAnswer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly say: string };

/** What the hub implements. */
export type ControlOperations = {
  readonly [K in ControlName]: (input: ControlInput<K>) => Promise<ControlAnswer<ControlOutput<K>>>;
};

export function isControlName(text: string): text is ControlName {
  return Object.hasOwn(CONTROL, text);
}
