import type { Bridge, Capabilities, HubPort } from 'slipmat-hub/plugin';
import type { JoinConfig } from '../config.ts';
import { calmed, encodeText } from '../encode.ts';
import { MAX_TEXT } from '../message.ts';
import { ask, idIn } from './client.ts';
import { createInbound } from './inbound.ts';

/**
 * The hub as a program at the API of a matterbridge. That takes posts alone: it gives no ids back, so what is edited
 * or deleted later is told by the hub in other words.
 */
export function createJoin(config: JoinConfig, hub: HubPort): Bridge {
  const inbound = createInbound(config, hub);
  const abilities: Capabilities = {
    post: {
      limits: {
        text: MAX_TEXT,
        caption: MAX_TEXT,
        unit: 'utf16',
        speaker: 'native',
        reply: false,
        idempotent: false,
        takesSentAt: false,
        maxMedia: 0,
        maxMediaBytes: 0,
        spoiler: false,
      },
      async run({ room, speaker, text, key }, signal) {
        const isUser = speaker.kind === 'user';
        const username = isUser ? calmed(speaker.name) : 'Slipmat Hub';
        const userid = isUser ? speaker.key : '';
        const avatar = (isUser ? speaker.avatarUrl : null) ?? '';
        const body = { text: calmed(encodeText(text)), username, userid, avatar, gateway: room, event: '', id: key };
        const id = idIn(await ask(config, '/api/message', signal, body));
        return [{ room, id: id === '' ? key : id }];
      },
    },
  };
  return {
    placement: 'one-hub',
    delivery: 'courier',
    start: inbound.start,
    stop: inbound.stop,
    capabilities: () => abilities,
  };
}
