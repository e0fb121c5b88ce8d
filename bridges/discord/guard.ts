import type { Client } from 'discord.js';
import type { Logger } from '../../core/plugin/index.ts';

/**
 * Keeps one odd packet from ending the process. The client works packets off inside of socket events, and those that
 * came before it was ready in a callback of their own: what is thrown there, such as on a null where it expects an
 * object, nobody catches. Here it is caught, and the packet is left out of the client's memory; the bridge itself
 * reads every packet before the client does.
 */
export function containPackets(client: Client, log: Logger): void {
  const handle: unknown = Reflect.get(client.ws, 'handlePacket');
  if (typeof handle !== 'function') throw new TypeError('this version of discord.js hands packets on in another way');
  const guarded = (packet: unknown, shard: unknown): boolean => {
    try {
      return Reflect.apply(handle, client.ws, [packet, shard]) === true;
    } catch (error) {
      log.warn({ packet: typeOf(packet), failure: error instanceof Error ? error.name : '' }, 'odd packet left out');
      return false;
    }
  };
  Reflect.set(client.ws, 'handlePacket', guarded);
}

function typeOf(packet: unknown): string {
  return typeof packet === 'object' && packet !== null && 't' in packet ? String(packet.t) : 'none';
}
