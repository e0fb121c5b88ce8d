import { z } from 'zod';
import type { RoomId } from '../../core/domain/ids.ts';
import type { Finding } from '../../core/plugin/index.ts';
import { type Api, createApi } from './api.ts';
import type { DiscordConfig } from './config.ts';
import { bridgeError } from './failures.ts';
import { webhookList } from './packets.ts';
import { permissionsIn } from './permissions.ts';
import { INVITE_PERMISSIONS, RIGHT_NAMES, RIGHTS, type RightName } from './place.ts';

const PAGE = 'bridges/discord/README.md';
/** Of the application: the full intent, or the one for small bots. */
const MESSAGE_CONTENT = (1 << 18) | (1 << 19);
const SERVER_MEMBERS = (1 << 14) | (1 << 15);
const FEW_STARTS = 20;

const identity = z.object({ id: z.string(), username: z.string() });
const application = z.object({ id: z.string(), flags: z.number().nullish() });
const gateway = z.object({ session_start_limit: z.object({ remaining: z.number(), reset_after: z.number() }) });
const channel = z.object({
  id: z.string(),
  name: z.string().nullish(),
  type: z.number(),
  guild_id: z.string().nullish(),
  parent_id: z.string().nullish(),
  permission_overwrites: z
    .array(z.object({ id: z.string(), type: z.number(), allow: z.string(), deny: z.string() }))
    .nullish(),
});
const role = z.object({ id: z.string(), name: z.string(), permissions: z.string(), position: z.number() });
const guild = z.object({ id: z.string(), name: z.string(), owner_id: z.string(), roles: z.array(role) });
const member = z.object({ roles: z.array(z.string()) });

type Channel = z.output<typeof channel>;
type Guild = z.output<typeof guild>;

/** Looks at the token, the intents, and in each room at the server, the rights and the webhook. Changes nothing. */
export async function doctor(
  config: DiscordConfig,
  rooms: readonly RoomId[],
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const api = createApi(config.token, config.apiRoot);
  const get = (route: `/${string}`): Promise<unknown> => api.ask('get', route, { signal });
  try {
    const bot = await tried(async () => identity.parse(await get('/users/@me')));
    if (!bot.ok) return [signInFinding(bot.error)];
    const app = await tried(async () => application.parse(await get('/applications/@me')));
    const findings: Finding[] = [{ level: 'ok', what: `Discord knows the bot as ${bot.value.username}.` }];
    if (app.ok) findings.push(...intentFindings(app.value.flags ?? 0));
    else findings.push(unread('the application', app.error));
    findings.push(await startsFinding(get));
    for (const room of rooms) {
      findings.push(...(await roomFindings(get, room, bot.value.id, app.ok ? app.value.id : bot.value.id)));
    }
    return findings;
  } finally {
    api.stop();
  }
}

type Get = (route: `/${string}`) => ReturnType<Api['ask']>;
type Tried<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

async function tried<T>(task: () => Promise<T>): Promise<Tried<T>> {
  try {
    return { ok: true, value: await task() };
  } catch (error) {
    return { ok: false, error };
  }
}

function signInFinding(error: unknown): Finding {
  const { failure, message } = bridgeError('sign in', error);
  if (failure.kind === 'auth') {
    const mend = `Reset it in the Developer Portal and put the new one into the configuration (${PAGE}#token).`;
    return { level: 'fail', what: 'Discord refuses the token of the bot.', mend };
  }
  return {
    level: 'fail',
    what: `Discord could not be asked: ${message}.`,
    mend: 'Look at the network, and try again.',
  };
}

function unread(what: string, error: unknown): Finding {
  const { message } = bridgeError('look', error);
  return { level: 'warn', what: `Discord does not tell about ${what}: ${message}.`, mend: 'Try again later.' };
}

function intentFindings(flags: number): readonly Finding[] {
  return [
    intentFinding((flags & MESSAGE_CONTENT) !== 0, 'MESSAGE CONTENT', 'read what people write'),
    intentFinding((flags & SERVER_MEMBERS) !== 0, 'SERVER MEMBERS', 'see who joins, leaves or is timed out'),
  ];
}

function intentFinding(isOn: boolean, name: string, what: string): Finding {
  if (isOn) return { level: 'ok', what: `The intent ${name} is on.` };
  const mend = `Switch on ${name} under Bot in the Developer Portal (${PAGE}#intents).`;
  return { level: 'fail', what: `The bot may not ${what}: the intent ${name} is off.`, mend };
}

async function startsFinding(get: Get): Promise<Finding> {
  const read = await tried(async () => gateway.parse(await get('/gateway/bot')));
  if (!read.ok) return unread('the gateway', read.error);
  const { remaining, reset_after: resetMs } = read.value.session_start_limit;
  const what = `The bot may connect ${remaining} more times today.`;
  if (remaining > FEW_STARTS) return { level: 'ok', what };
  const hours = Math.ceil(resetMs / 3_600_000);
  const mend = `Let it run: at none left Discord resets the token. The count begins anew in ${hours} h (${PAGE}#token).`;
  return { level: 'warn', what, mend };
}

async function roomFindings(get: Get, room: RoomId, bot: string, app: string): Promise<readonly Finding[]> {
  const found = await tried(async () => channel.parse(await get(`/channels/${room}`)));
  const guildId = found.ok ? (found.value.guild_id ?? null) : null;
  if (!found.ok || guildId === null) return [unseen(room)];
  const server = await tried(async () => guild.parse(await get(`/guilds/${guildId}`)));
  if (!server.ok) return [unseen(room)];
  const own = await tried(async () => member.parse(await get(`/guilds/${guildId}/members/${bot}`)));
  const parent = await tried(async () => parentOf(get, found.value));
  const roles = own.ok ? own.value.roles : [];
  const place = parent.ok ? parent.value : found.value;
  const rights = permissionsIn({
    guild: server.value,
    overwrites: place.permission_overwrites ?? [],
    roles,
    member: bot,
  });
  const name = `#${found.value.name ?? room} on ${server.value.name}`;
  return [
    ...rightsFindings(name, rights, place.id !== found.value.id),
    ...(rights.has('webhooks') ? [await webhookFinding(get, name, place.id, app)] : []),
    ...rankFinding(name, server.value, roles, rights),
  ];
}

/** A thread has the rights and the webhooks of its channel. */
async function parentOf(get: Get, found: Channel): Promise<Channel> {
  const isThread = found.type >= 10 && found.type <= 12;
  return isThread && found.parent_id != null ? channel.parse(await get(`/channels/${found.parent_id}`)) : found;
}

function unseen(room: RoomId): Finding {
  const what = `The bot does not see the channel ${room}.`;
  const mend = `Invite it to that server, and let its role view the channel; permissions ${INVITE_PERMISSIONS} (${PAGE}#invite).`;
  return { level: 'fail', what, mend };
}

/** Without these the link does not work; without the others it does less. */
const MUST: ReadonlySet<RightName> = new Set(['view', 'history', 'webhooks']);

function rightsFindings(name: string, rights: ReadonlySet<RightName>, isThread: boolean): readonly Finding[] {
  const names = RIGHT_NAMES.filter((one) => one !== (isThread ? 'send' : 'sendInThreads'));
  const missing = names.filter((one) => !rights.has(one));
  if (missing.length === 0) return [{ level: 'ok', what: `The bot may do all it needs in ${name}.` }];
  return missing.map((one): Finding => {
    const what = `The bot lacks "${RIGHTS[one].name}" in ${name}.`;
    return {
      level: MUST.has(one) ? 'fail' : 'warn',
      what,
      mend: `Give it to the bot's role there (${PAGE}#permissions).`,
    };
  });
}

async function webhookFinding(get: Get, name: string, id: string, app: string): Promise<Finding> {
  const read = await tried(async () => webhookList.parse(await get(`/channels/${id}/webhooks`)));
  if (!read.ok) return unread(`the webhooks of ${name}`, read.error);
  if (read.value.some((one) => one.application_id === app && one.token)) {
    return { level: 'ok', what: `The webhook in ${name} is there.` };
  }
  if (read.value.length < 15) return { level: 'ok', what: `A webhook in ${name} will be made with the first message.` };
  const mend = `Delete one that is not needed in the settings of the channel (${PAGE}#webhooks).`;
  return { level: 'fail', what: `${name} has 15 webhooks already, and none of the bot's.`, mend };
}

/** Discord lets nobody act on members whose role is as high as their own. */
function rankFinding(
  name: string,
  { roles: all }: Guild,
  own: readonly string[],
  rights: ReadonlySet<RightName>,
): readonly Finding[] {
  if (!rights.has('timeout') && !rights.has('ban')) return [];
  const top = Math.max(0, ...all.filter(({ id }) => own.includes(id)).map(({ position }) => position));
  const above = all.filter(({ position }) => position > top).length;
  if (top > 0) {
    return [
      {
        level: 'ok',
        what: `The bot's role in ${name} stands above all members with lower roles; ${above} are higher.`,
      },
    ];
  }
  const mend = `Move the bot's role above those of the members that it should time out (${PAGE}#permissions).`;
  return [
    {
      level: 'warn',
      what: `The bot has no role above others in ${name}, so it can time out nobody with a role.`,
      mend,
    },
  ];
}
