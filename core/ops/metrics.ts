import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What the hub counts, for Prometheus. The names are listed in `docs/metrics.md`. */
export interface Metrics {
  readonly contentType: string;
  text(): Promise<string>;
  connectionOpened(): void;
  connectionClosed(): void;
  /** `outcome`: the kind of the receipt, or the code of the refusal. */
  posted(outcome: string): void;
  /** How long the log took to answer one append. */
  appended(ms: number): void;
  /** One batch of entries handed to the surfaces. */
  fed(entries: number): void;
  /** What became of one command to a platform, and why. */
  relayed(reason: string, outcome: string, times: number): void;
  /** Gauges that are read when somebody asks. */
  watch(sources: MetricSources): void;
  /** Name, kind, labels and meaning of everything, for the documents. */
  describe(): Promise<readonly MetricDescription[]>;
}
export interface MetricSources {
  logSize(): Promise<{ readonly entries: number; readonly cap: number }>;
  archive(): { readonly behind: number; readonly lagMs: number; readonly archived: number; readonly trimmed: number };
  bridges(): readonly { readonly id: string; readonly state: string }[];
  /** Portals that are served here. */
  lanes(): ReadonlyMap<string, { readonly phase: string }>;
  deadLetters(): Promise<number>;
}
export interface MetricDescription {
  readonly name: string;
  readonly kind: string;
  readonly labels: readonly string[];
  readonly help: string;
}

const SECONDS = 1_000;
const APPEND_BUCKETS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5];
const BATCH_BUCKETS = [1, 2, 5, 10, 20, 50, 100, 250, 500, 1_000];
export const LANE_PHASES = ['opening', 'idle', 'sending', 'waiting', 'paused', 'stopped'] as const;
export const BRIDGE_STATES = ['live', 'connecting', 'failed', 'standby', 'stopped'] as const;

/** Also for the documents: the library does not tell them. */
const LABELS = {
  slipmat_info: ['version'],
  slipmat_posts_total: ['outcome'],
  slipmat_relay_total: ['outcome', 'reason'],
  slipmat_bridge_state: ['bridge', 'state'],
  slipmat_portals: ['phase'],
} as const;
const LABELS_BY_NAME: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(LABELS));

/** A registry of its own, so that several hubs in one process (in tests) do not meet. */
export function createMetrics(version: string): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'slipmat_info',
    help: 'Always 1; the label is the version.',
    labelNames: LABELS.slipmat_info,
    registers,
  })
    .labels(version)
    .set(1);
  const connections = new Gauge({ name: 'slipmat_connections', help: 'WebSocket connections open now.', registers });
  const posts = new Counter({
    name: 'slipmat_posts_total',
    help: 'What people asked of a channel (posts, edits, reactions, redactions), by what became of it.',
    labelNames: LABELS.slipmat_posts_total,
    registers,
  });
  const appends = new Histogram({
    name: 'slipmat_append_seconds',
    help: 'Time until the log has stored a step durably.',
    buckets: APPEND_BUCKETS,
    registers,
  });
  const batches = new Histogram({
    name: 'slipmat_feed_batch_entries',
    help: 'Entries handed to the surfaces at once.',
    buckets: BATCH_BUCKETS,
    registers,
  });
  const relays = new Counter({
    name: 'slipmat_relay_total',
    help: 'Commands to platforms, by what became of them and why.',
    labelNames: LABELS.slipmat_relay_total,
    registers,
  });
  const gauges = createGauges(registers);
  let sources: MetricSources | null = null;

  return {
    contentType: registry.contentType,
    async text() {
      if (sources !== null) await gauges.read(sources);
      return registry.metrics();
    },
    connectionOpened: () => connections.inc(),
    connectionClosed: () => connections.dec(),
    posted: (outcome) => posts.labels(outcome).inc(),
    appended: (ms) => appends.observe(ms / SECONDS),
    fed: (entries) => batches.observe(entries),
    relayed: (reason, outcome, times) => relays.labels(outcome, reason).inc(times),
    watch: (given) => {
      sources = given;
    },
    async describe() {
      const all = await registry.getMetricsAsJSON();
      return all.map(({ name, type, help }) => ({
        name,
        kind: String(type),
        labels: LABELS_BY_NAME.get(name) ?? [],
        help,
      }));
    },
  };
}

interface Gauges {
  read(sources: MetricSources): Promise<void>;
}

function createGauges(registers: Registry[]): Gauges {
  const gauge = (name: string, help: string): Gauge => new Gauge({ name, help, registers });
  const entries = gauge('slipmat_log_entries', 'Entries in the live log; not a number while the store is away.');
  const cap = gauge('slipmat_log_entries_max', 'Entries at which posts are refused.');
  const behind = gauge('slipmat_archive_behind_entries', 'Entries of the log that are not archived yet.');
  const lag = gauge('slipmat_archive_lag_seconds', 'Age of the oldest entry that is not archived yet.');
  const archived = gauge('slipmat_archived_entries', 'Entries archived by this hub since it started.');
  const trimmed = gauge('slipmat_trimmed_entries', 'Entries this hub trimmed from the log since it started.');
  const bridges = new Gauge({
    name: 'slipmat_bridge_state',
    help: `1 for the state a bridge is in: ${BRIDGE_STATES.join(', ')}.`,
    labelNames: LABELS.slipmat_bridge_state,
    registers,
  });
  const portals = new Gauge({
    name: 'slipmat_portals',
    help: `Portals that this hub sends to, by what they do: ${LANE_PHASES.join(', ')}.`,
    labelNames: LABELS.slipmat_portals,
    registers,
  });
  const letters = gauge('slipmat_dead_letters', 'Deliveries that were given up and wait for the operator.');
  const readLetters = async (sources: MetricSources): Promise<void> => {
    try {
      letters.set(await sources.deadLetters());
    } catch {
      // As below: what is away must not hide the other figures.
      letters.set(Number.NaN);
    }
  };
  const readLanes = (sources: MetricSources): void => {
    const phases = [...sources.lanes().values()].map(({ phase }) => phase);
    for (const phase of LANE_PHASES) portals.labels(phase).set(phases.filter((one) => one === phase).length);
  };
  const readSize = async (sources: MetricSources): Promise<void> => {
    try {
      const size = await sources.logSize();
      entries.set(size.entries);
      cap.set(size.cap);
    } catch {
      // A store that is away must not hide the other figures; readiness says why.
      entries.set(Number.NaN);
    }
  };
  return {
    async read(sources) {
      await Promise.all([readSize(sources), readLetters(sources)]);
      readLanes(sources);
      const archive = sources.archive();
      behind.set(archive.behind);
      lag.set(archive.lagMs / SECONDS);
      archived.set(archive.archived);
      trimmed.set(archive.trimmed);
      for (const bridge of sources.bridges()) {
        for (const state of BRIDGE_STATES) bridges.labels(bridge.id, state).set(bridge.state === state ? 1 : 0);
      }
    },
  };
}
