import { z } from 'zod';
import type { AuditedAct } from '../../domain/audited.ts';
import type { Channel } from '../../domain/channel.ts';
import type { BridgeId, ChannelId, EpochMs, MessageId, PortalId, UserId } from '../../domain/ids.ts';
import type { Asked } from './asked.ts';
import { channelId, epochMs, limit, messageId, typed, userId } from './shapes.ts';

/** How one bridge of this hub fares. */
export interface ShownBridge {
  readonly id: BridgeId;
  readonly platform: string | null;
  readonly isRequired: boolean;
  /** `standby`: another hub runs it. `failed`: tried again by itself; `paused`: only somebody can mend it. */
  readonly state: 'live' | 'standby' | 'starting' | 'failed' | 'paused' | 'stopped';
  readonly since: EpochMs;
  readonly restarts: number;
  readonly lastError: { readonly say: string; readonly at: EpochMs } | null;
  readonly rooms: number;
  /** Rooms with which something is wrong. */
  readonly broken: readonly { readonly room: string; readonly say: string }[];
}
export interface HubHealth {
  readonly version: string;
  readonly hub: string;
  readonly store: 'embedded' | 'redis';
  readonly startedAt: EpochMs;
  readonly isReady: boolean;
  readonly checks: readonly {
    readonly name: string;
    readonly status: 'ok' | 'warn' | 'down';
    readonly say: string;
  }[];
  readonly bridges: readonly ShownBridge[];
  /** Messages and other things that were given up, over all rooms; may be a minute old. */
  readonly deadLetters: number;
}

/** Something that could not be delivered, and where. */
export interface ShownLetter {
  readonly portal: PortalId;
  /** Tells the letters of a portal apart. */
  readonly letter: number;
  readonly channel: ChannelId;
  readonly bridge: BridgeId;
  readonly roomName: string;
  readonly message: MessageId;
  readonly entry: 'message' | 'edit' | 'redaction' | 'reaction' | 'mark';
  /** `unknown`: it may have arrived. */
  readonly kind: 'dead' | 'unknown';
  readonly say: string | null;
  readonly at: EpochMs;
}

/** Somebody with an account here, as admins see them. */
export interface ShownAccount {
  readonly user: UserId;
  readonly name: string;
  readonly platform: string;
  readonly isAdmin: boolean;
  readonly isDj: boolean;
  readonly isDisabled: boolean;
  readonly madeAt: EpochMs;
  /** Those that are theirs as a DJ. */
  readonly channels: readonly Pick<Channel, 'id' | 'kind' | 'name' | 'state'>[];
}

/** One field of the configuration as it is in force. */
export interface ShownSetting {
  readonly field: string;
  readonly describe: string;
  /** As JSON; null where it is a secret. */
  readonly value: string | null;
  readonly isSecret: boolean;
  readonly isSet: boolean;
  readonly source: 'default' | 'environment' | 'file';
  /** The variable, or the place in the file. */
  readonly where: string | null;
  readonly variable: string;
}

/** A link by which one person may sign up, without its secret. */
export interface ShownSignUpLink {
  readonly id: string;
  readonly madeAt: EpochMs;
  readonly expiresAt: EpochMs;
}

export interface AdminQuestions {
  health: [Record<never, never>, HubHealth];
  /** Oldest first within a portal; null: of all. */
  'dead-letters': [
    { readonly portal: PortalId | null; readonly limit: number },
    { readonly letters: readonly ShownLetter[]; readonly all: number },
  ];
  accounts: [
    {
      readonly which: 'all' | 'admins' | 'djs' | 'disabled';
      /** Part of the name. */
      readonly named: string | null;
      readonly after: string | null;
      readonly limit: number;
    },
    { readonly accounts: readonly ShownAccount[]; readonly next: string | null },
  ];
  'sign-up-links': [
    Record<never, never>,
    { readonly mode: 'open' | 'invite' | 'closed'; readonly links: readonly ShownSignUpLink[] },
  ];
  configuration: [Record<never, never>, { readonly settings: readonly ShownSetting[] }];
  /** What admins did to the hub as a whole, newest first. */
  'hub-audit': [{ readonly before: number | null; readonly limit: number }, { readonly acts: readonly AuditedAct[] }];
}

interface OfAccount {
  readonly user: UserId;
}
interface OfLetters {
  readonly portal: PortalId;
  /** Null: all of the portal. */
  readonly letter: number | null;
}
export interface AdminDeeds {
  'retry-letters': [OfLetters, { readonly letters: number }];
  'drop-letters': [OfLetters, { readonly letters: number }];
  'set-dj': [OfAccount & { readonly isDj: boolean }, { readonly account: ShownAccount }];
  'set-admin': [OfAccount & { readonly isAdmin: boolean }, { readonly account: ShownAccount }];
  'set-enabled': [OfAccount & { readonly isEnabled: boolean }, { readonly account: ShownAccount }];
  /** The path carries the secret, which is told this once. */
  'make-sign-up-link': [
    { readonly hours: number },
    { readonly link: ShownSignUpLink; readonly path: string; readonly url: string | null },
  ];
  'end-sign-up-link': [{ readonly id: string }, Record<never, never>];
}

const portal = typed<PortalId, string>(z.string().min(1).max(64).describe('Portal id.'));
const bridge = typed<ShownBridge>(
  z
    .strictObject({
      id: z.string(),
      platform: z.string().nullable(),
      isRequired: z.boolean(),
      state: z
        .enum(['live', 'standby', 'starting', 'failed', 'paused', 'stopped'])
        .describe('`standby`: another hub runs it. `failed`: tried again by itself. `paused`: somebody must mend it.'),
      since: epochMs,
      restarts: z.number().int().min(0),
      lastError: z.strictObject({ say: z.string(), at: epochMs }).nullable(),
      rooms: z.number().int().min(0),
      broken: z.array(z.strictObject({ room: z.string(), say: z.string() })),
    })
    .meta({ id: 'BridgeHealth' }),
);
const health = typed<HubHealth>(
  z
    .strictObject({
      version: z.string(),
      hub: z.string().describe('Which of several hubs answers.'),
      store: z.enum(['embedded', 'redis']),
      startedAt: epochMs,
      isReady: z.boolean(),
      checks: z.array(z.strictObject({ name: z.string(), status: z.enum(['ok', 'warn', 'down']), say: z.string() })),
      bridges: z.array(bridge).describe('As this hub knows them.'),
      deadLetters: z.number().int().min(0).describe('May be a minute old.'),
    })
    .meta({ id: 'HubHealth' }),
);
const letter = typed<ShownLetter>(
  z
    .strictObject({
      portal: z.string(),
      letter: z.number().int(),
      channel: channelId,
      bridge: z.string(),
      roomName: z.string(),
      message: messageId,
      entry: z.enum(['message', 'edit', 'redaction', 'reaction', 'mark']),
      kind: z.enum(['dead', 'unknown']).describe('`unknown`: it may have arrived.'),
      say: z.string().nullable(),
      at: epochMs,
    })
    .meta({ id: 'DeadLetter' }),
);
const account = typed<ShownAccount>(
  z
    .strictObject({
      user: userId,
      name: z.string(),
      platform: z.string(),
      isAdmin: z.boolean(),
      isDj: z.boolean(),
      isDisabled: z.boolean(),
      madeAt: epochMs,
      channels: z
        .array(
          z.strictObject({
            id: channelId,
            kind: z.enum(['mega', 'dj', 'event', 'crew', 'private', 'direct']),
            name: z.string(),
            state: z.enum(['open', 'read-only']),
          }),
        )
        .describe('Those that are theirs as a DJ.'),
    })
    .meta({ id: 'Account' }),
);
const setting = typed<ShownSetting>(
  z
    .strictObject({
      field: z.string(),
      describe: z.string(),
      value: z.string().nullable().describe('As JSON; null where it is a secret.'),
      isSecret: z.boolean(),
      isSet: z.boolean(),
      source: z.enum(['default', 'environment', 'file']),
      where: z.string().nullable().describe('The variable, or the place in the file.'),
      variable: z.string().describe('The variable that would set it.'),
    })
    .meta({ id: 'Setting' }),
);
const signUpLink = typed<ShownSignUpLink>(
  z.strictObject({ id: z.string(), madeAt: epochMs, expiresAt: epochMs }).meta({ id: 'SignUpLink' }),
);
const before = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).nullable().default(null);
const named = z.string().trim().min(1).max(80);

/** Who came by a token needs this scope, and must be an admin all the same. */
const scope = 'hub:manage';

export const adminQuestions: Asked<AdminQuestions> = {
  health: {
    input: z.strictObject({}),
    output: health,
    scope,
    rest: { method: 'GET', path: '/hub/health', summary: 'How the hub and its bridges fare, for admins' },
  },
  'dead-letters': {
    input: z.strictObject({ portal: portal.nullable().default(null), limit: limit(50) }),
    output: z.strictObject({ letters: z.array(letter), all: z.number().int().min(0) }),
    scope,
    rest: { method: 'GET', path: '/hub/dead-letters', summary: 'What could not be delivered, for admins' },
  },
  accounts: {
    input: z.strictObject({
      which: z.enum(['all', 'admins', 'djs', 'disabled']).default('all'),
      named: named.nullable().default(null).describe('Part of the name.'),
      after: z.string().max(200).nullable().default(null).describe('`next` of the page before.'),
      limit: limit(50),
    }),
    output: z.strictObject({ accounts: z.array(account), next: z.string().nullable() }),
    scope,
    rest: { method: 'GET', path: '/hub/accounts', summary: 'People with an account here, by name, for admins' },
  },
  'sign-up-links': {
    input: z.strictObject({}),
    output: z.strictObject({ mode: z.enum(['open', 'invite', 'closed']), links: z.array(signUpLink) }),
    scope,
    rest: {
      method: 'GET',
      path: '/hub/sign-up-links',
      summary: 'Links by which people may sign up that are still good',
    },
  },
  configuration: {
    input: z.strictObject({}),
    output: z.strictObject({ settings: z.array(setting) }),
    scope,
    rest: {
      method: 'GET',
      path: '/hub/configuration',
      summary: 'The configuration as it is in force, without its secrets, and where each value came from',
    },
  },
  'hub-audit': {
    input: z.strictObject({ before, limit: limit(50) }),
    output: typed<AdminQuestions['hub-audit'][1]>(
      z.strictObject({
        acts: z.array(
          z.strictObject({
            id: z.number().int(),
            at: epochMs,
            act: z.string(),
            by: namedUser().nullable(),
            target: namedUser().nullable(),
            message: messageId.nullable(),
            channel: channelId.nullable(),
            until: epochMs.nullable(),
            reason: z.string().nullable(),
            effect: z.string().nullable(),
          }),
        ),
      }),
    ),
    scope,
    rest: {
      method: 'GET',
      path: '/hub/audit',
      summary: 'What admins did to the hub as a whole, newest first',
      page: { by: 'before', list: 'acts', last: 'id' },
    },
  },
};

function namedUser() {
  return z.strictObject({ user: userId, name: z.string().nullable(), platform: z.string().nullable() });
}

const ofLetters = {
  portal,
  letter: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).nullable().default(null).describe('Null: all of them.'),
};
const counted = z.strictObject({ letters: z.number().int().min(0) });
const changed = z.strictObject({ account });
const PATH = '/hub/accounts/{user}';

export const adminDeeds: Asked<AdminDeeds> = {
  'retry-letters': {
    input: z.strictObject(ofLetters),
    output: counted,
    scope,
    rest: { method: 'POST', path: '/hub/dead-letters/{portal}/retry', summary: 'Try to deliver it once more' },
  },
  'drop-letters': {
    input: z.strictObject(ofLetters),
    output: counted,
    scope,
    rest: { method: 'POST', path: '/hub/dead-letters/{portal}/drop', summary: 'Give it up for good' },
  },
  'set-dj': {
    input: z.strictObject({ user: userId, isDj: z.boolean() }),
    output: changed,
    scope: 'session',
    rest: {
      method: 'PUT',
      path: `${PATH}/dj`,
      summary: 'Make somebody a DJ, with a channel; or end it, and the channel is read-only',
      refusals: ['not-found'],
    },
  },
  'set-admin': {
    input: z.strictObject({ user: userId, isAdmin: z.boolean() }),
    output: changed,
    scope: 'session',
    rest: {
      method: 'PUT',
      path: `${PATH}/admin`,
      summary: 'Make somebody an admin, or end it; never of oneself',
      refusals: ['not-found'],
    },
  },
  'set-enabled': {
    input: z.strictObject({ user: userId, isEnabled: z.boolean() }),
    output: changed,
    scope: 'session',
    rest: {
      method: 'PUT',
      path: `${PATH}/enabled`,
      summary: 'Disable an account, which signs it out everywhere; or let it in again',
      refusals: ['not-found'],
    },
  },
  'make-sign-up-link': {
    input: z.strictObject({ hours: z.number().int().min(1).max(720).default(72) }),
    output: z.strictObject({
      link: signUpLink,
      path: z.string().describe('Carries the secret; shown this once.'),
      url: z.string().nullable().describe('Null: the hub has no public address.'),
    }),
    scope: 'session',
    rest: {
      method: 'POST',
      path: '/hub/sign-up-links',
      summary: 'Make a link by which one person may sign up',
      isMaking: true,
    },
  },
  'end-sign-up-link': {
    input: z.strictObject({
      id: z
        .string()
        .regex(/^[0-9a-f-]{36}$/)
        .describe('Id of the link.'),
    }),
    output: typed<Record<never, never>>(z.strictObject({})),
    scope: 'session',
    rest: { method: 'DELETE', path: '/hub/sign-up-links/{id}', summary: 'End a link before it was used' },
  },
};
