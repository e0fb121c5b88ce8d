import { z } from 'zod';
import { BridgeError, isBridgeError } from '../../core/plugin/errors.ts';
import type { TwitchConfig } from './config.ts';
import { answerError, authError, commandError, dropError } from './failures.ts';
import { type Answer, type Request, request } from './http.ts';
import type { Tokens } from './tokens.ts';

export interface TwitchUser {
  readonly id: string;
  readonly login: string;
  readonly name: string;
  readonly avatarUrl: string | null;
}
export interface OutMessage {
  readonly broadcaster: string;
  readonly sender: string;
  readonly text: string;
  readonly replyTo: string | null;
  /** The wait of the channel's slow mode. */
  readonly slowMs: number;
}
/** Where an act of moderation happens, and by whom: the owner of the token. */
export interface Bench {
  readonly broadcaster: string;
  readonly moderator: string;
}

/** The questions and acts of Helix that the bridge needs. All @throws {BridgeError}. */
export interface Helix {
  /** Those of them that exist; at most 100 in all. */
  users(by: { readonly ids: readonly string[]; readonly logins: readonly string[] }): Promise<readonly TwitchUser[]>;
  /** @returns the id of the message */
  send(message: OutMessage, signal: AbortSignal): Promise<string>;
  remove(at: Bench, message: string, signal: AbortSignal): Promise<void>;
  /** @param seconds null: for good */
  ban(at: Bench, user: string, seconds: number | null, reason: string | null, signal: AbortSignal): Promise<void>;
  lift(at: Bench, user: string, signal: AbortSignal): Promise<void>;
  /** Ids of the channels in which this user is a moderator. */
  moderatedBy(user: string): Promise<ReadonlySet<string>>;
  /** Only for a token of the broadcaster. */
  isModerator(broadcaster: string, user: string, signal: AbortSignal): Promise<boolean>;
}

const MAX_REASON = 500;
const MAX_PAGES = 20;
/** A message can be removed by its id alone. Without one Helix would clear the whole chat. */
const MESSAGE_ID = /^[\w-]{8,64}$/;
/** Helix has no codes for these. */
const ALREADY_BANNED = /already banned/i;

const users = z.object({
  data: z.array(
    z.object({ id: z.string(), login: z.string(), display_name: z.string(), profile_image_url: z.string().nullish() }),
  ),
});
const sent = z.object({
  data: z
    .array(
      z.object({
        message_id: z.string(),
        is_sent: z.boolean(),
        drop_reason: z.object({ code: z.string() }).nullish(),
      }),
    )
    .min(1),
});
const moderated = z.object({
  data: z.array(z.object({ broadcaster_id: z.string() })),
  pagination: z.object({ cursor: z.string().nullish() }).nullish(),
});
const moderators = z.object({ data: z.array(z.object({ user_id: z.string() })) });
const refusal = z.object({ message: z.string() });

export interface HelixDeps {
  readonly config: Pick<TwitchConfig, 'clientId' | 'endpoints'>;
  readonly tokens: Pick<Tokens, 'access' | 'renew'>;
  /** Ends what nobody waits for by a signal of their own. */
  readonly stopping: AbortSignal;
}
type Query = readonly (readonly [string, string])[];
interface Call {
  readonly what: string;
  readonly method: Request['method'];
  readonly path: string;
  readonly query?: Query;
  readonly body?: object;
}

export function createHelix({ config, tokens, stopping }: HelixDeps): Helix {
  async function once({ method, path, query = [], body }: Call, access: string, signal: AbortSignal): Promise<Answer> {
    const search = new URLSearchParams(query.map(([name, value]): [string, string] => [name, value]));
    return request(
      {
        method,
        url: `${config.endpoints.helix}${path}${search.size > 0 ? `?${search}` : ''}`,
        headers: {
          authorization: `Bearer ${access}`,
          'client-id': config.clientId,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: body === undefined ? null : JSON.stringify(body),
      },
      signal,
    );
  }

  /** A refused token is renewed once; nothing was done yet, so the request may be repeated. */
  async function call(what: Call, signal: AbortSignal): Promise<Answer> {
    const access = tokens.access();
    const first = await once(what, access, signal);
    if (first.status !== 401) return first;
    await renew(access, signal);
    const second = await once(what, tokens.access(), signal);
    if (second.status === 401) throw authError(`${what.what}: Twitch refuses the renewed token`);
    return second;
  }

  /** What the request asked for was refused before anything was done, however the renewal ends. */
  async function renew(access: string, signal: AbortSignal): Promise<void> {
    try {
      await tokens.renew(access, signal);
    } catch (cause) {
      if (isBridgeError(cause) && cause.failure.kind === 'auth') throw cause;
      throw new BridgeError('the token could not be renewed', { kind: 'retryable', delivered: 'no' }, { cause });
    }
  }

  async function read<T>(what: Call, schema: z.ZodType<T>, lost: 'command' | 'portal', signal: AbortSignal) {
    return parse(what.what, await call(what, signal), schema, lost);
  }

  return {
    async users({ ids, logins }) {
      if (ids.length + logins.length === 0) return [];
      const query: Query = [...ids.map((id) => ['id', id] as const), ...logins.map((one) => ['login', one] as const)];
      const { data } = await read(
        { what: 'looking up users', method: 'GET', path: '/users', query },
        users,
        'command',
        stopping,
      );
      return data.map(({ id, login, display_name, profile_image_url }) => ({
        id,
        login: login.toLowerCase(),
        name: display_name || login,
        avatarUrl: profile_image_url || null,
      }));
    },
    async send({ broadcaster, sender, text, replyTo, slowMs }, signal) {
      const post = (parent: object): Promise<Answer> => {
        const body = { broadcaster_id: broadcaster, sender_id: sender, message: text, ...parent };
        return call({ what: 'posting', method: 'POST', path: '/chat/messages', body }, signal);
      };
      let answer = await post(replyTo === null ? {} : { reply_parent_message_id: replyTo });
      // the message that it answers may be gone: said without it rather than not at all
      if (answer.status === 400 && replyTo !== null) answer = await post({});
      const [one] = parse('posting', answer, sent, 'portal').data;
      if (one?.is_sent === true) return one.message_id;
      throw dropError(one?.drop_reason?.code ?? '', slowMs);
    },
    async remove(at, message, signal) {
      if (!MESSAGE_ID.test(message)) throw commandError('this is not a message that Twitch can remove');
      const query: Query = [...benchOf(at), ['message_id', message]];
      const what = { what: 'removing a message', method: 'DELETE', path: '/moderation/chat', query } as const;
      const answer = await call(what, signal);
      // 404: it is gone already
      if (answer.status !== 204 && answer.status !== 404) throw answerError(what.what, answer, 'command');
    },
    async ban(at, user, seconds, reason, signal) {
      const data = {
        user_id: user,
        ...(seconds === null ? {} : { duration: seconds }),
        ...(reason === null ? {} : { reason: [...reason].slice(0, MAX_REASON).join('') }),
      };
      const path = '/moderation/bans';
      const what = { what: 'a timeout or ban', method: 'POST', path, query: benchOf(at), body: { data } } as const;
      const answer = await call(what, signal);
      if (answer.status === 200) return;
      const said = refusal.safeParse(answer.body);
      const isDone = answer.status === 400 && said.success && ALREADY_BANNED.test(said.data.message);
      if (!isDone) throw answerError(what.what, answer, 'command');
    },
    async lift(at, user, signal) {
      const query: Query = [...benchOf(at), ['user_id', user]];
      const what = { what: 'lifting a timeout or ban', method: 'DELETE', path: '/moderation/bans', query } as const;
      const answer = await call(what, signal);
      // 400: there is nothing to lift
      if (answer.status !== 204 && answer.status !== 400) throw answerError(what.what, answer, 'command');
    },
    async moderatedBy(user) {
      const found = new Set<string>();
      let after: string | null = null;
      for (let page = 0; page < MAX_PAGES; page += 1) {
        const query: Query = [
          ['user_id', user],
          ['first', '100'],
          ...(after === null ? [] : [['after', after] as const]),
        ];
        const path = '/moderation/channels';
        const what = { what: 'asking where the bot is a moderator', method: 'GET', path, query } as const;
        const answer: z.output<typeof moderated> = await read(what, moderated, 'command', stopping);
        for (const { broadcaster_id } of answer.data) found.add(broadcaster_id);
        after = answer.pagination?.cursor || null;
        if (after === null) break;
      }
      return found;
    },
    async isModerator(broadcaster, user, signal) {
      const query: Query = [
        ['broadcaster_id', broadcaster],
        ['user_id', user],
      ];
      const path = '/moderation/moderators';
      const what = { what: 'asking who is a moderator', method: 'GET', path, query } as const;
      const { data } = await read(what, moderators, 'command', signal);
      return data.some(({ user_id }) => user_id === user);
    },
  };
}

function parse<T>(what: string, answer: Answer, schema: z.ZodType<T>, lost: 'command' | 'portal'): T {
  const parsed = answer.status === 200 ? schema.safeParse(answer.body) : null;
  if (parsed?.success) return parsed.data;
  // an answer of another shape is a fault of theirs
  throw answerError(what, answer.status === 200 ? { ...answer, status: 502 } : answer, lost);
}

function benchOf({ broadcaster, moderator }: Bench): Query {
  return [
    ['broadcaster_id', broadcaster],
    ['moderator_id', moderator],
  ];
}
