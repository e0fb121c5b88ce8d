import { concealer, settingsInForce } from '../../../config/in-force.ts';
import type { Origins } from '../../../config/origins.ts';
import type { HubConfig } from '../../../config/schema.ts';
import type { EpochMs, HubId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import type { Portals } from '../../domain/portal.ts';
import type { Health } from '../../ops/health.ts';
import type { AdminQuestions, ShownBridge, ShownLetter, ShownSetting } from '../../plugin/asked/admin.ts';
import type { Answer, Questions } from '../../plugin/surface.ts';
import type { DeadLetters, PortalLetter } from '../../relay/dead-letters.ts';
import type { Directory } from '../../store/directory/directory.ts';
import type { Accounts } from '../accounts/accounts.ts';
import { signUpMode } from '../accounts/options.ts';
import type { Audit } from '../audit.ts';
import type { AdminAccounts } from './accounts.ts';
import { HUB_ACTS } from './acts.ts';
import { notAdmin } from './deeds.ts';

export type AdminAsk = {
  readonly [K in keyof AdminQuestions]: (actor: Actor, question: Questions[K][0]) => Promise<Answer<Questions[K][1]>>;
};

export interface AdminQuestionDeps {
  readonly hub: HubId;
  readonly version: string;
  readonly startedAt: EpochMs;
  readonly config: HubConfig;
  readonly origins: Origins;
  readonly directory: Pick<Directory, 'isAdmin' | 'isDisabled'>;
  readonly health: Pick<Health, 'report'>;
  /** Those of this hub that are configured; rooms are counted here. */
  readonly bridges: () => readonly BridgeFacts[];
  readonly portals: Pick<Portals, 'list'>;
  readonly deadLetters: Pick<DeadLetters, 'list' | 'count'>;
  readonly list: AdminAccounts;
  readonly accounts: Pick<Accounts, 'openInvites'>;
  readonly audit: Pick<Audit, 'read'>;
}
/** `broken`: by the platform's own id of the room. */
export type BridgeFacts = Omit<ShownBridge, 'rooms'>;

/** What admins see of the hub as a whole. No secret is in any of it. */
export function createAdminQuestions(deps: AdminQuestionDeps): AdminAsk {
  const { config, directory, portals, deadLetters } = deps;
  // made when they are first asked for: a hub starts without them
  const settings = once(() =>
    settingsInForce(config, deps.origins).map(({ origin, ...setting }): ShownSetting => {
      return { ...setting, source: origin.kind, where: origin.kind === 'default' ? null : origin.where };
    }),
  );
  /** What bridges say of failures holds no secret by their contract; a mistake in one of them tells none either. */
  const clean = concealer(config);

  /** Each is for admins alone. */
  const forAdmins =
    <Q, T>(answer: (question: Q) => Promise<T>) =>
    async (actor: Actor, question: Q): Promise<Answer<T>> =>
      notAdmin(directory, actor) ?? { ok: true, value: await answer(question) };

  function shownBridge({ broken, lastError, ...bridge }: BridgeFacts): ShownBridge {
    const linked = portals.list().filter((portal) => portal.bridge === bridge.id);
    return {
      ...bridge,
      rooms: linked.length,
      lastError: lastError === null ? null : { ...lastError, say: clean(lastError.say) },
      broken: broken.map(({ room, say }) => {
        return { room: linked.find((portal) => portal.room === room)?.roomName ?? room, say: clean(say) };
      }),
    };
  }

  function shownLetters(letters: readonly PortalLetter[]): readonly ShownLetter[] {
    const known = new Map(portals.list().map((portal) => [portal.id, portal]));
    return letters.flatMap(({ seq, portal: id, ...letter }) => {
      const portal = known.get(id);
      if (portal === undefined) return [];
      const { channel, bridge, room, roomName } = portal;
      const say = letter.say === null ? null : clean(letter.say);
      return [{ ...letter, say, portal: id, letter: seq, channel, bridge, roomName: roomName ?? room }];
    });
  }

  return {
    health: forAdmins(async () => {
      const [{ isReady, checks }, count] = await Promise.all([deps.health.report(), deadLetters.count()]);
      return {
        version: deps.version,
        hub: deps.hub,
        store: config.redisUrl === null ? 'embedded' : 'redis',
        startedAt: deps.startedAt,
        isReady,
        checks: checks.map((check) => ({ ...check, say: clean(check.say) })),
        bridges: deps.bridges().map(shownBridge),
        deadLetters: count,
      };
    }),
    async 'dead-letters'(actor, { portal, limit }) {
      const refusal = notAdmin(directory, actor);
      if (refusal !== null) return refusal;
      const of = portals.list().filter(({ id }) => portal === null || id === portal);
      if (portal !== null && of.length === 0) return NO_PORTAL;
      const letters = shownLetters(await deadLetters.list(of));
      return { ok: true, value: { letters: letters.slice(0, limit), all: letters.length } };
    },
    accounts: forAdmins(deps.list.list),
    'sign-up-links': forAdmins(async () => {
      const links = (await deps.accounts.openInvites()).map(({ id, createdAt, expiresAt }) => {
        return { id, madeAt: createdAt as EpochMs, expiresAt: expiresAt as EpochMs };
      });
      return { mode: signUpMode(config), links };
    }),
    configuration: forAdmins(async () => ({ settings: settings() })),
    'hub-audit': forAdmins(async ({ before, limit }) => {
      return { acts: await deps.audit.read({ channel: null, target: null, act: HUB_ACTS, before, limit }) };
    }),
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

const NO_PORTAL = { ok: false, code: 'not-found', say: 'There is no such link with a room.' } as const;
