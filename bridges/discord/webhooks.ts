import { Routes } from 'discord.js';
import { BridgeError, type HubPort } from '../../core/plugin/index.ts';
import type { Api } from './api.ts';
import { bridgeError, hasCode } from './failures.ts';
import { type ApiWebhook, webhookList } from './packets.ts';

const TOO_MANY_WEBHOOKS = 30_007;
/** What is known of webhooks that are no more of use: their posts may still come back. */
const MAX_OWN = 1_000;

/** One webhook of ours. The token is a credential: whoever has it can post in the channel. */
export interface Webhook {
  readonly id: string;
  readonly token: string;
}

/** One webhook in each channel, found or made, and kept over restarts. */
export interface Webhooks {
  /** For posts in this channel; makes one where there is none. @throws {BridgeError} */
  of(channel: string, signal: AbortSignal): Promise<Webhook>;
  /** The one that a copy was sent with; null when it is gone. */
  byId(channel: string, id: string): Promise<Webhook | null>;
  /** It was deleted, or its token made anew: the next `of` looks again. */
  forget(channel: string): Promise<void>;
  /** Whether a post that came in is one of ours, from this run or an earlier one. */
  isOwn(id: string): boolean;
  /** Learns which webhooks of the channel are ours, before anything said there is looked at. Never rejects. */
  learn(channel: string): Promise<void>;
}

export interface WebhookDeps {
  readonly hub: Pick<HubPort, 'state' | 'log'>;
  readonly api: Api;
  readonly applicationId: string;
  readonly name: string;
}

export function createWebhooks({ hub, api, applicationId, name }: WebhookDeps): Webhooks {
  const kept = new Map<string, Webhook>();
  const own = new Set<string>();
  /** Two posts at once must not make two webhooks. */
  const finding = new Map<string, Promise<Webhook>>();

  function remember(channel: string, webhook: Webhook): void {
    kept.set(channel, webhook);
    noteOwn(webhook.id);
  }

  function noteOwn(id: string): void {
    own.delete(id);
    own.add(id);
    const [oldest] = own;
    if (own.size > MAX_OWN && oldest !== undefined) own.delete(oldest);
  }

  async function load(channel: string): Promise<Webhook | null> {
    const known = kept.get(channel);
    if (known !== undefined) return known;
    const stored = parseWebhook(await hub.state.load(stateName(channel)));
    if (stored !== null) remember(channel, stored);
    return stored;
  }

  async function save(channel: string, webhook: Webhook): Promise<Webhook> {
    remember(channel, webhook);
    await hub.state.save(stateName(channel), JSON.stringify(webhook));
    return webhook;
  }

  async function listOwn(channel: string, signal?: AbortSignal): Promise<readonly ApiWebhook[]> {
    const found = await api.ask('get', Routes.channelWebhooks(channel), signal === undefined ? {} : { signal });
    const ours = webhookList.parse(found).filter((one) => one.application_id === applicationId);
    for (const { id } of ours) noteOwn(id);
    return ours;
  }

  async function findOrMake(channel: string, signal: AbortSignal): Promise<Webhook> {
    try {
      const there = (await listOwn(channel, signal)).find(({ token }) => token);
      if (there?.token) return await save(channel, { id: there.id, token: there.token });
      const reason = 'Shows messages of the linked channel under the names of their authors';
      const made = await api.ask('post', Routes.channelWebhooks(channel), { body: { name }, reason, signal });
      const webhook = parseMade(made);
      hub.log.info({ room: channel, webhook: webhook.id }, 'webhook made');
      return await save(channel, webhook);
    } catch (error) {
      if (hasCode(error, TOO_MANY_WEBHOOKS)) throw new BridgeError(FULL, { kind: 'permanent', scope: 'portal' });
      throw bridgeError('find a webhook', error);
    }
  }

  return {
    async of(channel, signal) {
      const known = await load(channel);
      if (known !== null) return known;
      const running = finding.get(channel) ?? findOrMake(channel, signal).finally(() => finding.delete(channel));
      finding.set(channel, running);
      return running;
    },
    async byId(channel, id) {
      const known = await load(channel);
      return known?.id === id ? known : null;
    },
    async forget(channel) {
      kept.delete(channel);
      await hub.state.save(stateName(channel), '');
    },
    isOwn: (id) => own.has(id),
    async learn(channel) {
      try {
        await load(channel);
        await listOwn(channel);
      } catch (error) {
        const { message } = bridgeError('list webhooks', error);
        hub.log.debug({ room: channel, say: message }, 'webhooks of a channel are not known');
      }
    },
  };
}

const FULL = 'discord, make a webhook: the channel has 15 of them already; delete one in its settings';

function stateName(channel: string): string {
  return `webhook:${channel}`;
}

function parseWebhook(stored: string | null): Webhook | null {
  if (stored === null || stored === '') return null;
  const parsed: unknown = JSON.parse(stored);
  const [one] = webhookList.parse([parsed]);
  return one?.token ? { id: one.id, token: one.token } : null;
}

function parseMade(answer: unknown): Webhook {
  const [one] = webhookList.parse([answer]);
  if (!one?.token)
    throw new BridgeError('discord, make a webhook: it has no token', { kind: 'retryable', delivered: 'no' });
  return { id: one.id, token: one.token };
}
