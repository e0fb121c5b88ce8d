import type { Finding, RoomId } from 'slipmat-hub/plugin';
import type { MatterbridgeConfig } from './config.ts';
import { ask } from './join/client.ts';

/** Asks a matterbridge whether it is there and takes the token; what is offered is only told. */
export async function examine(
  config: MatterbridgeConfig,
  rooms: readonly RoomId[],
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  if (config.mode === 'offer') return offered(config, rooms);
  try {
    await ask(config, '/api/health', signal);
    return [{ level: 'ok', what: 'matterbridge answers and takes the token' }];
  } catch (error) {
    const what = error instanceof Error ? error.message : 'matterbridge does not answer';
    const mend = 'Compare url and token with BindAddress and Token of the [api.…] part of matterbridge.toml.';
    return [{ level: 'fail', what, mend }];
  }
}

function offered(
  { host, port, readers }: Extract<MatterbridgeConfig, { mode: 'offer' }>,
  rooms: readonly RoomId[],
): readonly Finding[] {
  const strays = readers.flatMap(({ name, gateways = [] }) =>
    gateways.filter((gateway) => !rooms.some((room) => room === gateway)).map((gateway) => `${gateway} of ${name}`),
  );
  return [
    { level: 'ok', what: `the API is offered at ${host}:${port} to ${readers.length} programs` },
    ...strays.map((stray): Finding => {
      const mend = `Link a channel with it: portals: - { channel: lobby, bridge: …, room: … }`;
      return { level: 'warn', what: `gateway ${stray} is linked with no channel`, mend };
    }),
  ];
}
