import type { Clock } from '../../async/clock.ts';
import { hashSecret, newRowId, stepKey } from '../../async/mint.ts';
import { isPublic } from '../../domain/channel.ts';
import type { ChannelId, WebhookId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import { isOver, type LiveEventId } from '../../domain/live-event.ts';
import { may } from '../../domain/permission.ts';
import { isReceipt, type Place, place } from '../../pipeline/address.ts';
import type { LiveFacts } from '../../pipeline/live-facts.ts';
import { actStep } from '../../pipeline/steps.ts';
import type { HookDeeds, HookQuestions, ShownHook } from '../../plugin/asked/hooks-in.ts';
import type { MediaPort } from '../../plugin/media.ts';
import type { Answer } from '../../plugin/surface.ts';
import type { Directory } from '../../store/directory/directory.ts';
import type { Step } from '../../store/ports.ts';
import type { Hooks } from './hooks.ts';

export interface HookAsked {
  readonly questions: {
    readonly [K in keyof HookQuestions]: (
      actor: Actor,
      question: HookQuestions[K][0],
    ) => Promise<Answer<HookQuestions[K][1]>>;
  };
  readonly deeds: {
    readonly [K in keyof HookDeeds]: (actor: Actor, deed: HookDeeds[K][0]) => Promise<Answer<HookDeeds[K][1]>>;
  };
}

export interface HookDeedDeps {
  readonly hooks: Hooks;
  readonly facts: LiveFacts;
  readonly directory: Pick<Directory, 'events'>;
  readonly media: Pick<MediaPort, 'picture'>;
  readonly append: (step: Step) => Promise<void>;
  readonly publicUrl: string | null;
  readonly clock: Pick<Clock, 'now'>;
}

type Refused = Extract<Answer<never>, { ok: false }>;
const MINUTE_MS = 60_000;

/** Of the DJ, of admins, and of whoever comes by a token of theirs with the scope for it. */
export function createHookAsked(deps: HookDeedDeps): HookAsked {
  const { hooks, facts, directory, media, append, publicUrl, clock } = deps;

  function managed(actor: Actor, id: ChannelId): Place | Refused {
    const here = place(facts, actor, id, 'read');
    if (isReceipt(here)) return NO_CHANNEL;
    const permission = may('portals', here.standing);
    if (!permission.ok) return permission;
    return isPublic(here.channel.kind) ? here : CLOSED;
  }

  async function onHook<T>(
    actor: Actor,
    { channel, webhook }: { readonly channel: ChannelId; readonly webhook: WebhookId },
    act: (here: Place, hook: ShownHook) => Promise<Answer<T>>,
  ): Promise<Answer<T>> {
    const here = managed(actor, channel);
    if ('ok' in here) return here;
    const hook = await hooks.get(webhook);
    return hook === null || hook.channel !== channel ? NO_HOOK : act(here, hook);
  }

  /** The live event that the webhook ends with. */
  function eventFor({ channel }: Place, asked: LiveEventId | null): LiveEventId | null | Refused {
    const own = channel.kind === 'event' ? directory.events.ownerOf(channel.id) : null;
    if (channel.kind === 'event') return own === null || isOver(own.state) ? NO_EVENT : own.id;
    if (asked === null) return null;
    const found = directory.events.current().find(({ id }) => id === asked);
    return found?.channel === channel.id ? found.id : NO_EVENT;
  }

  /** A copy of the picture at the hub. */
  async function pictureOf(url: string | null): Promise<string | null | Refused> {
    if (url === null) return null;
    const key = hashSecret(url);
    return (await media.picture(key, { kind: 'url', url })) ?? NO_PICTURE;
  }

  async function noted(act: string, { channel, scope }: Place, actor: Actor, hook: ShownHook): Promise<void> {
    const audit = { act, by: actor.user, target: hook.user, message: null, channel: channel.id, until: null };
    const now = clock.now();
    await append(actStep(scope, stepKey(act, hook.id, newRowId()), now, { audit: { ...audit, reason: hook.name } }));
  }

  const withSecret = (webhook: ShownHook, path: string) => {
    return { webhook, path, url: publicUrl === null ? null : `${publicUrl}${path}` };
  };

  return {
    questions: {
      async webhooks(actor, { channel }) {
        const here = managed(actor, channel);
        return 'ok' in here ? here : { ok: true, value: { webhooks: await hooks.list(channel) } };
      },
    },
    deeds: {
      async 'make-webhook'(actor, { channel, name, avatarUrl: asked, event: wanted }) {
        const here = managed(actor, channel);
        if ('ok' in here) return here;
        const event = eventFor(here, wanted);
        if (event !== null && typeof event === 'object') return event;
        const avatarUrl = await pictureOf(asked);
        if (avatarUrl !== null && typeof avatarUrl === 'object') return avatarUrl;
        const made = await hooks.make({ channel, event, name, avatarUrl, by: actor.user });
        if (made === null) return TOO_MANY;
        await noted('webhook', here, actor, made.hook);
        return { ok: true, value: withSecret(made.hook, made.path) };
      },
      'change-webhook': (actor, { name, avatarUrl: asked, ...of }) =>
        onHook(actor, of, async (_, hook) => {
          const avatarUrl = await pictureOf(asked);
          if (avatarUrl !== null && typeof avatarUrl === 'object') return avatarUrl;
          await hooks.change(hook.id, { ...(name !== null && { name }), ...(avatarUrl !== null && { avatarUrl }) });
          const changed = await hooks.get(hook.id);
          return changed === null ? NO_HOOK : { ok: true, value: { webhook: changed } };
        }),
      'rotate-webhook': (actor, { overlapMinutes, ...of }) =>
        onHook(actor, of, async (here, hook) => {
          const path = await hooks.rotate(hook.id, overlapMinutes * MINUTE_MS);
          const changed = await hooks.get(hook.id);
          if (changed === null) return NO_HOOK;
          await noted('webhook-rotate', here, actor, hook);
          return { ok: true, value: withSecret(changed, path) };
        }),
      'remove-webhook': (actor, of) =>
        onHook(actor, of, async (here, hook) => {
          await hooks.remove(hook.id);
          await noted('webhook-remove', here, actor, hook);
          return { ok: true, value: {} };
        }),
    },
  };
}

const NO_CHANNEL = { ok: false, code: 'not-found', say: 'There is no such channel.' } as const;
const NO_HOOK = { ok: false, code: 'not-found', say: 'There is no such webhook.' } as const;
const NO_EVENT = { ok: false, code: 'not-found', say: 'There is no such event here, or it is over.' } as const;
const CLOSED = { ok: false, code: 'forbidden', say: 'Webhooks post to public channels alone.' } as const;
const TOO_MANY = {
  ok: false,
  code: 'bad-request',
  say: 'This channel has as many webhooks as it may: end one.',
} as const;
const NO_PICTURE = { ok: false, code: 'bad-request', say: 'avatarUrl: the picture cannot be had.' } as const;
