import { hashSecret, newSecret, stepKey } from '../../async/mint.ts';
import { type Attachment, plainText } from '../../domain/content.ts';
import type { BridgeId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import { type Receipt, refused } from '../../domain/receipt.ts';
import type { Asked } from '../../pipeline/address.ts';
import type { ShownHook } from '../../plugin/asked/hooks-in.ts';
import type { MediaPort } from '../../plugin/media.ts';
import type { Directory } from '../../store/directory/directory.ts';
import { isCodeLine } from '../commands/read.ts';
import type { HookPost } from './forms/form.ts';
import { HOOK_PLATFORM, type Hooks } from './hooks.ts';

/** Where it was said, of what comes by a webhook; no bridge has this name. */
const HOOKS = ':hooks' as BridgeId;

/** Posts what comes by a webhook, down the one route of all messages. */
export interface HookPosting {
  /** Null: there is no such webhook, or its live event is over. */
  open(id: string, secret: string): Promise<ShownHook | null>;
  post(hook: ShownHook, post: HookPost, files: readonly Attachment[]): Promise<Receipt>;
}

export interface HookPostingDeps {
  readonly hooks: Pick<Hooks, 'open' | 'remove'>;
  readonly directory: Pick<Directory, 'events'>;
  readonly media: Pick<MediaPort, 'picture'>;
  readonly route: (asked: Asked) => Promise<Receipt>;
}

export function createHookPosting({ hooks, directory, media, route }: HookPostingDeps): HookPosting {
  async function avatarOf(hook: ShownHook, url: string | null): Promise<string | null> {
    if (url === null) return hook.avatarUrl;
    return (await media.picture(hashSecret(url), { kind: 'url', url })) ?? hook.avatarUrl;
  }

  return {
    async open(id, secret) {
      const hook = await hooks.open(id, secret);
      if (hook === null || hook.event === null) return hook;
      const isOn = directory.events.current().some((one) => one.id === hook.event);
      if (isOn) return hook;
      await hooks.remove(hook.id);
      return null;
    },
    async post(hook, { rich, name, avatarUrl, key }, attachments) {
      if (isCodeLine(plainText(rich))) return IS_CODE;
      const actor: Actor = {
        user: hook.user,
        name: name ?? hook.name,
        platform: HOOK_PLATFORM,
        avatarUrl: await avatarOf(hook, avatarUrl),
        isGuest: false,
        isBot: true,
        isProved: false,
      };
      return route({
        actor,
        request: { kind: 'message', channel: hook.channel, content: { rich, attachments }, replyTo: null },
        origin: { bridge: HOOKS, ref: null },
        key: stepKey('hook', hook.id, key ?? newSecret()),
        clientKey: null,
        again: key !== null,
      });
    },
  };
}

const IS_CODE = refused('bad-request', 'text: this is a code that links a room; it belongs into that room, not here.');
