import type { HubPresence } from '../community/presence/presence.ts';
import type { TypingDesk } from '../community/presence/typing.ts';
import type { Unnoticed } from '../community/presence/unnoticed.ts';
import type { SelfDesk } from '../community/selves/news.ts';
import type { BridgeId, UserId } from '../domain/ids.ts';
import type { HttpServer } from '../http/server.ts';
import type { MediaStore } from '../media/media-store.ts';
import { isReceipt, place } from '../pipeline/address.ts';
import type { LiveFacts } from '../pipeline/live-facts.ts';
import type { HubPort } from '../plugin/hub-port.ts';
import type { Feed, SurfacePort } from '../plugin/surface.ts';
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
}

/** What a built-in surface gets on top of the port of every bridge; `name` stands for the place where things were said. */
export function surfaceSide(name: BridgeId, parts: SurfaceParts): Omit<SurfacePort, keyof HubPort> {
  const { media, presence, feed, http } = parts;
  return {
    publicUrl: parts.publicUrl,
    verify: parts.verify,
    mayRead: (actor, channel) => !isReceipt(place(parts.facts, actor, channel, 'read')),
    mayHear: (actor, from) => !parts.isBlocked(actor.user, from.user),
    attachment: (url) => media.claim(url),
    ...openDoors(name, parts),
    feed,
    self: parts.self,
    presence,
    unnoticed: parts.unnoticed.enter,
    typing: parts.typing,
    upgrades: (path, take) => http.upgrades(path, take),
  };
}
