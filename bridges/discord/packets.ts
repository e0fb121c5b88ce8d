import { z } from 'zod';

/*
 * What the bridge reads of Discord's payloads, and no more. Whatever else stands in them is passed over; a field that
 * should be there and is null, or of another shape, makes the one field empty rather than the packet unreadable.
 */

const id = z.string().regex(/^\d{1,20}$/);
const text = z.string().nullish().catch(null);
const flag = z.boolean().nullish().catch(null);
const whole = z.number().nullish().catch(null);

/** A list whose odd members are left out. */
function list<T extends z.ZodType>(of: T) {
  return z
    .array(z.unknown())
    .nullish()
    .catch(null)
    .transform((items) =>
      (items ?? []).flatMap((item): z.output<T>[] => {
        const parsed = of.safeParse(item);
        return parsed.success ? [parsed.data] : [];
      }),
    );
}

export const apiUser = z.object({
  id,
  username: text,
  global_name: text,
  avatar: text,
  bot: flag,
});
export type ApiUser = z.output<typeof apiUser>;
/** A channel with one person alone; others have no recipients. */
export const directChannel = z.object({ recipients: z.array(apiUser) });

const apiMember = z
  .object({ nick: text, avatar: text, user: apiUser.nullish().catch(null), communication_disabled_until: text })
  .nullish()
  .catch(null);
export type ApiMember = z.output<typeof apiMember>;

const mentionedUser = apiUser.extend({ member: apiMember });

const attachment = z.object({
  id,
  filename: z.string(),
  title: text,
  description: text,
  size: whole,
  url: z.string(),
});
const sticker = z.object({ id, name: z.string(), format_type: z.number() });
const embed = z.object({
  type: text,
  title: text,
  description: text,
  url: text,
  author: z.object({ name: text }).nullish().catch(null),
  fields: list(z.object({ name: text, value: text })),
  footer: z.object({ text }).nullish().catch(null),
  image: z.object({ url: text }).nullish().catch(null),
});
const poll = z
  .object({
    question: z.object({ text }),
    answers: list(z.object({ poll_media: z.object({ text }) })),
  })
  .nullish()
  .catch(null);

const body = {
  content: text,
  mentions: list(mentionedUser),
  attachments: list(attachment),
  embeds: list(embed),
  sticker_items: list(sticker),
  poll,
  components: z.unknown().optional(),
};
const snapshot = z.object({ message: z.object(body) });
export type ApiBody = z.output<typeof snapshot>['message'];

export const apiMessage = z.object({
  ...body,
  id,
  channel_id: id,
  guild_id: id.nullish().catch(null),
  type: z.number().catch(0),
  author: apiUser.nullish().catch(null),
  member: apiMember,
  webhook_id: id.nullish().catch(null),
  application_id: id.nullish().catch(null),
  timestamp: text,
  edited_timestamp: text,
  message_reference: z
    .object({ type: whole, message_id: id.nullish().catch(null), channel_id: id.nullish().catch(null) })
    .nullish()
    .catch(null),
  message_snapshots: list(snapshot),
});
export type ApiMessage = z.output<typeof apiMessage>;

export const messageDelete = z.object({ id, channel_id: id, guild_id: id.nullish().catch(null) });
export const messageDeleteBulk = z.object({ ids: list(id), channel_id: id });

const emoji = z.object({ id: id.nullish().catch(null), name: text, animated: flag });
export const reactionChange = z.object({
  channel_id: id,
  message_id: id,
  user_id: id,
  guild_id: id.nullish().catch(null),
  member: apiMember,
  emoji,
});
export const reactionsGone = z.object({ channel_id: id, message_id: id, emoji: emoji.nullish().catch(null) });
export type ApiEmoji = z.output<typeof emoji>;

export const typingStart = z.object({
  channel_id: id,
  guild_id: id.nullish().catch(null),
  user_id: id,
  member: apiMember,
});

export const memberChange = z.object({
  guild_id: id,
  user: apiUser,
  nick: text,
  avatar: text,
  communication_disabled_until: text,
});
export const banChange = z.object({ guild_id: id, user: apiUser });

export const auditEntry = z.object({
  id,
  guild_id: id,
  action_type: z.number(),
  user_id: id.nullish().catch(null),
  target_id: id.nullish().catch(null),
  reason: text,
  changes: list(z.object({ key: z.string(), new_value: z.unknown().optional() })),
});

export const channelChange = z.object({ id, guild_id: id.nullish().catch(null), name: text });
export const guildChange = z.object({ id, unavailable: flag });
export const roleChange = z.object({ guild_id: id });

const option = z.object({
  name: z.string(),
  type: z.number(),
  value: z.union([z.string(), z.number(), z.boolean()]),
});
export const interaction = z.object({
  id,
  application_id: id,
  type: z.number(),
  token: z.string().min(1),
  channel_id: id.nullish().catch(null),
  guild_id: id.nullish().catch(null),
  member: apiMember,
  user: apiUser.nullish().catch(null),
  data: z
    .object({
      name: text,
      custom_id: text,
      options: list(option),
      resolved: z
        .object({
          users: z.record(z.string(), apiUser).nullish().catch(null),
          members: z.record(z.string(), apiMember).nullish().catch(null),
        })
        .nullish()
        .catch(null),
    })
    .nullish()
    .catch(null),
});
export type ApiInteraction = z.output<typeof interaction>;

export const ready = z.object({ t: z.literal('READY'), d: z.object({ session_id: z.string() }) });

/** What the gateway dispatches. */
export const dispatch = z.object({ t: z.string(), s: z.number().nullish().catch(null), d: z.unknown().optional() });

export const webhookList = list(
  z.object({
    id,
    token: text,
    name: text,
    application_id: id.nullish().catch(null),
    channel_id: id.nullish().catch(null),
  }),
);
export type ApiWebhook = z.output<typeof webhookList>[number];
export const messageList = list(apiMessage);
export const posted = z.object({ id });
