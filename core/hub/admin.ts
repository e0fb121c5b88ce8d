import { UNKNOWN_ORIGINS } from '../../config/origins.ts';
import { createAdminAccounts } from '../community/admin/accounts.ts';
import { type AdminDo, createAdminDeeds } from '../community/admin/deeds.ts';
import { type AdminAsk, type BridgeFacts, createAdminQuestions } from '../community/admin/questions.ts';
import type { DeadLetters } from '../relay/dead-letters.ts';
import type { BridgeStatus } from '../supervisor.ts';
import type { HubOptions, HubParts } from './parts.ts';

type Parts = Pick<HubParts, 'id' | 'sql' | 'knowledge' | 'moderation' | 'order' | 'accounts' | 'portals' | 'health'> & {
  readonly deadLetters: DeadLetters;
  readonly status: () => readonly BridgeStatus[];
};

export interface OpenedAdmin {
  readonly questions: AdminAsk;
  readonly deeds: AdminDo;
}

/** What admins see of the hub as a whole and do to it. */
export function openAdmin(parts: Parts, options: HubOptions): OpenedAdmin {
  const { id, sql, knowledge, accounts, portals, health, deadLetters } = parts;
  const { config, clock, nativePlatform, version } = options;
  const { directory, facts } = knowledge;
  const platforms = { native: nativePlatform, site: `${nativePlatform}-site` };
  const list = createAdminAccounts({ sql, directory, facts, platforms });
  const configured = new Set<string>(config.bridges.map((bridge) => bridge.id));
  return {
    questions: createAdminQuestions({
      hub: id,
      version,
      startedAt: clock.now(),
      config,
      origins: options.origins ?? UNKNOWN_ORIGINS,
      directory,
      health,
      bridges: () =>
        parts
          .status()
          .filter((one) => configured.has(one.id))
          .map(factsOf),
      portals,
      deadLetters,
      list,
      accounts,
      audit: parts.moderation.desk.audit,
    }),
    deeds: createAdminDeeds({
      directory,
      facts,
      list,
      accounts,
      portals,
      deadLetters,
      append: parts.order.append,
      clock,
      publicUrl: config.publicUrl,
    }),
  };
}

function factsOf({ id, platform, isRequired, phase, since, restarts, lastError, rooms }: BridgeStatus): BridgeFacts {
  const broken = [...rooms].flatMap(([room, state]) => (state.kind === 'failed' ? [{ room, say: state.say }] : []));
  return { id, platform, isRequired, state: stateOf(phase.kind), since, restarts, lastError, broken };
}

function stateOf(phase: BridgeStatus['phase']['kind']): BridgeFacts['state'] {
  switch (phase) {
    case 'live':
    case 'standby':
    case 'starting':
    case 'paused':
    case 'stopped':
      return phase;
    case 'waiting':
      return 'failed';
    case 'broken':
      return 'paused';
  }
}
