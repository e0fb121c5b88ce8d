import type { AccountId, RoomId } from '../../core/domain/ids.ts';
import type { Inbound, InboundAccount } from '../../core/domain/inbound.ts';
import type { CommandSpec } from '../../core/plugin/index.ts';
import type { ApiInteraction } from './packets.ts';
import { accountOf, madeAt } from './people.ts';

/** An interaction can be answered for 15 minutes; one less, for clocks differ. */
export const RESPOND_WITHIN_MS = 14 * 60_000;
export const BUTTON = 'hub:';
const COMMAND = 2;
const COMPONENT = 3;

/** What was asked of the bot by a slash command or a button. Null for what is none of the hub's. */
export function decodeInteraction(interaction: ApiInteraction, commands: readonly CommandSpec[]): Inbound | null {
  const { id, channel_id: channel, guild_id: guild = null, data } = interaction;
  const user = interaction.member?.user ?? interaction.user;
  if (user == null || channel == null || data == null) return null;
  const said = {
    eventId: `interaction ${id}`,
    room: channel as RoomId,
    by: accountOf(user, interaction.member, guild),
    ticket: ticketOf(interaction),
    at: madeAt(id),
  };
  if (interaction.type === COMPONENT) {
    const pressed = data.custom_id ?? '';
    return pressed.startsWith(BUTTON) ? { kind: 'choice', ...said, id: pressed.slice(BUTTON.length) } : null;
  }
  const spec = interaction.type === COMMAND ? commands.find(({ name }) => name === data.name) : undefined;
  if (spec === undefined) return null;
  const given = new Map(data.options.map(({ name, value }) => [name, String(value)]));
  const target = targetOf(spec, given, interaction);
  const words = spec.arguments.flatMap(({ name, kind }) => {
    const value = given.get(optionName(name));
    if (value === undefined) return [];
    return kind === 'person' && target !== null ? [`@${target.name.replace(/\s+/gu, '_')}`] : [value];
  });
  return { kind: 'command', ...said, name: spec.name, text: words.join(' '), target, replyTo: null };
}

function targetOf(
  spec: CommandSpec,
  given: ReadonlyMap<string, string>,
  { data, guild_id: guild = null }: ApiInteraction,
): InboundAccount | null {
  const person = spec.arguments.find(({ kind }) => kind === 'person');
  const id = person === undefined ? undefined : given.get(optionName(person.name));
  if (id === undefined) return null;
  const user = data?.resolved?.users?.[id];
  if (user === undefined) return { id: id as AccountId, name: 'somebody', avatarUrl: null, isBot: false };
  return accountOf(user, data?.resolved?.members?.[id] ?? null, guild);
}

/** Discord takes lower-case letters, digits, dashes and underscores. */
export function optionName(name: string): string {
  return (
    name
      .toLowerCase()
      .replace(/[^a-z0-9_-]/g, '-')
      .slice(0, 32) || 'text'
  );
}

/** Lets one answer, and so is a credential for its 15 minutes. */
function ticketOf({ application_id: application, token }: ApiInteraction): string {
  return `${application}/${token}`;
}

/** The address to answer under; null for what is no ticket of ours. */
export function answerRoute(ticket: string): `/webhooks/${string}` | null {
  return /^\d+\/[A-Za-z0-9._~%-]+$/.test(ticket) ? `/webhooks/${ticket}` : null;
}
