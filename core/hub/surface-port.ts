import type { Clock } from '../async/clock.ts';
import type { HubPresence } from '../community/presence/presence.ts';
import type { TypingDesk } from '../community/presence/typing.ts';
import type { Unnoticed } from '../community/presence/unnoticed.ts';
import type { SelfDesk } from '../community/selves/news.ts';
import type { Admit } from '../community/tokens/admit.ts';
import { createCatchUp } from '../community/tokens/catch-up.ts';
import type { Endings } from '../community/tokens/endings.ts';
import type { Attachment } from '../domain/content.ts';
import type { BridgeId, EpochMs, TokenId, UserId } from '../domain/ids.ts';
import type { Actor } from '../domain/inbound.ts';
import { isOverlay, withScope } from '../domain/scopes.ts';
import type { HttpServer } from '../http/server.ts';
import type { MediaStore } from '../media/media-store.ts';
import { isReceipt, place } from '../pipeline/address.ts';
import type { LiveFacts } from '../pipeline/live-facts.ts';
import type { HubPort } from '../plugin/hub-port.ts';
import type { Doors, Feed, FilesOf, SurfacePort } from '../plugin/surface.ts';
import { type DoorParts, openDoors } from './doors.ts';

export interface SurfaceParts extends DoorParts {
  readonly publicUrl: string | null;
  readonly verify: SurfacePort['verify'];
  readonly facts: LiveFacts;
  readonly isBlocked: (by: UserId, whom: UserId) => boolean;
  readonly media: Pick<MediaStore, 'claim'>;
  readonly presence: HubPresence;
  readonly unnoticed: Pick<Unnoticed, 'enter'>;
  readonly typing: Pick<TypingDesk, 'say' | 'hear'>;
  readonly feed: Feed;
  readonly self: Pick<SelfDesk, 'follow'>;
  readonly http: Pick<HttpServer, 'upgrades'>;
  readonly endings: Pick<Endings, 'watch'>;
  readonly madeAt: (token: TokenId) => EpochMs | null;
  readonly clock: Pick<Clock, 'now'>;
}

/** What a built-in surface gets on top of the port of every bridge; `name` stands for the place where things were said. */
export function surfaceSide(name: BridgeId, parts: SurfaceParts): Omit<SurfacePort, keyof HubPort> {
  const { media, presence, feed, http, admit } = parts;
  const doors = openDoors(name, parts);
  return {
    publicUrl: parts.publicUrl,
    verify: parts.verify,
    lacks: (actor, scope) => admit.scope(actor, scope),
    onTokenEnd: parts.endings.watch,
    catchUp: createCatchUp({ feed, madeAt: parts.madeAt, clock: parts.clock }),
    mayRead: (actor, channel) => mayFollow(actor, admit) && !isReceipt(place(parts.facts, actor, channel, 'read')),
    mayHear: (actor, from) => !parts.isBlocked(actor.user, from.user),
    files: (actor, of) => filesOf(actor, of, media.claim, doors.ask),
    ...doors,
    feed,
    self: parts.self,
    // a picture on a stream is nobody who is here
    presence: {
      join: (channel, actor) => (isOverlay(actor) ? undefined : presence.join(channel, actor)),
      leave: (channel, actor) => (isOverlay(actor) ? undefined : presence.leave(channel, actor)),
    },
    // it makes their posts be refused there until they show themselves, which no token can
    unnoticed: async (actor, channel, onShown) =>
      admit.scope(actor, 'session') ?? parts.unnoticed.enter(actor, channel, onShown),
    typing: parts.typing,
    upgrades: (path, take) => http.upgrades(path, take),
  };
}

function mayFollow(actor: Actor, admit: Admit): boolean {
  const isShown = actor.grant !== undefined && isOverlay(actor);
  return isShown ? admit.isGood(actor.grant) : admit.scope(actor, 'read') === null;
}

async function filesOf(
  actor: Actor,
  of: FilesOf,
  claim: MediaStore['claim'],
  ask: Doors['ask'],
): Promise<readonly Attachment[] | null> {
  if (of.kind === 'message') {
    const found = await ask(withScope(actor, 'read'), 'message', { channel: of.channel, id: of.id });
    return found.ok ? found.value.message.content.attachments : [];
  }
  const attachments: Attachment[] = [];
  for (const { url, alt, isSpoiler } of of.files) {
    const attachment = await claim(url);
    if (attachment === null) return null;
    attachments.push({ ...attachment, alt, isSpoiler });
  }
  return attachments;
}
