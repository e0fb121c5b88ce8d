import type { BridgeId, UserId } from '../../core/domain/ids.ts';
import type { Portal } from '../../core/domain/portal.ts';
import type { TestHub } from '../fakes/hub.ts';

/** What holds before a test begins; plain values, so that they can be handed to a process. */
export interface SetUp {
  readonly admin?: string;
  /** Bridged moderators of the lobby. */
  readonly moderators?: readonly string[];
  /** One person's accounts by platform. */
  readonly accounts?: { readonly user: string; readonly name: string; readonly at: Readonly<Record<string, string>> };
  readonly reach?: Readonly<Record<string, Portal['reach']>>;
}

export async function setUp(on: TestHub, { admin, moderators = [], accounts, reach = {} }: SetUp): Promise<void> {
  const { sql, knowledge } = on.hub;
  if (admin !== undefined) await on.user(admin, 'admin');
  for (const one of moderators) {
    const user = one as UserId;
    const row = { user_id: user, scope: 'mega', channel_id: '', role: 'moderator', granted_by: null, granted_at: 0 };
    const query = sql.build.insertInto('role_grants').values(row).compile();
    await knowledge.directory.change({ statements: [{ query }], scopes: null, what: [{ kind: 'roles', user }] });
  }
  if (accounts !== undefined) {
    const { user, name, at } = accounts;
    const rows = Object.entries(at).map(([platform, account_id]) => {
      return { platform, account_id, user_id: user, name, at: 0 };
    });
    await sql.write([{ query: sql.build.insertInto('seen_accounts').values(rows).compile() }]);
  }
  for (const [bridge, how] of Object.entries(reach)) await reachOf(on, bridge, how);
}

/** How far native acts may go in the room of this bridge. */
export async function reachOf({ hub }: TestHub, bridge: string, how: Portal['reach']): Promise<void> {
  const found = hub.portals.list().find((one) => one.bridge === (bridge as BridgeId));
  if (found === undefined) throw new Error(`no portal of ${bridge}`);
  const changed = await hub.linking.desk.change(found.id, { reach: how });
  if (!changed.ok) throw new Error(changed.say);
}
