import { createLibrary, type Library } from '../community/library/library.ts';
import { createTitles } from '../community/library/titles.ts';
import { scopeOf } from '../domain/channel.ts';
import { asMarked } from '../domain/picture-mark.ts';
import { createOutside } from '../media/outside.ts';
import { type LeaseDeps, waitForLease } from '../supervisor/lease.ts';
import type { HubOptions, HubParts } from './parts.ts';

/** Titles are looked for so often; what is found to do is done a few at a time. */
const LOOK_MS = 1_000;

export interface OpenedLibrary extends Library {
  stop(): Promise<void>;
}

type Parts = Pick<HubParts, 'id' | 'sql' | 'live' | 'knowledge' | 'routing'>;

/** The lists of links and files, and, on one of the hubs, what looks for the titles of pages. */
export function openLibrary(parts: Parts, options: HubOptions): OpenedLibrary {
  const { id, sql, live, knowledge, routing } = parts;
  const { config, clock, log: logger } = options;
  const library = createLibrary({
    sql,
    facts: knowledge.facts,
    log: live.store.log,
    untilFresh: routing.untilFresh,
    asMarked: (attachment, channel) =>
      attachment.picture === undefined
        ? attachment
        : asMarked(attachment, knowledge.facts.markOf(scopeOf(channel), attachment.picture)),
    publicUrl: config.publicUrl,
    clock,
  });
  const looking = config.library.titles
    ? startLooking(createTitles({ sql, outside: options.outside ?? createOutside(), clock, logger }), {
        hub: id,
        leases: live.store.leases,
        clock,
        logger,
      })
    : null;
  return {
    ...library,
    async stop() {
      await looking?.stop();
    },
  };
}

function startLooking(titles: ReturnType<typeof createTitles>, deps: LeaseDeps): { stop(): Promise<void> } {
  const stopping = new AbortController();

  async function reign(): Promise<void> {
    const lease = await waitForLease('library-titles', stopping.signal, deps, () => {});
    if (lease === null) return;
    const over = AbortSignal.any([stopping.signal, lease.lost]);
    let looking: Promise<void> | null = null;
    const look = (): void => {
      looking ??= titles.look(over).finally(() => {
        looking = null;
      });
    };
    look();
    const stopLooking = deps.clock.every(LOOK_MS, look);
    if (!over.aborted) await new Promise((resolve) => over.addEventListener('abort', resolve, { once: true }));
    stopLooking();
    await looking;
    await titles.settled();
    await lease.release();
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) await reign();
  }
  const running = run();

  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
