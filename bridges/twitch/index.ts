import { defineBridge } from '../../core/plugin/bridge.ts';
import type { HubPort } from '../../core/plugin/hub-port.ts';
import { exampleConfig, parseConfig, type TwitchConfig } from './config.ts';
import { examine } from './doctor.ts';
import { createSession, type Session } from './session.ts';

/** Twitch: tmi.js reads the chat, Helix posts and moderates. */
export default defineBridge<TwitchConfig>({
  apiVersion: 1,
  platform: 'twitch',
  exampleConfig,
  defaultDirection: 'in',
  outboundNotice:
    "Twitch's terms restrict showing chat from other services together with the chat of a Twitch channel. " +
    'With this on, what is said elsewhere is posted in your Twitch chat under the name of the bot; ' +
    'you decide whether you may do that.',
  parseConfig,
  create,
  doctor: examine,
});

function create(config: TwitchConfig, hub: HubPort) {
  let session: Session | null = null;
  const idle = createSession(config, hub);
  return {
    placement: 'one-hub' as const,
    delivery: 'courier' as const,
    async start(signal: AbortSignal) {
      await session?.stop();
      session = createSession(config, hub);
      await session.start(signal);
    },
    async stop() {
      const ending = session;
      session = null;
      await ending?.stop();
    },
    capabilities: (room: Parameters<Session['capabilities']>[0]) => (session ?? idle).capabilities(room),
  };
}
