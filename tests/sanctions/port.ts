import { bridges } from '../../bridges/index.ts';
import type { Actor } from '../../core/domain/inbound.ts';
import type { BuiltIns } from '../../core/plugin/load.ts';
import type { SurfacePort } from '../../core/plugin/surface.ts';
import type { Participant } from '../fakes/people.ts';
import { idOf } from './rig.ts';

/** A surface that does nothing but lend its port. */
export function borrowedPort(): { readonly builtIns: BuiltIns; port(): SurfacePort } {
  let port: SurfacePort | null = null;
  const lender = {
    apiVersion: 1,
    platform: 'lender',
    exampleConfig: '# nothing\n',
    parseConfig: () => ({}),
    create(_: unknown, given: SurfacePort) {
      port = given;
      const still = async (): Promise<void> => {};
      return { placement: 'each-hub', delivery: 'feed', start: still, stop: still, capabilities: () => ({}) };
    },
  };
  return {
    builtIns: { ...bridges, surfaces: { ...bridges.surfaces, lender: async () => ({ default: lender }) } },
    port() {
      if (port === null) throw new Error('the hub has not started');
      return port;
    },
  };
}

export function actorOf(who: Participant): Actor {
  const name = who.client.you()?.name ?? '';
  return { user: idOf(who), name, platform: 'slipmat', avatarUrl: null, isGuest: false, isBot: false };
}
