import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import matrix from '../../bridges/matrix/index.ts';
import { loadConfig } from '../../config/load.ts';

const FILE = join(import.meta.dirname, '../../compose.matrix.yaml');

interface Compose {
  readonly services: Readonly<
    Record<
      string,
      {
        readonly environment?: Record<string, string>;
        readonly network_mode?: string;
        readonly ports?: readonly string[];
      }
    >
  >;
  readonly configs: Readonly<Record<string, { readonly content: string }>>;
}

/** As the container engine fills it in. */
function composed(): Compose {
  const text = readFileSync(FILE, 'utf8')
    .replace(/\$\{SLIPMAT_SECRET[^}]*\}/g, 'a secret of this test')
    .replace(/\$\{SLIPMAT_ADMIN_TOKEN:-([^}]*)\}/g, '$1')
    .replaceAll('$$', '$');
  return parse(text) as Compose;
}

it('T11: compose.matrix.yaml configures a hub, a homeserver and a sign-in that fit each other', async () => {
  const { services, configs } = composed();
  const readFile = (path: string): string => (path === '/hub.yaml' ? (configs.hub?.content ?? '') : '');
  const loaded = await loadConfig({
    env: { ...services.hub?.environment, DATA_DIR: '/data', HOST: '0.0.0.0' },
    readFile,
  });
  if (!loaded.ok) throw new Error(loaded.errors.map(({ message }) => message).join('\n'));
  const { config } = loaded;
  const [bridge] = config.bridges;
  const settings = matrix.parseConfig(bridge?.config);
  const homeserver = parse(configs.homeserver?.content ?? '') as {
    server_name: string;
    public_baseurl: string;
    app_service_config_files: readonly string[];
    oidc_providers: readonly { idp_id: string; issuer: string; client_id: string }[];
  };
  const signIn = parse(configs['sign-in']?.content ?? '') as {
    issuer: string;
    staticClients: readonly { id: string; redirectURIs: readonly string[] }[];
  };
  expect(bridge?.ownRooms).toBe(true);
  expect(settings.serverName).toBe(homeserver.server_name);
  expect(`${settings.homeserverUrl}/`).toBe(homeserver.public_baseurl);
  expect(homeserver.app_service_config_files).toEqual([settings.registration.replace('/data/', '/hub/')]);
  expect(config.accounts.jwt).toMatchObject({ issuer: signIn.issuer, audience: signIn.staticClients[1]?.id });
  expect(homeserver.oidc_providers[0]).toMatchObject({ issuer: signIn.issuer, client_id: signIn.staticClients[0]?.id });
  expect(settings.sharedSignIn).toMatchObject({
    issuer: config.accounts.jwt?.issuer,
    provider: `oidc-${homeserver.oidc_providers[0]?.idp_id}`,
  });
  expect(signIn.staticClients[0]?.redirectURIs).toEqual([`${homeserver.public_baseurl}_synapse/client/oidc/callback`]);
  const made = matrix.registration?.(settings, {
    read: () => null,
    url: `${config.publicUrl}/bridges/${bridge?.id}`,
    newSecret: () => 'x'.repeat(43),
  });
  expect(parse(made?.text ?? '')).toMatchObject({ url: 'http://localhost:8787/bridges/matrix' });
  const others = Object.entries(services).filter(([name]) => name !== 'redis');
  expect(others.map(([, { network_mode }]) => network_mode)).toEqual(others.map(() => 'service:redis'));
  expect(services.redis?.ports?.every((port) => port.startsWith('127.0.0.1:'))).toBe(true);
});
