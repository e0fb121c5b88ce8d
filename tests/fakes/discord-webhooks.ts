import {
  type Answer,
  type Asked,
  barred,
  change,
  contentProblem,
  done,
  MANAGE_WEBHOOKS,
  ok,
  problem,
  type RestDeps,
  store,
  take,
  told,
  UNKNOWN_MESSAGE,
  UNKNOWN_WEBHOOK,
  usernameProblem,
} from './discord-state.ts';
import {
  APP_ID,
  BOT_ID,
  type Channel,
  GUILD_ID,
  messagePayload,
  type StoredMessage,
  type User,
  type Webhook,
  type World,
} from './discord-world.ts';

export function execute(asked: Asked, [id = '', token = '']: readonly string[], at: RestDeps): Answer {
  const { world } = at;
  if (id === APP_ID) return followUp(asked, token, world);
  const webhook = world.webhooks.get(id);
  if (webhook === undefined) return UNKNOWN_WEBHOOK;
  if (webhook.token !== token) return problem(401, 50_027, 'Invalid Webhook Token');
  const channel = asked.query.get('thread_id') ?? webhook.channel_id;
  const username = asked.body.username === undefined ? webhook.name : String(asked.body.username);
  const wrong =
    usernameProblem(username) ?? contentProblem(String(asked.body.content ?? '').trim(), asked.files.length);
  if (wrong !== null) return wrong;
  const avatar = asked.body.avatar_url === undefined ? null : 'a_hash';
  const author: User = { id, username, global_name: null, avatar, bot: true, discriminator: '0000' };
  const message = store(asked, { channel, author, webhook }, at);
  at.dispatch('MESSAGE_CREATE', told(world, message, at.root()));
  return asked.query.get('wait') === 'true' ? ok(messagePayload(world, message, at.root())) : done;
}

export function listWebhooks(_: Asked, [channel = '']: readonly string[], { world }: RestDeps): Answer {
  const refusal = barred(world, channel, MANAGE_WEBHOOKS);
  if (refusal !== null) return refusal;
  return ok([...world.webhooks.values()].filter((one) => one.channel_id === channel).map(webhookPayload));
}

export function makeWebhook({ body }: Asked, [channel = '']: readonly string[], { world }: RestDeps): Answer {
  const refusal = barred(world, channel, MANAGE_WEBHOOKS);
  if (refusal !== null) return refusal;
  const there = [...world.webhooks.values()].filter((one) => one.channel_id === channel);
  if (there.length >= 15) return problem(400, 30_007, 'Maximum number of webhooks reached (15)');
  const webhook: Webhook = {
    id: world.nextId(),
    token: `wh-${world.nextId()}-s3cr3t-of-the-webhook`,
    name: String(body.name),
    channel_id: channel,
    application_id: APP_ID,
  };
  world.webhooks.set(webhook.id, webhook);
  return ok(webhookPayload(webhook));
}

function webhookPayload(webhook: Webhook): object {
  return { ...webhook, type: 1, guild_id: GUILD_ID, avatar: null, user: { id: BOT_ID } };
}

function ownMessage(world: World, id: string, query: URLSearchParams, message: string): StoredMessage | null {
  const channel: Channel['id'] = query.get('thread_id') ?? world.webhooks.get(id)?.channel_id ?? '';
  const stored = world.find(channel, message);
  return stored?.webhook_id === id ? stored : null;
}

function webhookProblem(world: World, id: string, token: string): Answer | null {
  const webhook = world.webhooks.get(id);
  if (webhook === undefined) return UNKNOWN_WEBHOOK;
  return webhook.token === token ? null : problem(401, 50_027, 'Invalid Webhook Token');
}

export function patchByWebhook(
  asked: Asked,
  [id = '', token = '', message = '']: readonly string[],
  at: RestDeps,
): Answer {
  if (id === APP_ID) return answerOriginal(asked, token, at.world);
  return webhookProblem(at.world, id, token) ?? change(asked, ownMessage(at.world, id, asked.query, message), at);
}

export function deleteByWebhook(
  asked: Asked,
  [id = '', token = '', message = '']: readonly string[],
  at: RestDeps,
): Answer {
  if (id === APP_ID) return withdrawOriginal(token, at.world);
  const wrong = webhookProblem(at.world, id, token);
  if (wrong !== null) return wrong;
  const stored = ownMessage(at.world, id, asked.query, message);
  if (stored === null) return UNKNOWN_MESSAGE;
  take(at, stored.channel_id, stored.id);
  return done;
}

function interactionOf(world: World, token: string) {
  return [...world.interactions.values()].find((one) => one.token === token);
}

export function acknowledge({ body }: Asked, [id = '', token = '']: readonly string[], { world }: RestDeps): Answer {
  const interaction = world.interactions.get(id);
  if (interaction?.token !== token) return problem(404, 10_062, 'Unknown interaction');
  if (interaction.acknowledged !== null) return problem(400, 40_060, 'Interaction has already been acknowledged.');
  const { flags = 0 } = (body.data as { readonly flags?: number } | undefined) ?? {};
  interaction.acknowledged = { type: Number(body.type), flags };
  interaction.isDeferred = true;
  return done;
}

function answerOriginal({ body }: Asked, token: string, world: World): Answer {
  const interaction = interactionOf(world, token);
  if (!interaction?.isDeferred) return UNKNOWN_WEBHOOK;
  const flags = interaction.acknowledged?.flags ?? 0;
  interaction.answers.push({ content: String(body.content), flags, components: body.components ?? [] });
  return ok({ id: world.nextId(), channel_id: interaction.channel });
}

function withdrawOriginal(token: string, world: World): Answer {
  const interaction = interactionOf(world, token);
  if (!interaction?.isDeferred) return UNKNOWN_MESSAGE;
  interaction.isDeferred = false;
  return done;
}

function followUp({ body }: Asked, token: string, world: World): Answer {
  const interaction = interactionOf(world, token);
  if (interaction === undefined) return UNKNOWN_WEBHOOK;
  interaction.answers.push({
    content: String(body.content),
    flags: Number(body.flags ?? 0),
    components: body.components ?? [],
  });
  return ok({ id: world.nextId(), channel_id: interaction.channel });
}
