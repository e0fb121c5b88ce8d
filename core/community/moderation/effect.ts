import { type Clock, pause } from '../../async/clock.ts';
import type { EpochMs, PortalId, ScopeId, UserId } from '../../domain/ids.ts';
import type { Portal } from '../../domain/portal.ts';
import type { MirrorEffect } from '../../relay/mirror.ts';
import { HUB_REASONS, type HubReason } from '../../relay/mirror-plan.ts';
import type { Sql } from '../../store/sql/sql.ts';
import type { KnownAccount } from '../accounts/seen.ts';
import { effectKey } from '../audit.ts';
import { type EffectInRoom, effectText } from './effect-text.ts';

/** Of which act is asked what became of it. */
export interface ActOfEffect {
  readonly cause: string;
  readonly target: UserId;
  readonly scope: ScopeId;
  readonly act: 'timeout' | 'ban' | 'lift';
}

/** What became of acts of moderation on the platforms. */
export interface Effects {
  /** Told by whichever hub runs the bridge; goes to the audit as well. */
  report(effect: MirrorEffect): Promise<void>;
  /**
   * In words, such as `Chat A, Chat B: applied; Chat C: by the hub, the bot lacks the right there`. Waits a moment for
   * the platforms; what they have not answered by then is pending. Null: they have no room where this person is known.
   */
  told(act: ActOfEffect, patienceMs?: number): Promise<string | null>;
  /** As far as is known now. */
  now(cause: string): Promise<string | null>;
  /** Forgets what is told in the audit alone from then on. */
  sweep(): Promise<void>;
}

export interface EffectDeps {
  readonly sql: Pick<Sql, 'build' | 'read' | 'write'>;
  readonly portals: () => readonly Portal[];
  /** Whether what is given in this scope holds in the portal's channels. */
  readonly holdsIn: (scope: ScopeId, portal: Portal) => boolean;
  readonly accountsOf: (user: UserId) => Promise<readonly KnownAccount[]>;
  readonly platform: (portal: Portal) => { readonly id: string | null; readonly label: string };
  readonly clock: Clock;
}

const PATIENCE_MS = 2_000;
const ASK_MS = 40;
const KEPT_MS = 7 * 24 * 3_600_000;
/** Told lately, so that nothing is written down twice. */
const MOST_TOLD = 5_000;

export function createEffects(deps: EffectDeps): Effects {
  const { sql, clock } = deps;
  const told = new Map<string, string>();

  async function rowsOf(cause: string) {
    return sql.read(sql.build.selectFrom('mirror_effects').selectAll().where('cause', '=', cause).compile());
  }

  async function known(cause: string, what: MirrorEffect['what'] | null): Promise<Map<PortalId, EffectInRoom>> {
    const byId = new Map(deps.portals().map((one) => [one.id, one]));
    const found = new Map<PortalId, EffectInRoom>();
    for (const row of await rowsOf(cause)) {
      const portal = byId.get(row.portal as PortalId);
      if (portal === undefined || (what !== null && row.what !== what)) continue;
      const why = HUB_REASONS.find((one) => one === row.why) ?? null;
      found.set(portal.id, inRoom(portal, row.what, row.kind, why));
    }
    return found;
  }

  function inRoom(
    portal: Portal,
    what: MirrorEffect['what'],
    kind: MirrorEffect['kind'],
    why: HubReason | null,
  ): EffectInRoom {
    return { platform: deps.platform(portal).label, roomName: portal.roomName, what, kind, why };
  }

  async function write({ cause, portal, what, kind, why }: MirrorEffect): Promise<void> {
    const set = { what, kind, why, at: clock.now() };
    const insert = sql.build.insertInto('mirror_effects').values({ cause, portal, ...set });
    await sql.write([{ query: insert.onConflict((at) => at.columns(['cause', 'portal']).doUpdateSet(set)).compile() }]);
    const effect = effectText([...(await known(cause, what)).values()]);
    if (effect === null) return;
    const line = sql.build
      .insertInto('audit_effects')
      .values({ cause: effectKey(cause, what), effect, at: clock.now() });
    await sql.write([
      { query: line.onConflict((at) => at.column('cause').doUpdateSet({ effect, at: clock.now() })).compile() },
    ]);
  }

  /** Rooms on the platforms where this person is known. */
  async function concerned({ scope, target }: ActOfEffect): Promise<readonly Portal[]> {
    const platforms = new Set((await deps.accountsOf(target)).map(({ platform }) => platform));
    return deps.portals().filter((portal) => {
      const { id } = deps.platform(portal);
      return id !== null && platforms.has(id) && deps.holdsIn(scope, portal);
    });
  }

  return {
    async report(effect) {
      const key = `${effect.cause} ${effect.portal}`;
      const now = JSON.stringify([effect.what, effect.kind, effect.why]);
      if (told.get(key) === now) return;
      await write(effect);
      told.delete(key);
      told.set(key, now);
      const [oldest] = told.keys();
      if (told.size > MOST_TOLD && oldest !== undefined) told.delete(oldest);
    },
    async told(act, patienceMs = PATIENCE_MS) {
      const rooms = await concerned(act);
      const what = act.act === 'lift' ? 'lift' : 'act';
      const until = clock.elapsed() + patienceMs;
      for (;;) {
        const found = await known(act.cause, what);
        // where nothing was in force there is nothing to lift
        const missing = what === 'lift' ? await stillToLift(act.cause) : rooms.filter(({ id }) => !found.has(id));
        const isWaiting = missing.length > 0 || [...found.values()].some(({ kind }) => kind === 'pending');
        if (!isWaiting || clock.elapsed() >= until) {
          const pending = missing.map((portal) => inRoom(portal, what, 'pending', null));
          return effectText([...found.values(), ...pending]);
        }
        await pause(clock, ASK_MS);
      }
    },
    async now(cause) {
      return effectText([...(await known(cause, null)).values()]);
    },
    async sweep() {
      const before = (clock.now() - KEPT_MS) as EpochMs;
      await sql.write([{ query: sql.build.deleteFrom('mirror_effects').where('at', '<', before).compile() }]);
    },
  };

  async function stillToLift(cause: string): Promise<readonly Portal[]> {
    const applied = (await rowsOf(cause)).filter(({ what, kind }) => what === 'act' && kind !== 'hub');
    return deps.portals().filter(({ id }) => applied.some(({ portal }) => portal === id));
  }
}
