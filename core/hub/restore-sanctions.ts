import type { Clock } from '../async/clock.ts';
import type { Position } from '../domain/ids.ts';
import type { Logger } from '../ops/log.ts';
import type { InForce, LiveFacts, SanctionBody } from '../pipeline/live-facts.ts';
import { sanctionStep } from '../pipeline/steps.ts';
import { everyShard, isEverywhere } from '../store/every-shard.ts';
import { type LiveStore, START } from '../store/ports.ts';
import type { Sql } from '../store/sql/sql.ts';

export interface RestoreSanctionsParts {
  readonly store: Pick<LiveStore, 'log' | 'live'>;
  readonly sql: Pick<Sql, 'build' | 'read'>;
  readonly facts: Pick<LiveFacts, 'given'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
}

const PAGE = 1_000;

/**
 * What the archive has in force and the live store has lost is put in force again, once for all hubs. What was lifted,
 * and is only not archived yet, stands in the log after the archive's mark, and is left alone.
 */
export async function restoreSanctions(parts: RestoreSanctionsParts): Promise<void> {
  const { store, facts, clock, logger } = parts;
  const missing = (await archived(parts)).filter(({ scope, user }) => facts.given(scope, user) === null);
  if (missing.length === 0) return;
  const touched = await touchedSince(parts);
  const lost = missing.filter((one) => !touched.has(keyOf(one)));
  if (lost.length === 0) return;
  logger.warn({ sanctions: lost.length }, 'sanctions in force were gone from the live store');
  const epoch = await store.live.epoch();
  for (const one of lost) await store.log.append(sanctionStep(one, ['restored', epoch], clock.now()));
}

/** What holds everywhere stands in every shard, however many there were before. */
async function archived({ sql, store }: RestoreSanctionsParts): Promise<readonly InForce[]> {
  const rows = await sql.read(sql.build.selectFrom('sanctions').select('body').compile());
  const found = new Map<string, InForce>();
  for (const { body } of rows) {
    const one = JSON.parse(body) as InForce;
    const scopes = isEverywhere(one.scope) ? everyShard(store.log) : [one.scope];
    for (const scope of scopes) found.set(keyOf({ ...one, scope }), { ...one, scope });
  }
  return [...found.values()];
}

/** Whoever was acted on after what is archived. */
async function touchedSince({ sql, store: { log } }: RestoreSanctionsParts): Promise<ReadonlySet<string>> {
  const marks = await sql.read(sql.build.selectFrom('archive_marks').selectAll().compile());
  const touched = new Set<string>();
  for (let shard = 0; shard < log.shards; shard += 1) {
    let at = (marks.find((one) => one.shard === shard)?.position ?? START) as Position;
    for (let isEnd = false; !isEnd; ) {
      const entries = await log.range(shard, at, PAGE);
      for (const { kind, body } of entries)
        if (kind === 'sanction') touched.add(keyOf(JSON.parse(body) as SanctionBody));
      at = entries.at(-1)?.position ?? at;
      isEnd = entries.length < PAGE;
    }
  }
  return touched;
}

function keyOf({ scope, user }: Pick<SanctionBody, 'scope' | 'user'>): string {
  return `${scope} ${user}`;
}
