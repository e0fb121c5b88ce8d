import { stepKey } from '../async/mint.ts';
import type { Accounts } from '../community/accounts/accounts.ts';
import type { Act } from '../community/commands/native.ts';
import { isCodeLine } from '../community/commands/read.ts';
import type { Do } from '../community/deeds.ts';
import type { HubPresence } from '../community/presence.ts';
import type { createQuestions } from '../community/questions.ts';
import type { SelfDesk } from '../community/selves/news.ts';
import { plainText } from '../domain/content.ts';
import type { BridgeId, UserId } from '../domain/ids.ts';
import { refused } from '../domain/receipt.ts';
import type { HttpServer } from '../http/server.ts';
import type { MediaStore } from '../media/media-store.ts';
import type { Logger } from '../ops/log.ts';
import { isReceipt, place } from '../pipeline/address.ts';
import type { LiveFacts } from '../pipeline/live-facts.ts';
import type { HubPort } from '../plugin/hub-port.ts';
import type { Answer, Deeds, Feed, Questions, SurfacePort } from '../plugin/surface.ts';
import { StoreUnavailable } from '../store/ports.ts';
import type { Routing } from './routing.ts';

export interface SurfaceParts {
  readonly publicUrl: string | null;
  readonly accounts: Pick<Accounts, 'verify'>;
  readonly facts: LiveFacts;
  readonly isBlocked: (by: UserId, whom: UserId) => boolean;
  readonly media: Pick<MediaStore, 'claim'>;
  readonly questions: ReturnType<typeof createQuestions>;
  readonly routing: Routing;
  readonly act: Act;
  readonly deeds: Do;
  readonly presence: HubPresence;
  readonly feed: Feed;
  readonly self: Pick<SelfDesk, 'follow'>;
  readonly http: Pick<HttpServer, 'upgrades'>;
  readonly logger: Logger;
}

/** What a built-in surface gets on top of the port of every bridge. */
export function surfacePort(bridge: BridgeId, port: HubPort, parts: SurfaceParts): SurfacePort {
  const { accounts, media, questions, routing, presence, feed, http } = parts;
  return {
    ...port,
    publicUrl: parts.publicUrl,
    verify: (token) => accounts.verify(token),
    mayRead: (actor, channel) => !isReceipt(place(parts.facts, actor, channel, 'read')),
    mayHear: (actor, from) => !parts.isBlocked(actor.user, from.user),
    attachment: (url) => media.claim(url),
    act: parts.act,
    request: async (actor, request, { key, again }) => {
      if ('content' in request && isCodeLine(plainText(request.content.rich))) return IS_CODE;
      return routing.ask({
        actor,
        request,
        origin: { bridge, ref: null },
        key: stepKey('client', actor.user, request.channel, key),
        clientKey: key,
        again,
      });
    },
    async ask<K extends keyof Questions>(actor: Parameters<SurfacePort['ask']>[0], kind: K, question: Questions[K][0]) {
      try {
        return await questions[kind](actor, question);
      } catch (error) {
        return unanswered<Questions[K][1]>(error, kind, parts.logger);
      }
    },
    async do<K extends keyof Deeds>(actor: Parameters<SurfacePort['do']>[0], kind: K, deed: Deeds[K][0]) {
      try {
        return await parts.deeds[kind](actor, deed);
      } catch (error) {
        return unanswered<Deeds[K][1]>(error, kind, parts.logger);
      }
    },
    feed,
    self: parts.self,
    presence,
    upgrades: (path, take) => http.upgrades(path, take),
  };
}

const IS_CODE = refused('bad-request', 'text: this is a code that links a room; it belongs into that room, not here.');

function unanswered<T>(error: unknown, kind: string, logger: Logger): Answer<T> {
  const isAway = error instanceof StoreUnavailable;
  if (!isAway) logger.error({ err: error, kind }, 'a question failed');
  return {
    ok: false,
    code: 'unavailable',
    say: isAway ? 'The store cannot be reached; try again.' : 'Something went wrong in the hub; try again.',
  };
}
