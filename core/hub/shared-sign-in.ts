import { createLinksBySignIn, type LinksBySignIn } from '../community/links/by-sign-in.ts';
import type { Links } from '../community/links/links.ts';
import type { BridgeId, RoomId } from '../domain/ids.ts';
import type { Bridge } from '../plugin/bridge.ts';
import type { HubOptions, HubParts } from './parts.ts';

/** Accounts here and on platforms that share the sign-in of the hub. */
export function openSharedSignIn(
  { sql, live, accounts }: Pick<HubParts, 'sql' | 'live' | 'accounts'>,
  { config, clock, log: logger, nativePlatform }: HubOptions,
  late: {
    readonly links: Pick<Links, 'join'>;
    readonly running: () => readonly { readonly id: BridgeId; readonly platform: string | null }[];
    readonly bridge: (id: BridgeId) => Bridge | null;
  },
): LinksBySignIn {
  const shared = createLinksBySignIn({
    issuer: config.accounts.jwt?.issuer ?? null,
    site: `${nativePlatform}-site`,
    bridges: () =>
      late.running().flatMap(({ id, platform }) => {
        const can = late.bridge(id)?.capabilities('' as RoomId);
        return can === undefined || platform === null ? [] : [{ platform, can }];
      }),
    links: late.links,
    async nameOf(user) {
      const [row] = await sql.read(sql.build.selectFrom('users').select('name').where('id', '=', user).compile());
      return row?.name ?? null;
    },
    signals: live.store.signals,
    clock,
    logger,
  });
  accounts.onSitePerson(shared.signedIn);
  return shared;
}
